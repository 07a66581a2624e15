#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# export: an episode as one package for the archive.

load helper

setup_file() {
    need_tool sox
    need_tool jq
    export DGL_NOW=2026-02-12T08:00:00Z PYTHONDONTWRITEBYTECODE=1
    recording="$BATS_FILE_TMPDIR/opptak æøå [1] 100%.wav"
    tone "$recording" 3
    new_show
    sed -i 's/^outputs:.*/outputs: [mp3, opus]/' "$show/episodes/show.yaml"
    episode=$(new_episode 2026-02 --guest "Kari Nordmann" --municipality Meløy --title "Trivsel i Meløy")
    cat >>"$show/episodes/$episode/episode.yaml" <<'YAML'
captions: [{file: captions.nb.vtt, language: nb, made: corrected}]
chapters: [{at: "00:00:00", title: Velkommen}, {at: "00:00:01", title: Hva vi gjør}]
YAML
    sed -i 's/# consent: /consent: /' "$show/episodes/$episode/episode.yaml"
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\n<v Kari>Hei på deg.\n' >"$show/episodes/$episode/captions.nb.vtt"
    (umask 077 && printf 'radio = tromme-7b1f\n' >"$BATS_FILE_TMPDIR/secrets")
    cat >>"$show/episodes/show.yaml" <<YAML
secrets: $BATS_FILE_TMPDIR/secrets
live: {endpoints: [{name: radio, kind: icecast, url: "https://stream.example.org:8443/dgl.mp3", secret: radio}]}
YAML
    dgl -C "$show" -q publish "$episode" "$recording"
}

setup() {
    export DGL_NOW=2026-02-13T08:00:00Z PYTHONDONTWRITEBYTECODE=1
    copy_show
    episode=2026-02-trivsel
    tar=$show/exports/$episode-2026-02-13.tar
    recording="$BATS_FILE_TMPDIR/opptak æøå [1] 100%.wav"
}

unpack() { # tar file; sets bag
    mkdir "$BATS_TEST_TMPDIR/out"
    tar -xf "$1" -C "$BATS_TEST_TMPDIR/out"
    bag=$(ls -d "$BATS_TEST_TMPDIR"/out/*)
}

nothing_left() {
    equals "$(find "$show/exports" -type f)" ""
}

@test "the package is a bag that sha256sum checks, with everything of the episode" {
    said export "$episode"
    equals "$(jq -r '[.state, .file] | join(" ")' "$said")" "written $tar"
    equals "$(cat "$heard")" ""
    equals "$(jq -r '"\(.bytes) \(.sha256)"' "$said")" "$(stat -c %s "$tar") $(sha256sum "$tar" | cut -d' ' -f1)"
    unpack "$tar"
    equals "$bag" "$BATS_TEST_TMPDIR/out/$episode-2026-02-13"
    (cd "$bag" && sha256sum --quiet --strict -c manifest-sha256.txt && sha256sum --quiet --strict -c tagmanifest-sha256.txt)
    run python3 "$root/tests/cli/bag.py" "$bag"
    status_is 0
    sum=$(sha256sum "$recording" | cut -d' ' -f1)
    cmp "$bag/data/originals/$sum/opptak æøå [1] 100_.wav" "$recording"
    cmp "$bag/data/master/master.flac" "$show"/.dgl/store/$episode/sound/*/master.flac
    for file in episode.yaml notes.md published.json captions.nb.vtt; do
        cmp "$bag/data/episode/$file" "$show/episodes/$episode/$file"
    done
    cmp "$bag/data/show/show.yaml" "$show/episodes/show.yaml"
    for path in $(published '.files[].path'); do
        cmp "$bag/data/public/$path" "$show/public/$path"
    done
    diff -r "$bag/data/public/episodes/$episode" "$show/public/episodes/$episode"
    diff -r "$bag/data/report" "$show/reports/$episode"
    for file in nb.vtt nb.srt nb.txt; do
        [ -s "$bag/data/captions/$file" ]
    done
    jq -e '.chapters | length == 2' "$bag/data/public/episodes/$episode/chapters.json"
    ls "$bag/data/public/episodes/$episode"/cover-*.png
    equals "$(jq -r '.made_with.sound.libav' "$bag/data/export.json")" \
        "$(jq -r .versions.libav "$show"/.dgl/store/$episode/sound/*/record.json)"
    equals "$(jq -r '[.files[].name] | sort | .[]' "$said")" "$(cd "$bag" && find data -type f | LC_ALL=C sort)"
}

@test "bag-info.txt says what it is, and nothing in the package is secret" {
    said export "$episode"
    unpack "$tar"
    for line in "Title: Trivsel i Meløy" "Show: Det gode liv i nord" "Date: 2026-02-12" "State: published" \
        "Theme: Trivsel" "Guest: Kari Nordmann" "Municipality: 1837 Meløy" "Bagging-Date: 2026-02-13" \
        "Consent: Kari Nordmann: 2026-02-03 (live, recording, podcast)" "License: CC-BY-4.0" \
        "Source-Organization: Nordland fylkeskommune" "Contact-Email: podkast@example.org" \
        "External-Identifier: $(published .guid)"; do
        grep -qxF "$line" "$bag/bag-info.txt" || { echo "lacks: $line"; cat "$bag/bag-info.txt"; return 1; }
    done
    grep -qE '^Goals: 3 .*; 8 .*; 11 ' "$bag/bag-info.txt"
    run grep -rl tromme-7b1f "$bag"
    equals "$output" ""
}

@test "--dry-run lists what would go in, with its sizes, and writes nothing" {
    said export "$episode" --dry-run
    equals "$(jq -r '[.state, .file] | join(" ")' "$said")" "dry run $tar"
    [ ! -e "$show/exports" ]
    promised=$(jq -r '.files[] | "data/\(.name) \(.bytes)"' "$said" | LC_ALL=C sort)
    bytes=$(jq .bytes "$said")
    said export "$episode"
    equals "$(jq -r '.files[] | "\(.name) \(.bytes)"' "$said" | LC_ALL=C sort)" "$promised"
    equals "$(jq '[.files[].bytes] | add' "$said")" "$bytes"
    run dgl -C "$show" export "$episode" -n
    status_is 0
    contains "$output" " kB  master/master.flac"
    contains "$output" "files would go into $tar"
}

@test "the same again is said to be there; what differs gets another name" {
    said export "$episode"
    first=$(stat -c '%i %Y' "$tar") sum=$(sha256sum "$tar")
    said export "$episode"
    equals "$(jq -r '[.state, .file] | join(" ")' "$said")" "there already $tar"
    equals "$(stat -c '%i %Y' "$tar")" "$first"
    echo "En ting til." >>"$show/episodes/$episode/later.txt"
    said export "$episode"
    equals "$(jq -r '[.state, .file] | join(" ")' "$said")" "written ${tar%.tar}-2.tar"
    equals "$(sha256sum "$tar")" "$sum"
    equals "$(ls -A "$show/exports" | wc -l)" 2
}

@test "a master that was given back is named with what makes it again" {
    dgl -C "$show" -q clean
    run dgl -C "$show" export "$episode"
    status_is 3
    contains "$output" "the master master.flac has been given back"
    nothing_left
    remedy=$(sed -n 's/^make it again: dgl-episode //p' <<<"$output")
    said export "$episode" --without-master
    contains "$(cat "$heard")" "master.flac is not in the package"
    equals "$(jq -r '[.files[].name | select(startswith("data/master"))] | length' "$said")" 0
    rm "$tar"
    # shellcheck disable=SC2086
    dgl -C "$show" -q $remedy
    said export "$episode"
    equals "$(jq -r '[.files[].name | select(startswith("data/master"))] | join(" ")' "$said")" data/master/master.flac
}

@test "an episode that has changed since it was published is to be published first" {
    sed -i 's/^title:.*/&\ncuts: [{from: "00:00:01", to: "00:00:02"}]/' "$show/episodes/$episode/episode.yaml"
    run dgl -C "$show" export "$episode"
    status_is 3
    contains "$output" "has changed since it was published"
    contains "$output" "publish it first: dgl-episode publish $episode"
    nothing_left
}

@test "words that have changed since it was published are said" {
    sed -i 's/^title:.*/title: Noe annet/' "$show/episodes/$episode/episode.yaml"
    said export "$episode"
    contains "$(cat "$heard")" "has changed since it was published"
    equals "$(wc -l <"$heard")" 1
}

@test "a missing original is named; the recording itself stands in for it" {
    sum=$(sha256sum "$recording" | cut -d' ' -f1)
    rm -f "$show/originals/$sum.wav"
    said export "$episode"
    rm "$tar"
    sed -i 's|"path": ".*opptak|"path": "/nowhere/opptak|' "$show/episodes/$episode/published.json"
    run dgl -C "$show" export "$episode"
    status_is 3
    contains "$output" "the original of /nowhere/opptak æøå [1] 100%.wav is missing: there is no originals/$sum.wav"
    nothing_left
}

@test "what was retracted is packed with what is left of it, and that is said" {
    dgl -C "$show" -q retract "$episode" --reason "ville ikke" --yes
    run dgl -C "$show" export "$episode"
    status_is 0
    contains "$output" "master.flac is not in the package: it was deleted when the episode was retracted"
    dgl -C "$show" -q retract "$episode" --originals --yes
    rm "$tar"
    mv "$recording" "$recording.away"
    run dgl -C "$show" export "$episode"
    mv "$recording.away" "$recording"
    status_is 0
    contains "$output" "is not in the package: it was deleted when the episode was retracted"
    unpack "$tar"
    equals "$(find "$bag" -name '*.wav' -o -name '*.mp3')" ""
}

@test "two files whose names a manifest would make one are both packed" {
    echo en >"$show/episodes/$episode/50% a.txt"
    echo to >"$show/episodes/$episode/50_ a.txt"
    dgl -C "$show" -q export "$episode"
    unpack "$tar"
    equals "$(cat "$bag"/data/*/"50_ a.txt" "$bag"/data/*/"50_ a-2.txt" | sort | xargs)" "en to"
}

@test "a missing delivered file is named" {
    path=$(published '.files[0].path')
    rm -f "$show/public/$path"
    run dgl -C "$show" export "$episode"
    status_is 3
    contains "$output" "public/$path is missing"
    contains "$output" "dgl-episode publish $episode"
}

@test "a damaged original is not packed, and nothing is left" {
    original=$(echo "$show"/originals/*.wav)
    chmod u+w "$original"
    printf x | dd of="$original" bs=1 seek=1000 conv=notrunc status=none
    run dgl -C "$show" export "$episode"
    status_is 1
    contains "$output" "$original: is damaged"
    nothing_left
}

@test "an episode that was never published is packed as far as it has come, and that is said" {
    next=$(new_episode 2026-03)
    said export "$next"
    contains "$(cat "$heard")" "$next has no recording yet"
    contains "$(cat "$heard")" "$next was never published"
    dgl -C "$show" -q publish "$next" "$recording" --until normalize
    said export "$next"
    lacks "$(cat "$heard")" "no recording"
    unpack "$(jq -r .file "$said")"
    run python3 "$root/tests/cli/bag.py" "$bag"
    status_is 0
    [ -s "$bag/data/master/master.flac" ]
    grep -qx "State: not published" "$bag/bag-info.txt"
}

@test "--to: a folder that is there, also on another disk" {
    run dgl -C "$show" export "$episode" --to "$BATS_TEST_TMPDIR/unplugged"
    status_is 2
    contains "$output" "there is no such folder"
    [ ! -e "$BATS_TEST_TMPDIR/unplugged" ]
    [ -w /dev/shm ] || skip "there is no other disk"
    away=$(mktemp -d /dev/shm/dgl-XXXXXX)
    said export "$episode" --to "$away"
    (cd "$away" && tar -xf "$episode-2026-02-13.tar" && cd "$episode-2026-02-13" && sha256sum --quiet -c manifest-sha256.txt)
    rm -rf --one-file-system "$away"
    [ ! -e "$show/exports" ]
}

@test "a disk that is too small is said before anything is written" {
    truncate -s 15T "$show/episodes/$episode/huge.bin" 2>/dev/null || skip "the disk takes no such file"
    run dgl -C "$show" export "$episode"
    status_is 1
    contains "$output" "$show/exports"
    nothing_left
}

@test "interrupted or killed: no package, and the next one is whole" {
    truncate -s 3G "$show/episodes/$episode/large.bin"
    for signal in INT KILL; do
        # a shell gives its background jobs SIGINT ignored, env takes that back
        env --default-signal=INT "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" -q export "$episode" 3>&- &
        pid=$!
        for _ in $(seq 200); do
            [ "$(find "$show/exports" -name '.*.part' -size +10M 2>/dev/null)" ] && break
            sleep 0.05
        done
        [ "$(find "$show/exports" -name '.*.part' -size +10M)" ]
        kill -$signal $pid
        code=0
        wait $pid || code=$?
        if [ "$signal" = INT ]; then
            equals $code 130
            nothing_left
        fi
        [ ! -e "$tar" ]
    done
    rm "$show/episodes/$episode/large.bin"
    DGL_NOW=2026-02-14T08:00:00Z said export "$episode" # and on another day
    equals "$(ls -A "$show/exports")" "$episode-2026-02-14.tar"
}

