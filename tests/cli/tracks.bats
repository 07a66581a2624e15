#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup_file() {
    need_tool sox
    export DGL_NOW=2026-02-12T08:00:00Z
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    cd "$BATS_TEST_TMPDIR"
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    episode=$(new_episode 2026-02)
}

made() { # stage, file
    cat "$show"/.dgl/store/"$episode"/"$1"/*/"$2"
}

need_voices() {
    for name in speech-en-60s.wav speech-en-sonnet-53s.wav; do
        [ -e "$DGL_MEDIA/$name" ] || skip "$name is not here"
    done
}

# a.wav and b.wav: three turns of 8 s each, in alternation.
take_turns() { # gain of b in dB; a's is -3
    need_voices
    sox "$DGL_MEDIA/speech-en-60s.wav" -r 48000 -c 1 a.wav trim 0 8 pad 0 8.5 repeat 2 gain -3
    sox "$DGL_MEDIA/speech-en-sonnet-53s.wav" -r 48000 -c 1 b.wav trim 0 8 pad 8.25 0.25 repeat 2 gain "$1"
}

# Two speakers, each with the other at -26 dB; the guest's recorder was started 12.5 s later.
two_recorders() {
    need_voices
    sox "$DGL_MEDIA/speech-en-60s.wav" -r 16000 -c 1 a.wav
    sox "$DGL_MEDIA/speech-en-sonnet-53s.wav" -r 16000 -c 1 b.wav pad 4
    sox -D -m -v 1 a.wav -v 0.05 b.wav kari.wav
    sox -D -m -v 0.4 b.wav -v 0.02 a.wav ola.wav trim 12.5
    cat >>"$show/episodes/$episode/episode.yaml" <<YAML
recordings: [{file: $PWD/kari.wav, speaker: Kari}, {file: $PWD/ola.wav, speaker: Ola}]
YAML
}

@test "tracks that began at different times come together, and both speakers are equally loud" {
    two_recorders
    dgl -C "$show" -q publish "$episode"
    offset=$(made align tracks.json | jq '.tracks[1].offset_s')
    awk -v o="$offset" 'BEGIN { exit !(o > -12.501 && o < -12.499) }' || {
        echo "offset $offset"
        return 1
    }
    # as long as the longer of the two on the first one's clock
    made timeline timeline.json | jq -e '.length_s > 59.9 and .length_s < 60.1'
    equals "$(made sound sound.json | jq -r '[.tracks[].speaker] | join(" ")')" "Kari Ola"
    # the soft recorder got the more gain
    made sound sound.json | jq -e '.tracks[1].gain_db - .tracks[0].gain_db > 6'
}

@test "while one speaks, the other's microphone is closed, and nobody's own words are lost" {
    take_turns -3
    # each hears the other 15 dB softer and a third of a hundredth of a second later
    for who in a b; do sox $who.wav late-$who.wav pad 0.0033; done
    sox -D -m -v 1 a.wav -v 0.18 late-b.wav kari.wav
    sox -D -m -v 1 b.wav -v 0.18 late-a.wav ola.wav
    echo "recordings: [{file: $PWD/kari.wav, speaker: Kari}, {file: $PWD/ola.wav, speaker: Ola}]" \
        >>"$show/episodes/$episode/episode.yaml"
    dgl -C "$show" -q publish "$episode"
    made sound sound.json | jq -c '.tracks[].cleaning'
    made sound sound.json | jq -e '[.tracks[].cleaning.other_voices_db] | all(. > -20 and . < -12)'
    made sound sound.json | jq -e '[.tracks[].cleaning.other_voices_out_percent] | all(. > 30 and . < 55)'
    grep -q 'De andre hørtes i denne mikrofonen' "$show"/reports/*/report.html
    # with the gates the mix is nearer to the two voices alone than without them
    apart() { # what is left of the mix when the voices are taken out of it, against the mix, in dB
        sox -D -m -v 1 a.wav -v 1 b.wav -b 16 truth.wav
        sox -D "$(ls "$show"/.dgl/store/*/sound/*/master.flac)" -b 16 mix.wav remix - gain -3
        python3 "$BATS_TEST_DIRNAME/apart.py" truth.wav mix.wav
    }
    gated=$(apart)
    echo 'cleaning: off' >>"$show/episodes/$episode/episode.yaml"
    rm -r "$show"/.dgl/store/"$episode"/sound
    dgl -C "$show" -q publish "$episode"
    made sound sound.json | jq -e '[.tracks[].cleaning] | all(. == null)'
    open=$(apart)
    echo "gated $gated open $open"
    awk -v g="$gated" -v o="$open" 'BEGIN { exit !(g < o - 6) }'
}

@test "in a humming, noisy room too the soft guest comes up to the host, and neither is music" {
    take_turns -15
    sox -D -R -n -r 48000 -c 1 hum.wav synth 49.5 sine 50 gain -40
    sox -D -R -n -r 48000 -c 1 over.wav synth 49.5 sine 150 gain -46
    sox -D -R -n -r 48000 -c 1 noise.wav synth 49.5 whitenoise gain -50
    sox -D -R -m -v 1 a.wav -v 1 b.wav -v 1 hum.wav -v 1 over.wav -v 1 noise.wav room.wav
    dgl -C "$show" -q publish "$episode" room.wav
    made sound sound.json | jq -c '.tracks[]'
    made sound sound.json | jq -e '.tracks[0].cleaning | .hum_hz > 49.9 and .hum_hz < 50.1'
    made sound sound.json | jq -e '.tracks[0].leveller | .music == null and (.voices | length) == 2'
    made sound sound.json | jq -e '[.tracks[0].leveller.voices[] | .lufs + .gain_db] |
        (.[0] - .[1]) as $apart | $apart < 1 and $apart > -1'
}

@test "music is neither cleaned nor closed while somebody speaks" {
    need_voices
    jingle=$DGL_MEDIA/music-jingle-coverart.ogg
    [ -e "$jingle" ] || skip "the music is not here"
    sox -D -R -n -r 44100 -c 2 hum.wav synth 30 sine 50 gain -40
    sox -D "$jingle" -c 2 tune.wav trim 0 30 gain -9
    sox -D -m -v 1 tune.wav -v 1 hum.wav music.wav
    echo "recordings: [{file: $PWD/music.wav}]" >>"$show/episodes/$episode/episode.yaml"
    dgl -C "$show" -q publish "$episode"
    made ingest facts.json | jq -e '.tracks[0].parts[0].cleaning.hum_hz > 49'
    made sound sound.json | jq -e '.tracks[0].cleaning == null'
    # as a track of its own, swelling beside a voice: its dips are no bleed
    sox -D "$DGL_MEDIA/speech-en-60s.wav" -r 44100 -c 1 kari.wav trim 0 30
    sox -D tune.wav swell.wav tremolo 0.4 60 gain -4
    sed -i '/^recordings/d' "$show/episodes/$episode/episode.yaml"
    echo "recordings: [{file: $PWD/kari.wav, speaker: Kari}, {file: $PWD/swell.wav, speaker: Musikk}]" \
        >>"$show/episodes/$episode/episode.yaml"
    rm -r "$show"/.dgl/store/"$episode"
    dgl -C "$show" -q publish "$episode"
    made sound sound.json | jq -c '.tracks[].cleaning'
    made sound sound.json | jq -e '[.tracks[].cleaning.other_voices_db] | all(. == null)'
}

@test "tracks with nothing in common are taken to begin together" {
    tone one.wav 12
    sox -D -R -n -r 48000 -c 1 two.wav synth 12 pinknoise tremolo 3 80 gain -12
    echo "recordings: [{file: $PWD/one.wav, speaker: A}, {file: $PWD/two.wav, speaker: B}]" \
        >>"$show/episodes/$episode/episode.yaml"
    dgl -C "$show" -q publish "$episode"
    made align tracks.json | jq -e '.tracks[1] | .found == false and .offset_s == 0 and .drift_ppm == 0'
}

@test "leveller: off and cleaning: off leave the sound but for its loudness" {
    [ -e "$DGL_MEDIA/speech-en-sonnet-53s.wav" ] || skip "the recording is not here"
    dgl -C "$show" -q publish "$episode" "$DGL_MEDIA/speech-en-sonnet-53s.wav"
    # a real hum of 60 Hz is in it
    made sound sound.json | jq -e '.tracks[0].cleaning.hum_hz > 59.9 and .tracks[0].cleaning.hum_hz < 60.1'
    printf 'leveller: off\ncleaning: off\n' >>"$show/episodes/$episode/episode.yaml"
    rm -r "$show"/.dgl/store/"$episode"/sound
    dgl -C "$show" -q publish "$episode"
    made sound sound.json | jq -e '.tracks[0] | .cleaning == null and .leveller == null'
}

@test "a wrong strength is refused at its line" {
    echo 'leveller: 120' >>"$show/episodes/$episode/episode.yaml"
    run dgl -C "$show" publish "$episode"
    status_is 3
    contains "$output" "leveller must be from 0 to 100"
    contains "$output" "leveller: 120"
}

@test "between parts the time that their own clocks tell is said, and centuries are a wrong clock" {
    need_tool ffmpeg
    echo "recordings: [{parts: [$PWD/a.mkv, $PWD/b.mkv]}]" >>"$show/episodes/$episode/episode.yaml"
    while read -r second says text; do
        for part in "a 2026-02-01T10:00:00Z 300" "b $second 900"; do
            set -- $part
            ffmpeg -nostdin -v error -y -f lavfi -i "sine=$3:r=48000:d=3" -metadata creation_time="$2" -c:a flac "$1.mkv"
        done
        run dgl -C "$show" ingest "$episode"
        status_is 0
        $says "$output" "$text"
    done <<'EOF'
2026-02-01T10:00:13Z contains b.mkv begins 10.0 s after a.mkv ended by their own clocks
9999-01-01T00:00:00Z lacks by their own clocks
EOF
}
