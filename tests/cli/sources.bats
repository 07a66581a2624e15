#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a source that changes does to a broadcast, on real servers: Icecast, nginx behind stunnel, ffmpeg that
# pushes.

load helper
load scenes

@test "a push that ends and begins again in another format: the slate in between, in one timeline" {
    scene source_cut
}

@test "a push that stands still for 0.2 s and for 5 s" {
    scene source_stalls
}

@test "a source whose size and rate change in the middle" {
    scene format_changes
}
