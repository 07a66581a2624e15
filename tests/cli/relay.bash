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

# Looks five times a second, or every $pause seconds.
until_true() { # seconds, command
    local end=$((SECONDS + $1))
    shift
    while ! "$@"; do
        if [ "$SECONDS" -ge "$end" ]; then
            echo "still not: $*"
            tail -n 20 "$BATS_TEST_TMPDIR/err" 2>/dev/null
            return 1
        fi
        sleep "${pause:-0.2}"
    done
}

# So many ports in a row, of which the first is said, at which nobody is now: not at 127.0.0.2
# either. By chance, so that tests side by side have others, and none that the system gives to who
# asks for any, so that they stay free until they are needed.
free_ports() { # how many
    python3 - "$1" <<'END'
import contextlib, random, socket, sys
count = int(sys.argv[1])
any_low, any_high = map(int, open("/proc/sys/net/ipv4/ip_local_port_range").read().split())
low, high = (10000, any_low) if any_low - 10000 > 65536 - any_high else (any_high + 1, 65536)
for _ in range(1000):
    first = random.randrange(low, high - count)
    with contextlib.ExitStack() as held:
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                for host in ("127.0.0.1", "127.0.0.2"):
                    for port in range(first, first + count):
                        held.enter_context(socket.socket(socket.AF_INET, kind)).bind((host, port))
        except OSError:
            continue
    print(first)
    break
else:
    sys.exit("no port is free")
END
}

free_port() {
    free_ports 1
}

listens() { # port, address
    (exec 9<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null
}
