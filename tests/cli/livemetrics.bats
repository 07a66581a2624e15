#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# live --metrics: measurements and a status page of a real broadcast, on this machine alone.

load helper
load relay

setup() {
    need_tool jq
    need_tool curl
    port=$(free_port)
    dead=$(free_port)
    relay_show <<END
  picture: {width: 320, height: 180, rate: 25, bitrate_kbps: 400, speed: ultrafast}
  endpoints:
    - {name: web, kind: hls, url: hls}
    - {name: nede, kind: rtmp, url: "rtmp://127.0.0.1:$dead/live", secret: nede}
END
    printf 'nede = canary-%%-key "x"\n' >"$secrets"
    url=http://127.0.0.1:$port
}

teardown() {
    relay_clear
}

code() { # curl's words
    curl -s -o /dev/null -w '%{http_code}' --path-as-is "$@"
}

value() { # a whole name with its labels
    curl -s "$url/metrics" | awk -v name="$1" 'index($0, name " ") == 1 { print $NF }'
}

more_than() { # name, number
    awk -v a="$(value "$1")" -v b="$2" 'BEGIN { exit !(a > b) }'
}

@test "what is measured is what happens, and the page says where it is" {
    relay_begin --rehearse --only web,nede --metrics "$port"
    until_true 10 grep -q "page status: up: $url/" "$BATS_TEST_TMPDIR/err"
    until_true 15 more_than 'dgl_live_endpoint_bytes_total{endpoint="web",kind="hls"}' 10000
    equals "$(value 'dgl_live_endpoint_state{endpoint="web",kind="hls",state="live"}')" 1
    equals "$(value 'dgl_live_endpoint_state{endpoint="nede",kind="rtmp",state="live"}')" 0
    more_than 'dgl_live_endpoint_failures_total{endpoint="nede",kind="rtmp"}' 0
    equals "$(value dgl_live_slate)" 0
    more_than dgl_live_elapsed_seconds 0
    contains "$(curl -s "$url/")" "<h1>Trivsel i Meløy</h1>"
    lacks "$(curl -s "$url/metrics" "$url/")" canary
    until_true 10 more_than dgl_live_elapsed_seconds 2
    relay_end
    # what is said off a terminal says when
    grep -q '^00:00:0[2-9]  endpoint web: ended' "$BATS_TEST_TMPDIR/err"
    [ "$(code "$url/")" = 000 ]
}

@test "other hosts, methods and paths are refused" {
    relay_begin --rehearse --only web --metrics "$port"
    until_true 10 listens "$port"
    equals "$(code "$url/metrics")" 200
    equals "$(code -I "$url/metrics")" 200
    for host in stream.example.org localhost.evil.example 127.0.0.1.evil.example localhost@evil.example; do
        equals "$(code -H "Host: $host" "$url/metrics")" 403
    done
    equals "$(code -X POST "$url/")" 405
    equals "$(code "$url/../etc/passwd")" 404
    equals "$(code "$url/state.json")" 404
    head=$(curl -s -D - -o /dev/null "$url/")
    contains "$head" "Content-Security-Policy: default-src 'none'"
    contains "$head" "X-Content-Type-Options: nosniff"
    # only this machine: nobody listens at another of its addresses
    other=$(hostname -I | awk '{ print $1 }')
    [ -z "$other" ] || equals "$(code "http://$other:$port/")" 000
    relay_end
}

@test "titles and marks are shown as texts, and none goes out that publish could not read back" {
    relay_begin --rehearse --only web --metrics "$port"
    until_true 10 listens "$port"
    for word in mark title; do
        for text in $'a\e[31mb' $'a\nb' $'a\xc2\x9bb' $'a\xe2\x80\xa8b'; do
            run dgl -C "$show" live "$word" "$text"
            status_is 3
            contains "$output" "is one line without control characters"
        done
    done
    evil=$'</h1><script>alert(1)</script> & "x" \xe2\x80\xae'
    dgl -C "$show" -q live title "$evil"
    dgl -C "$show" -q live mark "$evil"
    page=$(curl -s "$url/")
    contains "$page" $'<h1>&lt;/h1&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; "x" \xe2\x80\xae\xe2\x80\xac</h1>'
    lacks "$page" "<script"
    run dgl -C "$show" live status
    lacks "$output" $'\xe2\x80\xae'
    relay_end
}

@test "a port that is taken costs the measurements, not the broadcast" {
    python3 -c "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', $port)); s.listen(); time.sleep(60)" 3>&- &
    taken=$!
    until_true 5 listens "$port"
    relay_begin --rehearse --only web --metrics "$port"
    until_true 10 grep -q "measurements: port $port is in use" "$BATS_TEST_TMPDIR/err"
    until_true 10 relay_is '.endpoints[0].state' live
    kill "$taken"
    relay_end
    status_is 0
}
