# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benches share: programs run on two pinned processors, conversations, shows, ffmpeg's way."""
import json
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
PROGRAM = os.path.join(BUILD, "dgl-episode")
WORK = os.path.join(BUILD, "bench")
MINUTES = int(os.environ.get("BENCH_MINUTES", "30"))
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


def begin():
    os.makedirs(WORK, exist_ok=True)
    os.sched_setaffinity(0, CPUS)


def quieter_guest(source, spoken, lower_db):
    """A copy of an episode's folder in which the guest speaks so much softer than the host."""
    copy = spoken + "-text"
    shutil.copytree(source, copy, dirs_exist_ok=True)
    path = os.path.join(copy, "samtale.txt")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    host = float(re.search(r"(?m)^# stemme: vert .*\| *(\S+)$", text).group(1))
    with open(path, "w", encoding="utf-8") as f:
        f.write(re.sub(r"(?m)^(# stemme: gjest .*\| *)\S+$", rf"\g<1>{host - lower_db:g}", text))
    return copy


def make_conversation(minutes, lower_db=None):
    """Host and guest of the example show, at different levels over room noise, repeated to length."""
    name = "conversation" if lower_db is None else f"apart{lower_db}"
    path = os.path.join(WORK, f"{name}-{minutes}.wav")
    if os.path.exists(path):
        return path
    parts = []
    for folder in sorted(os.listdir(os.path.join(ROOT, "episodes"))):
        source = os.path.join(ROOT, "episodes", folder)
        if not os.path.isdir(source):
            continue
        spoken = os.path.join(WORK, "spoken", f"{name}-{folder}")
        if not os.path.exists(os.path.join(spoken, "opptak.wav")):
            if lower_db is not None:
                source = quieter_guest(source, spoken, lower_db)
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


