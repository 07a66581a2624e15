#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh BUILD {unit|cli|lint}...: runs tests and counts them. T=name: only that unit test or bats
# file. Everything speaks TAP; what failed is shown, the rest is kept in BUILD/tests/.
# The last line is the count, alone: "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
shift

DGL_MEDIA=$(realpath -m "${DGL_MEDIA:-../shared/media}")
DGL_BUILD=$(realpath "$build")
export DGL_MEDIA DGL_BUILD CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
export LSAN_OPTIONS="${LSAN_OPTIONS:-suppressions=$PWD/tests/lsan.supp:print_suppressions=0}"
unset DGL_NOW

kept=$build/tests
rm -rf "$kept"
mkdir -p "$kept"

# A program that dies before its plan is fulfilled has failed the tests it left out.
count='
    /^1\.\.[0-9]+/ { plan = substr($1, 4) + 0; next }
    /^(not )?ok .*# *[Ss][Kk][Ii][Pp]/ { skipped++; show = 0; next }
    /^ok / { passed++; show = 0; next }
    /^not ok / { failed++; show = 1 }
    show || /ERROR: (Address|Leak|Undefined)|runtime error:/ { print "    " $0 }
    END {
        seen = passed + failed + skipped
        if (seen < plan) failed += plan - seen
        if (rc && !failed) failed++
        if (rc > 1 || seen < plan) print "    ends with " rc " after " seen + 0 " of " plan + 0 " tests"
        printf "%-28s %3d passed, %d failed, %d skipped\n", name, passed, failed, skipped
        print passed + 0, failed + 0, skipped + 0 >> counts
    }'

run() { # name, command
    name=$1
    shift
    mkdir -p "$(dirname "$kept/$name")"
    "$@" >"$kept/$name.tap" 2>&1 </dev/null
    awk -v rc=$? -v name="$name" -v counts="$kept/counts" "$count" "$kept/$name.tap"
}

for kind in "$@"; do
    case $kind in
    unit)
        for test in tests/unit/test_${T:-*}.c; do
            test=$(basename "$test" .c)
            run "unit/${test#test_}" timeout 1200 "$build/unit/$test"
        done
        ;;
    cli)
        for test in tests/cli/${T:-*}.bats; do
            run "cli/$(basename "$test" .bats)" timeout 1800 bats --tap "$test"
        done
        ;;
    lint) run lint tests/lint.sh "$build" ;;
    esac
done

awk '{ p += $1; f += $2; s += $3 }
     END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 || p == 0 }' "$kept/counts"
