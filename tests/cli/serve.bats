#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup() {
    need_tool curl
    new_show
    mkdir -p "$show/public/media" "$show/public/side"
    printf '<rss><link>https://example.org/detgodeliv/</link></rss>' >"$show/public/feed.xml"
    printf '<p>forsiden <a href="https://example.org/detgodeliv/feed.xml">feed</a>' >"$show/public/index.html"
    printf '<p>en side' >"$show/public/side/index.html"
    head -c 3000 /dev/zero | tr '\0' 'x' >"$show/public/media/a.mp3"
    server=
}

teardown() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
}

# Starts the program itself, not through a function: $! must be its process. A shell starts
# background jobs with SIGINT ignored; env gives it back.
serve_in_background() {
    env --default-signal=INT "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" \
        --json serve --port 0 "$@" >"$BATS_TEST_TMPDIR/said" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
    server=$!
}

# Sets url, server and port; words are options of serve.
serve() {
    serve_in_background "$@"
    for _ in $(seq 100); do
        port=$(jq -r .port "$BATS_TEST_TMPDIR/said" 2>/dev/null) && [ -n "$port" ] && break
        sleep 0.1
    done
    url=http://127.0.0.1:$port
}

code() { # curl's words
    curl -s -o /dev/null -w '%{http_code}' --path-as-is "$@"
}

@test "serve puts its own address into feeds and pages, and the lengths fit" {
    serve
    equals "$(curl -s "$url/feed.xml")" "<rss><link>$url/</link></rss>"
    contains "$(curl -s "$url/")" "href=\"$url/feed.xml\""
    length=$(curl -sI "$url/feed.xml" | tr -d '\r' | sed -n 's/^Content-Length: //p')
    equals "$length" "$(curl -s "$url/feed.xml" | wc -c)"
}

@test "serve --as-is leaves addresses alone" {
    serve --as-is
    equals "$(curl -s "$url/feed.xml")" "$(cat "$show/public/feed.xml")"
}

@test "serve answers ranges, and knows what the client has" {
    serve
    equals "$(code "$url/media/a.mp3")" 200
    equals "$(code -r 0-9 "$url/media/a.mp3")" 206
    equals "$(curl -s -r 2990- "$url/media/a.mp3" | wc -c)" 10
    equals "$(code -H 'Range: bytes=3000-' "$url/media/a.mp3")" 416
    tag=$(curl -sI "$url/media/a.mp3" | tr -d '\r' | sed -n 's/^ETag: //p')
    equals "$(code -H "If-None-Match: $tag" "$url/media/a.mp3")" 304
    equals "$(code "$url/side")" 301
    equals "$(code -L "$url/side")" 200
}

@test "serve shows nothing outside public/" {
    ln -s ../episodes/show.yaml "$show/public/link.yaml"
    serve
    for path in /../episodes/show.yaml /%2e%2e/episodes/show.yaml /..%2fepisodes/show.yaml \
        /link.yaml //etc/passwd /side/../../episodes/show.yaml; do
        equals "$path $(code "$url$path")" "$path 404"
    done
    equals "$(code -H 'Host: evil.example' "$url/")" 403
}

@test "serve sees what is published while it runs" {
    serve
    equals "$(code "$url/new.html")" 404
    printf 'new' >"$show/public/new.html"
    equals "$(curl -s "$url/new.html")" new
}

@test "serve ends cleanly on SIGINT and SIGTERM" {
    for signal in INT TERM; do
        serve
        kill -s "$signal" "$server"
        ended=0
        wait "$server" || ended=$?
        equals "$signal: $ended" "$signal: 0"
        equals "$(cat "$BATS_TEST_TMPDIR/errors")" ""
        server=
    done
}

@test "serve says which port is taken" {
    serve
    run dgl -C "$show" serve --port "$port"
    status_is 1
    contains "$output" "port $port is in use"
}

@test "serve without anything published says what to do first" {
    rm -r "$show/public"
    run dgl -C "$show" serve
    status_is 3
    contains "$output" "dgl-episode publish"
}

@test "what the feed says of its audio is what the server sends" {
    [ -x "$DGL_BUILD/dgl-episode-worker" ] || skip "no worker"
    need_tool sox
    rm -r "$show/public"
    episode=$(new_episode 2026-02 --guest "Kari Nordmann" --municipality Meløy)
    tone "$BATS_TEST_TMPDIR/rec.wav" 8
    run dgl -C "$show" publish "$episode" "$BATS_TEST_TMPDIR/rec.wav"
    status_is 0
    serve
    feed=$(curl -s "$url/feed.xml")
    enclosure=$(printf '%s' "$feed" | grep -o '<enclosure [^>]*>' | head -n 1)
    address=$(printf '%s' "$enclosure" | sed 's/.* url="\([^"]*\)".*/\1/')
    contains "$address" "$url/media/"
    headers=$(curl -sI "$address" | tr -d '\r')
    contains "$headers" "HTTP/1.1 200"
    contains "$enclosure" "type=\"$(printf '%s\n' "$headers" | sed -n 's/^Content-Type: //p')\""
    contains "$enclosure" "length=\"$(printf '%s\n' "$headers" | sed -n 's/^Content-Length: //p')\""
}
