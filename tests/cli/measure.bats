#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later

load helper
bats_require_minimum_version 1.5.0

setup() {
    need_tool jq
    need_tool sox
    cd "$BATS_TEST_TMPDIR"
    tone tone.wav 4
    sox -D -n -r 48000 -c 2 silence.wav trim 0 2
    echo "no media" >text.wav
}

levels='["file", "duration_s", "channels", "sample_rate", "integrated_lufs", "range_lu", "max_momentary_lufs",
    "max_short_term_lufs", "true_peak_dbtp", "sample_peak_dbfs"]'

@test "measure --json prints an array with an object for each file, in order, with all keys" {
    run --separate-stderr dgl --json measure tone.wav silence.wav tone.wav
    status_is 0
    equals "$(jq -c 'map(.file)' <<<"$output")" '["tone.wav","silence.wav","tone.wav"]'
    jq -e --argjson keys "$levels" 'all(.[]; [has($keys[])] | all)' <<<"$output"
    jq -e '.[0] | .duration_s == 4 and .channels == 2 and .sample_rate == 48000' <<<"$output"
    jq -e --argjson keys "$levels" '.[0] | all(.[$keys[1:][]]; type == "number")' <<<"$output"
    equals "$(jq -c '.[0]' <<<"$output")" "$(jq -c '.[2]' <<<"$output")"
}

@test "measure reads a tone as BS.1770 says" {
    # A 997 Hz sine at -23 dBFS in both channels reads -23 LUFS (Tech 3341, case 1).
    sox -D -R -n -r 48000 -b 24 -c 2 sine.wav synth 20 sine 997 gain -23
    jq -e '.[0] | (.integrated_lufs + 23 | fabs) < 0.05 and (.max_momentary_lufs + 23 | fabs) < 0.05
        and (.max_short_term_lufs + 23 | fabs) < 0.05 and .range_lu < 0.05
        and (.true_peak_dbtp + 23 | fabs) < 0.05 and (.sample_peak_dbfs + 23 | fabs) < 0.05' <<<"$(dgl measure --json sine.wav)"
}

@test "a level that does not exist is null" {
    run --separate-stderr dgl measure --json silence.wav
    status_is 0
    jq -e '.[0] | [.integrated_lufs, .max_momentary_lufs, .max_short_term_lufs, .true_peak_dbtp, .sample_peak_dbfs]
        | all(. == null)' <<<"$output"
    jq -e '.[0].duration_s == 2' <<<"$output"
    # Short-term loudness looks back over three seconds.
    tone short.wav 2
    jq -e '.[0] | .max_short_term_lufs == null and .integrated_lufs != null' <<<"$(dgl measure --json short.wav)"
}

@test "a file that is no media is refused by name, and the others are measured" {
    run --separate-stderr dgl measure --json text.wav tone.wav nope.wav
    status_is 3
    jq -e 'length == 3 and (.[0].error | contains("text.wav")) and .[1].integrated_lufs < 0
        and (.[2].error | contains("nope.wav"))' <<<"$output"
    run dgl measure text.wav tone.wav
    status_is 3
    contains "$output" "text.wav: not a sound or video file that can be read"
    contains "$output" "LUFS"
}

@test "measure for people names every level with its unit" {
    run dgl measure tone.wav silence.wav
    status_is 0
    for words in "integrated loudness" LUFS "loudness range" LU "largest short-term" "true peak" dBTP none; do
        contains "$output" "$words"
    done
}

@test "measure needs no show and leaves nothing behind" {
    before=$(ls -A)
    dgl measure tone.wav >/dev/null
    equals "$(ls -A)" "$before"
}

# bats test_tags=long
@test "measure reads every recording as ffmpeg's ebur128 does" {
    need_tool ffmpeg
    need_media README.md
    count=0 wrong=
    run --separate-stderr dgl measure --json "$DGL_MEDIA"/*.{wav,flac,mp3,m4a,aac,aiff,ogg,opus,amr,mp4,mov,mkv,webm,avi,ts,3gp}
    status_is 3
    jq -r '.[] | select(.error == null) | "\(.file) \(.integrated_lufs) \(.true_peak_dbtp)"' <<<"$output" >read
    while read -r file loudness peak; do
        # ffmpeg 5.1 decodes one AMR frame in five of this file.
        [[ $file != *phone-video-amr.3gp ]] || continue
        set -- $(ebur128 "$file")
        [ "$1" != -70.0 ] || set -- null "$2"
        [ "$2" != -inf ] || set -- "$1" null
        # ffmpeg prints one decimal; some files have a gap that ffmpeg closes and this program keeps.
        awk -v a="$loudness" -v b="$1" 'BEGIN { exit !(a == b || (a != "null" && b != "null" && (a - b) ^ 2 <= 0.15 ^ 2)) }' &&
            awk -v a="$peak" -v b="$2" 'BEGIN { exit !(a == b || (a - b) ^ 2 <= 0.1 ^ 2 || b < -70) }' ||
            wrong="$wrong
$file: $loudness LUFS $peak dBTP, ffmpeg: $1 $2"
        count=$((count + 1))
    done <read
    equals "$wrong" ""
    [ "$count" -ge 50 ]
}
