#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a broadcast goes through (tests/live/scenes.py), on real servers: Icecast, nginx behind stunnel, ffmpeg that
# pushes.

load helper

setup_file() {
    missing=$(python3 "$root/tests/live/servers.py") || absent "not installed: $missing"
    export PYTHONDONTWRITEBYTECODE=1
}

scene() { # name
    run python3 "$root/tests/live/scenes.py" "$1"
    [[ $output != skipped:* ]] || skip "${output#skipped: }"
    status_is 0
    echo "$output"
}

@test "a kill costs no more than two seconds of the recordings, and the broadcast can be resumed" {
    scene killed
}

@test "SIGTERM ends it within ten seconds when nobody takes anything any more" {
    scene black_holes
}

@test "a full disk ends the recording and not the broadcast" {
    scene full_disk
}

@test "no byte of the key is said to a server whose certificate is not good" {
    scene certificates
}

@test "time stamps beyond 4 h 39 min, and connections that begin at 0" {
    scene late_timestamps
}
