#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Sources that are fetched: lists of HLS, cameras, sound cards, on real servers.

load helper
load scenes

@test "a live list of HLS is fetched without a gap, and its end is the end of the broadcast" {
    scene hls pulls
}

@test "pieces of a list are not fetched from a stranger, and rtsps is refused" {
    scene stranger pulls
}

@test "a camera is fetched by RTSP, and again after it was gone" {
    scene rtsp pulls
}

@test "a sound card is captured, and its loss is not the end" {
    scene microphone pulls
}
