#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# lint.sh [BUILD]: what no compiler checks, as TAP. Each finding is a line "# file:line: what".
set -u
LC_ALL=C.UTF-8
export LC_ALL
cd "$(dirname "$0")/.." || exit 1

sources=$(find cmd pipeline -name '*.c' -o -name '*.cc' | sort)
headers=$(find cmd pipeline tests/unit -name '*.h' | sort)
tests=$(find tests -name '*.c' | sort)
scripts=$(find tests .ci -name '*.sh' -o -name '*.bash' -o -name '*.bats' -o -path .ci/run | sort)
code="$sources $headers $tests"
number=0
failures=0
named=$(mktemp)
trap 'rm -f "$named"' EXIT

check() { # name, findings
    number=$((number + 1))
    if [ -z "$2" ]; then
        echo "ok $number - $1"
    else
        failures=$((failures + 1))
        echo "not ok $number - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

# Code without comments and texts, so that words in them are not taken for calls: file:line:code.
bare() {
    awk '{ gsub(/\\"/, ""); gsub(/"[^"]*"/, "\"\""); sub(/\/\/.*/, ""); print FILENAME ":" FNR ":" $0 }' "$@"
}

# The house: a room may include itself and the rooms further right; see the README.
layers() {
    grep -n '^#include "' $sources $headers | awk -F: '
        BEGIN {
            n = split("base model sound:picture media:doc:net stage:live plan cmd", floors, " ")
            for (i = 1; i <= n; i++) {
                m = split(floors[i], rooms, ":")
                for (k = 1; k <= m; k++) floor[rooms[k]] = i
            }
        }
        function room(path) {
            if (path ~ /^pipeline\//) sub(/^pipeline\//, "", path)
            return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "cmd"
        }
        $1 ~ /^tests\// { next }
        {
            split($3, part, "\"")
            to = room(part[2]); from = room($1)
            if (!(to in floor)) print $1 ":" $2 ": no room is called " to
            else if (to != from && floor[to] >= floor[from])
                print $1 ":" $2 ": " from " may not include " part[2]
            else if (from == "cmd" && to == "stage" && $1 != "cmd/worker.c")
                print $1 ":" $2 ": only the worker knows stages"
            else if (from == "plan" && to ~ /^(media|doc|net|sound|picture)$/)
                print $1 ":" $2 ": plan starts workers instead of knowing " to
        }'
    # A stage is a file that ends in a descriptor; none knows another.
    for stage in $(grep -l '^const struct stage stage_' pipeline/stage/*.c); do
        grep -Hn "#include \"stage/$(basename "$stage" .c)\.h\"" pipeline/stage/*.c |
            grep -v "^$stage:" | sed 's/$/: a stage includes no other/'
    done
}

# Each library has the files that know it.
libraries() {
    while read -r library allowed; do
        grep -nE "^#include <$library" $sources $headers | grep -vE "^($allowed):" |
            sed 's/$/: not in this file/'
    done <<'EOF'
jansson\.h pipeline/base/json\.c
openssl/ pipeline/base/hash\.c
libxml/ pipeline/(base/xmlread\.c|doc/[a-z0-9_]+\.[ch])
yaml\.h pipeline/model/yaml\.c
lib(av|sw)[a-z]+/ pipeline/media/[a-z0-9_]+\.[ch]
(taglib|tag|t[a-z]+file|id3v2|mpegfile|mp4file)[a-z]*[/.] pipeline/media/tagfile\.cc
microhttpd\.h pipeline/net/httpserve\.c
curl/ pipeline/net/[a-z0-9_]+\.[ch]
shout/ pipeline/net/[a-z0-9_]+\.[ch]
libe?xslt/ pipeline/doc/[a-z0-9_]+\.[ch]
(md4c|md4c-html)\.h pipeline/doc/[a-z0-9_]+\.[ch]
(cairo|pango)/? pipeline/doc/[a-z0-9_]+\.[ch]
png\.h pipeline/doc/pngfile\.c
(libical/|archive) pipeline/doc/[a-z0-9_]+\.[ch]
(ebur128|cmocka)\.h never
EOF
}

banned_calls() {
    bare $code | grep -E '\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gmtime|localtime|setlocale|system|popen|gets|tmpnam|mktemp)\s*\(' |
        grep -v '^tests/[^:]*:[0-9]*:.*\bsetlocale' | sed 's/$/   <- not this call/'
    # Only cmd/ prints; out of memory is the exception.
    bare $sources | grep -v '^cmd/\|^pipeline/base/arena\.c' |
        grep -E '\b(printf|puts|putchar|perror|vprintf|exit|_exit|abort)\s*\(|\b(stdout|stderr)\b' |
        grep -v '^pipeline/base/proc\.c:[^:]*:.*_exit' | sed 's/$/   <- only in cmd/'
}

spdx() {
    id='SPDX-License-Identifier: GPL-3.0-or-later'
    {
        grep -HnxF "// $id" $code | grep ':1:'
        grep -HnxF "# $id" $scripts | grep ':[123]:'
    } | cut -d: -f1 | sort -u >"$named"
    printf '%s\n' $code $scripts | sort | comm -23 - "$named" | sed 's/$/:1: no licence line/'
}

lines() {
    grep -nE '^.{101}' $code | cut -c1-80 | sed 's/$/…: over 100 characters/'
    grep -nE '[[:blank:]]+$' $code $scripts Makefile README.md 2>/dev/null |
        sed 's/$/: blanks at the end/'
    awk 'FNR == 551 { print FILENAME ": over 550 lines" }' $sources $headers
}

functions() {
    awk 'FNR == 1 { start = 0 }
         /^{/ { start = FNR }
         /^}/ { if (start && FNR - start > 61) print FILENAME ":" start ": a function of " FNR - start - 1 " lines"; start = 0 }' $sources
}

format() {
    printf '%s\n' $code | xargs -n 60 -P "$(nproc)" clang-format --style=file:tests/clang-format --dry-run -Werror 2>&1 |
        grep -E '^[^ ].*(error|warning):' | cut -d: -f1 | sort | uniq -c |
        sed -E 's/^ *([0-9]+) (.*)/\2: \1 places, mend with: make format/'
}

warnings() {
    find "${1:-build}" -name '*.syntax' -size +0 -exec cat {} + 2>/dev/null |
        grep -E '(error|warning):' | sort -u
}

# Every certificate is looked at, and nothing turns that off.
trust() {
    grep -nE 'VERIFY(PEER|HOST|STATUS)\b[^;]*,[[:blank:]]*0|SSL_VERIFY_NONE|tls_verify", *"?0|verify=0|StrictHostKeyChecking=(no|off|accept)|SHOUT_TLS_AUTO|CURLUSESSL_(TRY|NONE)' $sources $headers |
        sed 's/$/   <- takes any server/'
    for file in $(grep -lE 'CURLOPT_URL\b' $sources); do
        grep -q 'CURLOPT_SSL_VERIFYPEER, 1L' "$file" && grep -q 'CURLOPT_SSL_VERIFYHOST, 2L' "$file" ||
            echo "$file:1: speaks with a server and does not say whom it believes"
    done
    grep -nE '\bavio_open2?\(' pipeline/live/*.c pipeline/media/inlet.c |
        sed 's/$/   <- what is not a file is opened by trust_open/'
}

# What the linker made of the flags, of which a typo or a library's .pc file may take one away.
# On x86-64 each object carries the marks of control-flow protection (CET); the programs lose them,
# because Scrt1.o, crti.o and crtn.o of Debian 12's libc6-dev have none, so the processor does not
# enforce it there.
programs() { # build
    for name in '' -worker -live -net; do
        printf '%s\n' "$1/dgl-episode$name"
    done
}

# Made with the flags of today. What is older make would make anew before it is used.
current() { # build, file
    [ -e "$2" ] && [ ! "$1/flags" -nt "$2" ]
}

hardened() { # build
    for program in $(programs "$1"); do
        current "$1" "$program" || echo "$program: not built with the flags of the others"
        head=$(readelf -hldW "$program" 2>/dev/null)
        calls=$(readelf -W --dyn-syms "$program" 2>/dev/null)
        has() { # text, pattern, what is missing
            printf '%s\n' "$1" | grep -qE "$2" || echo "$program: $3"
        }
        has "$head" 'Type: +DYN .*Position-Independent' 'may be loaded at one address alone (PIE)'
        has "$head" 'GNU_RELRO' 'its tables stay writable (RELRO)'
        has "$head" '\(FLAGS\) +BIND_NOW|FLAGS_1\).*\bNOW\b' 'its tables stay writable (BIND_NOW)'
        has "$head" 'GNU_STACK .* RW +0x' 'its stack may be executed'
        has "$calls" '__stack_chk_fail' 'no stack protector'
        has "$calls" '__[a-z]+_chk\b' 'no fortified calls'
    done
    [ "$(uname -m)" = x86_64 ] || return 0
    for source in $sources; do # objects of sources that are gone may lie there as well
        object=$1/$source.o
        current "$1" "$object" || continue
        readelf -nW "$object" 2>/dev/null | grep -q 'IBT, SHSTK' || echo "$object: no marks of CET"
    done
}

skip() { # name, reason
    number=$((number + 1))
    echo "ok $number - $1 # skip $2"
}

check 'includes keep to the layers' "$(layers)"
check 'library headers stay where they belong' "$(libraries)"
check 'no banned calls, only cmd/ prints' "$(banned_calls)"
check 'every file names its licence' "$(spdx)"
check 'lines and files are short' "$(lines)"
check 'functions fit on a screen' "$(functions)"
check 'gcc, clang and clang-tidy have no warnings, headers compile alone' "$(warnings "${1:-build}")"
check 'certificates are looked at everywhere' "$(trust)"
if command -v clang-format >/dev/null; then
    check 'clang-format agrees' "$(format)"
else
    skip 'clang-format agrees' 'clang-format is not installed'
fi
if grep -qE -e '-fsanitize|--coverage' "${1:-build}/flags" 2>/dev/null; then
    skip 'programs are hardened' 'sanitizers and counters take the flags away'
elif ! current "${1:-build}" "$(programs "${1:-build}" | tail -n 1)"; then
    skip 'programs are hardened' 'they are not built with the flags of today: make'
elif command -v readelf >/dev/null; then
    check 'programs are hardened' "$(hardened "${1:-build}")"
else
    skip 'programs are hardened' 'readelf is not installed (binutils)'
fi
echo "1..$number"
[ "$failures" -eq 0 ]
