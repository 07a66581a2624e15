#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Files that were made to do harm: each is refused at once, with little memory, and nothing is
# public. What they are, hostile.py says.

load helper

setup_file() {
    need_tool sox
    export DGL_NOW=2026-02-12T08:00:00Z
    new_show
    new_episode 2026-02 >/dev/null
    tone "$BATS_FILE_TMPDIR/other.wav" 2
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    copy_show
    folder=$show/episodes/2026-02-trivsel
    # On a slow machine that does something else, and with sanitizers.
    most_s=60 most_mib=1200
}

craft() { # kind, file; the other file it names is a real recording
    python3 "$root/tests/cli/hostile.py" "$1" "$2" "$BATS_FILE_TMPDIR/other.wav"
}

bounded() { # words of the command line; leaves status, output, seconds and mib
    run python3 "$root/tests/cli/bounded.py" "$BATS_TEST_TMPDIR/took" \
        "$DGL_BUILD/dgl-episode" --presets "$root/presets" "$@"
    read -r seconds mib <"$BATS_TEST_TMPDIR/took"
    at_most "$seconds" "$most_s" && at_most "$mib" "$most_mib" || {
        echo "$*: $output"
        return 1
    }
}

refused() { # kind, part of what is said
    craft "$1" "$BATS_TEST_TMPDIR/$1"
    bounded -C "$show" publish 2026-02 "$BATS_TEST_TMPDIR/$1" || return 1
    if ! status_is 3 || ! contains "$output" "$1" || ! contains "$output" "$2"; then
        echo "kind: $1"
        return 1
    fi
    lacks "$output" "signal"
    [ ! -e "$show/public/feed.xml" ]
    at_most "$(du -sm "$show/.dgl" "$show/originals" 2>/dev/null | awk '{ n += $1 } END { print n + 0 }')" 20
}

@test "a small file that claims hours of an enormous picture is refused at once" {
    refused 16k.mp4 'a picture of 15360 x 8640; up to 8192 x 4608 can be used'
    refused 65k.mp4 'a picture of 65535 x 65535'
    refused ten-hours.mp4 'no sound in it'
}

@test "enormous lengths, tracks by the thousand and boxes in boxes are refused at once" {
    refused a-billion-samples.mp4 ''
    refused a-million-tracks.mp4 'not a sound or video file'
    refused a-million-tracks.mkv ''
    refused nested.mp4 'not a sound or video file'
    refused a-century.wav ''
    refused a-century.flac ''
    refused cover-bomb.flac ''
}

@test "a playlist, a list, a session or a picture is no recording, whatever its name says" {
    for kind in playlist.mp3 address.mp3 list.wav session.mp4 dash.m4a picture.wav; do
        refused "$kind" ''
        [ "$kind" = dash.m4a ] || contains "$output" 'not a sound or video file but a list of other files, a picture, or'
        lacks "$output" "$BATS_FILE_TMPDIR/other.wav"
    done
}

@test "measure refuses the same files" {
    for kind in 16k.mp4 playlist.mp3 list.wav a-million-tracks.mp4; do
        craft "$kind" "$BATS_TEST_TMPDIR/$kind"
        bounded measure "$BATS_TEST_TMPDIR/$kind"
        status_is 3
        lacks "$output" "signal"
    done
}

@test "covers of enormous size are refused by their header, and what is packed behind a picture is not read" {
    tone "$BATS_TEST_TMPDIR/rec.wav" 2
    for kind in giant.png bomb.png; do
        craft "$kind" "$folder/cover.png"
        sed -i '/^cover:/d' "$folder/episode.yaml"
        echo 'cover: cover.png' >>"$folder/episode.yaml"
        bounded -C "$show" publish 2026-02 "$BATS_TEST_TMPDIR/rec.wav"
        if [ "$kind" = giant.png ]; then
            status_is 3
            contains "$output" 100000
        else # its own pixels are a cover's
            status_is 0
        fi
    done
}

@test "feeds with entities, depth and attributes without end are refused by check" {
    for kind in laughs.xml nested.xml attributes.xml; do
        craft "$kind" "$BATS_TEST_TMPDIR/feed.xml"
        bounded check "$BATS_TEST_TMPDIR/feed.xml"
        status_is 3
    done
}

@test "YAML with depth, aliases or keys without end is refused with its place" {
    for kind in nested.yaml laughs.yaml keys.yaml; do
        craft "$kind" "$folder/episode.yaml"
        bounded -C "$show" publish 2026-02
        status_is 3
        contains "$output" 'episode.yaml:'
    done
}
