#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make-recording.sh EPISODE_DIR OUT_DIR: lets espeak-ng speak EPISODE_DIR/samtale.txt and writes
# opptak.wav, captions.nb.vtt and the chapters into a copy of the episode. One line is spoken at a
# time, so every time is known to the sample. The same espeak-ng and sox make the same bytes.
#
#   # stemme: vert | Ingrid Solbakken | nb+f2 | 0     who speaks: name, voice, level in dB
#   # kapittel: Velkommen                             a chapter begins
#   vert: Velkommen til Det gode liv i nord.          one caption: at most two lines of 40 letters
set -eu
LC_ALL=C.UTF-8
export LC_ALL

[ $# -eq 2 ] || { echo "usage: $0 EPISODE_DIR OUT_DIR" >&2; exit 2; }
from=$1 to=$2
for tool in espeak-ng sox; do
    command -v $tool >/dev/null || { echo "$0: $tool is missing" >&2; exit 1; }
done
mkdir -p "$to"
work=$(mktemp -d "$to/recording.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

rate=48000
raw="-t raw -r $rate -e signed -b 16 -c 2"
silence() { # seconds
    head -c $((4 * $(awk "BEGIN {printf \"%d\", $1 * $rate}"))) /dev/zero >>"$work/speech.raw"
}
now_ms() {
    echo $(($(wc -c <"$work/speech.raw") / 4 * 1000 / rate))
}
stamp() { # milliseconds
    printf '%02d:%02d:%02d.%03d' $(($1 / 3600000)) $(($1 / 60000 % 60)) $(($1 / 1000 % 60)) $(($1 % 1000))
}
voice() { # role, field: 2 name, 3 voice, 4 level
    sed -n "s/^# stemme: $1 | /x | /p" "$from/samtale.txt" | awk -F' [|] ' -v f="$2" '{print $f}'
}
balanced() { # one or two lines, broken at the blank nearest the middle
    awk '{
        if (length($0) <= 40) { print; exit }
        best = 0
        for (i = 1; i <= length($0); i++)
            if (substr($0, i, 1) == " " && (!best || (i - length($0) / 2) ^ 2 < (best - length($0) / 2) ^ 2))
                best = i
        print substr($0, 1, best - 1); print substr($0, best + 1)
    }'
}
# Panned a little to the speaker's side; without the silence espeak-ng leaves around each line.
speak() { # role, text
    side=1v0.9,1v0.7
    [ "$1" = vert ] || side=1v0.7,1v0.9
    printf '%s\n' "$2" | espeak-ng -v "$(voice "$1" 3)" -s 148 -w "$work/line.wav"
    sox -D -R "$work/line.wav" $raw "$work/line.raw" gain "$(voice "$1" 4)" \
        silence 1 0.005 0.05% reverse silence 1 0.005 0.05% reverse rate -h $rate \
        remix -m "${side%,*}" "${side#*,}"
    cat "$work/line.raw" >>"$work/speech.raw"
}

: >"$work/speech.raw"
echo WEBVTT >"$work/captions"
echo chapters: >"$work/chapters"
silence 0.6
before=
grep -v '^# stemme:' "$from/samtale.txt" | while IFS= read -r line; do
    case $line in
    '# kapittel: '*)
        at=$(now_ms)
        [ -n "$before" ] || at=0
        echo "  - {at: \"$(stamp "$at")\", title: \"${line#*: }\"}" >>"$work/chapters"
        silence 0.7
        ;;
    vert:* | gjest:*)
        who=${line%%:*} text=${line#*: }
        [ "$who" = "$before" ] || silence 0.25
        start=$(now_ms)
        speak "$who" "$text"
        printf '\n%s --> %s\n<v %s>%s\n' "$(stamp "$start")" "$(stamp "$(now_ms)")" \
            "$(voice "$who" 2)" "$(printf '%s\n' "$text" | balanced)" >>"$work/captions"
        silence 0.3
        before=$who
        ;;
    esac
done
silence 1

# A room is never silent.
seconds=$(awk "BEGIN {print $(wc -c <"$work/speech.raw") / 4 / $rate}")
sox -D -R -n $raw "$work/room.raw" synth "$seconds" pinknoise pinknoise gain -44
sox -D -R -m -v 1 $raw "$work/speech.raw" -v 1 $raw "$work/room.raw" "$work/opptak.wav"

if [ "$from" != "$to" ]; then
    cp "$from"/*.yaml "$from"/*.md "$from"/samtale.txt "$to"
fi
sed -i -e '/^# kapitler:/{' -e "r $work/chapters" -e 'd' -e '}' "$to/episode.yaml"
mv "$work/captions" "$to/captions.nb.vtt"
mv "$work/opptak.wav" "$to/opptak.wav"
