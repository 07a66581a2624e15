#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A broadcast to real servers while one or another of them fails. `make chaos` is the long form.

load helper

@test "endpoints whose servers fail come back, and the others do not notice" {
    need_python socket
    missing=$(python3 "$root/tests/live/servers.py") || skip "not installed: $missing"
    export PYTHONDONTWRITEBYTECODE=1
    for _ in 1 2; do # a machine without time for the broadcast itself gets a second try
        run "$python" "$root/tests/live/chaos.py" --minutes 0.75 --every 5
        echo "$output"
        [[ $output == *"too busy to judge by"* ]] || break
    done
    [ "$status" -eq 0 ]
    [ "$(awk '$1 == "faults" { print $2 }' <<<"$output")" -ge 8 ]
}
