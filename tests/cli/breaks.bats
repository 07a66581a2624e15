#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# deliver to each kind of target through a network that fails, and killed at any moment, while a
# listener looks at the public feed.

load helper
load parcels

setup_file() {
    parcels_make_lean
}

# The network breaks in the middle, again and again, is slow, is away.
network() { # kind
    local at said_all=
    target_start "$1"
    web_start
    need_show one
    delivers "$settings" "  targets: [$target]"
    dgl -C "$show" -q deliver
    needs_state two
    head -c 3000000 /dev/urandom >"$show/public/media/$episode/large.bin"
    watch_begin
    for at in 1000 20000 400000; do
        fault reset "$at"
        run dgl -C "$show" deliver
        status_is 4
        said_all+=$output
        fault pass
    done
    fault refuse
    run dgl -C "$show" deliver
    status_is 4
    contains "$output" "web: "
    contains "$output" "run it again: only what is missing is sent"
    said_all+=$output
    fault rate 3000000
    run dgl -C "$show" deliver
    status_is 0
    fault pass
    all_is_there
    watch_end 2
    nothing_is_told "$said_all"
}

@test "s3: a network that breaks" {
    network s3
}

@test "sftp: a network that breaks" {
    network sftp
}

# bats test_tags=long
@test "webdav: a network that breaks" {
    network webdav
}

# bats test_tags=long
@test "ftps: a network that breaks" {
    network ftps
}

# bats test_tags=long
@test "s3: killed at any moment" {
    killed_at_moments s3 4
}

@test "sftp: killed at any moment" {
    killed_at_moments sftp 4
}

# bats test_tags=long
@test "webdav: killed at any moment" {
    killed_at_moments webdav 4
}

# bats test_tags=long
@test "ftps: killed at any moment" {
    killed_at_moments ftps 4
}
