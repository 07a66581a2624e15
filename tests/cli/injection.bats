#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Texts, addresses, file names and links that would like to be more than that. What is in the texts
# and who reads what comes out: injection.py.

load helper

tool=$BATS_TEST_DIRNAME/injection.py

setup_file() {
    for each in sox ffprobe pdftotext; do
        need_tool "$each"
    done
    need_python 'html5lib, lxml, mutagen, icalendar'
    export DGL_NOW=2026-02-12T08:00:00Z
    new_show
    new_episode 2026-02 >/dev/null
    tone "$BATS_FILE_TMPDIR/rec.wav" 8
    cp -a "$show" "$BATS_FILE_TMPDIR/plain"
    "$python" "$tool" write "$show"
    dgl -C "$show" -v publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav" >"$BATS_FILE_TMPDIR/said" 2>&1
    dgl -C "$show" export 2026-02 >>"$BATS_FILE_TMPDIR/said" 2>&1
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    need_python 'html5lib, lxml, mutagen, icalendar'
    server=
}

teardown() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
}

hostile_show() {
    rm -rf --one-file-system "${BATS_TEST_TMPDIR:?}/show"
    copy_show
    folder=$(echo "$show"/episodes/2026-02*)
}

# A show that is as init and new make it, with nothing published.
plain_show() {
    show=$BATS_TEST_TMPDIR/show
    rm -rf --one-file-system "$show"
    cp -a "$BATS_FILE_TMPDIR/plain" "$show"
    folder=$(echo "$show"/episodes/2026-02*)
}

@test "hostile texts reach feeds, pages, tags, calendar, kit and JSON as texts, and do nothing there" {
    "$python" "$tool" check "$BATS_FILE_TMPDIR/show"
}

@test "Chromium runs nothing of what stands in the texts" {
    need_tool chromium
    hostile_show
    page=$(echo "$show"/public/episodes/*/index.html)
    # without the page's policy: what is a script runs now
    for file in "$page" "$show/public/index.html" "$show/public/kalender/index.html"; do
        sed -i 's|<meta http-equiv="Content-Security-Policy"[^>]*>|<script>alert=function(x){document.title="R"+"AN "+x}</script>|' "$file"
        timeout 60 chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=2000 \
            --user-data-dir="$BATS_TEST_TMPDIR/chromium" --dump-dom "file://$file" \
            >"$BATS_TEST_TMPDIR/dom" 2>/dev/null || skip "Chromium does not start here"
        grep -q '</html>' "$BATS_TEST_TMPDIR/dom"
        lacks "$(cat "$BATS_TEST_TMPDIR/dom")" "RAN "
    done
}

# Standard output and standard error of a command, wherever they end up.
heard() { # words of the command line
    dgl "$@" </dev/null >"$BATS_TEST_TMPDIR/heard.$BATS_TEST_NUMBER.$((++count))" 2>&1 || true
}

@test "no text, file name or answer makes the terminal do something" {
    hostile_show
    count=0
    esc=$(printf '\033]0;owned\007\033[2J\302\233 31m\342\200\256')
    tone "$BATS_TEST_TMPDIR/$esc.wav" 2
    ffmpeg -nostdin -v error -i "$BATS_TEST_TMPDIR/$esc.wav" -metadata title="$esc" "$BATS_TEST_TMPDIR/t.mp3"
    sed "s|<title>|<title>$(printf '\302\233\342\200\256')|" "$show/public/feed.xml" >"$BATS_TEST_TMPDIR/feed.xml"
    heard -C "$show" status
    heard -C "$show" -v status
    heard -C "$show" --json status
    heard -C "$show" check
    heard -C "$show" --json check 2026-02
    heard -C "$show" publish 2026-02
    heard -C "$show" publish --dry-run --all
    heard -C "$show" retract 2026-02 --dry-run --reason "$esc"
    heard -C "$show" clean
    heard check "$BATS_TEST_TMPDIR/feed.xml"
    heard measure "$BATS_TEST_TMPDIR/$esc.wav" "$BATS_TEST_TMPDIR/t.mp3" "$BATS_TEST_TMPDIR/no $esc"
    heard --json measure "$BATS_TEST_TMPDIR/$esc.wav"
    heard -C "$show" "$esc"
    heard -C "$show" status "$esc"
    heard -C "$show" publish "$esc"
    heard -C "$show" publish 2026-02 "$BATS_TEST_TMPDIR/$esc.wav"
    heard -C "$show" "--$esc"
    heard -C "$BATS_TEST_TMPDIR/$esc" status
    heard -C "$show" live 2026-02 --from "$esc" --dry-run
    heard -C "$show" deliver
    for line in "title: \"$esc\"" "$esc: 1" 'title: "\x9b31m\u202e"' "license: \"$(printf '\342\200\256')x\"" \
        "month: $(printf '\342\200\256')2026"; do
        grep -vE '^(title|license|month):' "$BATS_FILE_TMPDIR"/show/episodes/2026-02*/episode.yaml >"$folder/episode.yaml"
        printf '%s\n' "$line" >>"$folder/episode.yaml"
        heard -C "$show" publish 2026-02
    done
    [ "$count" -eq 25 ]
    "$python" "$tool" plain "$BATS_FILE_TMPDIR/said" "$BATS_TEST_TMPDIR"/heard.*
}

@test "a terminal gets its colours and nothing else" {
    need_tool script
    hostile_show
    sed -i 's/"date": "2026-02-01", /&"withdrawn": "2026-02-02", /' "$folder/episode.yaml"
    TERM=xterm script -qec "'$DGL_BUILD/dgl-episode' --presets '$root/presets' -C '$show' status" \
        "$BATS_TEST_TMPDIR/typescript" </dev/null >"$BATS_TEST_TMPDIR/screen"
    contains "$(cat "$BATS_TEST_TMPDIR/screen")" "$(printf '\033[1;31mCONSENT WITHDRAWN')"
    "$python" "$tool" plain "$BATS_TEST_TMPDIR/screen"
}

# The line of that file is refused, and nothing of it reaches public/.
refused() { # file, line, message
    plain_show
    sed -i "/^${2%%:*}:/d" "$show/episodes/$1"
    printf "$2\n" >>"$show/episodes/$1"
    run dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
    if ! status_is 3 || ! contains "$output" "episodes/$1:" || ! contains "$output" "$3" || [ -e "$show/public" ]; then
        echo "row: $*"
        return 1
    fi
}

@test "control characters, broken UTF-8, foreign addresses and endless texts are refused by line" {
    ep=2026-02-trivsel/episode.yaml
    while IFS='|' read -r file line message; do
        refused "${file% }" "$(echo "$line" | sed 's/^ //; s/ $//')" "$(echo $message)"
    done <<'END'
2026-02-trivsel/episode.yaml | title: "a\\u009b31m" | a control character in a text
2026-02-trivsel/episode.yaml | title: "a\\e[31m" | a control character in a text
2026-02-trivsel/episode.yaml | title: "a\\u2028b" | a control character in a text
2026-02-trivsel/episode.yaml | title: "a\\uFEFFb" | a control character in a text
2026-02-trivsel/episode.yaml | title: "a\\0b" | a control character in a text
2026-02-trivsel/episode.yaml | title: "a\\r\\nX-Evil: 1" | a control character in a text
2026-02-trivsel/episode.yaml | title: "a\\nb" | several lines
2026-02-trivsel/episode.yaml | title: "\\ud800" | invalid Unicode
2026-02-trivsel/episode.yaml | title: "\377" | not UTF-8
2026-02-trivsel/episode.yaml | title: "\300\257" | not UTF-8
2026-02-trivsel/episode.yaml | guest: [{name: K, url: "javascript:alert(1)"}] | web address
2026-02-trivsel/episode.yaml | guest: [{name: K, url: "https://x\\" onload=y"}] | web address
2026-02-trivsel/episode.yaml | resources: [{kind: link, title: a, url: "data:text/html,x"}] | web address
2026-02-trivsel/episode.yaml | resources: [{kind: link, title: a, url: "JaVaScRiPt://x/%%0aalert(1)"}] | web address
2026-02-trivsel/episode.yaml | comments: "vbscript:x" | web address
2026-02-trivsel/episode.yaml | kit: {links: [{title: a, url: "//evil.example/x"}]} | web address
2026-02-trivsel/episode.yaml | notes: ../../../etc/passwd | leads out of the show
2026-02-trivsel/episode.yaml | cover: /etc/passwd | leads out of the show
2026-02-trivsel/episode.yaml | captions: [{file: "~/x.vtt", made: corrected}] | leads out of the show
show.yaml | funding: {url: "javascript:alert(1)", text: x} | web address
show.yaml | site: "https://example.org/<b>" | web address
show.yaml | directories: {apple: "data:x"} | web address
show.yaml | logo: ../../x.svg | leads out of the show
END
    refused "$ep" "title: $(printf 'x%.0s' {1..300})" "at most 255 fit"
    plain_show
    head -c 1100000 /dev/zero | tr '\0' x | sed 's/^/summary: /' >>"$folder/episode.yaml"
    run dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
    status_is 3
    contains "$output" "episode.yaml: larger than 1024 KiB"
}

@test "a megabyte of notes, all of it markup, is a page" {
    plain_show
    {
        printf '[a](javascript:x)%.0s' {1..2000}
        printf '%.0s[' {1..20000}
        printf '\n\n'
        printf '%.0s> ' {1..20000}
        printf '\n\n'
        head -c 900000 /dev/zero | tr '\0' '*'
    } >"$folder/notes.md"
    run timeout 60 "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
    status_is 0
    not grep -q 'href="javascript' "$show"/public/episodes/*/index.html
}

@test "recordings of every name are taken, or refused before episode.yaml is touched" {
    plain_show
    mkdir "$BATS_TEST_TMPDIR/ut"
    cd "$BATS_TEST_TMPDIR/ut"
    nr=0
    while read -r name; do
        cp "$BATS_FILE_TMPDIR/rec.wav" "./$name"
        cp "$BATS_FILE_TMPDIR"/plain/episodes/2026-02*/episode.yaml "$folder/"
        for _ in once again; do # the second time it is read from episode.yaml
            run dgl -C "$show" publish --until ingest 2026-02 "./$name"
            status_is 0
        done
        nr=$((nr + 1))
    done <<'END'
with blanks and æøå.wav
it's "quoted".wav
-rf.wav
%0a%s%n.wav
$(id)`id`;&|.wav
a:b,c[d]=e#f{g}.wav
CON
.hidden.wav
* ? !.wav
END
    [ "$nr" -eq 9 ]
    for name in $'a\nb.wav' 'a\b.wav' $'a\xff.wav' $'a\x7f.wav' $'a\xc2\x9b.wav'; do
        cp "$BATS_FILE_TMPDIR/rec.wav" "./$name"
        cp "$BATS_FILE_TMPDIR"/plain/episodes/2026-02*/episode.yaml "$folder/"
        run dgl -C "$show" publish --until ingest 2026-02 "./$name"
        status_is 3
        contains "$output" "episode.yaml cannot hold this name"
        contains "$output" "rename the file"
        cmp "$BATS_FILE_TMPDIR"/plain/episodes/2026-02*/episode.yaml "$folder/episode.yaml"
    done
}

@test "folders of every name become plain names below public/" {
    plain_show
    name=$'2026-02 $(id) "x" <script> \'y\' .. %0a\n\e[31m \xe2\x80\xae &;æ'
    mv "$folder" "$show/episodes/$name"
    dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav" >"$BATS_TEST_TMPDIR/said" 2>&1
    "$python" "$tool" plain "$BATS_TEST_TMPDIR/said"
    [ -f "$show/public/feed.xml" ]
    while IFS= read -r -d '' path; do
        [[ ${path#"$show"} =~ ^[a-zA-Z0-9./_-]+$ ]]
    done < <(find "$show/public" -print0)
    xmllint --noout "$show/public/feed.xml" "$show/public/sitemap.xml"
}

@test "links out of the show are not followed, and those in public/ and .dgl/ cost nothing outside" {
    plain_show
    out=$BATS_TEST_TMPDIR/out
    mkdir "$out"
    printf 'root:secret\n' >"$out/passwd"
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:01.000\nsecret\n' >"$out/c.vtt"
    cp "$root/presets/site/example.png" "$out/c.png"
    ln -sf "$out/passwd" "$folder/notes.md"
    run dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
    status_is 3
    contains "$output" "notes.md is a link that leads out of the show"
    lacks "$output" "secret"
    for line in 'captions: [{file: FILE, made: corrected}]' 'cover: FILE' 'notes: FILE' 'intro: FILE'; do
        plain_show
        case $line in cap*) name=c.vtt ;; cov*) name=c.png ;; *) name=passwd ;; esac
        ln -s "$out/$name" "$folder/link"
        sed -i '/^notes:/d' "$folder/episode.yaml"
        echo "${line/FILE/link}" >>"$folder/episode.yaml"
        run dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
        status_is 3
        contains "$output" "link is a link that leads out of the show"
        [ ! -e "$show/public" ]
    done
    hostile_show
    find "$out" -type f -exec sha256sum {} + >"$BATS_TEST_TMPDIR/before"
    page=$(echo "$show"/public/episodes/*/index.html)
    for file in "$show/public/feed.xml" "$page" "$(echo "$show"/public/media/*/*.mp3)"; do
        ln -sf "$out/passwd" "$file"
    done
    rm -rf --one-file-system "$show"/public/kit
    ln -s "$out" "$show/public/extra"
    ln -s "$out" "$show/.dgl/store/2026-02-trivsel/x.tmp-abcdef"
    sed -i 's/^title: "episode/title: "another/' "$folder/episode.yaml"
    dgl -C "$show" -q publish 2026-02
    dgl -C "$show" -q clean
    for file in "$show/public/feed.xml" "$page"; do
        [ -f "$file" ]
        [ ! -L "$file" ]
    done
    contains "$(cat "$page")" "another"
    ln -s "$out/passwd" "$show/public/p.txt"
    ln -s . "$show/public/loop"
    ln -s "$out/passwd" "$folder/extra.txt"
    ln -s "$out" "$show/public/media/2026-02-trivsel/extra"
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:07.000\nHei på deg\n' | tee "$folder/c.nb.vtt" >"$folder/c.en.vtt"
    sed -i 's/c.en.srt/c.en.vtt/; /^waivers:/d' "$folder/episode.yaml"
    echo 'deliver: {check: false, targets: [{name: ut, kind: folder, url: ../ut}]}' >>"$show/episodes/show.yaml"
    mkdir "$BATS_TEST_TMPDIR/ut"
    dgl -C "$show" -q publish 2026-02
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "public/extra is a link and is not delivered"
    [ -s "$BATS_TEST_TMPDIR/ut/feed.xml" ]
    not grep -r root:secret "$BATS_TEST_TMPDIR/ut"
    dgl -C "$show" -q export 2026-02 --without-master
    equals "$(ls "$show"/exports/*.tar | wc -l)" 2
    for file in "$show"/exports/*.tar; do
        tar xOf "$file" >"$BATS_TEST_TMPDIR/packed"
        [ -s "$BATS_TEST_TMPDIR/packed" ]
        not grep -aq root:secret "$BATS_TEST_TMPDIR/packed"
    done
    dgl -C "$show" -q retract 2026-02 --yes --reason x
    [ ! -e "$show/public/media/2026-02-trivsel/extra" ]
    find "$out" -type f -exec sha256sum {} + | cmp - "$BATS_TEST_TMPDIR/before"
}

serve() { # words
    env --default-signal=INT "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" \
        --json serve --port 0 "$@" >"$BATS_TEST_TMPDIR/said" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
    server=$!
    for _ in $(seq 100); do
        port=$(jq -r .port "$BATS_TEST_TMPDIR/said" 2>/dev/null) && [ -n "$port" ] && break
        sleep 0.1
    done
    url=http://127.0.0.1:$port
}

code() { # curl's words
    curl -s -m 20 -o /dev/null -w '%{http_code}' --path-as-is "$@"
}

@test "serve answers this machine alone, by its own name, and tells browsers to run nothing else" {
    need_tool curl
    need_tool ss
    hostile_show
    logo='<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    echo "$logo" >"$show/public/logo.svg"
    mkdir "$show/public/bare"
    echo x >"$show/public/bare/x.txt"
    serve
    equals "$(ss -Hltn "sport = :$port" | awk '{print $4}')" "127.0.0.1:$port"
    for host in evil.example localhost.evil.example 127.0.0.1.evil.example 127.0.0.2 0.0.0.0 "[::]" \
        "user@localhost" "localhost@evil.example" "localhost:80@evil.example" "localhost.:1" " localhost evil" \
        "127.1" "2130706433" "localhost:999999"; do
        equals "$host $(code -H "Host: $host" "$url/")" "$host 403"
    done
    for host in localhost "LOCALHOST:$port" "127.0.0.1:$port" "[::1]"; do
        equals "$host $(code -H "Host: $host" "$url/")" "$host 200"
    done
    for path in / /feed.xml /logo.svg; do
        said=$(curl -sI "$url$path")
        contains "$said" "X-Content-Type-Options: nosniff"
        contains "$said" "Referrer-Policy: no-referrer"
        contains "$said" "Content-Security-Policy: default-src 'self'; style-src 'self' 'unsafe-inline'"
        lacks "$said" "script-src"
    done
    contains "$(curl -sI "$url/none")" "X-Content-Type-Options: nosniff"
    equals "$(code "$url/bare/")" 404
    for method in POST PUT DELETE PATCH OPTIONS TRACE CONNECT PROPFIND; do
        equals "$method $(code -X "$method" "$url/")" "$method 405"
    done
}

@test "serve does not leave public/, and bounds what it is asked" {
    need_tool curl
    hostile_show
    ln -s ../episodes "$show/public/link"
    ln -s ../../episodes/show.yaml "$show/public/om/link.html"
    echo secret >"$show/public/.htpasswd"
    serve
    for path in /../episodes/show.yaml /%2e%2e/episodes/show.yaml /%2E%2e%2Fepisodes/show.yaml \
        /om/%2e%2e/%2e%2e/episodes/show.yaml /om/..%2f..%2fepisodes/show.yaml /om/..%5c..%5cepisodes/show.yaml \
        /om//../../episodes/show.yaml /link/show.yaml /om/link.html /.htpasswd /%2ehtpasswd //etc/passwd \
        /index.html%00.txt /index.html%0d%0aX-Evil:1 /%c0%ae%c0%ae/episodes/show.yaml /./index.html \
        /om/./index.html /index.html/ '/%' '/%zz' /om%2findex.html /%252e%252e/episodes/show.yaml; do
        equals "$path $(code "$url$path")" "$path 404"
    done
    said=$(curl -sI --path-as-is "$url/om%0d%0aX-Evil:%201")
    lacks "$said" "X-Evil"
    contains "$(curl -sI "$url/om")" "Location: /om/"
    long=$(printf 'x%.0s' {1..60000})
    case $(code -H "X-Long: $long" "$url/") in 4?? | 000) ;; *) false ;; esac
    case $(code "$url/$long") in 4??) ;; *) false ;; esac
    equals "$(head -c 50000000 /dev/zero | code -X POST --data-binary @- "$url/")" 405
    # many that are slow do not keep out one that is not
    "$python" - "$port" <<'END'
import socket, sys, urllib.request
slow = []
for _ in range(100):
    s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
    s.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
    slow.append(s)
for head in (b'\x16\x03\x01\x02\x00', b'GET\r\n\r\n', b'GET / HTTP/9.9\r\n\r\n', b'\x00' * 5000, b'GET / HTTP/1.1\r\nA\r\n\r\n'):
    s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
    s.settimeout(5)
    s.sendall(head)
    try:
        assert not s.recv(100).startswith(b'HTTP/1.1 200')
    except (TimeoutError, ConnectionError):
        pass
assert urllib.request.urlopen(f'http://127.0.0.1:{sys.argv[1]}/', timeout=5).status == 200
END
    kill -0 "$server"
}

@test "systemd's unit holds a show of any name, and no line but ours" {
    need_tool systemd-analyze
    plain_show
    odd="$BATS_TEST_TMPDIR/my show 100% \"x\" \$HOME 'y'; z"
    mv "$show" "$odd"
    mv "$odd"/episodes/2026-02* "$odd/episodes/2026-02 50% æ"
    cat >>"$odd/episodes/show.yaml" <<END
live: {endpoints: [{name: ut, kind: file, url: "file:ut.ts"}]}
END
    run dgl -C "$odd" live 2026-02 --from "srt://127.0.0.1:9000?x=%h\$HOME" --unit
    if [ "$status" -ne 0 ]; then # what a file is written to has other rules; any endpoint will do
        sed -i 's|^live:.*|live: {endpoints: [{name: ut, kind: rtmp, url: "rtmp://127.0.0.1:1/x"}]}|' "$odd/episodes/show.yaml"
        run dgl -C "$odd" live 2026-02 --from "srt://127.0.0.1:9000?x=%h\$HOME" --unit
    fi
    status_is 0
    contains "$output" "WorkingDirectory=$BATS_TEST_TMPDIR/my show 100%% \"x\" \$HOME 'y'; z"
    contains "$output" "-C \"$BATS_TEST_TMPDIR/my show 100%% \\\"x\\\" \$\$HOME 'y'; z\" live \"2026-02 50%% æ\""
    contains "$output" "ReadWritePaths=\"$BATS_TEST_TMPDIR/my show 100%% \\\"x\\\" \$HOME 'y'; z\""
    printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/dgl.service"
    equals "$(systemd-analyze verify "$BATS_TEST_TMPDIR/dgl.service" 2>&1)" ""
    mv "$odd"/episodes/2026-02* "$odd/episodes/2026-02"$'\nExecStartPre=false'
    run dgl -C "$odd" live 2026-02 --from "srt://127.0.0.1:9000" --unit
    status_is 3
    contains "$output" "line break"
}

@test "what is withdrawn leaves no word in the servers' files" {
    hostile_show
    dgl -C "$show" -q retract 2026-02 --yes --reason "$(printf 'x"; } evil')" --by "a; b {"
    for file in "$show/reports/nginx-410.conf" "$show"/public/*/2026-02-trivsel/.htaccess \
        "$show"/public/episodes/2026-02-trivsel/index.html; do
        [ -s "$file" ]
        for word in "episode ]]" "about ]]" "guest ]]" "x\"; }" "a; b"; do
            lacks "$(cat "$file")" "$word"
        done
    done
}
