#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The pages of a show with everything in it, as readers see them: in headless Chromium, with axe-core
# and the checker of the W3C, by keyboard, in light and dark, narrow and enlarged.

load helper

# Runs once: a show with two municipalities, two languages, sound, film and a broadcast to come.
setup_file() {
    need_tool sox
    need_tool jq
    need_tool ffmpeg
    export DGL_NOW=2026-03-20T08:00:00Z
    new_show
    mkdir -p "$show/presets/picture"
    sed 's/^speed:.*/speed: superfast/' "$root/presets/picture/480p.yaml" >"$show/presets/picture/480p.yaml"
    cat >"$show/episodes/logo.svg" <<'EOF'
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" width="120" height="40"><path fill="#2f7d4f" d="M0 40 30 0l30 40zM45 40 75 8l30 32z"/></svg>
EOF
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    cat >>"$show/episodes/show.yaml" <<'EOF'
logo: logo.svg
site_colors: {accent: "#7a2048"}
kit: true
directories: {apple: "https://podcasts.apple.com/no/podcast/id1", spotify: "https://open.spotify.com/show/1"}
accessibility:
  statement: https://uustatus.no/nb/erklaringer/publisert/1
  known: [De eldste episodene mangler synstolking.]
EOF
    tone "$BATS_FILE_TMPDIR/long.wav" 70
    tone "$BATS_FILE_TMPDIR/short.wav" 12
    ffmpeg -nostdin -v error -f lavfi -i testsrc2=s=640x360:r=25:d=4 -f lavfi -i sine=d=4:r=48000 \
        -c:v libx264 -preset ultrafast -c:a aac -shortest "$BATS_FILE_TMPDIR/film.mp4"
    said_by() { # episode, language
        printf 'WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Kari>%s\n' "$3" >"$show/episodes/$1/captions.$2.vtt"
    }
    first=$(new_episode 2026-01 --title "Fisk på torsdag" --guest "Åse Berg" --municipality Hamarøy)
    cat >>"$show/episodes/$first/episode.yaml" <<'EOF'
summary: Skolekjøkkenet lager mat til hele bygda.
published: 2026-01-15T09:00:00+01:00
captions: [{file: captions.nb.vtt, language: nb, made: corrected}]
chapters: [{at: "00:00:00", title: Velkommen}, {at: "00:00:30", title: Maten, url: "https://example.org/a"}]
resources:
  - {kind: need, title: Et kjølelager, text: "Ti kvadratmeter, fra mars.", contact: mat@example.org, municipality: Hamarøy}
  - {kind: tool, title: Oppskrifter, url: "https://example.org/o", municipality: Hamarøy}
EOF
    said_by "$first" nb "Vi fant en hvit kveite i nøstet."
    printf '\n00:00:40.000 --> 00:00:44.000\n<v Åse>Takk for maten.\n' >>"$show/episodes/$first/captions.nb.vtt"
    second=$(new_episode 2026-02 --title "Open doors" --guest "Mary Smith" --municipality Meløy)
    cat >>"$show/episodes/$second/episode.yaml" <<'EOF'
language: en
summary: Coffee and fly fishing every Wednesday.
published: 2026-02-12T09:00:00+01:00
captions: [{file: captions.en.vtt, language: en, made: automatic}]
resources: [{kind: offer, title: A spare cold store, municipality: Meløy}]
goals: [2, 3]
EOF
    said_by "$second" en "The door is open."
    third=$(new_episode 2026-03 --title "Ei ren fjære")
    cat >>"$show/episodes/$third/episode.yaml" <<'EOF'
picture: 480p
published: 2026-03-12T09:00:00+01:00
captions: [{file: captions.nb.vtt, language: nb, made: corrected}]
EOF
    said_by "$third" nb "Her ligger det plast."
    next=$(new_episode 2026-04 --title "Alle skal med")
    echo 'live: {start: 2026-04-16T10:00:00+02:00}' >>"$show/episodes/$next/episode.yaml"
    dgl -C "$show" -q publish "$first" "$BATS_FILE_TMPDIR/long.wav" >/dev/null
    dgl -C "$show" -q publish "$second" "$BATS_FILE_TMPDIR/short.wav" >/dev/null
    dgl -C "$show" -q publish "$third" "$BATS_FILE_TMPDIR/film.mp4" >/dev/null
}

setup() {
    export DGL_NOW=2026-03-20T08:00:00Z
    show=$BATS_FILE_TMPDIR/show
    site=$show/public
    server=
}

teardown() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
}

# Runs a topic of check.mjs on the served pages; what it finds is shown.
looks() { # topic, folder
    need_tool node
    modules=$root/build/npm-site
    command -v "${CHROMIUM:-chromium}" >/dev/null || skip "chromium is not installed"
    node "$root/tests/site/check.mjs" --modules "$modules" 2>"$BATS_TEST_TMPDIR/npm" ||
        skip "axe-core and its company are not installed: $(tail -n 1 "$BATS_TEST_TMPDIR/npm")"
    # the program itself: of a function $! is a shell, and its child would live on
    "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" --json serve --port 0 \
        >"$BATS_TEST_TMPDIR/server" 2>/dev/null 3>&- &
    server=$!
    for _ in $(seq 100); do
        port=$(jq -r .port "$BATS_TEST_TMPDIR/server" 2>/dev/null) && [ -n "$port" ] && break
        sleep 0.1
    done
    node "$root/tests/site/check.mjs" --modules "$modules" "$1" "http://127.0.0.1:$port/" "$site" ${2:+"$2"}
}

@test "there is a page for each theme, goal and municipality, and for the year, the show, the search" {
    for page in index.html 404.html kalender/index.html om/index.html sok/index.html tema/trivsel/index.html \
        maal/3/index.html kommune/1875/index.html kommune/1837/index.html sitemap.xml robots.txt logo.svg \
        episodes/2026-01-mat/embed/index.html episodes/2026-01-mat/oembed.json; do
        [ -f "$site/$page" ] || { echo "no $page"; return 1; }
    done
    [ ! -e "$site/kommune/1804" ]
    xmllint --noout "$site/sitemap.xml"
    contains "$(cat "$site/robots.txt")" "Sitemap: https://example.org/detgodeliv/sitemap.xml"
    equals "$(find "$site" -name index.html ! -path '*/embed/*' ! -path '*/kit/*' | wc -l)" "$(grep -c '<loc>' "$site/sitemap.xml")"
}

@test "a theme, a goal and a municipality lead to the feed of their own" {
    for each in tema/trivsel=theme-trivsel maal/3=goal-3 kommune/1837=municipality-1837; do
        contains "$(cat "$site/${each%=*}/index.html")" "href=\"../../feeds/${each#*=}.xml\""
        contains "$(cat "$site/om/index.html")" "href=\"../feeds/${each#*=}.xml\""
        [ -f "$site/feeds/${each#*=}.xml" ]
    done
}

@test "one municipality's need meets another's offer" {
    page=$(cat "$site/maal/2/index.html")
    contains "$page" "Et kjølelager"
    contains "$page" "A spare cold store"
    contains "$page" "Ti kvadratmeter, fra mars."
    contains "$page" 'href="mailto:mat@example.org"'
    contains "$(cat "$site/episodes/2026-01-mat/index.html")" "Ti kvadratmeter, fra mars."
    contains "$page" 'class="kind-need"'
    contains "$page" 'class="kind-offer"'
    lacks "$(cat "$site/kommune/1837/index.html")" "Et kjølelager"
}

@test "a broadcast to come is on the front page, in the calendar, and an event to machines" {
    contains "$(cat "$site/index.html")" "16. april 2026 kl. 10.00"
    sed -n 's|.*<script type="application/ld+json">\(.*\)</script>.*|\1|p' "$site/kalender/index.html" >"$BATS_TEST_TMPDIR/ld"
    jq -e '."@graph"[0] | ."@type" == "BroadcastEvent" and .name == "Alle skal med"
        and .startDate == "2026-04-16T08:00:00Z"' "$BATS_TEST_TMPDIR/ld"
}

@test "an episode says to machines what it is, and how to show it elsewhere" {
    page=$site/episodes/2026-01-mat
    sed -n 's|.*<script type="application/ld+json">\(.*\)</script>.*|\1|p' "$page/index.html" >"$BATS_TEST_TMPDIR/ld"
    jq -e '."@type" == "PodcastEpisode" and .datePublished == "2026-01-15T08:00:00Z"
        and (.associatedMedia[0].contentUrl | startswith("https://example.org/detgodeliv/media/"))
        and .contentLocation[0].name == "Hamarøy"' "$BATS_TEST_TMPDIR/ld"
    jq -e '.version == "1.0" and .type == "rich" and (.html | test("embed/index.html"))' "$page/oembed.json"
}

@test "what is known not to be accessible is said, also what only the program knows" {
    page=$(cat "$site/om/index.html")
    contains "$page" "De eldste episodene mangler synstolking."
    contains "$page" "https://uustatus.no/nb/erklaringer/publisert/1"
    contains "$page" "teksten er laget automatisk"
    contains "$page" "mailto:podkast@example.org"
}

@test "a page that nothing belongs to any more goes, and its folder; others stay" {
    copy_show
    sed -i 's/municipality: Hamarøy/municipality: Bodø/; s/municipality: "1875"/municipality: Bodø/' \
        "$show"/episodes/2026-01*/episode.yaml
    echo mine >"$show/public/kommune/mine.txt"
    dgl -C "$show" -q site
    [ ! -e "$show/public/kommune/1875" ]
    [ -f "$show/public/kommune/1804/index.html" ]
    [ -f "$show/public/kommune/mine.txt" ]
    [ -f "$show/public/kommune/1837/index.html" ]
}

@test "colours that cannot be read on the pages are refused, with one that can" {
    copy_show
    sed -i 's/accent: "#7a2048"/accent: "#ff9a00"/' "$show/episodes/show.yaml"
    run dgl -C "$show" site
    status_is 3
    contains "$output" "show.yaml:"
    contains "$output" "the law asks for 4.5:1"
    better=$(sed -n 's/.*write \("#[0-9a-f]*"\).*/\1/p' <<<"$output")
    sed -i "s/accent: \"#ff9a00\"/accent: $better/" "$show/episodes/show.yaml"
    dgl -C "$show" -q site
    contains "$(cat "$show/public/style.css")" "--accent: ${better//\"/}"
}

@test "a language without strings of its own falls back to bokmål, and says so" {
    copy_show
    sed -i 's/^language:.*/language: se/' "$show/episodes/show.yaml"
    grep -q '^language: se' "$show/episodes/show.yaml" || echo 'language: se' >>"$show/episodes/show.yaml"
    dgl -C "$show" -q site
    contains "$(cat "$show/public/index.html")" '<html lang="se">'
    contains "$(cat "$show/public/index.html")" '<span lang="nb">Episoder</span>'
    # A file of the show's own may be in part; "Z" is no Sámi.
    mkdir -p "$show/presets/site"
    echo '{"lang": "se", "episodes": "Z"}' >"$show/presets/site/strings.se.json"
    dgl -C "$show" -q site
    contains "$(cat "$show/public/index.html")" 'index.html" aria-current="page">Z</a>'
    contains "$(cat "$show/public/index.html")" '<span lang="nb">Kalender</span>'
}

@test "axe-core finds nothing on any page: light and dark, 320 pixels wide, enlarged twice" {
    looks axe
}

@test "the keyboard reaches every control in order, and each shows it" {
    looks keyboard
}

@test "the player works by keys alone, remembers, and follows addresses with a time" {
    EPISODE=episodes/2026-01-mat/index.html FILM=$(cd "$site" && ls -d episodes/2026-03*/)index.html looks player
}

@test "the search finds what is said while it is typed, and leads there" {
    SEARCH=kveit FOUND="Fisk på torsdag" looks search
}

@test "every passage in another language is marked" {
    WORDS='en:Open doors|en:Coffee and fly fishing|en:A spare cold store|en:The door is open|nb:Fisk på torsdag|smj:Hábmer' \
        looks lang
}

@test "every goal's chip can be read" {
    looks chips
}

@test "nothing is fetched from elsewhere, no cookie is set, the policy of each page is kept to" {
    looks network
}

@test "every link leads somewhere" {
    looks links
}

@test "the pages are valid HTML to the checker of the W3C" {
    need_tool java
    looks html
}

# bats test_tags=long
@test "each kind of page is pictured, to be looked at" {
    looks pictures "$DGL_BUILD/screenshots"
    [ "$(ls "$DGL_BUILD/screenshots" | wc -l)" -ge 30 ]
}
