#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# deliver to each kind of target: real servers on loopback, a network that fails, and a listener who
# looks at the public feed all the while.

load helper
load relay
load servers
load targets
load parcels

setup_file() {
    parcels_make
    rm -r "$BATS_FILE_TMPDIR"/{one,two}/public/{maal,sok,tema} # pages enough are left
}

setup() {
    parcels_setup
}

teardown() {
    servers_clear
}

settings='  tries: 3
  retry: 0.2'

# A target's whole life: the first delivery, nothing to do, a change, damage that is mended, a file
# that goes.
life() { # kind
    target_start "$1"
    web_start
    need_show one
    delivers "$settings" "  targets: [$target]"
    watch_begin
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "files sent"
    all_is_there
    writes=$(target_writes)
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "has everything already"
    equals "$(target_writes)" "$writes"
    mkdir "$show/public/tillegg"
    echo hei >"$show/public/tillegg/med blank & å.txt"
    dgl -C "$show" -q deliver --no-check
    all_is_there
    needs_state two
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "1 removed"
    all_is_there
    watch_end 2
    mp3=$(cd "$show/public" && ls media/*/*.mp3 | head -n 1)
    target_damage "$mp3" short
    target_damage style.css
    said deliver --verify
    equals "$(jq -c '.targets[0].sent' "$said")" 2
    all_is_there
    nothing_is_told "$output"
}

# No secret in what was said, nor in what was written.
nothing_is_told() { # texts
    [ -s "$secrets" ] || return 0
    printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/texts"
    if [ "$kind" = s3 ]; then # who signs says the key's name
        sed 's/ = [^:]*:/ = /' "$secrets" >"$BATS_TEST_TMPDIR/wanted"
    else
        cp "$secrets" "$BATS_TEST_TMPDIR/wanted"
    fi
    python3 "$root/tests/live/seek.py" "$BATS_TEST_TMPDIR/wanted" ola -- "$BATS_TEST_TMPDIR/texts" "$show"
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
        [ "$status" -eq 4 ] || status_is 0
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

# While it runs, and with the wrong word; exit code 4 at once, and in few words.
login() { # kind
    local began
    target_start "$1"
    need_show one
    delivers "$settings" "  targets: [$target]"
    fault rate 200000
    start -v deliver --no-check
    until_true 20 test -s "$show/.dgl/delivered/web.journal"
    python3 "$root/tests/live/seek.py" "$secrets" ola -- "pid:$running"
    fault pass
    ended
    equals "$code" 0
    nothing_is_told "$(cat "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err")"
    sed -i 's/:.*\|= .*/&-feil/' "$secrets"
    [ "$kind" != s3 ] || sed -i 's/-feil-feil/-feil/' "$secrets"
    began=$SECONDS
    run dgl -C "$show" deliver --verify
    status_is 4
    echo "$output"
    contains "$output" "web: "
    [ "$(wc -l <<<"$output")" -le 4 ]
    at_most $((SECONDS - began)) 5
    nothing_is_told "$output"
}

@test "s3: its whole life" {
    life s3
}

@test "sftp: its whole life" {
    life sftp
}

@test "webdav: its whole life" {
    life webdav
}

@test "ftps: its whole life" {
    life ftps
}

@test "s3: a network that breaks" {
    network s3
}

@test "sftp: a network that breaks" {
    network sftp
}

@test "webdav: a network that breaks" {
    network webdav
}

@test "ftps: a network that breaks" {
    network ftps
}

@test "s3: killed at any moment" {
    killed_at_moments s3 4
}

@test "sftp: killed at any moment" {
    killed_at_moments sftp 4
}

@test "webdav: killed at any moment" {
    killed_at_moments webdav 4
}

@test "ftps: killed at any moment" {
    killed_at_moments ftps 4
}

@test "s3: no secret in arguments and output, the wrong one is refused" {
    login s3
}

@test "webdav: no secret in arguments and output, the wrong one is refused" {
    login webdav
}

@test "ftps: no secret in arguments and output, the wrong one is refused" {
    login ftps
}
