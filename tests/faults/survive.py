#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""survive.py [POINTS [SCENARIO...]]: commands are killed, as by a power cut, and made to fail at the calls by which they
change something (inject.c), and what is left is looked at:

  every file below public/ is whole: one of the old state or one of the new, byte for byte
  the feed is valid XML, holds the entries of the old or of the new state, and each file it names is there and as long as
    it says
  originals are untouched
  a call that failed: exit code 1 and an error that is no crash (4 where it was the target's, 0 where only a memory of
    what is known was lost, or the report of a worker that was killed)
  the next run, undisturbed, ends well and leaves the same public/ as one that was never disturbed; so does the target

POINTS: how many of each scenario and kind, spread evenly; 0: all. Needs DGL_BUILD. TAP on standard output.
"""
import atexit
import concurrent.futures
import errno
import glob
import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as tree

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("DGL_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "dgl-episode")
INJECT = os.path.join(BUILD, "faults", "inject.so")
SITE = "https://example.org/detgodeliv/"
SHARED = 4096
KINDS = ["kill", "fail", "short", "intr", "malloc"]
ALL = ["publish-first", "publish-second", "publish-again", "deliver-first", "deliver-again", "retract", "live"]
LATE_S = 4  # of what is received until a kill, on a busy machine: starting, and what waits to be written
ERRNOS = [errno.ENOSPC, errno.EIO, errno.EDQUOT]
HALF = re.compile(r"\.tmp-[A-Za-z0-9]{6}|\.part$|\.tmp-\d+-\d+")
SHM, SHM_ROOM = "/dev/shm", 2 << 30  # bytes: a few shows at a time; a container's has 64 MB
ENV = dict(os.environ, DGL_NOW="2026-02-12T12:00:00Z", LC_ALL="C.UTF-8")
fast = os.access(SHM, os.W_OK) and shutil.disk_usage(SHM).free > SHM_ROOM
work = tempfile.mkdtemp(prefix="dgl-survive-", dir=SHM if fast else None)
atexit.register(shutil.rmtree, work, True)
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
          (f"recordings: [{{file: {recording}}}]\n" if recording else ""))
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

    def judge(self, kind, run, show, _):
        return judge(self, kind, run, show)

    def count(self, word):
        shared = Shared()
        show = self.copy()
        run = dgl(show, *self.words, inject=f"{shared.path}:{word}:{1 << 60}")
        assert run.returncode in (0, 4), run.stderr  # of a broadcast whose endpoint is not there
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


def half_done(show):
    """What the next run should have swept away; a broadcast may be writing below .dgl/live."""
    found = (os.path.relpath(os.path.join(at, name), show) for at, dirs, names in os.walk(show) for name in dirs + names)
    return sorted(path for path in found if HALF.search(path) and not path.startswith(".dgl/live/"))


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


def ends_well(kind, run):
    if kind == "kill" and run.returncode == 0:  # only the worker was killed: without the report all else goes on
        return "warning: there is no report of this publication" in run.stderr
    return run.returncode in ((-9, 1, 4) if kind == "kill" else (0, 1, 4))


def judge(s, kind, run, show):
    wrong = []
    if not ends_well(kind, run):
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
    left = half_done(show)
    if left:
        wrong.append(f"after the next run half of a file is left: {' '.join(left[:5])}")
    return wrong


class Broadcast(Scenario):
    """live: what was received until then can be published, and the feed does not go on saying that it is live."""

    def __init__(self, name, show, words):
        self.name, self.show, self.words = name, show, words
        self.old = files(os.path.join(show, "public"))

    def judge(self, kind, run, show, seconds):
        wrong = []
        if not ends_well(kind, run):
            wrong.append(f"exit code {run.returncode}: {run.stderr[-600:]}")
        received = glob.glob(os.path.join(show, ".dgl", "live", "*", "*", "received.mkv"))
        recorded = max([duration(f) for f in received] + [0])
        if kind == "kill" and recorded < seconds - LATE_S:
            wrong.append(f"{recorded:.1f} s of {seconds:.1f} s were recorded")
        end_in_order(show)
        for words in (["live", self.words[1], "--end-stale"], ["feed"]):
            again = dgl(show, *words)
            if again.returncode != 0:
                wrong.append(f"{words} ends with {again.returncode}: {again.stderr[-600:]}")
        feed = open(os.path.join(show, "public", "feed.xml")).read()
        if 'status="live"' in feed:
            wrong.append("the feed says that it is live")
        look_at_feed(os.path.join(show, "public"), (self.old,), wrong)
        if recorded > 2:
            again = dgl(show, "publish", self.words[1], received[0])
            if again.returncode != 0:
                wrong.append(f"publishing it ends with {again.returncode}: {again.stderr[-600:]}")
        return wrong


def end_in_order(show):
    """Where one of its processes failed or was killed, the broadcast may go on."""
    for i in range(300):
        if '"running":true' not in re.sub(r"\s", "", dgl(show, "--json", "live", "status").stdout):
            return
        if i == 0:
            dgl(show, "live", "stop")
        time.sleep(0.1)


def duration(path):
    told = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0", path],
                          capture_output=True, text=True).stdout.split()
    return max([float(line.split(",")[0]) for line in told if line[0].isdigit()] + [0])


def point(s, kind, n):
    shared, show = Shared(), s.copy()
    number = ERRNOS[n % len(ERRNOS)]
    try:
        began = time.monotonic()
        run = dgl(show, *s.words, inject=f"{shared.path}:{kind}:{n}:{number}")
        seconds = time.monotonic() - began
        _, done, call = shared.close()
        wrong = s.judge(kind, run, show, seconds) if done else []
        return n, call, done, run.returncode, wrong
    finally:
        shutil.rmtree(show, ignore_errors=True)


def damages(show):
    """What a careless program would leave behind, one at a time."""
    public = os.path.join(show, "public")
    media = glob.glob(os.path.join(public, "media", "*", "*.mp3"))[0]
    feed = os.path.join(public, "feed.xml")
    text = open(feed).read()
    yield "half a feed", feed, text[:len(text) // 2]
    yield "an entry that is lost", feed, re.sub(r"(?s)<item>.*?</item>", "", text)
    yield "half a recording", media, open(media, "rb").read()[:1000].decode("latin-1")
    yield "an original that was touched", glob.glob(os.path.join(show, "originals", "*"))[0], "x"
    yield "half of a file", os.path.join(show, "reports", "nginx-410.conf.tmp-abcdef"), "x"


def self_test(s):
    blind = []
    show = s.copy()
    for name, path, text in list(damages(show)):
        whole = s.copy()
        inside = os.path.join(whole, os.path.relpath(path, show))
        if os.path.exists(inside):
            os.unlink(inside)  # it may be linked, and read-only
        write(inside, text)
        wrong = judge(s, "fail", subprocess.CompletedProcess([], 0, "", ""), whole)
        shutil.rmtree(whole)
        if not wrong:
            blind.append(name)
    shutil.rmtree(show)
    return blind


def spread(total, points):
    if not points or points >= total:
        return list(range(1, total + 1))
    return sorted({1 + (2 * i + 1) * total // (2 * points) for i in range(points)})


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
    if "retract" in wanted:
        must(dgl(show, "deliver"))
        yield Scenario("retract", show, ["retract", first, "--reason", "prøve", "--yes"])
    if "live" in wanted:
        yield broadcast(show, tones[0])


def broadcast(show, recording):
    yaml, secrets = os.path.join(show, "episodes", "show.yaml"), os.path.join(work, "secrets")
    write(secrets, "ice = hackme1\n")
    os.chmod(secrets, 0o600)
    text = re.sub(r"(?m)^deliver:.*\n", "", open(yaml).read())
    write(yaml, text + "live: {endpoints: [{name: fylket, kind: icecast, url: \"http://127.0.0.1:9/dgl.mp3\", secret: ice}]}\n"
          f"secrets: {secrets}\n")
    folder = new_episode(show, "2026-03", None)
    return Broadcast("live", show, ["live", folder, "--from", recording])


def main():
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    wanted = sys.argv[2:]
    kinds = [k for k in KINDS if k in wanted] or KINDS
    wanted = [w for w in wanted if w not in KINDS] or ALL
    tests = failed = hit = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for s in scenarios(wanted):
            if s.name == "publish-again":
                blind = self_test(s)
                tests += 1
                failed += bool(blind)
                print(f"{'not ok' if blind else 'ok'} {tests} - what is damaged is noticed" +
                      (f"\n# not noticed: {', '.join(blind)}" if blind else ""))
            words = {kind: "malloc" if kind == "malloc" else "count" for kind in kinds}
            totals = dict(zip(set(words.values()), pool.map(s.count, set(words.values()))))
            runs = {kind: [pool.submit(point, s, kind, n) for n in spread(totals[words[kind]], points)] for kind in kinds}
            for kind in kinds:
                total, done = totals[words[kind]], [r.result() for r in runs[kind]]
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
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
