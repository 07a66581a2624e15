#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Keys, tokens and passwords of a real broadcast are nowhere but in the secrets file and at the far
# ends, whatever goes wrong and however much is asked to be said.

load helper
load relay
load servers

setup() {
    need_tool jq
    need_tool curl
    rtmp_port=
    servers_setup
    nginx_start
    icecast_start 'is+Wq7/Zr3 "x%å'
    stunnel_start good "$rtmp_port"
    good_port=$tls_port
    stunnel_start stranger "$rtmp_port"
    graph_start "rtmps://localhost:$good_port/rtmp"
    push_port=$(free_port)
    srt_port=$(free_port)
    metrics_port=$(free_port)
}

teardown() {
    relay_clear
    servers_clear
    exec 8>&-
}

# Each way to fail, and each that goes well. Every secret is of its own and has something in it that
# addresses, JSON or HTML write differently.
show_with_secrets() { # scenario of the Graph API
    relay_show <<END
  picture: {width: 320, height: 180, rate: 25, bitrate_kbps: 400, speed: ultrafast}
  graph_url: https://localhost:$graph_port/$1
  endpoints:
    - {name: ice, kind: icecast, url: "http://127.0.0.1:$ice_port/dgl.mp3", secret: ice}
    - {name: ice-wrong, kind: icecast, url: "http://127.0.0.1:$ice_port/b.ogg", format: opus, secret: ice-wrong}
    - {name: ice-aac, kind: icecast, url: "http://127.0.0.1:$ice_port/c.aac", format: aac, secret: ice-aac}
    - {name: ice-dead, kind: icecast, url: "http://127.0.0.1:$(free_port)/d.mp3", secret: ice-dead}
    - {name: rtmp, kind: rtmp, url: "rtmp://127.0.0.1:$rtmp_port/rtmp", secret: rtmp}
    - {name: rtmp-app, kind: rtmp, url: "rtmp://127.0.0.1:$rtmp_port/nosuch", secret: rtmp-app}
    - {name: rtmp-http, kind: rtmp, url: "rtmp://127.0.0.1:$ice_port/rtmp", secret: rtmp-http}
    - {name: rtmp-dead, kind: rtmp, url: "rtmp://127.0.0.1:$(free_port)/rtmp", secret: rtmp-dead}
    - {name: rtmps, kind: rtmp, url: "rtmps://localhost:$tls_port/rtmp", secret: rtmps, ca_file: "$certs/ca.pem"}
    - {name: side, kind: facebook, page: "1234567890", secret: token, ca_file: "$certs/ca.pem"}
  sources:
    - {name: obs, listen: "rtmp://127.0.0.1:$push_port/app", secret: push}
    - {name: phone, listen: "srt://127.0.0.1:$srt_port", secret: srt}
END
    cat >"$secrets" <<'END'
ice = is+Wq7/Zr3 "x%å
ice-wrong = feil/Pw9+Kc2"&<b>
ice-aac = aac%41Jm5 Tn8\/v
ice-dead = stille:Hd6@Yg1/u
rtmp = live-Qx7Rm2Tz?auth=Wd83kLpV%2Fa&b=1
rtmp-app = app-Bv4Ns8Lk?tok=Ej29sHcU/x+y
rtmp-http = FB-1-0-Gt5Vb3Xn?s_bl=1&a=Fk70wMaR
rtmp-dead = død-Zc6Ui4Po?a=Ol15xQyI"d
rtmps = tls-Mh8Jg2Df?a=Ps94vNeW'e
token = EAAB/tok+Rw3Ty7Uk=Vx5
push = obs-Ka1Sd9Fg
srt = srt Hj6Kl0Zx/Cv "2"
END
    # what Facebook's side names as the key of its stream
    printf 'stream = %s\n' 'canary-stream-key%2F/x' | cat "$secrets" - >"$BATS_TEST_TMPDIR/wanted"
}

nothing_in() { # places
    python3 "$root/tests/live/seek.py" "$BATS_TEST_TMPDIR/wanted" source dj -- "$@"
}

push() { # address, format, seconds
    ffmpeg -nostdin -v quiet -re -f lavfi -i testsrc2=s=320x180:r=25 -f lavfi -i sine=1000 -t "$3" \
        -c:v libx264 -preset ultrafast -g 25 -c:a aac -f "$2" "$1" 3>&- 8>&- || true
}

on_air() {
    relay_is '[.endpoints[] | select(.name == "ice" or .name == "rtmp" or .name == "side").state] | unique[]' live
}

failed() {
    relay_is '[.endpoints[] | select(.name | test("wrong|aac|dead|app|http|rtmps")) | .failures > 0] | all' true
}

# A whole broadcast in which everything that can go wrong does.
broadcast() { # words before "live"
    words=$*
    relay_begin --from obs --from phone --metrics "$metrics_port"
    words=
    push "rtmp://127.0.0.1:$push_port/app/galt-passord" flv 1
    push "srt://127.0.0.1:$srt_port?passphrase=galt-passord" mpegts 1
    push "rtmp://127.0.0.1:$push_port/app/obs-Ka1Sd9Fg" flv 20 &
    pusher=$!
    until_true 20 on_air
    until_true 20 failed
    dgl -C "$show" -q live title "Ny & tittel"
    relay=$(relay_state .pid)
    dgl -C "$show" --json live status >"$BATS_TEST_TMPDIR/status.json"
    dgl -C "$show" live status >"$BATS_TEST_TMPDIR/status"
    curl -s "http://127.0.0.1:$metrics_port/" "http://127.0.0.1:$metrics_port/metrics" >"$BATS_TEST_TMPDIR/page"
    nothing_in "pid:$command" "pid:$relay"
    for each in "$command" "$relay"; do
        grep -q '^Max core file size  *0  *0 ' "/proc/$each/limits"
    done
    relay_end
    kill "$pusher" 2>/dev/null || true
    wait "$pusher" || true
    nothing_in "$show" "$XDG_RUNTIME_DIR" "$BATS_TEST_TMPDIR"/{out,err,status,status.json,page}
    # they were really used
    ls "$ingest"/received | grep -q 'live-Qx7Rm2Tz'
    grep -q ice-wrong "$show/.dgl/live/$episode/state.json"
}

@test "the search finds each form that it looks for" {
    printf 'a = is+Wq7/Zr3 "x%%å\n' >"$BATS_TEST_TMPDIR/wanted"
    place=$BATS_TEST_TMPDIR/place
    for form in 'is+Wq7/Zr3 "x%å' 'cut: is+Wq7/Z' 'is%2BWq7%2FZr3%20%22x%25%C3%A5' 'is%2bWq7%2fZr3+%22x%25%c3%a5' \
        'is+Wq7\/Zr3 \"x%\u00e5' 'is+Wq7/Zr3 &quot;x%å' "$(printf 'source:is+Wq7/Zr3 "x%%å' | base64)" \
        "$(printf 'a is+Wq7/Zr3 "x%%å behind' | base64)" "$(printf 'ab is+Wq7/Zr3 "x%%å' | base64)"; do
        printf 'x%sx' "$form" >"$place"
        run nothing_in "$place"
        [ "$status" -eq 1 ] || { echo "not found: $form"; return 1; }
    done
    printf 'is+Wq7 and Zr3' >"$place"
    run nothing_in "$place"
    status_is 0
    run env "SEEN=is+Wq7/Zr3" sh -c "python3 '$root/tests/live/seek.py' '$BATS_TEST_TMPDIR/wanted' -- pid:\$\$"
    status_is 1
}

@test "a broadcast says none of its secrets" {
    show_with_secrets ok
    broadcast
}

@test "nor when all is to be said, nor as JSON, nor when little is" {
    show_with_secrets ok
    for each in -v --json -q; do
        broadcast "$each"
        sleep 1 # its folder's name is a second
    done
}

@test "nor what Facebook says back of a token that it refuses" {
    show_with_secrets expired
    for each in "" -v --json; do
        run dgl $each -C "$show" live "$episode" --check
        [ "$status" -ne 0 ]
        contains "$output" "ession has expired"
        printf '%s' "$output" >"$BATS_TEST_TMPDIR/said-it"
        nothing_in "$BATS_TEST_TMPDIR/said-it" "$show"
    done
    relay_begin --from obs --only side
    until_true 15 relay_is '.endpoints[0].state' refused
    dgl -C "$show" --json live status >"$BATS_TEST_TMPDIR/status.json"
    contains "$(cat "$BATS_TEST_TMPDIR/status.json")" "ession has expired"
    relay_end
    nothing_in "$show" "$BATS_TEST_TMPDIR"/{out,err,status.json}
}

@test "a plan, a unit and a broadcast that is killed leave none either" {
    show_with_secrets ok
    for each in --dry-run --unit --check; do
        dgl -v -C "$show" live "$episode" --from obs "$each" >"$BATS_TEST_TMPDIR/said-it" 2>&1 || true
        nothing_in "$BATS_TEST_TMPDIR/said-it" "$show"
    done
    relay_begin --from obs
    until_true 20 failed
    relay=$(relay_state .pid)
    kill -ABRT "$relay"
    wait "$command" || true
    command=
    nothing_in "$show" "$XDG_RUNTIME_DIR" "$BATS_TEST_TMPDIR"/{out,err}
}
