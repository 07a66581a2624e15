# SPDX-License-Identifier: GPL-3.0-or-later
# Kills and faults at some of the calls by which commands change something; `make survive` tries a hundred of each kind.
load helper

@test "a kill, a full disk, a broken one, no memory: public/ stays whole, and the next run mends the rest" {
    need_tool sox
    kinds=
    [ -z "$(nm "$DGL_BUILD/dgl-episode" | grep __asan_init)" ] || kinds="kill fail short intr"
    # shellcheck disable=SC2086
    run python3 "$root/tests/faults/survive.py" "${POINTS:-1}" $kinds
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *" calls were hit"* ]]
}
