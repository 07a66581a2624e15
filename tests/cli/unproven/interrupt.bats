#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

# An episode that is public, and everything about it changed: a run has all to do again.
setup_file() {
    need_tool sox
    need_tool ffmpeg
    export DGL_NOW=2026-02-12T08:00:00Z
    tone "$BATS_FILE_TMPDIR/first.wav" 3
    sox -D -R -n -r 48000 -c 2 "$BATS_FILE_TMPDIR/second.wav" synth 8 pinknoise tremolo 3 80 gain -12
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3, opus]/' "$show/episodes/show.yaml"
    ffmpeg -nostdin -v error -f lavfi -i color=c=teal:s=1400x1400 -frames:v 1 "$show/episodes/cover.png"
    echo 'cover: cover.png' >>"$show/episodes/show.yaml"
    episode=$(new_episode 2026-02)
    cat >>"$show/episodes/$episode/episode.yaml" <<EOF
cover: ../cover.png
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
}

teardown() {
    [ -z "$running" ] || kill -KILL "$running" 2>/dev/null || true
    leave_disk
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

ended() { # waits; the exit code is left in $code
    code=0
    wait "$running" || code=$?
    running=
}

no_worker_left() {
    for _ in $(seq 100); do
        pgrep -f "$DGL_BUILD/dgl-episode-worker" -s 0 >/dev/null || return 0
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
    grep -q '</html>' "$show/public/index.html" "$show/public/episodes/$episode/index.html"
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

# Sends the signal at 12 moments, spread over the time that a whole run takes.
at_all_moments() { # signal, wanted exit code, what else must hold
    local moment interrupted=0
    for moment in $(seq 0 11); do
        changed_show
        start publish "$episode"
        sleep "$(awk -v m="$moment" -v t="$(cat "$BATS_FILE_TMPDIR/whole_ms")" 'BEGIN { print m / 11 * t / 1000 }')"
        kill -s "$1" "$running" 2>/dev/null || true
        ended
        if [ "$code" -ne 0 ]; then
            equals "moment $moment: $code" "moment $moment: $2"
            interrupted=$((interrupted + 1))
        fi
        no_worker_left
        ${3:-true}
        public_is_whole
        recordings_are_untouched
        next_run_finishes
    done
    [ "$interrupted" -ge 7 ]
}

says_so() {
    [ "$code" -eq 0 ] || equals "$(tail -n 1 "$BATS_TEST_TMPDIR/err")" \
        "dgl-episode: interrupted; nothing is half-done, the next run goes on from here"
    no_half_files
}

@test "SIGINT at any moment leaves nothing half-done, and the next run finishes" {
    at_all_moments INT 130 says_so
}

@test "SIGTERM at a moment is taken like SIGINT" {
    changed_show
    start publish "$episode"
    sleep 0.2
    kill -TERM "$running" 2>/dev/null || true
    ended
    [ "$code" -eq 130 ] || [ "$code" -eq 0 ]
    no_worker_left
    no_half_files
    next_run_finishes
}

@test "SIGKILL at any moment leaves the old state or the new one, and the next run finishes" {
    at_all_moments KILL 137
}

@test "a worker that is killed is an error that says so, and nothing becomes public" {
    changed_show
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
    public_is_whole
    next_run_finishes
}

@test "what a killed run left half-done anywhere is gone after the next one" {
    changed_show
    mkdir -p "$show/.dgl/store/$episode/sound/0123456789abcdef.tmp-a1B2c3"
    for left in "originals/$(printf '%064d' 1).wav.tmp-4711-0" "public/feed.xml.tmp-a1B2c3" \
        "public/media/$episode/x.mp3.tmp-a1B2c3" "episodes/$episode/published.json.tmp-a1B2c3" \
        ".dgl/hashes.json.tmp-a1B2c3" ".dgl/store/$episode/sound/0123456789abcdef.tmp-a1B2c3/master.flac"; do
        echo half >"$show/$left"
    done
    echo mine >"$show/episodes/$episode/mitt.tmp-arkiv"
    dgl -C "$show" -q publish "$episode"
    public_is_whole
    equals "$(find "$show" -name '*.tmp*')" "$show/episodes/$episode/mitt.tmp-arkiv"
}

@test "two at once: the second ends with 1, says who is at work, and changes nothing" {
    changed_show
    # The lock is held by hand, so that no moment has to be met.
    echo "publish, process 4711, since 2026-02-12T08:00:00Z" >"$show/.dgl/lock"
    before=$(cd "$show" && find . -type f -exec sha256sum {} + | sort -k2)
    for words in "publish $episode" "ingest $episode" feed site clean "new 2026-03"; do
        run flock --exclusive "$show/.dgl/lock" "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" $words
        status_is 1
        contains "$output" "another dgl-episode is at work on this show (publish, process 4711, since 2026"
    done
    for words in status "publish $episode --dry-run" check; do
        run flock --exclusive "$show/.dgl/lock" "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" $words
        [ "$status" -eq 0 ] || [ "$words $status" = "check 3" ]
    done
    equals "$(cd "$show" && find . -type f -exec sha256sum {} + | sort -k2)" "$before"
}

@test "the lock of a run that was killed does not stand in the way" {
    changed_show
    start publish "$episode"
    sleep 0.1
    kill -KILL "$running" 2>/dev/null || true
    ended
    next_run_finishes
}

@test "a show on a disk that cannot be written says so by name, and reading commands work" {
    [ "$(id -u)" -eq 0 ] || skip "needs root to mount"
    changed_show
    mount --bind "$show" "$show" && mount -o remount,ro,bind "$show" || skip "cannot mount here"
    for words in "publish $episode" "new 2026-03" clean; do
        run dgl -C "$show" $words
        [ "$status" -eq 1 ] && [[ $output == *"$show/.dgl/"*"ead-only"* ]] || break
    done
    answer="$status $output"
    run dgl -C "$show" status
    read_status=$status
    run dgl -C "$show" publish "$episode" --dry-run
    dry_status=$status
    umount "$show"
    equals "${answer%% *} $read_status $dry_status" "1 0 0"
    contains "$answer" "ead-only"
}

# ---- a full disk

small_disk() { # bytes: a file system of its own in $disk
    [ "$(id -u)" -eq 0 ] || skip "needs root to mount"
    disk=$BATS_TEST_TMPDIR/disk
    mkdir -p "$disk"
    mount -t tmpfs -o "size=$1" tmpfs "$disk" || skip "cannot mount here"
}

leave_disk() {
    [ -z "$disk" ] || umount "$disk" || umount -l "$disk"
    disk=
}

disk_used() {
    df --output=used --block-size=1 "$disk" | tail -n 1
}

# Sets used: what the changed show takes, and whole: what it takes when it is published.
measure_disk() {
    small_disk 200m
    cp -a "$BATS_FILE_TMPDIR/changed" "$disk/show"
    used=$(disk_used)
    dgl -C "$disk/show" -q publish "$episode"
    whole=$(disk_used)
    leave_disk
}

# The run on a disk of that size, then once more when there is room.
on_a_disk_of() { # bytes
    small_disk "$1"
    cp -a "$BATS_FILE_TMPDIR/changed" "$disk/show"
    show=$disk/show
    run dgl -C "$show" publish "$episode"
    first=$status said=$output
    if [ "$first" -ne 0 ]; then
        tmp=$(find "$show" -name '*.tmp*')
        good=yes
        (public_is_whole && recordings_are_untouched) >"$BATS_TEST_TMPDIR/why" 2>&1 || good=no
        mount -o remount,size=200m "$disk"
        (next_run_finishes) >>"$BATS_TEST_TMPDIR/why" 2>&1 || good="$good, and the next run fails"
    fi
    leave_disk
    [ "$first" -eq 0 ] && return
    equals "$1: $first, whole $good, half-done: $tmp" "$1: 1, whole yes, half-done: " || {
        echo "$said"
        cat "$BATS_TEST_TMPDIR/why"
        return 1
    }
    [[ $said == *"missing"* || $said == *"o space left"* || $said == *"full"* ]] || {
        echo "does not say that the disk is full: $said"
        return 1
    }
}

@test "a full disk ends with 1 and says so, nothing is half-done, and with room the next run finishes" {
    measure_disk
    failed=0
    for share in 2 15 30 45 60 75 90 105; do
        on_a_disk_of $((used + (whole - used) * share / 100))
        [ "$first" -eq 0 ] || failed=$((failed + 1))
    done
    [ "$failed" -ge 4 ]
}

@test "room is asked for before long work, with the bytes that are missing" {
    measure_disk
    small_disk $((used + 300000))
    cp -a "$BATS_FILE_TMPDIR/changed" "$disk/show"
    run dgl -C "$disk/show" publish "$episode"
    left=$(ls "$disk/show/originals" | wc -l)
    leave_disk
    status_is 1
    [[ $output =~ [0-9.]+\ (bytes|kB|MB|GB) ]]
    contains "$output" "missing"
    equals "$left" 1
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
