#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A broadcast to Facebook from one end to the other: the Graph API of tests/live/graph_server.c, and
# RTMPS to nginx behind stunnel.

load helper
load relay
load servers

setup() {
    need_tool jq
    servers_setup
    rtmp_port=
    nginx_start
    stunnel_start good "$rtmp_port"
    graph_start "rtmps://localhost:$tls_port/rtmp"
    broadcast_at ok
    relay_state_file=$show/.dgl/live/$episode/facebook-side.json
}

teardown() {
    relay_clear
    servers_clear
    exec 8>&-
}

# A show whose Page is at this scenario of the Graph API.
broadcast_at() { # scenario
    relay_show <<END
  picture: {width: 320, height: 180, rate: 25, bitrate_kbps: 400, speed: ultrafast}
  graph_url: https://localhost:$graph_port/$1
  endpoints:
    - {name: side, kind: facebook, page: "1234567890", secret: token, ca_file: "$certs/ca.pem"}
END
    printf 'token = canary-token-EAAB/x+y\n' >"$secrets"
    scenario=/$1/v26.0
}

# A test pattern with beeps, as long as is needed.
source_of() { # seconds, name
    local film=$BATS_TEST_TMPDIR/${2:-film}.mkv
    ffmpeg -nostdin -v error -f lavfi -i testsrc2=s=320x180:r=25 -f lavfi -i sine=1000 -t "$1" \
        -c:v libx264 -preset ultrafast -g 50 -c:a aac -y "$film"
    echo "$film"
}

endpoint() { # what jq finds in it
    relay_state ".endpoints[0]$1"
}

received() { # bytes that Facebook's side has of the stream
    cat "$ingest/received"/* 2>/dev/null | wc -c
}

more_received() { # than
    [ "$(received)" -gt "$1" ]
}

made() { # live videos
    graph_calls "POST $scenario/1234567890/live_videos"
}

ended() { # how often one was ended
    graph_calls "POST $scenario/1" "end_live_video=true"
}

phase() {
    jq -r .phase "$relay_state_file"
}

@test "a video is made, streamed to, watched, renamed and ended" {
    relay_begin --from "$(source_of 60)"
    until_true 15 more_received 50000
    equals "$(made)" 1
    equals "$(graph_calls "POST $scenario/1234567890/live_videos" "title=Trivsel%20i%20Mel%C3%B8y")" 1
    equals "$(graph_calls "POST $scenario/1234567890/live_videos" "stop_on_delete_stream=false")" 1
    equals "$(phase)" created
    # Facebook's side tells nothing at the first look, the second is 10 s later
    until_true 25 relay_is '.endpoints[0].health.receiving' true
    equals "$(endpoint .status)" LIVE
    equals "$(endpoint .viewers)" 42
    equals "$(endpoint '.health.video_kbps | floor')" 2304
    equals "$(endpoint .live_id)" "$(jq -r .live_id "$relay_state_file")"
    dgl -C "$show" -q live title "Spørsmål & svar"
    until_true 10 renamed
    equals "$(ended)" 0
    relay_end
    status_is 0
    equals "$(ended)" 1
    equals "$(phase)" ended
    # what arrived there is whole
    file=$(ls "$ingest"/received/*)
    ffprobe -v error -show_entries stream=codec_name -of csv=p=0 "$file" >"$BATS_TEST_TMPDIR/streams"
    equals "$(sort "$BATS_TEST_TMPDIR/streams" | xargs)" "aac h264"
}

renamed() {
    [ "$(graph_calls "POST $scenario/1" "title=Sp%C3%B8rsm%C3%A5l%20%26%20svar")" = 1 ]
}

@test "a wrong last part of an address is told so that it can be mended" {
    sed -i "s#{name: side.*#{name: reserve, kind: rtmp, url: \"rtmps://localhost:$tls_port/feil\", secret: key, \
ca_file: \"$certs/ca.pem\"}#" "$show/episodes/show.yaml"
    printf 'key = canary-key\n' >"$secrets"
    relay_begin --from "$(source_of 60)"
    until_true 15 relay_is '.endpoints[0].state' waiting
    contains "$(relay_state '.endpoints[0].why')" "it hung up before the stream began: is the last part of the address right"
    relay_end
    status_is 4
}

@test "an ingest that dies and comes back gets the same video again" {
    relay_begin --from "$(source_of 60)"
    until_true 15 more_received 30000
    kill -9 "$nginx"
    until_true 15 relay_is '.endpoints[0].state' waiting
    before=$(received)
    nginx_start
    until_true 15 more_received "$((before + 30000))"
    equals "$(made)" 1
    equals "$(endpoint .connections)" 2
    equals "$(ls "$ingest"/received | sed 's/-[0-9]*\.flv$//' | sort -u | wc -l)" 1
    relay_end
    equals "$(ended)" 1
}

@test "after a kill, --resume goes on with the same video, and nothing else is begun without" {
    film=$(source_of 60)
    relay_begin --from "$film"
    until_true 15 more_received 30000
    kill -9 "$(relay_state .pid)"
    wait "$command" || true
    equals "$(phase)" created
    run dgl -C "$show" live "$episode" --from "$(source_of 3 short)"
    contains "$output" "still stands open: --resume goes on with it, --end-stale ends it"
    equals "$(made)" 1
    before=$(received)
    relay_begin --from "$film" --resume
    until_true 15 more_received "$((before + 30000))"
    equals "$(made)" 1
    relay_end
    status_is 0
    equals "$(ended)" 1
}

@test "after a kill, --end-stale ends the video" {
    relay_begin --from "$(source_of 60)"
    until_true 15 more_received 30000
    id=$(jq -r .live_id "$relay_state_file")
    kill -9 "$(relay_state .pid)"
    wait "$command" || true
    run dgl -C "$show" live "$episode" --end-stale
    status_is 0
    contains "$output" "ended live video $id"
    equals "$(ended)" 1
    equals "$(phase)" ended
    run dgl -C "$show" live "$episode" --end-stale
    status_is 0
    equals "$(ended)" 1
}

@test "--check says what the token may, and makes nothing" {
    run dgl -C "$show" live "$episode" --check
    contains "$output" "the token of Nordland is accepted until 2027-01-01"
    contains "$output" "0.5 Mbit/s are sent, the line sends 25.0 Mbit/s to Facebook"
    equals "$(graph_calls upload)" 1
    equals "$(graph_calls "GET /ok/v26.0/traffic_speedtest" "previous_results=%5B%7B%22test_url%22")" 1
    equals "$(made)" 0
    for each in "expired|Session has expired" "slowline|0.6 Mbit/s to Facebook: take a smaller picture" "weak|it lacks pages_manage_posts"; do
        sed -i "s#graph_url: .*#graph_url: https://localhost:$graph_port/${each%%|*}#" "$show/episodes/show.yaml"
        run dgl -C "$show" live "$episode" --check
        [ "$status" -ne 0 ]
        contains "$output" "${each#*|}"
        lacks "$output" canary
    done
    equals "$(graph_calls "POST " live_video)" 0
}

@test "--check measures the line at any address that takes uploads" {
    port=$(free_port)
    python3 - "$port" >/dev/null 2>&1 3>&- <<'END' &
import http.server, sys
class Takes(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        left = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 65536)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Takes).serve_forever()
END
    started+=($!)
    until_true 10 listens "$port"
    sed -i "s#^live:#live:\n  upload_test: http://127.0.0.1:$port/up#" "$show/episodes/show.yaml"
    run dgl -C "$show" live "$episode" --check
    contains "$output" "Mbit/s to http://127.0.0.1:$port/up"
    at_most 10 "$(sed -n 's/.*the line sends \([0-9.]*\) Mbit.*/\1/p' <<<"$output")" # loopback sends more than that
    equals "$(graph_calls upload)" 0
    kill "${started[-1]}"
    run dgl -C "$show" live "$episode" --check
    contains "$output" "0.5 Mbit/s are sent; not measured, http://127.0.0.1:$port/up: "
}

@test "--announce makes the video known for the planned start, once" {
    start=$(date -u -d '+3 days' +%Y-%m-%dT%H:%M:%SZ)
    run dgl -C "$show" live "$episode" --announce
    status_is 3
    contains "$output" "add live: {start: …} to episode.yaml"
    printf 'live: {start: %s}\n' "$start" >>"$show/episodes/$episode/episode.yaml"
    run dgl -C "$show" live "$episode" --announce
    status_is 0
    contains "$output" "announced at Facebook for $start"
    equals "$(phase)" scheduled
    equals "$(made)" 1
    run dgl -C "$show" live "$episode" --announce
    status_is 0
    equals "$(made)" 1
}
