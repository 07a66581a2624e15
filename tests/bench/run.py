#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ratios of one run, on two pinned processors. `make bench`; BENCH_MINUTES and BENCH_LONG_MINUTES make it shorter.

(a) publish with outputs: [mp3] against ffmpeg's two-pass loudnorm + libmp3lame       at most 0.35 of its wall time
(b) publish with mp3, m4a and opus against max(longest bare encoder, sum of CPU / 2)  at most 1.35
(c) measure against ffmpeg ebur128=peak=true                                          at most 0.3
(d) publish with nothing to do                                                        under 50 ms, aim 20
(e) peak memory for 10 minutes and for 3 hours                                        within 10 %, under 120 MB
"""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
PROGRAM = os.path.join(BUILD, "dgl-episode")
WORK = os.path.join(BUILD, "bench")
MINUTES = int(os.environ.get("BENCH_MINUTES", "30"))
LONG_MINUTES = int(os.environ.get("BENCH_LONG_MINUTES", "180"))
CPUS = sorted(os.sched_getaffinity(0))[:2]


def run(*argv):
    """(wall seconds, CPU seconds, largest process in MB, standard output + error)"""
    out = os.path.join(WORK, "out")
    began = time.monotonic()
    with open(out, "wb") as f:  # spawned, not forked: copying this process costs 10 ms
        pid = os.posix_spawnp(argv[0], argv, os.environ,
                              file_actions=[(os.POSIX_SPAWN_DUP2, f.fileno(), 1), (os.POSIX_SPAWN_DUP2, f.fileno(), 2)])
    _, status, used = os.wait4(pid, 0)
    wall = time.monotonic() - began
    with open(out, encoding="utf-8", errors="replace") as f:
        text = f.read()
    if status:
        sys.exit(f"{' '.join(argv)}\n{text[-2000:]}\nended with {status}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, text


def make_conversation(minutes):
    """Host and guest of the example show, at different levels over room noise, repeated to length."""
    path = os.path.join(WORK, f"conversation-{minutes}.wav")
    if os.path.exists(path):
        return path
    parts = []
    for folder in sorted(os.listdir(os.path.join(ROOT, "episodes"))):
        source = os.path.join(ROOT, "episodes", folder)
        if not os.path.isdir(source):
            continue
        spoken = os.path.join(WORK, "spoken", folder)
        if not os.path.exists(os.path.join(spoken, "opptak.wav")):
            subprocess.run(["sh", os.path.join(ROOT, "tests", "make-recording.sh"), source, spoken], check=True)
        parts.append(os.path.join(spoken, "opptak.wav"))
    names = os.path.join(WORK, "parts.txt")
    with open(names, "w", encoding="utf-8") as f:
        for _ in range(minutes * 2):
            f.writelines(f"file '{p}'\n" for p in parts)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", names, "-t", str(minutes * 60),
                    "-c:a", "pcm_s16le", path], check=True)
    return path


def make_show(name, outputs):
    show = os.path.join(WORK, name)
    shutil.rmtree(show, ignore_errors=True)
    subprocess.run([PROGRAM, "-q", "init", show, "--title", "Måling", "--site", "https://example.org/maaling/", "--author",
                    "Nordland", "--owner", "Kari <kari@example.org>", "--summary", "Måling"], check=True,
                   stdout=subprocess.DEVNULL)
    path = os.path.join(show, "episodes", "show.yaml")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(re.sub(r"(?m)^outputs:.*$", f"outputs: [{', '.join(outputs)}]", text))
    subprocess.run([PROGRAM, "-q", "-C", show, "new", "2026-02"], check=True, stdout=subprocess.DEVNULL)
    return show


def publish(show, *recording):
    return run(PROGRAM, "-C", show, "--json", "-q", "publish", "2026-02", *recording)


def ffmpeg(source, *argv):
    return run("ffmpeg", "-hide_banner", "-nostdin", "-y", "-i", source, *argv)


def bare_encoders(source):
    """name: (wall, CPU) of each encoder alone"""
    return {name: ffmpeg(source, "-ar", "48000", *argv)[:2]
            for name, argv in {"mp3": ("-c:a", "libmp3lame", "-b:a", "128k", os.path.join(WORK, "bare.mp3")),
                               "m4a": ("-c:a", "aac", "-b:a", "128k", os.path.join(WORK, "bare.m4a")),
                               "opus": ("-c:a", "libopus", "-b:a", "96k", os.path.join(WORK, "bare.opus"))}.items()}


def floor_of(bare):
    return max(max(wall for wall, _ in bare.values()), sum(cpu for _, cpu in bare.values()) / 2)


def two_pass(source):
    """ffmpeg's way; says which mode loudnorm took."""
    aim = "loudnorm=I=-16:TP=-1:LRA=11"
    first = ffmpeg(source, "-af", aim + ":print_format=json", "-f", "null", "-")
    got = json.loads(first[3][first[3].rindex("{"):first[3].rindex("}") + 1])
    second = ffmpeg(source, "-af",
                    f"{aim}:measured_I={got['input_i']}:measured_TP={got['input_tp']}:measured_LRA={got['input_lra']}"
                    f":measured_thresh={got['input_thresh']}:offset={got['target_offset']}:print_format=json",
                    "-ar", "48000", "-c:a", "libmp3lame", "-b:a", "128k", os.path.join(WORK, "peer.mp3"))
    mode = re.search(r'"normalization_type"\s*:\s*"(\w+)"', second[3]).group(1)
    return first[0] + second[0], mode


def say(letter, text, figure, limit, unit=""):
    good = figure <= limit
    print(f"({letter}) {text}: {figure:.2f}{unit} (at most {limit}{unit}){'' if good else '  MISSED'}", flush=True)
    return good


def stages(text):
    report = json.loads(text)
    return ", ".join(f"{s['name']} {s['seconds']:.1f}" for s in report["stages"] if s["state"] == "ran" and s["seconds"] > 0.05)


def main():
    os.makedirs(WORK, exist_ok=True)
    os.sched_setaffinity(0, CPUS)
    source = make_conversation(MINUTES)
    ok = True
    print(f"{MINUTES} minutes of 48 kHz stereo on processors {CPUS}")

    ours = publish(make_show("mp3", ["mp3"]), source)
    peer, mode = two_pass(source)
    print(f"    publish mp3 {ours[0]:.1f} s ({stages(ours[3])}); ffmpeg two-pass loudnorm ({mode}) + libmp3lame {peer:.1f} s")
    ok &= say("a", "publish mp3 / ffmpeg two-pass", ours[0] / peer, 0.35)

    show = make_show("all", ["mp3", "m4a", "opus"])
    before = bare_encoders(source)  # before and after: a borrowed processor is not always equally fast
    three = publish(show, source)
    after = bare_encoders(source)
    floor = (floor_of(before) + floor_of(after)) / 2
    print(f"    publish mp3+m4a+opus {three[0]:.1f} s ({stages(three[3])}); bare encoders "
          + ", ".join(f"{n} {before[n][0]:.1f} and {after[n][0]:.1f} s" for n in before)
          + f"; floor {floor_of(before):.1f} and {floor_of(after):.1f} s")
    ok &= say("b", "publish mp3+m4a+opus / floor", three[0] / floor, 1.35)

    measured = [run(PROGRAM, "measure", "--json", source)[0] for _ in range(5)]
    peers = [ffmpeg(source, "-af", "ebur128=peak=true", "-f", "null", "-")[0] for _ in range(3)]
    print(f"    measure {statistics.median(measured):.2f} s; ffmpeg ebur128=peak=true {statistics.median(peers):.2f} s")
    ok &= say("c", "measure / ffmpeg ebur128", statistics.median(measured) / statistics.median(peers), 0.3)

    idle = [publish(show)[0] * 1000 for _ in range(20)]
    ok &= say("d", "publish with nothing to do, median of 20", statistics.median(idle), 50, " ms")

    short = publish(make_show("short", ["mp3", "m4a", "opus"]), make_conversation(10))[2]
    long = publish(make_show("long", ["mp3", "m4a", "opus"]), make_conversation(LONG_MINUTES))[2]
    print(f"    peak memory: 10 minutes {short:.0f} MB, {LONG_MINUTES} minutes {long:.0f} MB")
    ok &= say("e", f"memory for {LONG_MINUTES} minutes / for 10", long / short, 1.1)
    ok &= say("e", "peak memory", max(long, short), 120, " MB")
    for name in ("short", "long", "mp3", "all"):
        shutil.rmtree(os.path.join(WORK, name), ignore_errors=True)
    sys.exit(0 if ok else 1)


main()
