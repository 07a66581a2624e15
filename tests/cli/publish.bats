#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup_file() {
    need_tool sox
    need_tool jq
    export DGL_NOW=2026-02-12T08:00:00Z
    tone "$BATS_FILE_TMPDIR/rec.wav" 6
    new_show
    episode=$(new_episode 2026-02 --guest "Kari Nordmann" --municipality Meløy)
    cat >>"$show/episodes/$episode/episode.yaml" <<EOF
summary: Om trivsel & åpne dører.
captions: [{file: captions.nb.vtt, language: nb, made: corrected}]
chapters: [{at: "00:00:00", title: Velkommen}, {at: "00:00:03.5", title: "Så æ, ø og å", url: "https://example.org/a"}]
EOF
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\n<v Kari>Velkommen til oss.\n' \
        >"$show/episodes/$episode/captions.nb.vtt"
    dgl -C "$show" publish "$episode" "$BATS_FILE_TMPDIR/rec.wav" --json >"$BATS_FILE_TMPDIR/first.json"
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    copy_show
    episode=2026-02-trivsel
    yaml=$show/episodes/$episode/episode.yaml
    recording=$BATS_FILE_TMPDIR/rec.wav
}

only_mp3() {
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
}

# An episode of its own, beside the published one, in the outputs that show.yaml names.
another() { # month, options of new
    dgl -C "$show" new "$@" --json | jq -r .episode
}

@test "publish --json keeps its contract, and every file is what it says" {
    said=$BATS_FILE_TMPDIR/first.json
    jq -e '(.episode == "2026-02-trivsel") and (.feed == "public/feed.xml")
        and (.page == "public/episodes/2026-02-trivsel/index.html")
        and (.guid | test("^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"))
        and all(.stages[]; (.name | type) == "string" and (.seconds | type) == "number")
        and all(.stages[]; .state == "ran")
        and ([.files[].type] == ["audio/mpeg", "audio/x-m4a", "audio/ogg"])
        and all(.files[]; (.duration_s - 6 | fabs) < 0.001)' "$said"
    jq -r '.feed, .page, .files[].path' "$said" | while read -r path; do [ -f "$show/$path" ]; done
    jq -r '.files[] | "\(.bytes) \(.sha256) \(.path)"' "$said" | while read -r bytes sha path; do
        equals "$(stat -c %s "$show/$path")" "$bytes"
        equals "$(sha256sum <"$show/$path")" "$sha  -"
        contains "$path" "-${sha:0:8}."
    done
}

@test "what is delivered reads -16 LUFS and at most -1 dBTP, to ffmpeg and to measure" {
    need_tool ffmpeg
    if [ -r "$DGL_MEDIA/speech-en-60s.wav" ]; then
        sox -D "$DGL_MEDIA/speech-en-60s.wav" "$BATS_TEST_TMPDIR/speech.wav" trim 20 9
    else
        sox -D -R -n -r 16000 -c 1 "$BATS_TEST_TMPDIR/speech.wav" synth 9 pinknoise tremolo 3 90 gain -9
    fi
    said publish "$(another 2026-03)" "$BATS_TEST_TMPDIR/speech.wav"
    equals "$(jq '.files | length' "$said")" 3
    jq -r '.files[] | "\(.path) \(.integrated_lufs) \(.true_peak_dbtp)"' "$said" >"$BATS_TEST_TMPDIR/files"
    while read -r path loudness peak; do
        set -- $(ebur128 "$show/$path")
        within "$1" -16 0.2
        at_most "$2" -1.0
        set -- $(dgl measure --json "$show/$path" | jq -r '.[0] | "\(.integrated_lufs) \(.true_peak_dbtp)"')
        within "$1" -16 0.2
        at_most "$2" -1.0
        within "$loudness" "$1" 0.01
        within "$peak" "$2" 0.01
    done <"$BATS_TEST_TMPDIR/files"
}

@test "publishing again changes nothing" {
    before=$(public_state)
    record=$(cat "$show/episodes/$episode/published.json")
    DGL_NOW=2026-02-13T08:00:00Z said publish "$episode"
    equals "$(jq -r '[.stages[].state] | unique | join(" ")' "$said")" fresh
    equals "$(public_state)" "$before"
    equals "$(cat "$show/episodes/$episode/published.json")" "$record"
}

@test "a changed title is tagged and written, and nothing is encoded again" {
    old=$(published '.files[].path')
    sed -i 's/^title:.*/title: Åpne dører/' "$yaml"
    said publish "$episode"
    equals "$(ran)" "art captions tag.mp3 tag.m4a tag.opus item page report"
    for path in $(published '.files[].path'); do lacks "$old" "$path"; done
    contains "$(cat "$show/public/feed.xml")" "<title>Åpne dører</title>"
    contains "$(cat "$show/public/episodes/$episode/index.html")" "Åpne dører"
}

@test "an added output makes only that output, and a dropped one leaves the others alone" {
    only_mp3
    said publish "$episode"
    equals "$(ran)" "item page report"
    equals "$(published '.files[].output')" mp3
    lacks "$(cat "$show/public/feed.xml")" ".m4a"
    sed -i 's/^outputs:.*/outputs: [mp3, opus]/' "$show/episodes/show.yaml"
    # What was dropped is kept until clean: opus need not be encoded again, unless clean went over it.
    rm -rf "$show/.dgl/store/$episode"/*.opus
    mp3=$(published '.files[0].path')
    said publish "$episode"
    equals "$(ran)" "encode.opus tag.opus item page report"
    equals "$(published '.files[0].path')" "$mp3"
    equals "$(published '.files | map(.output) | join(" ")')" "mp3 opus"
}

@test "changed captions reach page and feed without touching the sound" {
    sed -i 's/Velkommen til oss/God dag i stua/' "$show/episodes/$episode/captions.nb.vtt"
    said publish "$episode"
    contains "$(ran)" captions
    for stage in ingest timeline sound encode tag; do lacks "$(ran)" "$stage"; done
    contains "$(cat "$show/public/episodes/$episode/nb.vtt")" "God dag i stua"
    contains "$(cat "$show/public/episodes/$episode/index.html")" "God dag i stua"
}

@test "a renamed folder keeps address, guid and media" {
    feed=$(cat "$show/public/feed.xml")
    before=$(public_state)
    mv "$show/episodes/$episode" "$show/episodes/2026-02-trivsel-i-nord"
    said publish 2026-02-trivsel-i-nord
    equals "$(jq -r .guid "$said")" "$(jq -r .guid "$BATS_FILE_TMPDIR/first.json")"
    equals "$(jq -r '.files[].path' "$said")" "$(jq -r '.files[].path' "$BATS_FILE_TMPDIR/first.json")"
    equals "$(cat "$show/public/feed.xml")" "$feed"
    equals "$(public_state)" "$before"
}

@test "an episode of the future waits outside the feed until its time has come" {
    only_mp3
    later=$(another 2026-03 --title Framtid)
    echo 'published: 2026-03-12T09:00:00+01:00' >>"$show/episodes/$later/episode.yaml"
    said publish "$later" "$recording"
    lacks "$(cat "$show/public/feed.xml" "$show/public/index.html")" Framtid
    DGL_NOW=2026-03-12T07:59:59Z dgl -C "$show" -q feed
    lacks "$(cat "$show/public/feed.xml")" Framtid
    equals "$(dgl -C "$show" --json status "$later" | jq -r '.episodes[0].state')" waiting
    DGL_NOW=2026-03-12T08:00:00Z dgl -C "$show" -q feed
    contains "$(cat "$show/public/feed.xml")" Framtid
    contains "$(cat "$show/public/feed.xml")" "<pubDate>Thu, 12 Mar 2026 08:00:00 +0000</pubDate>"
    contains "$(cat "$show/public/index.html")" Framtid
}

@test "former media stay 90 days for cached feeds, then they go" {
    only_mp3
    old=$(published '.files[] | select(.output == "mp3").path')
    gone=$(published '.files[] | select(.output == "opus").path')
    sed -i 's/^title:.*/title: Nytt navn/' "$yaml"
    said publish "$episode"
    new=$(published '.files[0].path')
    [ "$old" != "$new" ]
    equals "$(published '[.former[].until] | unique | join(" ")')" 2026-05-13T08:00:00Z
    DGL_NOW=2026-05-13T07:59:59Z said publish "$episode"
    [ -f "$show/public/$old" ]
    [ -f "$show/public/$gone" ]
    DGL_NOW=2026-05-13T08:00:00Z said publish "$episode"
    [ ! -e "$show/public/$old" ]
    [ ! -e "$show/public/$gone" ]
    [ -f "$show/public/$new" ]
    equals "$(published '.former | length')" 0
}

@test "a former version that comes back stays" {
    only_mp3
    old=$(published '.files[] | select(.output == "mp3").path')
    sed -i 's/^title:.*/title: Nytt navn/' "$yaml"
    said publish "$episode"
    sed -i 's/^title:.*/title: Trivsel i Meløy/' "$yaml"
    DGL_NOW=2026-05-01T08:00:00Z said publish "$episode"
    equals "$(published '.files[0].path')" "$old"
    DGL_NOW=2027-01-01T08:00:00Z said publish "$episode"
    [ -f "$show/public/$old" ]
}

@test "a clone without any media rebuilds feed and pages byte for byte" {
    clone=$BATS_TEST_TMPDIR/clone
    mkdir "$clone"
    cp -r "$show/episodes" "$clone/"
    dgl -C "$clone" -q site
    for file in feed.xml index.html 404.html style.css icon.svg "episodes/$episode/index.html" \
        "episodes/$episode/nb.vtt" "episodes/$episode/nb.srt" "episodes/$episode/chapters.json"; do
        cmp "$clone/public/$file" "$show/public/$file"
    done
    cmp "$clone/episodes/$episode/published.json" "$show/episodes/$episode/published.json"
    [ ! -d "$clone/public/media" ]
}

@test "in a clone without media a changed summary reaches the feed, and the media stay as published" {
    clone=$BATS_TEST_TMPDIR/clone
    mkdir "$clone"
    cp -r "$show/episodes" "$clone/"
    sed -i 's/^summary:.*/summary: Ny ingress./' "$clone/episodes/$episode/episode.yaml"
    mv "$recording" "$recording.away"
    code=0
    dgl -C "$clone" -q publish "$episode" || code=$?
    mv "$recording.away" "$recording"
    equals "$code" 0
    contains "$(cat "$clone/public/feed.xml")" "Ny ingress."
    equals "$(grep -o '<enclosure[^>]*>' "$clone/public/feed.xml")" \
        "$(grep -o '<enclosure[^>]*>' "$show/public/feed.xml")"
}

@test "a recording may be unplugged once it is ingested" {
    only_mp3
    cp "$recording" "$BATS_TEST_TMPDIR/stick.wav"
    next=$(another 2026-03)
    said publish "$next" "$BATS_TEST_TMPDIR/stick.wav" --until ingest
    rm "$BATS_TEST_TMPDIR/stick.wav"
    said publish "$next"
    contains "$(ran)" "sound encode.mp3 tag.mp3"
    sed -i 's/^title:.*/title: Uten opptak/' "$show/episodes/$next/episode.yaml"
    said publish "$next"
    contains "$(ran)" tag.mp3
}

@test "the original is kept, untouched and write-protected, and never linked to the recording" {
    original=$(ls "$show"/originals/*)
    cmp "$original" "$recording"
    equals "$(stat -c '%a %h' "$original")" "444 1"
    equals "$(basename "$original" .wav)" "$(sha256sum <"$recording" | cut -d' ' -f1)"
    [ "$(stat -c %i "$original")" != "$(stat -c %i "$recording")" ]
}

@test "a recording is noted in episode.yaml only once it was accepted" {
    next=$(another 2026-03)
    yaml=$show/episodes/$next/episode.yaml
    cp "$yaml" "$BATS_TEST_TMPDIR/before.yaml"
    sox -D -n -r 48000 -c 1 "$BATS_TEST_TMPDIR/silent.wav" trim 0 2
    run dgl -C "$show" publish "$next" "$BATS_TEST_TMPDIR/silent.wav"
    status_is 3
    cmp "$yaml" "$BATS_TEST_TMPDIR/before.yaml"
    said publish "$next" "$recording" --until ingest
    cmp -n "$(stat -c %s "$BATS_TEST_TMPDIR/before.yaml")" "$yaml" "$BATS_TEST_TMPDIR/before.yaml"
    contains "$(cat "$yaml")" "recordings:
  - {file: \"$recording\"}"
    # Another one is not taken silently, the same one may be named again.
    run dgl -C "$show" publish "$next" "$BATS_TEST_TMPDIR/silent.wav"
    status_is 3
    contains "$output" "episode.yaml:"
    said publish "$next" "$recording" --until ingest
    equals "$(ran)" ""
}

@test "--until stops behind the stage, and nothing becomes public" {
    only_mp3
    before=$(public_state)
    next=$(another 2026-03)
    said publish "$next" "$recording" --until normalize
    equals "$(ran)" "ingest align timeline art sound"
    equals "$(jq -r '.feed, .page, (.files | length)' "$said" | xargs)" "null null 0"
    equals "$(public_state)" "$before"
    [ ! -e "$show/episodes/$next/published.json" ]
    said encode "$next"
    equals "$(ran)" encode.mp3
    said tag "$next"
    equals "$(ran)" tag.mp3
    equals "$(public_state)" "$before"
    said publish "$next"
    equals "$(ran)" "item page report"
}

@test "--until refuses a stage that is none, and lists those there are" {
    run dgl -C "$show" publish "$episode" --until mastering
    status_is 2
    contains "$output" "normalize"
}

@test "--dry-run says what would run, and writes nothing" {
    only_mp3
    next=$(another 2026-03)
    before=$(cd "$show" && find . -type f -exec sha256sum {} + | sort -k2)
    said publish "$next" "$recording" --dry-run
    equals "$(jq -r '.stages[0] | "\(.name) \(.state) \(.why)"' "$said")" "ingest stale never made"
    equals "$(ran)" ""
    equals "$(cd "$show" && find . -type f -exec sha256sum {} + | sort -k2)" "$before"
    sed -i 's/^title:.*/title: Nytt/' "$yaml"
    said publish "$episode" --dry-run
    equals "$(jq -r '[.stages[] | select(.state == "stale" or .state == "waits").name] | join(" ")' "$said")" \
        "art captions tag.mp3 item page report"
    contains "$(jq -r '.stages[] | select(.name == "art").why' "$said")" title
    contains "$(jq -r '.stages[] | select(.name == "tag.mp3").why' "$said")" "after art"
}

@test "--dry-run of a show that was never published leaves no file behind" {
    rm -rf "$show/.dgl" "$show/public" "$show/originals" "$show"/episodes/*/published.json
    before=$(find "$show" | sort)
    dgl -C "$show" -q publish "$episode" --dry-run
    dgl -C "$show" status >/dev/null
    equals "$(find "$show" | sort)" "$before"
}

@test "--all publishes every episode and prints one document" {
    only_mp3
    next=$(another 2026-03)
    dgl -C "$show" -q publish "$next" "$recording" --until ingest
    said publish --all
    equals "$(jq -r '[.episodes[].episode] | join(" ")' "$said")" "$episode $next"
    equals "$(grep -c '<item>' "$show/public/feed.xml")" 2
    run dgl -C "$show" publish --all "$episode"
    status_is 2
}

@test "--remake makes everything again, and the same inputs give the same bytes" {
    only_mp3
    said publish "$episode"
    before=$(cd "$show/public" && find . -type f -exec sha256sum {} + | sort -k2)
    said publish "$episode" --remake
    equals "$(jq -r '[.stages[].state] | unique | join(" ")' "$said")" ran
    equals "$(cd "$show/public" && find . -type f -exec sha256sum {} + | sort -k2)" "$before"
}

@test "the results in the store are read-only and named by their record" {
    equals "$(find "$show/.dgl/store" -type f -perm /222)" ""
    equals "$(find "$show/.dgl/store" -name '*.tmp-*')" ""
    for record in "$show"/.dgl/store/*/*/*/record.json; do
        jq -r '.outputs[] | "\(.sha256)  \(.file)"' "$record" |
            (cd "$(dirname "$record")" && sha256sum -c --quiet)
        equals "$(jq -r '.fingerprint[:16]' "$record")" "$(basename "$(dirname "$record")")"
    done
}

@test "several tracks that share a start become one sound" {
    only_mp3
    sox -D -n -r 48000 -c 1 "$BATS_TEST_TMPDIR/host.wav" synth 3 sine 300 gain -15 pad 0 3
    sox -D -n -r 44100 -c 1 "$BATS_TEST_TMPDIR/guest.wav" synth 3 sine 900 gain -15 pad 3 0
    next=$(another 2026-03)
    cat >>"$show/episodes/$next/episode.yaml" <<EOF
recordings:
  - {file: "$BATS_TEST_TMPDIR/host.wav", speaker: vert}
  - {file: "$BATS_TEST_TMPDIR/guest.wav", speaker: gjest}
EOF
    said publish "$next"
    within "$(jq '.files[0].duration_s' "$said")" 6 0.01
    equals "$(ls "$show/originals" | wc -l)" 3
    mp3=$show/$(jq -r '.files[0].path' "$said")
    ffmpeg -nostdin -v error -i "$mp3" "$BATS_TEST_TMPDIR/out.wav"
    loud=$(sox "$BATS_TEST_TMPDIR/out.wav" -n trim 1 1 sinc 250-350 stats 2>&1 | awk '/^RMS lev/ { print $4 }')
    quiet=$(sox "$BATS_TEST_TMPDIR/out.wav" -n trim 4 1 sinc 250-350 stats 2>&1 | awk '/^RMS lev/ { print $4 }')
    at_most "$quiet" "$(awk -v l="$loud" 'BEGIN { print l - 30 }')"
}

@test "parts are one recording, one after the other" {
    only_mp3
    sox -D -n -r 48000 -c 1 "$BATS_TEST_TMPDIR/C0001.wav" synth 2 sine 300 gain -15
    sox -D -n -r 48000 -c 1 "$BATS_TEST_TMPDIR/C0002.wav" synth 2.5 sine 900 gain -15
    next=$(another 2026-03)
    echo "recordings: [{parts: [\"$BATS_TEST_TMPDIR/C0001.wav\", \"$BATS_TEST_TMPDIR/C0002.wav\"]}]" \
        >>"$show/episodes/$next/episode.yaml"
    said publish "$next"
    within "$(jq '.files[0].duration_s' "$said")" 4.5 0.001
    ffmpeg -nostdin -v error -i "$show/$(jq -r '.files[0].path' "$said")" "$BATS_TEST_TMPDIR/out.wav"
    for window in "0.2 300" "2.2 900"; do
        set -- $window
        frequency=$(sox "$BATS_TEST_TMPDIR/out.wav" -n remix 1 trim "$1" 1.5 stat 2>&1 | awk '/^Rough/ { print $3 }')
        within "$frequency" "$2" 20
    done
}

@test "a mono recording is delivered in two equal channels, and in one when channels says 1" {
    only_mp3
    sox -D -n -r 48000 -c 1 "$BATS_TEST_TMPDIR/mono.wav" synth 3 pinknoise gain -12
    next=$(another 2026-03)
    said publish "$next" "$BATS_TEST_TMPDIR/mono.wav"
    ffmpeg -nostdin -v error -i "$show/$(jq -r '.files[0].path' "$said")" "$BATS_TEST_TMPDIR/two.wav"
    equals "$(soxi -c "$BATS_TEST_TMPDIR/two.wav")" 2
    sox -D "$BATS_TEST_TMPDIR/two.wav" "$BATS_TEST_TMPDIR/difference.wav" remix 1,2i
    at_most "$(sox "$BATS_TEST_TMPDIR/difference.wav" -n stat 2>&1 | awk '/^Maximum amplitude/ { print $3 }')" 0.001
    echo 'channels: 1' >>"$show/episodes/$next/episode.yaml"
    said publish "$next"
    equals "$(ran)" "sound encode.mp3 tag.mp3 item page report"
    equals "$(ffprobe -v error -of csv=p=0 -show_entries stream=channels -select_streams a "$show/$(jq -r '.files[0].path' "$said")")" 1
    set -- $(dgl measure --json "$show/$(jq -r '.files[0].path' "$said")" | jq -r '.[0] | "\(.channels) \(.integrated_lufs)"')
    equals "$1" 1
    within "$2" -16 0.2
}

@test "a folder's name that is no address is refused or made one, and published.json can be read again" {
    only_mp3
    mv "$show/episodes/$episode" "$BATS_TEST_TMPDIR/away"
    mkdir "$show/episodes/2026-03 Åpen_Dør"
    printf 'title: Åpen dør\n' >"$show/episodes/2026-03 Åpen_Dør/episode.yaml"
    said publish "2026-03" "$recording"
    said publish "2026-03"
    equals "$(ran)" ""
    lacks "$(grep -oE 'url="[^"]*"' "$show/public/feed.xml")" "Å"
    lacks "$(grep -oE 'url="[^"]*"' "$show/public/feed.xml")" " "
}

@test "a new episode in a folder whose name was another's address gets an address of its own" {
    only_mp3
    mv "$show/episodes/$episode" "$show/episodes/2026-02-gammel"
    next=$(another 2026-02)
    equals "$next" "$episode"
    said publish "$next" "$recording"
    equals "$(grep -c '<item>' "$show/public/feed.xml")" 2
    equals "$(jq -rs 'map(.slug) | unique | length' "$show"/episodes/*/published.json)" 2
}

# All that independent eyes read in a tagged file, as one JSON object in terms of the episode.
read_tags() { # files
    "$python" - "$@" <<'EOF'
import base64, hashlib, json, sys
import mutagen
from mutagen.flac import Picture
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus

def sha(data):
    return hashlib.sha256(data).hexdigest()

def clock(text):
    h, m, s = text.split(":")
    return round(1000 * (int(h) * 3600 + int(m) * 60 + float(s)))

def mp3(path):
    t = ID3(path)
    chapters = sorted(t.getall("CHAP"), key=lambda c: c.start_time)
    toc, = t.getall("CTOC")
    assert t.version == (2, 4, 0), t.version
    assert toc.child_element_ids == [c.element_id for c in chapters]
    return {
        "title": t["TIT2"].text, "show": t["TALB"].text, "artist": t["TPE1"].text,
        "publisher": t["TPE2"].text, "number": t["TRCK"].text, "season": t["TPOS"].text,
        "date": [str(x) for x in t["TDRC"].text], "language": t["TLAN"].text,
        "description": t["TDES"].text, "licence": [t["WCOP"].url], "guid": t["TGID"].text,
        "feed": [t["WFED"].url.lstrip("\0\x03")],  # Apple's frame is a text: its encoding comes first
        "theme": t["TXXX:THEME"].text, "goals": t["TXXX:SDG"].text, "guest": t["TXXX:GUEST"].text,
        "spdx": t["TXXX:LICENSE"].text, "podcast": "PCST" in t,
        "cover": [sha(p.data) for p in t.getall("APIC")],
        "chapters": [[c.start_time, c.sub_frames["TIT2"].text[0],
                      next((f.url for f in c.sub_frames.getall("WXXX")), None)] for c in chapters],
        "ends": [c.end_time for c in chapters],
    }

def m4a(path):
    f = MP4(path)
    t = f.tags
    own = lambda key: [bytes(x).decode() for x in t["----:com.apple.iTunes:" + key]]
    return {
        "title": t["\xa9nam"], "show": t["\xa9alb"], "artist": t["\xa9ART"], "publisher": t["aART"],
        "number": [str(t["trkn"][0][0])], "season": [str(t["disk"][0][0])], "date": t["\xa9day"],
        "language": own("LANGUAGE"), "description": t["desc"],
        "licence": own("LICENSE")[:1], "guid": [bytes(x).decode() if isinstance(x, bytes) else x for x in t["egid"]],
        "feed": [bytes(x).decode() if isinstance(x, bytes) else x for x in t["purl"]],
        "theme": own("THEME"), "goals": own("SDG"), "guest": own("GUEST"), "spdx": own("LICENSE")[1:],
        "podcast": bool(t["pcst"]), "cover": [sha(bytes(p)) for p in t["covr"]],
        # mutagen believes that every movie's clock ticks 1000 times a second
        "chapters": [[round(c.start * f.chapters._timescale), c.title, None] for c in f.chapters],
    }

def opus(path):
    t = OggOpus(path).tags
    n = sorted(k for k in t.keys() if k.lower().startswith("chapter") and len(k) == 10)
    return {
        "title": t["title"], "show": t["album"], "artist": t["artist"], "publisher": t["albumartist"],
        "number": t["tracknumber"], "season": t["discnumber"], "date": t["date"],
        "language": t["language"], "description": t["description"], "licence": t["license"][:1],
        "guid": t["podcastid"], "feed": t["podcasturl"], "theme": t["theme"], "goals": t["sdg"],
        "guest": t["guest"], "spdx": t["license"][1:], "podcast": t["podcast"] == ["1"],
        "cover": [sha(Picture(base64.b64decode(p)).data) for p in t["metadata_block_picture"]],
        "chapters": [[clock(t[k][0]), t[k + "name"][0], t.get(k + "url", [None])[0]] for k in n],
    }

read = {"mp3": mp3, "m4a": m4a, "opus": opus}
print(json.dumps({p.rsplit(".", 1)[1]: read[p.rsplit(".", 1)[1]](p) for p in sys.argv[1:]}, ensure_ascii=False))
EOF
}

@test "tags say the same in every container, to another reader" {
    need_python mutagen
    read_tags $(published '.files[].path' | sed "s|^|$show/public/|") >"$BATS_TEST_TMPDIR/tags"
    guid=$(published .guid)
    small=$(sha256sum "$show"/.dgl/store/$episode/art/*/cover-small.* | cut -d' ' -f1)
    jq -e --arg guid "$guid" --arg cover "$small" 'all(.[];
        .title == ["Trivsel i Meløy"] and .show == ["Det gode liv i nord"]
        and .artist == ["Kari Nordmann"] and .publisher == ["Nordland fylkeskommune"]
        and .number == ["1"] and .season == ["2026"] and .date == ["2026-02-12"]
        and .description == ["Om trivsel & åpne dører."]
        and .licence == ["https://creativecommons.org/licenses/by/4.0/"] and .spdx == ["CC-BY-4.0"]
        and .guid == [$guid] and .feed == ["https://example.org/detgodeliv/feed.xml"]
        and .theme == ["Trivsel"] and .guest == ["Kari Nordmann"] and .podcast == true
        and .goals == ["http://metadata.un.org/sdg/3", "http://metadata.un.org/sdg/8", "http://metadata.un.org/sdg/11"]
        and .cover == [$cover])
        and .mp3.language == ["nob"] and .m4a.language == ["nb"] and .opus.language == ["nb"]' \
        "$BATS_TEST_TMPDIR/tags" || { jq . "$BATS_TEST_TMPDIR/tags"; return 1; }
}

@test "chapters are the same in MP3, M4A, Opus, the JSON and the record" {
    need_python mutagen
    need_tool ffprobe
    read_tags $(published '.files[].path' | sed "s|^|$show/public/|") >"$BATS_TEST_TMPDIR/tags"
    wanted='[[0,"Velkommen"],[3500,"Så æ, ø og å"]]'
    equals "$(jq -c '[.[].chapters | map(.[:2])] | unique' "$BATS_TEST_TMPDIR/tags")" "[$wanted]"
    equals "$(jq -c '[.mp3, .opus] | map(.chapters[1][2]) | unique' "$BATS_TEST_TMPDIR/tags")" '["https://example.org/a"]'
    equals "$(jq -c '.mp3.ends' "$BATS_TEST_TMPDIR/tags")" '[3500,6000]'
    equals "$(jq -c '[.chapters[] | [(.startTime * 1000 | round), .title]]' "$show/public/episodes/$episode/chapters.json")" "$wanted"
    equals "$(published '[.chapters[] | .at] | join(" ")')" "00:00:00.000 00:00:03.500"
    for path in $(published '.files[].path'); do
        equals "$(ffprobe -v error -show_chapters -of json "$show/public/$path" |
            jq -c '[.chapters[] | [(.start_time | tonumber * 1000 | round), .tags.title]]')" "$wanted"
    done
}

@test "the number of samples stays the recording's in every container" {
    need_tool ffmpeg
    for path in $(published '.files[].path'); do
        slack=0
        # ffmpeg 5.1 plays the last AAC frame to its end, behind the edit list.
        [[ $path != *.m4a ]] || slack=1023
        ffmpeg -nostdin -v error -i "$show/public/$path" -f s16le -ac 1 -ar 48000 "$BATS_TEST_TMPDIR/pcm"
        within "$(($(stat -c %s "$BATS_TEST_TMPDIR/pcm") / 2))" 288000 $slack
        rm "$BATS_TEST_TMPDIR/pcm"
    done
}

@test "nothing of where and with what it was recorded survives" {
    need_tool ffmpeg
    need_media phone-android-gps.mp4
    # The phone's own file is too short to publish: its tags go onto a longer sound.
    ffmpeg -nostdin -v error -i "$recording" -i "$DGL_MEDIA/phone-android-gps.mp4" -map 0:a -map_metadata 1 \
        -metadata location="+67.2804+014.4049/" -metadata com.android.model="SM-G973F" \
        -metadata make=Samsung -metadata comment="hjemme hos Kari" -metadata title="VID_20260203" \
        -metadata creation_time="2026-02-03T10:11:12Z" -movflags use_metadata_tags \
        -c:a aac -b:a 128k "$BATS_TEST_TMPDIR/phone.mp4"
    grep -aq "+67.2804" "$BATS_TEST_TMPDIR/phone.mp4"
    grep -aq SM-G973F "$BATS_TEST_TMPDIR/phone.mp4"
    next=$(another 2026-03)
    said publish "$next" "$BATS_TEST_TMPDIR/phone.mp4"
    for path in $(jq -r '.files[].path' "$said"); do
        for secret in 67.2804 SM-G973F Samsung "hjemme hos Kari" VID_2026 20260203 "2026-02-03" com.android location phone.mp4; do
            ! grep -aqi -- "$secret" "$show/$path" || { echo "$path holds $secret"; return 1; }
        done
    done
    not grep -rli "67.2804\|SM-G973F\|phone.mp4" "$show/public" --include=*.html --include=*.xml --include=*.json
    need_tool ffprobe
    for path in $(jq -r '.files[].path' "$said"); do
        equals "$(ffprobe -v error -show_entries format_tags=creation_time -of csv=p=0 "$show/$path")" ""
    done
}
