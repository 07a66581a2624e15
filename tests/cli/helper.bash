# SPDX-License-Identifier: GPL-3.0-or-later
# What every test of the command line uses: load helper

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
: "${DGL_BUILD:=$root/build}"
: "${DGL_MEDIA:=$root/../shared/media}"
export LC_ALL=C.UTF-8
unset DGL_NOW NO_COLOR
# The machine's media libraries keep caches; the program's own leaks are what sanitizers look for.
export LSAN_OPTIONS="${LSAN_OPTIONS:-suppressions=$root/tests/lsan.supp:print_suppressions=0}"

dgl() {
    "$DGL_BUILD/dgl-episode" --presets "$root/presets" "$@"
}

# Debian 12's bats takes a skip in setup_file for a failure: tests/run.sh reads this line instead.
absent() { # reason
    case " ${FUNCNAME[*]} " in *' setup_file '*) echo "# all skipped: $1" >&3 ;; esac
    skip "$1"
}

need_media() { # file below the folder of recordings; without one: the folder
    [ -r "$DGL_MEDIA/${1:-}" ] || absent "no ${1:-recordings} (recordings are looked for in DGL_MEDIA)"
}

need_tool() {
    command -v "$1" >/dev/null || absent "$1 is not installed"
}

# Sets python to one that has the modules; two may be installed.
need_python() { # module, module …
    for python in python3 /usr/bin/python3; do
        "$python" -c "import $1" 2>/dev/null && return
    done
    absent "not installed for Python: $1"
}

# A show in $show, as init makes it; further words are options of init and go before.
new_show() {
    show=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/show
    dgl init "$show" --title "Det gode liv i nord" --site https://example.org/detgodeliv/ \
        --author "Nordland fylkeskommune" --owner "Kari Nordmann <podkast@example.org>" \
        --summary "Samtaler om folkehelse i Nordland" "$@" >/dev/null
}

# The one month's episode folder, made by new; prints its name.
new_episode() { # month, options of new
    dgl -C "$show" new "$@" >/dev/null
    basename "$(ls -d "$show/episodes/$1"*/)"
}

# A recording that is nobody's: a tone that swells, so that loudness and duration are known.
tone() { # file, seconds
    sox -D -R -n -r 48000 -b 16 -c "${3:-2}" "$1" synth "$2" sine 440 tremolo 0.5 60 gain -12
}

# A copy for this test of the show that setup_file made.
copy_show() {
    show=$BATS_TEST_TMPDIR/show
    cp -a "$BATS_FILE_TMPDIR/show" "$show"
}

# One JSON document on standard output is left in $said, the words in $heard; anything else fails.
said() { # words of the command line
    said=$BATS_TEST_TMPDIR/said heard=$BATS_TEST_TMPDIR/heard
    local code=0
    dgl -C "$show" --json "$@" >"$said" 2>"$heard" || code=$?
    if [ "$code" -ne 0 ] || ! jq -es 'length == 1' "$said" >/dev/null; then
        echo "dgl-episode $*: exit code $code, said:"
        cat "$said" "$heard"
        return 1
    fi
}

ran() { # the stages that ran, in one line
    jq -r '[.stages[] | select(.state == "ran").name] | join(" ")' "$said"
}

published() { # what jq finds in the record of the one episode
    jq -r "$1" "$show"/episodes/*/published.json
}

# What public/ looks like: every file's bytes, and when it was written.
public_state() {
    (cd "$show/public" && find . -type f -exec stat -c '%n %Y %s' {} + | sort &&
        find . -type f -exec sha256sum {} + | sort -k2)
}

# "I TP" as ffmpeg reads them.
ebur128() { # file
    ffmpeg -nostdin -hide_banner -nostats -i "$1" -map 0:a:0 -af ebur128=peak=true -f null - 2>&1 |
        awk '$1 == "I:" { i = $2 } $1 == "Peak:" { p = $2 } END { print i, p }'
}

within() { # got, wanted, tolerance
    awk -v g="$1" -v w="$2" -v t="$3" 'BEGIN { exit !(g - w <= t + 1e-9 && w - g <= t + 1e-9) }' || {
        echo "got $1, wanted $2 within $3"
        return 1
    }
}

at_most() { # got, limit
    awk -v g="$1" -v l="$2" 'BEGIN { exit !(g <= l) }' || {
        echo "got $1, at most $2"
        return 1
    }
}

status_is() { # wanted; says what was printed otherwise
    if [ "$status" -ne "$1" ]; then
        echo "exit code $status, wanted $1"
        echo "$output"
        return 1
    fi
}

contains() { # text, part
    case $1 in
    *"$2"*) ;;
    *)
        printf 'wanted: %s\nin:\n%s\n' "$2" "$1"
        return 1
        ;;
    esac
}

lacks() { # text, part
    case $1 in
    *"$2"*)
        printf 'not wanted: %s\nin:\n%s\n' "$2" "$1"
        return 1
        ;;
    esac
}

# "! command" never fails a test but as its last line, and "a && b" only where b fails: one
# condition a line.
not() { # command
    if "$@"; then
        echo "not wanted: $*"
        return 1
    fi
}

equals() { # got, wanted
    [ "$1" = "$2" ] || {
        printf 'got:    %s\nwanted: %s\n' "$1" "$2"
        return 1
    }
}
