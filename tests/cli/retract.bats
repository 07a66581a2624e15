#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Taking an episode down: what goes, what stays, what servers answer, and what is said of people who
# took their consent back.

load helper

site_url=https://example.org/detgodeliv

# Two episodes of one theme, and one of another; the first of them is the one that goes. The guest's
# name and the title stand nowhere else.
setup_file() {
    need_tool sox
    need_tool jq
    need_tool curl
    need_tool xmllint
    export DGL_NOW=2026-07-20T08:00:00Z
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    printf 'kit: true\nfeed_entries: 1\n' >>"$show/episodes/show.yaml"
    tone "$BATS_FILE_TMPDIR/first.wav" 12
    tone "$BATS_FILE_TMPDIR/second.wav" 9
    tone "$BATS_FILE_TMPDIR/third.wav" 7
    gone=$(new_episode 2026-02 --title "Kveldstanker" --guest "Ola Kvitfjell" --municipality Meløy)
    cat >>"$show/episodes/$gone/episode.yaml" <<'END'
published: 2026-02-12T09:00:00+01:00
summary: Kveldstanker med Kvitfjell.
captions: [{file: captions.nb.vtt, language: nb, made: corrected}]
chapters: [{at: "00:00:00", title: Velkommen}, {at: "00:00:05", title: Kvitfjell forteller}]
clip: [{from: "00:00:02", to: "00:00:03.5", title: Kveldstanker i kortform}]
resources: [{kind: need, title: Kvitfjells kaffe, municipality: Meløy}]
live: {start: 2026-02-10T10:00:00+01:00}
END
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:03.000\n<v Ola Kvitfjell>Kvitfjell tenker om kvelden.\n' \
        >"$show/episodes/$gone/captions.nb.vtt"
    second=$(new_episode 2026-07 --title "Sommer" --guest "Per Hansen" --municipality Bodø)
    echo 'published: 2026-07-02T09:00:00+02:00' >>"$show/episodes/$second/episode.yaml"
    third=$(new_episode 2026-03 --title "Fjære" --guest "Eva Lund" --municipality Bodø)
    echo 'published: 2026-03-12T09:00:00+01:00' >>"$show/episodes/$third/episode.yaml"
    dgl -C "$show" -q publish "$gone" "$BATS_FILE_TMPDIR/first.wav"
    dgl -C "$show" -q publish "$second" "$BATS_FILE_TMPDIR/second.wav"
    dgl -C "$show" -q publish "$third" "$BATS_FILE_TMPDIR/third.wav"
}

setup() {
    export DGL_NOW=2026-07-20T08:00:00Z
    gone=2026-02-trivsel second=2026-07-trivsel third=2026-03-miljo
    copy_show
    public=$show/public
    record=$show/episodes/$gone/published.json
    running= server= web= dir=
    body=$BATS_TEST_TMPDIR/body
}

teardown() {
    local pid
    for pid in $running $server $web; do
        kill -KILL "$pid" 2>/dev/null || true
    done
    [ -z "$dir" ] || rm -r "$dir"
}

retract() { # options
    run dgl -C "$show" retract "$gone" "$@"
}

down() {
    retract --reason "ville ikke mer" --by "Kari Nordmann" --yes
    status_is 0
}

state() {
    (cd "$show" && find . -type f ! -path './.dgl/lock' -exec sha256sum {} + | sort -k2)
}

# What a listener may fetch at this moment is there, and is a feed.
public_is_whole() {
    local feed url length
    for feed in "$public"/feed*.xml "$public"/feeds/*.xml; do
        xmllint --noout --relaxng "$root/tests/feed.rng" "$feed" 2>"$BATS_TEST_TMPDIR/rng" ||
            { cat "$BATS_TEST_TMPDIR/rng"; return 1; }
        { xmllint --xpath '//enclosure/@url | //enclosure/@length' "$feed" 2>/dev/null || true; } |
            sed 's/^ *//; s/"$//' | paste -d' ' - - >"$BATS_TEST_TMPDIR/enclosures"
        while read -r url length; do
            url=${url#*\"} url=${url%\"} length=${length#*\"}
            equals "$url $(stat -c %s "$public/${url#"$site_url/"}")" "$url $length"
        done <"$BATS_TEST_TMPDIR/enclosures"
    done
    equals "$(grep -L '</html>' "$public/index.html" "$public"/episodes/*/index.html)" ""
}

# No file below public/ tells of the episode or its guest, packed or drawn ones neither.
nothing_tells_of_it() {
    local file words='kvitfjell|kveldstanker|ola kvi'
    equals "$(grep -rlaiE "$words" "$public" || true)" ""
    for file in $(find "$public" -name '*.pdf'); do
        lacks "$(pdftotext "$file" - 2>/dev/null | tr 'A-ZØÆÅ' 'a-zøæå')" kvitfjell
    done
    for file in $(find "$public" -name '*.zip'); do
        lacks "$(unzip -l "$file")" "$gone"
        lacks "$(unzip -p "$file" | tr 'A-Z' 'a-z' | tr -d '\0')" kvitfjell
    done
    equals "$(find "$public/media/$gone" "$public/kit/$gone" "$public/episodes/$gone" -type f | sed "s|$public/||" | sort | xargs)" \
        "episodes/$gone/.htaccess episodes/$gone/index.html kit/$gone/.htaccess media/$gone/.htaccess"
    [ ! -e "$show/.dgl/store/$gone" ]
    equals "$(grep -rlaiE "$words" "$show/.dgl" || true)" ""
    equals "$(grep -rl "episodes/$gone" "$public" --include='*.xml' --include='*.ics' --include='*.json' || true)" ""
}

serve() { # options
    env --default-signal=INT "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" \
        --json serve --port 0 "$@" >"$BATS_TEST_TMPDIR/served" 2>/dev/null 3>&- &
    server=$!
    for _ in $(seq 100); do
        port=$(jq -r .port "$BATS_TEST_TMPDIR/served" 2>/dev/null) && [ -n "$port" ] && break
        sleep 0.1
    done
    url=http://127.0.0.1:$port
}

answer() { # address, options of curl: "410 text/html"; the body is left in $body
    curl -s -o "$body" -w '%{http_code} %{content_type}' --path-as-is "$@"
}

# Every address of it, at a server that was told; another episode is served as before.
answers_gone() { # root of the addresses
    local address media other
    media=$(jq -r '.files[0].path' "$record")
    for address in "episodes/$gone/" "episodes/$gone/index.html" "episodes/$gone/nb.vtt" "episodes/$gone/embed/index.html"; do
        contains "$address $(answer "$1$address")" "$address 410 text/html"
        contains "$(cat "$body")" "Episoden er trukket tilbake"
    done
    for address in "$media" "media/$gone/nonsense.mp3" "kit/$gone/" "kit/$gone/index.html"; do
        contains "$address $(answer "$1$address")" "$address 410"
    done
    contains "$(answer -I "$1episodes/$gone/")" "410 text/html"
    contains "$(answer -I "$1$media")" "410"
    contains "$(answer -r 0-9 "$1$media")" "410"
    other=$(jq -r '.files[0].path' "$show/episodes/$third/published.json")
    contains "$(answer "$1$other")" "200 audio/mpeg"
    contains "$(answer "$1episodes/$third/")" "200 text/html"
    contains "$(answer "$1episodes/nothing/")" 404
}

@test "it is out of feeds, pages, kits, search, sitemap and calendar, and its files are gone" {
    need_tool pdftotext
    need_tool unzip
    grep -rqi kvitfjell "$public"
    contains "$(pdftotext "$public/kit/tema-trivsel.pdf" -)" "Kveldstanker"
    others=$(cd "$public" && sha256sum {media,kit,episodes}/{"$second","$third"}/*.* 2>/dev/null)
    events=$(grep -c BEGIN:VEVENT "$public/calendar.ics")
    down
    nothing_tells_of_it
    public_is_whole
    equals "$(cd "$public" && sha256sum {media,kit,episodes}/{"$second","$third"}/*.* 2>/dev/null)" "$others"
    contains "$(pdftotext "$public/kit/tema-trivsel.pdf" -)" "Sommer"
    equals "$(grep -c BEGIN:VEVENT "$public/calendar.ics")" $((events - 1))
    run dgl -C "$show" check "$public/feed.xml"
    lacks "$output" error
    xmllint --noout "$public/sitemap.xml"
    lacks "$(cat "$public/sitemap.xml")" "$gone"
}

@test "the record of it is kept, with who, when and why, and is not public" {
    guid=$(jq -r .guid "$record")
    media=$(jq -r '.files[0].path, .clips[].path, .kit[].path' "$record" | sort)
    down
    contains "$output" "originals/"
    contains "$output" "$BATS_FILE_TMPDIR/first.wav (your own file)"
    contains "$output" "git's history"
    equals "$(jq -r '.guid, .state, .retracted.at, .retracted.by, .retracted.reason' "$record" | xargs -d'\n')" \
        "$guid retracted 2026-07-20T08:00:00Z Kari Nordmann ville ikke mer"
    jq -e .retracted.finished "$record"
    for each in $media "episodes/$gone/nb.vtt" "episodes/$gone/index.html"; do
        jq -e --arg f "$each" '.retracted.files | index($f)' "$record" >/dev/null || { echo "no $each"; return 1; }
    done
    equals "$(grep -rl 'ville ikke mer' "$show" --exclude-dir=.git)" "$record"
    [ -f "$show/reports/$gone/report.html" ]
    run dgl -C "$show" status
    contains "$output" "$gone          retracted  Kveldstanker"
    contains "$output" "since        2026-07-20, by Kari Nordmann: ville ikke mer"
    lacks "$output" "never made"
    equals "$(dgl -C "$show" --json status | jq -r '.episodes[0].retracted | .at, .finished' | xargs)" "2026-07-20T08:00:00Z true"
    dgl -C "$show" -q clean
    dgl -C "$show" -q publish --all
    nothing_tells_of_it
}

@test "the tombstone says neither title nor names nor why, in the languages of show and episode" {
    sed -i '1a language: nn' "$show/episodes/$gone/episode.yaml"
    down
    page=$public/episodes/$gone/index.html
    contains "$(cat "$page")" '<html lang="nb">'
    contains "$(cat "$page")" '<meta name="robots" content="noindex">'
    contains "$(cat "$page")" '<time datetime="2026-02">februar 2026</time>'
    contains "$(cat "$page")" '<section lang="nn"><h2>Episoden er trekt tilbake</h2>'
    contains "$(cat "$page")" "href=\"$site_url/index.html\""
    lacks "$(cat "$page")" canonical
    lacks "$(cat "$page")" "ville ikke mer"
}

@test "serve answers 410 with that page, and for what was media and kit" {
    serve
    contains "$(answer "$url/episodes/$gone/")" 200
    down
    answers_gone "$url/"
    contains "$(answer "$url/media/$gone/.htaccess")" 4
    lacks "$(cat "$body")" RewriteRule
}

@test "Apache answers 410 where it may read what lies in the folders" {
    need_tool apache2
    down
    [ "$(id -u)" -ne 0 ] || user='User www-data'
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    dir=$(mktemp -d)
    mkdir "$dir/www"
    cp -r "$public" "$dir/www/detgodeliv"
    chmod -R a+rX "$dir"
    modules=/usr/lib/apache2/modules
    cat >"$dir/conf" <<END
ServerRoot $dir
PidFile $dir/pid
Listen 127.0.0.1:$port
ServerName localhost
ErrorLog $dir/error
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule alias_module $modules/mod_alias.so
LoadModule dir_module $modules/mod_dir.so
LoadModule mime_module $modules/mod_mime.so
TypesConfig /etc/mime.types
DocumentRoot $dir/www
${user:-}
<Directory $dir/www>
AllowOverride FileInfo
Require all granted
</Directory>
<FilesMatch "^\.ht">
Require all denied
</FilesMatch>
END
    apache2 -f "$dir/conf" -X 2>/dev/null 3>&- &
    web=$!
    for _ in $(seq 50); do
        curl -s -o /dev/null "http://127.0.0.1:$port/" && break
        sleep 0.1
    done
    answers_gone "http://127.0.0.1:$port/detgodeliv/"
    contains "$(answer "http://127.0.0.1:$port/detgodeliv/media/$gone/.htaccess")" 403
}

@test "nginx answers 410 with what stands in reports/nginx-410.conf" {
    need_tool nginx
    down
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    dir=$(mktemp -d)
    mkdir "$dir/www" "$dir/logs"
    cp -r "$public" "$dir/www/detgodeliv"
    cp "$show/reports/nginx-410.conf" "$dir/"
    chmod -R a+rX "$dir"
    cat >"$dir/nginx.conf" <<END
$([ "$(id -u)" -ne 0 ] || echo 'user www-data;')
daemon off;
master_process off;
pid $dir/pid;
error_log $dir/error.log;
events { }
http {
    include /etc/nginx/mime.types;
    access_log off;
    server {
        listen 127.0.0.1:$port;
        root $dir/www;
        include $dir/nginx-410.conf;
    }
}
END
    nginx -p "$dir" -c "$dir/nginx.conf" 2>"$dir/err" 3>&- &
    web=$!
    for _ in $(seq 50); do
        curl -s -o /dev/null "http://127.0.0.1:$port/" && break
        sleep 0.1
    done
    answers_gone "http://127.0.0.1:$port/detgodeliv/"
}

@test "without a reason, without an answer, or never published: nothing is changed" {
    before=$(state)
    retract --yes
    status_is 2
    contains "$output" "--reason"
    retract --reason "derfor" </dev/null
    status_is 2
    contains "$output" "--yes"
    dgl -C "$show" new 2026-04 >/dev/null
    run dgl -C "$show" retract 2026-04 --reason derfor --yes
    status_is 3
    contains "$output" "never published"
    rm -r "$show"/episodes/2026-04*
    retract --undo
    status_is 3
    retract --dry-run
    status_is 0
    contains "$output" "would retract $gone: Kveldstanker"
    contains "$output" "files of public/"
    equals "$(state)" "$before"
}

@test "on a terminal it asks, and takes no for no" {
    need_tool script
    before=$(state)
    ask="$DGL_BUILD/dgl-episode --presets $root/presets -C $show retract $gone --reason derfor"
    run script -qec "$ask" /dev/null <<<"no"
    status_is 3
    contains "$output" "retract $gone: Kveldstanker"
    contains "$output" "nothing was changed"
    equals "$(state)" "$before"
    run script -qec "$ask" /dev/null <<<"yes"
    status_is 0
    nothing_tells_of_it
}

@test "a second time it says so, and is no error" {
    down
    before=$(state)
    retract
    status_is 0
    contains "$output" "retracted already, since 2026-07-20"
    equals "$(state)" "$before"
    DGL_NOW=2026-08-01T08:00:00Z retract --reason "noe annet" --by "En annen"
    status_is 0
    equals "$(jq -r .retracted.reason "$record")" "ville ikke mer"
}

@test "publish refuses it until --undo, then it comes back as the same entry" {
    guid=$(jq -r .guid "$record")
    page=$(sha256sum <"$public/episodes/$gone/index.html")
    down
    for words in "publish $gone" "normalize $gone" "publish $gone --dry-run"; do
        run dgl -C "$show" $words
        status_is 3
        contains "$output" "was retracted on 2026-07-20"
        contains "$output" "dgl-episode retract $gone --undo"
    done
    retract --undo
    status_is 0
    contains "$output" "dgl-episode publish $gone"
    dgl -C "$show" -q feed
    nothing_tells_of_it
    dgl -C "$show" -q publish "$gone"
    equals "$(jq -r '.guid, .state, .retracted.by' "$record" | xargs -d'\n')" "$guid published Kari Nordmann"
    equals "$(find "$public" -name .htaccess)" ""
    equals "$(sha256sum <"$public/episodes/$gone/index.html")" "$page"
    [ ! -e "$show/reports/nginx-410.conf" ]
    public_is_whole
    contains "$(cat "$public"/feed*.xml)" "$guid"
    # and a second retraction keeps the memory of the first
    retract --reason "endelig" --yes
    status_is 0
    equals "$(jq -r '.retracted | .reason, .before.reason' "$record" | xargs -d'\n')" "endelig ville ikke mer"
    nothing_tells_of_it
}

@test "a feed that held nothing else stays, empty and valid; so does the show's" {
    down
    feed=$public/feeds/municipality-1837.xml
    equals "$(xmllint --xpath 'count(//item)' "$feed")" 0
    contains "$(xmllint --xpath 'string(//channel/title)' "$feed")" "Meløy"
    [ ! -e "$public/kommune/1837" ]
    for each in "$second" "$third"; do
        dgl -C "$show" -q retract "$each" --reason derfor --yes
    done
    public_is_whole
    equals "$(xmllint --xpath 'count(//item)' "$public/feed.xml")" 0
    equals "$(find "$public" -name 'feed-archive-*')" ""
    equals "$(find "$public/kit" -name 'tema-*')" ""
}

@test "a broadcast that is on the air is ended first" {
    mkdir -p "$show/.dgl/live/$gone"
    cat >"$show/.dgl/live/$gone/state.json" <<END
{"pid": $$, "started": "2026-07-20T07:50:00Z", "said": "2026-07-20T07:59:50Z",
 "endpoints": [{"name": "radio", "kind": "icecast", "connections": 1}]}
END
    sed -i 's/^live:.*/live: {start: 2026-07-20T09:50:00+02:00}/' "$show/episodes/$gone/episode.yaml"
    before=$(public_state)
    retract --reason derfor --yes
    status_is 3
    contains "$output" "dgl-episode live stop"
    equals "$(public_state)" "$before"
}

@test "--originals takes the recordings too, former ones as well, but none that another episode is made of" {
    down
    retract --undo
    tone "$BATS_TEST_TMPDIR/right.wav" 10
    dgl -C "$show" -q publish "$gone" --replace "$BATS_TEST_TMPDIR/right.wav" 2>/dev/null
    fourth=$(new_episode 2026-05)
    dgl -C "$show" -q publish "$fourth" "$BATS_TEST_TMPDIR/right.wav" --until ingest
    mkdir -p "$show/.dgl/live/$gone/20260210"
    echo voice >"$show/.dgl/live/$gone/20260210/received.mka"
    old=$(sha256sum <"$BATS_FILE_TMPDIR/first.wav") new=$(sha256sum <"$BATS_TEST_TMPDIR/right.wav")
    [ -f "$show/originals/${old%% *}.wav" ]
    [ -f "$show/originals/${new%% *}.wav" ]
    retract --reason derfor --yes
    status_is 0
    contains "$output" "originals/${old%% *}.wav (the recording; it goes with --originals)"
    [ -f "$show/originals/${old%% *}.wav" ]
    retract --originals --yes
    status_is 0
    contains "$output" "originals/${new%% *}.wav (another episode is made of it, too)"
    [ ! -e "$show/originals/${old%% *}.wav" ]
    [ -f "$show/originals/${new%% *}.wav" ]
    [ ! -e "$show/.dgl/live/$gone" ]
}

@test "--originals of the last episode made of a recording takes it" {
    tone "$BATS_TEST_TMPDIR/both.wav" 6
    fourth=$(new_episode 2026-05) fifth=$(new_episode 2026-06)
    dgl -C "$show" -q publish "$fourth" "$BATS_TEST_TMPDIR/both.wav"
    dgl -C "$show" -q publish "$fifth" "$BATS_TEST_TMPDIR/both.wav"
    both=$(sha256sum <"$BATS_TEST_TMPDIR/both.wav")
    mkdir -p "$show/.dgl/live/$fifth/20260610"
    echo voice >"$show/.dgl/live/$fifth/20260610/received.mka"
    run dgl -C "$show" retract "$fourth" --reason derfor --originals --yes
    status_is 0
    contains "$output" "(another episode is made of it, too)"
    [ -f "$show/originals/${both%% *}.wav" ]
    run dgl -C "$show" retract "$fifth" --reason derfor --originals --dry-run
    contains "$output" ".dgl/live/$fifth/ (its broadcast), which cannot be made again"
    equals "$(dgl -C "$show" --json retract "$fifth" --dry-run | jq -c '.gone | has("broadcasts")')" false
    run dgl -C "$show" retract "$fifth" --reason derfor --originals --yes
    status_is 0
    contains "$output" "originals/${both%% *}.wav, which cannot be made again"
    [ ! -e "$show/originals/${both%% *}.wav" ]
    [ ! -e "$show/.dgl/live/$fifth" ]
}

@test "a clone without any media takes it down as well" {
    rm -rf "$show/public" "$show/.dgl" "$show/originals" "$show/reports"
    dgl -C "$show" -q feed
    contains "$(cat "$public"/feed*.xml)" Kveldstanker
    down
    equals "$(jq -r .state "$record")" retracted
    jq -e --arg f "$(jq -r '.files[0].path' "$record")" '.retracted.files | index($f)' "$record"
    equals "$(grep -rlaiE 'kvitfjell|kveldstanker' "$public" || true)" ""
}

# ---- killed at any moment

start() { # words of the command line
    env --default-signal=INT "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" "$@" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    running=$!
}

# At no moment does the feed name a file that is missing, and the next run finishes.
killed_at() { # moments
    need_tool pdftotext
    need_tool unzip
    began=$(date +%s%N)
    down
    whole_ms=$((($(date +%s%N) - began) / 1000000))
    interrupted=0
    for moment in $(seq "$1" -1 1); do
        rm -rf "$show"
        copy_show
        start retract "$gone" --reason "ville ikke mer" --yes
        sleep "$(awk -v m="$moment" -v n="$1" -v t="$whole_ms" 'BEGIN { print m / n * t / 1000 }')"
        kill -KILL "$running" 2>/dev/null || true
        code=0
        wait "$running" || code=$?
        running=
        if [ "$code" -ne 0 ]; then
            equals "$code" 137
            interrupted=$((interrupted + 1))
        else # it takes less time by now
            whole_ms=$((whole_ms * moment / $1))
        fi
        public_is_whole
        # what others publish meanwhile does not bring it back, nor name what is not there
        if [ $((moment % 2)) = 0 ]; then
            dgl -C "$show" -q publish "$third" 2>/dev/null
            public_is_whole
        fi
        retract --reason "ville ikke mer" --yes
        status_is 0
        nothing_tells_of_it
        public_is_whole
        equals "$(find "$show" -name '*.tmp*')" ""
    done
    echo "$interrupted of $1 runs were interrupted"
    [ "$interrupted" -ge $(($1 * 7 / 15)) ]
}

@test "killed at one of six moments the feed names no file that is missing, and the next run finishes" {
    killed_at 6
}

# bats test_tags=long
@test "killed at any moment the feed names no file that is missing, and the next run finishes" {
    killed_at 15
}

# ---- who took the consent back

withdraw() { # who: guest or host
    sed -i "s|^    # consent:.*|    consent: {date: 2026-02-01, scopes: [recording, podcast], withdrawn: 2026-07-19}|" \
        "$show/episodes/$gone/episode.yaml"
}

@test "whose consent was taken back is not published again, and everybody is told" {
    withdraw
    before=$(public_state)
    run dgl -C "$show" publish "$gone"
    status_is 3
    contains "$output" "$gone/episode.yaml:"
    contains "$output" "Ola Kvitfjell took the consent back on 2026-07-19"
    contains "$output" "dgl-episode retract $gone --reason"
    equals "$(public_state)" "$before"
    run dgl -C "$show" status
    status_is 0
    equals "${lines[0]}" "CONSENT WITHDRAWN: $gone, by Ola Kvitfjell on 2026-07-19, and it is still public"
    contains "${lines[1]}" "dgl-episode retract $gone --reason"
    equals "$(dgl -C "$show" --json status | jq -c '[.episodes[].consent_withdrawn | select(.)]')" \
        '[{"name":"Ola Kvitfjell","date":"2026-07-19","public":true}]'
    run dgl -C "$show" check "$gone"
    status_is 3
    contains "$output" "error: Ola Kvitfjell took the consent back"
    export TERM=xterm
    run script -qec "$DGL_BUILD/dgl-episode --presets $root/presets -C $show status" /dev/null
    contains "$output" $'\e[1;31mCONSENT WITHDRAWN'
    NO_COLOR=1 run script -qec "$DGL_BUILD/dgl-episode --presets $root/presets -C $show status" /dev/null
    lacks "$output" $'\e['
}

@test "other episodes go on; the one stays as it is until it is retracted, with a warning each time" {
    withdraw
    media=$(jq -r '.files[0].path' "$record")
    for words in "publish $third" "publish $third" feed site "publish --all"; do
        run dgl -C "$show" $words
        status_is 0
        contains "$output" "warning: Ola Kvitfjell took the consent back on 2026-07-19, and $gone is still public"
        [ -f "$public/$media" ]
        contains "$(cat "$public"/feed*.xml)" Kveldstanker
        public_is_whole
    done
    contains "$output" "left out: "
    down
    run dgl -C "$show" publish "$third"
    status_is 0
    lacks "$output" "consent back"
    run dgl -C "$show" status
    lacks "$output" "CONSENT WITHDRAWN"
    run dgl -C "$show" check "$gone"
    status_is 0
    retract --undo
    run dgl -C "$show" publish "$gone"
    status_is 3
    contains "$output" "took the consent back"
}

@test "a host may take it back as well; before there is a recording nothing is announced" {
    next=$(new_episode 2026-09 --title "Kveldstanker igjen")
    cat >>"$show/episodes/$next/episode.yaml" <<'END'
host: [{name: Una Host, consent: {date: 2026-07-01, scopes: [live], withdrawn: 2026-07-10}}]
live: {start: 2026-09-10T10:00:00+02:00}
END
    dgl -C "$show" -q feed
    lacks "$(cat "$public/feed.xml" "$public/calendar.ics" "$public/index.html")" "Kveldstanker igjen"
    run dgl -C "$show" publish "$next" "$BATS_FILE_TMPDIR/third.wav"
    status_is 3
    contains "$output" "Una Host took the consent back on 2026-07-10"
    run dgl -C "$show" live "$next" --check
    status_is 3
    contains "$output" "Una Host took the consent back"
    run dgl -C "$show" status
    equals "${lines[0]}" "CONSENT WITHDRAWN: $next, by Una Host on 2026-07-10: it must not be published"
}

# ---- what the README says of mistakes

enclosures() { # the feed's media, a line each
    cat "$public"/feed*.xml | grep -o "$site_url/media/[^\"]*" | sed "s|$site_url/||" | sort -u
}

still_there() { # paths below public/
    local path
    for path in "$@"; do
        [ -f "$public/$path" ] || { echo "no $path"; return 1; }
    done
}

@test "a typo in the title: publish again; no encoding, and what cached feeds name is there for 90 days" {
    old=$(enclosures) guid=$(jq -r .guid "$record")
    sed -i 's/^title:.*/title: Kveldstankar/' "$show/episodes/$gone/episode.yaml"
    said publish "$gone"
    lacks " $(ran) " " encode"
    contains " $(ran) " " tag.mp3 "
    equals "$(jq -r .guid "$record")" "$guid"
    contains "$(cat "$public"/feed*.xml)" "<title>Kveldstankar</title>"
    lacks "$(cat "$public"/feed*.xml)" "<title>Kveldstanker</title>"
    [ "$(enclosures)" != "$old" ]
    still_there $old $(enclosures)
    DGL_NOW=2026-10-18T07:59:59Z dgl -C "$show" -q publish "$gone"
    still_there $old
    DGL_NOW=2026-10-18T08:00:00Z dgl -C "$show" -q publish "$gone"
    still_there $(enclosures)
    [ "$(for path in $old; do [ -f "$public/$path" ] || echo gone; done | wc -l)" -ge 1 ]
}

@test "the wrong file: publish --replace; the same entry with another sound, and episode.yaml names it" {
    yaml=$show/episodes/$gone/episode.yaml
    old=$(enclosures) guid=$(jq -r .guid "$record")
    printf '\n# about the license\nlicense: CC-BY-4.0\n' >>"$yaml"
    rest=$(grep -v 'recordings\|file: "' "$yaml")
    tone "$BATS_TEST_TMPDIR/right.wav" 14
    run dgl -C "$show" publish "$gone" "$BATS_TEST_TMPDIR/right.wav"
    status_is 3
    contains "$output" "--replace"
    run dgl -C "$show" publish "$gone" --replace "$BATS_TEST_TMPDIR/right.wav"
    status_is 0
    contains "$output" "captions there were made for the other recording"
    equals "$(grep -c '^recordings:' "$yaml")" 1
    contains "$(cat "$yaml")" "  - {file: \"$BATS_TEST_TMPDIR/right.wav\"}"
    lacks "$(cat "$yaml")" first.wav
    equals "$(grep -v 'recordings\|file: "' "$yaml")" "$rest"
    equals "$(jq -r '.guid, .sources[0].sha256' "$record" | xargs)" "$guid $(sha256sum <"$BATS_TEST_TMPDIR/right.wav" | cut -d' ' -f1)"
    contains "$(jq -r '.files[0].duration' "$record")" 00:00:14
    still_there $old $(enclosures)
    public_is_whole
    dgl -C "$show" -q publish "$gone"
    run dgl -C "$show" publish "$gone" --replace
    status_is 2
}

@test "the wrong date: published: and publish again; the address stays" {
    guid=$(jq -r .guid "$record") old=$(enclosures)
    sed -i 's/^published:.*/published: 2026-02-19T09:00:00+01:00/' "$show/episodes/$gone/episode.yaml"
    said publish "$gone"
    lacks " $(ran) " " encode"
    contains "$(cat "$public"/feed*.xml)" "<pubDate>Thu, 19 Feb 2026 08:00:00 +0000</pubDate>"
    lacks "$(cat "$public"/feed*.xml)" "12 Feb 2026"
    equals "$(jq -r .guid "$record")" "$guid"
    still_there $old $(enclosures)
    public_is_whole
}

@test "axe-core finds nothing on the tombstone, and the HTML is valid" {
    need_tool node
    command -v "${CHROMIUM:-chromium}" >/dev/null || skip "chromium is not installed"
    modules=$root/build/npm-site
    node "$root/tests/site/check.mjs" --modules "$modules" 2>"$BATS_TEST_TMPDIR/npm" ||
        skip "axe-core and its company are not installed: $(tail -n 1 "$BATS_TEST_TMPDIR/npm")"
    sed -i '1a language: nn' "$show/episodes/$gone/episode.yaml"
    down
    # served as any page, for a browser to take it
    find "$public" -name .htaccess -delete
    serve
    for topic in axe html; do
        PAGES=episodes/$gone/index.html node "$root/tests/site/check.mjs" --modules "$modules" "$topic" "$url/" "$public"
    done
    PAGES=episodes/$gone/index.html node "$root/tests/site/check.mjs" --modules "$modules" pictures "$url/" "$public" \
        "$DGL_BUILD/screenshots/tombstone"
}
