#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup_file() {
    need_tool sox
    need_tool ffmpeg
    need_tool jq
    export DGL_NOW=2026-02-12T08:00:00Z
    tone "$BATS_FILE_TMPDIR/rec.wav" 3
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    ffmpeg -nostdin -v error -f lavfi -i color=c=teal:s=1400x1400 -frames:v 1 "$show/episodes/cover.png"
    echo 'cover: cover.png' >>"$show/episodes/show.yaml"
    episode=$(new_episode 2026-02)
    echo 'cover: ../cover.png' >>"$show/episodes/$episode/episode.yaml"
    dgl -C "$show" -q publish "$episode" "$BATS_FILE_TMPDIR/rec.wav"
}

setup() {
    export DGL_NOW=2026-02-13T08:00:00Z
    copy_show
    episode=2026-02-trivsel
}

kept() { # what must outlive every cleaning
    (cd "$show" && find originals public episodes -type f -exec sha256sum {} + | sort -k2)
}

@test "clean gives back masters, and says how much; originals and public stay" {
    before=$(kept)
    master=$(stat -c %s "$show"/.dgl/store/$episode/sound/*/master.flac)
    said clean --dry-run
    equals "$(jq -c '[.dry_run, .freed_bytes >= '"$master"']' "$said")" "[true,true]"
    [ -e "$show"/.dgl/store/$episode/sound/*/master.flac ]
    promised=$(jq .freed_bytes "$said")
    size=$(find "$show/.dgl/store" -type f -printf '%s\n' | awk '{ s += $1 } END { print s }')
    said clean
    equals "$(jq -c '[.dry_run, .freed_bytes]' "$said")" "[false,$promised]"
    equals "$(find "$show/.dgl/store" -type f -printf '%s\n' | awk '{ s += $1 } END { print s }')" $((size - promised))
    equals "$(kept)" "$before"
    said clean
    equals "$(jq .freed_bytes "$said")" 0
    said publish "$episode"
    equals "$(ran)" ""
    equals "$(kept)" "$before"
}

@test "a master that was given back is made again, the same, when something needs it" {
    mp3=$(published '.files[0].path')
    dgl -C "$show" -q clean
    said encode "$episode" --remake
    said publish "$episode"
    equals "$(published '.files[0].path')" "$mp3"
}

@test "an episode that is not published keeps everything" {
    next=$(dgl -C "$show" --json new 2026-03 | jq -r .episode)
    dgl -C "$show" -q publish "$next" "$BATS_FILE_TMPDIR/rec.wav" --until normalize
    dgl -C "$show" -q clean
    [ -e "$show"/.dgl/store/$next/sound/*/master.flac ]
}

@test "publish drops what no record names any more, and masters after two weeks" {
    sed -i 's/^title:.*/title: Nytt/' "$show/episodes/$episode/episode.yaml"
    said publish "$episode"
    for stage in tag.mp3 item page report; do
        equals "$stage $(ls "$show/.dgl/store/$episode/$stage" | wc -l)" "$stage 1"
    done
    [ -e "$show"/.dgl/store/$episode/sound/*/master.flac ]
    DGL_NOW=2026-02-26T07:59:59Z said publish "$episode"
    [ -e "$show"/.dgl/store/$episode/sound/*/master.flac ]
    DGL_NOW=2026-02-26T08:00:01Z said publish "$episode"
    equals "$(find "$show/.dgl/store" -name master.flac)" ""
}

@test "clean gives back what a dropped output and the feed's former versions left" {
    sed -i 's/^outputs:.*/outputs: [mp3, opus]/' "$show/episodes/show.yaml"
    dgl -C "$show" -q publish "$episode"
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    dgl -C "$show" -q publish "$episode"
    dgl -C "$show" -q clean
    equals "$(find "$show/.dgl/store" -name '*.opus')" ""
    for stage in feed site art; do
        equals "$stage $(ls "$show/.dgl/store/_show/$stage" | wc -l)" "$stage 1"
    done
}

@test "clean gives back what a folder that was deleted left in the store" {
    cp -a "$show/episodes/$episode" "$BATS_TEST_TMPDIR/away"
    rm -r "$show/episodes/$episode"
    dgl -C "$show" -q clean
    equals "$(find "$show/.dgl/store/$episode" -type f 2>/dev/null)" ""
    [ -n "$(ls "$show/originals")" ]
}
