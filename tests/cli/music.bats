#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Music under speech. The speech has nothing over 4.5 kHz and the music is a note of 6 kHz, so that
# each can be measured in what was published.

load helper

setup_file() {
    need_tool sox
    need_tool jq
    need_media speech-en-60s.wav
    cd "$BATS_FILE_TMPDIR"
    export DGL_NOW=2026-02-12T08:00:00Z
    sox "$DGL_MEDIA/speech-en-60s.wav" -r 48000 -b 16 -c 2 speech.wav trim 0 30 sinc -4500
    sox -D -R -n -r 48000 -b 16 -c 2 room.wav synth 5 whitenoise gain -70 sinc -4500
    sox -D room.wav speech.wav room.wav rec.wav # speech from 5 to 35 s
    sox -D -R -n -r 44100 -b 16 -c 2 bed.wav synth 12 sine 6000 gain -15
    new_show
    new_episode 2026-02
    sed -i 's/^outputs:.*/outputs: [mp3, opus]/' "$show/episodes/show.yaml"
    echo 'music: bed.wav' >>"$show/episodes/show.yaml"
    cp bed.wav "$show/episodes/"
    dgl -C "$show" -q publish 2026-02 rec.wav
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    cd "$BATS_TEST_TMPDIR"
    copy_show
    episode=2026-02-trivsel
    yaml=$show/episodes/$episode/episode.yaml
    recording=$BATS_FILE_TMPDIR/rec.wav
}

lufs() { # file, filter, from, seconds
    sox -D "$1" -b 24 piece.wav sinc "$2" trim "$3" "$4"
    dgl measure --json piece.wav | jq '.[0].integrated_lufs // -99' # null: nothing
}

delivered() { # extension: the file as sox can read it
    ffmpeg -nostdin -v error -y -i "$show"/public/media/"$episode"/*."$1" -c:a pcm_s24le "$1.wav"
    echo "$1.wav"
}

holds_promise() {
    said publish "$episode"
    jq -e '[.files[] | .integrated_lufs > -16.2 and .integrated_lufs < -15.8 and .true_peak_dbtp <= -1.0] | all' "$said"
}

below() { # music and speech in LUFS: how far it lies below
    awk -v m="$1" -v s="$2" 'BEGIN { print s - m }'
}

@test "music lies 20 LU below speech and 12 in pauses, and every file holds the promise" {
    need_tool ffmpeg
    holds_promise
    equals "$(jq '.files | length' "$said")" 2
    sound=$(cat "$show"/.dgl/store/"$episode"/sound/*/sound.json)
    within "$(jq .music.in_pauses_db <<<"$sound")" 12 0.01
    for extension in mp3 opus; do
        file=$(delivered $extension)
        within "$(soxi -D "$file")" 40 0.01
        speech=$(lufs "$file" -4500 5 30)
        under=$(below "$(lufs "$file" 5500-6500 5 30)" "$speech")
        at_most 20 "$under"
        at_most "$under" 24
        within "$(below "$(lufs "$file" 5500-6500 2.2 2)" "$speech")" 12 1
        within "$(below "$(lufs "$file" 5500-6500 36.2 0.6)" "$speech")" 12.3 1.3
        # the end is faded out, and there is music behind the file's own twelve seconds
        at_most 20 "$(below "$(lufs "$file" 5500-6500 39.4 0.6)" "$speech")"
    done
}

@test "another music makes the sound again and nothing before it; none switches it off" {
    with_music=$(published '.files[0].sha256')
    sox -D -R -n -r 44100 -b 16 -c 1 "$show/episodes/bed.wav" synth 9 sine 7000 gain -30
    holds_promise
    equals "$(ran)" "sound encode.mp3 encode.opus tag.mp3 tag.opus item page report"
    [ "$(published '.files[0].sha256')" != "$with_music" ]
    echo 'music: none' >>"$yaml"
    holds_promise
    lacks "$(ran)" timeline
    newest=$(ls -t "$show"/.dgl/store/"$episode"/sound/*/sound.json | head -1)
    equals "$(jq .music "$newest")" null
    report=$(cat "$show/reports/$episode/report.html")
    lacks "$report" "Musikk under talen"
}

@test "music begins behind the intro and ends before the outro" {
    sox -D -R -n -r 48000 -b 16 -c 2 "$show/episodes/intro.wav" synth 6 sine 1000 gain -20
    cp "$show/episodes/intro.wav" "$show/episodes/outro.wav"
    printf 'intro: intro.wav\noutro: outro.wav\n' >>"$show/episodes/show.yaml"
    holds_promise
    master=$(ls -t "$show"/.dgl/store/"$episode"/sound/*/master.flac | head -1)
    within "$(soxi -D "$master")" 49 0.001
    speech=$(lufs "$master" -4500 10 28)
    at_most 45 "$(below "$(lufs "$master" 5500-6500 0.5 3.5)" "$speech")"
    within "$(below "$(lufs "$master" 5500-6500 6.8 1.8)" "$speech")" 12 1
    at_most 45 "$(below "$(lufs "$master" 5500-6500 45 3.5)" "$speech")"
}

@test "a preview has the music in it, in the same place and as loud" {
    said normalize "$episode" --preview 00:00:13+10
    equals "$(jq .exact "$said")" true
    sox -D "$show/$(jq -r .after.path "$said")" -b 32 a.wav trim 0 9.9
    sox -D "$(ls "$show"/.dgl/store/"$episode"/sound/*/master.flac)" -b 32 m.wav trim 13 9.9
    sox -D -m -v 1 m.wav -v -1 a.wav d.wav
    at_most "$(sox d.wav -n stat 2>&1 | awk '/^Maximum amplitude/ { print $3 }')" 0.0001
    # before the master is made, the gain is nearly found
    echo 'leveller: 99' >>"$yaml"
    said normalize "$episode" --preview 00:00:13+10
    equals "$(jq .exact "$said")" false
    sox -D "$show/$(jq -r .after.path "$said")" -b 32 b.wav trim 0 9.9
    within "$(lufs b.wav 5500-6500 0 9.9)" "$(lufs a.wav 5500-6500 0 9.9)" 0.5
}

@test "the report says how loud the music is" {
    report=$(cat "$show/reports/$episode/report.html")
    contains "$report" "Musikk under talen"
    jq -e '.music.under_speech_db >= 20 and .music.length_s == 12' "$show/reports/$episode/report.json"
}

@test "music that is missing, too short, silent or damaged is refused where it is named" {
    sed -i '/^music/d' "$show/episodes/show.yaml"
    echo 'music: bed.mp3' >>"$yaml"
    bed=$show/episodes/$episode/bed.mp3
    before=$(public_state)
    line=$(wc -l <"$yaml")
    refused_at() { # message
        run dgl -C "$show" publish "$episode" "$recording"
        status_is 3
        contains "$output" "episodes/$episode/episode.yaml:$line:8: music: $1"
    }
    refused_at "there is no file bed.mp3"
    echo hei >"$bed"
    refused_at ""
    sox -D -R -n -r 44100 -b 16 -c 2 short.wav synth 1 sine 1000
    mv short.wav "$bed"
    refused_at "bed.mp3 is only 1.00 s long; it takes at least 2 s"
    sox -D -n -r 44100 -b 16 -c 2 silent.wav trim 0 4
    mv silent.wav "$bed"
    refused_at "bed.mp3 contains only silence"
    sox -D -R -n -r 44100 -b 16 -c 2 whole.wav synth 8 sine 1000
    head -c 400000 whole.wav >"$bed"
    refused_at "bed.mp3 is damaged: "
    equals "$(public_state)" "$before"
}
