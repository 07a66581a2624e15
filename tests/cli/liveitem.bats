#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A broadcast in the feed (podcast:liveItem), with a relay that sends nothing (tests/live/relay.py), and
# once with the real one.

load helper

setup_file() {
    need_tool jq
    need_tool python3
    need_tool sox
    need_tool xmllint
    export DGL_NOW=2026-12-01T10:00:00Z
    tone "$BATS_FILE_TMPDIR/rec.wav" 6
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    old=$(new_episode 2026-11 --title "Forrige samtale")
    dgl -C "$show" -q publish "$old" "$BATS_FILE_TMPDIR/rec.wav"
    episode=$(new_episode 2026-12 --guest "Kari Nordmann" --title "Trivsel i Meløy")
    secrets=$BATS_FILE_TMPDIR/secrets
    printf 'ice = canary-ice\npage = canary-page\n' >"$secrets"
    chmod 600 "$secrets"
    cat >>"$show/episodes/show.yaml" <<END
secrets: $secrets
live:
  endpoints:
    - {name: radio, kind: icecast, url: "https://radio.example.org:8443/dgl.mp3", secret: ice}
    - {name: side, kind: facebook, page: "1234567890", secret: page}
    - {name: nett, kind: hls, url: public/live/live.m3u8}
END
    cat >>"$show/episodes/$episode/episode.yaml" <<END
live: {start: 2026-12-08T11:00:00+01:00, end: 2026-12-08T12:00:00+01:00}
END
    bin=$BATS_FILE_TMPDIR/bin
    mkdir "$bin"
    cp "$DGL_BUILD/dgl-episode" "$DGL_BUILD/dgl-episode-worker" "$bin"
    cp "$root/tests/live/relay.py" "$bin/dgl-episode-live"
}

setup() {
    export DGL_NOW=2026-12-08T10:00:00Z XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
    mkdir -m 700 "$XDG_RUNTIME_DIR"
    copy_show
    real=$DGL_BUILD
    DGL_BUILD=$BATS_FILE_TMPDIR/bin
    episode=$(basename "$show"/episodes/2026-12*)
    touch "$BATS_TEST_TMPDIR/film.mp4"
    running=
}

teardown() {
    dgl -C "$show" -q live stop 2>/dev/null || true
    if [ -n "$running" ]; then
        kill -TERM "$running" 2>/dev/null || true
        wait "$running" 2>/dev/null || true
    fi
}

begin() { # words of the command line
    env "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" live "$episode" \
        --from "${source:-$BATS_TEST_TMPDIR/film.mp4}" "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" &
    running=$!
}

end() {
    dgl -C "$show" -q live stop
    wait "$running"
    running=
}

until_true() { # command
    for _ in $(seq 300); do
        "$@" && return
        sleep 0.1
    done
    echo "still not: $*"
    cat "$BATS_TEST_TMPDIR/err" "$show/public/feed.xml"
    return 1
}

# What an XPath finds in the one liveItem, prefixes left out.
live() { # path below it
    xmllint --xpath "string(//*[local-name()='liveItem']/$1)" "$show/public/feed.xml"
}

says() { # status
    [ "$(live @status)" = "$1" ]
}

items() { # of the feed
    xmllint --xpath "count(//item)" "$show/public/feed.xml"
}

without_errors() {
    said check "$show/public/feed.xml"
    equals "$(jq -c '[.findings[] | select(.rule | test("live"))]' "$said")" '[]'
}

why_stale() {
    dgl -C "$show" --json status | jq -r '.show.stages[] | select(.name == "feed") | "\(.state): \(.why)"'
}

@test "a planned broadcast is announced, with every way to it and a guid of its own" {
    contains "$(why_stale)" "stale: live changed"
    dgl -C "$show" -q feed
    equals "$(why_stale)" "fresh: unchanged"
    equals "$(live @status) $(live @start) $(live @end)" \
        "pending 2026-12-08T10:00:00Z 2026-12-08T11:00:00Z"
    equals "$(live title)" "Trivsel i Meløy"
    equals "$(live enclosure/@url) $(live enclosure/@type)" "https://radio.example.org:8443/dgl.mp3 audio/mpeg"
    equals "$(live "*[local-name()='alternateEnclosure'][1]/@default")" true
    equals "$(live "*[local-name()='alternateEnclosure'][2]/*/@uri")" \
        "https://example.org/detgodeliv/live/live.m3u8"
    equals "$(live "*[local-name()='contentLink']/@href")" "https://www.facebook.com/1234567890"
    contains "$(live "*[local-name()='person']")" "Kari Nordmann"
    without_errors
    # a broadcast is no episode, for those who know it and for those who do not
    equals "$(items)" 1
    need_python podcastparser
    "$python" - "$show/public/feed.xml" <<'END'
import sys, podcastparser
feed = podcastparser.parse("https://example.org/feed.xml", open(sys.argv[1], "rb"))
assert [e["title"] for e in feed["episodes"]] == ["Forrige samtale"], feed["episodes"]
assert feed["title"] == "Det gode liv i nord", feed["title"]
END
    need_python feedparser
    "$python" - "$show/public/feed.xml" <<'END'
import sys, feedparser
feed = feedparser.parse(sys.argv[1])
assert not feed.bozo, feed.bozo_exception
assert "Forrige samtale" in [e.title for e in feed.entries]
END
    # nothing changes by itself, and a clone says the same
    before=$(sha256sum <"$show/public/feed.xml")
    DGL_NOW=2026-12-08T10:30:00Z dgl -C "$show" -q feed
    equals "$(sha256sum <"$show/public/feed.xml")" "$before"
}

@test "the Podcast Index's own parser sees the broadcast, its addresses and its page" {
    need_tool node
    modules=$root/build/npm-feed
    node "$root/tests/live/feed.mjs" --modules "$modules" 2>"$BATS_TEST_TMPDIR/npm" ||
        skip "podcast-partytime is not installed: $(tail -n 1 "$BATS_TEST_TMPDIR/npm")"
    dgl -C "$show" -q feed
    node "$root/tests/live/feed.mjs" --modules "$modules" "$show/public/feed.xml" >"$BATS_TEST_TMPDIR/seen"
    equals "$(jq -c '[.episodes, (.live | length)]' "$BATS_TEST_TMPDIR/seen")" "[1,1]"
    equals "$(jq -c '.live[0] | [.status, .start, .enclosure.url, .contentLinks[0].url, (.alternativeEnclosures | length)]' \
        "$BATS_TEST_TMPDIR/seen")" '["pending","2026-12-08T10:00:00.000Z","https://radio.example.org:8443/dgl.mp3","https://www.facebook.com/1234567890",2]'
    equals "$(jq -r '.live[0].guid' "$BATS_TEST_TMPDIR/seen")" "$(live guid)"
}

@test "the feed says live when the first endpoint takes it, ended when it ends, and never waits" {
    export RELAY_LATE=3
    dgl -C "$show" -q feed
    guid=$(live guid)
    begin
    sleep 2
    says pending
    until_true says live
    equals "$(live guid)" "$guid"
    equals "$(live enclosure/@url)" "https://radio.example.org:8443/dgl.mp3"
    # another endpoint that goes and comes changes nothing, the broadcast runs on
    equals "$(dgl -C "$show" --json live status | jq .running)" true
    contains "$(dgl -C "$show" status)" "broadcast    live"
    equals "$(why_stale)" "fresh: unchanged"
    end
    says ended
    equals "$(live guid)" "$guid"
    equals "$(cat "$BATS_TEST_TMPDIR/err" | grep -c feed)" 0
    without_errors
    # begun again, as after a mistake, it is the same broadcast
    RELAY_LATE=0 begin
    until_true says live
    equals "$(live guid)" "$guid"
    end
    says ended
}

@test "a broadcast that nobody announced is in the feed while it lasts" {
    sed -i '/^live:/d' "$show/episodes/$episode/episode.yaml"
    dgl -C "$show" -q feed
    equals "$(live @status)" ""
    begin --only radio
    until_true says live
    equals "$(live @start) $(live @end)" "2026-12-08T10:00:00Z "
    equals "$(live "*[local-name()='contentLink']/@href")" "https://example.org/detgodeliv/"
    equals "$(live "*[local-name()='alternateEnclosure'][2]/@type")" ""
    end
    says ended
}

@test "a rehearsal and an endpoint that nobody else sees are no broadcast" {
    cat >>"$show/episodes/show.yaml" <<END
    - {name: kopi, kind: file, url: kopi.mkv}
END
    RELAY_SECONDS=2 dgl -C "$show" -q live "$episode" --rehearse --only radio
    lacks "$(cat "$show/public/feed.xml")" liveItem
    RELAY_SECONDS=2 dgl -C "$show" -q live "$episode" --only kopi --from "$BATS_TEST_TMPDIR/film.mp4"
    lacks "$(cat "$show/public/feed.xml")" liveItem
}

@test "a feed that cannot be made is a warning; the broadcast goes on and ends in order" {
    begin
    until_true says live
    sed -i 's/^title:/titel:/' "$show/episodes/show.yaml"
    code=0
    kill -INT "$running"
    wait "$running" || code=$?
    running=
    equals "$code" 0
    err=$(cat "$BATS_TEST_TMPDIR/err")
    contains "$err" "the broadcast goes on, but the feed does not say yet that it has ended"
    contains "$err" "episodes/show.yaml:"
    contains "$err" "run: dgl-episode feed"
    contains "$(cat "$BATS_TEST_TMPDIR/out")" "ended after 00:00:0"
    sed -i 's/^titel:/title:/' "$show/episodes/show.yaml"
    says live
    # the next run puts it right, and status had said so
    equals "$(why_stale)" "stale: live.$episode.status changed"
    dgl -C "$show" -q feed
    says ended
}

@test "while another command works on the show the feed is tried again" {
    mkdir -p "$show/.dgl"
    touch "$show/.dgl/lock"
    flock "$show/.dgl/lock" sleep 4 &
    begin
    until_true grep -q 'another dgl-episode is at work on this show' "$BATS_TEST_TMPDIR/err"
    until_true says live
    equals "$(grep -c 'another dgl-episode' "$BATS_TEST_TMPDIR/err")" 1
    end
    says ended
}

@test "a relay that died does not leave the feed live for ever" {
    RELAY_CRASH=1 run dgl -C "$show" live "$episode" --from "$BATS_TEST_TMPDIR/film.mp4"
    status_is 1
    contains "$output" "--end-stale"
    # --resume may go on soon: nothing changes for some minutes
    DGL_NOW=2026-12-08T10:04:00Z dgl -C "$show" -q feed
    says live
    DGL_NOW=2026-12-08T10:06:00Z
    equals "$(why_stale)" "stale: live.$episode.status changed"
    contains "$(dgl -C "$show" status)" "feed         stale     live.$episode.status changed"
    dgl -C "$show" -q feed
    says ended
}

@test "what a crash left open is closed by --end-stale in the feed, too" {
    RELAY_CRASH=1 dgl -C "$show" live "$episode" --from "$BATS_TEST_TMPDIR/film.mp4" 2>/dev/null || true
    dgl -C "$show" -q feed
    says live
    dgl -C "$show" -q live "$episode" --end-stale
    says ended
}

@test "an hour after its planned end a broadcast has ended, whatever its files say" {
    mkdir -p "$show/.dgl/live/$episode"
    jq -n --arg pid $$ '{started: "2026-12-08T10:00:00Z", said: "2026-12-08T12:00:00Z", pid: ($pid | tonumber),
        endpoints: [{name: "radio", kind: "icecast", connections: 1}]}' >"$show/.dgl/live/$episode/state.json"
    DGL_NOW=2026-12-08T12:00:00Z dgl -C "$show" -q feed
    says live
    DGL_NOW=2026-12-08T12:00:01Z dgl -C "$show" -q feed
    says ended
}

@test "the recording becomes an episode of its own with title, theme, goals and the marked chapters" {
    begin
    until_true says live
    dgl -C "$show" -q live mark Velkommen
    sleep 1
    dgl -C "$show" -q live mark Gode råd
    end
    guid=$(live guid)
    # the fake relay's clock is ten seconds ahead of its recording; by chance a mark could lie at its very begin
    sed -i 's/at: "[0-9:.]*"/at: "00:00:01.500"/; 0,/at: "[0-9:.]*"/s//at: "00:00:00.500"/' \
        "$show/episodes/$episode/chapters.live.yaml"
    DGL_NOW=2026-12-09T10:00:00Z dgl -C "$show" -q publish "$episode" "$BATS_FILE_TMPDIR/rec.wav"
    equals "$(items)" 2
    item() { xmllint --xpath "string(//item[title='Trivsel i Meløy']/$1)" "$show/public/feed.xml"; }
    [ -n "$(item guid)" ]
    [ "$(item guid)" != "$guid" ]
    says ended
    for path in title category "*[local-name()='txt']" "*[local-name()='txt'][3]" "*[local-name()='person']"; do
        [ -n "$(item "$path")" ]
        equals "$(item "$path")" "$(live "$path")"
    done
    equals "$(jq -r '[.chapters[].title] | join("|")' "$show/public/episodes/$episode/chapters.json")" \
        "Trivsel i Meløy|Velkommen|Gode råd"
    without_errors
    # a day later the announcement is gone
    DGL_NOW=2026-12-10T10:00:01Z dgl -C "$show" -q feed
    lacks "$(cat "$show/public/feed.xml")" liveItem
    equals "$(items)" 2
}

@test "consent to the broadcast alone is shouted about, in check and in status" {
    sed -i 's/^    # consent:.*/    consent: {date: 2026-12-01, scopes: [live]}/' "$show/episodes/$episode/episode.yaml"
    contains "$(dgl -C "$show" status)" "consent      missing   Kari Nordmann: recording, podcast"
    run dgl -C "$show" check "$episode"
    status_is 3
    contains "$output" "the consent of Kari Nordmann does not cover the recording and the podcast"
    sed -i 's/scopes: .live./scopes: [live, recording, podcast]/' "$show/episodes/$episode/episode.yaml"
    lacks "$(dgl -C "$show" status)" "consent      missing"
    # where none is written down it is asked for once there is a recording
    sed -i '/^    consent:/d' "$show/episodes/$episode/episode.yaml"
    lacks "$(dgl -C "$show" status)" "consent      missing"
    RELAY_SECONDS=1 dgl -C "$show" -q live "$episode" --from "$BATS_TEST_TMPDIR/film.mp4"
    said status "$episode"
    equals "$(jq -c '.episodes[0] | [.consents_missing, .captions_due.days_left]' "$said")" \
        '[[{"name":"Kari Nordmann","missing":["recording","podcast"]}],14]'
}

@test "live: in episode.yaml is refused with its place where it cannot be" {
    sed -i 's/end: 2026-12-08T12/end: 2026-12-08T10/' "$show/episodes/$episode/episode.yaml"
    run dgl -C "$show" feed
    status_is 3
    contains "$output" "the broadcast ends before it begins"
    contains "$(dgl -C "$show" status)" "the broadcast ends before it begins"
}

@test "the real relay: pending, live while a stream is written, ended" {
    [ -x "$real/dgl-episode-live" ]
    DGL_BUILD=$real
    unset DGL_NOW
    start=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    sed -i "s/^live: .*/live: {start: $start}/" "$show/episodes/$episode/episode.yaml"
    mkdir -p "$show/public/live"
    tone "$BATS_TEST_TMPDIR/live.wav" 12
    source=$BATS_TEST_TMPDIR/live.wav
    sed -i 's/^live:/live:\n  picture: {width: 320, height: 180, rate: 10, bitrate_kbps: 200, speed: ultrafast}/' \
        "$show/episodes/show.yaml"
    dgl -C "$show" -q feed
    says pending
    begin --only nett
    until_true says live
    equals "$(live enclosure/@url)" "https://example.org/detgodeliv/live/live.m3u8"
    code=0
    wait "$running" || code=$?
    running=
    cat "$BATS_TEST_TMPDIR/err"
    equals "$code" 0
    says ended
    [ -s "$show/public/live/live.m3u8" ]
    equals "$(jq .ended "$show/.dgl/live/$episode/state.json")" true
    without_errors
}
