#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What sources do to a broadcast (tests/live/scenes.py), on real servers: Icecast, nginx behind stunnel, ffmpeg that
# pushes.

load helper

setup_file() {
    missing=$(python3 "$root/tests/live/servers.py") || absent "not installed: $missing"
    export PYTHONDONTWRITEBYTECODE=1
}

scene() { # name, the file it is in
    run python3 "$root/tests/live/${2:-scenes}.py" "$1"
    [[ $output != skipped:* ]] || skip "${output#skipped: }"
    status_is 0
    echo "$output"
}

@test "a push that ends and begins again in another format: the slate in between, in one timeline" {
    scene source_cut
}

@test "a push that stands still for 0.2 s and for 5 s" {
    scene source_stalls
}

@test "a source whose size and rate change in the middle" {
    scene format_changes
}

@test "a backup is on air while the main source is not there" {
    scene backup_source
}

@test "who pushes with a wrong key is refused before a frame is used" {
    scene push_with_key
}

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

@test "SRT takes pushes with its passphrase" {
    scene srt_with_passphrase
}

@test "the end of standard input is the end of the broadcast" {
    scene stdin_ends
}
