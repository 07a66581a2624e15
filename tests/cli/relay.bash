# SPDX-License-Identifier: GPL-3.0-or-later
# Broadcasts with the real relay: load relay, behind load helper.

# A show with one episode in $show and $episode; standard input is what stands under live: in
# show.yaml, each line with its two blanks.
relay_show() {
    new_show
    export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
    secrets=$BATS_TEST_TMPDIR/secrets
    mkdir -m 700 "$XDG_RUNTIME_DIR"
    episode=$(new_episode 2026-12 --title "Trivsel i Meløy")
    touch "$secrets"
    chmod 600 "$secrets"
    { printf 'secrets: %s\nlive:\n' "$secrets" && cat; } >>"$show/episodes/show.yaml"
    command=
}

# In the background, off a terminal; sets command, its process. Waits until the relay answers.
relay_begin() { # words of live, or "-v" and the like in $words before it
    env "$DGL_BUILD/dgl-episode" --presets "$root/presets" -C "$show" ${words:-} live "$episode" "$@" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    command=$!
    until_true 10 relay_answers
}

relay_answers() {
    [ "$(dgl -C "$show" --json live status | jq .running)" = true ]
}

relay_state() { # what jq finds in the state
    dgl -C "$show" --json live status | jq -r "$1"
}

relay_is() { # what jq finds, what it is to be
    [ "$(relay_state "$1")" = "$2" ]
}

# In order; sets status to the command's exit code.
relay_end() {
    status=0
    dgl -C "$show" -q live stop
    wait "$command" || status=$?
    command=
}

# For teardown: whatever still runs.
relay_clear() {
    [ -n "${command:-}" ] || return 0
    pid=$(relay_state .pid 2>/dev/null) || pid=
    kill -9 "$command" 2>/dev/null || true
    [ -z "$pid" ] || [ "$pid" = null ] || kill -9 "$pid" 2>/dev/null || true
    wait "$command" 2>/dev/null || true
}

until_true() { # seconds, command
    local end=$((SECONDS + $1))
    shift
    while ! "$@"; do
        if [ "$SECONDS" -ge "$end" ]; then
            echo "still not: $*"
            tail -n 20 "$BATS_TEST_TMPDIR/err" 2>/dev/null
            return 1
        fi
        sleep 0.2
    done
}

# Ports that are free now; each call another one.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

listens() { # port, address
    (exec 9<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null
}
