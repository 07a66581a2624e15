#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ratios of one run, on two pinned processors. `make bench`; BENCH_MINUTES and BENCH_LONG_MINUTES make it shorter.

(a) publish with outputs: [mp3] against ffmpeg's two-pass loudnorm + libmp3lame       at most 0.35 of its wall time
(b) publish with mp3, m4a and opus against max(longest bare encoder, sum of CPU / 2)  at most 1.35
(c) measure against ffmpeg ebur128=peak=true                                          at most 0.3
(d) publish with nothing to do                                                        under 50 ms, aim 20
(e) peak memory for 10 minutes and for 3 hours                                        within 10 %, under 120 MB
"""
import os
import shutil
import statistics
import sys

from bench import CPUS, MINUTES, PROGRAM, WORK, begin, ffmpeg, make_conversation, make_show, publish, run, say, stages, two_pass

LONG_MINUTES = int(os.environ.get("BENCH_LONG_MINUTES", "180"))


def bare_encoders(source):
    """name: (wall, CPU) of each encoder alone"""
    return {name: ffmpeg(source, "-ar", "48000", *argv)[:2]
            for name, argv in {"mp3": ("-c:a", "libmp3lame", "-b:a", "128k", os.path.join(WORK, "bare.mp3")),
                               "m4a": ("-c:a", "aac", "-b:a", "128k", os.path.join(WORK, "bare.m4a")),
                               "opus": ("-c:a", "libopus", "-b:a", "96k", os.path.join(WORK, "bare.opus"))}.items()}


def floor_of(bare):
    return max(max(wall for wall, _ in bare.values()), sum(cpu for _, cpu in bare.values()) / 2)


def main():
    begin()
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


if __name__ == "__main__":
    main()
