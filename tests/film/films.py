#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""films.py [--work FOLDER] [--keep] [--usual] [CASE...]: makes test recordings, publishes each, judges what
came out, and prints a table; without a name all of them. --usual: where a case says so, ffmpeg's usual command is
judged beside it.
0: nothing is wrong with what was published; 1: something is; 2: no such case."""
import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from cases import CASES
from judge import ROOT, judge, preset_named
from make import make

BUILD = os.path.join(ROOT, os.environ.get("DGL_BUILD", "build"))
PRESETS = os.path.join(ROOT, "presets")
PROGRAM = [os.path.join(BUILD, "dgl-episode"), "--presets", PRESETS]
# For half an hour of a small picture.
SMALL = """about: a small picture
width_px: 320
height_px: 180
frame_rate_fps: source
fit: pad
crf: 26
speed: superfast
max_bitrate_kbps: 1400
buffer_kbit: 2100
profile: high
level: "4.0"
gop_s: 2
ladder: []
"""


def rewrite(path, change):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(change(text))


def make_show(folder, case, recordings):
    """A show whose preset encodes quickly, and whose one episode has the case's recordings."""
    show = os.path.join(folder, "show")
    subprocess.run([*PROGRAM, "-q", "init", show, "--title", "Film", "--site", "https://example.org/film/", "--author",
                    "Nordland", "--owner", "Kari <kari@example.org>", "--summary", "Film"], check=True,
                   stdout=subprocess.DEVNULL)
    presets = os.path.join(show, "presets", "picture")
    os.makedirs(presets)
    for name in glob.glob(os.path.join(PRESETS, "picture", "*.yaml")):
        rewrite(shutil.copy(name, presets), lambda t: re.sub(r"(?m)^speed:.*", "speed: superfast", t))
    with open(os.path.join(presets, "small.yaml"), "w", encoding="utf-8") as f:
        f.write(SMALL)
    rewrite(os.path.join(show, "episodes", "show.yaml"),
            lambda t: re.sub(r"(?m)^outputs:.*", f"outputs: [mp3]\npicture: {case.preset}", t))
    subprocess.run([*PROGRAM, "-q", "-C", show, "new", "2026-02"], check=True, stdout=subprocess.DEVNULL)
    episode, = glob.glob(os.path.join(show, "episodes", "2026-02*", "episode.yaml"))
    rewrite(episode, lambda t: t + recordings + "\n")
    return show


def measured(show):
    record, = glob.glob(os.path.join(show, ".dgl", "store", "2026-02*", "picture.*", "*", "record.json"))
    with open(record, encoding="utf-8") as f:
        return json.load(f)["measured"]


def publish(case, show, source):
    """(figures, findings, what it said)"""
    done = subprocess.run([*PROGRAM, "-C", show, "--json", "-q", "publish", "2026-02"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    if case.refused:
        good = done.returncode == 3 and case.refused in done.stderr
        return {}, [] if good else [f"exit code {done.returncode}, not refused for '{case.refused}'"], done.stderr
    if done.returncode:
        return {}, [f"exit code {done.returncode}"], done.stderr
    path, = (f["path"] for f in json.loads(done.stdout)["files"] if f["path"].endswith(".mp4"))
    preset = preset_named([os.path.join(show, "presets")], case.preset)
    figures, found = judge(case, os.path.join(show, path), preset, source if case.way == "copied" else None)
    made = measured(show)
    if made["way"] != case.way:
        found.append(f"it was {made['way']}: {', '.join(made.get('why', []))}")
    return figures, found, done.stderr


def usual(case, source, folder):
    """What people type."""
    preset = preset_named([PRESETS], case.preset)
    path = os.path.join(folder, "usual.mp4")
    size = f"{preset['width_px']}:{preset['height_px']}"
    fit = f"scale={size}:force_original_aspect_ratio=decrease,pad={size}:(ow-iw)/2:(oh-ih)/2"
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", source, "-c:v", "libx264", "-preset", "superfast",
                    "-crf", "21", "-vf", fit, "-c:a", "aac", path], check=True)
    return judge(case, path, preset, source if case.way == "copied" else None)


def say(name, who, seconds, figures, found):
    offset = "/".join(f"{figures[k]:+.1f}" for k in ("first_ms", "last_ms", "worst_ms") if k in figures)
    print(f"{name:14} {who:7} {seconds:5.1f} {offset:>18} {figures.get('round', ''):>7} {figures.get('colour', ''):>7} "
          f"{figures.get('comb_px', ''):>6}  {'; '.join(found) or 'good'}", flush=True)


def run(case, folder, beside):
    began = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    recordings = make(case, folder)
    source = re.search(r"(?:\{file: |\{parts: \[)([^],}]+)", recordings).group(1)
    show = make_show(folder, case, recordings)
    figures, found, said = publish(case, show, source)
    say(case.name, "refused" if case.refused else "ours", time.monotonic() - began, figures, found)
    if found and said:
        print(said.rstrip())
    if case.usual and beside:
        began = time.monotonic()
        figures, others = usual(case, source, folder)
        say("", "ffmpeg", time.monotonic() - began, figures, others)
    return not found


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--work")
    p.add_argument("--keep", action="store_true")
    p.add_argument("--usual", action="store_true")
    p.add_argument("cases", nargs="*", metavar="CASE")
    args = p.parse_args()
    unknown = [n for n in args.cases if n not in CASES]
    if unknown:
        print(f"no such case: {' '.join(unknown)}; there are: {' '.join(CASES)}", file=sys.stderr)
        sys.exit(2)
    print(f"{'case':14} {'':7} {'s':>5} {'A/V first/last/worst':>18} {'round':>7} {'colour':>7} {'comb':>6}  findings")
    good = True
    if args.work:
        os.makedirs(args.work, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=args.work) as work:
        for name in args.cases or CASES:
            folder = os.path.join(args.work or work, name)
            good &= run(CASES[name], folder, args.usual)
            if not args.keep:
                shutil.rmtree(folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
