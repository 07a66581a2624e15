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
    jingle=$show/episodes/intro.wav
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
captions: [{file: c.vtt, language: nb, made: corrected, repair: off}]
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
captions: [{file: c.vtt, language: nb, made: corrected, repair: off, clock: published}]
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

# Silence, a note, silence, a note, silence, over a little noise, in $recording.
pausing() { # seconds of the three silences
    local i=0
    recording=$BATS_TEST_TMPDIR/pausing.wav
    for seconds in "$@"; do
        i=$((i + 1))
        sox -D -R -n -r 48000 -b 16 -c 2 "$BATS_TEST_TMPDIR/$i-a.wav" synth "$seconds" whitenoise gain -70
        sox -D -R -n -r 48000 -b 16 -c 2 "$BATS_TEST_TMPDIR/$i-b.wav" synth 2 sine "${i}00" gain -20
    done
    sox -D "$BATS_TEST_TMPDIR"/1-?.wav "$BATS_TEST_TMPDIR"/2-?.wav "$BATS_TEST_TMPDIR/3-a.wav" "$recording"
}

@test "trim: auto takes dead air off both ends, and pauses are shortened where it is asked for" {
    pausing 3 4 5
    said publish "$episode" "$recording"
    equals "$(jq '.files[0].duration_s' "$said")" 16
    write <<<'trim: auto'
    said publish "$episode"
    lacks "$(ran)" ingest
    within "$(jq '.files[0].duration_s' "$said")" 9.1 0.1
    within "$(published '.timeline.kept[0].from / 705600000')" 2.7 0.05
    write <<<'pauses: 1.5'
    said publish "$episode"
    within "$(jq '.files[0].duration_s' "$said")" 6.6 0.2
    equals "$(published '.timeline.kept | length')" 2
    equals "$(published .timeline.removed.pauses)" 1
}

@test "intro and outro stand around the episode, and chapters and captions move" {
    sox -D -R -n -r 44100 -b 16 -c 2 "$jingle" synth 8 sine 1000 gain -30
    cp "$jingle" "$show/episodes/$episode/outro.wav"
    echo 'intro: intro.wav' >>"$show/episodes/show.yaml"
    write <<EOF
outro: outro.wav
chapters: [{at: "00:00:00", title: Start}, {at: "00:00:04", title: Midt}]
captions: [{file: c.vtt, language: nb, made: corrected, repair: off}]
EOF
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nførst\n' >"$show/episodes/$episode/c.vtt"
    said publish "$episode" "$recording"
    # each overlaps by 1.5 s
    equals "$(jq '.files[0].duration_s' "$said")" 23
    equals "$(chapters)" "0 Start, 10.5 Midt"
    contains "$(cat "$show/public/episodes/$episode/nb.vtt")" "00:00:07.000 --> 00:00:08.000"
    equals "$(note_at 4) $(note_at 8.1) $(note_at 18)" "1000 300 1000"
    # another jingle is another sound; none is none, and what was heard before is still there
    sox -D -R -n -r 44100 -b 16 -c 2 "$jingle" synth 4 sine 900 gain -30
    said publish "$episode"
    equals "$(jq '.files[0].duration_s' "$said")" 19.5
    lacks "$(ran)" ingest
    write <<<'intro: none'
    said publish "$episode"
    equals "$(jq '.files[0].duration_s' "$said")" 16.5
    equals "$(chapters)" "0 Start, 4 Midt"
}

@test "a jingle that is missing, damaged or silent is refused where it is named" {
    echo 'intro: intro.wav' >>"$show/episodes/show.yaml"
    line=$(wc -l <"$show/episodes/show.yaml")
    refused_at() { # message
        run dgl -C "$show" publish "$episode" "$recording"
        status_is 3
        contains "$output" "episodes/show.yaml:$line:8: intro: $1"
    }
    refused_at "there is no file intro.wav"
    [ ! -e "$show/originals" ] # found before anything ran
    echo hei >"$jingle"
    refused_at ""
    sox -D -n -r 44100 -b 16 -c 2 "$jingle" trim 0 2
    refused_at "intro.wav contains only silence"
    # the whole of it announces more than there is
    sox -D -R -n -r 44100 -b 16 -c 2 "$BATS_TEST_TMPDIR/whole.wav" synth 8 sine 1000
    head -c 400000 "$BATS_TEST_TMPDIR/whole.wav" >"$jingle"
    refused_at "intro.wav is damaged: "
    # a clone without media needs no jingle either
    rm "$jingle"
    sed -i '$d' "$show/episodes/show.yaml"
    said publish "$episode" "$recording"
    feed=$(cat "$show/public/feed.xml")
    echo 'intro: intro.wav' >>"$show/episodes/show.yaml"
    mkdir "$BATS_TEST_TMPDIR/clone"
    cp -a "$show/episodes" "$BATS_TEST_TMPDIR/clone/"
    dgl -C "$BATS_TEST_TMPDIR/clone" -q feed
    equals "$(cat "$BATS_TEST_TMPDIR/clone/public/feed.xml")" "$feed"
}

@test "an intro in mono is as loud as the stereo episode behind it" {
    cd "$BATS_TEST_TMPDIR"
    sox -D -R -n -r 48000 -c 2 talk.wav synth 20 pinknoise pinknoise gain -12
    sox -D -R -n -r 48000 -c 1 "$show/episodes/intro.wav" synth 10 pinknoise gain -20
    echo 'intro: intro.wav' >>"$show/episodes/show.yaml"
    dgl -C "$show" -q publish "$episode" talk.wav
    master=$(ls "$show"/.dgl/store/*/sound/*/master.flac)
    sox -D "$master" -b 24 front.wav trim 1 7
    sox -D "$master" -b 24 behind.wav trim 14 7
    apart=$(dgl measure --json front.wav behind.wav | jq '.[0].integrated_lufs - .[1].integrated_lufs')
    echo "apart: $apart"
    awk -v a="$apart" 'BEGIN { exit !(a > -0.5 && a < 0.5) }'
}
