#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A relay that sends nothing: speaks pipeline/live/job.h, so that the command can be tested alone.

It is steered by the environment: RELAY_JOB keeps the job there, RELAY_SECONDS ends by itself (default:
at stop), RELAY_DEAD names an endpoint that never comes up, RELAY_LATE is seconds until the others do, RELAY_CRASH=1 dies at once, RELAY_LEAK=1
says every secret that it got, RELAY_DEAF=1 has no socket, RELAY_SLOW_END is seconds that ending takes.
"""
import base64
import json
import os
import select
import signal
import socket
import sys
import time
import urllib.parse

job = json.loads(sys.stdin.readline())
env = os.environ.get
began = time.monotonic()
stop = False
marks = []
title = job["title"]


def say(**line):
    try:
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads any more, and the broadcast goes on
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def on_term(_number, _frame):
    global stop
    stop = True


def endpoint(o):
    dead = o["name"] == env("RELAY_DEAD") or time.monotonic() - began < float(env("RELAY_LATE", "0"))
    return {"name": o["name"], "kind": o["kind"], "state": "refused" if dead else "live",
            "connected_s": 0 if dead else time.monotonic() - began,
            "delivered_s": 0 if dead else time.monotonic() - began, "queue_s": 0.1, "bytes": 1000,
            "kbps": 0 if dead else 128, "dropped": 7 if dead else 0, "dropped_s": 0.5 if dead else 0,
            "connections": 0 if dead else 2, "failures": 1, "next_try_s": 0,
            "why": "wrong password" if dead else "", "listeners": 12}


def now():  # the clock of the test, which stands still, else the machine's
    return env("DGL_NOW") or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def recordings():
    found = []
    for kind, ending in (("received", "mkv"), ("aired", "mkv")):
        path = os.path.join(job["folder"], f"{kind}.{ending}")
        if job["record"][kind]:
            found.append({"kind": kind, "path": path, "bytes": 2500000, "seconds": 3, "sha256": "0" * 64,
                          "starts_s": 1.5 if kind == "received" else 0})
    return found


def state():
    elapsed = time.monotonic() - began
    return {"episode": job["episode"], "started": now(), "said": now(), "elapsed_s": elapsed,
            "pid": os.getpid(),
            "sources": [{"name": o["name"], "state": env("RELAY_SOURCE", "live"), "on_air": i == 0,
                         "format": "h264 1280x720, aac 48000 Hz"} for i, o in enumerate(job["sources"])],
            "on_slate": env("RELAY_SOURCE", "live") != "live", "slate_s": 3,
            "loudness": {"momentary_lufs": -18.2, "short_term_lufs": -17.1, "integrated_lufs": -16.4,
                         "true_peak_dbtp": -3.1, "gain_db": 2.5},
            "endpoints": [endpoint(o) for o in job["endpoints"]], "recordings": recordings(),
            "marks": marks, "earlier": [dict(part, seconds=3) for part in job["earlier"]],
            "title": title, "cpu_percent": 12, "memory_bytes": 1000}


def answer(asked):
    global stop, title
    if asked["do"] == "mark":
        marks.append({"at_s": round(time.monotonic() - began, 3) + 10, "title": asked["title"]})
        say(event="mark", name=asked["title"], text="")
    elif asked["do"] == "title":
        title = asked["title"]
    elif asked["do"] == "stop":
        stop = True
    elif asked["do"] == "status":
        return {"ok": True, "state": state()}
    else:
        return {"ok": False, "error": "what is " + asked["do"]}
    return {"ok": True}


def serve(listening):
    if not listening or not select.select([listening], [], [], 0.1)[0]:
        time.sleep(0 if listening else 0.1)
        return
    one, _ = listening.accept()
    with one, one.makefile("rw") as f:
        asked = f.readline()
        if asked:  # else somebody only looked whether we are there
            f.write(json.dumps(answer(json.loads(asked)), ensure_ascii=False) + "\n")


def listen():
    if env("RELAY_DEAF"):
        return None
    if os.path.exists(job["socket"]):
        os.unlink(job["socket"])
    s = socket.socket(socket.AF_UNIX)
    os.umask(0o177)
    s.bind(job["socket"])
    os.umask(0o077)
    s.listen()
    return s


def leak():
    for o in job["endpoints"] + job["sources"]:
        if "secret" not in o:
            continue
        secret, login = o["secret"], f'{o.get("user", "source")}:{o["secret"]}'
        coded = base64.b64encode(login.encode()).decode()
        for text in (secret, urllib.parse.quote(secret, safe=""), coded if "user" in o else ""):
            say(warning=f"leaked {text} here")
        say(event="endpoint", name=o["name"], state="waiting", text=f"rtmp://h/app/{secret}: refused")


def save(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as f:
        json.dump(content, f)
    os.replace(path + ".new", path)


if env("RELAY_JOB"):
    save(env("RELAY_JOB"), job)
if job["check"]:
    say(check=[{"name": o["name"], "ok": o["name"] != env("RELAY_DEAD"),
                "text": "the certificate is good until 2027-03-01"} for o in job["endpoints"]])
    sys.exit()
if job["end_stale"]:
    say(done={"said": "the video of facebook was ended"})
    sys.exit()
signal.signal(signal.SIGTERM, on_term)
listening = listen()
save(job["state_file"], state())
if env("RELAY_LEAK"):
    leak()
for o in job["endpoints"]:
    say(event="endpoint", name=o["name"], state=endpoint(o)["state"], text=endpoint(o)["why"])
print("a library's own words", file=sys.stderr, flush=True)
if env("RELAY_CRASH"):
    os.kill(os.getpid(), signal.SIGKILL)
last = 0.0
while not stop and time.monotonic() - began < float(env("RELAY_SECONDS", "60")):
    if time.monotonic() - last >= 0.5:
        say(state=state())
        save(job["state_file"], state())
        last = time.monotonic()
    serve(listening)
time.sleep(float(env("RELAY_SLOW_END", "0")))
for o in recordings():
    save(o["path"], {})
report = dict(state(), ended="2026-12-08T10:00:03Z")
save(job["state_file"], dict(state(), ended=True))
save(job["report_file"], report)
if listening:
    os.unlink(job["socket"])
say(done=report)
