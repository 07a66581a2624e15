#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Limits for short-term loudness and loudness range, as the preset broadcast has them.

load helper

# Soft and loud 18 LU apart, and a shout; 62 s. A rustle, not a voice: the leveller would help.
wide() { # file
    sox -D -R -n -r 48000 -c 2 "$1.loud.wav" synth 18 pinknoise gain -12
    sox -D -R "$1.loud.wav" "$1.soft.wav" gain -18
    sox -D -R "$1.loud.wav" "$1.shout.wav" trim 0 8 gain 9
    sox -D -R "$1.loud.wav" "$1.soft.wav" "$1.shout.wav" "$1.soft.wav" "$1"
}

setup_file() {
    new_show
    recording=$BATS_FILE_TMPDIR/wide.wav
    wide "$recording"
    episode=$(new_episode 2026-02 --title "Høyt og lavt")
    cat >>"$show/episodes/$episode/episode.yaml" <<'YAML'
preset: broadcast
outputs: [mp3, opus]
leveller: off
cleaning: off
YAML
    dgl -C "$show" publish "$episode" "$recording"
}

setup() {
    copy_show
    episode=$(basename "$show"/episodes/2026-02*)
}

sound_json() {
    cat "$show"/.dgl/store/"$episode"/sound/*/sound.json
}

own_preset() { # further lines
    mkdir -p "$show/presets/loudness"
    printf '%s\n' 'about: mine' 'target_lufs: -23' 'tolerance_lu: 0.2' 'ceiling_dbtp: -1' "$@" \
        >"$show/presets/loudness/mine.yaml"
    sed -i 's/^preset: .*/preset: mine/' "$show/episodes/$episode/episode.yaml"
}

@test "broadcast: every delivered file is at -23 LUFS, short-term and range within their limits" {
    dgl measure --json "$BATS_FILE_TMPDIR/wide.wav" >"$BATS_TEST_TMPDIR/before"
    at_most 15 "$(jq '.[0].range_lu' "$BATS_TEST_TMPDIR/before")"
    for file in "$show"/public/media/*/*.mp3 "$show"/public/media/*/*.opus; do
        dgl measure --json "$file" >"$BATS_TEST_TMPDIR/after"
        within "$(jq '.[0].integrated_lufs' "$BATS_TEST_TMPDIR/after")" -23 0.2
        at_most "$(jq '.[0].max_short_term_lufs' "$BATS_TEST_TMPDIR/after")" -18
        at_most "$(jq '.[0].range_lu' "$BATS_TEST_TMPDIR/after")" 15
        at_most "$(jq '.[0].true_peak_dbtp' "$BATS_TEST_TMPDIR/after")" -1
    done
}

@test "what was done to keep the limits is in sound.json and in the report" {
    equals "$(sound_json | jq -c '.limits | [.max_short_term_lufs, .max_range_lu]')" "[-18,15]"
    at_most "$(sound_json | jq .limits.curve.min_db)" -2
    at_most 10 "$(sound_json | jq '.limits_curve | length')"
    page=$(cat "$show/reports/$episode/report.html")
    contains "$page" "Sterkeste tre sekunder"
    contains "$page" "Grenser"
    contains "$page" "Styrken ble flyttet sakte"
    equals "$(jq -c '[.verdict, .limits.max_range_lu, .loudness.max_short_term_lufs]' "$show/reports/$episode/report.json")" \
        '["good",15,-18]'
    equals "$(jq '[.files[].held] | all' "$show/reports/$episode/report.json")" true
}

@test "a preview is heard with the same curve, with the master made and without" {
    dgl -C "$show" normalize "$episode" --preview 00:00:36+8
    after=$show/reports/$episode/preview/after.wav
    master=$(ls "$show"/.dgl/store/"$episode"/sound/*/master.flac)
    ffmpeg -nostdin -v error -ss 36 -t 8 -i "$master" "$BATS_TEST_TMPDIR/part.wav"
    wanted=$(dgl measure --json "$BATS_TEST_TMPDIR/part.wav" | jq '.[0].integrated_lufs')
    within "$(dgl measure --json "$after" | jq '.[0].integrated_lufs')" "$wanted" 0.05
    chmod -R u+w "$show/.dgl/store/$episode/sound" && rm -r "$show/.dgl/store/$episode/sound"
    dgl -C "$show" normalize "$episode" --preview 00:00:36+8
    within "$(dgl measure --json "$after" | jq '.[0].integrated_lufs')" "$wanted" 0.05
}

@test "a preset without limits has none in its settings, its record and its report" {
    own_preset
    said publish "$episode"
    contains "$(ran)" sound
    equals "$(jq -sr '[.[].settings.loudness | keys | join(" ")] | sort | last' \
        "$show"/.dgl/store/"$episode"/sound/*/record.json)" "ceiling_dbtp target_lufs"
    lacks "$(cat "$show/reports/$episode/report.html")" "Grenser"
}

@test "a limit that cannot be kept is said with figure, limit and remedy, and nothing is published" {
    before=$(public_state)
    own_preset 'max_range_lu: 1'
    run dgl -C "$show" publish "$episode"
    status_is 1
    contains "$output" "the loudness range comes to"
    contains "$output" "wanted are at most 1.0 LU: raise max_range_lu in the loudness preset"
    equals "$(public_state)" "$before"
}

@test "a short-term limit at the loudness of the whole is refused where it is written" {
    own_preset 'max_short_term_lufs: -22.5'
    run dgl -C "$show" publish "$episode"
    status_is 3
    contains "$output" "mine.yaml:5:22: the loudest 3 s lie above the loudness of the whole"
    contains "$output" "write -22 or more, or delete the line"
}
