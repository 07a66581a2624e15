#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# deliver to each kind of target: real servers on loopback, and a listener who looks at the public
# feed all the while. When the network breaks: breaks.bats.

load helper
load parcels

setup_file() {
    parcels_make_lean
}

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

@test "s3: no secret in arguments and output, the wrong one is refused" {
    login s3
}

@test "webdav: no secret in arguments and output, the wrong one is refused" {
    login webdav
}

@test "ftps: no secret in arguments and output, the wrong one is refused" {
    login ftps
}
