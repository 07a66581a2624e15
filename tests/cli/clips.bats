#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# clip: in episode.yaml: pieces for social media, with captions in the picture.

load helper

# Grey, with a flash and a beep at every whole second, which is all there is to see and to hear.
flashes() { # file, size, seconds
    ffmpeg -nostdin -v error -y -f lavfi \
        -i "color=0x404040:s=$2:r=25:d=$3,drawbox=c=white:t=fill:enable='lt(mod(t,1),0.119)'" \
        -f lavfi -i "aevalsrc=0.2*sin(2*PI*1000*t)*lt(mod(t\,1)\,0.12):s=48000:d=$3" \
        -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a pcm_s16le "$1"
}

show_with_clips() { # lines for episode.yaml
    new_show
    mkdir -p "$show/presets/picture"
    for shape in square portrait; do
        sed 's/^speed:.*/speed: ultrafast/' "$root/presets/picture/$shape.yaml" >"$show/presets/picture/$shape.yaml"
    done
    sed -i '/^outputs:/d' "$show/episodes/show.yaml"
    printf '%s\n' 'outputs: [mp3]' 'trim: off' 'cleaning: off' >>"$show/episodes/show.yaml"
    episode=$show/episodes/$(new_episode 2026-02)
    cat >"$episode/captions.nb.vtt" <<'END'
WEBVTT

00:00.000 --> 00:02.000
Før klippet.

00:31.600 --> 00:32.900
<v Åse>Čáhci, Ŋuorra og Øyvind.
END
    printf '%s\n' 'captions: [{file: captions.nb.vtt, language: nb, made: corrected}]' "$@" >>"$episode/episode.yaml"
}

# One film for most tests: 1.52 s in front of the clip are cut out of it, a flash is 0.48 s behind its
# beginning, and it lies so late that the film is not decoded up to there.
setup_file() {
    command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null || return 0
    show_with_clips 'cuts: [{from: 2, to: "3.52"}]' \
        'clip: [{from: "30.52", to: "33.52", title: Ei åpen dør}]'
    flashes "$BATS_FILE_TMPDIR/film.mov" 1280x720 36
    dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/film.mov" >/dev/null 2>&1
}

setup() {
    need_tool ffmpeg
    need_tool ffprobe
}

clip() { # shape, number
    echo "$show/public/$(published ".clips[] | select(.output == \"clip-${2:-1}-$1\").path")"
}

probe() { # file, stream, keys
    ffprobe -v error -select_streams "$2" -show_entries "stream=$3" -of csv=p=0 "$1"
}

grey() { # file, seconds, width:height:x:y; the pixels of that part of a frame, one a line
    ffmpeg -nostdin -v error -ss "$2" -i "$1" -frames:v 1 -vf "crop=$3" -pix_fmt gray -f rawvideo - |
        od -An -v -tu1 -w1 | tr -d ' '
}

differing() { # file, a moment, another one, part; how many pixels of a hundred
    paste <(grey "$1" "$2" "$4") <(grey "$1" "$3" "$4") |
        awk '{ d = $1 - $2; n += d > 24 || d < -24 } END { printf "%.2f", 100 * n / NR }'
}

is_a_clip() { # file, width, height, seconds
    equals "$(probe "$1" v:0 codec_name,profile,width,height,pix_fmt)" "h264,High,$2,$3,yuv420p"
    equals "$(probe "$1" a:0 codec_name,sample_rate)" aac,48000
    within "$(probe "$1" v:0 duration)" "$4" 0.04
    within "$(probe "$1" a:0 duration)" "$4" 0.04
    read -r lufs peak < <(ebur128 "$1")
    within "$lufs" -16 0.2
    at_most "$peak" -1
}

@test "a clip is as large, as long and as loud as it should be" {
    copy_show
    is_a_clip "$(clip square)" 1080 1080 3
    is_a_clip "$(clip portrait)" 1080 1920 3
    for shape in square portrait; do
        # the index stands in front
        at_most "$(LC_ALL=C grep -abo moov "$(clip $shape)" | head -n 1 | cut -d: -f1)" 64
        equals "$(ffprobe -v error -show_entries format_tags=title -of csv=p=0 "$(clip $shape)")" "Ei åpen dør"
    done
}

@test "picture and sound of a clip keep together within 20 ms, behind a cut too" {
    copy_show
    for shape in square portrait; do
        ffmpeg -nostdin -v error -i "$(clip $shape)" -map 0:v:0 -fps_mode passthrough \
            -vf crop=400:200:300:600,scale=1:1 -pix_fmt gray -f rawvideo - | od -An -v -tu1 -w1 |
            awk '$1 > 150 && last <= 150 { printf "%.4f\n", (NR - 1) / 25 } { last = $1 }' >"$BATS_TEST_TMPDIR/seen"
        ffmpeg -nostdin -v error -i "$(clip $shape)" -map 0:a:0 -ac 1 -f s16le - | od -An -v -td2 -w2 |
            awk '($1 > 800 || $1 < -800) && NR > free { printf "%.4f\n", (NR - 1) / 48000; free = NR + 24000 }' >"$BATS_TEST_TMPDIR/heard"
        equals "$(wc -l <"$BATS_TEST_TMPDIR/seen")" 3
        equals "$(wc -l <"$BATS_TEST_TMPDIR/heard")" 3
        within "$(head -n 1 "$BATS_TEST_TMPDIR/seen")" 0.48 0.001
        while read -r at beep; do within "$beep" "$at" 0.02; done \
            < <(paste "$BATS_TEST_TMPDIR/seen" "$BATS_TEST_TMPDIR/heard")
    done
}

@test "captions are in the picture while they are said, and beside it as text" {
    copy_show
    # shown from 1.08 to 2.786 s of the clip; none of the moments is in a flash
    square=$(clip square) portrait=$(clip portrait)
    for t in 1.3 2.7; do
        run differing "$square" $t 0.8 972:200:54:830
        [ "${output%.*}" -ge 20 ] || { echo "square at $t s: $output %"; return 1; }
        run differing "$portrait" $t 0.8 820:260:130:1180
        [ "${output%.*}" -ge 20 ] || { echo "portrait at $t s: $output %"; return 1; }
    done
    equals "$(differing "$square" 0.9 2.9 972:200:54:830)" 0.00
    equals "$(differing "$portrait" 0.9 2.9 820:260:130:1180)" 0.00
    # nor where the players of telephones have their own signs
    equals "$(differing "$portrait" 1.3 0.8 1080:384:0:1536)" 0.00
    equals "$(differing "$portrait" 1.3 0.8 130:700:950:1160)" 0.00
    srt=$show/public/$(published '.clips[0].captions')
    case $srt in *.nb_NO.srt) ;; *) echo "$srt"; return 1 ;; esac
    contains "$(cat "$srt")" "00:00:01,080 --> 00:00:02,786
Åse: Čáhci, Ŋuorra og Øyvind."
    lacks "$(cat "$srt")" "Før klippet"
}

@test "an upright clip shows all of a wide picture, a square one is filled by it" {
    copy_show
    equals "$(grey "$(clip square)" 0.3 1080:500:0:250 | sort -n | sed -n '1p;$p' | xargs)" "64 64"
    equals "$(grey "$(clip portrait)" 0.3 1080:600:0:562 | sort -n | sed -n '1p;$p' | xargs)" "64 64"
    run differing "$(clip portrait)" 0.3 0.0 1080:500:0:1200
    equals "$output" 0.00
    run differing "$(clip portrait)" 0.3 0.52 1080:600:0:562
    equals "$output" 100.00
}

@test "clips are on the page and in the record, and no entry of the feed" {
    copy_show
    equals "$(published '[.clips[].output] | join(" ")')" "clip-1-square clip-1-portrait"
    equals "$(published '.clips[0] | .type + " " + .text')" "video/mp4 Åse: Čáhci, Ŋuorra og Øyvind."
    lacks "$(cat "$show/public/feed.xml")" clip-1
    page=$(cat "$show"/public/episodes/*/index.html)
    for shape in square portrait; do contains "$page" "href=\"../../${path:=$(published ".clips[] | select(.output == \"clip-1-$shape\").path")}\""; path=; done
    contains "$page" "Ei åpen dør, stående, 3 sek"
    contains "$page" "<p>Åse: Čáhci, Ŋuorra og Øyvind.</p>"
    lacks "$page" "<video"
}

@test "what did not change is not made again, and what is taken out stays for a while" {
    copy_show
    said publish 2026-02
    equals "$(ran)" ""
    old=$(published '.clips[] | select(.output == "clip-1-square").path')
    sed -i 's/^clip:.*/clip: [{from: "30.52", to: "33.52", title: Ei åpen dør, shapes: [portrait]}, {from: 34, to: 35, shapes: [square]}]/' "$show"/episodes/2026-02*/episode.yaml
    said status
    jq -e '[.. | objects | select(.name? == "clip.2-square" and .state == "stale")] | length == 1' "$said"
    said normalize 2026-02
    equals "$(ran)" ""
    said publish 2026-02
    contains "$(ran)" clip.2-square
    lacks "$(ran)" clip.1-portrait
    equals "$(published '[.clips[].output] | join(" ")')" "clip-1-portrait clip-2-square"
    equals "$(published "[.former[] | select(.path == \"$old\")] | length")" 1
    [ -f "$show/public/$old" ]
    said clean
    is_a_clip "$(clip square 2)" 1080 1080 1
}

@test "sound alone gets its card and a waveform that moves" {
    show_with_clips 'clip: {from: "31.12", to: "33.12"}'
    tone "$BATS_TEST_TMPDIR/a.wav" 36
    said publish 2026-02 "$BATS_TEST_TMPDIR/a.wav"
    is_a_clip "$(clip square)" 1080 1080 2
    is_a_clip "$(clip portrait)" 1080 1920 2
    ffmpeg -nostdin -v error -i "$(clip portrait)" -map 0:v:0 -f framemd5 - | grep -v '^#' | awk '{print $NF}' >"$BATS_TEST_TMPDIR/frames"
    equals "$(wc -l <"$BATS_TEST_TMPDIR/frames")" 50
    [ "$(uniq "$BATS_TEST_TMPDIR/frames" | wc -l)" -ge 45 ]
    # said from 0.48 s on, drawn above the wave
    run differing "$(clip square)" 1 0.2 820:100:130:720
    [ "${output%.*}" -ge 20 ] || { echo "$output %"; return 1; }
    equals "$(differing "$(clip square)" 0.04 0.4 820:100:130:720)" 0.00
}

@test "a clip behind the end, and one of which nothing is left, are refused with their line" {
    show_with_clips 'clip: [{from: "4.52", to: "7.52"}]'
    tone "$BATS_TEST_TMPDIR/a.wav" 6
    run dgl -C "$show" publish 2026-02 "$BATS_TEST_TMPDIR/a.wav"
    status_is 3
    contains "$output" "the clip ends at 00:00:07.520, the recording at 00:00:06.000"
    contains "$output" 'write to: "00:00:06.000"'
    sox -D -n -r 48000 -b 16 "$BATS_TEST_TMPDIR/quiet.wav" trim 0 6 channels 2
    sox "$BATS_TEST_TMPDIR/a.wav" "$BATS_TEST_TMPDIR/quiet.wav" "$BATS_TEST_TMPDIR/b.wav"
    rm -r "$show"
    show_with_clips 'clip: [{from: 9, to: 11}]' 'trim: auto'
    sed -i '/^captions:/d' "$episode/episode.yaml"
    run dgl -C "$show" publish 2026-02 "$BATS_TEST_TMPDIR/b.wav"
    status_is 3
    contains "$output" "trim, cuts and pauses leave nothing of the clip"
    contains "$output" "episode.yaml:"
}
