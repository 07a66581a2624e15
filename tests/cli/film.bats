#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Recordings with known truth (tests/film/cases.py), published, and what came out measured on decoded
# material. These are the short ones; `make films` takes all.

load helper

setup() {
    need_tool ffmpeg
    need_tool ffprobe
    need_tool python3
    export PYTHONDONTWRITEBYTECODE=1
}

judged() { # options and case; leaves the table in $output
    run env DGL_BUILD="$DGL_BUILD" python3 "$root/tests/film/films.py" --work "$BATS_TEST_TMPDIR" "$@"
    status_is 0
}

# ffmpeg's usual command is judged alike, and falls short: the judge can say no.
usual_has() { # finding
    contains "$(sed -n 's/^ *ffmpeg //p' <<<"$output")" "$1"
}

@test "a phone's frames that shake and are missing become equally long, and the beep stays with the flash" {
    judged vfr
}

# bats test_tags=long
@test "what an edit list hides stays hidden, and the beep stays with the flash" {
    judged trimmed
}

# bats test_tags=long
@test "sound that begins later than the picture stays where it belongs" {
    judged sound-late
}

# bats test_tags=long
@test "a phone held upright is seen upright" {
    judged turned-90
}

@test "SD becomes square pixels and BT.709, its primaries too" {
    judged --usual ntsc
    usual_has "color_space is smpte170m"
}

# bats test_tags=long
@test "HDR becomes SDR, its greys up to 75 % unchanged" {
    judged --usual hlg
    usual_has "grey 75 % is wrong"
}

# bats test_tags=long
@test "an interlaced picture loses its comb" {
    judged --usual fields
    usual_has "is ragged by"
}

@test "a position does not get out, in whatever track or tag it is" {
    judged --usual position
    usual_has "the position is in it"
}

# bats test_tags=long
@test "the parts of a camera's card come together without a step" {
    judged card
}

@test "Dolby Vision without a usable base layer, and a film without sound, are refused with the reason" {
    judged dolby-5 no-sound
}
