#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# demo.sh BUILD: copies the example show to BUILD/demo, lets espeak-ng speak its recordings,
# publishes every episode, and says where the newest one is.
set -eu
cd "$(dirname "$0")/.."
build=$1
show=$build/demo
dgl="$build/dgl-episode -C $show"

mkdir -p "$show/episodes"
cp episodes/show.yaml episodes/calendar.yaml "$show/episodes"
newest=
for episode in episodes/*/; do
    name=$(basename "$episode")
    copy=$show/episodes/$name
    if [ -z "$(find "$copy/opptak.wav" -newer "$episode/samtale.txt" \
        -newer tests/make-recording.sh 2>/dev/null)" ]; then
        echo "recording $name (espeak-ng)"
        tests/make-recording.sh "$episode" "$copy"
    fi
    [ -z "$newest" ] || $dgl -q publish "$newest"
    newest=$name
done
$dgl publish "$newest"

cat <<EOF

The example show is in $show. Listen, in a browser or a podcast app on this machine:
  $dgl serve
EOF
