#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# kit: in episode.yaml: poster, cards, a sheet for a meeting, and all of it in one ZIP.

load helper

kit_of_episode='kit:
  summary: Om ei dør som står åpen.
  facts: ["Én av fem er ofte alene.", "Čáhci og Ŋuorra på nordsamisk."]
  questions: ["Hvem kommer ikke i dag?"]
  start: "18:00"
  programme: [{minutes: 15, title: Velkommen}, {minutes: 40, title: Vi hører episoden}]
  links: [{title: Sjekkliste, url: "https://example.org/sjekk"}]
  contact: {name: Kari Eksempel, email: kari@example.org, municipality: Meløy}
resources:
  - {kind: need, title: Fluestenger, contact: dor@example.org, municipality: Meløy}
  - {kind: offer, title: Besøk av frivillige, municipality: Bodø}
captions: [{file: captions.nb.vtt, language: nb, made: corrected}]'

# A show with a theme and one episode that was published.
setup_file() {
    command -v sox >/dev/null || return 0
    new_show
    sed -i '/^outputs:/d' "$show/episodes/show.yaml"
    echo 'outputs: [mp3]' >>"$show/episodes/show.yaml"
    cp "$root/episodes/calendar.yaml" "$show/episodes/"
    tone "$BATS_FILE_TMPDIR/tone.wav" 5
    episode=$show/episodes/$(new_episode 2026-02 --guest "Åse Đorđi" --municipality Meløy --title "Trivsel i Meløy")
    printf '%s\n' 'WEBVTT' '' '00:01.000 --> 00:03.000' '<v Åse>Čáhci er vann.' >"$episode/captions.nb.vtt"
    echo "$kit_of_episode" >>"$episode/episode.yaml"
    DGL_NOW=2026-02-12T08:00:00Z dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/tone.wav" >/dev/null 2>&1
}

setup() {
    need_tool sox
    export DGL_NOW=2026-02-13T08:00:00Z
}

yaml() { ls "$show"/episodes/2026-02*/episode.yaml; }

made() { # the one published file of the kit whose name begins so
    echo "$show/public/$(published ".kit[].path | select(test(\"/$1\"))")"
}

slug() { published .slug; }

@test "the ZIP is whole, in one order, of one time, and holds all there is" {
    need_tool unzip
    need_tool bsdtar
    copy_show
    zip=$(made "$(slug)-")
    unzip -tq "$zip"
    s=$(slug)
    equals "$(bsdtar -tf "$zip")" "$(printf "$s/%s\n" LES-MEG.txt plakat.pdf plakat.png moteopplegg.pdf \
        kort-1200x630.png kort-1080x1080.png kort-1080x1920.png moteopplegg.html sammendrag.txt "$s.mp3" \
        undertekster.nb.vtt undertekster.nb.srt tekst.nb.txt)"
    equals "$(bsdtar --numeric-owner -tvf "$zip" | awk '{ print $1, $3, $4 }' | sort -u)" "-rw-r--r-- 0 0"
    equals "$(unzip -Z -T -l "$zip" | awk '/^-/ { print $(NF - 1) }' | sort -u)" "20260212.080000"
    # sound and pictures as they are, texts deflated
    equals "$(unzip -v "$zip" | awk '$2 == "Stored" { sub(/.*\./, "", $NF); print $NF }' | sort -u | xargs)" "mp3 pdf png"
    equals "$(unzip -v "$zip" | awk '$2 ~ /^Defl/ { sub(/.*\./, "", $NF); print $NF }' | sort -u | xargs)" "html srt txt vtt"
    equals "$(unzip -p "$zip" "$s/$s.mp3" | sha256sum | cut -d' ' -f1)" "$(published '.files[0].sha256')"
    equals "$(unzip -p "$zip" "$s/undertekster.nb.vtt")" "$(cat "$show/public/episodes/$s/nb.vtt")"
    # readable in any editor: UTF-8, short lines, ends as Windows has them
    unzip -p "$zip" "$s/LES-MEG.txt" >"$BATS_TEST_TMPDIR/readme"
    iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/readme" >/dev/null
    [ -z "$(grep -v $'\r$' "$BATS_TEST_TMPDIR/readme")" ]
    [ -z "$(tr -d '\r' <"$BATS_TEST_TMPDIR/readme" | grep -E '^.{81}')" ]
    readme=$(tr -d '\r' <"$BATS_TEST_TMPDIR/readme" | tr '\n' ' ' | tr -s ' ')
    contains "$readme" "CC BY 4.0"
    contains "$readme" "Krediter slik: «Trivsel i Meløy», Det gode liv i nord, Nordland fylkeskommune"
    # each file is told of
    for name in $(bsdtar -tf "$zip" | grep -v LES-MEG); do contains "$readme" "$(basename "$name")"; done
    contains "$(unzip -p "$zip" "$s/sammendrag.txt")" "Om ei dør som står åpen."
}

@test "what is said of each download is so: title, type, bytes, content" {
    copy_show
    equals "$(published '.kit | length')" 8
    published '.kit[] | "\(.path)\t\(.bytes)\t\(.sha256)"' | while IFS=$'\t' read -r path bytes sha; do
        equals "$(stat -c %s "$show/public/$path")" "$bytes"
        equals "$(sha256sum "$show/public/$path" | cut -d' ' -f1)" "$sha"
        case $path in */index.html) continue ;; esac
        contains "$path" "-${sha:0:8}."
    done
    zip=$(made "$(slug)-")
    mb=$(awk -v b="$(stat -c %s "$zip")" 'BEGIN { printf "%.1f", b / 1e6 }' | tr . ,)
    for page in "$show/public/kit/$(slug)/index.html" "$show/public/episodes/$(slug)/index.html"; do
        contains "$(cat "$page")" "Alt materiell samlet, ZIP, $mb MB"
        contains "$(cat "$page")" "$(basename "$zip")"
    done
    # pages on the web have no style of their own, which a strict policy would forbid
    for page in "kit/$(slug)/index.html" kit/tema-trivsel.html; do
        lacks "$(cat "$show/public/$page")" "<style"
        cmp "$show/public/$(dirname "$page")/sheet.css" "$root/presets/kit/sheet.css"
    done
    # every link of the page of the kit leads to a file
    grep -o 'href="[^"h][^"]*"' "$show/public/kit/$(slug)/index.html" | cut -d'"' -f2 | grep -v '^mailto:' |
        while read -r file; do [ -r "$show/public/kit/$(slug)/$file" ]; done
}

@test "PDFs are A3 and A4, tagged, in their language, with real text in embedded fonts" {
    need_tool pdfinfo
    need_tool qpdf
    copy_show
    for pdf in "$(made plakat-.*pdf)" "$(made moteopplegg-)" "$show/public/kit/tema-trivsel.pdf"; do
        qpdf --check "$pdf" >/dev/null
        equals "$(pdfinfo "$pdf" | awk '/^Tagged/ { print $2 }')" yes
        equals "$(pdfinfo "$pdf" | sed -n 's/^Author: *//p')" "Nordland fylkeskommune"
        equals "$(TZ=UTC pdfinfo -isodates "$pdf" | sed -n 's/^CreationDate: *//p')" "2026-02-12T08:00:00Z"
        # all of its fonts are in it
        equals "$(pdffonts "$pdf" | tail -n +3 | awk '{ print $(NF - 4), $(NF - 2) }' | sort -u)" "yes yes"
        equals "$(qpdf --json "$pdf" 2>/dev/null | jq -r '[.. | objects | ."/Lang" // empty] | first' | sed 's/^u://')" nb
    done
    equals "$(pdfinfo "$(made plakat-.*pdf)" | sed -n 's/^Title: *//p')" "Trivsel i Meløy"
    contains "$(pdfinfo "$(made plakat-.*pdf)")" "(A3)"
    contains "$(pdfinfo "$(made moteopplegg-)")" "(A4)"
    poster=$(pdftotext "$(made plakat-.*pdf)" - | tr '\n' ' ')
    for words in "Trivsel i Meløy" "Åse Đorđi" "Meløy" "12. februar 2026" "example.org/detgodeliv" \
        "God helse og livskvalitet"; do contains "$poster" "$words"; done
    sheet=$(pdftotext -layout "$(made moteopplegg-)" -)
    for words in "Om ei dør" "Čáhci og Ŋuorra" "Hvem kommer ikke i dag?" "18.00–18.15" "18.15–18.55" \
        "Sjekkliste" "Fluestenger" "kari@example.org" "Side 1"; do contains "$sheet" "$words"; done
}

@test "a camera reads the address from the poster, as picture and as PDF" {
    need_tool zbarimg
    need_tool pdftoppm
    copy_show
    address=https://example.org/detgodeliv/episodes/$(slug)/
    equals "$(zbarimg -q --raw "$(made plakat-.*png)" 2>/dev/null)" "$address"
    pdftoppm -r 60 -png "$(made plakat-.*pdf)" "$BATS_TEST_TMPDIR/poster"
    equals "$(zbarimg -q --raw "$BATS_TEST_TMPDIR"/poster*.png 2>/dev/null)" "$address"
    pdftoppm -r 100 -png "$(made moteopplegg-)" "$BATS_TEST_TMPDIR/sheet"
    equals "$(zbarimg -q --raw "$BATS_TEST_TMPDIR"/sheet*.png 2>/dev/null)" "$address"
}

@test "cards have the sizes that networks ask for" {
    need_tool file
    copy_show
    contains "$(file "$(made kort-1200x630)")" "1200 x 630, 8-bit/color RGB,"
    contains "$(file "$(made kort-1080x1080)")" "1080 x 1080, 8-bit/color RGB,"
    contains "$(file "$(made kort-1080x1920)")" "1080 x 1920, 8-bit/color RGB,"
}

@test "made again, in another time zone, it is the same to the byte" {
    copy_show
    before=$(published .kit)
    cp "$show/public/kit/tema-trivsel.zip" "$BATS_TEST_TMPDIR/theme.zip"
    TZ=Asia/Tokyo said publish 2026-02 --remake
    contains " $(ran) " " kit "
    equals "$(published .kit)" "$before"
    rm -r "$show/.dgl/store/_show/themekit"
    TZ=America/Lima dgl -C "$show" feed >/dev/null
    cmp "$show/public/kit/tema-trivsel.zip" "$BATS_TEST_TMPDIR/theme.zip"
}

@test "what changes in the kit makes the kit anew, and no sound" {
    copy_show
    media=$(published '.files[0].path')
    zip=$(published '.kit[1].path')
    said publish 2026-02
    equals "$(ran)" ""
    sed -i 's/Hvem kommer ikke i dag?/Hvem mangler?/' "$(yaml)"
    contains "$(dgl -C "$show" status)" "kit.questions changed"
    said publish 2026-02
    equals "$(ran)" "kit page"
    equals "$(published '.files[0].path')" "$media"
    [ "$(published '.kit[1].path')" != "$zip" ]
    # the former one stays, as media do
    [ -r "$show/public/$zip" ]
    equals "$(published ".former[] | select(.path == \"$zip\").path")" "$zip"
    # words that the kit does not say do not touch it
    echo 'Mer å lese.' >>"$show"/episodes/2026-02*/notes.md
    said publish 2026-02
    lacks " $(ran) " " kit "
}

@test "a clone without the recording keeps the kit as it is, and says the same of it" {
    copy_show
    mkdir "$BATS_TEST_TMPDIR/clone"
    cp -a "$show/episodes" "$BATS_TEST_TMPDIR/clone/"
    page=$(cat "$show/public/episodes/$(slug)/index.html")
    before=$(published .kit)
    show=$BATS_TEST_TMPDIR/clone
    dgl -C "$show" feed >/dev/null
    equals "$(published .kit)" "$before"
    equals "$(cat "$show/public/episodes/$(slug)/index.html")" "$page"
}

@test "a theme gathers sheets, cards, needs and offers of its episodes" {
    need_tool unzip
    copy_show
    zip=$show/public/kit/tema-trivsel.zip
    unzip -tq "$zip"
    contains "$(unzip -Z1 "$zip")" "tema-trivsel/$(slug)/moteopplegg.pdf"
    contains "$(unzip -Z1 "$zip")" "tema-trivsel/oversikt.pdf"
    page=$(cat "$show/public/kit/tema-trivsel.html")
    for words in "Trivsel i Meløy" Fluestenger "Besøk av frivillige" dor@example.org \
        "Alt materiell samlet, ZIP, $(awk -v b="$(stat -c %s "$zip")" 'BEGIN { printf "%.1f", b / 1e6 }' | tr . ,) MB"; do
        contains "$page" "$words"
    done
    # a second episode of the theme joins, though it has no kit of its own
    second=$(new_episode 2026-07 --title "Trivsel i Bodø")
    echo 'resources: [{kind: need, title: Et lokale, municipality: Bodø}]' >>"$show/episodes/$second/episode.yaml"
    DGL_NOW=2026-07-13T08:00:00Z dgl -C "$show" publish 2026-07 "$BATS_FILE_TMPDIR/tone.wav" >/dev/null 2>&1
    page=$(cat "$show/public/kit/tema-trivsel.html")
    contains "$page" "Trivsel i Bodø"
    contains "$page" "Et lokale"
    lacks "$(cat "$show/public/episodes/$second/index.html")" "Materiell for kommunen"
}

@test "kit: true in show.yaml makes one for every episode, kit: none not for this one" {
    copy_show
    sed -i '/^kit:/,/^resources:/{/^resources:/!d}' "$(yaml)"
    echo 'kit: true' >>"$show/episodes/show.yaml"
    said publish 2026-02
    contains " $(ran) " " kit "
    equals "$(jq -r .kit "$said")" "public/kit/$(slug)/index.html"
    lacks "$(cat "$show/public/kit/$(slug)/index.html")" "Hvem kommer ikke"
    echo 'kit: none' >>"$(yaml)"
    said publish 2026-02
    equals "$(published '.kit // "none"')" none
    [ ! -e "$show/public/kit/tema-trivsel.zip" ]
    lacks "$(cat "$show/public/episodes/$(slug)/index.html")" "Materiell for kommunen"
}

@test "an episode in nynorsk or English has its kit in that language, with names in plain ASCII" {
    need_tool unzip
    copy_show
    for language in nn en; do
        sed -i '/^language:/d' "$(yaml)"
        echo "language: $language" >>"$(yaml)"
        said publish 2026-02
        names=$(unzip -Z1 "$(made "$(slug)-")")
        equals "$(LC_ALL=C grep -c '[^ -~]' <<<"$names" || true)" 0
        page=$(cat "$show/public/kit/$(slug)/index.html")
        contains "$page" "<html lang=\"$language\">"
        if [ $language = nn ]; then
            contains "$page" "Framlegg til program"
            contains "$names" "samandrag.txt"
        else
            contains "$page" "18:00–18:15"
            contains "$names" "meeting-guide.pdf"
            contains "$names" "README.txt"
        fi
    done
}
