# SPDX-License-Identifier: GPL-3.0-or-later
# Two states of one show that is public, to be delivered one after the other: load parcels, behind
# load helper. Its setup and teardown are every test's.

load relay
load servers
load targets

# In setup_file: one/ and two/, the second with another title, other words and another recording.
parcels_make() {
    need_tool sox
    need_tool jq
    need_tool nginx
    need_tool curl
    export DGL_NOW=2026-02-12T08:00:00Z web_port
    web_port=$(free_port)
    tone "$BATS_FILE_TMPDIR/first.wav" 3
    sox -D -R -n -r 48000 -c 2 "$BATS_FILE_TMPDIR/second.wav" synth 5 pinknoise tremolo 3 80 gain -12
    new_show --site "http://127.0.0.1:$web_port/"
    sed -i 's/^outputs:.*/outputs: [mp3]/' "$show/episodes/show.yaml"
    episode=$(new_episode 2026-02)
    cat >>"$show/episodes/$episode/episode.yaml" <<'END'
summary: Om trivsel.
host: [{name: Kari Nordmann}]
captions: [{file: captions.vtt, made: corrected}]
chapters: [{at: "00:00:00", title: Velkommen}, {at: "00:00:01", title: Råd}]
END
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nHei.\n' >"$show/episodes/$episode/captions.vtt"
    dgl -C "$show" -q publish "$episode" "$BATS_FILE_TMPDIR/first.wav"
    cp -a "$show" "$BATS_FILE_TMPDIR/one"
    sed -i -e "s/first.wav/second.wav/" -e 's/^title:.*/title: Trivsel i Bodø/' "$show/episodes/$episode/episode.yaml"
    printf 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nMorna.\n' >"$show/episodes/$episode/captions.vtt"
    dgl -C "$show" -q publish "$episode"
    mv "$show" "$BATS_FILE_TMPDIR/two"
}

# With fewer pages, where each file costs a real server's time.
parcels_make_lean() {
    parcels_make
    rm -r "$BATS_FILE_TMPDIR"/{one,two}/public/{maal,sok,tema}
}

setup() {
    export DGL_NOW=2026-02-12T08:00:00Z
    bats_require_minimum_version 1.5.0
    episode=2026-02-trivsel
    started=() folders=() web= running=
}

teardown() {
    servers_clear
}

need_show() { # one or two
    show=$BATS_TEST_TMPDIR/show
    cp -a "$BATS_FILE_TMPDIR/$1" "$show"
}

# What is public, and what people wrote; show.yaml and what is known of targets stay.
needs_state() { # one or two
    cp "$show/episodes/show.yaml" "$BATS_TEST_TMPDIR/show.yaml"
    rm -r "$show/episodes" "$show/public"
    cp -a "$BATS_FILE_TMPDIR/$1/episodes" "$BATS_FILE_TMPDIR/$1/public" "$show"
    cp "$BATS_TEST_TMPDIR/show.yaml" "$show/episodes/show.yaml"
}

# What show.yaml says below deliver, and of secrets; once more takes the place of the last.
delivers() { # lines
    sed -i '/^# deliveries/,$d' "$show/episodes/show.yaml"
    printf '%s\n' '# deliveries' "secrets: ${secrets:-$BATS_TEST_TMPDIR/secrets}" 'deliver:' "$@" \
        >>"$show/episodes/show.yaml"
}

show_state() {
    (cd "$show" && find . ! -name lock ! -name hashes -printf '%p %y %m %s %T@\n' | sort &&
        find . -type f ! -name lock ! -name hashes -exec sha256sum {} + | sort -k2)
}

# The program itself, off a terminal; a shell gives its background jobs SIGINT ignored.
start() { # words of the command line
    env --default-signal=INT "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" "$@" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    running=$!
}

ended() { # waits; the exit code is left in $code
    code=0
    wait "$running" 2>/dev/null || code=$?
    running=
}

# Whoever is told: tests/live/hub.py at $hub_port.
hub_start() {
    hub=$BATS_TEST_TMPDIR/hub
    mkdir "$hub"
    mkfifo "$hub/in"
    : >"$hub/log"
    python3 "$root/tests/live/hub.py" "$hub/log" <>"$hub/in" >"$hub/port" 2>"$hub/err" 3>&- &
    started+=($!)
    until_true 10 test -s "$hub/port"
    hub_port=$(cat "$hub/port")
}

hub_answers() { # path, status
    tell "$hub/in" "$hub/port" "$1 $2"
}

told() {
    jq -r '"\(.method) \(.path)"' "$hub/log"
}

told_of() { # path, what jq finds in the last request to it
    jq -rs --arg p "$1" "[.[] | select(.path | startswith(\$p))][-1] | $2" "$hub/log"
}

settings='  tries: 3
  retry: 0.2'

# No secret in what was said, nor in what was written.
nothing_is_told() { # texts
    [ -s "$secrets" ] || return 0
    printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/texts"
    if [ "$kind" = s3 ]; then # who signs says the key's name
        sed 's/ = [^:]*:/ = /' "$secrets" >"$BATS_TEST_TMPDIR/wanted"
    else
        cp "$secrets" "$BATS_TEST_TMPDIR/wanted"
    fi
    python3 "$root/tests/live/seek.py" "$BATS_TEST_TMPDIR/wanted" ola -- "$BATS_TEST_TMPDIR/texts" "$show"
}

# What of the planned files the journal says has arrived. A run that was killed before it began one
# has left that of the last run, which says nothing of this one.
arrived() { # the journal, what it was before
    [ "$(journal_is "$1")" != "$2" ] || return 0
    sed -n 's/^[0-9a-f]\{64\} [0-9]* //p' "$1" | sort -u | comm -12 - "$BATS_TEST_TMPDIR/planned"
}

journal_is() {
    stat -c '%i %s %z' "$1" 2>/dev/null || true
}

# Until the journal of this run has so many lines, or the run is over.
journal_has() { # the journal, what it was before, lines
    local lines=()
    while kill -0 "$running" 2>/dev/null; do
        if [ "$(journal_is "$1")" != "$2" ]; then
            mapfile -t lines <"$1" || return 0
            [ ${#lines[@]} -lt "$3" ] || return 0
        fi
        sleep 0.002
    done 2>/dev/null
}

# Both states go to and fro, and each run is killed, the last moment first: a third of them before
# anything is sent, the others while it is. Behind the first of three runs the next one has to bring
# the target from wherever it is to the other state, behind the others it goes on.
killed_at_moments() { # kind, how many
    local moment began begin_ms early=$(($2 / 3)) killed=0 runs=0 state=two whole=1 journal before planned there all=0
    target_start "$1"
    web_start
    need_show one
    delivers "  check: false" "  tries: 3" "  retry: 0.2" "  targets: [$target]"
    dgl -C "$show" -q deliver
    needs_state two
    journal=$show/.dgl/delivered/web.journal
    began=$(date +%s%N)
    start deliver
    journal_has "$journal" "" 0
    begin_ms=$((($(date +%s%N) - began) / 1000000))
    ended
    equals "$code" 0
    watch_begin
    for moment in $(seq "$(($2 - 1))" -1 0); do
        if [ "$state" = two ]; then state=one; else state=two; fi
        needs_state "$state"
        rm -f "$show/.dgl/delivered/"*.feed.xml
        dgl -C "$show" --json deliver --dry-run | jq -r '.targets[0].files[].path' | sort >"$BATS_TEST_TMPDIR/planned"
        planned=$(wc -l <"$BATS_TEST_TMPDIR/planned")
        [ "$planned" -gt 0 ] || [ -z "$whole" ]
        before=$(journal_is "$journal")
        start deliver
        if [ "$moment" -lt "$early" ]; then
            sleep "$(awk -v m="$moment" -v n="$early" -v t="$begin_ms" 'BEGIN { print (m + 0.5) / n * t / 1000 }')"
        else # of each file it says that it is sent, and that it has arrived
            journal_has "$journal" "$before" $((1 + (2 * (moment - early) + 1) * planned / ($2 - early)))
        fi
        kill -KILL "$running" 2>/dev/null || true
        ended
        if [ "$code" -eq 137 ]; then
            killed=$((killed + 1))
            there=$(arrived "$journal" "$before" | wc -l)
            all=$((all + there))
        else
            equals "$code" 0
            there=$planned
        fi
        runs=$((runs + 1)) whole=
        [ "$code" -ne 0 ] || whole=1
        [ $((runs % 3)) -ne 1 ] || [ "$moment" -eq 0 ] || continue
        said deliver
        echo "moment $moment, $code: $there of $planned had arrived, $(jq '.targets[0].sent' "$said") went"
        at_most "$(jq '.targets[0].sent' "$said")" $((planned - there))
        all_is_there
        run dgl -C "$show" deliver
        contains "$output" "has everything already"
        whole=1
    done
    watch_end 2
    echo "$killed of $2 runs were killed; $all files had arrived"
    [ "$killed" -ge $(($2 / 2)) ]
    [ "$all" -gt 0 ]
}
