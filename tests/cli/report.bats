#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The report of an episode's sound, measure --plot, and normalize --preview.

load helper

# A voice and, after 12 seconds, the same voice 10 dB softer; 24 s.
two_voices() { # file
    if [ -r "$DGL_MEDIA/speech-en-60s.wav" ]; then
        sox -D -R "$DGL_MEDIA/speech-en-60s.wav" -r 48000 -c 2 "$1.a.wav" trim 20 12
    else
        espeak-ng -v nb -w "$1.b.wav" "Vi snakker om trivsel, om folkehelse, og om hvordan kommunene i nord jobber sammen med det gode liv, måned for måned."
        sox -D -R "$1.b.wav" -r 48000 -c 2 "$1.a.wav" pad 0 12 trim 0 12
    fi
    sox -D -R "$1.a.wav" "$1.soft.wav" gain -10
    sox -D -R "$1.a.wav" "$1.soft.wav" "$1"
}

setup_file() {
    new_show
    recording=$BATS_FILE_TMPDIR/rec.wav
    two_voices "$recording"
    episode=$(new_episode 2026-02 --title "Trivsel & helse")
    sed -i 's/^outputs:.*/outputs: [mp3, opus]/' "$show/episodes/show.yaml"
    grep -q '^outputs:' "$show/episodes/show.yaml" || echo 'outputs: [mp3, opus]' >>"$show/episodes/show.yaml"
    cat >>"$show/episodes/$episode/episode.yaml" <<'YAML'
cuts: [{from: "00:00:04", to: "00:00:06.5"}]
chapters: [{at: "00:00:00", title: Velkommen}, {at: "00:00:10", title: Hva <vi> gjør}]
YAML
    dgl -C "$show" --json publish "$episode" "$recording" >"$BATS_FILE_TMPDIR/published.json"
}

setup() {
    copy_show
    episode=$(basename "$show"/episodes/2026-02*)
    report=$show/reports/$episode
    recording=$BATS_FILE_TMPDIR/rec.wav
}

# The report as JSON and in words, through jq.
says() {
    jq -r "$1" "$report/report.json"
}

@test "publish ends with a report, and names it" {
    equals "$(jq -r .report "$BATS_FILE_TMPDIR/published.json")" "reports/$episode/report.html"
    [ -s "$report/report.html" ]
    run dgl -C "$show" publish "$episode"
    status_is 0
    contains "$output" "report $show/reports/$episode/report.html"
}

@test "the report's figures are those that publish prints" {
    equals "$(says '.files[] | "\(.path) \(.type) \(.bytes) \(.sha256) \(.duration_s) \(.integrated_lufs) \(.true_peak_dbtp)"')" \
        "$(jq -r '.files[] | "\(.path) \(.type) \(.bytes) \(.sha256) \(.duration_s) \(.integrated_lufs) \(.true_peak_dbtp)"' "$BATS_FILE_TMPDIR/published.json")"
    equals "$(says '[.files[].held] | unique | tostring')" "[true]"
    equals "$(says .verdict)" good
    within "$(says .cuts.removed_s.cut)" 2.5 0.001
    within "$(says .duration_s)" "$(jq -r '.files[0].duration_s' "$BATS_FILE_TMPDIR/published.json")" 0.002
    within "$(says .recorded_s)" 24 0.001
}

@test "the report says who spoke how loud: two voices 10 LU apart, and what the leveller did" {
    need_media speech-en-60s.wav
    equals "$(says '.tracks | length')" 1
    equals "$(says '[.tracks[].voices[].voice] | tostring')" "[1,2]"
    within "$(says '.tracks[0].voices | .[0].lufs - .[1].lufs')" 10 1.5
    within "$(says '.tracks[0].voices | .[1].gain_db - .[0].gain_db')" 10 1.5
}

@test "the page stands alone: no script, nothing to fetch, headings, table headers, a picture with words" {
    page=$(cat "$report/report.html")
    for part in '<html lang="nb">' '<h1>Trivsel &amp; helse</h1>' 'role="img"' '<title>' '<desc>' \
        'scope="col"' 'scope="row"' 'Episoden er god' 'LUFS' 'Hva &lt;vi&gt;' 'klippet bort'; do
        contains "$page" "$part"
    done
    for part in '<script' 'href=' 'src=' '<link' '@import' 'url('; do lacks "$page" "$part"; done
    at_most "$(stat -c %s "$report/report.html")" 400000
}

@test "nothing of the report is public" {
    equals "$(find "$show/public" -name '*report*' -o -name '*.svg')" "$show/public/icon.svg"
    run grep -rl "Lydrapport" "$show/public"
    equals "$output" ""
}

@test "the report is made again when what it tells changes, and only then" {
    said publish "$episode"
    equals "$(ran)" ""
    sed -i 's/^title:.*/title: Åpne dører/' "$show/episodes/$episode/episode.yaml"
    said status "$episode"
    equals "$(jq -r '.episodes[0].stages[] | select(.name == "report").state' "$said")" waits
    said publish "$episode"
    contains "$(ran)" report
    contains "$(cat "$report/report.html")" "<h1>Åpne dører</h1>"
    rm -r "$show/reports"
    said publish "$episode"
    equals "$(ran)" ""
    [ -s "$report/report.html" ]
}

@test "a report that needs no master does not make one again" {
    DGL_NOW=2030-01-01T00:00:00Z said publish "$episode"
    rm -f "$show"/.dgl/store/"$episode"/sound/*/master.flac
    rm -rf "$show/.dgl/store/$episode/report"
    said publish "$episode"
    equals "$(ran)" report
}

@test "a report that fails is said, and stops nothing" {
    cp -r "$root/presets" "$BATS_TEST_TMPDIR/presets"
    echo '<xsl:stylesheet' >"$BATS_TEST_TMPDIR/presets/report/report.xsl"
    sed -i 's/^title:.*/title: Likevel ute/' "$show/episodes/$episode/episode.yaml"
    run dgl --presets "$BATS_TEST_TMPDIR/presets" -C "$show" publish "$episode"
    status_is 0
    contains "$output" "no report"
    contains "$output" "report.xsl"
    contains "$(cat "$show/public/feed.xml")" "Likevel ute"
    run dgl --presets "$BATS_TEST_TMPDIR/presets" -C "$show" publish "$episode" --until report
    status_is 3
}

@test "without the recording's media the published episode stays as it is, and there is no report" {
    rm -rf "$show/.dgl" "$show/originals" "$show/reports"
    sed -i '/^recordings:/,/rec.wav/d' "$show/episodes/$episode/episode.yaml"
    before=$(public_state)
    run dgl -C "$show" feed
    status_is 0
    [ ! -e "$show/reports" ]
}

@test "measure --plot draws any file as well-formed SVG, the same bytes each time" {
    need_tool xmllint
    svg=$BATS_TEST_TMPDIR/a.svg
    run dgl measure --plot "$svg" "$recording"
    status_is 0
    contains "$output" "$svg"
    xmllint --noout "$svg"
    cp "$svg" "$BATS_TEST_TMPDIR/b.svg"
    dgl measure --json --plot "$svg" "$recording" >"$BATS_TEST_TMPDIR/json"
    equals "$(jq 'length' "$BATS_TEST_TMPDIR/json")" 1
    cmp "$svg" "$BATS_TEST_TMPDIR/b.svg"
    contains "$(cat "$svg")" "$(jq -r '.[0].integrated_lufs * 10 | round / 10 | tostring | ltrimstr("-")' "$BATS_TEST_TMPDIR/json") LUFS"
    sox -D -n -r 48000 -c 1 "$BATS_TEST_TMPDIR/silence.wav" trim 0 2
    dgl measure --plot "$svg" "$BATS_TEST_TMPDIR/silence.wav"
    xmllint --noout "$svg"
}

@test "measure --plot takes one file, and never writes over a recording" {
    run dgl measure --plot "$BATS_TEST_TMPDIR/a.svg" "$recording" "$recording"
    status_is 2
    contains "$output" "one plot takes one file"
    cp "$recording" "$BATS_TEST_TMPDIR/talk.wav"
    run dgl measure --plot "$BATS_TEST_TMPDIR/talk.wav" "$recording"
    status_is 2
    contains "$output" ".svg"
    cmp "$recording" "$BATS_TEST_TMPDIR/talk.wav"
    run dgl measure --plot "$BATS_TEST_TMPDIR/none.svg" "$BATS_TEST_TMPDIR/missing.wav"
    status_is 3
    [ ! -e "$BATS_TEST_TMPDIR/none.svg" ]
}

@test "a preview is the recording before, and what the master will be after, without making it" {
    next=$(dgl -C "$show" --json new 2026-03 | jq -r .episode)
    sox -D "$recording" "$BATS_TEST_TMPDIR/talk.wav"
    dgl -C "$show" -q publish "$next" "$BATS_TEST_TMPDIR/talk.wav" --until ingest
    said normalize "$next" --preview 00:00:05+10
    [ ! -e "$show/.dgl/store/$next/sound" ]
    before=$show/$(jq -r .before.path "$said") after=$show/$(jq -r .after.path "$said")
    equals "$(dirname "$after")" "$show/reports/$next/preview"
    equals "$(jq .exact "$said")" true
    equals "$(soxi -D "$before") $(soxi -D "$after")" "10.000000 10.000000"
    dgl -C "$show" -q normalize "$next"
    master=$(ls "$show/.dgl/store/$next"/sound/*/master.flac)
    # The last moment is faded; else not a bit more than 16 bits round.
    sox -D "$master" -b 32 "$BATS_TEST_TMPDIR/m.wav" trim 5 9.9
    sox -D "$after" -b 32 "$BATS_TEST_TMPDIR/a.wav" trim 0 9.9
    sox -D -m -v 1 "$BATS_TEST_TMPDIR/m.wav" -v -1 "$BATS_TEST_TMPDIR/a.wav" "$BATS_TEST_TMPDIR/d.wav"
    at_most "$(sox "$BATS_TEST_TMPDIR/d.wav" -n stat 2>&1 | awk '/^Maximum amplitude/ { print $3 }')" 0.0001
    sox -D "$BATS_TEST_TMPDIR/talk.wav" -b 32 "$BATS_TEST_TMPDIR/m.wav" trim 5 9.9
    sox -D "$before" -b 32 "$BATS_TEST_TMPDIR/a.wav" trim 0.1 9.8
    sox -D "$BATS_TEST_TMPDIR/m.wav" "$BATS_TEST_TMPDIR/n.wav" trim 0.1 9.8
    sox -D -m -v 1 "$BATS_TEST_TMPDIR/n.wav" -v -1 "$BATS_TEST_TMPDIR/a.wav" "$BATS_TEST_TMPDIR/d.wav"
    at_most "$(sox "$BATS_TEST_TMPDIR/d.wav" -n stat 2>&1 | awk '/^Maximum amplitude/ { print $3 }')" 0.0001
}

@test "a preview leaves out what is cut, refuses what is not there, and clean gives it back" {
    said normalize "$episode" --preview 00:00:02+6
    within "$(jq .cut_s "$said")" 2.5 0.001
    within "$(jq .after.duration_s "$said")" 3.5 0.001
    within "$(jq .before.duration_s "$said")" 6 0.001
    for bad in 00:05:00+30 00:00:04.5+1; do
        run dgl -C "$show" normalize "$episode" --preview "$bad"
        status_is 3
    done
    for bad in ten 00:00:01 +30 00:00:01+ 00:00:01+0 00:00:01+9999; do
        run dgl -C "$show" normalize "$episode" --preview "$bad"
        status_is 2
        contains "$output" "00:10:00+30"
    done
    [ -e "$report/preview/after.wav" ]
    dgl -C "$show" -q clean
    [ ! -e "$report/preview" ]
    [ -e "$report/report.html" ]
}

# ---- with a picture

# A film with a black passage, one that stands still, and frames that are missing: 20 s.
faulty_film() { # file
    ffmpeg -nostdin -v error -y -f lavfi -i "testsrc2=s=1280x720:r=25:d=20" \
        -i "$recording" -t 20 \
        -vf "drawbox=c=black:t=fill:enable='between(t,3,6.5)',select='not(between(n,250,325))',fps=25,select='not(between(n,400,409))',format=yuv420p" \
        -fps_mode passthrough -c:v libx264 -preset ultrafast -c:a aac -shortest "$1"
}

filmed() { # preset's lines, recording: an episode of its own
    mkdir -p "$show/presets/picture"
    sed -e 's/^speed:.*/speed: ultrafast/' "$root/presets/picture/720p.yaml" >"$show/presets/picture/quick.yaml"
    printf 'picture: quick\n' >>"$show/episodes/show.yaml"
    film=$(new_episode 2026-03)
    report=$show/reports/$film
    said publish "$film" "$1"
}

@test "the report says of the picture what was filmed, which way it went and why, and what to look over" {
    need_tool ffmpeg
    faulty_film "$BATS_TEST_TMPDIR/a.mp4"
    filmed "$BATS_TEST_TMPDIR/a.mp4"
    equals "$(says '.video | "\(.way) \(.width)×\(.height) \(.fps)"')" "encoded 1280×720 25"
    equals "$(says '.video.source | "\(.codec) \(.width)×\(.height) \(.interlaced)"')" "h264 1280×720 false"
    contains "$(says '.video.reasons[].rule')" colours
    contains "$(says '.video.why[]')" "10 of its frames are missing"
    for kind in black frozen missing; do
        contains "$(says '.video.findings[].kind')" "$kind"
    done
    within "$(says '.video.findings[] | select(.kind == "black").times[0].from_s')" 3 0.05
    within "$(says '.video.findings[] | select(.kind == "black").times[0].to_s')" 6.5 0.05
    within "$(says '.video.findings[] | select(.kind == "frozen").times[0].from_s')" 9.96 0.05
    equals "$(says '[.video.findings[] | select(.kind == "frozen").times[]] | length')" 1
    within "$(says '.video.findings[] | select(.kind == "missing").times[0].from_s')" 16 0.05
    equals "$(says '.video.findings[] | select(.kind == "missing").count')" 10
    within "$(says .video.av_offset_ms.start)" 0 20
    within "$(says .video.av_offset_ms.end)" 0 20
    equals "$(says '.video.rungs | length')" 1
    equals "$(says '.video.rungs[0].bytes')" "$(stat -c %s "$show/.dgl/store/$film/picture.quick"/*/picture.mp4)"
    equals "$(says '[.files[] | "\(.output) \(.held)"] | sort | tostring')" '["mp3 true","mp4 true","opus true"]'
    equals "$(says .verdict)" watch
}

@test "the page shows the picture in the show's language, with stills, and stands alone" {
    need_tool ffmpeg
    faulty_film "$BATS_TEST_TMPDIR/a.mp4"
    filmed "$BATS_TEST_TMPDIR/a.mp4"
    page=$(cat "$report/report.html")
    for part in 'Bildet er kodet på nytt' 'filen sier ikke at fargene er BT.709' 'Bildet er svart' \
        '0:00:03,0' '10 bilder mangler' 'src="data:image/jpeg;base64,/9j/' 'alt="Bildet ved 0:' 'H.264'; do
        contains "$page" "$part"
    done
    for part in '<script' 'href=' 'src="http' '<link' '@import' 'url('; do lacks "$page" "$part"; done
    at_least=$(grep -o '<img ' "$report/report.html" | wc -l)
    [ "$at_least" -ge 5 ]
    at_most "$(stat -c %s "$report/report.html")" 900000
    for language in nn en; do
        sed -i "s/^language:.*/language: $language/" "$show/episodes/show.yaml"
        said publish "$film"
        lacks "$(cat "$report/report.html")" 'Bildet er svart'
        contains "$(cat "$report/report.html")" "$([ $language = en ] && echo 'The picture is black' || echo 'Biletet er svart')"
    done
}

@test "of a picture that is copied the report says so, and nothing is found in what is right" {
    need_tool ffmpeg
    ffmpeg -nostdin -v error -y -f lavfi -i "testsrc2=s=1280x720:r=25" \
        -f lavfi -i "aevalsrc=0.3*sin(2*PI*440*t)*lt(mod(t\,1)\,0.5)|0.3*sin(2*PI*330*t):s=48000" -t 10 \
        -vf scale=out_color_matrix=bt709:out_range=tv,format=yuv420p \
        -c:v libx264 -preset veryfast -g 50 -profile:v high -level 4.0 -colorspace bt709 -color_primaries bt709 \
        -color_trc bt709 -color_range tv -b:v 1500k -maxrate 2500k -bufsize 3000k -c:a aac "$BATS_TEST_TMPDIR/a.mp4"
    filmed "$BATS_TEST_TMPDIR/a.mp4"
    equals "$(says '.video | "\(.way) \(.reasons | length)"')" "copied 0"
    equals "$(says '[.video.findings[].kind | select(. != "illegal" and . != "burnt")] | tostring')" "[]"
    within "$(says .video.av_offset_ms.start)" 0 1
    within "$(says .video.av_offset_ms.end)" 0 1
    contains "$(cat "$report/report.html")" "Bildet er kopiert bit for bit"
    run dgl -C "$show" status "$film"
    contains "$output" "picture copied as it was"
}

@test "a report without a picture says nothing of one" {
    equals "$(says .video)" null
    lacks "$(cat "$report/report.html")" 'id="video"'
}
