#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What is cut out of a recording, and what is put around it.

load helper

setup_file() {
    need_tool sox
    need_tool jq
    export DGL_NOW=2026-02-12T08:00:00Z
    # Every two seconds another note: what is heard tells where it comes from.
    for note in 300 400 500 600 700; do
        sox -D -R -n -r 48000 -b 16 -c 2 "$BATS_FILE_TMPDIR/$note.wav" synth 2 sine "$note" gain -20
    done
    sox -D "$BATS_FILE_TMPDIR"/[3-7]00.wav "$BATS_FILE_TMPDIR/rec.wav"
    new_show
    new_episode 2026-02
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    copy_show
    episode=2026-02-trivsel
    yaml=$show/episodes/$episode/episode.yaml
    recording=$BATS_FILE_TMPDIR/rec.wav
}

write() { # standard input: lines of episode.yaml
    cat >>"$yaml"
}

# The note in a tenth of a second of the master, in Hz to the nearest hundred.
note_at() { # seconds
    sox "$(ls -t "$show/.dgl/store/$episode"/sound/*/master.flac | head -1)" \
        "$BATS_TEST_TMPDIR/note.wav" trim "$1" 0.1
    sox "$BATS_TEST_TMPDIR/note.wav" -n remix 1 stat 2>&1 |
        awk '/Rough +frequency/ { printf "%d00\n", ($3 + 50) / 100; exit }'
}

kept() { # of the published timeline, in seconds
    published '.timeline.kept | map("\(.from / 705600000)-\(.to / 705600000)@\(.at / 705600000)") | join(" ")'
}

chapters() {
    jq -r '.chapters | map("\(.startTime) \(.title)") | join(", ")' \
        "$show/public/episodes/$episode/chapters.json"
}

@test "cuts are left out, and chapters, captions and transcript follow" {
    write <<EOF
cuts:
  - {from: "00:00:06", to: "00:00:08"}
  - {from: "00:00:02", to: "00:00:03.5"}
chapters: [{at: "00:00:00", title: Start}, {at: "00:00:02.5", title: Midt}, {at: "00:00:08.5", title: Slutt}]
captions: [{file: c.vtt, language: nb, made: corrected}]
EOF
    printf 'WEBVTT\n\n%s\n\n%s\n\n%s\n' $'00:00:00.500 --> 00:00:01.500\nførst' \
        $'00:00:02.200 --> 00:00:03.000\nborte' $'00:00:05.000 --> 00:00:09.000\nover' \
        >"$show/episodes/$episode/c.vtt"
    said publish "$episode" "$recording"
    equals "$(kept)" "0-2@0 3.5-6@2 8-10@4.5"
    equals "$(jq '.files[0].duration_s' "$said")" 6.5
    equals "$(chapters)" "0 Start, 2 Midt, 5 Slutt"
    vtt=$(cat "$show/public/episodes/$episode/nb.vtt")
    contains "$vtt" $'00:00:00.500 --> 00:00:01.500\nførst'
    contains "$vtt" $'00:00:03.500 --> 00:00:05.500\nover'
    lacks "$vtt" borte
    lacks "$(cat "$show/public/episodes/$episode/index.html")" borte
    equals "$(note_at 1) $(note_at 2.3) $(note_at 4) $(note_at 5)" "300 400 500 700"
}

@test "a list on the clock of the finished file stays as it is" {
    write <<EOF
cuts: [{from: "00:00:02", to: "00:00:06"}]
chapters: {clock: published, list: [{at: "00:00:00", title: A}, {at: "00:00:03", title: B}]}
captions: [{file: c.vtt, language: nb, made: corrected, clock: published}]
EOF
    printf 'WEBVTT\n\n00:00:02.500 --> 00:00:05.000\nhele\n' >"$show/episodes/$episode/c.vtt"
    said publish "$episode" "$recording"
    equals "$(jq '.files[0].duration_s' "$said")" 6
    equals "$(chapters)" "0 A, 3 B"
    contains "$(cat "$show/public/episodes/$episode/nb.vtt")" "00:00:02.500 --> 00:00:05.000"
}

@test "another cut makes the sound again, and a clone without media the same feed" {
    said publish "$episode" "$recording"
    write <<<'cuts: [{from: "00:00:02", to: "00:00:04"}]'
    said publish "$episode"
    contains "$(ran)" "timeline sound encode.mp3"
    lacks "$(ran)" ingest
    feed=$(cat "$show/public/feed.xml")
    clone=$BATS_TEST_TMPDIR/clone
    mkdir "$clone"
    cp -a "$show/episodes" "$clone/"
    dgl -C "$clone" -q feed
    equals "$(cat "$clone/public/feed.xml")" "$feed"
}

@test "wrong cuts are refused where they stand" {
    copy=$(cat "$yaml")
    line=$(($(wc -l <"$yaml") + 1))
    while IFS='|' read -r cut column message; do
        write <<<"cuts: [$cut]"
        run dgl -C "$show" publish "$episode" "$recording"
        status_is 3
        contains "$output" "episodes/$episode/episode.yaml:$line:$column: $message"
        printf '%s\n' "$copy" >"$yaml"
    done <<'EOF'
{from: 4, to: 2}|22|the cut begins at 00:00:04.000 and ends at 00:00:02.000
{from: 1, to: 4}, {from: 3, to: 5}|26|the cut begins at 00:00:03.000, another one
{from: 0}|8|a cut has no to
{from: 4, to: 12}|22|the cut ends at 00:00:12.000, the recording at 00:00:10.000
{from: 0, to: 9.8}|8|the cuts leave nothing of the recording
EOF
    [ ! -e "$show/public/feed.xml" ]
}
