#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The feeds of a show of many episodes, as a clone without any media makes them: archives, and the
# feeds of themes, goals, municipalities, seasons, trailers and films.

load helper

setup_file() {
    new_show
    ffmpeg -nostdin -v error -f lavfi -i color=c=0x204060:s=1400x1400 -frames:v 1 "$show/episodes/cover.jpg"
    printf 'feed_entries: 3\n' >>"$show/episodes/show.yaml"
    python3 "$root/tests/many.py" "$show" 93 8 # 2000-02-03 to 04-10; 99 is a trailer, 100 a film
    dgl -C "$show" feed >/dev/null 2>&1
}

setup() {
    copy_show
    public=$show/public
}

titles() { # feed: its entries, a line each
    xmllint --xpath '//item/title/text()' "$public/$1" 2>/dev/null || true
}

link() { # feed, rel
    xmllint --xpath "string(//*[local-name() = 'link'][@rel = '$2']/@href)" "$public/$1"
}

of() { # feed, element of the channel
    xmllint --xpath "string(/rss/channel/*[name() = '$2'])" "$public/$1"
}

valid() { # feed
    xmllint --noout --relaxng "$root/tests/feed.rng" "$1" 2>"$BATS_TEST_TMPDIR/rng" || {
        cat "$BATS_TEST_TMPDIR/rng"
        return 1
    }
}

remake() {
    dgl -C "$show" feed >/dev/null 2>&1
}

@test "the newest are in feed.xml, all in the archives behind it, linked from new to old" {
    equals "$(titles feed.xml | grep -o '[0-9]*' | xargs)" "100 99 98"
    equals "$(titles feed-archive-2.xml | grep -o '[0-9]*' | xargs)" "98 97 96"
    equals "$(titles feed-archive-1.xml | grep -o '[0-9]*' | xargs)" "95 94 93"
    [ ! -e "$public/feed-archive-3.xml" ]
    site=https://example.org/detgodeliv
    equals "$(link feed.xml next)" "$site/feed-archive-2.xml"
    equals "$(link feed.xml prev-archive)" "$site/feed-archive-2.xml"
    equals "$(link feed.xml last)" "$site/feed-archive-1.xml"
    equals "$(link feed-archive-2.xml current)" "$site/feed.xml"
    equals "$(link feed-archive-2.xml next)" "$site/feed-archive-1.xml"
    equals "$(link feed-archive-1.xml prev-archive)" ""
    equals "$(of feed-archive-1.xml podcast:guid)" "$(of feed.xml podcast:guid)"
}

@test "a new episode leaves every archive as it is, byte for byte, until it fills the next" {
    before=$(sha256sum "$public"/feed-archive-*.xml)
    python3 "$root/tests/many.py" "$show" 101 1
    remake
    equals "$(sha256sum "$public"/feed-archive-[12].xml)" "$before"
    equals "$(titles feed.xml | grep -o '[0-9]*' | xargs)" "101 100 99"
    [ ! -e "$public/feed-archive-3.xml" ]
    python3 "$root/tests/many.py" "$show" 102 1
    remake
    equals "$(sha256sum "$public"/feed-archive-[12].xml)" "$before"
    equals "$(titles feed-archive-3.xml | grep -o '[0-9]*' | xargs)" "101 100 99"
}

@test "an archive that is too much goes when an episode is taken away" {
    rm -r "$show"/episodes/2000-02-0009[3-6]
    remake
    [ -e "$public/feed-archive-1.xml" ]
    [ ! -e "$public/feed-archive-2.xml" ]
    rm -r "$show"/episodes/2000-02-00097
    remake
    [ ! -e "$public/feed-archive-1.xml" ]
    equals "$(link feed.xml next)" ""
}

@test "themes, goals, municipalities, seasons, trailers and films have feeds with the same guids" {
    ls "$public/feeds" >"$BATS_TEST_TMPDIR/feeds"
    for feed in season-2000 trailers video municipality-1804 theme-trivsel goal-8; do
        grep -qx "$feed.xml" "$BATS_TEST_TMPDIR/feeds" || { cat "$BATS_TEST_TMPDIR/feeds"; return 1; }
    done
    equals "$(titles feeds/trailers.xml)" "Samtale 99 om å bo og bli"
    equals "$(titles feeds/video.xml)" "Samtale 100 om å bo og bli"
    equals "$(of feeds/video.xml podcast:medium)" video
    equals "$(of feeds/trailers.xml podcast:medium)" podcast
    equals "$(of feeds/municipality-1804.xml title)" "Det gode liv i nord: Bodø"
    equals "$(of feeds/season-2000.xml title)" "Det gode liv i nord: sesong 2000"
    equals "$(xmllint --xpath 'string(//enclosure/@type)' "$public/feeds/video.xml")" video/mp4
    equals "$(xmllint --xpath 'string(//guid)' "$public/feeds/video.xml")" \
        "$(xmllint --xpath "string(//item[title = 'Samtale 100 om å bo og bli']/guid)" "$public/feed.xml")"
    equals "$(xmllint --xpath "string(//*[name() = 'podcast:trailer'])" "$public/feed.xml")" \
        "Samtale 99 om å bo og bli"
    # no two feeds are the same podcast
    equals "$(for feed in "$public"/feed.xml "$public"/feeds/*.xml; do
        xmllint --xpath "string(//*[name() = 'podcast:guid'])" "$feed"
        echo
    done | sort | uniq -d)" ""
}

@test "a sub-feed's guid is made of its address, and stays when the show moves" {
    want=$(python3 -c 'import uuid
print(uuid.uuid5(uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6"), "example.org/detgodeliv/feeds/video.xml"))')
    equals "$(of feeds/video.xml podcast:guid)" "$want"
    equals "$(jq -r .video.guid "$show/episodes/feeds.json")" "$want"
    sed -i 's|^site:.*|site: https://ny.example.org/|' "$show/episodes/show.yaml"
    remake
    equals "$(of feeds/video.xml podcast:guid)" "$want"
    contains "$(link feeds/video.xml self)" https://ny.example.org/feeds/video.xml
}

@test "a sub-feed that loses its last episode stays, empty, under its title" {
    rm -r "$show/episodes/2000-02-00099"
    remake
    equals "$(titles feeds/trailers.xml)" ""
    equals "$(of feeds/trailers.xml title)" "Det gode liv i nord: trailere"
    rm -r "$show"/episodes/2000-02-0009[36]
    goal=$(of feeds/municipality-1837.xml title)
    remake
    equals "$(of feeds/municipality-1837.xml title)" "$goal"
}

@test "a feeds.json that somebody spoiled is refused with its remedy" {
    echo '{"radio-1": {"guid": "x"}}' >"$show/episodes/feeds.json"
    run dgl -C "$show" feed
    status_is 3
    contains "$output" 'episodes/feeds.json: "radio-1" is no feed of this program'
    contains "$output" "from git or a backup"
    echo '{' >"$show/episodes/feeds.json"
    run dgl -C "$show" feed
    status_is 3
    contains "$output" "from git or a backup"
}

@test "what show.yaml says to directories is in the feed, and each wrong line is shown" {
    cat >>"$show/episodes/show.yaml" <<'END'
funding: {url: "https://example.org/stott", text: Støtt oss}
verify: [{purpose: applepodcastsverify, text: 8f1a2b3c}]
block: [amazon, apple]
podroll: [{guid: 917393e3-1b1e-5cef-ace4-edaa54e1f810, title: Folkehelse i nord}]
publisher: {guid: 003af0a0-6a45-55cf-b765-68e3d349551a, url: "https://example.org/utgiver.xml"}
websub: "https://hub.example.org/"
moved_to: https://ny.example.org/feed.xml
complete: true
END
    remake
    equals "$(of feed.xml podcast:funding)" "Støtt oss"
    equals "$(xmllint --xpath "string(//*[name() = 'podcast:txt'][@purpose = 'applepodcastsverify'])" \
        "$public/feed.xml")" 8f1a2b3c
    equals "$(xmllint --xpath "count(//*[name() = 'podcast:block'])" "$public/feed.xml")" 2
    equals "$(of feed.xml itunes:block)" Yes
    equals "$(of feeds/video.xml itunes:block)" Yes
    equals "$(link feed.xml hub)" https://hub.example.org/
    equals "$(of feed.xml itunes:new-feed-url)" https://ny.example.org/feed.xml
    equals "$(of feed.xml itunes:complete)" Yes
    equals "$(of feeds/video.xml itunes:new-feed-url)" ""
    equals "$(dgl check "$public/feed.xml" | grep -v 'no podcast:transcript')" ""
    cp "$show/episodes/show.yaml" "$BATS_TEST_TMPDIR/good.yaml"
    while IFS='|' read -r line words; do
        key=${line%%:*}
        sed "s|^$key:.*|$line|" "$BATS_TEST_TMPDIR/good.yaml" >"$show/episodes/show.yaml"
        run dgl -C "$show" feed
        status_is 3
        contains "$output" "$words"
        contains "$output" "$line"
    done <<'END'
block: [facebok]|block cannot be "facebok"
funding: {text: Støtt oss}|funding has no url
verify: [{purpose: x}]|verify has no text
podroll: [{guid: 917393e3}]|guid
publisher: {url: "https://example.org/x"}|publisher has no guid
websub: hub.example.org|websub must be a web address
feed_entries: 0|feed_entries must be from 1 to 1000
complete: ja|complete must be true or false
END
}

@test "soundbites follow the cuts, and comments and credits are said as apps know them" {
    episode=2000-02-00098
    cat >>"$show/episodes/$episode/episode.yaml" <<'END'
soundbites: [{from: "00:01:00", to: "00:01:30", title: Ei åpen dør}, {from: "00:00:01", to: "00:00:09"}]
comments: https://sosial.example.org/@dgl/1
credits: [{name: Per Nordmann, role: audio editor}]
END
    # as if ten seconds had been cut away at the start
    jq '.timeline.kept[0] |= (.from = 7056000000 | .to += 7056000000) | .timeline.recorded_ticks = 1277136000000' \
        "$show/episodes/$episode/published.json" >"$BATS_TEST_TMPDIR/p" &&
        mv "$BATS_TEST_TMPDIR/p" "$show/episodes/$episode/published.json"
    remake
    item="//item[title = 'Samtale 98 om å bo og bli']"
    equals "$(xmllint --xpath "count($item/*[name() = 'podcast:soundbite'])" "$public/feed.xml")" 1
    equals "$(xmllint --xpath "string($item/*[name() = 'podcast:soundbite']/@startTime)" "$public/feed.xml")" 50.000
    equals "$(xmllint --xpath "string($item/*[name() = 'podcast:soundbite']/@duration)" "$public/feed.xml")" 30.000
    equals "$(xmllint --xpath "string($item/*[name() = 'podcast:socialInteract']/@protocol)" "$public/feed.xml")" \
        activitypub
    equals "$(xmllint --xpath "string($item/*[name() = 'podcast:person'][@role = 'audio editor']/@group)" \
        "$public/feed.xml")" "audio post-production"
    sed -i 's/role: audio editor/role: audio-editor/' "$show/episodes/$episode/episode.yaml"
    run dgl -C "$show" feed
    status_is 3
    contains "$output" 'role cannot be "audio-editor"'
}

@test "every feed is as the schema says, and each thing that is wrong in one is found" {
    cat >>"$show/episodes/show.yaml" <<'END'
funding: {url: "https://example.org/stott", text: Støtt oss}
verify: [{purpose: applepodcastsverify, text: 8f1a2b3c}]
block: [all]
podroll: [{guid: 917393e3-1b1e-5cef-ace4-edaa54e1f810}]
publisher: {guid: 003af0a0-6a45-55cf-b765-68e3d349551a}
websub: ["https://hub.example.org/"]
moved_to: https://ny.example.org/feed.xml
complete: true
copyright: Nordland fylkeskommune
END
    for episode in 2000-02-00098 2000-02-00100; do
        cat >>"$show/episodes/$episode/episode.yaml" <<'END'
soundbites: [{from: "00:01:00", to: "00:01:30", title: Ei åpen dør}]
comments: [{url: "https://sosial.example.org/@dgl/1", account: "@dgl"}, {url: "https://example.org/2", protocol: nostr}]
credits: [{name: Per Nordmann, role: audio editor}]
captions: [{file: captions.nb.vtt, language: nb, made: corrected}]
live: {start: 2030-12-10T10:00:00+01:00, watch: "https://example.org/direkte"}
END
        printf 'WEBVTT\n\n00:00:00.500 --> 00:00:03.500\n<v Åse>Hei og velkommen.\n' \
            >"$show/episodes/$episode/captions.nb.vtt"
    done
    remake
    for feed in "$public"/feed.xml "$public"/feed-archive-*.xml "$public"/feeds/*.xml; do
        valid "$feed" || { echo "$feed"; return 1; }
    done
    # the tests below need something to spoil
    for name in item podcast:liveItem podcast:trailer podcast:transcript media:content podcast:soundbite; do
        grep -q "<$name" "$public/feed.xml" || { echo "no $name"; return 1; }
    done
    while IFS='|' read -r from to; do
        python3 - "$public/feed.xml" "$from" "$to" >"$BATS_TEST_TMPDIR/bad.xml" <<'END2'
import sys
text, old, new = open(sys.argv[1]).read(), sys.argv[2], sys.argv[3]
assert old in text, old
sys.stdout.write(text.replace(old, new, 1))
END2
        ! valid "$BATS_TEST_TMPDIR/bad.xml" >/dev/null || { echo "not found: $from -> $to"; return 1; }
    done <<'END'
<podcast:guid>|<podcast:guid>x
version="2.0"|version="2.1"
<language>nb|<language>Norsk bokmål
<itunes:explicit>false|<itunes:explicit>clean
<podcast:medium>podcast|<podcast:medium>radio
<podcast:block>yes|<podcast:block>true
<itunes:block>Yes|<itunes:block>yes
rel="hub"|rel="nav"
rel="next"|rel="previous"
 type="application/rss+xml"| type="text/xml"
<itunes:category text="Government"/>|
<podcast:locked owner|<podcast:lokked owner
+0000</lastBuildDate>|GMT</lastBuildDate>
feedGuid="917393e3|feedGuid="
medium="publisher"|medium="podcast"
status="pending"|status="planned"
start="2030-12-10T|start="10 December T
<podcast:contentLink href="https://|<podcast:contentLink href="
pubdate="|pubDate="
isPermaLink="false"|isPermaLink="true"
<enclosure url="https|<enclosure url="ftp
type="audio/mpeg"/>|type="mp3"/>
<itunes:duration>|<itunes:duration>00:
<itunes:episodeType>full|<itunes:episodeType>whole
<itunes:season>|<itunes:season>-
osm="R|osm="
geo="geo:|geo="
country="NO"|country="no"
type="text/vtt"|type="text/webvtt"
 rel="captions"|
type="application/json+chapters"|type="application/json"
startTime="|start="
protocol="activitypub" |
<podcast:source uri="https|<podcast:source uri="http//
value="sha256-|value="
start="00:06:00.000"|start="360"
medium="video" |
<media:thumbnail url|<media:thumbnail href
purpose="artwork"|purpose="Bilde"
<podcast:license url="|<podcast:license href="
<generator>|<generater>
</item>|<itunes:keywords>x</itunes:keywords></item>
END
}

@test "what is remembered of the catalogue never hides a change" {
    sleep 2.1 # younger files are not remembered
    remake
    equals "$(wc -l <"$show/.dgl/catalog")" 9
    feed=$(sha256sum <"$public/feed.xml")
    remake
    equals "$(sha256sum <"$public/feed.xml")" "$feed"
    page=$public/episodes/2000-02-00100/index.html
    rm "$page"
    rm -r "$show/.dgl/store/2000-02-00099"
    remake
    [ -e "$page" ]
    equals "$(sha256sum <"$public/feed.xml")" "$feed"
    sed -i 's/^title: Samtale 100/title: Kveldssamtale 100/' "$show/episodes/2000-02-00100/episode.yaml"
    printf 'Ny tekst.\n' >"$show/episodes/2000-02-00099/notes.md"
    remake
    equals "$(titles feed.xml | head -n 1)" "Kveldssamtale 100 om å bo og bli"
    grep -q 'Ny tekst' "$public/feed.xml"
    # the cover that all of them share
    cover=$(grep -o 'cover-[0-9a-f]*' "$public/episodes/2000-02-00100/index.html" | head -n 1)
    sleep 2.1
    remake
    ffmpeg -nostdin -v error -y -f lavfi -i color=c=0x602040:s=1400x1400 -frames:v 1 "$show/episodes/cover.jpg"
    remake
    lacks "$(cat "$public/episodes/2000-02-00100/index.html")" "$cover"
    # where one name could be taken for two nothing is remembered
    mv "$show/episodes/2000-02-00099/notes.md" "$show/episodes/2000-02-00099/notes;1.md"
    echo 'notes: notes;1.md' >>"$show/episodes/2000-02-00099/episode.yaml"
    remake
    printf 'Ny tekt.\n' >"$show/episodes/2000-02-00099/notes;1.md"
    remake
    grep -q 'Ny tekt' "$public/feed.xml"
    # a guid that is taken is found beside one that is remembered
    cp "$show/episodes/2000-02-00098/published.json" "$show/episodes/2000-02-00097/published.json"
    run dgl -C "$show" feed
    status_is 3
    contains "$output" "is used by 2000-02-00097 already"
    rm -r "$show/episodes/2000-02-00097"
    remake
    feed=$(sha256sum <"$public/feed.xml")
    printf 'x\n\t\t\n' >"$show/.dgl/catalog"
    remake
    equals "$(sha256sum <"$public/feed.xml")" "$feed"
    sed -i 's/^author:.*/author: Andre/' "$show/episodes/show.yaml"
    remake
    equals "$(xmllint --xpath 'string(//item[1]/*[name() = "itunes:author"])' "$public/feed.xml")" Andre
}

@test "an entry that was changed in the store, where it lies, does not get into the feed" {
    sleep 2.1
    remake
    feed=$(sha256sum <"$public/feed.xml")
    item=$(ls "$show"/.dgl/store/2000-02-00100/item/*/item.xml)
    chmod u+w "$item"
    printf '<!-- -->' | dd of="$item" conv=notrunc status=none
    remake # which needs no entry
    equals "$(sha256sum <"$public/feed.xml")" "$feed"
    python3 "$root/tests/many.py" "$show" 101 1
    run dgl -C "$show" feed
    status_is 1
    contains "$output" "item.xml is not what was written"
    contains "$output" "remove its folder, and run it again"
    equals "$(sha256sum <"$public/feed.xml")" "$feed"
    rm -r "$(dirname "$item")"
    remake
    equals "$(titles feed.xml | grep -o '[0-9]*' | xargs)" "101 100 99"
}
