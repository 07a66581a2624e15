#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Captions: read as people and programs write them, mended for readers, made by a speech-to-text
# program where there are none.

load helper

setup_file() {
    need_tool sox
    need_tool jq
    need_tool python3
    export DGL_NOW=2026-02-12T08:00:00Z
    tone "$BATS_FILE_TMPDIR/rec.wav" 40
    new_show
    sed -i 's/^outputs:.*/outputs: [opus]/' "$show/episodes/show.yaml"
    new_episode 2026-02 >/dev/null
    dgl -C "$show" -q publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    copy_show
    episode=2026-02-trivsel
    folder=$show/episodes/$episode
    yaml=$folder/episode.yaml
    public=$show/public/episodes/$episode
}

# What a viewer would complain about in a VTT or SRT file.
complaints() { # file
    python3 "$root/tests/cli/legible.py" "$1"
}

# The words of a file, each on a line.
words() { # file
    sed -E '/-->|^WEBVTT|^[0-9]+$/d; s/<[^>]*>//g' "$1" | tr -s ' \r' '\n\n' | grep -v '^-*$'
}

hard='WEBVTT

00:00:00.500 --> 00:00:05.000
Velkommen til Det gode liv i nord, programmet der kommunene forteller hverandre.

00:00:04.500 --> 00:00:06.500
Hei.

00:00:06.500 --> 00:00:06.800
Ja.

00:00:08.000 --> 00:00:20.000
Vi snakker om trivsel. I Meløy har de en tursti som alle bruker, og den går fra skolen til
biblioteket, forbi butikken og ned til havna.
Der møtes folk hver dag.

00:00:21.000 --> 00:00:33.000
Takk for praten.
'

@test "overlapping, long and hasty captions are published so that they can be read" {
    echo 'captions: [{file: c.vtt, made: corrected}]' >>"$yaml"
    printf '%s' "$hard" >"$folder/c.vtt"
    [ -n "$(complaints "$folder/c.vtt")" ] # else the checker checks nothing
    said publish "$episode"
    equals "$(complaints "$public/nb.vtt")" ""
    equals "$(complaints "$public/nb.srt")" ""
    equals "$(words "$public/nb.vtt")" "$(words "$folder/c.vtt")"
    equals "$(words "$public/nb.srt")" "$(words "$folder/c.vtt")"
    contains "$(cat "$heard")" "c.vtt: mended for readers:"
    contains "$(cat "$heard")" "1 × overlap"
    report=$show/reports/$episode
    equals "$(jq -r '.captions[0].mended[] | select(.rule == "overlap").count' "$report/report.json")" 1
    equals "$(jq -r '.captions[0] | "\(.language) \(.made) \(.errors) \(.facebook)"' "$report/report.json")" \
        "nb corrected 0 $episode.nb_NO.srt"
    contains "$(cat "$report/report.html")" "Rettet for leserne"
    run dgl -C "$show" check "$episode"
    lacks "$output" "error: at"
}

@test "repair: off publishes captions as they are, and what is hard to read is told" {
    echo 'captions: [{file: c.vtt, made: corrected, repair: off}]' >>"$yaml"
    printf '%s' "$hard" >"$folder/c.vtt"
    said publish "$episode"
    equals "$(cat "$public/nb.vtt")" "${hard%$'\n'}"
    contains "$(cat "$heard")" "hard to read, the first at 00:00:00.500: a line of 80 characters"
    run dgl -C "$show" check "$episode"
    status_is 3
    contains "$output" "episodes/$episode/c.vtt: error: at 00:00:04.500 begins 0.50 s before the one above it ends"
}

@test "check lists what is hard to read in a file, with its limit's source, and a sound file has nothing" {
    printf '%s' "$hard" >"$BATS_TEST_TMPDIR/c.vtt"
    run dgl check "$BATS_TEST_TMPDIR/c.vtt"
    status_is 3
    contains "$output" "c.vtt: error: at 00:00:00.500 a line of 80 characters: break it, or shorten the text (captions, line length; MediaLT"
    contains "$output" "error: at 00:00:06.500 shown for 0.30 s"
    contains "$output" "error: at 00:00:08.000 3 lines at once"
    contains "$output" "error: at 00:00:21.000 shown for 12.00 s"
    printf '1\n00:00:01,000 --> 00:00:03,000\nHei.\n' >"$BATS_TEST_TMPDIR/c.srt"
    run dgl check "$BATS_TEST_TMPDIR/c.srt"
    status_is 0
    equals "$output" "nothing to complain about"
    printf '1\n00:00:01,000 --> 00:00:xx\nHei.\n' >"$BATS_TEST_TMPDIR/c.srt"
    run dgl --json check "$BATS_TEST_TMPDIR/c.srt"
    status_is 3
    equals "$(jq -r '.findings[] | "\(.severity) \(.rule)"' <<<"$output")" "error readable"
    contains "$output" "c.srt:2:24"
}

@test "SubRip is published under Facebook's name, where it has one for the language" {
    cat >>"$yaml" <<'YAML'
captions:
  - {file: c.vtt, language: nb, made: corrected}
  - {file: c.vtt, language: nn, made: corrected}
  - {file: c.vtt, language: en, made: corrected}
  - {file: c.vtt, language: smj, made: corrected}
  - {file: c.vtt, language: sma, made: corrected}
  - {file: c.vtt, language: se, made: corrected}
YAML
    printf 'WEBVTT\n\n00:01.000 --> 00:03.000\n<v Kari>Hei.\n<v Ola>Hallo.\n' >"$folder/c.vtt"
    said publish "$episode"
    equals "$(cd "$public" && echo $episode.*)" "$episode.en_US.srt $episode.nb_NO.srt $episode.nn_NO.srt"
    cmp "$public/$episode.nb_NO.srt" "$public/nb.srt"
    equals "$(sed -n '3,$p' "$public/nb.srt")" $'- Kari: Hei.\n- Ola: Hallo.'
    contains "$(cat "$public/nb.vtt")" $'<v Kari>- Hei.\n<v Ola>- Hallo.'
    equals "$(jq -r '[.captions[] | select(.facebook | not).language] | join(" ")' "$show/reports/$episode/report.json")" "smj sma se"
    contains "$(cat "$show/reports/$episode/report.html")" "ingen fil til Facebook"
}

@test "the transcript has speakers and headings, on the page and as text" {
    cat >>"$yaml" <<'YAML'
captions: [{file: c.srt, made: corrected}]
chapters: [{at: "00:00:00", title: Velkommen}, {at: "00:00:10", title: Turstien}]
YAML
    cat >"$folder/c.srt" <<'SRT'
1
00:00:01,000 --> 00:00:03,000
Kari Nordmann: Velkommen.

2
00:00:03,500 --> 00:00:05,000
Ola: Takk.

3
00:00:11,000 --> 00:00:13,000
Kari Nordmann: Dere har en sti.

4
00:00:14,000 --> 00:00:16,000
Ola: Merk: den er ny.
SRT
    said publish "$episode"
    contains "$(cat "$public/nb.html")" '<html lang="nb">'
    contains "$(cat "$public/nb.html")" '<cite>Kari Nordmann:</cite>'
    equals "$(grep -c '<time>00:' "$public/nb.html")" "$(grep -c '</p>$' "$public/nb.html")"
    equals "$(cat "$public/nb.txt")" "Kari Nordmann: Velkommen.

Ola: Takk.

Kari Nordmann: Dere har en sti.

Ola: Merk: den er ny."
    contains "$(cat "$public/nb.vtt")" "<v Kari Nordmann>Velkommen."
    page=$(cat "$public/index.html")
    contains "$page" '<h3>Turstien</h3>'
    contains "$page" '<b class="speaker">Kari Nordmann:</b>'
}

@test "SubRip in Windows-1252 is read, told, and published in UTF-8; other encodings are refused" {
    echo 'captions: [{file: c.srt, made: corrected}]' >>"$yaml"
    printf '1\r\n00:00:01,000 --> 00:00:03,000\r\nMel\xf8y \x96 s\xe5 fint.\r\n' >"$folder/c.srt"
    said publish "$episode"
    equals "$(sed -n 4p "$public/nb.vtt")" "Meløy – så fint."
    contains "$(cat "$heard")" "Windows-1252"
    run dgl -C "$show" check "$episode"
    contains "$output" "c.srt: warning: read as Windows-1252: save it in UTF-8"
    printf '1\r\n00:00:01,000 --> 00:00:03,000\r\nMel\x9by, s\x86 fint.\r\n' >"$folder/c.srt"
    run dgl -C "$show" publish "$episode"
    status_is 3
    contains "$output" "c.srt:3:4: byte 0x9b is not UTF-8"
    contains "$output" "save the file with the encoding UTF-8"
}

# ---- transcribe

# A recognizer that writes down what it was given, and then the words; further lines come first.
recognizer() { # lines of shell
    cat >"$BATS_TEST_TMPDIR/listen" <<SH
#!/bin/sh
printf '%s\n' "\$@" >"$BATS_TEST_TMPDIR/args"
echo run >>"$BATS_TEST_TMPDIR/runs"
cp "\$1" "$BATS_TEST_TMPDIR/heard.wav"
$1
cat >"\$2" <<'VTT'
WEBVTT

00:00:01.000 --> 00:00:03.000
Hei og velkommen.

00:00:12.000 --> 00:00:40.300
Takk for nå.
VTT
SH
    chmod +x "$BATS_TEST_TMPDIR/listen"
    echo "transcribe: [\"$BATS_TEST_TMPDIR/listen\", \"{wav}\", \"{vtt}\", \"-l={language}\", \"a b; \$HOME\"]" \
        >>"$show/episodes/show.yaml"
}

runs() {
    cat "$BATS_TEST_TMPDIR/runs" 2>/dev/null | wc -l
}

@test "transcribe: makes captions of the finished sound, automatic ones that follow later cuts" {
    recognizer ''
    run dgl -C "$show" --json status "$episode"
    equals "$(jq -r '[.episodes[0].stages[] | select(.state == "stale" or .state == "waits") | "\(.name) \(.state)"] | join(", ")' <<<"$output")" \
        "captions waits, transcribe stale, item waits, page waits, report waits"
    said publish "$episode"
    contains "$(ran)" "captions transcribe item page"
    equals "$(soxi -r "$BATS_TEST_TMPDIR/heard.wav") $(soxi -c "$BATS_TEST_TMPDIR/heard.wav") $(soxi -b "$BATS_TEST_TMPDIR/heard.wav")" "16000 1 16"
    within "$(soxi -D "$BATS_TEST_TMPDIR/heard.wav")" 40 0.01
    equals "$(sed -n '3,$p' "$BATS_TEST_TMPDIR/args")" $'-l=nb\na b; $HOME'
    contains "$(cat "$heard")" "correct episodes/$episode/captions.nb.vtt"
    contains "$(cat "$heard")" "by 2026-02-26"
    contains "$(cat "$yaml")" "captions:
  - {file: captions.nb.vtt, language: nb, made: automatic}"
    contains "$(cat "$public/nb.vtt")" "Hei og velkommen."
    contains "$(cat "$public/index.html")" "laget automatisk"
    contains "$(cat "$show/public/feed.xml")" "nb.vtt"
    equals "$(find "$show/.dgl/store" -name '*.wav')" ""
    # not again, and a person's corrections follow a cut
    said publish "$episode"
    equals "$(ran) $(runs)" " 1"
    sed -i 's/Takk for nå/Takk for meg/' "$folder/captions.nb.vtt"
    sed -i 's/made: automatic/made: corrected/' "$yaml"
    echo 'cuts: [{from: "00:00:05", to: "00:00:07"}]' >>"$yaml"
    said publish "$episode"
    equals "$(runs)" 1
    contains "$(cat "$public/nb.vtt")" "00:00:10.000 -->"
    contains "$(cat "$public/nb.vtt")" "Takk for meg."
    lacks "$(cat "$heard")" automatic
}

@test "the same sound and program are not transcribed twice, another sound is" {
    recognizer ''
    said publish "$episode"
    cp "$yaml" "$BATS_TEST_TMPDIR/with.yaml"
    head -n -2 "$BATS_TEST_TMPDIR/with.yaml" >"$yaml" # the captions are gone
    rm "$folder/captions.nb.vtt"
    said publish "$episode"
    equals "$(runs)" 1
    contains "$(cat "$yaml")" "made: automatic"
    # another file of that name is nobody's to overwrite
    head -n -2 "$BATS_TEST_TMPDIR/with.yaml" >"$yaml"
    echo 'cuts: [{from: "00:00:05", to: "00:00:07"}]' >>"$yaml"
    echo mine >"$folder/captions.nb.vtt"
    sed -i 's/^00:00:12.000 -->.*/00:00:12.000 --> 00:00:20.000/' "$BATS_TEST_TMPDIR/listen"
    said publish "$episode"
    equals "$(runs)" 2
    equals "$(cat "$folder/captions.nb.vtt")" mine
    contains "$(cat "$yaml")" "captions-2.nb.vtt"
    # heard at 12 s of what is published, two seconds of the recording earlier are cut
    contains "$(cat "$folder/captions-2.nb.vtt")" "00:00:14.000 --> 00:00:22.000"
    contains "$(cat "$public/nb.vtt")" "00:00:12.000 -->"
}

@test "words in the intro are kept on the published clock" {
    tone "$folder/intro.wav" 5
    echo 'intro: intro.wav' >>"$yaml"
    recognizer ''
    said publish "$episode"
    contains "$(cat "$yaml")" "made: automatic, clock: published"
    contains "$(cat "$public/nb.vtt")" "00:00:01.000 --> 00:00:03.000"
}

# The episode is published, without captions, and the warning says so in these words.
goes_on_without() { # words
    said publish "$episode"
    contains "$(cat "$heard")" "there are no captions: transcribe: "
    contains "$(cat "$heard")" "$1"
    contains "$(cat "$heard")" "publish again"
    [ -s "$public/index.html" ]
    [ ! -e "$public/nb.vtt" ]
    not grep '^captions:' "$yaml"
    equals "$(find "$show/.dgl/store" -name '*.tmp-*')" ""
}

@test "a recognizer that fails is told with its last words, and the episode is published without captions" {
    while IFS='|' read -r line want; do
        sed -i '/^transcribe:/d' "$show/episodes/show.yaml"
        recognizer "$line"
        goes_on_without "$want"
    done <<'EOF'
echo first >&2; echo "no such model: x" >&2; exit 3|listen ended with 3; its last words:
for i in 1 2 3 4 5 6; do echo "line $i" >&2; done; echo "out of memory"; exit 1|  out of memory
kill -SEGV $$|listen was ended by signal 11
exit 0|it ended well and wrote no speech.vtt
echo WEBVTT >"$1.vtt"; exit 0|wrote no speech.vtt, but speech.wav.vtt
echo hei >"$2"; exit 0|what it wrote:1:1: the number of a cue is missing
printf 'WEBVTT\n\n01:00.000 --> 01:01.000\nHei\n' >"$2"; exit 0|at 00:01:00.000, behind the end of the sound
EOF
    sed -i '/^transcribe:/d' "$show/episodes/show.yaml"
    echo 'transcribe: [no-such-program, "{wav}", "{vtt}"]' >>"$show/episodes/show.yaml"
    goes_on_without "there is no program no-such-program"
    # asked for alone, it is a failure
    run dgl -C "$show" publish "$episode" --until transcribe
    status_is 1
    contains "$output" "there is no program no-such-program"
}

@test "Ctrl-C ends the recognizer and what it started" {
    recognizer "sleep 987 & echo \\\$! >$BATS_TEST_TMPDIR/child; wait"
    env --default-signal=INT "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" publish "$episode" \
        2>"$BATS_TEST_TMPDIR/heard" &
    running=$!
    for _ in $(seq 100); do
        [ ! -s "$BATS_TEST_TMPDIR/child" ] || break
        sleep 0.1
    done
    child=$(cat "$BATS_TEST_TMPDIR/child")
    kill -INT "$running"
    code=0
    wait "$running" || code=$?
    equals "$code" 130
    not kill -0 "$child" 2>/dev/null
    not grep '^captions:' "$yaml"
}

@test "an episode with captions, or in a clone without media, is not transcribed" {
    recognizer ''
    cp "$yaml" "$BATS_TEST_TMPDIR/without.yaml"
    echo 'captions: [{file: c.vtt, made: corrected}]' >>"$yaml"
    printf 'WEBVTT\n\n00:01.000 --> 00:03.000\nHei.\n' >"$folder/c.vtt"
    said publish "$episode"
    equals "$(runs)" 0
    cp "$BATS_TEST_TMPDIR/without.yaml" "$yaml"
    said publish "$episode"
    feed=$(cat "$show/public/feed.xml")
    clone=$BATS_TEST_TMPDIR/clone
    mkdir "$clone"
    cp -a "$show/episodes" "$clone/"
    dgl -C "$clone" -q feed
    equals "$(cat "$clone/public/feed.xml")" "$feed"
    equals "$(runs)" 1
}

@test "transcribe: that cannot work is refused at its line" {
    line=$(($(wc -l <"$show/episodes/show.yaml") + 1))
    while IFS='|' read -r words message; do
        echo "transcribe: $words" >>"$show/episodes/show.yaml"
        run dgl -C "$show" status
        status_is 3
        contains "$output" "episodes/show.yaml:$line:"
        contains "$output" "$message"
        sed -i '$d' "$show/episodes/show.yaml"
    done <<'EOF'
[]|empty list
whisper|no argument of transcribe holds {wav}
[whisper, "{wav}"]|no argument of transcribe holds {vtt}
[whisper, {wav}, "{vtt}"]|
EOF
}
