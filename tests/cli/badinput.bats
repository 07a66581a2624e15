#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

setup_file() {
    need_tool sox
    export DGL_NOW=2026-02-12T08:00:00Z
    new_show
    new_episode 2026-02 >/dev/null
    tone "$BATS_FILE_TMPDIR/rec.wav" 3
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    copy_show
    folder=$show/episodes/2026-02-trivsel
    cp -a "$show/episodes" "$BATS_TEST_TMPDIR/good"
    tab=$(printf '\t') bad=$(printf '\xff')
}

nothing_is_public() {
    equals "$(ls -d "$show/public" "$show"/episodes/*/published.json 2>/dev/null)" ""
}

all_files() {
    (cd "$show" && find . -path ./.dgl -prune -o -type f -exec sha256sum {} + | sort -k2)
}

shows_the_line() { # a tab and a byte that is no UTF-8 are not printed as they are
    [[ $1 == *[$tab$bad]* ]] || contains "$output" "
  $1
"
}

# The file below episodes/ is refused at line:column; the line is shown and the remedy is named.
# Lines are given to be added, or as /pattern/new line to replace one.
refused() { # file, line or /pattern/line, line:column, message, remedy
    local file=$show/episodes/$1 line=$2 before
    case $2 in
    /*) line=${2#/} && line=${line#*/} && pattern=${2#/} && sed -i "s|^${pattern%%/*}.*|$line|" "$file" ;;
    *) printf '%s\n' "$2" >>"$file" ;;
    esac
    before=$(all_files)
    run dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
    if ! status_is 3 || ! contains "$output" "episodes/$1:$3: $4" || ! contains "$output" "$5" ||
        ! shows_the_line "$line" || ! equals "$(all_files)" "$before"; then
        echo "row: $*"
        return 1
    fi
    rm -rf "$show/episodes"
    cp -a "$BATS_TEST_TMPDIR/good" "$show/episodes"
}

rows() { # file; reads rows of: line | line:column | message | remedy
    local count=0 line where message remedy
    while IFS='|' read -r line where message remedy; do
        line=${line% } where=${where# }
        refused "$1" "$line" "${where% }" "$(echo $message)" "$(echo $remedy)"
        count=$((count + 1))
    done
    [ "$count" -gt 5 ]
}

@test "a broken episode.yaml is refused with place, line and remedy" {
    end=$(($(wc -l <"$folder/episode.yaml") + 1))
    rows 2026-02-trivsel/episode.yaml <<EOF
titel: X | $end:1 | unknown key titel | write title
title: X | $end:1 | title stands here twice, first in line 2 | keep one
/number:/number: 010 | 4:9 | number must be a whole number | write 10
/number:/number: "2" | 4:9 | number must be a whole number | without quotes
/number:/number: 2.0 | 4:9 | number must be a whole number | write 2
/number:/number: to | 4:9 | number must be a whole number | for example 2
/month:/month: februar | 3:8 | month must be a month | year-month, as in 2026-02
/month:/month: 2026-13 | 3:8 | month must be a month | year-month, as in 2026-02
/title:/title: | 2:7 | title has no value | delete the line
${tab}summary: X | $end:1 | a tab | blanks
summary: "$bad" | $end:11 | byte 0xff is not UTF-8 | UTF-8
summary: &a X | $end:10 | anchors | quotes
--- | $end:1 | a second document | one document
accept_damage: yes | $end:16 | accept_damage must be true or false | write true
channels: 3 | $end:11 | channels must be from 1 to 2 | 1 to 2
published: 2026-02-30T09:00:00Z | $end:12 | published must be a date | 2026-02-12T09:00:00+01:00
published: 2026-02-12 | $end:12 | published must be a date | zone
language: norsk | $end:11 | "norsk" is not the tag of a language | nb
goals: [18] | $end:9 | a goal must be from 1 to 17 | 17
outputs: [mp4] | $end:11 | there is no output preset mp4 | write mp3
preset: loud | $end:9 | there is no loudness preset loud | podcast
kind: Full | $end:7 | kind cannot be "Full" | write full
host: Kari | $end:7 | host must be a list | host: [{
guest: [{navn: Kari}] | $end:10 | unknown key navn | write name
guest: [{name: K, municipality: Oslo}] | $end:33 | there is no municipality "Oslo" | Nordland
captions: [{file: nope.vtt, made: corrected}] | $end:19 | there is no file nope.vtt | delete the line
captions: [{file: notes.md}] | $end:12 | a captions entry has no made | corrected
chapters: [{at: "00:00:02", title: A}, {at: "00:00:01", title: B}] | $end:45 | chapter starts at 00:00:01 | order
chapters: [{at: ett, title: A}] | $end:17 | at must be a time | 00:
cover: nope.png | $end:8 | the cover: no such file | a cover is drawn
cover: notes.md | $end:8 | the cover is neither a JPEG nor a PNG | 1400 to 3000
cover: /etc/hostname | $end:8 | the path leads out of the show | show's folder
recordings: [{file: nope.wav}] | $end:13 | this episode already names its recording | command line
picture: 1080 | $end:10 | there is no picture preset 1080 | write 1080p
picture: uhd | $end:10 | there is no picture preset uhd | known: 1080p, 1080p25, 1080p30, 1080p50, 480p, 720p
fit: stretch | $end:6 | fit cannot be "stretch" | known: pad, crop
hls: true | $end:6 | an adaptive stream needs a picture | add picture: 1080p
graphics: [strap] | $end:12 | graphics cannot be "strap" | write straps
graphics: [all, chips] | $end:12 | all stands among others | write it alone
balance: on | $end:10 | balance cannot be "on" | known: auto, off
clip: {from: "00:00:02", to: "00:00:01"} | $end:30 | the clip begins at 00:00:02.000 and ends at 00:00:01.000 | earlier time
clip: {from: "00:00:01", to: "00:00:02", shapes: round} | $end:50 | shapes cannot be "round" | known: square, portrait
guest: [{name: K, strap: tolv}] | $end:26 | strap must be a time | hours:minutes:seconds
recordings: [{file: a.mp4, use: video}] | $end:33 | use cannot be "video" | known: both, picture, sound
recordings: [{file: a.mp4, sound_track: 0}] | $end:41 | sound_track must be from 1 to 99 | 1 to 99
recordings: [{file: a.wav, parts: [b.wav]}] | $end:14 | a recording has file and parts | {file: zoom.mp4}
EOF
}

@test "a broken show.yaml is refused with place, line and remedy" {
    lines=$(grep -n '' "$show/episodes/show.yaml")
    at() { echo "$lines" | grep -m 1 ":$1:" | cut -d: -f1; }
    end=$(($(echo "$lines" | wc -l) + 1))
    rows show.yaml <<EOF
picture: uhd | $end:10 | there is no picture preset uhd | known: 1080p
hls: yes | $end:6 | hls must be true or false | write true
graphics: [] | $end:11 | graphics is an empty list | write graphics: none
utputs: [mp3] | $end:1 | unknown key utputs | write outputs
title: X | $end:1 | title stands here twice | keep one
/site:/site: example.org | $(at site):7 | site must be a web address | https://
/site:/site: "https://example.org/a?b" | $(at site):7 | site has a ? or # | folder
/language:/language: no way | $(at language):11 | "no way" is not the tag of a language | nb
/categories:/categories: [Goverment] | $(at categories):14 | there is no category "Goverment" | write Government
/outputs:/outputs: [mp3, mp3] | $(at outputs):16 | output mp3 stands here twice | keep one
/explicit:/explicit: nei | $(at explicit):11 | explicit must be true or false | write false
/guid:/guid: 1234 | $(at guid):7 | "1234" is not a UUID | delete the line
/calendar:/calendar: nope.yaml | $(at calendar):11 | there is no episodes/nope.yaml | delete the line
cover: nope.png | $end:8 | the cover: no such file | a cover is drawn
intro: intro.wav | $end:8 | intro: there is no file intro.wav | put the file there
music: music.mp3 | $end:8 | music: there is no file music.mp3 | put the file there
EOF
}

@test "a broken calendar.yaml is refused with place, line and remedy" {
    end=$(($(wc -l <"$show/episodes/calendar.yaml") + 1))
    rows calendar.yaml <<EOF
temaer: [] | $end:1 | unknown key temaer | themes
  - {month: 2, theme: mat} | $end:13 | a second entry for the month 2 | keep one
  - {month: 13, theme: mat} | $end:13 | month cannot be "13" | 2026-02
  - {month: 2027-02, theme: nope} | $end:29 | there is no theme nope | trivsel
  - {theme: mat} | $end:5 | a month has no month | add month
  - {month: 2027-02} | $end:5 | a month has no theme | add theme
  - {month: 2027-02, theme: mat, goals: [99]} | $end:42 | a goal must be from 1 to 17 | 17
EOF
}

@test "empty files are refused by name" {
    for file in show.yaml calendar.yaml 2026-02-trivsel/episode.yaml; do
        : >"$show/episodes/$file"
        run dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
        status_is 3
        contains "$output" "episodes/$file:1:1: the"
        contains "$output" "is empty"
        cp -a "$BATS_TEST_TMPDIR/good/$file" "$show/episodes/$file"
    done
}

@test "a cover that directories would refuse is refused with its size" {
    need_tool ffmpeg
    cd "$folder"
    for size in 200x200 1398x1398 1400x1500 3002x3002; do
        ffmpeg -nostdin -y -v error -f lavfi -i color=c=teal:s=$size -frames:v 1 cover.png
        echo 'cover: cover.png' >>episode.yaml
        run dgl publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
        status_is 3
        contains "$output" "episode.yaml:13:8: the cover is ${size%x*} x ${size#*x} pixels"
        contains "$output" "1400 to 3000 pixels"
        cp "$BATS_TEST_TMPDIR/good/2026-02-trivsel/episode.yaml" .
    done
    ffmpeg -nostdin -y -v error -f lavfi -i color=c=teal:s=1400x1400,format=rgba -frames:v 1 cover.png
    echo 'cover: cover.png' >>episode.yaml
    run dgl publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
    status_is 3
    contains "$output" "transparen"
    head -c 5000 cover.png >half.png
    sed -i 's/^cover.*/cover: half.png/' episode.yaml
    run dgl publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
    status_is 3
    contains "$output" "episode.yaml:13:8: the cover"
}

@test "a broken captions file is refused with place, line and remedy, and nothing becomes public" {
    echo 'captions: [{file: c.vtt, made: corrected}]' >>"$folder/episode.yaml"
    while IFS='|' read -r text where message; do
        printf "${text% }" >"$folder/c.vtt"
        run dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
        status_is 3
        contains "$output" "c.vtt:$(echo $where)"
        contains "$output" "$(echo $message)"
        nothing_is_public
    done <<'EOF'
WEBVTT\n\n00:00:02.000 --> 00:00:01.000\nHei\n | 3:18 | ends before it begins
WEBVTT\n\n00:00:xx --> 00:00:01.000\nHei\n | 3:7 | time
WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHei \xff\n | 4:5 | UTF-8
WEBVTT\n\n00:01:01.000 --> 00:01:02.000\nHei\n | | ends behind the episode
hei\n | 1:1 | number of a cue
 | | is empty
EOF
}

@test "a chapter behind the recording's end is refused at its line, and nothing becomes public" {
    printf 'chapters: [{at: "00:00:00", title: A}, {at: "00:00:03.5", title: B}]\n' >>"$folder/episode.yaml"
    run dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
    status_is 3
    contains "$output" "episodes/2026-02-trivsel/episode.yaml:13:45: chapter starts at 00:00:03"
    contains "$output" "the recording ends at 00:00:03"
    contains "$output" "move the chapter, or delete it"
    nothing_is_public
}

@test "a recording named in episode.yaml that is missing is refused at its line" {
    echo 'recordings: [{file: zoom.mp4}]' >>"$folder/episode.yaml"
    run dgl -C "$show" publish 2026-02
    status_is 3
    contains "$output" "episodes/2026-02-trivsel/episode.yaml:13:14: the recording zoom.mp4 is not there"
    contains "$output" "plugged in"
}

@test "an episode without any recording says how to name one" {
    run dgl -C "$show" publish 2026-02
    status_is 3
    contains "$output" "dgl-episode publish 2026-02-trivsel RECORDING"
}

# Root may read everything, so root becomes nobody; the first call hands the show over.
as_nobody() {
    local become=
    if [ "$(id -u)" -eq 0 ]; then
        need_tool setpriv
        become="setpriv --reuid=65534 --regid=65534 --clear-groups"
        if [ -O "$show" ]; then
            chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/.." "$show"
            chown -R 65534 "$show"
        fi
    fi
    $become "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" "$@"
}

close_to_all() { # file or folder
    [ "$(id -u)" -ne 0 ] || chown root "$1"
    chmod 000 "$1"
}

# The file or folder of the show that none may read is refused by name.
closed() { # file, what is said
    local words
    close_to_all "$show/$1"
    for words in "publish 2026-02" "publish --dry-run 2026-02"; do
        run as_nobody $words
        status_is 3
        contains "$output" "$2"
    done
    run as_nobody status
    contains "$output" "$2"
    chmod 755 "$show/$1"
}

teardown() {
    chmod -R u+rwX "$BATS_TEST_TMPDIR"
}

@test "what may not be read is refused by name, not taken for missing" {
    in=episodes/2026-02-trivsel
    cp "$BATS_FILE_TMPDIR/rec.wav" "$folder/lukket.wav"
    cp "$root/presets/site/example.png" "$folder/c.png"
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:01.000\nHei\n' >"$folder/c.vtt"
    cat >>"$folder/episode.yaml" <<EOF
captions: [{file: c.vtt, made: corrected}]
cover: c.png
recordings: [{file: lukket.wav}]
EOF
    as_nobody status >/dev/null || skip "nobody may not enter here"
    closed $in/c.png "$in/episode.yaml:14:8: the cover: permission denied"
    sed -i '/^cover:/d' "$folder/episode.yaml"
    closed $in/lukket.wav "$in/episode.yaml:14:14: $show/$in/lukket.wav may not be read"
    closed $in/notes.md "$in/notes.md: permission denied"
    closed $in/episode.yaml "$in/episode.yaml: permission denied"
    closed $in "$in: the folder may not be read"
    closed episodes/calendar.yaml "episodes/calendar.yaml: permission denied"
    closed episodes/show.yaml "episodes/show.yaml: permission denied"
    closed episodes "$show/episodes: the folder may not be read"
    nothing_is_public
    as_nobody -q ingest 2026-02
    closed $in/c.vtt "$in/c.vtt may not be read"
    nothing_is_public
}

@test "an episode's folder that may not be read does not fall out of the feed" {
    cp "$BATS_FILE_TMPDIR/rec.wav" "$folder/rec.wav"
    as_nobody status >/dev/null || skip "nobody may not enter here"
    as_nobody -q publish 2026-02 "$folder/rec.wav"
    before=$(public_state)
    close_to_all "$folder"
    for words in feed site "publish --all"; do
        run as_nobody $words
        status_is 3
        contains "$output" "episodes/2026-02-trivsel: the folder may not be read"
        contains "$output" "give yourself the right to read it"
    done
    equals "$(public_state)" "$before"
}

@test "one guid belongs to one episode" {
    guid=11111111-2222-5333-8444-555555555555
    echo "guid: $guid" >>"$folder/episode.yaml"
    cp -r "$folder" "$show/episodes/2026-03-kopi"
    run dgl -C "$show" publish 2026-03 "$BATS_FILE_TMPDIR/rec.wav"
    status_is 3
    contains "$output" "episodes/2026-03-kopi/episode.yaml:13:7: "
    contains "$output" "2026-02-trivsel"
    contains "$output" "leave it out of the new one"
    nothing_is_public
}

@test "a copied folder that keeps published.json is refused, and says what to delete" {
    dgl -C "$show" -q publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
    cp -r "$folder" "$show/episodes/2026-03-kopi"
    before=$(public_state)
    run dgl -C "$show" publish 2026-03
    status_is 3
    contains "$output" "2026-03-kopi/published.json"
    contains "$output" "delete it there"
    equals "$(public_state)" "$before"
}

@test "a broken published.json is refused, says where it may come back from, and stays as it is" {
    for text in '{"guid": "x"' '{"guid": "x"}' '[]' '' '{"guid": "x", "slug": "../..", "state": "published"}'; do
        printf '%s' "$text" >"$folder/published.json"
        run dgl -C "$show" publish 2026-02 "$BATS_FILE_TMPDIR/rec.wav"
        status_is 3
        contains "$output" "episodes/2026-02-trivsel/published.json"
        contains "$output" "backup"
        equals "$(cat "$folder/published.json")" "$text"
    done
}

@test "a picture whose last frame claims to come ten hours later makes no hours of silence" {
    need_tool ffmpeg
    ffmpeg -nostdin -v error -f lavfi -i "testsrc2=s=320x240:r=25:d=6" -f lavfi -i "sine=300:r=48000:d=6" \
        -c:v libx264 -preset ultrafast -c:a flac "$BATS_TEST_TMPDIR/good.mkv"
    sed -i 's/^outputs:.*/outputs: [mp3]\npicture: 480p/' "$show/episodes/show.yaml"
    while read -r which late; do
        rm -rf "$show/.dgl"
        ffmpeg -nostdin -v error -y -i "$BATS_TEST_TMPDIR/good.mkv" -map 0 -c copy \
            -bsf:v "setts=ts=if($which\,TS+$late/TB\,TS)" "$BATS_TEST_TMPDIR/late.mkv"
        dgl -C "$show" -q publish 2026-02 "$BATS_TEST_TMPDIR/late.mkv" --until timeline
        equals "$late: $(jq .length_s "$show"/.dgl/store/2026-02-trivsel/timeline/*/timeline.json)" "$late: 6"
    done <<'EOF'
eq(N\,149) 36000
eq(N\,149) 1000000000
eq(N\,149) 4000000000
gt(N\,0) 36000
EOF
}

@test "an unknown command or option is wrong usage, and the nearest help is named" {
    before=$(all_files)
    while read -r words; do
        run dgl -C "$show" $words
        status_is 2
        contains "$output" "--help"
        equals "$(all_files)" "$before"
    done <<'EOF'
publsh
publish --remke 2026-02
--colour status
publish
new
new 2026-02 2026-03
status a b
measure
serve now
EOF
    run dgl
    status_is 2
    run dgl -C "$show" new 2026-2
    status_is 2
    contains "$output" "2026-02"
    run dgl -C "$show" new 2026-03 --municipality Oslo --guest Kari
    status_is 2
    run dgl -C "$show" serve --port 99999
    status_is 2
    run dgl -C
    status_is 2
}

@test "wrong usage closes no file that is not its own, nor writes into it" {
    echo mine >"$BATS_TEST_TMPDIR/notes.txt"
    run dgl -C "$show" deliver --secrets-fd x 0<>"$BATS_TEST_TMPDIR/notes.txt"
    status_is 2
    equals "$(cat "$BATS_TEST_TMPDIR/notes.txt")" mine
}

@test "every command explains itself with --help and exit code 0" {
    for command in init new publish ingest normalize encode tag page feed site measure check status clean serve manual; do
        run dgl "$command" --help
        status_is 0
        contains "$output" "usage: dgl-episode $command"
    done
    run dgl --help
    status_is 0
    run dgl --version
    status_is 0
}

@test "outside a show every command of a show says so" {
    mkdir "$BATS_TEST_TMPDIR/nowhere"
    cd "$BATS_TEST_TMPDIR/nowhere"
    for words in "publish x" "new 2026-02" "feed" "site" "check" "status" "clean" "serve" "ingest x"; do
        run dgl $words
        status_is 3
        contains "$output" "dgl-episode init"
    done
    equals "$(ls -A)" ""
    run dgl -C /nowhere/at/all status
    status_is 3
    contains "$output" /nowhere/at/all
}

@test "a beginning that several episodes share lists them, an unknown one lists all" {
    cp -r "$folder" "$show/episodes/2026-02-trivsel-2"
    cp -r "$folder" "$show/episodes/2026-03-mat"
    run dgl -C "$show" publish 2026-02-t
    # a whole name goes before a beginning of others
    status_is 3
    contains "$output" "2026-02-trivsel
"
    contains "$output" "2026-02-trivsel-2"
    lacks "$output" "2026-03-mat"
    run dgl -C "$show" publish 2026-02-trivsel
    contains "$output" "RECORDING"
    run dgl -C "$show" publish 2030
    status_is 3
    contains "$output" "2026-03-mat"
    run dgl -C "$show" publish ""
    status_is 3
    cd "$folder"
    run dgl publish ./
    contains "$output" "publish 2026-02-trivsel RECORDING"
    run dgl publish "$show/episodes/2026-03-mat/episode.yaml"
    contains "$output" "publish 2026-03-mat RECORDING"
}

@test "init refuses to overwrite a show, and an answer that is missing names its option" {
    before=$(all_files)
    run new_show
    status_is 3
    contains "$output" "episodes/show.yaml"
    equals "$(all_files)" "$before"
    run dgl init "$BATS_TEST_TMPDIR/new" --title T </dev/null
    status_is 2
    contains "$output" "--site"
    [ ! -e "$BATS_TEST_TMPDIR/new" ]
}
