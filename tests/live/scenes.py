#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scenes.py NAME…: what a broadcast goes through, each as a short one to real servers. Prints figures; 1: one failed."""
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import servers
import truth

SLATE_S = .5  # after what was stored is used up
STORED_S = .2
LOOK_S = .3  # between what happens and the line that tells of it, on a machine that has other work as well
OFFSET_MS = 40
PUSH_KEY = "canary-PUSH-1234"
scenes = {}


def scene(f):
    scenes[f.__name__] = f
    return f


def check(right, *said):
    if not right:
        raise AssertionError(" ".join(str(s) for s in said))


def tell(**figures):
    print(*(f"{name}={value:.2f}" if isinstance(value, float) else f"{name}={value}" for name, value in figures.items()))


class Stage:
    """A mount and an RTMPS address behind proxies, and a relay that sends to them."""

    def __init__(self, place, sources, **job):
        self.folder, self.job, self.pushers = place, {"sources": sources, **job}, []

    def __enter__(self):
        with contextlib.ExitStack() as self.stack:
            self.begin()
            self.stack = self.stack.pop_all()
        return self

    def begin(self):
        self.house = h = self.stack.enter_context(servers.House(os.path.join(self.folder, "house")))
        self.icecast, self.nginx = h.icecast(), h.nginx()
        self.ways = [h.proxy(self.icecast.port), h.proxy(h.stunnel(self.nginx.port).port)]
        self.job["endpoints"] = [servers.mount(self.ways[0], "/mp3", "mp3", "mp3"),
                                 servers.rtmps(h, self.ways[1].port, "rtmps")]
        self.relay = self.stack.enter_context(servers.Relay(self.job, os.path.join(self.folder, "relay")))
        self.stack.callback(self.quiet)
        self.relay.wait_live("mp3", "rtmps")

    def __exit__(self, *_):
        self.stack.close()

    def push(self, source, to, *options):
        p = subprocess.Popen(["ffmpeg", "-nostdin", "-v", "error", "-re", "-i", source, "-c", "copy", *options, to],
                             stderr=open(os.path.join(self.folder, "pushers"), "ab"))
        self.pushers.append(p)
        return p

    def push_until(self, what, *how, seconds=30):
        """As those who push do: again, when they are sent away. what(the last push) is asked."""
        end, last = time.monotonic() + seconds, self.push(*how)
        while not what(last):
            check(time.monotonic() < end, "no push went through, or none was refused:", self.relay.state)
            time.sleep(.05)
            if last.poll() is not None and not what(last):
                last = self.push(*how)

    def quiet(self):
        for p in self.pushers:
            p.kill()
            p.wait()

    def on_air(self):
        return next((s["name"] for s in (self.relay.state or {}).get("sources", []) if s["on_air"]), None)

    def wait_on_air(self, name, seconds=15):
        self.relay.wait_for(lambda: self.on_air() == name, seconds, f"{name} is not on air")

    def elapsed(self):
        return time.monotonic() - self.relay.began

    def end(self):
        took = self.relay.stop()
        check(took <= 10, "the end took", took)
        check(self.relay.process.returncode == 0, self.relay.process.returncode, self.relay.error)
        self.no_secrets()

    def connected(self):
        """All the time, and nothing was left out."""
        for name in ("mp3", "rtmps", "recording"):
            o = self.relay.endpoint(name)
            check((o["connections"], o["failures"], o["dropped"]) == (1, 0, 0), o)

    def no_secrets(self):
        for name in ("stdout", "stderr", "state.json", "report.json"):
            with open(self.relay.path(name), errors="replace") as f:
                check("canary" not in f.read(), "a secret in", name)

    def film(self, quiet=()):
        """What was aired: no gap, and picture with sound but for the times between `quiet`, from and to."""
        path, = self.relay.recorded()
        check(not truth.complaints(path), truth.complaints(path))
        steps = [truth.widest_step(path, s) for s in "va"]
        check(steps[0] < .0421 and steps[1] < .0231, "a gap in the time stamps", steps)
        last = truth.seconds(path) - .5  # a flash at the very end may have lost its beep
        seen = [(at, ms) for at, ms in truth.offsets(path) if at < last and not any(a <= at <= b for a, b in quiet)]
        worst = max((abs(ms) for _, ms in seen), default=1e9)
        check(worst <= OFFSET_MS, "sound and picture are", worst, "ms apart:", seen)
        for a, b in quiet:
            check(any(at > b for at, _ in seen), "no flash after", b, seen)
            check(any(at < a for at, _ in seen), "no flash before", a, seen)
        tell(aired_s=truth.seconds(path), flashes=len(seen), worst_ms=worst)
        return path


def listening(port, name="push"):
    return {"name": name, "url": f"rtmp://127.0.0.1:{port}/live", "listen": True, "secret": PUSH_KEY}


def address(port, key=PUSH_KEY):
    return f"rtmp://127.0.0.1:{port}/live/{key}"


def gray(path, at):
    """One frame, 640 bytes a line."""
    return truth.run("ffmpeg", "-nostdin", "-v", "error", *(["-ss", f"{at:.2f}"] if at else []), "-i", path, "-map", "0:v:0",
                     "-frames:v", "1", "-vf", "scale=640:360", "-pix_fmt", "gray", "-f", "rawvideo", "-")


def box(pixels, x, y, w, h):
    return [pixels[640 * (y + i) + x + k] for i in range(h) for k in range(w)]


def difference(a, b):
    return sum(abs(p - q) for p, q in zip(a, b)) / len(a)


def make_slate(path):
    truth.run("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "color=0x103060:s=640x360", "-vf",
              "drawtext=text='vi er straks tilbake':fontsize=48:fontcolor=white:x=(w-tw)/2:y=100", "-frames:v", "1",
              path)
    return path


# ---- the source goes away


def cut(folder, seconds):
    """A push ends, and begins again after `seconds` in another format."""
    first = truth.make_source(f"{folder}/first.flv", 24, "1280x720", 44100)
    second = truth.make_source(f"{folder}/second.flv", 20, "1920x1080", 48000)
    port, slate = servers.free_port(), make_slate(f"{folder}/slate.png")
    with Stage(folder, [listening(port)], slate={"image": slate, "sound": ""}) as s:
        pusher = s.push(first, address(port), "-f", "flv")
        s.wait_on_air("push")
        time.sleep(5)
        gone, gone_at = time.monotonic(), s.elapsed()
        pusher.kill()
        late = s.relay.wait_event("slate", "on", since=gone) - gone
        check(late <= STORED_S + SLATE_S + LOOK_S, "the slate came after", late)
        time.sleep(seconds)
        again = time.monotonic()
        s.push(second, address(port), "-f", "flv")
        back = s.relay.wait_event("slate", "off", since=again)
        back_at = back - s.relay.began
        time.sleep(6)
        s.connected()
        s.end()
        film = s.film([(gone_at - 1, back_at + 1.5)])
        # between the two, the words are to be read, and something moves
        looks = [gray(film, gone_at + late + seconds * part + .3) for part in (.4, .9)]
        words = [box(p, 60, 90, 520, 70) for p in looks + [gray(slate, 0)]]
        apart = max(difference(words[2], w) for w in words[:2])
        moved = difference(*looks)
        check(max(words[0]) > 180 and apart < 12, "the slate's words are not to be read:", apart)
        check(moved > 0, "nothing moves on the slate")
        tell(cut_s=seconds, slate_after_s=late, back_after_s=back - again, words_differ=apart)


@scene
def source_cut(folder):
    cut(folder, 5)


@scene
def long_cut(folder):
    cut(folder, 60)


@scene
def source_stalls(folder):
    """Nothing comes for 0.2 s, which nobody sees; then for 5 s, on the same connection."""
    source = truth.make_source(f"{folder}/source.flv", 60)
    port = servers.free_port()
    with Stage(folder, [listening(port)]) as s:
        way = s.house.add(servers.Proxy(port, tried=False))
        s.push(source, address(way.port), "-f", "flv")
        s.wait_on_air("push")
        time.sleep(4)
        short = time.monotonic()
        way.tell("hang")
        time.sleep(.2)
        way.tell("pass")
        time.sleep(4)
        check(not s.relay.event("slate", "on", since=short), "a slate after 0.2 s")
        gone, gone_at = time.monotonic(), s.elapsed()
        way.tell("hang")
        late = s.relay.wait_event("slate", "on", since=gone) - gone
        check(late <= STORED_S + SLATE_S + LOOK_S, "the slate came after", late)
        time.sleep(5 - late)
        again = time.monotonic()
        way.tell("pass")
        back = s.relay.wait_event("slate", "off", since=again)
        time.sleep(8)
        s.connected()
        s.end()
        s.film([(gone_at - 1, back - s.relay.began + 1.5)])
        tell(slate_after_s=late, back_after_s=back - again)


@scene
def format_changes(folder):
    """Within one stream: other sizes and rates, and time stamps that begin anew."""
    parts = [truth.make_source(f"{folder}/1.ts", 8, "1280x720", 44100),
             truth.make_source(f"{folder}/2.ts", 8, "1920x1080", 48000)]
    with open(f"{folder}/both.ts", "wb") as f:
        for p in parts:
            with open(p, "rb") as part:
                f.write(part.read())
    with Stage(folder, [{"name": "file", "url": f"{folder}/both.ts"}]) as s:
        s.relay.process.wait(60)
        s.connected()
        check(s.relay.process.returncode == 0, s.relay.error)
        film = s.film([(7.5, 9)])
        check(15 < truth.seconds(film) < 18, "aired", truth.seconds(film))
        check(not s.relay.event("slate", "on"), "a slate")


@scene
def backup_source(folder):
    source = truth.make_source(f"{folder}/source.flv", 60)
    port = servers.free_port()
    with Stage(folder, [listening(port, "main"), {"name": "backup", "url": source}]) as s:
        s.wait_on_air("backup")
        pusher = s.push(source, address(port), "-f", "flv")
        s.wait_on_air("main")
        changes = [s.elapsed()]
        time.sleep(3)
        gone = time.monotonic()
        pusher.kill()
        s.wait_on_air("backup", 3)
        over = time.monotonic() - gone
        changes.append(s.elapsed())
        time.sleep(4)
        s.push(source, address(port), "-f", "flv")
        s.wait_on_air("main")
        changes.append(s.elapsed())
        time.sleep(4)
        s.connected()
        s.end()
        s.film([(at - 1.5, at + .5) for at in changes])
        tell(over_after_s=over)


# ---- who may push


@scene
def push_with_key(folder):
    source = truth.make_source(f"{folder}/source.flv", 30)
    port = servers.free_port()
    with Stage(folder, [listening(port)], record={"received": True, "aired": True, "room_bytes": 0}) as s:
        for wrong in ("canary-WRONG", PUSH_KEY + "x", PUSH_KEY[:-1], ""):
            s.push_until(lambda p: p.poll() is not None, source, address(port, wrong), "-f", "flv")
            check(s.on_air() is None and not s.relay.recorded("received"), "a wrong key came through:", wrong)
            s.relay.wait_for(lambda: "wrong key" in s.relay.state["sources"][0]["format"], 5, "no word of the key")
        s.push_until(lambda p: s.on_air(), source, address(port), "-f", "flv")
        time.sleep(3)
        check(s.relay.recorded("received"), "nothing is recorded as received")
        s.end()
        check(not truth.complaints(s.relay.recorded("received")[0]), "what was received does not decode")


@scene
def srt_with_passphrase(folder):
    source = truth.make_source(f"{folder}/source.ts", 40)
    port = servers.free_port()
    place = f"srt://127.0.0.1:{port}"
    with Stage(folder, [{"name": "push", "url": place, "listen": True, "secret": PUSH_KEY}]) as s:
        wrong = s.push(source, f"{place}?passphrase=canary-WRONG-1", "-f", "mpegts")
        check(wrong.wait(15) != 0 and s.on_air() is None, "a wrong passphrase was taken")
        s.push_until(lambda p: s.on_air(), source, f"{place}?passphrase={PUSH_KEY}", "-f", "mpegts")
        pusher = s.pushers[-1]
        time.sleep(4)
        gone, gone_at = time.monotonic(), s.elapsed()
        pusher.kill()
        late = s.relay.wait_event("slate", "on", since=gone) - gone
        again = time.monotonic()
        s.push_until(lambda p: s.relay.event("slate", "off", since=again), source, f"{place}?passphrase={PUSH_KEY}",
                     "-f", "mpegts")
        back = s.relay.event("slate", "off", since=again)
        time.sleep(5)
        s.connected()
        s.end()
        s.film([(gone_at - 1, back - s.relay.began + 1.5)])
        tell(slate_after_s=late, back_after_s=back - again)


@scene
def stdin_ends(folder):
    source = truth.make_source(f"{folder}/source.ts", 8)
    end, begin = os.pipe()
    with open(source, "rb") as f:
        threading.Thread(target=feed, args=(begin, f.read()), daemon=True).start()
    job = {"sources": [{"name": "stdin", "url": f"/dev/fd/{end}"}], "endpoints": []}
    with servers.Relay(job, f"{folder}/relay", keep=(end,)) as relay:
        os.close(end)
        relay.process.wait(30)
        check(relay.process.returncode == 0, relay.error)
        film, = relay.recorded()
        check(abs(truth.seconds(film) - 8) < 1.2, "aired", truth.seconds(film), "of 8 s")
        check(len(truth.offsets(film)) == 7, truth.offsets(film))


def feed(fd, data):
    with os.fdopen(fd, "wb") as f:
        f.write(data)


# ---- ends that nobody wanted


@scene
def killed(folder):
    source = truth.make_source(f"{folder}/source.mp4", 40)
    both = {"received": True, "aired": True, "room_bytes": 0}
    job = {"sources": [{"name": "file", "url": source}], "endpoints": [], "record": both}
    with servers.Relay(job, f"{folder}/relay") as relay:
        relay.wait_event("slate", "off")
        time.sleep(9.3)
        relay.process.send_signal(signal.SIGKILL)
        lasted = time.monotonic() - relay.began
        relay.process.wait()
        for kind in ("aired", "received"):
            path, = relay.recorded(kind)
            said = [line for line in truth.complaints(path).splitlines() if "ended prematurely" not in line]
            check(not said, kind, said)
            lost = lasted - truth.stamps(path, "v")[-1]
            check(lost <= 2, kind, "lost", lost, "s")
            tell(**{kind + "_lost_s": lost})
        before = {p: os.path.getsize(p) for p in relay.recorded() + relay.recorded("received")}
    with servers.Relay({**job, "resume": True}, f"{folder}/relay") as relay:
        relay.wait_event("slate", "off")
        time.sleep(4)
        check(relay.stop() <= 10 and relay.process.returncode == 0, relay.error)
        names = [os.path.basename(p) for p in relay.recorded() + relay.recorded("received")]
        check(names == ["aired.mkv", "aired-2.mkv", "received.mkv", "received-2.mkv"], names)
        check(all(os.path.getsize(p) == size for p, size in before.items()), "the first recordings were touched")
        for path in relay.recorded()[1:] + relay.recorded("received")[1:]:
            check(not truth.complaints(path) and truth.seconds(path) > 2, path, truth.complaints(path))


@scene
def black_holes(folder):
    """Nobody takes anything any more, or answers: SIGTERM ends it all the same."""
    source = truth.make_source(f"{folder}/source.mp4", 60)
    with Stage(folder, [{"name": "file", "url": source}]) as s:
        time.sleep(2)
        for way in s.ways:
            way.tell("hang")
        time.sleep(1)
        first = s.relay.stop()
        check(first <= 10, "the end took", first)
    with Stage(f"{folder}/2", [{"name": "file", "url": source}]) as s:
        time.sleep(2)
        for way in s.ways:
            way.tell("hang")
        since = time.monotonic()
        s.relay.wait_event("endpoint", "connecting", "mp3", since, 60)
        s.relay.wait_event("endpoint", "connecting", "rtmps", since, 60)
        second = s.relay.stop()
        check(second <= 10, "the end took", second)
        check(not truth.complaints(s.relay.recorded()[0]), "the recording is not whole")
        tell(sending_s=first, connecting_s=second)


@scene
def full_disk(folder):
    """The recording cannot go on; the broadcast does."""
    source = truth.make_source(f"{folder}/source.mp4", 60)
    small = f"{folder}/small"
    os.makedirs(small)
    r = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", small], stderr=subprocess.PIPE)
    if r.returncode:
        print("skipped: no file system can be mounted here")
        sys.exit(77)
    try:
        both = {"received": True, "aired": True, "room_bytes": 0}
        with Stage(folder, [{"name": "file", "url": source}], folder=small, record=both) as s:
            s.relay.wait_for(lambda: "o space left" in s.relay.endpoint("recording").get("why", ""), 30, "it is not full")
            time.sleep(12)
            for name in ("mp3", "rtmps"):
                o = s.relay.endpoint(name)
                check((o["connections"], o["failures"], o["dropped"]) == (1, 0, 0), o)
            files = os.listdir(small)
            check(len(files) <= 4, "files on the full disk:", files)
            s.end()
            film, = s.house.received()
            check(not truth.complaints(film) and truth.widest_step(film, "v") < .0421, truth.complaints(film))
            check(max(abs(ms) for _, ms in truth.offsets(film)) <= OFFSET_MS, "sound beside the picture")
            tell(files=len(files), sent_s=truth.seconds(film))
    finally:
        subprocess.run(["umount", small], check=True)


# ---- whom it sends to


@scene
def certificates(folder):
    source = truth.make_source(f"{folder}/source.mp4", 40)
    with servers.House(f"{folder}/house") as h:
        ways = {"rtmps": servers.rtmps, "put": servers.put}
        names = ("good", "stranger", "expired", "other-name")
        ears = {f"{way}-{name}": servers.Eavesdropper(h, name) for way in ways for name in names}
        job = {"sources": [{"name": "file", "url": source}],
               "endpoints": [ways[name.split("-")[0]](h, ear.port, name) for name, ear in ears.items()]}
        with servers.Relay(job, f"{folder}/relay") as relay:
            for name in [n for n in ears if not n.endswith("-good")]:
                relay.wait_event("endpoint", "refused", name)
                why = relay.wait_for(lambda: relay.endpoint(name).get("why"), 5, f"no word of {name}")
                check("certificate" in why, name, why)
                check(ears[name].tries and not ears[name].heard, name, "heard", len(ears[name].heard), "bytes")
            for way in ways:
                relay.wait_for(lambda: ears[f"{way}-good"].heard, 10, f"{way}: nothing was said behind the good one")
            relay.stop()
        tell(**{name.replace("-", "_"): len(ear.heard) for name, ear in ears.items()})


@scene
def late_timestamps(folder):
    """A source that begins at 4 h 39 min 32 s passes 2^24 ms five seconds later; each connection begins at 0."""
    source = truth.make_source(f"{folder}/source.flv", 30)
    port = servers.free_port()
    with Stage(folder, [listening(port)]) as s:
        s.push(source, address(port), "-output_ts_offset", "16772", "-f", "flv")
        s.wait_on_air("push")
        on_air = s.elapsed()
        time.sleep(10)
        check(not s.relay.event("slate", "on"), "a slate")
        s.connected()
        s.ways[1].tell("cut")
        s.relay.wait_event("endpoint", "live", "rtmps", time.monotonic(), 10)
        time.sleep(4)
        s.end()
        s.film()
        films = s.house.received()
        check(len(films) == 2, films)
        starts = [truth.stamps(f, "v")[0] for f in films]
        check(max(starts) < .2, "connections begin at", starts)
        tell(starts_s=max(starts))


def main(of):
    gone = servers.missing()
    if gone:
        sys.exit("not installed: " + " ".join(gone))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers end as well
    worst = 0
    for name in sys.argv[1:] or [n for n in of if n != "long_cut"]:
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            try:
                of[name](folder)
                print("ok", name)
            except (AssertionError, TimeoutError) as e:
                worst = 1
                print("FAILED", name, str(e)[:2000])
    return worst


if __name__ == "__main__":
    sys.exit(main(scenes))
