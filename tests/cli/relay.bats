#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a broadcast goes through (tests/live/scenes.py), on real servers: Icecast, nginx behind stunnel, ffmpeg that
# pushes.

load helper
load relay

setup_file() {
    missing=$(python3 "$root/tests/live/servers.py") || absent "not installed: $missing"
    export PYTHONDONTWRITEBYTECODE=1
}

scene() { # name
    run python3 "$root/tests/live/scenes.py" "$1"
    [[ $output != skipped:* ]] || skip "${output#skipped: }"
    status_is 0
    echo "$output"
}

@test "a kill costs no more than two seconds of the recordings, and the broadcast can be resumed" {
    scene killed
}

@test "after a kill, --resume goes on with the same chapter list, on the clock of all that was received" {
    relay_show <<END
  picture: none
  endpoints:
    - {name: kopi, kind: file, url: kopi.mka}
END
    ffmpeg -nostdin -v error -f lavfi -i "sine=440:d=60" "$BATS_TEST_TMPDIR/film.wav"
    relay_begin --from "$BATS_TEST_TMPDIR/film.wav"
    until_true 15 eval '[ "$(relay_state "(.elapsed_s > 3)")" = true ]'
    dgl -C "$show" live mark "Før strømbruddet"
    sleep 0.3
    kill -9 "$(relay_state .pid)"
    wait "$command" || true
    first=$(echo "$show/.dgl/live/$episode"/*/received.m*)
    relay_begin --from "$BATS_TEST_TMPDIR/film.wav" --resume
    until_true 15 eval '[ "$(relay_state "(.elapsed_s > 2)")" = true ]'
    marked=$(dgl -C "$show" --json live mark "Etter strømbruddet" | jq .at_s)
    starts=$(relay_state '.recordings[0].starts_s')
    relay_end
    status_is 0
    kept=$show/episodes/$episode/chapters.live.yaml
    at() { sed -n "s/.*at: \"00:00:\([0-9.]*\)\", title: \"$1\".*/\1/p" "$kept"; }
    within "$(at "Før strømbruddet")" 3.2 0.5
    length=$(ffprobe -v error -show_entries packet=pts_time,duration_time -of csv=p=0 "$first" |
        awk -F, '{ end = $1 + $2 } END { print end }')
    within "$(at "Etter strømbruddet")" "$(jq -n "$length + $marked - $starts")" 0.1
    contains "$(cat "$BATS_TEST_TMPDIR/out")" "received in 2 parts"
}

@test "SIGTERM ends it within ten seconds when nobody takes anything any more" {
    scene black_holes
}

@test "a full disk ends the recording and not the broadcast" {
    scene full_disk
}

@test "no byte of the key is said to a server whose certificate is not good" {
    scene certificates
}

@test "time stamps beyond 4 h 39 min, and connections that begin at 0" {
    scene late_timestamps
}

@test "what was received keeps the way it lies, and its pixels' shape, for the episode" {
    relay_show <<END
  picture: {width: 320, height: 180, rate: 25, bitrate_kbps: 400, speed: ultrafast}
  endpoints:
    - {name: kopi, kind: file, url: kopi.mkv}
END
    film=$BATS_TEST_TMPDIR/film.mp4
    ffmpeg -nostdin -v error -f lavfi -i testsrc2=s=320x180:r=25:d=4 -f lavfi -i "sine=440:d=4" \
        -vf setsar=4/3 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac "$BATS_TEST_TMPDIR/upright.mp4"
    ffmpeg -nostdin -v error -i "$BATS_TEST_TMPDIR/upright.mp4" -c copy -metadata:s:v rotate=90 "$film"
    lies() { # file: its turn and the shape of its pixels
        ffprobe -v error -select_streams v -show_entries stream=sample_aspect_ratio:stream_side_data=rotation -of default=nk=1:nw=1 "$1" | xargs
    }
    for from in "$film" "$BATS_TEST_TMPDIR/upright.mp4"; do
        run dgl -C "$show" live "$episode" --from "$from"
        status_is 0
        received=$(sed -n 's/^ *received  *\(.*\.m[ko]v\) .*/\1/p' <<<"$output")
        equals "$(lies "$received")" "$(lies "$from")"
        within "$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$received")" 4 0.1
    done
}
