# SPDX-License-Identifier: GPL-3.0-or-later
# Kills and faults at some of the calls by which commands change something; `make survive` tries a hundred of each kind.
load helper

@test "a kill, a full disk, a broken one, no memory: public/ stays whole, and the next run mends the rest" {
    need_tool sox
    kinds=
    [ -z "$(nm "$DGL_BUILD/dgl-episode" | grep __asan_init)" ] || kinds="kill fail short intr"
    # inject.so comes before the sanitizers' own library
    export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"
    # shellcheck disable=SC2086
    run python3 "$root/tests/faults/survive.py" "${POINTS:-1}" $kinds
    echo "$output"
    [ "$status" -eq 0 ]
    hit=$(sed -n 's/^# \([0-9]*\) calls were hit$/\1/p' <<<"$output")
    [ "$hit" -ge 20 ]
}
