#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a further endpoint of the same format costs a broadcast at 720p25 and 3 Mbit/s; nginx takes 20 RTMP streams.

(p) processor time that one endpoint more adds, as a share of that of the bare encoder      at most 0.5 %
(q) the same against ffmpeg's tee muxer with a fifo for each                                at most 2
(r) memory that one endpoint more adds                                                      at most 4 MB
(s) how far 20 endpoints of 720p are behind the clock at the end                            at most 0.1 s

What an endpoint does depends on packets and bytes alone, so the difference of 1 and 20 is taken with a small picture of the
same rates: of a large one, the encoder's own ups and downs would drown it. The encoder that it is compared with has 720p.
"""
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

from bench import BUILD, WORK, begin, ffmpeg, say

MANY = 20
WARM_S = 5
SECONDS = int(os.environ.get("BENCH_LIVE_SECONDS", "15"))
ROUNDS = 3
KBPS = 3000
RELAY = os.path.join(BUILD, "dgl-episode-live")
LARGE, SMALL = (1280, 720), (256, 144)
ENCODER = ["-c:v", "libx264", "-preset", "veryfast", "-b:v", f"{KBPS}k", "-maxrate", f"{KBPS}k", "-bufsize", f"{KBPS}k",
           "-g", "50", "-bf", "0", "-c:a", "aac", "-b:a", "128k", "-ar", "48000"]


def make_film(size):
    """Movement and grain, so that the bit rate is really used."""
    width, height = size
    path = os.path.join(WORK, f"live-{height}.mkv")
    if not os.path.exists(path):
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
                        f"testsrc2=s={width}x{height}:r=25,noise=alls={12 if size == LARGE else 100}:allf=t", "-f", "lavfi", "-i", "sine=440:r=48000", "-t",
                        str(WARM_S + SECONDS + 10), "-c:v", "libx264", "-preset", "veryfast", "-b:v", "6000k", "-c:a", "aac",
                        path], check=True)
    return path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Sink:
    """nginx that takes RTMP and reads all of it."""
    module = "/usr/lib/nginx/modules/ngx_rtmp_module.so"

    def __init__(self):
        self.port = free_port()
        place = os.path.join(WORK, "nginx")
        os.makedirs(place, exist_ok=True)
        user = "user root;" if os.geteuid() == 0 else ""
        with open(os.path.join(place, "nginx.conf"), "w", encoding="utf-8") as f:
            f.write(f"load_module {self.module}; {user} daemon off; master_process off; pid {place}/pid;\n"
                    f"error_log {place}/error.log error; events {{ worker_connections 200; }}\n"
                    f"rtmp {{ server {{ listen 127.0.0.1:{self.port}; application live {{ live on; }} }} }}\n")
        self.process = subprocess.Popen(["nginx", "-p", place, "-c", os.path.join(place, "nginx.conf")])
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit("nginx does not listen")

    def url(self):
        return f"rtmp://127.0.0.1:{self.port}/live"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def used(pid):
    """(CPU seconds, of all threads; resident MB)"""
    ns = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as f:
            ns += int(f.read().split()[0])
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        rss = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
    return ns / 1e9, rss / 1024


def observe(process, name):
    """CPU as a share of one processor over SECONDS, and memory, of a broadcast that has settled."""
    time.sleep(WARM_S)
    before, began = used(process.pid), time.monotonic()
    time.sleep(SECONDS)
    if process.poll() is not None:
        sys.exit(f"{name} ended while it was measured")
    after = used(process.pid)
    return (after[0] - before[0]) / (time.monotonic() - began), after[1]


def ours(size, sink, n):
    """As observe, and the report."""
    film = make_film(size)
    place = os.path.join(WORK, "relay")
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    job = {"episode": "bench", "title": "Måling", "folder": place, "state_file": place + "/state.json",
           "report_file": place + "/report.json",
           "sources": [{"name": "film", "url": film, "format": "", "listen": False}],
           "picture": {"width": size[0], "height": size[1], "rate_num": 25, "rate_den": 1, "bitrate_kbps": KBPS, "speed": "veryfast"},
           "loudness": {"target_lufs": -16, "ceiling_dbtp": -1.5, "start_gain_db": 0},
           "endpoints": [{"name": f"e{i}", "kind": "rtmp", "url": sink.url(), "secret": f"ours{n}-{i}"} for i in range(n)],
           "record": {"received": False, "aired": False}}
    with open(os.path.join(place, "log"), "wb") as log:
        process = subprocess.Popen([RELAY], stdin=subprocess.PIPE, stdout=log, stderr=log)
    process.stdin.write(json.dumps(job).encode() + b"\n")
    process.stdin.close()
    got = observe(process, "dgl-episode-live")
    process.send_signal(signal.SIGTERM)
    process.wait()
    with open(os.path.join(place, "report.json"), encoding="utf-8") as f:
        report = json.load(f)
    for e in report["endpoints"]:
        if e["failures"] or e["delivered_s"] < SECONDS or e["bytes"] * 8 / e["delivered_s"] < 0.8 * KBPS * 1000:
            sys.exit(f"endpoint {e['name']} was not served: {e}")
    with open(os.path.join(place, "state.json"), encoding="utf-8") as f:
        return *got, json.load(f)


def theirs(size, sink, n):
    film = make_film(size)
    to = "|".join(f"[f=flv:flvflags=no_duration_filesize]{sink.url()}/theirs{n}-{i}" for i in range(n))
    process = subprocess.Popen(["ffmpeg", "-v", "error", "-nostdin", "-re", "-i", film, "-map", "0:v", "-map", "0:a", *ENCODER,
                                "-flags", "+global_header", "-f", "tee", "-use_fifo", "1", to])
    got = observe(process, "ffmpeg")
    process.send_signal(signal.SIGTERM)
    process.wait()
    return got


def encode():
    """Processors that the encoder alone takes: with decoding, and decoding taken off."""
    film, seconds = make_film(LARGE), WARM_S + SECONDS
    cut = ["-t", str(seconds)]
    both = ffmpeg(film, *cut, *ENCODER, "-f", "null", "-")[1]
    decoding = ffmpeg(film, *cut, "-f", "null", "-")[1]
    return (both - decoding) / seconds


def main():
    if not shutil.which("nginx") or not os.path.exists(Sink.module):
        print("live: nginx with its RTMP module is not installed, so this is not measured")
        return
    begin()
    sink = Sink()
    try:
        rows = {}
        for name, broadcast in (("ours", ours), ("ffmpeg", theirs)):
            rounds = [(broadcast(SMALL, sink, 1), broadcast(SMALL, sink, MANY)) for _ in range(ROUNDS)]
            one, many = (tuple(statistics.median(r[k][i] for r in rounds) for i in (0, 1)) for k in (0, 1))
            rows[name] = (many[0] - one[0]) / (MANY - 1), (many[1] - one[1]) / (MANY - 1)
            print(f"    {name}: 1 endpoint {one[0]:.3f} processors, {one[1]:.0f} MB; {MANY} endpoints {many[0]:.3f}, "
                  f"{many[1]:.0f} MB; each more {rows[name][0] * 1000:.2f} ms a second, {rows[name][1]:.2f} MB")
        large = ours(LARGE, sink, MANY)
    finally:
        sink.stop()
    bare = encode()
    print(f"    the encoder alone {bare:.3f} processors; one endpoint more of ffmpeg's tee {100 * rows['ffmpeg'][0] / bare:.2f} %; "
          f"{MANY} endpoints of 720p {large[0]:.3f} processors, {large[1]:.0f} MB, "
          f"{large[2]['pictures_left_out']} pictures left out")
    ok = say("p", "one endpoint more / the encoder", 100 * rows["ours"][0] / bare, 0.5, " %")
    ok &= say("q", "one endpoint more, ours / ffmpeg's tee with fifo", rows["ours"][0] / rows["ffmpeg"][0], 2)
    ok &= say("r", "memory of one endpoint more", rows["ours"][1], 4, " MB")
    ok &= say("s", f"{MANY} endpoints of 720p are late by", large[2]["late_s"], 0.1, " s")
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
