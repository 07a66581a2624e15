#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# pictures.sh BUILD: two speakers 12 dB apart over hum and noise, published, and BUILD/pictures with
# spectrograms and loudness curves of it before and after, to be looked at and listened to.
set -eu
build=$(realpath "$1")
root=$(realpath "$(dirname "$0")/..")
program=$build/dgl-episode
out=$build/pictures
rm -rf "$out"
mkdir -p "$out/text"
cp "$root"/episodes/*-trivsel/*.yaml "$root"/episodes/*-trivsel/*.md "$root"/episodes/*-trivsel/samtale.txt "$out/text"
sed -i 's/^\(# stemme: gjest .*| *\)[^ ]*$/\1-15/' "$out/text/samtale.txt"
sh "$root/tests/make-recording.sh" "$out/text" "$out/spoken"
seconds=$(soxi -D "$out/spoken/opptak.wav")
sox -D -R -m -v 1 "$out/spoken/opptak.wav" \
    -v 0.01 "|sox -D -R -n -r 48000 -c 2 -p synth $seconds sine 50" \
    -v 0.005 "|sox -D -R -n -r 48000 -c 2 -p synth $seconds sine 150" \
    -v 0.012 "|sox -D -R -n -r 48000 -c 2 -p synth $seconds whitenoise whitenoise" -b 16 "$out/before.wav"

"$program" -q init "$out/show" --title Bilder --site https://example.org/bilder/ --author Nordland \
    --owner 'Kari <kari@example.org>' --summary Bilder >/dev/null
"$program" -q -C "$out/show" new 2026-02 >/dev/null
"$program" -q -C "$out/show" publish 2026-02 "$out/before.wav" >/dev/null
sox -D "$(ls "$out"/show/.dgl/store/*/sound/*/master.flac)" -b 16 "$out/after.wav"
cp "$out"/show/reports/*/report.html "$out/report.html"
for when in before after; do
    sox "$out/$when.wav" -n remix 1 rate 16k spectrogram -x 1400 -y 513 -z 100 -t "$when" -o "$out/$when.png"
    "$program" -q measure --plot "$out/$when.svg" "$out/$when.wav" >/dev/null
done
rm -rf "$out/show" "$out/spoken" "$out/text"
echo "look at $out/before.png and after.png, before.svg and after.svg, report.html; listen to before.wav and after.wav"
