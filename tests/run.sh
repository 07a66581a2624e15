#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh BUILD {unit|cli|lint}...: runs tests and counts them. T='name name': only those unit tests
# or bats files. Everything speaks TAP; what failed is shown, the rest is kept in BUILD/results/.
# Two more than there are processors run side by side, or JOBS, as many wait; those that take long
# first. What real servers do in real time comes behind them.
# The last line is the count, alone: "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
shift
alone=' relay sources chaos pushes pulls facebook '
first=' site remote_ftps retract icecast survive remote_s3 video targets remote_sftp live tracks interrupt deliver breaks publish injection media captions report film clips videos hls remote_webdav liveitem livesecrets encode '

DGL_MEDIA=$(realpath -m "${DGL_MEDIA:-../shared/media}")
DGL_BUILD=$(realpath "$build")
export DGL_MEDIA DGL_BUILD CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
export TSAN_OPTIONS="${TSAN_OPTIONS:-suppressions=$PWD/tests/live/tsan.supp:second_deadlock_stack=1}"
export LSAN_OPTIONS="${LSAN_OPTIONS:-suppressions=$PWD/tests/lsan.supp:print_suppressions=0}"
unset DGL_NOW

kept=$build/results
# Tests that are marked as long are left out, unless they are called by name, or LONG=1. LONG=only:
# those alone.
case ${LONG:-${T:+1}} in
'') tags='--filter-tags !long' ;;
only) tags='--filter-tags long' ;;
*) tags= ;;
esac

# A program that dies before its plan is fulfilled has failed the tests it left out.
count='
    /^1\.\.[0-9]+/ { plan = substr($1, 4) + 0; next }
    /^(not )?ok .*# *[Ss][Kk][Ii][Pp]/ { skipped++; show = 0; next }
    /^ok / { passed++; show = 0; next }
    /^# all skipped:/ { none = 1; print "    " substr($0, 3) }
    /^not ok / { failed++; show = !none }
    show || /^ERROR: |(ERROR|WARNING): (Address|Leak|Undefined|Thread)|runtime error:/ { print "    " $0 }
    END {
        if (none) { passed = failed = rc = 0; skipped = plan }
        seen = passed + failed + skipped
        if (seen < plan) failed += plan - seen
        if (rc && !failed) failed++
        if (rc > 1 || seen < plan) print "    ends with " rc " after " seen + 0 " of " plan + 0 " tests"
        printf "%-28s %3d passed, %d failed, %d skipped %6d s\n", name, passed, failed, skipped, seconds
        print passed + 0, failed + 0, skipped + 0 > counts
    }'

run() { # name, command
    name=$1
    shift
    mkdir -p "$(dirname "$kept/$name")"
    began=$(date +%s)
    "$@" >"$kept/$name.tap" 2>&1 </dev/null
    awk -v rc=$? -v name="$name" -v counts="$kept/$name.counts" -v seconds=$(($(date +%s) - began)) \
        "$count" "$kept/$name.tap"
}

one() { # unit/NAME or cli/NAME
    case $1 in
    unit/*) run "$1" timeout 1200 "$build/unit/test_${1#unit/}" ;;
    # shellcheck disable=SC2086
    cli/*) run "$1" timeout 1800 bats --tap --timing $tags "tests/$1.bats" ;;
    esac
}

# One test program, for xargs: run.sh BUILD --one NAME.
if [ "$1" = --one ]; then
    one "$2"
    exit 0
fi

rm -rf "$kept"
mkdir -p "$kept"

names() { # kind: its programs, a name a line
    echo "${T:-*}" | tr ' ' '\n' | while read -r each; do
        case $1 in
        unit) ls tests/unit/test_$each.c | sed 's|.*/test_|unit/|; s|\.c$||' ;;
        cli)
            if [ "${LONG:-}" = only ]; then
                grep -l '_tags=long' tests/cli/$each.bats
            else
                ls tests/cli/$each.bats
            fi | sed 's|^tests/||; s|\.bats$||' ;;
        esac
    done
}

kinds=
for kind in "$@"; do
    [ "$kind" = lint ] || kinds="$kinds $kind"
done
every=$(for kind in $kinds; do names "$kind"; done)
these() { # list: which of every are in it, in its order
    for each in $1; do
        echo "$every" | grep "/$each\$"
    done
}
{
    these "$first"
    for name in $every; do
        case $first$alone in *" ${name#*/} "*) ;; *) echo "$name" ;; esac
    done
} | xargs -r -n1 -P "${JOBS:-$(($(nproc) + 2))}" tests/run.sh "$build" --one
these "$alone" | xargs -r -n1 -P 4 tests/run.sh "$build" --one # they mostly wait
case " $* " in *' lint '*) run lint tests/lint.sh "$build" ;; esac

find "$kept" -name '*.counts' -exec cat {} + | awk '{ p += $1; f += $2; s += $3 }
     END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 || p == 0 }'
