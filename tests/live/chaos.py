#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""chaos.py [--minutes N] [--every S] [--seed N]: a broadcast to real servers of which one or another is cut off,
frozen, slowed or killed every few seconds. Prints a table of figures, and each finding as a line; 1: there are some.

Two Icecast mounts and one RTMPS address are the victims; a third mount, another RTMPS address and the recording must
not notice. A victim is back when its endpoint is live again; what counts is the time from its server being back to
that, without what the endpoint waited between two tries (live/endpoint.h), and without what the server
turns down as it still holds the address for the connection that broke off.
"""
import argparse
import os
import random
import signal
import statistics
import sys
import tempfile
import time

import servers
import truth

BACK_S = 3  # besides the back-off
LONGEST_STEP_S = 30 * 1.2
NOTICE_S = 12  # until a silent connection is given up: 5 s after the proxy's system has taken its part
SOURCE_TIMEOUT_S = 10  # Icecast's, while it holds a mount whose source is gone
IDLE_S = 20  # nginx's drop_idle_publisher, the same
HELD = ("the mount is in use", "and is ready now", "Already publishing")  # what they say meanwhile
GROWTH_KIB = 2048
OFFSET_MS, BEAT_MS = 40, 15
CALM_S = LONGEST_STEP_S + SOURCE_TIMEOUT_S + 10  # for all to come back


class Victim:
    def __init__(self, name, proxy, behind):
        self.name, self.proxy, self.behind = name, proxy, behind
        self.faults = []  # kind, began, back
        self.held_s = IDLE_S if name.startswith("rtmps") else SOURCE_TIMEOUT_S
        self.busy_until = 0.0


class Chaos:
    def __init__(self, house, relay, victims, seed):
        self.house, self.relay, self.victims = house, relay, victims
        self.random = random.Random(seed)
        self.pending = []  # (when, do, fault) in order of time
        self.kinds = self.shuffled()

    def shuffled(self):
        """Every kind comes once before any comes again."""
        while True:
            kinds = ["cut", "refuse", "hang", "deaf", "rate 2000", "reset 20000", "lost", "freeze", "kill"]
            self.random.shuffle(kinds)
            yield from kinds

    def strike(self):
        now = time.monotonic()
        free = [v for v in self.victims if v.busy_until <= now]
        if not free:
            return False
        best = [v for v in free if self.relay.is_live(v.name)] or free
        victim, kind = self.random.choice(best), next(self.kinds)
        seconds = self.random.uniform(2, 4 if kind == "refuse" else 8)
        if kind in ("cut", "lost"):
            seconds = 0.0
            victim.proxy.tell(kind)
            back = None
        elif kind in ("freeze", "kill"):
            server = self.random.choice(victim.behind)
            self.hit_server(server, kind, seconds)
            return True
        else:
            victim.proxy.tell(kind)
            back = lambda: victim.proxy.tell("pass")
        self.note([victim], kind, seconds, back)
        return True

    def hit_server(self, server, kind, seconds):
        if kind == "freeze":
            server.signal(signal.SIGSTOP)
            back = lambda: server.signal(signal.SIGCONT)
        else:
            server.kill()
            back = server.begin
        self.note([v for v in self.victims if server in v.behind], f"{kind} {server.name}", seconds, back)

    def note(self, victims, kind, seconds, back):
        began = time.monotonic()
        fault = {"kind": kind, "began": began, "back": began + seconds}
        for v in victims:
            v.faults.append(fault)
            v.busy_until = began + seconds
        if back:
            self.pending.append((began + seconds, back, fault))
            self.pending.sort(key=lambda p: p[0])

    def mend(self):
        while self.pending and self.pending[0][0] <= time.monotonic():
            _when, back, fault = self.pending.pop(0)
            back()
            fault["back"] = time.monotonic()

    def mend_all(self):
        for _when, back, fault in self.pending:
            back()
            fault["back"] = time.monotonic()
        self.pending = []

    def count(self):
        return len({id(f) for v in self.victims for f in v.faults})


# ---- how a victim came back


def spells(relay, name):
    """(state, from, to) of one endpoint, in order."""
    told = [(at, o["state"]) for at, o in relay.events if o["event"] == "endpoint" and o["name"] == name]
    ends = [at for at, _ in told[1:]] + [float("inf")]
    return [(state, at, end) for (at, state), end in zip(told, ends)]


def judge_victim(relay, victim, figures, found):
    """Each time it was away: from the end of its connection to the next one."""
    told = spells(relay, victim.name)
    lives = [(a, b) for state, a, b in told if state == "live"]
    for (_a, lost), (again, _b) in zip(lives, lives[1:]):
        faults = [f for f in victim.faults if f["began"] < again]
        back = max([lost] + [f["back"] for f in faults])
        tries = [(a, b) for state, a, b in told if state == "connecting" and back <= a < again]
        waits = [min(b, again) - max(a, lost) for state, a, b in told if state == "waiting" and lost <= a < again]
        failed = len(tries) - 1 if tries else 0  # tries that began when all was well again
        figures["steps"] += waits
        figures["backs"].append(again - (tries[-1][0] if tries else back))
        if max(waits, default=0) > LONGEST_STEP_S + 1:
            found.append(f"{victim.name}: waited {max(waits):.1f} s between two tries")
        if tries and tries[0][0] - back > LONGEST_STEP_S + NOTICE_S:
            found.append(f"{victim.name}: tried only {tries[0][0] - back:.1f} s after its server was back")
        whys = [o["text"] for at, o in relay.events
                if o["name"] == victim.name and o["state"] == "waiting" and back < at < again][-failed:] if failed else []
        last_failed = tries[-2][0] if failed else back
        figures["held"] += failed
        if not all(any(word in why for word in HELD) for why in whys) or last_failed - back > victim.held_s + BACK_S:
            found.append(f"{victim.name}: {failed} tries failed, for {last_failed - back:.1f} s after its server was "
                         f"back: {whys}")
        if figures["backs"][-1] > BACK_S:
            found.append(f"{victim.name}: back {figures['backs'][-1]:.1f} s after its server and its wait")
    if not relay.is_live(victim.name):
        found.append(f"{victim.name}: not back at the end: {relay.endpoint(victim.name)}")
    judge_notice(victim, lives, figures, found)
    figures["losses"] += len(lives) - 1


def judge_notice(victim, lives, figures, found):
    """A connection that died without a word is given up in time."""
    for f in victim.faults:
        at = f["began"]
        live = next(((a, b) for a, b in lives if a <= at < b), None)
        if not live or not f["kind"].startswith("lost"):
            continue
        figures["notices"].append(live[1] - at)
        if live[1] - at > NOTICE_S:
            found.append(f"{victim.name}: noticed only after {live[1] - at:.1f} s that its connection was lost")


# ---- what must not have noticed


def judge_machine(relay, found):
    """A machine without time for the broadcast itself shows what looks like faults of it."""
    state = relay.state
    if state["late_s"] > 0.5 or state["pictures_left_out"] or state["slate_s"] > 1:
        found.append(f"this machine was too busy to judge by: the broadcast was {state['late_s']:.2f} s late, "
                     f"{state['pictures_left_out']} pictures were left out, {state['slate_s']:.1f} s of slate")


def judge_untouched(relay, names, found):
    for name in names:
        o = relay.endpoint(name)
        for key, wanted in (("connections", 1), ("failures", 0), ("dropped", 0)):
            if o.get(key) != wanted:
                found.append(f"{name}: {key} is {o.get(key)}, not {wanted}")


def judge_film(path, name, seconds, figures, found):
    said = truth.complaints(path)
    if said:
        found.append(f"{name}: {said.splitlines()[0]}")
    steps = [truth.widest_step(path, s) for s in "va"]
    if steps[0] > 0.0421 or steps[1] > 0.0231:
        found.append(f"{name}: a gap in its time stamps: {steps}")
    last = truth.seconds(path) - 0.5  # a flash at the very end may have lost its beep
    seen = [(at, ms) for at, ms in truth.offsets(path) if at < last]
    apart = max((abs(ms) for _, ms in seen), default=1e9)
    if apart > OFFSET_MS or len(seen) < seconds - 3:
        found.append(f"{name}: {len(seen)} flashes in {seconds:.0f} s, beeps up to {apart:.1f} ms beside them")
    beat = truth.worst_beat(truth.beeps(path, stamped=False))
    if beat > BEAT_MS:
        found.append(f"{name}: a second of its sound is {beat:.1f} ms wrong")
    figures[name] = f"{truth.seconds(path):.1f} s, widest step {1000 * steps[0]:.0f}/{1000 * steps[1]:.0f} ms, " \
                    f"sound beside picture {seen[0][1]:+.1f} ms first, {seen[-1][1]:+.1f} ms last, {apart:.1f} at most"


def judge_sound(path, seconds, figures, found):
    heard = truth.beeps(path, stamped=False)
    beat = truth.worst_beat(heard)
    if beat > BEAT_MS or len(heard) < seconds - 3:
        found.append(f"mp3: {len(heard)} beeps in {seconds:.0f} s, a second of it {beat:.1f} ms wrong")
    figures["mp3"] = f"{len(heard)} beeps, none more than {beat:.2f} ms from its second"


# ---- the run


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--minutes", type=float, default=10)
    p.add_argument("--every", type=float, default=5)
    p.add_argument("--seed", type=int, default=int(time.time()))
    p.add_argument("--program", nargs="+", help="what to run as dgl-episode-live")
    p.add_argument("--keep", help="a folder for all that was received, kept")
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)
        folder = args.keep or scratch
        found = broadcast(os.path.join(folder, "chaos"), args)
    for line in found:
        print("FAILED", line)
    return 1 if found else 0


def broadcast(folder, args):
    found, figures = [], {"steps": [], "backs": [], "losses": 0, "held": 0, "notices": []}
    lasts = args.minutes * 60
    os.makedirs(folder)
    source = truth.make_source(os.path.join(folder, "source.mp4"), lasts + CALM_S + 90)
    with servers.House(os.path.join(folder, "house")) as house:
        calm, rough = house.icecast("calm", SOURCE_TIMEOUT_S), house.icecast("rough", SOURCE_TIMEOUT_S)
        films = [house.nginx("film-calm"), house.nginx("film-rough")]
        doors = [house.stunnel(f.port, f"door-{f.name}") for f in films]
        ways = {"mp3": house.proxy(calm.port), "opus": house.proxy(rough.port), "aac": house.proxy(rough.port),
                "rtmps": house.proxy(doors[0].port), "rtmps-2": house.proxy(doors[1].port)}
        job = {"sources": [{"name": "file", "url": source}],
               "endpoints": [servers.mount(ways["mp3"], "/mp3", "mp3", "mp3"),
                             servers.mount(ways["opus"], "/opus", "opus", "opus"),
                             servers.mount(ways["aac"], "/aac", "aac", "aac"),
                             servers.rtmps(house, ways["rtmps"].port, "rtmps"),
                             servers.rtmps(house, ways["rtmps-2"].port, "rtmps-2")]}
        victims = [Victim("opus", ways["opus"], [rough]), Victim("aac", ways["aac"], [rough]),
                   Victim("rtmps-2", ways["rtmps-2"], [films[1], doors[1]])]
        with servers.Relay(job, os.path.join(folder, "relay"), program=args.program) as relay:
            relay.wait_live(*ways)
            listener = servers.Listener(calm.port, "/mp3", os.path.join(folder, "heard.mp3"))
            heard_from = time.monotonic()
            chaos = Chaos(house, relay, victims, args.seed)
            before = at_rest(relay)
            prints = run(chaos, lasts, args.every)
            settle(chaos, relay, victims)
            after = at_rest(relay)
            judge_machine(relay, found)
            judge_untouched(relay, ("mp3", "rtmps", "recording"), found)
            if ways["rtmps"].connections() != 1:
                found.append(f"rtmps: {ways['rtmps'].connections()} connections went through its proxy")
            for v in victims:
                judge_victim(relay, v, figures, found)
            lasted = time.monotonic() - heard_from
            figures["end"] = relay.stop()
            listener.end()
            judge_end(relay, listener, figures, found)
        judge_prints(before, prints + [after], figures, found)
        judge_sound(listener.path, lasted, figures, found)
        for name, paths in (("rtmps", house.received("film-calm")), ("recording", relay.recorded())):
            if len(paths) != 1:
                found.append(f"{name}: {len(paths)} files instead of one")
            judge_film(paths[0], name, lasted, figures, found)
    show(chaos, figures, args)
    return found


def run(chaos, lasts, every):
    """Footprints, one each 5 s, when it is warm."""
    began = last = time.monotonic()
    warm, prints = min(60, lasts / 3), []
    while (now := time.monotonic()) - began < lasts:
        chaos.mend()
        if now - last >= every and chaos.strike():
            last = now
        if now - began > warm + 5 * len(prints):
            prints.append(chaos.relay.footprint())
        time.sleep(0.05)
    return prints


def settle(chaos, relay, victims):
    chaos.mend_all()
    end = time.monotonic() + CALM_S
    while time.monotonic() < end and not relay.is_live(*(v.name for v in victims)):
        time.sleep(0.2)
    time.sleep(15)  # a connection that is dead will be found out, and what waited is used up
    while time.monotonic() < end and not relay.is_live(*(v.name for v in victims)):
        time.sleep(0.2)
    time.sleep(1)


def judge_end(relay, listener, figures, found):
    if figures["end"] > 10:
        found.append(f"the end took {figures['end']:.1f} s")
    if relay.process.returncode != 0 or not relay.done:
        found.append(f"the relay ended with {relay.process.returncode}: {relay.error}")
    if listener.sessions != 1:
        found.append(f"mp3: the listener was sent away {listener.sessions - 1} times")


def at_rest(relay):
    """The smallest of some footprints: requests that come and go are none of it."""
    prints = []
    for _ in range(5):
        prints.append(relay.footprint())
        time.sleep(0.5)
    return [min(p[i] for p in prints) for i in range(3)]


def judge_prints(before, prints, figures, found):
    """Memory is compared when it is warm; the quietest of the first and of the last ones, as what waits is no leak."""
    third, after = max(1, len(prints) // 3), prints[-1]
    first, last = (min(p[2] for p in part) for part in (prints[:third], prints[-third:]))
    figures["memory"] = f"{first / 1024:.1f} MiB, {(last - first) / 1024:+.1f} at the end"
    figures["descriptors"] = f"{before[0]}, then {after[0]}"
    figures["threads"] = f"{before[1]}, then {after[1]}"
    if last - first > GROWTH_KIB:
        found.append(f"memory grew by {last - first} KiB: {[p[2] for p in prints]}")
    if after[0] > before[0] or after[1] > before[1]:
        found.append(f"descriptors {figures['descriptors']}, threads {figures['threads']}")


def show(chaos, figures, args):
    def spread(values):
        return f"median {statistics.median(values):.2f} s, at most {max(values):.2f} s" if values else "none"

    rows = [("faults", f"{chaos.count()} in {args.minutes * 60:.0f} s, seed {args.seed}"),
            ("connections lost", f"{figures['losses']}, back {len(figures['backs'])}"),
            ("back after server and wait", spread(figures["backs"])),
            ("waits between tries", spread(figures["steps"])),
            ("half-open noticed after", spread(figures["notices"])),
            ("tries while still held there", figures["held"]),
            ("untouched mount", figures.get("mp3")), ("untouched RTMPS", figures.get("rtmps")),
            ("recording", figures.get("recording")), ("memory", figures["memory"]),
            ("descriptors", figures["descriptors"]), ("threads", figures["threads"]),
            ("SIGTERM to end", f"{figures['end']:.2f} s")]
    for name, value in rows:
        print(f"{name:30} {value}")


if __name__ == "__main__":
    gone = servers.missing()
    if gone:
        sys.exit("not installed: " + " ".join(gone))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers end as well
    sys.exit(main())
