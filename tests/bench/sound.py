#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed of sound on a recording whose speakers are 12 dB apart, as ratios of one run on two pinned processors.

(f) publish mp3 (measure, level, limit, encode, verify) against ffmpeg's two-pass loudnorm + libmp3lame   at most 0.25
(g) the same against the floor: CPU time of measuring the recording, of the bare encoder
    and of measuring the file, over two processors                                                        at most 1.25
(h) with hum and noise in the recording, and taken out, against ffmpeg's way on it                        at most 0.6
"""
import glob
import json
import os
import shutil
import subprocess
import sys

from bench import MINUTES, PROGRAM, WORK, begin, ffmpeg, make_conversation, make_show, publish, run, say, stages, two_pass


def with_dirt(clean):
    """The same recording with mains hum of 50 Hz at -40 dBFS and noise."""
    path = clean.replace(".wav", "-dirty.wav")
    if not os.path.exists(path):
        seconds = str(MINUTES * 60)
        tones = [x for hz, db in ((50, -40), (100, -46), (150, -48), (250, -54)) for x in
                 ("-v", f"{10 ** (db / 20):g}", f"|sox -D -R -n -r 48000 -c 2 -p synth {seconds} sine {hz}")]
        subprocess.run(["sox", "-D", "-R", "-m", "-v", "1", clean, *tones, "-v", f"{10 ** (-38 / 20):g}",
                        f"|sox -D -R -n -r 48000 -c 2 -p synth {seconds} whitenoise whitenoise", "-b", "16", path], check=True)
    return path


def sound_record(show):
    with open(glob.glob(os.path.join(show, ".dgl/store/*/sound/*/sound.json"))[0], encoding="utf-8") as f:
        return json.load(f)


def published(show, text):
    return os.path.join(show, json.loads(text)["files"][0]["path"])


def main():
    begin()
    ok = True
    source = make_conversation(MINUTES, lower_db=12)
    before = two_pass(source)
    show = make_show("sound", ["mp3"])
    ours = publish(show, source)
    after = two_pass(source)
    peer = (before[0] + after[0]) / 2
    levelled = sound_record(show)["tracks"][0]["leveller"]
    voices = ", ".join(f"{v['lufs']:.1f} LUFS {v['gain_db']:+.1f} dB" for v in (levelled or {}).get("voices", []))
    print(f"    publish mp3 {ours[0]:.1f} s ({stages(ours[3])}); ffmpeg two-pass loudnorm ({after[1]}) + libmp3lame "
          f"{before[0]:.1f} and {after[0]:.1f} s; voices {voices}")
    ok &= say("f", "publish mp3, speakers 12 dB apart / ffmpeg two-pass", ours[0] / peer, 0.25)

    file = published(show, ours[3])
    parts = [run(PROGRAM, "measure", source)[1],
             ffmpeg(source, "-ar", "48000", "-c:a", "libmp3lame", "-b:a", "128k", os.path.join(WORK, "bare.mp3"))[1],
             run(PROGRAM, "measure", file)[1]]
    floor = sum(parts) / 2
    print(f"    floor {floor:.1f} s: measuring {parts[0]:.1f}, bare encoder {parts[1]:.1f}, measuring the file {parts[2]:.1f} CPU s")
    ok &= say("g", "publish mp3 / floor", ours[0] / floor, 1.25)

    dirty = with_dirt(source)
    show = make_show("sound", ["mp3"])
    ours = publish(show, dirty)
    peer = two_pass(dirty)
    cleaning = sound_record(show)["tracks"][0].get("cleaning") or {}
    print(f"    with hum and noise: publish mp3 {ours[0]:.1f} s ({stages(ours[3])}); ffmpeg {peer[0]:.1f} s; "
          f"taken out: {', '.join(cleaning) or 'nothing'}")
    ok &= "hum_hz" in cleaning and "noise_reduction_db" in cleaning
    ok &= say("h", "publish mp3 with cleaning / ffmpeg two-pass", ours[0] / peer[0], 0.6)
    shutil.rmtree(show, ignore_errors=True)
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
