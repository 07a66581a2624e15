#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# deliver, as who uses it meets it; into a folder that nginx shows to everybody. The other kinds of
# targets: targets.bats.

load helper
load parcels

setup_file() {
    parcels_make
}

@test "nothing published, nowhere to deliver to, no such target: each says what to do" {
    need_show one
    run dgl -C "$show" deliver
    status_is 3
    contains "$output" "episodes/show.yaml does not say where to deliver to; for example"
    delivers "  targets: [{name: web, kind: folder, url: \"$BATS_TEST_TMPDIR\"}]"
    sed -i '/^secrets:/d' "$show/episodes/show.yaml"
    run dgl -C "$show" deliver --target wbe
    status_is 2
    contains "$output" "there is no target 'wbe' in episodes/show.yaml; there is: web"
    mv "$show/public" "$show/away"
    run dgl -C "$show" deliver
    status_is 3
    contains "$output" "there is nothing to deliver yet: publish an episode first"
    contains "$output" "dgl-episode publish EPISODE"
    equals "$(ls -A "$show/.dgl/delivered" 2>/dev/null)" ""
}

@test "what check finds comes first: exit code 3, nothing is sent, the findings as JSON, too" {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [$target]"
    sed -i 's/made: corrected/made: automatic/' "$show"/episodes/*/episode.yaml
    run dgl -C "$show" deliver
    status_is 3
    contains "$output" "made: corrected"
    contains "$output" "1 error is in the way of a delivery; nothing was sent"
    contains "$output" "waivers: in episode.yaml"
    run --separate-stderr dgl -C "$show" --json deliver
    status_is 3
    equals "$(jq -r '.findings[].id' <<<"$output")" corrected
    equals "$(ls -A "$place")" ""
}

@test "--dry-run lists what would go where, and writes nothing anywhere" {
    target_start folder
    need_show one
    delivers "  targets: [$target]"
    show_state >"$BATS_TEST_TMPDIR/before"
    run dgl -C "$show" deliver --dry-run
    status_is 0
    contains "$output" "web: $place/"
    contains "$output" "+ feed.xml"
    n=$(find "$show/public" -type f | wc -l)
    contains "$output" "$n files, "
    # media first, feed.xml last
    equals "$(awk '$1 == "+" { print $2 }' <<<"$output" | tail -n 1)" feed.xml
    contains "$(awk '$1 == "+" { print $2 }' <<<"$output" | head -n 8)" ".mp3"
    equals "$(ls -A "$place")" ""
    said deliver --dry-run
    equals "$(jq -c '[.dry_run, (.targets[0] | .name, .kind, (.files | length), (.remove | length))]' "$said")" \
        "[true,\"web\",\"folder\",$n,0]"
    equals "$(jq -r '.targets[0].files[] | select(.path == "feed.xml") | .type' "$said")" "application/rss+xml; charset=utf-8"
    equals "$(jq '.targets[0] | .bytes == ([.files[].bytes] | add)' "$said")" true
    diff "$BATS_TEST_TMPDIR/before" <(show_state)
}

@test "everything arrives, the second time nothing is written, then only what changed goes" {
    target_start folder
    web_start
    watch_begin
    need_show one
    delivers "  targets: [$target]"
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "files sent"
    all_is_there
    # the record knows, and what is to be done by hand is told from now on
    equals "$(published '[.delivered, .delivered_to.web.url, .delivered_to.web.at] | join(" ")')" \
        "2026-02-12T08:00:00Z $place/ 2026-02-12T08:00:00Z"
    run dgl -C "$show" status
    contains "$output" "to do: submit the feed to Apple Podcasts"
    writes=$(target_writes)
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "web          has everything already"
    equals "$(target_writes)" "$writes"
    said deliver
    equals "$(jq -c '.targets[0] | [.sent, .sent_bytes, .removed, .failed, .error]' "$said")" '[0,0,0,[],null]'

    export DGL_NOW=2026-02-13T08:00:00Z
    sed -i 's/^title:.*/title: Trivsel i Bodø/' "$show"/episodes/*/episode.yaml
    dgl -C "$show" -q publish "$episode"
    run dgl -C "$show" deliver --dry-run
    changed=$(awk '$1 == "+" { print $2 }' <<<"$output")
    contains "$changed" "feed.xml"
    contains "$changed" "episodes/$episode/index.html"
    lacks "$changed" "style.css"
    lacks "$changed" "nb.vtt"
    said deliver
    equals "$(jq '.targets[0].sent' "$said")" "$(wc -l <<<"$changed")"
    all_is_there
    equals "$(published '[.delivered, .delivered_to.web.at] | join(" ")')" "2026-02-12T08:00:00Z 2026-02-13T08:00:00Z"
    watch_end 2
}

@test "former media stay, what is public no more goes last, and folders that are empty" {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [$target]"
    mkdir -p "$show/public/gammel/side"
    echo hei >"$show/public/gammel/side/index.html"
    dgl -C "$show" -q deliver
    [ -e "$place/gammel/side/index.html" ]
    old=$(cd "$place" && ls media/*/*.mp3)
    needs_state two
    rm -rf "$show/public/gammel"
    echo mine >"$place/ours.txt" # nobody delivered it
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "1 removed"
    [ ! -e "$place/gammel" ]
    [ -e "$place/ours.txt" ]
    [ -e "$place/$old" ]
    rm "$place/ours.txt"
    all_is_there
    # 90 days later
    export DGL_NOW=2026-07-12T08:00:00Z
    dgl -C "$show" -q publish "$episode"
    [ ! -e "$show/public/$old" ]
    dgl -C "$show" -q deliver
    [ ! -e "$place/$old" ]
    all_is_there
}

@test "--verify mends what was damaged or removed there; so does a run where somebody changed the feed" {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [$target]"
    dgl -C "$show" -q deliver
    mp3=$(cd "$place" && ls media/*/*.mp3)
    target_damage "$mp3" "$(head -c "$(stat -c %s "$place/$mp3")" /dev/zero | tr '\0' x)"
    target_damage style.css
    target_damage episodes/$episode/nb.vtt short
    run dgl -C "$show" deliver
    contains "$output" "has everything already"
    said deliver --verify
    equals "$(jq -c '.targets[0].sent' "$said")" 3
    all_is_there
    run dgl -C "$show" deliver --verify
    contains "$output" "0 files sent"
    contains "$output" "were there"
    # what is remembered is lost
    echo '{"kind": "folder"' >"$show/.dgl/delivered/web.json"
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "0 files sent"
    contains "$output" "were there"
    # a colleague delivered an older state from another machine
    sed 's/Trivsel/Trvisel/' "$show/public/feed.xml" >"$place/feed.xml"
    echo other >"$place/style.css"
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "warning: web: the feed there is not the one that was delivered from here last"
    all_is_there
    rm "$place/feed.xml" "$place/style.css"
    dgl -C "$show" -q deliver
    all_is_there
}

@test "a change that is taken back after a run was killed in the middle is no change too few" {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [$target]"
    dgl -C "$show" -q deliver
    # as a kill between the rename there and the line in the journal leaves it
    printf 'folder %s/\n? 5 style.css\n? 7 media/x/never-noted.mp3\n' "$place" >"$show/.dgl/delivered/web.journal"
    echo other >"$place/style.css"
    mkdir "$place/media/x" && echo half >"$place/media/x/never-noted.mp3"
    said deliver
    equals "$(jq -c '.targets[0] | [.sent, .removed]' "$said")" '[1,1]'
    all_is_there
}

@test "a feed there that names an entry which ours lacks is not replaced, unless it was retracted" {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [$target]"
    dgl -C "$show" -q deliver
    guid=$(published .guid)
    other=00000000-1111-5222-8333-444444444444
    sed -i "s/$guid/$other/g" "$place/feed.xml"
    needs_state two
    writes=$(target_writes)
    run dgl -C "$show" deliver
    status_is 3
    contains "$output" "web: the feed there names the entry $other, which the feed of this show lacks"
    contains "$output" "git pull"
    contains "$output" "dgl-episode retract"
    equals "$(target_writes)" "$writes"
    gone=$show/episodes/2026-01-mat
    cp -a "$show/episodes/$episode" "$gone"
    sed -i 's/^month:.*/month: 2026-01/; s/^title:.*/title: Mat/; s/^number:.*/number: 9/' "$gone/episode.yaml"
    jq --arg g "$other" '.guid = $g | .slug = "2026-01-mat" | .state = "retracted" | .files = []' \
        "$show/episodes/$episode/published.json" >"$gone/published.json"
    run dgl -C "$show" deliver
    status_is 0
    all_is_there
}

@test "what lies there and is no feed is replaced with a warning" {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [$target]"
    echo '<html><p>Velkommen' >"$place/feed.xml"
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "what lies there is no feed"
    all_is_there
}

@test "a target that is away is exit code 4, the other one is complete, and a rerun completes the first" {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [{name: disk, kind: folder, url: \"$place/away\"}, $target]"
    run dgl -C "$show" deliver
    status_is 4
    contains "$output" "disk: $place/away/: there is no such folder"
    contains "$output" "run it again"
    all_is_there
    equals "$(published '.delivered_to | keys | join(" ")')" web
    mkdir "$place/away"
    run dgl -C "$show" deliver
    status_is 0
    place=$place/away all_is_there
    equals "$(published '.delivered_to | keys | join(" ")')" "disk web"
    # both side by side, and one alone
    rm -r "$place/away"
    run dgl -C "$show" deliver --target web
    status_is 0
    lacks "$output" disk
    code=0
    dgl -C "$show" --json deliver >"$BATS_TEST_TMPDIR/out.json" 2>/dev/null || code=$?
    equals "$code" 4
    equals "$(jq -c '[.targets[] | [.name, (.error // "" | contains("no such folder"))]]' "$BATS_TEST_TMPDIR/out.json")" \
        '[["disk",true],["web",false]]'
}

@test "a folder that may not be written, or is full, says so once" {
    [ "$(id -u)" -eq 0 ] || skip "needs root to mount"
    target_start folder
    need_show one
    mount -t tmpfs -o size=300k tmpfs "$place" || skip "cannot mount here"
    delivers "  check: false" "  targets: [$target]"
    run dgl -C "$show" deliver
    full=$output code=$status
    mount -o remount,ro "$place"
    run dgl -C "$show" deliver
    umount "$place"
    equals "$code $status" "4 4"
    contains "$full" "no space left"
    contains "$full" "NOT COMPLETE"
    [ ! -e "$place/feed.xml" ]
    [ "$(grep -c 'did not arrive' <<<"$full")" -le 2 ]
    contains "$output" "read-only"
}

@test "publish --deliver and deliver: {automatic: true} deliver, publish alone does not" {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [$target]"
    dgl -C "$show" -q publish "$episode"
    equals "$(ls -A "$place")" ""
    run dgl -C "$show" publish "$episode" --deliver
    status_is 0
    contains "$output" "files sent"
    all_is_there
    rm -r "$place" && mkdir "$place"
    sed -i 's/^  check: false/&\n  automatic: true/' "$show/episodes/show.yaml"
    said publish "$episode"
    all_is_there
    rm -r "$place"
    run dgl -C "$show" publish "$episode"
    status_is 4
}

@test "the public feed is looked at afterwards: a server without ranges is exit code 4, and is named" {
    target_start folder
    web_start 'location ~ mp3$ { max_ranges 0; }'
    need_show one
    delivers "  targets: [$target]"
    run dgl -C "$show" deliver
    status_is 4
    contains "$output" "Apple hosting, byte ranges"
    contains "$output" "everything was delivered, but the public feed does not answer as it should"
    all_is_there
    run dgl -C "$show" deliver --no-check
    status_is 0
    web_start
    run dgl -C "$show" deliver
    status_is 0
    said deliver
    equals "$(jq -c .findings "$said")" '[]'
}

@test "SIGINT ends it within seconds with 130, and a rerun completes" {
    target_start folder
    need_show one
    head -c 300000000 /dev/zero >"$show/public/media/$episode/large.bin"
    delivers "  check: false" "  targets: [$target]"
    start deliver
    pause=0.01 until_true 20 compgen -G "$place/media/$episode/.*.part"
    began=$(date +%s%N)
    kill -INT "$running"
    ended
    at_most $((($(date +%s%N) - began) / 1000000)) 3000
    equals "$code" 130
    contains "$(cat "$BATS_TEST_TMPDIR/err")" "interrupted"
    [ ! -e "$place/feed.xml" ]
    rm "$show/public/media/$episode/large.bin"
    dgl -C "$show" -q deliver
    all_is_there
}

@test "killed at any moment, every public feed is whole; what had arrived is not sent again" {
    killed_at_moments folder 15
}

@test "webhooks, WebSub and podping are told once, with what they need to know" {
    target_start folder
    need_show one
    hub_start
    told_all() {
        delivers "  check: false" "  targets: [$target]" \
            "  webhooks: [{url: \"http://127.0.0.1:$hub_port/hook\", secret: hook}, {url: \"http://127.0.0.1:$hub_port/open\"}]" \
            "  podping: {url: \"http://127.0.0.1:$hub_port/ping\", secret: ping}" "websub: [\"http://127.0.0.1:$hub_port/hub\"]"
    }
    told_all
    printf 'hook = hook-Xv9/tRomme\nping = ping-Qw8+tRomme\n' >"$secrets"
    run dgl -C "$show" deliver
    status_is 0
    feed=http://127.0.0.1:$web_port/feed.xml
    equals "$(told | sort)" "GET /ping?url=$(jq -rn --arg u "$feed" '$u | @uri')&reason=update&medium=podcast
POST /hook
POST /hub
POST /open"
    equals "$(told_of /hook '.headers.Authorization')" "Bearer hook-Xv9/tRomme"
    equals "$(told_of /open '.headers.Authorization')" null
    equals "$(told_of /ping '.headers.Authorization')" "ping-Qw8+tRomme"
    equals "$(told_of /hub '.body')" "hub.mode=publish&hub.url=$(jq -rn --arg u "$feed" '$u | @uri')"
    equals "$(told_of /hook '.headers."Content-Type"')" application/json
    mp3=$(cd "$show/public" && ls media/*/*.mp3)
    equals "$(told_of /hook '.body | fromjson | [.event, .feed, .episode.guid, .episode.title, .episode.published, .episode.page, .episode.enclosure.url, (.episode.enclosure.bytes | tostring), (.episode.goals | join("+"))] | join(" ")')" \
        "published $feed $(published .guid) Trivsel 2026-02-12T08:00:00Z http://127.0.0.1:$web_port/episodes/$episode/ http://127.0.0.1:$web_port/$mp3 $(stat -c %s "$show/public/$mp3") 3+8+11"
    dgl -C "$show" -q deliver
    equals "$(told | wc -l)" 4
    # a typo; a hook that fails is told by the next run, once
    needs_state two
    told_all
    hub_answers /hook 500
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "warning: webhook http://127.0.0.1:$hub_port/hook was not told: it answers 500; the next run tries again"
    equals "$(told_of /open '.body | fromjson | [.event, .episode.title] | join(" ")')" "updated Trivsel i Bodø"
    said deliver
    equals "$(jq -c '[.told, .not_told]' "$said")" '[0,1]'
    hub_answers /hook 204
    said deliver
    equals "$(jq -c '[.told, .not_told]' "$said")" '[1,0]'
    equals "$(told_of /hook '.body | fromjson.event')" updated
    before=$(told)
    dgl -C "$show" -q deliver
    equals "$(told)" "$before"
    # who still waits and stands in show.yaml no more hears nothing
    jq -c '[{to: "webhook", url: "http://127.0.0.1:1/old", about: "x", event: "updated", body: "{}"}]' <<<null \
        >"$show/.dgl/announce.json"
    said deliver
    equals "$(jq -c '[.told, .not_told]' "$said")" '[0,0]'
    equals "$(cat "$show/.dgl/announce.json")" '[]'
    # withdrawn: its words are not told again
    dgl -C "$show" -q retract "$episode" --reason "ville ikke mer" --yes
    equals "$(told_of /open '.body | fromjson | [.event, .episode.guid, (.episode | has("title") | tostring)] | join(" ")')" \
        "withdrawn $(published .guid) false"
}

@test "an episode is told as published also where the first run failed at one target or was killed" {
    target_start folder
    need_show one
    hub_start
    delivers "  check: false" "  targets: [$target, {name: disk, kind: folder, url: \"$place-2\"}]" \
        "  webhooks: [{url: \"http://127.0.0.1:$hub_port/hook\"}]"
    run dgl -C "$show" deliver
    status_is 4
    dgl -C "$show" -q deliver --target web
    equals "$(told)" ""
    mkdir "$place-2"
    dgl -C "$show" -q deliver
    equals "$(told_of /hook '.body | fromjson.event')" published
    equals "$(told | wc -l)" 1
    # who is added later is not told of old ones
    rm "$show/.dgl/announced.json"
    sed -i 's,/hook,/later,' "$show/episodes/show.yaml"
    dgl -C "$show" -q deliver
    equals "$(told | wc -l)" 1
}

@test "retract takes it from every target, its half files too, and the others are told" {
    target_start folder
    web_start
    need_show two
    hub_start
    delivers "  targets: [$target, {name: disk, kind: folder, url: \"$place-2\"}]" \
        "  webhooks: [{url: \"http://127.0.0.1:$hub_port/hook\"}]"
    mkdir "$place-2"
    dgl -C "$show" -q deliver
    mp3=$(cd "$place" && ls media/*/*.mp3 | head -n 1)
    printf 'folder %s/\n? 7 media/%s/broke-off.mp3\n' "$place" "$episode" >"$show/.dgl/delivered/web.journal"
    echo half >"$place/media/$episode/.broke-off.mp3.0123456789abcdef.part"
    mv "$place-2" "$place-3"
    run dgl -C "$show" retract "$episode" --reason "ville ikke mer" --yes
    status_is 4
    contains "$output" "disk: $place-2/: there is no such folder"
    equals "$(ls -A "$place/media/$episode")" .htaccess # where Apache says 410
    [ -e "$place-3/$mp3" ]
    lacks "$(cat "$place/feed.xml")" "<item>"
    equals "$(told_of /hook '.body | fromjson.event')" published
    mv "$place-3" "$place-2"
    dgl -C "$show" -q deliver
    all_is_there
    place=$place-2 all_is_there
    equals "$(published '.delivered_to | map_values(has("gone")) | [.web, .disk]' | jq -c .)" '[true,true]'
    equals "$(told_of /hook '.body | fromjson | [.event, (.episode | has("title") | tostring)] | join(" ")')" "withdrawn false"
    lacks "$(cat "$hub/log")" "ville ikke mer"
}

@test "secrets: a missing one, a file that others read; none in output, files or arguments" {
    need_show one
    hub_start
    place=$BATS_TEST_TMPDIR/place secrets=$BATS_TEST_TMPDIR/secrets
    mkdir "$place"
    delivers "  check: false" "  targets: [{name: web, kind: folder, url: \"$place\"}]" \
        "  webhooks: [{url: \"http://127.0.0.1:$hub_port/500/hook\", secret: hook}]" \
        "  podping: {url: \"http://127.0.0.1:$hub_port/401/ping\", secret: ping}"
    (umask 077 && printf 'hook = is+Wq7/Zr3 "x%%å\n' >"$secrets")
    run dgl -C "$show" deliver
    status_is 3
    contains "$output" "there is no secret ping"
    contains "$output" "\"ping = …\" into $secrets"
    equals "$(ls -A "$place")" ""
    printf 'ping = feil/Pw9+Kc2"&<b>\n' >>"$secrets"
    chmod 644 "$secrets"
    run dgl -C "$show" deliver
    status_is 3
    contains "$output" "chmod 600 $secrets"
    chmod 600 "$secrets"
    for words in "" -v --json -q; do
        rm -f "$show/.dgl/announced.json" "$show/.dgl/delivered/"*
        dgl $words -C "$show" deliver >"$BATS_TEST_TMPDIR/out" 2>&1 || true
        python3 "$root/tests/live/seek.py" "$secrets" x -- "$BATS_TEST_TMPDIR/out" "$show" "$place"
    done
    contains "$(told)" /500/hook
    contains "$(told)" /401/ping
    # from a descriptor
    sed -i '/^secrets:/d' "$show/episodes/show.yaml"
    run dgl -C "$show" deliver
    status_is 3
    contains "$output" "add secrets: "
    dgl -C "$show" -q deliver --secrets-fd 9 9<"$secrets"
}
