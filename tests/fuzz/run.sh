#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh BUILD SECONDS TARGET...: fuzzes each target for so many seconds, its seeds first, as many
# side by side as there are processors. Speaks TAP. What was found lies in BUILD/fuzz/found and is
# kept, made small, in tests/fuzz/seeds/TARGET/: see tests/fuzz/README.md.
set -u
cd "$(dirname "$0")/../.." || exit 1

one() { # BUILD SECONDS TARGET
    work=$1/fuzz/corpus/$3
    log=$1/fuzz/log/$3
    mkdir -p "$work" "$1/fuzz/found" "$1/fuzz/log"
    seeds=
    for from in "tests/fuzz/seeds/$3" "$1/fuzz/made/$3"; do
        [ ! -d "$from" ] || seeds="$seeds $from"
    done
    dict=
    [ -f "tests/fuzz/$3.dict" ] && dict=-dict=tests/fuzz/$3.dict
    ulimit -c 0
    "$1/fuzz/$3" -max_total_time="$2" -timeout=25 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
        -max_len="${FUZZ_LEN:-16384}" -use_value_profile=1 -print_final_stats=1 -verbosity=1 \
        $dict -artifact_prefix="$1/fuzz/found/$3-" "$work" $seeds >"$log" 2>&1 </dev/null
    rc=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
    if [ "$rc" -eq 0 ]; then
        echo "ok - $3: ${runs:-0} inputs, ${speed:-0} a second"
    else
        echo "not ok - $3 ends with $rc"
        grep -aE 'ERROR|runtime error|does not hold|SUMMARY|Test unit written' "$log" | head -8 | sed 's/^/# /'
        echo "# all of it: $log"
    fi
}

if [ "$1" = --one ]; then
    one "$2" "$3" "$4"
    exit 0
fi
build=$1
seconds=$2
shift 2
printf '%s\n' "$@" |
    nice -n "${FUZZ_NICE:-10}" xargs -n1 -P "${JOBS:-$(nproc)}" "$0" --one "$build" "$seconds" |
    tee "$build/fuzz/result"
echo "1..$#"
! grep -q '^not ok' "$build/fuzz/result" && [ "$(grep -c '^ok' "$build/fuzz/result")" -eq "$#" ]
