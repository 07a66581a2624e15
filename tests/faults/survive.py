#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""survive.py [POINTS [SCENARIO...]]: commands are killed, as by a power cut, and made to fail at the calls by which they
change something (inject.c), and what is left is looked at:

  every file below public/ is whole: one of the old state or one of the new, byte for byte
  the feed is valid XML, holds the entries of the old or of the new state, and each file it names is there and as long as
    it says
  originals are untouched
  a call that failed: exit code 1 and an error that is no crash (4 where it was the target's, 0 where only a memory of
    what is known was lost)
  the next run, undisturbed, ends well and leaves the same public/ as one that was never disturbed; so does the target

POINTS: how many of each scenario and kind, spread evenly; 0: all. Needs DGL_BUILD. TAP on standard output.
"""
import concurrent.futures
import errno
import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as tree

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("DGL_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "dgl-episode")
INJECT = os.path.join(BUILD, "faults", "inject.so")
SITE = "https://example.org/detgodeliv/"
SHARED = 4096
KINDS = ["kill", "fail", "short", "intr", "malloc"]
ERRNOS = [errno.ENOSPC, errno.EIO, errno.EDQUOT]
HALF = re.compile(r"\.tmp-[A-Za-z0-9]{6}|\.part$|\.tmp-\d+-\d+")
ENV = dict(os.environ, DGL_NOW="2026-02-12T12:00:00Z", LC_ALL="C.UTF-8")
work = tempfile.mkdtemp(prefix="dgl-survive-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
lock = threading.Lock()


def dgl(show, *words, inject=None):
    env = dict(ENV)
    if inject:
        env |= {"DGL_INJECT": inject, "LD_PRELOAD": INJECT}
    return subprocess.run([PROGRAM, "--presets", os.path.join(ROOT, "presets"), "-C", show, "-q", *words], env=env,
                          capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)


def must(run):
    assert run.returncode == 0, run.stderr
    return run


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def tone(path, seconds, hertz):
    subprocess.run(["sox", "-D", "-R", "-n", "-r", "48000", "-b", "16", "-c", "2", path, "synth", str(seconds), "sine",
                    str(hertz), "gain", "-12"], check=True)


def files(folder):
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            if not HALF.search(name):
                with open(path, "rb") as f:
                    found[os.path.relpath(path, folder)] = hashlib.sha256(f.read()).hexdigest()
    return found


def new_show(name):
    show = os.path.join(work, name)
    must(dgl(work, "init", show, "--title", "Det gode liv", "--site", SITE, "--author", "Nordland", "--owner",
             "Kari <podkast@example.org>", "--summary", "Samtaler"))
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=c=0x204060:s=1400x1400", "-frames:v",
                    "1", os.path.join(show, "episodes", "cover.jpg")], check=True)
    yaml = os.path.join(show, "episodes", "show.yaml")
    text = open(yaml).read()
    write(yaml, re.sub(r"(?m)^outputs:.*\n", "", text) + "outputs: [mp3]\nkit: false\ncover: cover.jpg\n"
          "deliver: {targets: [{name: web, kind: folder, url: there}], check: false, retry: 0.01, tries: 2}\n")
    os.makedirs(os.path.join(show, "there"))
    return show


def new_episode(show, month, recording):
    must(dgl(show, "new", month, "--guest", "Ola", "--municipality", "Meløy", "--title", f"Samtale {month}"))
    folder = [f for f in os.listdir(os.path.join(show, "episodes")) if f.startswith(month)][0]
    path = os.path.join(show, "episodes", folder, "episode.yaml")
    text = open(path).read().replace("    # consent:", "    consent:")
    write(path, text + "cover: ../cover.jpg\nhost: [{name: Kari}]\n"
          "waivers: [{rule: captions, reason: En tone uten tale, by: Kari}]\n" +
          f"recordings: [{{file: {recording}}}]\n" if recording else "")
    return folder


def change(show, folder, old, new):
    path = os.path.join(show, "episodes", folder, "episode.yaml")
    write(path, open(path).read().replace(old, new))


class Scenario:
    """A show before the command, the command, and what undisturbed runs make of it."""

    def __init__(self, name, show, words):
        self.name, self.show, self.words = name, show, words
        self.old = files(os.path.join(show, "public"))
        self.old_there = files(os.path.join(show, "there"))
        self.originals = files(os.path.join(show, "originals"))
        after = self.copy()
        must(dgl(after, *words))
        self.new = files(os.path.join(after, "public"))
        self.new_there = files(os.path.join(after, "there"))
        shutil.rmtree(after)

    def copy(self):
        show = tempfile.mkdtemp(prefix=self.name + "-", dir=work)
        # the same path for all would be shared: a show may be moved, and so it is here
        subprocess.run(["cp", "-a", self.show + "/.", show], check=True)
        return show

    def count(self, kind):
        shared = Shared()
        show = self.copy()
        word = "malloc" if kind == "malloc" else "count"
        must(dgl(show, *self.words, inject=f"{shared.path}:{word}:{1 << 60}"))
        shutil.rmtree(show)
        return shared.close()[0]


class Shared:
    def __init__(self):
        f, self.path = tempfile.mkstemp(dir=work)
        os.write(f, bytes(SHARED))
        os.close(f)

    def close(self):
        data = open(self.path, "rb").read()
        os.unlink(self.path)
        calls, done = struct.unpack("qq", data[:16])
        at = 16 + 4 + 64 * 4
        return calls, done, data[at:at + 32].split(b"\0")[0].decode()


def guids(path):
    return [e.text for e in tree.parse(path).getroot().iter("guid")]


def look_at_feed(folder, sides, wrong):
    feed = os.path.join(folder, "feed.xml")
    if not os.path.exists(feed):
        if "feed.xml" in sides[0]:
            wrong.append("the feed is gone")
        return
    try:
        root = tree.parse(feed).getroot()
    except tree.ParseError as e:
        wrong.append(f"the feed is no XML: {e}")
        return
    for element in root.iter():
        url = element.get("url") or element.get("href") or ""
        if not url.startswith(SITE) or not re.search(r"\.[a-z0-9]+$", url):
            continue
        path = os.path.join(folder, url[len(SITE):])
        size = os.path.getsize(path) if os.path.exists(path) else None
        length = element.get("length")
        if size is None or (length and int(length) > 0 and int(length) != size):
            wrong.append(f"the feed names {url} ({length} bytes), which has {size}")


def look_at(folder, sides, wrong):
    for path, sha in files(folder).items():
        if sha not in (side.get(path) for side in sides):
            wrong.append(f"{os.path.basename(folder)}/{path} is neither the old nor the new one")
    look_at_feed(folder, sides, wrong)


def differs(found, wanted):
    return sorted(k for k in found.keys() | wanted.keys() if found.get(k) != wanted.get(k))


def codes_of(kind):
    return {"kill": (-9, 1, 4), "intr": (0, 1, 4)}.get(kind, (0, 1, 4))


def judge(s, kind, run, show):
    wrong = []
    if run.returncode not in codes_of(kind):
        wrong.append(f"exit code {run.returncode}: {run.stderr[-600:]}")
    if run.returncode > 0 and "error:" not in run.stderr and "out of memory" not in run.stderr:
        wrong.append(f"no error is told: {run.stderr[-300:]}")
    if "ERROR: " in run.stderr or "runtime error" in run.stderr:
        wrong.append(run.stderr[-2000:])
    look_at(os.path.join(show, "public"), (s.old, s.new), wrong)
    look_at(os.path.join(show, "there"), (s.old_there, s.new_there), wrong)
    kept = files(os.path.join(show, "originals"))
    for path, sha in s.originals.items():
        if kept.get(path) != sha:
            wrong.append(f"originals/{path} was touched")
    again = dgl(show, *s.words)
    if again.returncode != 0:
        wrong.append(f"the next run ends with {again.returncode}: {again.stderr[-600:]}")
    for folder, wanted in (("public", s.new), ("there", s.new_there)):
        other = differs(files(os.path.join(show, folder)), wanted)
        if other:
            wrong.append(f"after the next run {folder}/ differs: {' '.join(other[:5])}")
    return wrong


def point(s, kind, n):
    shared, show = Shared(), s.copy()
    number = ERRNOS[n % len(ERRNOS)]
    try:
        run = dgl(show, *s.words, inject=f"{shared.path}:{kind}:{n}:{number}")
        _, done, call = shared.close()
        wrong = judge(s, kind, run, show) if done else []
        return n, call, done, run.returncode, wrong
    finally:
        shutil.rmtree(show, ignore_errors=True)


def spread(total, points):
    if not points or points >= total:
        return list(range(1, total + 1))
    return sorted({1 + i * (total - 1) // max(points - 1, 1) for i in range(points)})


def scenarios(wanted):
    tones = []
    for i in range(2):
        tones.append(os.path.join(work, f"tone{i}.wav"))
        tone(tones[-1], 4, 440 + 110 * i)
    show = new_show("show")
    first = new_episode(show, "2026-01", tones[0])
    if "publish-first" in wanted:
        yield Scenario("publish-first", show, ["publish", first])
    must(dgl(show, "publish", first))
    if "deliver-first" in wanted:
        yield Scenario("deliver-first", show, ["deliver"])
    must(dgl(show, "deliver"))
    second = new_episode(show, "2026-02", tones[1])
    if "publish-second" in wanted:
        yield Scenario("publish-second", show, ["publish", second])
    change(show, first, "Samtale 2026-01", "Samtalen i januar")
    if "publish-again" in wanted:
        yield Scenario("publish-again", show, ["publish", first])
    must(dgl(show, "publish", first))
    must(dgl(show, "publish", second))
    if "deliver-again" in wanted:
        yield Scenario("deliver-again", show, ["deliver"])


def main():
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    wanted = sys.argv[2:] or ["publish-first", "publish-second", "publish-again", "deliver-first", "deliver-again"]
    kinds = [k for k in KINDS if k in wanted] or KINDS
    wanted = [w for w in wanted if w not in KINDS] or ["publish-first", "publish-second", "publish-again",
                                                       "deliver-first", "deliver-again"]
    tests = failed = hit = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for s in scenarios(wanted):
            for kind in kinds:
                total = s.count(kind)
                done = list(pool.map(lambda n: point(s, kind, n), spread(total, points)))
                bad = [d for d in done if d[4]]
                tests += 1
                failed += bool(bad)
                hit += sum(1 for d in done if d[2])
                print(f"{'not ok' if bad else 'ok'} {tests} - {s.name}, {kind} at {len(done)} of {total} calls")
                for n, call, _, code, wrong in bad[:8]:
                    print(f"# at call {n} ({call}, exit code {code}): " + "\n#   ".join("\n".join(wrong).split("\n")))
                sys.stdout.flush()
    print(f"# {hit} calls were hit")
    print(f"1..{tests}")
    shutil.rmtree(work)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
