#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup_file() {
    need_tool sox
    need_tool jq
    export DGL_NOW=2026-02-12T08:00:00Z
    tone "$BATS_FILE_TMPDIR/rec.wav" 3
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    episode=$(new_episode 2026-02 --guest "Kari Nordmann" --municipality Meløy)
    sed -i 's/^    # consent:.*/    consent: {date: 2026-02-03, scopes: [recording, podcast]}/' "$show/episodes/$episode/episode.yaml"
    cat >>"$show/episodes/$episode/episode.yaml" <<EOF
summary: Om trivsel.
host: {name: Ola Nordmann}
captions: [{file: captions.vtt, made: corrected}]
EOF
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nHei.\n' >"$show/episodes/$episode/captions.vtt"
    echo 'Meløy forteller.' >"$show/episodes/$episode/notes.md"
    dgl -C "$show" -q publish "$episode" "$BATS_FILE_TMPDIR/rec.wav"
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    copy_show
    episode=2026-02-trivsel
    yaml=$show/episodes/$episode/episode.yaml
    feed=$show/public/feed.xml
}

findings() { # words of check: "severity rule" lines in $found, the exit code in $code
    code=0
    dgl -C "$show" --json check "$@" >"$BATS_TEST_TMPDIR/said" || code=$?
    jq -e '.findings | all(.[]; (.severity == "error" or .severity == "warning")
        and (.rule | length > 0) and (.where | length > 0) and (.message | length > 0))' "$BATS_TEST_TMPDIR/said" >/dev/null
    found=$(jq -r '.findings[] | "\(.severity) \(.where) \(.message) (\(.rule))"' "$BATS_TEST_TMPDIR/said")
}

@test "a show as it should be has no findings" {
    findings
    equals "$code $found" "0 "
    run dgl -C "$show" check
    status_is 0
    equals "$output" "nothing to complain about"
    findings "$episode"
    equals "$code $found" "0 "
}

@test "notes that nobody has written yet are not public, and that is found" {
    new_episode 2026-03 >/dev/null
    new=$(basename "$show"/episodes/2026-03*)
    contains "$(cat "$show/episodes/$new/notes.md")" "Skriv her hva episoden handler om"
    dgl -C "$show" -q publish "$new" "$BATS_FILE_TMPDIR/rec.wav"
    equals "$(grep -rl 'Skriv her' "$show/public")" ""
    findings "$new"
    contains "$found" "warning episodes/$new/notes.md nobody has written what the episode is about"
    echo 'Om fjæra.' >"$show/episodes/$new/notes.md"
    dgl -C "$show" -q publish "$new"
    grep -q 'Om fjæra.' "$show/public/episodes/$new/index.html"
    findings "$new"
    lacks "$found" "notes.md"
}

@test "what an episode lacks is found, each with its rule" {
    sed -i -e '/consent:/d' -e '/^captions:/d' -e '/^summary:/d' -e '/^month:/d' -e '/^host:/d' "$yaml"
    findings "$episode"
    equals "$code" 3
    for words in "no consent is recorded for Kari Nordmann" "no captions" "no theme" "no goals" "nobody is named"; do
        contains "$found" "error episodes/$episode/episode.yaml $words"
    done
    contains "$found" "warning episodes/$episode/episode.yaml no summary"
    equals "$(jq -r '[.findings[].id // empty] | join(" ")' "$BATS_TEST_TMPDIR/said")" "captions consent theme goals host"
    contains "$found" "FOR-2013-06-21-732"
    contains "$found" "åndsverkloven § 104"
    # Each guest is named by itself.
    sed -i 's/^guest:/&\n  - {name: Per Nordmann}/' "$yaml"
    findings "$episode"
    contains "$found" "yaml no consent is recorded for Per Nordmann: guest"
    contains "$found" "yaml no consent is recorded for Kari Nordmann: guest"
    # The remedy, or the waiver that would do; consent has none.
    run dgl -C "$show" check "$episode"
    status_is 3
    contains "$output" "or, with a reason: waivers: [{rule: captions, reason: …"
    lacks "$output" "rule: consent"
}

@test "an episode that has no recording yet is reminded, not refused" {
    later=$(new_episode 2026-03 --guest "Per Nordmann")
    findings "$later"
    equals "$code" 0
    contains "$found" "warning episodes/$later/episode.yaml no captions"
    lacks "$found" error
}

@test "a consent that does not cover the podcast, or not this day, is an error" {
    while IFS='|' read -r consent words; do
        sed -i "s/^    consent:.*/    consent: {$consent}/" "$yaml"
        findings "$episode"
        equals "$consent: $code" "$consent: 3"
        contains "$found" "error episodes/$episode/episode.yaml $words"
    done <<END
date: 2026-02-03, scopes: [recording]|the consent of Kari Nordmann does not cover the podcast
date: 2026-02-03, scopes: [live]|the consent of Kari Nordmann does not cover the recording and the podcast
date: 2026-03-03, scopes: [recording, podcast]|the consent of Kari Nordmann is dated 2026-03-03, which has not come
date: 2026-02-03, scopes: [recording, podcast], until: 2026-02-11|the consent of Kari Nordmann held until 2026-02-11
END
    sed -i "s/^    consent:.*/    consent: {date: 2026-02-13, scopes: [recording, podcast]}/" "$yaml"
    DGL_NOW=2026-02-14T08:00:00Z findings "$episode"
    contains "$found" "is dated 2026-02-13, the episode is public since 2026-02-12"
}

@test "captions that nobody read are an error, a licence that forbids too" {
    sed -i 's/made: corrected/made: automatic/' "$yaml"
    echo 'license: CC-BY-NC-4.0' >>"$yaml"
    findings "$episode"
    equals "$code" 3
    contains "$found" "made: corrected"
    contains "$found" "CC-BY-NC-4.0 forbids"
    equals "$(jq -r '[.findings[].id] | join(" ")' "$BATS_TEST_TMPDIR/said")" "corrected license"
}

@test "a waiver lets an episode off, says so everywhere, and stands on the page with its reason" {
    sed -i 's/made: corrected/made: automatic/' "$yaml"
    echo 'waivers: [{rule: corrected, reason: Teksten blir rettet & lest i mars., by: Ola Nordmann, until: 2026-03-31}]' >>"$yaml"
    findings "$episode"
    equals "$code" 0
    equals "$(jq -c '.findings[] | [.id, .severity, .waived]' "$BATS_TEST_TMPDIR/said")" \
        '["corrected","warning",{"reason":"Teksten blir rettet & lest i mars.","by":"Ola Nordmann","until":"2026-03-31"}]'
    run dgl -C "$show" check "$episode"
    status_is 0
    contains "$output" "waived by Ola Nordmann until 2026-03-31: Teksten blir rettet & lest i mars."
    dgl -C "$show" -q publish "$episode"
    page=$show/public/episodes/$episode/index.html
    contains "$(cat "$page")" "Tilgjengelighet og unntak"
    contains "$(cat "$page")" "Teksten blir rettet &amp; lest i mars."
    lacks "$(cat "$page")" "Ola Nordmann, "
    # The last day counts; behind it the episode is held to the rule again, and the page says nothing.
    DGL_NOW=2026-03-31T20:00:00Z findings "$episode"
    equals "$code" 0
    export DGL_NOW=2026-04-01T08:00:00Z
    findings "$episode"
    equals "$code" 3
    contains "$found" "(the waiver of Ola Nordmann ran out on 2026-03-31)"
    dgl -C "$show" -q publish "$episode"
    lacks "$(cat "$page")" "Tilgjengelighet og unntak"
}

@test "a waiver that ran out leaves the page with the next run, also of the pages alone" {
    unset DGL_NOW # what is remembered of an episode goes by the time of its files
    sed -i 's/made: corrected/made: automatic/' "$yaml"
    echo "waivers: [{rule: corrected, reason: Rettes snart., by: Ola, until: $(date -d '+5 days' +%F)}]" >>"$yaml"
    dgl -C "$show" -q publish "$episode"
    sleep 3.1 # only what has settled is remembered
    dgl -C "$show" -q site
    page=$show/public/episodes/$episode/index.html
    contains "$(cat "$page")" "Rettes snart."
    DGL_NOW=$(date -u -d '+9 days' +%FT%TZ) dgl -C "$show" -q site
    lacks "$(cat "$page")" "Rettes snart."
}

@test "a waiver for nothing is told, one of an unknown rule or of another's right is refused" {
    cp "$yaml" "$BATS_TEST_TMPDIR/yaml"
    echo 'waivers: [{rule: theme, reason: Uten, by: Ola}]' >>"$yaml"
    findings "$episode"
    equals "$code" 0
    contains "$found" "theme is not missing: delete its waiver"
    while IFS='|' read -r waiver words; do
        cp "$BATS_TEST_TMPDIR/yaml" "$yaml"
        echo "waivers: [$waiver]" >>"$yaml"
        findings "$episode"
        equals "$waiver: $code" "$waiver: 3"
        contains "$found" "$words"
    done <<'END'
{rule: caption, reason: X, by: Ola}|there is no rule "caption"
{rule: consent, reason: X, by: Ola}|consent cannot be waived: it is another person's right
{rule: theme, by: Ola}|reason
{rule: theme, reason: X}|by
{rule: theme, reason: X, by: Ola, until: soon}|until
{rule: theme, reason: X, by: Ola}, {rule: theme, reason: Y, by: Ola}|theme is waived twice
{rule: theme, reason: X, by: Ola, until: 2026-02-01}|the waiver of theme ran out on 2026-02-01: delete it
END
}

@test "of a film it is asked how what is only seen is told, of a sound it is not" {
    need_tool ffmpeg
    sed -i 's/^outputs:.*/&\npicture: 720p25/' "$show/episodes/show.yaml"
    film=$(new_episode 2026-03 --title Film)
    ffmpeg -nostdin -v error -f lavfi -i testsrc2=size=320x180:rate=25:duration=1 -f lavfi -i sine=duration=1 \
        -c:v libx264 -preset ultrafast -c:a aac "$BATS_TEST_TMPDIR/film.mp4"
    echo "recordings: [{file: ../../../film.mp4}]" >>"$show/episodes/$film/episode.yaml"
    dgl -C "$show" -q ingest "$film"
    findings "$film"
    equals "$code" 3
    contains "$found" "error episodes/$film/episode.yaml it is not said how what is only seen"
    contains "$found" "WCAG 2.1 1.2.5"
    for said in spoken '{not-needed: Alt som vises blir sagt}'; do
        sed -i '/^described:/d' "$show/episodes/$film/episode.yaml"
        echo "described: $said" >>"$show/episodes/$film/episode.yaml"
        findings "$film"
        lacks "$found" "only seen"
    done
    findings "$episode"
    lacks "$found" "only seen"
}

@test "a clip that services would cut is a warning, one of 140 s is none" {
    printf 'clip: [{from: 5, to: 145}, {from: "00:00:10", to: "00:02:30.5"}]\n' >>"$yaml"
    findings "$episode"
    equals "$code" 0
    contains "$found" "warning episodes/$episode/episode.yaml the clip at 00:00:10 lasts 140.5 s"
    lacks "$found" 00:00:05
}

@test "an episode.yaml that cannot be read is a finding with its place, among the others" {
    echo 'titel: X' >>"$yaml"
    findings
    equals "$code" 3
    contains "$found" "episode.yaml:"
    contains "$found" "unknown key titel"
}

@test "feed findings have the line, the rule and the severity" {
    line=$(grep -n '<enclosure' "$feed" | cut -d: -f1)
    sed -i 's/ length="[0-9]*"/ length="12"/' "$feed"
    findings
    equals "$code" 3
    contains "$found" "error"
    contains "$found" "feed.xml:$line"
    contains "$found" "the feed says 12 bytes"
}

@test "a feed that names what is not there is an error" {
    rm "$show"/public/media/*/*.mp3
    findings
    equals "$code" 3
    contains "$found" "which is not there"
}

# One edit of a good feed, and what must be found then.
@test "each thing that directories refuse is found" {
    cp "$feed" "$BATS_TEST_TMPDIR/good.xml"
    while IFS='|' read -r edit severity words; do
        sed -E "$edit" "$BATS_TEST_TMPDIR/good.xml" >"$BATS_TEST_TMPDIR/feed.xml"
        ! cmp -s "$BATS_TEST_TMPDIR/good.xml" "$BATS_TEST_TMPDIR/feed.xml" || { echo "no edit: $edit"; return 1; }
        findings "$BATS_TEST_TMPDIR/feed.xml"
        wanted=0
        [ "$severity" != error ] || wanted=3
        equals "$edit: $code" "$edit: $wanted"
        contains "$found" "$severity $BATS_TEST_TMPDIR/feed.xml"
        contains "$found" "$words"
    done <<'EOF'
/<itunes:explicit>/d|error|itunes:explicit
/<itunes:category /d|error|itunes:category
/<language>/d|error|language
/<itunes:image /d|error|itunes:image
s/ length="[0-9]+"//|error|length
s/ type="audio.mpeg"//|error|type
s/<guid[^>]*>[^<]*<.guid>//|error|guid
s/Thu, 12 Feb 2026/Fri, 12 Feb 2026/|error|pubDate
s/<podcast:guid>[^<]*/<podcast:guid>1234/|error|podcast:guid
s/text="Government"/text="Goverment"/|error|Goverment
/<podcast:transcript /d|warning|podcast:transcript
EOF
}

# One fault each in a good feed, and the one rule that is broken then: nothing else may be found.
@test "each fault of a feed is found by its rule, and nothing else is" {
    cp "$feed" "$BATS_TEST_TMPDIR/good.xml"
    while IFS='|' read -r severity rule edit; do
        sed -E "$edit" "$BATS_TEST_TMPDIR/good.xml" >"$BATS_TEST_TMPDIR/feed.xml"
        ! cmp -s "$BATS_TEST_TMPDIR/good.xml" "$BATS_TEST_TMPDIR/feed.xml" || { echo "no edit: $edit"; return 1; }
        findings "$BATS_TEST_TMPDIR/feed.xml"
        equals "$edit: $(jq -r '[.findings[] | "\(.severity) \(.rule)"] | unique | join("; ")' "$BATS_TEST_TMPDIR/said")" \
            "$edit: $severity $rule"
    done <<'EOF'
error|PSP-1 channel/title|0,/<title>/s/<title>[^<]*/<title>/
error|PSP-1 channel/language|s/<language>[^<]*/<language>norsk/
error|PSP-1 channel/description|0,/<description>/s/<description>[^<]*/<description>/
error|PSP-1 channel/link|0,/<link>/s/<link>[^<]*/<link>example.org/
error|PSP-1 channel/atom:link|s/ type="application.rss.xml"//
error|PSP-1 channel/itunes:explicit|0,/<itunes:explicit>/s/<itunes:explicit>[^<]*/<itunes:explicit>no/
error|PSP-1 channel/itunes:image|0,/<itunes:image/s/<itunes:image href="[^"]*"/<itunes:image href="https:\/\/example.org\/cover.gif"/
error|Apple channel/itunes:category|s/text="Government"/text="Kommune"/
warning|PSP-1 channel/itunes:author|0,/<itunes:author>/{/<itunes:author>/d}
warning|Spotify channel/itunes:owner|/<itunes:email>/d
error|Apple channel/itunes:type|s/<itunes:type>[^<]*/<itunes:type>weekly/
error|PSP-1 channel/podcast:locked|s/(<podcast:locked[^>]*>)[^<]*/\1maybe/
error|podcast channel/podcast:locked|s/(<podcast:locked owner=")[^"]*/\1nobody/
error|PSP-1 channel/podcast:guid; warning podcast channel/podcast:guid|s/<podcast:guid>[^<]*/<podcast:guid>DET-GODE-LIV/
warning|podcast channel/podcast:guid|s/<podcast:guid>[^<]*/<podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810/
error|podcast channel/podcast:medium|s/<podcast:medium>[^<]*/<podcast:medium>radio/
warning|podcast namespace|0,/<podcast:medium>/s/<podcast:medium>/<podcast:Medium>x<\/podcast:Medium><podcast:medium>/
warning|Apple namespace|0,/<itunes:type>/s/<itunes:type>/<itunes:keywords>x<\/itunes:keywords><itunes:type>/
warning|RSS channel/lastBuildDate|s/<lastBuildDate>[^<]*/<lastBuildDate>Wed, 11 Feb 2026 08:00:00 +0000/
error|RSS channel/lastBuildDate|s/<lastBuildDate>[^<]*/<lastBuildDate>2026-02-12/
error|PSP-1 item/guid|s/<guid[^>]*>[^<]*<.guid>//
error|RSS item/guid|s/<guid[^>]*>/<guid>/
error|PSP-1 item/pubDate|/<item>/,$s/<pubDate>Thu, 12/<pubDate>Fri, 12/
error|Apple item/enclosure|s/(<enclosure.*)type="audio.mpeg"/\1type="audio\/wav"/
error|RSS item/enclosure|s/(<enclosure.*) length="[0-9]+"/\1 length="3 MB"/
error|PSP-1 item/enclosure|s/(<enclosure url=")[^"]*(\/[^"]*mp3")/\1ftp:\/\/example.org\2/
error|PSP-1 item/itunes:duration|s/<itunes:duration>[^<]*/<itunes:duration>three/
warning|PSP-1 item/itunes:duration|s/<itunes:duration>[^<]*/<itunes:duration>00:00:03/
error|PSP-1 item/itunes:episode|s/<itunes:episode>[^<]*/<itunes:episode>0/
error|PSP-1 item/itunes:episodeType|s/<itunes:episodeType>[^<]*/<itunes:episodeType>extra/
warning|PSP-1 item/podcast:transcript|/<podcast:transcript /d
error|podcast item/podcast:transcript|s/(<podcast:transcript .*)type="text.vtt"/\1type="text\/word"/
error|podcast podcast:location|s/geo="geo:[^"]*"/geo="66.86 13.7"/
warning|podcast channel/podcast:license|1,/<item>/s/(<podcast:license[^>]*>)[^<]*/\1CC-BY-4.0/
EOF
}

@test "a feed that is no XML, or no feed, is an error with its line" {
    printf '<rss><channel>\n<title>a & b</title>' >"$BATS_TEST_TMPDIR/feed.xml"
    findings "$BATS_TEST_TMPDIR/feed.xml"
    equals "$code" 3
    contains "$found" "feed.xml:2"
    printf '<html><body>Hei</body></html>' >"$BATS_TEST_TMPDIR/feed.xml"
    findings "$BATS_TEST_TMPDIR/feed.xml"
    equals "$code" 3
}

@test "a media file is checked for loudness, peak, silence and damage" {
    mp3=$(ls "$show"/public/media/*/*.mp3)
    findings "$mp3"
    equals "$code $found" "0 "
    sox -D -R -n -r 48000 -c 2 "$BATS_TEST_TMPDIR/loud.wav" synth 3 sine 997 gain -0.2
    findings "$BATS_TEST_TMPDIR/loud.wav"
    equals "$code" 0
    contains "$found" "LUFS; directories ask for -16"
    contains "$found" "true peak -0.2 dBTP; at most -1"
    sox -D -n -r 48000 -c 2 "$BATS_TEST_TMPDIR/silent.wav" trim 0 2
    findings "$BATS_TEST_TMPDIR/silent.wav"
    equals "$code" 3
    contains "$found" "only silence"
    head -c 200000 "$BATS_FILE_TMPDIR/rec.wav" >"$BATS_TEST_TMPDIR/cut.wav"
    findings "$BATS_TEST_TMPDIR/cut.wav"
    equals "$code" 3
    contains "$found" "ends at 00:01 of 00:03"
    echo text >"$BATS_TEST_TMPDIR/text.mp3"
    findings "$BATS_TEST_TMPDIR/text.mp3"
    equals "$code" 3
    contains "$found" "not a sound or video file"
}

@test "check changes nothing" {
    before=$(cd "$show" && find . -type f -exec sha256sum {} + | sort -k2)
    findings
    equals "$(cd "$show" && find . -type f -exec sha256sum {} + | sort -k2)" "$before"
}
