#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What status reminds of: what is due, what is done by hand once, where the originals lie.

load helper

setup_file() {
    need_tool sox
    need_tool jq
    export DGL_NOW=2026-02-12T08:00:00Z
    tone "$BATS_FILE_TMPDIR/rec.wav" 3
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    episode=$(new_episode 2026-02)
    dgl -C "$show" -q publish "$episode" "$BATS_FILE_TMPDIR/rec.wav"
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    copy_show
    episode=2026-02-trivsel
    state=$show/episodes/show.state.json
}

deliver() { # as a delivery notes it
    jq '.delivered = "2026-02-12T09:00:00Z"' "$show/episodes/$episode/published.json" >"$BATS_TEST_TMPDIR/p"
    cp "$BATS_TEST_TMPDIR/p" "$show/episodes/$episode/published.json"
}

open_todos() {
    dgl -C "$show" --json status | jq -r '[.todo[]? | select(.done | not).name] | join(" ")'
}

@test "after the first delivery a short list is kept until it is ticked" {
    equals "$(open_todos)" ""
    lacks "$(dgl -C "$show" status)" "to do:"
    deliver
    equals "$(open_todos)" "apple spotify podcastindex verify"
    contains "$(dgl -C "$show" status)" "to do: submit the feed to Apple Podcasts"
    dgl -C "$show" status --done apple >/dev/null
    equals "$(jq -c . "$state")" '{"done":{"apple":"2026-02-12"}}'
    equals "$(open_todos)" "spotify podcastindex verify"
    for name in spotify podcastindex verify; do dgl -C "$show" status --done "$name" >"$BATS_TEST_TMPDIR/out"; done
    lacks "$(cat "$BATS_TEST_TMPDIR/out")" "to do:"
    # A publish forgets nothing of it.
    dgl -C "$show" -q publish --remake "$episode"
    equals "$(open_todos)" ""
    equals "$(published .delivered)" 2026-02-12T09:00:00Z
}

@test "what is not on the list is refused, with what is, and a damaged list is not overwritten" {
    run dgl -C "$show" status --done appel
    status_is 2
    contains "$output" "the list has apple, spotify, podcastindex, verify"
    [ ! -e "$state" ]
    echo '{' >"$state"
    run dgl -C "$show" status --done apple
    [ "$status" -ne 0 ]
    contains "$output" "show.state.json"
    equals "$(cat "$state")" "{"
}

backup() { # the key's value, the state that is then seen, what the terminal says
    sed -i '/^backup:/d' "$show/episodes/show.yaml"
    [ -z "$1" ] || echo "backup: $1" >>"$show/episodes/show.yaml"
    equals "$(dgl -C "$show" --json status | jq -r .backup.state)" "$2"
    if [ -n "$3" ]; then
        contains "$(dgl -C "$show" status)" "$3"
    else
        lacks "$(dgl -C "$show" status)" "backup:"
    fi
}

@test "originals in one place only are warned of, until they lie on another disk as they are here" {
    disk=/dev/shm
    [ -w "$disk" ] && [ "$(stat -c %d "$disk")" != "$(stat -c %d "$show")" ] || skip "no second file system to write to"
    there=$(mktemp -d "$disk/dgl-XXXXXX")
    backup "" none "the originals (1) lie on this disk only"
    backup "$BATS_TEST_TMPDIR/unplugged" away "is not there now: plug the disk in"
    backup "$there" missing "1 of 1 originals (0.6 MB) are not in $there"
    mkdir "$there/originals"
    head -c 1000 "$show"/originals/* >"$there/originals/$(ls "$show/originals")"
    backup "$there" missing "1 of 1 originals"
    cp -f "$show"/originals/* "$there/originals/"
    backup "$there" whole ""
    mkdir "$BATS_TEST_TMPDIR/near"
    cp "$show"/originals/* "$BATS_TEST_TMPDIR/near"
    backup "$BATS_TEST_TMPDIR/near" "same disk" "a broken disk takes both"
    rm -r "$there"
    sed -i '/^backup:/d' "$show/episodes/show.yaml"
    echo "backup: $show/originals" >>"$show/episodes/show.yaml"
    run dgl -C "$show" status
    status_is 3
    contains "$output" "show.yaml"
    contains "$output" "the copies would lie in the show itself"
}

@test "what is due next is named with what it lacks: the month's end, the day it is promised, a broadcast" {
    next=$(new_episode 2026-04 --guest "Per Nordmann")
    said status
    equals "$(jq -c '.episodes[1] | [.due.what, .due.when, .due.days_left, .lacking]' "$said")" \
        '["publish","2026-04-30T00:00:00Z",77,["recording","captions","consent","host"]]'
    equals "$(jq -c '.episodes[0] | [.due, .lacking]' "$said")" '[null,null]'
    echo 'host: {name: Ola Nordmann}' >>"$show/episodes/$next/episode.yaml"
    echo 'published: 2026-04-09T09:00:00+02:00' >>"$show/episodes/$next/episode.yaml"
    contains "$(dgl -C "$show" status)" \
        "due: $next, publish 2026-04-09, in 56 days; still lacking recording, captions, consent"
    echo 'live: {start: 2026-03-26T10:00:00+01:00}' >>"$show/episodes/$next/episode.yaml"
    contains "$(dgl -C "$show" status)" "due: $next, broadcast 2026-03-26, in 43 days"
    contains "$(DGL_NOW=2026-04-12T08:00:00Z dgl -C "$show" status)" "due: $next, publish 2026-04-09, overdue by 3 days"
}
