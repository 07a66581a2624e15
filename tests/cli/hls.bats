#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A published stream, served by the program itself, as hls-parser reads it and hls.js plays it in
# headless Chromium.

load helper

setup() {
    need_tool ffmpeg
    need_tool node
    modules=$root/build/npm
    command -v "${CHROMIUM:-chromium}" >/dev/null || skip "chromium is not installed"
    node "$root/tests/hls/check.mjs" --modules "$modules" 2>"$BATS_TEST_TMPDIR/npm" ||
        skip "hls.js and its company are not installed: $(tail -n 1 "$BATS_TEST_TMPDIR/npm")"
    new_show
    mkdir -p "$show/presets/picture"
    for preset in 720p25 720p 480p; do
        sed 's/^speed:.*/speed: superfast/' "$root/presets/picture/$preset.yaml" \
            >"$show/presets/picture/$preset.yaml"
    done
    sed -i 's/^outputs:.*/outputs: [mp3]\nhls: true\npicture: 720p25/' "$show/episodes/show.yaml"
    episode=$(new_episode 2026-02)
    server=
}

teardown() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
}

film() { # file, more options
    local file=$1
    shift
    ffmpeg -nostdin -v error -y -f lavfi -i testsrc2=s=1280x720:r=25:d=6 \
        -f lavfi -i "aevalsrc=0.3*sin(2*PI*440*t)*lt(mod(t\,1)\,0.5)|0.3*sin(2*PI*330*t):s=48000:d=6" \
        -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac -shortest "$@" "$file"
}

captions() { # language, words
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.500\n%s\n\n00:00:03.000 --> 00:00:05.500\n%s\n' \
        "$2" "$3" >"$show/episodes/$episode/captions.$1.vtt"
}

# Leaves what check.mjs says in $played.
play() {
    local list
    list=$(published '.files[] | select(.output == "hls").path')
    "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" --json serve --port 0 \
        >"$BATS_TEST_TMPDIR/server" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
    server=$!
    for _ in $(seq 100); do
        port=$(jq -r .port "$BATS_TEST_TMPDIR/server" 2>/dev/null) && [ -n "$port" ] && break
        sleep 0.1
    done
    played=$BATS_TEST_TMPDIR/played
    node "$root/tests/hls/check.mjs" --modules "$modules" \
        "http://127.0.0.1:$port/$(dirname "$list")" >"$played" 2>"$BATS_TEST_TMPDIR/errors" || {
        cat "$played" "$BATS_TEST_TMPDIR/errors"
        return 1
    }
}

# What holds of each playlist and each rung that was played.
plays_well() {
    jq -e '.ok and ([.playlists[] | .error] | all(. == null))' "$played" &&
        jq -e '[.plays[] | .played_s > 5 and .levels >= 2 and .frames > 60 and .errors == []] | all' "$played" &&
        jq -e '[.plays[].height] | . == [480, 720]' "$played"
}

@test "a stream made anew plays at every rung, is sought in, and shows captions in each language" {
    film "$BATS_TEST_TMPDIR/a.mp4" -g 250
    captions nb "God dag, og velkommen." "Vi snakker om trivsel."
    captions en "Good morning, and welcome." "We talk about well-being."
    echo 'captions: [{file: captions.nb.vtt, language: nb, made: corrected},
      {file: captions.en.vtt, language: en, made: corrected}]' \
        >>"$show/episodes/$episode/episode.yaml"
    said publish 2026-02 "$BATS_TEST_TMPDIR/a.mp4"
    play
    plays_well || { cat "$played"; return 1; }
    jq -e '[.plays[].captions | sort] | all(. == ["en", "nb"])' "$played"
    jq -e '[.plays[].cues | join(" ")] | all(test("velkommen|welcome"))' "$played"
}

# bats test_tags=long
@test "a picture that was copied is a rung like the others" {
    film "$BATS_TEST_TMPDIR/a.mp4" -g 50 -profile:v high -level 4.0 -b:v 1500k -maxrate 2500k \
        -bufsize 3000k -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv
    said publish 2026-02 "$BATS_TEST_TMPDIR/a.mp4"
    equals "$(jq -r .measured.way "$show"/.dgl/store/*/picture.720p25/*/record.json)" copied
    play
    plays_well || { cat "$played"; return 1; }
}
