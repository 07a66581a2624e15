#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A show that several people work on: what one of them takes down must not come back from the
# machine of another, which has what git brings and perhaps an older public/.

load helper
load parcels

setup_file() {
    parcels_make_lean
}

# Everything git brings: what people wrote, and the records.
pull() { # from to
    rm -rf "$2/episodes"
    cp -a "$1/episodes" "$2/episodes"
}

clone() { # name, of what git brings alone; a recording is nobody's
    mkdir -p "$BATS_TEST_TMPDIR/$1"
    pull "$show" "$BATS_TEST_TMPDIR/$1"
    echo "$BATS_TEST_TMPDIR/$1"
}

# Below the place, of the episode: all but its tombstone.
left_of_it() {
    (cd "$place" && find . -path "*/$episode/*" -type f ! -name .htaccess ! -path "./episodes/$episode/index.html" | sort)
}

delivered() {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [$target]"
    dgl -C "$show" -q deliver
}

@test "the files of an episode stay where another one's name goes on after its own" {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [$target]"
    new_episode 2026-02 >/dev/null
    second=$episode-2
    dgl -C "$show" -q publish "$second" "$BATS_FILE_TMPDIR/second.wav"
    printf 'waivers: [{rule: captions, reason: prøve, by: Kari}, {rule: host, reason: prøve, by: Kari}]\n' \
        >>"$show/episodes/$second/episode.yaml"
    dgl -C "$show" -q deliver
    all_is_there
    for _ in 1 2; do
        said deliver
        equals "$(jq -c '.targets[0] | [.sent, .removed]' "$said")" "[0,0]"
    done
    equals "$(dgl -C "$show" --json deliver --dry-run | jq -c '.targets[0] | [.files, .remove]')" "[[],[]]"
    all_is_there
}

@test "an older public/ does not bring back what a colleague took down" {
    delivered
    cp -a "$show" "$BATS_TEST_TMPDIR/other"
    dgl -C "$show" -q retract "$episode" --reason "ville ikke" --yes
    equals "$(left_of_it)" ""
    pull "$show" "$BATS_TEST_TMPDIR/other"
    show=$BATS_TEST_TMPDIR/other
    run dgl -C "$show" deliver
    status_is 3
    contains "$output" "$episode was retracted, and public/episodes/$episode/"
    contains "$output" "bring public/ up to date first: dgl-episode feed"
    equals "$(left_of_it)" ""
    dgl -C "$show" -q feed
    equals "$(find "$show/public/media" "$show/public/kit" -type f ! -name .htaccess 2>/dev/null)" ""
    contains "$(cat "$show/public/episodes/$episode/index.html")" "trukket tilbake"
    dgl -C "$show" -q deliver
    equals "$(left_of_it)" ""
    all_is_there
}

@test "who has nothing but what git brings takes down all that was ever delivered" {
    delivered
    contains "$(published '.delivered_files | join(" ")')" "episodes/$episode/nb.vtt"
    old=$(ls "$place/media/$episode")
    needs_state two
    dgl -C "$show" -q deliver
    show=$(clone empty)
    dgl -C "$show" -q feed
    run dgl -C "$show" retract "$episode" --reason "ville ikke" --yes
    status_is 0
    equals "$(left_of_it)" ""
    [ -n "$old" ]
    equals "$(published '.delivered_to | map_values(has("gone")) | .web')" true
    contains "$(cat "$place/episodes/$episode/index.html")" "trukket tilbake"
}

@test "what comes back from another machine is not answered with 410 there" {
    delivered
    dgl -C "$show" -q retract "$episode" --reason "ville ikke" --yes
    [ -f "$place/media/$episode/.htaccess" ]
    was=$show
    show=$(clone empty)
    cp -a "$was/originals" "$show"
    dgl -C "$show" -q retract "$episode" --undo
    dgl -C "$show" -q publish "$episode"
    dgl -C "$show" -q deliver
    equals "$(find "$place" -name .htaccess)" ""
    all_is_there
}

@test "a record that names what lies beside the target takes nothing there" {
    delivered
    echo mine >"$home/mine"
    dgl -C "$show" -q retract "$episode" --reason "ville ikke" --yes
    record=$show/episodes/$episode/published.json
    jq '.retracted.files += ["../mine", "/etc/mine"] | del(.delivered_to.web.gone)' "$record" >"$BATS_TEST_TMPDIR/r"
    cp "$BATS_TEST_TMPDIR/r" "$record"
    dgl -C "$show" -q deliver
    equals "$(cat "$home/mine")" mine
}

@test "where the target's feed names what this show lacks, the retraction is done here and said to be open there" {
    delivered
    sed -i 's|<guid[^<]*|<guid isPermaLink="false">somebody-elses|' "$place/feed.xml"
    run dgl -C "$show" retract "$episode" --reason "ville ikke" --yes
    status_is 4
    contains "$output" "retracted $episode"
    contains "$output" "names the entry somebody-elses"
    contains "$output" "what was withdrawn is still public there; run again: dgl-episode deliver"
    equals "$(published .state)" retracted
}

@test "where secrets are missing, too" {
    delivered
    delivers "  check: false" '  targets: [{name: web, kind: s3, url: "https://s3.example.org/b/", secret: nei}]'
    run dgl -C "$show" retract "$episode" --reason "ville ikke" --yes
    status_is 4
    contains "$output" "it is taken down here, but what was delivered is still public: "
    contains "$output" "then run: dgl-episode deliver"
}

@test "publish --json --deliver says one document" {
    target_start folder
    need_show one
    delivers "  check: false" "  targets: [$target]"
    said publish "$episode" --deliver
    all_is_there
    sed -i 's/^host:.*//' "$show/episodes/$episode/episode.yaml"
    code=0
    dgl -C "$show" --json publish "$episode" --deliver >"$BATS_TEST_TMPDIR/json" 2>"$BATS_TEST_TMPDIR/err" || code=$?
    equals "$code" 3
    jq -es 'length == 1' "$BATS_TEST_TMPDIR/json"
}

@test "what was changed since it was published is said, and goes with the next publish" {
    delivered
    run dgl -C "$show" deliver
    lacks "$output" "changed since"
    sed -i 's/^title:.*/title: Trivsel i Bodø/' "$show/episodes/$episode/episode.yaml"
    run dgl -C "$show" deliver
    status_is 0
    contains "$output" "$episode: changed since it was published; what is delivered is what was published"
    contains "$output" "dgl-episode publish $episode && dgl-episode deliver"
    lacks "$(cat "$place/feed.xml")" "Trivsel i Bodø"
    dgl -C "$show" -q publish "$episode"
    run dgl -C "$show" deliver
    lacks "$output" "changed since"
    contains "$(cat "$place/feed.xml")" "Trivsel i Bodø"
}
