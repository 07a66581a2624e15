#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# check URL: nginx on loopback serves a feed as it should be, then with one fault each.

load helper
load servers
load relay

setup_file() {
    need_tool sox
    need_tool jq
    need_tool nginx
    export DGL_NOW=2026-02-12T08:00:00Z web_port
    web_port=$(free_port)
    tone "$BATS_FILE_TMPDIR/rec.wav" 3
    new_show --site "http://127.0.0.1:$web_port/"
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    episode=$(new_episode 2026-02 --guest "Kari Nordmann" --municipality Meløy)
    cat >>"$show/episodes/$episode/episode.yaml" <<END
summary: Om trivsel.
captions: [{file: captions.vtt, made: corrected}]
END
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nHei.\n' >"$show/episodes/$episode/captions.vtt"
    dgl -C "$show" -q publish "$episode" "$BATS_FILE_TMPDIR/rec.wav"
}

setup() {
    servers_setup
    copy_show
    public=$show/public web=$BATS_TEST_TMPDIR/web
    feed=$public/feed.xml
    mkdir "$web"
    cp "$feed" "$BATS_TEST_TMPDIR/good.xml"
}

teardown() {
    servers_clear
}

# nginx with what is said of some paths; a fault takes the place of the usual words for its path.
serve_web() { # lines inside server { }
    cat >"$web/nginx.conf" <<END
$([ "$(id -u)" -ne 0 ] || echo 'user root;')
daemon off;
master_process off;
pid $web/nginx.pid;
error_log $web/error.log warn;
events { worker_connections 200; }
http {
    log_format web '"\$request" \$status \$sent_http_content_encoding';
    access_log $web/access.log web;
    client_body_temp_path $web/t1; proxy_temp_path $web/t2; fastcgi_temp_path $web/t3;
    uwsgi_temp_path $web/t4; scgi_temp_path $web/t5;
    gzip on;
    gzip_types application/rss+xml;
    types {
        application/rss+xml xml; audio/mpeg mp3; image/png png; image/jpeg jpg;
        text/vtt vtt; application/x-subrip srt; application/json+chapters json; text/html html;
    }
    server {
        listen 127.0.0.1:$web_port;
        root $public;
        $1
        location ~ [.](vtt|srt|json|html)\$ { add_header Access-Control-Allow-Origin *; }
    }
}
END
    [ -z "${web_server:-}" ] || { kill -9 "$web_server"; wait "$web_server" 2>/dev/null || true; }
    nginx -p "$web" -c "$web/nginx.conf" >"$web/out" 2>&1 3>&- &
    web_server=$!
    server_started "$web_server" "$web_port"
}

look() { # words of check: $found has "severity rule" of each finding, $code the exit code
    code=0
    dgl --json check "$@" >"$BATS_TEST_TMPDIR/said" || code=$?
    jq -e '.findings | all(.[]; (.where | length > 0) and (.message | length > 0))' "$BATS_TEST_TMPDIR/said" >/dev/null
    found=$(jq -r '[.findings[] | "\(.severity) \(.rule)"] | unique[]' "$BATS_TEST_TMPDIR/said")
}

address() {
    echo "http://127.0.0.1:$web_port/feed.xml"
}

@test "nothing is found in our own feed, by nginx and by serve" {
    serve_web
    look "$(address)"
    equals "$code $found" "0 "
    run dgl check "$(address)"
    status_is 0
    equals "$output" "nothing to complain about"
    # The feed came packed, and the second time not at all.
    grep -q '"GET /feed.xml HTTP/1.1" 200 gzip' "$web/access.log"
    grep -q '"GET /feed.xml HTTP/1.1" 304' "$web/access.log"
    kill -9 "$web_server"
    wait "$web_server" 2>/dev/null || true
    "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" serve --port "$web_port" >"$BATS_TEST_TMPDIR/serve" 2>&1 3>&- &
    server_started $! "$web_port"
    look "$(address)"
    equals "$code $found" "0 "
}

@test "each fault of a server is found by its rule, and nothing else is" {
    mp3=$(basename "$public"/media/*/*.mp3) media=$(dirname "$public"/media/*/*.mp3)
    while IFS='|' read -r wanted severity rule lines; do
        serve_web "${lines//MEDIA/$media}"
        look "$(address)"
        equals "$lines: $code $found" "$lines: $wanted $severity $rule"
    done <<'EOF'
3|error|Apple hosting, byte ranges|location ~ mp3$ { max_ranges 0; }
3|error|Apple hosting, HEAD|location ~ mp3$ { if ($request_method = HEAD) { return 405; } }
3|error|RFC 9110 8.3, Content-Type|location ~ mp3$ { types { } default_type application/octet-stream; }
3|error|PSP-1 item/enclosure|location ~ mp3$ { types { } default_type text/html; return 200 "<!doctype html><p>Hei"; }
3|error|PSP-1 item/enclosure|location ~ mp3$ { return 404; }
3|error|PSP-1 item/enclosure|location ~ mp3$ { return 401; }
3|error|PSP-1 item/podcast:transcript|location ~ vtt$ { return 404; }
3|error|Apple item/enclosure, redirects|location ~ /media/(?<file>.*mp3)$ { return 302 /get/$file?; } location ~ ^/get/ { types { } default_type audio/mpeg; rewrite ^/get/(.*)mp3$ /get/$1 redirect; rewrite ^/get/(.*)[.]$ /media/$1.mp3 break; }
3|error|RFC 9110 15.4, redirects|location ~ mp3$ { return 302 $uri; }
0|warning|RFC 9110 15.4, redirects|location ~ mp3$ { rewrite ^/media/(.*) /a/$1 redirect; rewrite ^/a/(.*) /b/$1 redirect; rewrite ^/b/(.*) /c/$1 redirect; rewrite ^/c/(.*) /d/$1 redirect; rewrite ^/d/(.*) /media/$1 break; }
0|warning|Fetch, Access-Control-Allow-Origin|location ~ vtt$ { }
0|warning|Apple artwork, Last-Modified|location ~ png$ { etag off; add_header Last-Modified ""; }
0|warning|RFC 9110 8.3, Content-Type|location ~ vtt$ { types { } default_type application/octet-stream; add_header Access-Control-Allow-Origin *; }
0|warning|RFC 9110 8.3, Content-Type|location ~ xml$ { types { } default_type text/plain; }
0|warning|RFC 9110 13, conditional GET|location ~ xml$ { etag off; if_modified_since off; }
0|warning|RFC 9110 13, conditional GET|location ~ xml$ { etag off; add_header Last-Modified ""; }
3|error|RFC 9110 15, status|location ~ xml$ { return 403; }
EOF
}

@test "a redirect that keeps extension and ranges is fine" {
    serve_web 'location ~ ^/media/(?<file>.*mp3)$ { return 302 /files/$file; } location ~ ^/files/ { rewrite ^/files/(.*) /media/$1 break; }'
    look "$(address)"
    equals "$code $found" "0 "
}

@test "each fault no usual server has is found by its rule, and nothing else is" {
    serve_web
    coproc rude { python3 "$root/tests/live/rude.py" "$public" 3>&-; }
    read -r port <&"${rude[0]}"
    started+=("$rude_PID")
    while IFS='|' read -r fault wanted severity rule; do
        sed "s,<enclosure url=\"http://127.0.0.1:$web_port/,<enclosure url=\"http://127.0.0.1:$port/$fault/," \
            "$BATS_TEST_TMPDIR/good.xml" >"$feed"
        look "$(address)" --timeout 2
        equals "$fault: $code $found" "$fault: $wanted ${severity:+$severity $rule}"
    done <<'EOF'
fine|0||
silent|4|error|Apple hosting, reachable
cut|4|error|Apple hosting, reachable
nolength|3|error|Apple hosting, HEAD
notype|3|error|RFC 9110 8.3, Content-Type
parttype|3|error|RFC 9110 15.3.7, Content-Type of a part
norange|3|error|RFC 9110 14.4, Content-Range
total|3|error|RFC 9110 14.4, Content-Range
longer|3|error|RFC 9110 14.4, Content-Range
suffix|0|warning|RFC 9110 14.1.2, suffix ranges
behind|0|warning|RFC 9110 15.5.17, ranges behind the end
EOF
}

@test "a certificate nobody vouches for, and a feed that is not where it says" {
    serve_web
    stunnel_start stranger "$web_port"
    sed "s,<enclosure url=\"http://127.0.0.1:$web_port/,<enclosure url=\"https://127.0.0.1:$tls_port/," \
        "$BATS_TEST_TMPDIR/good.xml" >"$feed"
    look "$(address)"
    equals "$code $found" "3 error RFC 9110 4.3.4, certificate"
    cp "$BATS_TEST_TMPDIR/good.xml" "$feed"
    look "http://localhost:$web_port/feed.xml"
    equals "$code $found" "0 warning PSP-1 channel/atom:link"
    serve_web 'location = /old.xml { return 301 /feed.xml; }'
    look "http://127.0.0.1:$web_port/old.xml"
    equals "$code $found" "0 warning RFC 9110 15.4, redirects"
    contains "$(jq -r '.findings[].message' "$BATS_TEST_TMPDIR/said")" "has moved to $(address)"
}

@test "a length that is not the file's" {
    serve_web
    sed -E 's/(<enclosure.*) length="[0-9]+"/\1 length="12"/' "$BATS_TEST_TMPDIR/good.xml" >"$feed"
    look "$(address)"
    equals "$code $found" "3 error RSS item/enclosure, length"
    contains "$(jq -r '.findings[].message' "$BATS_TEST_TMPDIR/said")" "the feed says 12 bytes"
}

@test "artwork that directories refuse" {
    need_tool ffmpeg
    serve_web
    while IFS='|' read -r file side format words; do
        ffmpeg -nostdin -v error -y -f lavfi -i "color=size=$side" -frames:v 1 ${format:+-pix_fmt $format} \
            -update 1 "$public/made.${file#*.}"
        [ "$file" != other.png ] || ffmpeg -nostdin -v error -y -i "$public/made.png" -f mjpeg "$public/made.jpg"
        [ "$file" != other.png ] || mv "$public/made.jpg" "$public/made.png"
        mv "$public/made.${file#*.}" "$public/$file"
        sed -E "s,(<itunes:image href=\")[^\"]*,\1http://127.0.0.1:$web_port/$file," "$BATS_TEST_TMPDIR/good.xml" >"$feed"
        look "$(address)"
        equals "$file: $code $found" "$file: 3 error Apple artwork"
        contains "$(jq -r '.findings[].message' "$BATS_TEST_TMPDIR/said")" "$words"
    done <<'EOF'
small.png|1000x1000||1000 x 1000 pixels, that is too small
wide.png|1600x1400||it must be square
clear.png|1400x1400|rgba|transparency
large.jpg|3200x3200||too large
other.png|1500x1500||another name
EOF
}

@test "nobody there: 4, and nothing is left behind" {
    look "$(address)"
    equals "$code $found" "4 error Apple hosting, reachable"
    run dgl check "$(address)" --timeout nothing
    status_is 2
    contains "$output" "--timeout needs seconds"
    serve_web
    echo '<rss><channel>' >"$feed"
    mkdir "$BATS_TEST_TMPDIR/tmp"
    TMPDIR=$BATS_TEST_TMPDIR/tmp look "$(address)"
    equals "$code $found" "3 error XML"
    equals "$(ls "$BATS_TEST_TMPDIR/tmp")" ""
}

@test "of a long feed the newest twenty entries are looked at, and some of the others" {
    python3 - "$BATS_TEST_TMPDIR/good.xml" "$feed" <<'END'
import datetime, email.utils, re, sys
text = open(sys.argv[1]).read()
a, b = text.index("<item>"), text.index("</item>") + len("</item>")
item, items = text[a:b], []
newest = email.utils.parsedate_to_datetime("Thu, 12 Feb 2026 08:00:00 +0000")
for i in range(100):
    one = re.sub(r"(<enclosure url=\"[^\"]*)", rf"\1?n={i}", item)
    one = re.sub(r"(<guid[^>]*>)[^<]*", rf"\g<1>guid-{i}", one)
    date = email.utils.format_datetime(newest - datetime.timedelta(days=i))
    items.append(re.sub(r"<pubDate>[^<]*", f"<pubDate>{date}", one))
open(sys.argv[2], "w").write(text[:a] + "".join(reversed(items)) + text[b:])
END
    serve_web
    look "$(address)"
    equals "$code $found" "0 "
    grep -o 'HEAD /media/[^ ]*' "$web/access.log" | sed 's/.*n=//' | sort -nu >"$BATS_TEST_TMPDIR/asked"
    equals "$(head -20 "$BATS_TEST_TMPDIR/asked" | tr '\n' ' ')" "$(seq 0 19 | tr '\n' ' ')"
    equals "$(wc -l <"$BATS_TEST_TMPDIR/asked")" 40
}
