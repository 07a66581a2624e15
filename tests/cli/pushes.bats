#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Sources that push, and standard input: who may, and what happens when they go, on real servers.

load helper
load scenes

@test "a backup is on air while the main source is not there" {
    scene backup_source
}

@test "who pushes with a wrong key is refused before a frame is used" {
    scene push_with_key
}

@test "SRT takes pushes with its passphrase" {
    scene srt_with_passphrase
}

@test "the end of standard input is the end of the broadcast" {
    scene stdin_ends
}
