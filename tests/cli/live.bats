#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The command alone, with a relay that sends nothing (tests/live/relay.py); the relay itself is tested
# elsewhere.

load helper

setup_file() {
    need_tool jq
    need_tool python3
    export DGL_NOW=2026-12-08T10:00:00Z
    new_show
    episode=$(new_episode 2026-12 --guest "Kari Nordmann" --title "Trivsel i Meløy")
    bin=$BATS_FILE_TMPDIR/bin
    mkdir "$bin"
    cp "$DGL_BUILD/dgl-episode" "$DGL_BUILD/dgl-episode-worker" "$bin"
    cp "$root/tests/live/relay.py" "$bin/dgl-episode-live"
}

setup() {
    export DGL_NOW=2026-12-08T10:00:00Z XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
    export RELAY_JOB=$BATS_TEST_TMPDIR/job/job.json
    mkdir -m 700 "$XDG_RUNTIME_DIR"
    copy_show
    DGL_BUILD=$BATS_FILE_TMPDIR/bin
    episode=$(basename "$show"/episodes/2026-12*)
    secrets=$BATS_TEST_TMPDIR/secrets
    printf 'ice = canary-ice/1\nfb = FB-1-0-canary?a=b\npage = canarytoken\nobs = canarypassphrase\n' >"$secrets"
    chmod 600 "$secrets"
    touch "$BATS_TEST_TMPDIR/film.mp4"
    cat >>"$show/episodes/show.yaml" <<END
secrets: $secrets
live:
  picture: {width: 640, height: 360, rate: 30, bitrate_kbps: 900}
  endpoints:
    - {name: fylket, kind: icecast, url: "https://stream.example.org:8443/dgl.mp3", secret: ice}
    - {name: nettside, kind: rtmp, url: "rtmps://live.example.org:443/rtmp/", secret: fb}
    - {name: side, kind: facebook, page: "1234567890", secret: page}
  sources:
    - {name: obs, listen: "srt://0.0.0.0:9000", secret: obs}
END
    running=
}

teardown() {
    dgl -C "$show" -q live stop 2>/dev/null || true
    if [ -n "$running" ]; then
        kill -TERM "$running" 2>/dev/null || true
        wait "$running" 2>/dev/null || true
    fi
    if [ -n "${screen:-}" ]; then
        tmux -L "$screen" kill-server 2>/dev/null || true
    fi
}

live() { # words of the command line
    dgl -C "$show" live "$episode" "$@"
}

# In the background; off a terminal. Waits until the relay listens.
begin() { # words of the command line
    env "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" live "$episode" "$@" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" &
    running=$!
    until_true on_air
}

on_air() {
    [ "$(dgl -C "$show" --json live status | jq .running)" = true ]
}

until_true() { # command
    for _ in $(seq 100); do
        "$@" && return
        sleep 0.1
    done
    echo "still not: $*"
    cat "$BATS_TEST_TMPDIR/err" 2>/dev/null
    return 1
}

job() { # what jq finds in the job
    jq -r "$1" "$RELAY_JOB"
}

equals() { # got, wanted
    [ "$1" = "$2" ] || {
        printf 'got:    %s\nwanted: %s\n' "$1" "$2"
        return 1
    }
}

# No secret, in no form, in any file but the secrets' own and the job that the test itself kept.
no_canary() { # folder or file...
    not grep -rilE 'canary|Y2FuYXJ5|c291cmNlOmNhbmFyeS1pY2' "$@"
}

@test "the job says everything that show, episode and options say" {
    RELAY_SECONDS=1 live --from "$BATS_TEST_TMPDIR/film.mp4" --from obs --metrics 9100
    equals "$(job '[.episode, .title, .artist] | join("|")')" "$episode|Trivsel i Meløy|Nordland fylkeskommune"
    equals "$(job .folder)" "$show/.dgl/live/$episode/2026-12-08T100000Z"
    equals "$(job .state_file)" "$show/.dgl/live/$episode/state.json"
    equals "$(job .report_file)" "$show/.dgl/live/$episode/2026-12-08T100000Z/report.json"
    equals "$(job '[.sources[] | .name, .url, .listen, .secret] | join("|")')" \
        "source|$BATS_TEST_TMPDIR/film.mp4|false||obs|srt://0.0.0.0:9000|true|canarypassphrase"
    equals "$(job '.picture | [.width, .height, .rate_num, .rate_den, .bitrate_kbps, .speed] | join("|")')" \
        "640|360|30|1|900|veryfast"
    equals "$(job '.loudness | [.target_lufs, .ceiling_dbtp, .start_gain_db] | join("|")')" "-16|-1.5|0"
    equals "$(job '.endpoints[0] | [.name, .kind, .url, .format, .bitrate_kbps, .user, .secret, .listed] | join("|")')" \
        "fylket|icecast|https://stream.example.org:8443/dgl.mp3|mp3|128|source|canary-ice/1|false"
    equals "$(job '.endpoints[1] | [.name, .kind, .url, .secret] | join("|")')" \
        "nettside|rtmp|rtmps://live.example.org:443/rtmp/|FB-1-0-canary?a=b"
    equals "$(job '.endpoints[2] | [.kind, .page, .secret, .title] | join("|")')" \
        "facebook|1234567890|canarytoken|Trivsel i Meløy"
    contains "$(job '.endpoints[2].description')" "FNs bærekraftsmål"
    equals "$(job '.graph | [.version, .url] | join("|")')" "v26.0|https://graph.facebook.com"
    equals "$(job '[.record.received, .record.aired, .resume, .check, .end_stale, .metrics_port] | join("|")')" \
        "true|true|false|false|false|9100"
    # three hours of at most 8256 + 1028 kbit/s
    equals "$(job .record.room_bytes)" 12533400000
    file "$(job .slate.image)" | grep -q 'PNG image data, 640 x 360'
    file "$(job .card)" | grep -q 'PNG image data, 640 x 360'
}

@test "the gain at which the last broadcast ended is where the next one begins" {
    RELAY_SECONDS=0.2 live --from obs >/dev/null
    DGL_NOW=2027-01-08T10:00:00Z RELAY_SECONDS=0.2 live --from obs >/dev/null
    equals "$(job .loudness.start_gain_db)" 2.5
}

@test "sources of show.yaml are taken in their order where none is named" {
    RELAY_SECONDS=0.2 live >/dev/null
    equals "$(job '[.sources[].name] | join("|")')" obs
}

@test "--from - hands standard input to the relay" {
    RELAY_SECONDS=0.2 live --from - <"$BATS_TEST_TMPDIR/film.mp4" >/dev/null
    job '.sources[0].url' | grep -qx '/dev/fd/[0-9]*'
}

@test "no secret gets into arguments, environment, output, state or any file" {
    export RELAY_LEAK=1
    begin --from obs
    relay=$(pgrep -P "$running" -f dgl-episode-live)
    [ -n "$relay" ]
    tr '\0' '\n' <"/proc/$running/environ" >"$BATS_TEST_TMPDIR/seen"
    tr '\0' '\n' <"/proc/$running/cmdline" >>"$BATS_TEST_TMPDIR/seen"
    tr '\0' '\n' <"/proc/$relay/environ" >>"$BATS_TEST_TMPDIR/seen"
    tr '\0' '\n' <"/proc/$relay/cmdline" >>"$BATS_TEST_TMPDIR/seen"
    grep -q RELAY_LEAK "$BATS_TEST_TMPDIR/seen"
    dgl -C "$show" --json live status >"$BATS_TEST_TMPDIR/status"
    dgl -C "$show" live stop
    wait "$running"
    running=
    grep -q 'leaked \[secret\] here' "$BATS_TEST_TMPDIR/err"
    grep -q 'rtmp://h/app/\[secret\]' "$BATS_TEST_TMPDIR/err"
    no_canary "$show" "$XDG_RUNTIME_DIR" "$BATS_TEST_TMPDIR/seen" "$BATS_TEST_TMPDIR/status" \
        "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
    # the same search does find them where they are
    not no_canary "$RELAY_JOB"
}

@test "secrets come from a descriptor and from systemd's credentials as well" {
    sed -i '/^secrets:/d' "$show/episodes/show.yaml"
    RELAY_SECONDS=0.2 live --only fylket --from "$BATS_TEST_TMPDIR/film.mp4" --secrets-fd 7 7<"$secrets" >/dev/null
    equals "$(job '.endpoints[0].secret')" canary-ice/1
    mkdir -m 700 "$BATS_TEST_TMPDIR/credentials"
    printf 'canary-of-systemd' >"$BATS_TEST_TMPDIR/credentials/ice"
    chmod 600 "$BATS_TEST_TMPDIR/credentials/ice"
    CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/credentials RELAY_SECONDS=0.2 \
        live --only fylket --from "$BATS_TEST_TMPDIR/film.mp4" >/dev/null
    equals "$(job '.endpoints[0].secret')" canary-of-systemd
}

@test "a missing secret is refused where it is named, before anything is written" {
    sed -i '/^ice/d' "$secrets"
    run live --from obs
    status_is 3
    contains "$output" "episodes/show.yaml:"
    contains "$output" "there is no secret ice"
    contains "$output" "write a line \"ice = …\" into $secrets"
    [ ! -e "$show/.dgl/live" ]
    [ ! -e "$RELAY_JOB" ]
}

@test "a passphrase that SRT does not take is refused without showing it" {
    sed -i 's/^obs.*/obs = canary/' "$secrets"
    run live --from obs
    status_is 3
    contains "$output" "the passphrase of SRT must have 10 to 79 letters, this one has 6"
    not contains "$output" canary >/dev/null
    run live --check
    status_is 3
    contains "$output" "not ok  show.yaml"
    contains "$output" "the passphrase of SRT"
}

@test "a secrets file that others can read is refused" {
    chmod 644 "$secrets"
    run live --from obs
    status_is 3
    contains "$output" "chmod 600"
}

@test "status, mark and title reach the broadcast, and its chapters are written down" {
    begin --from obs
    said live status
    equals "$(jq -r '[.running, .episode, .sources[0].name, .endpoints[0].state] | join("|")' "$said")" \
        "true|$episode|obs|live"
    contains "$(dgl -C "$show" live status)" "source obs: live"
    dgl -C "$show" live mark Velkommen: '"hei"'
    dgl -C "$show" live title Helse i Nordland
    said live status
    equals "$(jq -r .title "$said")" "Helse i Nordland"
    # the socket is its owner's alone, and so is its folder
    equals "$(stat -c %a "$XDG_RUNTIME_DIR"/dgl-episode "$XDG_RUNTIME_DIR"/dgl-episode/*.sock | xargs)" "700 600"
    run live --from obs
    status_is 3
    contains "$output" "a broadcast of this show is running already"
    # others go on working on the show meanwhile, once the feed has been made
    until_true dgl -C "$show" -q clean
    dgl -C "$show" live stop
    wait "$running"
    running=
    out=$(cat "$BATS_TEST_TMPDIR/out")
    contains "$out" "dgl-episode publish $episode $show/.dgl/live/$episode/2026-12-08T100000Z/received.mkv"
    contains "$out" "ask Kari Nordmann: consent to the broadcast does not cover its recording (missing: recording, podcast)"
    contains "$out" "captions: a recording that is published or left lying needs them within 14 days"
    contains "$out" "chapters:"
    chapters=$show/episodes/$episode/chapters.live.yaml
    grep -qE '^  - \{at: "00:00:[01][0-9]\.[0-9]{3}", title: "Velkommen: \\"hei\\""\}$' "$chapters"
    # as it stands it is what episode.yaml takes
    grep -v '^#' "$chapters" >>"$show/episodes/$episode/episode.yaml"
    said status "$episode"
    equals "$(jq -r '.episodes[0].error // "none"' "$said" | grep -c chapter)" 0
    run dgl -C "$show" live stop
    status_is 3
    contains "$output" "no broadcast of this show is running here"
}

@test "off a terminal each change is a line, and the first Ctrl-C ends in order" {
    begin --from obs
    kill -INT "$running"
    wait "$running"
    running=
    err=$(cat "$BATS_TEST_TMPDIR/err")
    contains "$err" "endpoint fylket: live"
    contains "$err" "endpoint side: live"
    [ "$(grep -c 'endpoint fylket: live' "$BATS_TEST_TMPDIR/err")" -eq 1 ]
    contains "$(cat "$BATS_TEST_TMPDIR/out")" "ended after 00:00:0"
    contains "$(cat "$show/.dgl/live/$episode"/*/relay.log)" "a library's own words"
}

@test "a relay that has no socket is told by signal" {
    export RELAY_DEAF=1
    env "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" --json live "$episode" --from obs \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" &
    running=$!
    until_true grep -q 'side: live' "$BATS_TEST_TMPDIR/err"
    kill -TERM "$running"
    wait "$running"
    running=
    equals "$(jq -r '.endpoints | length' "$BATS_TEST_TMPDIR/out")" 3
}

@test "--json is the end report alone, and an endpoint that never came up is exit code 4" {
    export RELAY_SECONDS=0.5 RELAY_DEAD=nettside
    code=0
    dgl -C "$show" --json live "$episode" --from obs >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || code=$?
    equals "$code" 4
    equals "$(jq -r '.endpoints[1].state' "$BATS_TEST_TMPDIR/out")" refused
    contains "$(cat "$BATS_TEST_TMPDIR/err")" "endpoint nettside never came up; all else is done"
    run live --from obs
    status_is 4
    contains "$output" "never came up: wrong password"
}

@test "the relay outlives the program that started it" {
    begin --from obs
    relay=$(pgrep -P "$running" -f dgl-episode-live)
    kill -KILL "$running"
    wait "$running" || true
    sleep 1
    kill -0 "$relay"
    equals "$(ps -o sid= -p "$relay" | tr -d ' ')" "$relay"
    on_air
    dgl -C "$show" live stop
    ended() { ! kill -0 "$relay" 2>/dev/null; }
    until_true ended
    [ -s "$show/.dgl/live/$episode/2026-12-08T100000Z/report.json" ]
}

@test "a relay that dies says where the recording is and how to go on" {
    RELAY_CRASH=1 run live --from obs
    status_is 1
    contains "$output" "the relay ended (Killed)"
    contains "$output" "$show/.dgl/live/$episode/2026-12-08T100000Z"
    contains "$output" "dgl-episode live $episode --resume"
    first=$show/.dgl/live/$episode/2026-12-08T100000Z/received.mkv
    second=$show/.dgl/live/$episode/2026-12-08T102000Z/received.mkv
    jq -n --arg path "$first" '{recordings: [{kind: "received", path: $path, starts_s: 1.5, seconds: 2.1}],
        marks: [{at_s: 0.5, title: "Velkommen"}, {at_s: 2.5, title: "Trivsel"}]}' >"$show/.dgl/live/$episode/state.json"
    DGL_NOW=2026-12-08T10:20:00Z RELAY_SECONDS=0.2 live --from obs --resume >"$BATS_TEST_TMPDIR/out"
    equals "$(job .resume)" true
    equals "$(job '.earlier[0] | "\(.path) \([.marks[] | "\(.at_s) \(.title)"] | join("|"))"')" \
        "$first 0 Velkommen|1 Trivsel"
    contains "$(cat "$BATS_TEST_TMPDIR/out")" "received in 2 parts"
    contains "$(cat "$BATS_TEST_TMPDIR/out")" "recordings: [{parts: [\"$first\", \"$second\"]}]"
    contains "$(cat "$show/episodes/$episode/chapters.live.yaml")" 'at: "00:00:01.000", title: "Trivsel"'
}

@test "--dry-run says everything, connects nowhere and writes nothing" {
    before=$(find "$show" | sort)
    sed -i '/^page/d' "$secrets"
    run live --from "$BATS_TEST_TMPDIR/film.mp4" --from obs --dry-run
    status_is 0
    contains "$output" "source  source"
    contains "$output" "backup  obs"
    contains "$output" "waits for a push"
    contains "$output" "picture 640 x 360, 30 frames a second, 900 kbit/s, veryfast"
    contains "$output" "fylket         icecast   mp3 128 kbit/s"
    contains "$output" "secret ice: there"
    contains "$output" "secret page: missing"
    contains "$output" "room    12.5 GB for 3 hours"
    not contains "$output" canary >/dev/null
    [ ! -e "$RELAY_JOB" ]
    equals "$(find "$show" | sort)" "$before"
    dgl -C "$show" --json live "$episode" --from obs --dry-run >"$BATS_TEST_TMPDIR/out"
    equals "$(jq -r '[.endpoints[].name] | join("|")' "$BATS_TEST_TMPDIR/out")" "fylket|nettside|side"
    no_canary "$BATS_TEST_TMPDIR/out"
}

@test "--check lists what is there and what is not, and makes nothing" {
    # whatever room this machine has
    sed -i 's/^live:/live:\n  record: {received: false, aired: false}/' "$show/episodes/show.yaml"
    run live --check
    status_is 0
    contains "$output" "ok      fylket         secret ice is there"
    contains "$output" "ok      fylket         the certificate is good until 2027-03-01"
    contains "$output" "ok      folder"
    equals "$(job '[.check, .endpoints[0].secret] | join("|")')" "true|canary-ice/1"
    RELAY_DEAD=side run live --check
    status_is 4
    contains "$output" "not ok  side"
    sed -i '/^ice/d' "$secrets"
    run live --check
    status_is 3
    contains "$output" "not ok  fylket         secret ice is missing"
    contains "$output" "ok      side           the certificate is good until 2027-03-01"
    code=0
    dgl -C "$show" --json live "$episode" --check >"$BATS_TEST_TMPDIR/out" || code=$?
    equals "$code $(jq -r '.ok' "$BATS_TEST_TMPDIR/out")" "3 false"
    sed -i 's/^  record: .*/  hours: 24/' "$show/episodes/show.yaml"
    run live --check --only side
    contains "$output" "24 hours take about 100.3 GB"
}

@test "a rehearsal goes only where it was told to, and records nothing" {
    run live --rehearse
    status_is 2
    contains "$output" "--only"
    RELAY_SECONDS=0.2 live --rehearse --only nettside >"$BATS_TEST_TMPDIR/out"
    equals "$(job '[.endpoints[].name, .sources[].url, .record.received, .record.aired] | join("|")')" \
        "nettside|pattern:|false|false"
    not grep publish "$BATS_TEST_TMPDIR/out"
    contains "$(job .folder)" "/rehearsal/"
    run live --rehearse --only nettsida
    status_is 2
    contains "$output" "write nettside"
}

@test "--end-stale says what was ended" {
    run live --end-stale
    status_is 0
    contains "$output" "the video of facebook was ended"
    equals "$(job .end_stale)" true
}

@test "what is wrong with --from is said before anything starts" {
    run live --from film-som-ikke-finnes.mp4
    status_is 3
    contains "$output" "no source of that name in show.yaml; there are: obs"
    run live --from 'rtsp://admin:canary@kamera/main'
    status_is 2
    contains "$output" "the address has a password in it"
    not contains "$output" canary >/dev/null
    sed -i '/sources:/,$d' "$show/episodes/show.yaml"
    run live
    status_is 2
    contains "$output" "where does it come from?"
    [ ! -e "$RELAY_JOB" ]
}

@test "errors in live: name file, line and column, for every command" {
    sed -i 's/kind: rtmp/kind: rtpm/' "$show/episodes/show.yaml"
    run live --from obs
    status_is 3
    line=$(grep -n 'kind: rtpm' "$show/episodes/show.yaml" | cut -d: -f1)
    contains "$output" "episodes/show.yaml:$line:30: kind cannot be \"rtpm\""
    contains "$output" "write rtmp"
    run dgl -C "$show" status
    status_is 3
}

@test "status counts the days until a recording must have captions" {
    RELAY_SECONDS=0.2 live --from obs >/dev/null
    DGL_NOW=2026-12-17T12:00:00Z said status "$episode"
    equals "$(jq -r '.episodes[0].captions_due | [.until, .days_left, .have] | join("|")' "$said")" \
        "2026-12-22T10:00:00Z|4|false"
    contains "$(DGL_NOW=2026-12-17T12:00:00Z dgl -C "$show" status)" "captions     due       in 4 days (2026-12-22): the recording of the broadcast must have them"
    contains "$(DGL_NOW=2026-12-25T12:00:00Z dgl -C "$show" status)" "captions     overdue   by 4 days (2026-12-22)"
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nHei.\n' >"$show/episodes/$episode/c.vtt"
    echo 'captions: [{file: c.vtt, made: corrected}]' >>"$show/episodes/$episode/episode.yaml"
    not contains "$(DGL_NOW=2026-12-25T12:00:00Z dgl -C "$show" status)" overdue >/dev/null
}

@test "the view shows everything, asks before it ends, and takes chapters and titles" {
    need_tool tmux
    screen=dgl-$$-$BATS_TEST_NUMBER
    RELAY_DEAD=nettside RELAY_SLOW_END=1 tmux -L "$screen" -f /dev/null new-session -d -x 60 -y 24 \
        "env TERM=screen DGL_NOW=$DGL_NOW XDG_RUNTIME_DIR='$XDG_RUNTIME_DIR' RELAY_JOB='$RELAY_JOB' \
        '$DGL_BUILD/dgl-episode' --presets '$root/presets' -C '$show' live $episode --from obs \
        >'$BATS_TEST_TMPDIR/out'; echo code \$? >'$BATS_TEST_TMPDIR/code'; sleep 60"
    shows() { tmux -L "$screen" capture-pane -p | grep -qF -- "$1"; }
    until_true shows "ON AIR"
    screen_is=$(tmux -L "$screen" capture-pane -p)
    contains "$screen_is" "Trivsel i Meløy · Det gode liv"
    contains "$screen_is" "obs live"
    contains "$screen_is" "h264 1280x720"
    contains "$screen_is" "M  -18.2 LUFS"
    contains "$screen_is" "S  -17.1 LUFS"
    contains "$screen_is" "I  -16.4 LUFS  target -16.0  true peak -3.1 dBTP"
    contains "$screen_is" "fylket         live          128   0.1 s     0     1    12"
    contains "$screen_is" "nettside       refused         0   0.1 s     7"
    contains "$screen_is" "wrong password"
    contains "$screen_is" "received.mkv 2.5 MB"
    contains "$screen_is" "m chapter   t title   Ctrl-C end the broadcast"
    [ "$(wc -L <<<"$screen_is")" -le 60 ]
    tmux -L "$screen" send-keys m
    until_true shows "chapter: _"
    tmux -L "$screen" send-keys -l 'Ein bøs'
    tmux -L "$screen" send-keys BSpace Enter
    until_true shows "chapters: 1, last “Ein bø”"
    tmux -L "$screen" resize-window -x 90 -y 30
    until_true shows "Trivsel i Meløy · Det gode liv i nord"
    tmux -L "$screen" send-keys C-c
    until_true shows "end the broadcast for everybody? press Ctrl-C again within 5 s"
    on_air
    # nobody pressed again: it goes on
    sleep 5.5
    until_true shows "m chapter   t title"
    on_air
    tmux -L "$screen" send-keys C-c
    until_true shows "press Ctrl-C again"
    tmux -L "$screen" send-keys C-c
    until_true shows "ENDING"
    ended() { [ -s "$BATS_TEST_TMPDIR/code" ]; }
    until_true ended
    equals "$(cat "$BATS_TEST_TMPDIR/code")" "code 4"
    # the former screen is back
    until_true shows "endpoint nettside never came up"
    not shows "LUFS  target"
    contains "$(cat "$BATS_TEST_TMPDIR/out")" "Ein bø"
}

@test "the slate is red, and NO_COLOR is respected" {
    need_tool tmux
    for no_color in '' 1; do
        screen=dgl-$$-$BATS_TEST_NUMBER-$no_color # the former server may still be ending
        tmux -L "$screen" -f /dev/null new-session -d -x 80 -y 24 \
            "env NO_COLOR=$no_color RELAY_SOURCE=stalled TERM=screen XDG_RUNTIME_DIR='$XDG_RUNTIME_DIR' \
            '$DGL_BUILD/dgl-episode' --presets '$root/presets' -C '$show' live $episode --from obs"
        red() { tmux -L "$screen" capture-pane -p -e | grep -qP '31m(\e\[[0-9;]*m)*SLATE'; }
        plain() { tmux -L "$screen" capture-pane -p | grep -q 'SLATE 00:00:'; }
        if [ -n "$no_color" ]; then
            until_true plain
            not red
        else
            until_true red
        fi
        dgl -C "$show" live stop
        gone() { ! on_air; }
        until_true gone
        tmux -L "$screen" kill-server || true
    done
}

@test "the broadcast outlives its terminal" {
    need_tool tmux
    screen=dgl-$$-$BATS_TEST_NUMBER
    tmux -L "$screen" -f /dev/null new-session -d -x 80 -y 24 \
        "env TERM=screen XDG_RUNTIME_DIR='$XDG_RUNTIME_DIR' RELAY_JOB='$RELAY_JOB' DGL_NOW=$DGL_NOW \
        '$DGL_BUILD/dgl-episode' --presets '$root/presets' -C '$show' live $episode --from obs"
    until_true on_air
    program=$(pgrep -o -f "^$DGL_BUILD/dgl-episode .* -C $show live") # other tests run beside this one
    tmux -L "$screen" kill-server
    sleep 1
    on_air
    kill -0 "$program"
    dgl -C "$show" live mark "Etterpå"
    dgl -C "$show" live stop
    ended() { ! kill -0 "$program" 2>/dev/null; }
    until_true ended
    # it went on to the end, without a terminal
    grep -q Etterpå "$show/episodes/$episode/chapters.live.yaml"
}

@test "--unit prints a unit that systemd takes" {
    run live --from obs --only fylket,side --unit
    status_is 0
    contains "$output" "LoadCredential=ice:/etc/dgl-episode/ice"
    contains "$output" "LoadCredential=page:/etc/dgl-episode/page"
    contains "$output" "LoadCredential=obs:/etc/dgl-episode/obs"
    contains "$output" "ExecStart=$DGL_BUILD/dgl-episode -C $show live $episode --from \"obs\" --resume"
    not grep -E '@[A-Z]+@|canary' <<<"$output"
    need_tool systemd-analyze
    printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/dgl.service"
    systemd-analyze verify "$BATS_TEST_TMPDIR/dgl.service"
}
