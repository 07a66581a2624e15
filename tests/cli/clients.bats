#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Clients that nobody here wrote: they read the feed, subscribe to what serve shows, and download;
# what arrives is what was published, bit for bit.

load helper

setup_file() {
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3, m4a]/' "$show/episodes/show.yaml"
    printf 'feed_entries: 1\nfunding: {url: "https://example.org/stott", text: Støtt oss}\n' \
        >>"$show/episodes/show.yaml"
    older=$(new_episode 2026-01)
    sed -i 's/^# summary:.*/summary: Om mat.\nkind: trailer\npublished: 2026-01-12T09:00:00+01:00/' \
        "$show/episodes/$older/episode.yaml"
    episode=$(new_episode 2026-02 --guest "Åse Nordmann" --municipality Meløy)
    cat >>"$show/episodes/$episode/episode.yaml" <<'END'
published: 2026-02-12T09:00:00+01:00
captions: [{file: captions.nb.vtt, language: nb, made: corrected}]
chapters: [{at: "00:00:00", title: Velkommen}, {at: "00:00:04", title: Råd & takk}]
soundbites: [{from: "00:00:01", to: "00:00:06", title: Ei åpen dør}]
comments: https://sosial.example.org/@dgl/1
END
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:03.500\n<v Åse>Hei og velkommen.\n' \
        >"$show/episodes/$episode/captions.nb.vtt"
    tone "$BATS_FILE_TMPDIR/a.wav" 7
    tone "$BATS_FILE_TMPDIR/b.wav" 8
    dgl -C "$show" publish "$older" "$BATS_FILE_TMPDIR/a.wav" >/dev/null 2>&1
    dgl -C "$show" publish "$episode" "$BATS_FILE_TMPDIR/b.wav" >/dev/null 2>&1
}

setup() {
    show=$BATS_FILE_TMPDIR/show
    public=$show/public
    work=$BATS_TEST_TMPDIR
    server=
}

teardown() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    tmux -L "dgl-$$" kill-server 2>/dev/null || true
}

serve() {
    "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" --json serve --port 0 \
        >"$work/server" 2>"$work/errors" 3>&- &
    server=$!
    for _ in $(seq 100); do
        port=$(jq -r .port "$work/server" 2>/dev/null) && [ -n "$port" ] && break
        sleep 0.1
    done
    url=http://127.0.0.1:$port
}

# Published media of the newest episode, by its SHA-256.
newest() { # output
    jq -r ".files[] | select(.output == \"$1\").sha256" "$show"/episodes/2026-02-*/published.json
}

parse() { # feed; leaves what both say in $seen
    need_tool node
    modules=$root/build/npm-clients seen=$work/seen
    node "$root/tests/live/clients.mjs" --modules "$modules" 2>"$work/npm" ||
        skip "podcast-partytime and feedsmith are not installed: $(tail -n 1 "$work/npm")"
    node "$root/tests/live/clients.mjs" --modules "$modules" "$public/$1" >"$seen"
}

@test "podcast-partytime and feedsmith read the same in the feed, tag by tag" {
    parse feed.xml
    while IFS='~' read -r party smith want; do
        equals "$(jq -cr ".partytime | $party" "$seen")" "$want"
        [ -z "$smith" ] || equals "$(jq -cr ".feedsmith | $smith" "$seen")" "$want"
    done <<END
.title~.title~Det gode liv i nord
.guid~.podcast.guid~$(xmllint --xpath "string(//*[name() = 'podcast:guid'])" "$public/feed.xml")
.medium~.podcast.medium~podcast
.locked~.podcast.locked.value~true
.podcastFunding[0].url~.podcast.fundings[0].url~https://example.org/stott
.trailers[0].title~.podcast.trailers[0].display~$(sed -n 's/^title: "\(.*\)"/\1/p' "$show"/episodes/2026-01-*/episode.yaml)
.pubsub.next~[.atom.links[] | select(.rel == "next").href][0]~https://example.org/detgodeliv/feed-archive-1.xml
.items[0].podcastSoundbites[0].startTime~.items[0].podcast.soundbites[0].startTime~1
.items[0].podcastSoundbites[0].title~.items[0].podcast.soundbites[0].display~Ei åpen dør
.items[0].podcastLocation.osm~.items[0].podcast.locations[0].osm~R409040
.items[0].podcastTranscripts | length~.items[0].podcast.transcripts | length~4
.items[0].podcastSocialInteraction[0].url~.items[0].podcast.socialInteracts[0].uri~https://sosial.example.org/@dgl/1
.items[0].podcastPeople[0].name~.items[0].podcast.persons[0].display~Åse Nordmann
.items[0].enclosure.length~.items[0].enclosures[0].length~$(stat -c %s "$public"/media/2026-02-*/*.mp3)
.items[0].alternativeEnclosures[0].integrity.type~.items[0].podcast.alternateEnclosures[0].integrity.type~sri
END
    equals "$(jq -cr '.feedsmith.items[0].psc.chapters | map(.title) | join("; ")' "$seen")" "Velkommen; Råd & takk"
    equals "$(jq -r '.feedsmith.items[0].media.thumbnails | length' "$seen")" 1
}

@test "an archive is the same podcast to them, with the older episode" {
    parse feed-archive-1.xml
    guid=$(xmllint --xpath "string(//*[name() = 'podcast:guid'])" "$public/feed.xml")
    equals "$(jq -r '.partytime.guid, .feedsmith.podcast.guid' "$seen" | sort -u)" "$guid"
    equals "$(jq -r '.partytime.items | length' "$seen")" 1
    equals "$(jq -r '.feedsmith.items[0].itunes.episodeType' "$seen")" trailer
}

@test "python's feedparser and podcastparser read every feed without a complaint" {
    need_python feedparser
    feedparser=$python
    need_python podcastparser
    for feed in "$public"/feed.xml "$public"/feed-archive-1.xml "$public"/feeds/*.xml; do
        "$feedparser" - "$feed" <<'END'
import feedparser, sys
feed = feedparser.parse(sys.argv[1])
assert not feed.bozo, feed.bozo_exception
assert feed.entries and all(e.enclosures[0].length.isdigit() and e.published_parsed for e in feed.entries)
END
        "$python" - "$feed" <<'END'
import podcastparser, sys
feed = podcastparser.parse("file:///feed.xml", open(sys.argv[1], "rb"))
assert feed["episodes"], feed
for e in feed["episodes"]:
    assert len(e["enclosures"]) == 1, e["enclosures"]
    assert e["total_time"] in (7, 8) and e["guid"] and e["published"], e
END
    done
    "$python" - "$public/feed.xml" <<'END'
import podcastparser, sys
episode = podcastparser.parse("file:///feed.xml", open(sys.argv[1], "rb"))["episodes"][0]
assert [(c["start"], c["title"]) for c in episode["chapters"]] == [(0, "Velkommen"), (4, "Råd & takk")], episode["chapters"]
END
}

@test "gpo subscribes to what serve shows, and downloads it bit for bit" {
    need_tool gpo
    serve
    export GPODDER_HOME=$work/gpodder GPODDER_DOWNLOAD_DIR=$work/gpodder/media HOME=$work
    gpo subscribe "$url/feed.xml" >"$work/gpo" 2>&1
    gpo update >>"$work/gpo" 2>&1
    timeout 60 gpo download >>"$work/gpo" 2>&1
    find "$work/gpodder/media" -name '*.mp3' -exec sha256sum {} + | cut -d' ' -f1 >"$work/sums"
    grep -qx "$(newest mp3)" "$work/sums" || { cat "$work/gpo"; find "$work/gpodder"; return 1; }
}

@test "newsboat takes the episode into its queue, and podboat downloads it bit for bit" {
    need_tool podboat
    need_tool tmux
    serve
    mkdir -p "$work/pod"
    printf '%s\n' "$url/feed.xml" >"$work/urls"
    printf 'podcast-auto-enqueue yes\ndownload-path "%s/pod/"\nmax-downloads 1\n' "$work" >"$work/config"
    export HOME=$work
    mkdir -p "$work/.newsboat"
    newsboat -C "$work/config" -u "$work/urls" -c "$work/cache.db" -x reload >"$work/newsboat" 2>&1
    queue=$(find "$work" -name queue | head -n 1)
    grep -q "^$url/media/2026-02-[a-z]*/.*\.mp3" "$queue" || { cat "$work/newsboat" "$queue"; return 1; }
    equals "$(wc -l <"$queue")" 1
    tmux -L "dgl-$$" -f /dev/null new-session -d -x 100 -y 30 "podboat -a -C '$work/config' -q '$queue'" 3>&-
    for _ in $(seq 150); do
        find "$work/pod" -name '*.mp3' -exec sha256sum {} + | cut -d' ' -f1 >"$work/sums"
        ! grep -qx "$(newest mp3)" "$work/sums" || return 0
        sleep 0.1
    done
    tmux -L "dgl-$$" capture-pane -p
    find "$work/pod"
    return 1
}
