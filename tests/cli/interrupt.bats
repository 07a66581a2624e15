#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# An episode that is public, and everything about it changed: a run has all to do again.
setup_file() {
    need_tool sox
    need_tool ffmpeg
    need_tool jq
    need_tool pgrep
    need_tool xmllint
    export DGL_NOW=2026-02-12T08:00:00Z
    tone "$BATS_FILE_TMPDIR/first.wav" 3
    sox -D -R -n -r 48000 -c 2 "$BATS_FILE_TMPDIR/second.wav" synth 5 pinknoise tremolo 3 80 gain -12
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3, opus]/' "$show/episodes/show.yaml"
    ffmpeg -nostdin -v error -f lavfi -i color=c=teal:s=1400x1400 -frames:v 1 "$show/episodes/cover.png"
    echo 'cover: cover.png' >>"$show/episodes/show.yaml"
    episode=$(new_episode 2026-02)
    cat >>"$show/episodes/$episode/episode.yaml" <<EOF
cover: ../cover.png
host: [{name: Kari Nordmann}]
captions: [{file: captions.vtt, made: corrected}]
EOF
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nHei.\n' >"$show/episodes/$episode/captions.vtt"
    dgl -C "$show" -q publish "$episode" "$BATS_FILE_TMPDIR/first.wav"
    cp -a "$show" "$BATS_FILE_TMPDIR/first"
    sed -i -e "s/first.wav/second.wav/" -e 's/^title:.*/title: Noe annet/' "$show/episodes/$episode/episode.yaml"
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nMorna.\n' >"$show/episodes/$episode/captions.vtt"
    cp -a "$show" "$BATS_FILE_TMPDIR/changed"
    began=$(date +%s%N)
    dgl -C "$show" -q publish "$episode"
    echo $((($(date +%s%N) - began) / 1000000)) >"$BATS_FILE_TMPDIR/whole_ms"
    (show=$show public_state | cut -d' ' -f1) >"$BATS_FILE_TMPDIR/wanted" # names hold their content
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    episode=2026-02-trivsel
    originals="$(sha256sum <"$BATS_FILE_TMPDIR/first.wav") $(sha256sum <"$BATS_FILE_TMPDIR/second.wav")"
    running= disk=
    export DGL_TEST=$BATS_TEST_TMPDIR
}

teardown() {
    [ -z "$running" ] || kill -KILL "$running" 2>/dev/null || true
    leave_disk
}

show_state() {
    (cd "$show" && find . -printf '%p %y %m %T@\n' | sort && find . -type f -exec sha256sum {} + | sort -k2)
}

changed_show() {
    show=$BATS_TEST_TMPDIR/show
    rm -rf "$show"
    cp -a "$BATS_FILE_TMPDIR/changed" "$show"
}

# Starts the program itself; a shell gives its background jobs SIGINT ignored, env takes that back.
start() { # words of the command line
    env --default-signal=INT "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" "$@" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    running=$!
}

# Waits until the program that was started holds the show's lock, so that it is at work.
at_work() {
    for _ in $(seq 1000); do
        grep -qs "process $running," "$show/.dgl/lock" && return
        sleep 0.01
    done
    echo "never took the lock"
    return 1
}

ended() { # waits; the exit code is left in $code
    code=0
    wait "$running" || code=$?
    running=
}

# Other tests have workers of their own: this one's have its folder in their environment.
worker_is_left() {
    local pid
    for pid in $(pgrep -f "$DGL_BUILD/dgl-episode-worker"); do
        if tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qxF "DGL_TEST=$DGL_TEST"; then return 0; fi
    done
    return 1
}

no_worker_left() {
    for _ in $(seq 100); do
        worker_is_left || return 0
        sleep 0.1
    done
    ps -ef | grep dgl-episode-worker
    return 1
}

# What a listener may fetch at this moment is whole.
public_is_whole() {
    local url length
    xmllint --noout "$show/public/feed.xml"
    grep -o '<enclosure[^>]*>' "$show/public/feed.xml" |
        sed 's|.*url="https://example.org/detgodeliv/\([^"]*\)".*length="\([0-9]*\)".*|\1 \2|; s|.*length="\([0-9]*\)".*url="https://example.org/detgodeliv/\([^"]*\)".*|\2 \1|' \
            >"$BATS_TEST_TMPDIR/enclosures"
    [ -s "$BATS_TEST_TMPDIR/enclosures" ]
    while read -r url length; do
        equals "$url $(stat -c %s "$show/public/$url")" "$url $length"
    done <"$BATS_TEST_TMPDIR/enclosures"
    # A medium carries eight digits of its own hash.
    for path in "$show"/public/media/*/*; do
        case $path in *.tmp-*) continue ;; esac
        hash=$(sha256sum <"$path")
        contains "$path" "-${hash:0:8}."
    done
    jq -e '.files | length > 0' "$show/episodes/$episode/published.json" >/dev/null
    published '.files[] | "\(.sha256)  \(.path)"' | (cd "$show/public" && sha256sum -c --quiet)
    equals "$(grep -L '</html>' "$show/public/index.html" "$show/public/episodes/$episode/index.html")" ""
}

recordings_are_untouched() {
    equals "$(sha256sum <"$BATS_FILE_TMPDIR/first.wav") $(sha256sum <"$BATS_FILE_TMPDIR/second.wav")" "$originals"
    for original in "$show"/originals/*; do
        case $original in *.tmp-*) continue ;; esac
        equals "$(sha256sum <"$original" | cut -d' ' -f1)" "$(basename "${original%.*}")"
    done
}

no_half_files() {
    equals "$(find "$show" -name '*.tmp*')" ""
}

next_run_finishes() {
    dgl -C "$show" -q publish "$episode"
    no_half_files
    recordings_are_untouched
    public_is_whole
    equals "$(public_state | cut -d' ' -f1)" "$(cat "$BATS_FILE_TMPDIR/wanted")"
}

# Sends the signal at moments that are spread over the time that a whole run takes. The last comes
# first: a run that is done before it shows that one takes less time by now.
at_moments() { # how many, signal, wanted exit code, what else must hold
    local moment interrupted=0 whole_ms last=$(($1 - 1))
    whole_ms=$(cat "$BATS_FILE_TMPDIR/whole_ms")
    for moment in $(seq "$last" -1 0); do
        changed_show
        before=$(show_state)
        start publish "$episode"
        sleep "$(awk -v m="$moment" -v n="$last" -v t="$whole_ms" 'BEGIN { print m / n * t / 1000 }')"
        kill -s "$2" "$running" 2>/dev/null || true
        ended
        if [ "$code" -ne 0 ]; then
            equals "moment $moment: $code" "moment $moment: $3"
            interrupted=$((interrupted + 1))
        elif [ "$moment" -gt 0 ]; then
            whole_ms=$((whole_ms * moment / last))
        fi
        no_worker_left
        ${4:-true}
        public_is_whole
        recordings_are_untouched
        next_run_finishes
    done
    echo "$interrupted of $1 runs were interrupted"
    [ "$interrupted" -ge $(($1 / 2)) ]
}

# What the program says last. Where the signal came before it could take signals, it says nothing
# and has done nothing.
says_so() {
    no_half_files
    [ "$code" -ne 0 ] || return 0
    if [ -s "$BATS_TEST_TMPDIR/err" ]; then
        equals "$(tail -n 1 "$BATS_TEST_TMPDIR/err")" \
            "dgl-episode: interrupted; nothing is half-done, the next run goes on from here"
    else
        equals "$(show_state)" "$before"
    fi
}

@test "SIGINT at one of five moments leaves nothing half-done, and the next run finishes" {
    at_moments 5 INT 130 says_so
}

# bats test_tags=long
@test "SIGINT at any moment leaves nothing half-done, and the next run finishes" {
    at_moments 12 INT 130 says_so
}

@test "SIGTERM is taken like SIGINT" {
    changed_show
    start publish "$episode"
    at_work
    kill -TERM "$running"
    ended
    equals "$code" 130
    no_worker_left
    says_so
    public_is_whole
    next_run_finishes
}

@test "SIGKILL at one of five moments leaves the old state or the new one, and the next run finishes" {
    at_moments 5 KILL 137
}

# bats test_tags=long
@test "SIGKILL at any moment leaves the old state or the new one, and the next run finishes" {
    at_moments 12 KILL 137
}

@test "a worker that is killed is an error that says so, and nothing becomes public" {
    changed_show
    before=$(public_state)
    start publish "$episode"
    for _ in $(seq 200); do
        worker=$(pgrep -P "$running") && break
        sleep 0.01
    done
    kill -KILL "$worker"
    ended
    equals "$code" 1
    contains "$(cat "$BATS_TEST_TMPDIR/err")" "signal 9"
    no_half_files
    equals "$(public_state)" "$before"
    # what it would have left had it been copying is not kept for ever
    echo half >"$show/originals/$(printf '%064d' 1).wav.tmp-4711-0"
    next_run_finishes
    no_half_files
}

@test "a stage that fails ends what goes on beside it" {
    changed_show
    cp -r "$root/presets" "$BATS_TEST_TMPDIR/presets"
    sed -i 's/^options:.*/options: [aac_coder=nonsense]/' "$BATS_TEST_TMPDIR/presets/output/m4a.yaml"
    sed -i 's/^outputs:.*/outputs: [m4a]\npicture: 720p25/' "$show/episodes/show.yaml"
    ffmpeg -nostdin -v error -f lavfi -i "testsrc2=s=640x480:r=30:d=60" -i "$BATS_FILE_TMPDIR/second.wav" \
        -c:v libx264 -preset ultrafast -c:a pcm_s16le "$BATS_TEST_TMPDIR/film.mov"
    before=$(public_state)
    sed -i "s,/.*second.wav,$BATS_TEST_TMPDIR/film.mov," "$show/episodes/$episode/episode.yaml"
    root=$BATS_TEST_TMPDIR start publish "$episode"
    ended
    equals "$code" 1
    contains "$(cat "$BATS_TEST_TMPDIR/err")" "encode: "
    [[ $(cat "$BATS_TEST_TMPDIR/err") != *interrupted* ]]
    no_half_files
    equals "$(public_state)" "$before"
    [ ! -d "$show/.dgl/store/$episode/picture.720p25" ] || equals "$(ls "$show/.dgl/store/$episode/picture.720p25")" ""
    not worker_is_left
}

@test "what a killed run left half-done anywhere is gone after the next one" {
    changed_show
    mkdir -p "$show/.dgl/store/$episode/sound/0123456789abcdef.tmp-a1B2c3" "$show/.dgl/delivered" \
        "$show/public/kit/$episode/a/b" "$show/reports/$episode/preview" "$BATS_TEST_TMPDIR/else"
    ln -s "$BATS_TEST_TMPDIR/else" "$show/public/else"
    echo "not ours" >"$BATS_TEST_TMPDIR/else/x.tmp-a1B2c3"
    for left in "originals/$(printf '%064d' 1).wav.tmp-4711-0" "public/feed.xml.tmp-a1B2c3" \
        "public/media/$episode/x.mp3.tmp-a1B2c3" "episodes/$episode/published.json.tmp-a1B2c3" \
        "public/episodes/$episode/embed/index.html.tmp-a1B2c3" "public/kit/$episode/a/b/1.m4s.tmp-a1B2c3" \
        "reports/nginx-410.conf.tmp-a1B2c3" "reports/$episode/report.html.tmp-a1B2c3" \
        "reports/$episode/preview/preview.m4a.tmp-a1B2c3" "episodes/$episode/captions.nb.vtt.tmp-a1B2c3" \
        "episodes/show.state.json.tmp-a1B2c3" \
        ".dgl/delivered/net.json.tmp-a1B2c3" ".dgl/hashes.tmp-a1B2c3" ".dgl/store/$episode/sound/0123456789abcdef.tmp-a1B2c3/master.flac"; do
        echo half >"$show/$left"
    done
    echo mine >"$show/episodes/$episode/mitt.tmp-arkiv"
    mkdir -p "$show/.dgl/store/$episode/slate/drawn.tmp-a1B2c3" # by a broadcast that begins
    echo 'publish, process 4711' >"$show/.dgl/lock" # it did not come to say that it was done
    dgl -C "$show" -q publish "$episode"
    [ -s "$BATS_TEST_TMPDIR/else/x.tmp-a1B2c3" ]
    rm "$show/public/else"
    public_is_whole
    equals "$(find "$show" -name '*.tmp*' | sort)" "$show/.dgl/store/$episode/slate/drawn.tmp-a1B2c3
$show/episodes/$episode/mitt.tmp-arkiv"
}

@test "what a killed run left and cannot be removed stops nobody, and is not forgotten" {
    changed_show
    left="$show/originals/$(printf '%064d' 1).wav.tmp-4711-0"
    state="$show/episodes/show.state.json.tmp-a1B2c3"
    echo "no folder" >"$show/.dgl/delivered"
    echo 'publish, process 4711' >"$show/.dgl/lock"
    for _ in 1 2; do
        echo half | tee "$left" >"$state"
        run dgl -C "$show" clean
        status_is 0
        contains "$output" "what a run that was killed left behind cannot be removed: $show/.dgl/delivered"
        [ ! -e "$left" ] && [ ! -e "$state" ]
    done
    rm "$show/.dgl/delivered"
    for _ in 1 2; do
        run dgl -C "$show" clean
        status_is 0
        lacks "$output" "cannot be removed"
    done
    equals "$(cat "$show/.dgl/lock")" free
}

@test "two at once: the second ends with 1, says who is at work, and changes nothing" {
    changed_show
    # The lock is held by hand, so that no moment has to be met.
    echo "publish, process 4711, since 2026-02-12T08:00:00Z" >"$show/.dgl/lock"
    before=$(show_state)
    for words in "publish $episode" "ingest $episode" feed site clean "new 2026-03"; do
        run flock --exclusive "$show/.dgl/lock" "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" $words
        status_is 1
        contains "$output" "another dgl-episode is at work on this show (publish, process 4711, since 2026"
    done
    for words in status "publish $episode --dry-run" check; do
        run flock --exclusive "$show/.dgl/lock" "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" $words
        [ "$status" -eq 0 ] || [ "$words $status" = "check 3" ]
    done
    equals "$(show_state)" "$before"
}

@test "the lock of a run that was killed does not stand in the way" {
    changed_show
    start publish "$episode"
    at_work
    kill -KILL "$running"
    ended
    equals "$code" 137
    next_run_finishes
}

@test "a show on a disk that cannot be written says so by name, and reading commands work" {
    [ "$(id -u)" -eq 0 ] || skip "needs root to mount"
    changed_show
    mount --bind "$show" "$show" || skip "cannot mount here"
    disk=$show
    mount -o remount,ro,bind "$show" || skip "cannot mount here"
    for words in "publish $episode" "new 2026-03" clean; do
        run dgl -C "$show" $words
        status_is 1
        contains "$output" "$show/.dgl/"
        contains "$output" "read-only file system"
    done
    for words in status "publish $episode --dry-run" check; do
        run dgl -C "$show" $words
        status_is 0
    done
}

# ---- a full disk

small_disk() { # mount options: a file system of its own in $disk, the changed show on it
    [ "$(id -u)" -eq 0 ] || skip "needs root to mount"
    disk=$BATS_TEST_TMPDIR/disk
    mkdir -p "$disk"
    mount -t tmpfs -o "$1" tmpfs "$disk" || skip "cannot mount here"
    show=$disk/show
    cp -a "$BATS_FILE_TMPDIR/changed" "$show"
}

leave_disk() {
    [ -z "$disk" ] || umount "$disk" || umount -l "$disk"
    disk=
}

disk_has() { # used or iused
    df --output="$1" --block-size=1 "$disk" | tail -n 1
}

full() { # what is left when a run found no room
    contains "$1" "no space left on the disk"
    no_half_files
    no_worker_left
    public_is_whole
    recordings_are_untouched
}

# Runs until there is room enough, which grows from run to run.
room_grows() { # size or nr_inodes, from, to, step
    local room failed=0
    small_disk "$1=$2"
    for ((room = $2; room <= $3; room += $4)); do
        mount -o "remount,$1=$room" "$disk"
        run dgl -C "$show" publish "$episode"
        [ "$status" -ne 0 ] || break
        status_is 1
        full "$output"
        failed=$((failed + 1))
    done
    status_is 0
    next_run_finishes
    leave_disk
    echo "$failed runs found no room"
    [ "$failed" -ge 6 ]
}

@test "a full disk ends with 1 and says so, nothing is half-done, and with room the next run finishes" {
    small_disk size=200m
    used=$(disk_has used) files=$(disk_has iused)
    dgl -C "$show" -q publish "$episode"
    more=$(($(disk_has used) - used)) more_files=$(($(disk_has iused) - files))
    pages=$(find "$show/.dgl/store/_show" | wc -l)
    leave_disk
    room_grows size $((used + more / 50)) $((used + 2 * more + 2000000)) $((more / 6))
    # the pages of the show are all made before those of the last time go
    room_grows nr_inodes $((files + 1)) $((files + 2 * more_files + pages + 50)) 4
}

@test "a picture that may not fit on the disk is refused before an hour is spent on it" {
    small_disk size=200m
    mkdir -p "$show/presets/picture"
    sed 's/^max_bitrate_kbps:.*/max_bitrate_kbps: 50000/; s/^buffer_kbit:.*/buffer_kbit: 50000/; s/^level:.*/level: "4.2"/' \
        "$root/presets/picture/480p.yaml" >"$show/presets/picture/huge.yaml"
    echo 'picture: huge' >>"$show/episodes/show.yaml"
    dgl -C "$show" -q publish "$episode" --until sound
    seconds=$(jq .length_ticks "$show"/.dgl/store/*/timeline/*/timeline.json | tail -n 1 | awk '{ printf "%d", $1 / 705600000 }')
    mount -o "remount,size=$(($(disk_has used) + seconds * 6000000))" "$disk"
    run dgl -C "$show" publish "$episode"
    status_is 1
    full "$output"
    [ "$(ls "$show"/.dgl/store/*/ | grep -c '^wave')" = 0 ]
    mount -o "remount,size=200m" "$disk"
    dgl -C "$show" -q publish "$episode"
}

@test "a disk that fills while a stage works is no other matter" {
    failed=0
    for stage in ingest sound encode.mp3 tag.opus; do
        small_disk size=64m
        start publish "$episode"
        until compgen -G "$show/.dgl/store/$episode/$stage/*.tmp-*" >/dev/null || [ ! -d "/proc/$running" ]; do
            :
        done
        cat /dev/zero >"$disk/fill" 2>/dev/null || true
        ended
        if [ "$code" -ne 0 ]; then
            failed=$((failed + 1))
            equals "$stage: $code" "$stage: 1"
            full "$(cat "$BATS_TEST_TMPDIR/err")"
            rm "$disk/fill"
            next_run_finishes
        fi
        leave_disk
    done
    [ "$failed" -ge 2 ]
}

@test "room is asked for before long work, with the bytes that are missing" {
    small_disk size=200m
    mount -o "remount,size=$(($(disk_has used) + 300000))" "$disk"
    run dgl -C "$show" publish "$episode"
    status_is 1
    [[ $output =~ [1-9][0-9]*\ bytes\ missing ]] || contains "$output" "N bytes missing"
    equals "$(ls "$show/originals")" "$(ls "$BATS_FILE_TMPDIR/changed/originals")"
}

@test "an answer that cannot be written to standard output is no success" {
    changed_show
    for words in "status" "--json status" "--help" "measure $BATS_FILE_TMPDIR/first.wav" "manual"; do
        code=0
        dgl -C "$show" $words >/dev/full 2>"$BATS_TEST_TMPDIR/err" || code=$?
        equals "$words: $code" "$words: 1"
        contains "$(cat "$BATS_TEST_TMPDIR/err")" "standard output"
    done
    code=0
    dgl -C "$show" --json publish "$episode" >/dev/full 2>"$BATS_TEST_TMPDIR/err" || code=$?
    equals "$code" 1
    next_run_finishes
}
