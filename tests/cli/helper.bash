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

need_media() { # file below the folder of recordings
    [ -r "$DGL_MEDIA/$1" ] || skip "no $1 (recordings are looked for in DGL_MEDIA)"
}

need_tool() {
    command -v "$1" >/dev/null || skip "$1 is not installed"
}

# A show in $show, as init makes it; further words are options of init and go before.
new_show() {
    show=$BATS_TEST_TMPDIR/show
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

equals() { # got, wanted
    [ "$1" = "$2" ] || {
        printf 'got:    %s\nwanted: %s\n' "$1" "$2"
        return 1
    }
}
