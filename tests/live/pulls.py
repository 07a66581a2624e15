#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pulls.py NAME…: sources that are fetched, or captured, not pushed: scenes as in scenes.py."""
import contextlib
import functools
import http.server
import os
import subprocess
import sys
import threading
import time

import scenes
import servers
import truth
from scenes import check, tell

PYTHON = "/usr/bin/python3"  # Debian's, which knows its GStreamer
RTSP = os.path.join(servers.ROOT, "tests/live/rtsp.py")
pulls = {}


def pull(f):
    pulls[f.__name__] = f
    return f


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def web(folder):
    """A web server; end() of what it gives stops it early."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def segments(source, folder):
    """Live HLS: segments of two seconds, as a broadcaster makes them; a list that ends when it does."""
    return subprocess.Popen(["ffmpeg", "-nostdin", "-v", "error", "-re", "-i", source, "-c", "copy", "-f", "hls",
                             "-hls_time", "2", "-hls_list_size", "6", "-hls_flags", "delete_segments",
                             os.path.join(folder, "live.m3u8")])


@pull
def hls(folder):
    """Segments come two seconds at a time, and nobody hears it; the end of the list is the end of the broadcast."""
    source, there = truth.make_source(f"{folder}/source.mp4", 24), f"{folder}/web"
    os.mkdir(there)
    writer = segments(source, there)
    try:
        with web(there) as server:
            servers.until(lambda: len(os.listdir(there)) > 3, 20, "no segments")
            job = {"name": "hls", "url": f"http://127.0.0.1:{server.server_port}/live.m3u8"}
            with servers.Relay({"sources": [job], "endpoints": []}, f"{folder}/relay") as relay:
                relay.wait_event("slate", "off")
                on_air = time.monotonic()
                relay.process.wait(40)
                check(relay.process.returncode == 0, relay.error)
                slates = [at for at in [relay.event("slate", "on", since=on_air)] if at]
                film, = relay.recorded()
                steps = [truth.widest_step(film, s) for s in "va"]
                seen = truth.offsets(film)
                check(steps[0] < .0421 and steps[1] < .0231, "a gap in the time stamps", steps)
                check(len(seen) >= 18, "flashes", seen)
                gaps = [b[0] - a[0] for a, b in zip(seen, seen[1:])]
                check(max(gaps) < 1.1, "a second was lost", gaps)
                check(max(abs(ms) for _, ms in seen) <= scenes.OFFSET_MS, seen)
                tell(flashes=len(seen), slates=len(slates), worst_ms=max(abs(ms) for _, ms in seen))
    finally:
        writer.kill()
        writer.wait()


@pull
def stranger(folder):
    """A list whose pieces lie behind a certificate that nobody vouches for, and a camera by rtsps."""
    os.mkdir(f"{folder}/web")
    with servers.House(f"{folder}/house") as house, web(f"{folder}/web") as server:
        ear = servers.Eavesdropper(house, "stranger")
        with open(f"{folder}/web/live.m3u8", "w") as f:
            f.write("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n"
                    f"#EXTINF:2.0,\nhttps://localhost:{ear.port}/0.ts\n#EXTINF:2.0,\nhttps://localhost:{ear.port}/1.ts\n")
        for n, url in enumerate((f"http://127.0.0.1:{server.server_port}/live.m3u8", f"rtsps://localhost:{ear.port}/camera")):
            job = {"sources": [{"name": "strange", "url": url}], "endpoints": []}
            with servers.Relay(job, f"{folder}/relay{n}") as relay:
                if n == 0:
                    relay.wait_for(lambda: ear.tries, 10, "nobody asked for a piece")
                    time.sleep(1)
                else:
                    relay.wait_event("source", "ended")
                    check(any("rtsps:// is not taken" in o.get("text", "") for _, o in relay.events), relay.events)
            check(not ear.heard, url, "the stranger was told", ear.heard[:80])


@pull
def rtsp(folder):
    source, port = truth.make_source(f"{folder}/source.mp4", 60), servers.free_port()
    if subprocess.run([PYTHON, "-c", "import gi; gi.require_version('GstRtspServer', '1.0'); "
                       "from gi.repository import GstRtspServer"], stderr=subprocess.DEVNULL, check=False).returncode:
        print("skipped: not installed: gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good")
        return
    job = [{"name": "camera", "url": f"rtsp://127.0.0.1:{port}/camera"}]
    with servers.House(f"{folder}/house") as house:
        camera = house.add(servers.Server(house, "rtsp", [PYTHON, RTSP, str(port), source], port))
        with servers.Relay({"sources": job, "endpoints": []}, f"{folder}/relay") as relay:
            relay.wait_event("slate", "off")
            time.sleep(6)
            cut = time.monotonic()
            camera.kill()
            late = relay.wait_event("slate", "on", since=cut) - cut
            check(late <= scenes.STORED_S + scenes.SLATE_S + scenes.LOOK_S, "the slate came after", late)
            camera.begin()
            back = relay.wait_event("slate", "off", since=cut + late)
            time.sleep(5)
            check(relay.stop() <= 10 and relay.process.returncode == 0, relay.error)
            film, = relay.recorded()
            check(not truth.complaints(film), truth.complaints(film))
            quiet = (cut - relay.began - 1, back - relay.began + 1.5)
            seen = [(at, ms) for at, ms in truth.offsets(film) if not quiet[0] <= at <= quiet[1]]
            check(len(seen) >= 6 and max(abs(ms) for _, ms in seen) <= scenes.OFFSET_MS, seen)
            tell(flashes=len(seen), slate_after_s=late, back_after_s=back - cut, worst_ms=max(abs(ms) for _, ms in seen))


@contextlib.contextmanager
def sound_card(folder):
    """PulseAudio with a card that is heard on its monitor; gives the environment of those who use it."""
    socket = os.path.join(folder, "pulse.socket")
    env = {**os.environ, "PULSE_SERVER": "unix:" + socket, "XDG_RUNTIME_DIR": folder, "HOME": folder}
    server = subprocess.Popen(["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-L",
                               f"module-native-protocol-unix socket={socket} auth-anonymous=1", "-L",
                               "module-null-sink sink_name=card rate=44100"], env=env, stderr=subprocess.DEVNULL)
    try:
        servers.until(lambda: os.path.exists(socket), 10, "pulseaudio does not begin")
        yield env
    finally:
        server.kill()
        server.wait()


@pull
def microphone(folder):
    """A sound card at 44.1 kHz: what is played there is heard, and its loss gives the slate, not the end."""
    if not servers.which("pulseaudio"):
        print("skipped: not installed: pulseaudio")
        return
    with sound_card(folder) as env:
        beeps = subprocess.Popen(["ffmpeg", "-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i",
                                  "sine=1000:d=60:r=44100", "-f", "pulse", "-device", "card", "tone"], env=env)
        os.environ.update(PULSE_SERVER=env["PULSE_SERVER"], XDG_RUNTIME_DIR=folder)
        job = {"sources": [{"name": "desk", "url": "pulse:card.monitor"}], "endpoints": [], "picture": None}
        try:
            with servers.Relay(job, f"{folder}/relay") as relay:
                relay.wait_event("slate", "off")
                time.sleep(6)
                cut = time.monotonic()
                subprocess.run(["pactl", "unload-module", "module-null-sink"], env=env, check=True)
                late = relay.wait_event("slate", "on", since=cut) - cut
                time.sleep(1)
                check(relay.process.poll() is None, "the loss of the card was the end", relay.error)
                check(relay.stop() <= 10 and relay.process.returncode == 0, relay.error)
                film, = relay.recorded()
                check(not truth.complaints(film), truth.complaints(film))
                heard = truth.run("ffmpeg", "-nostdin", "-v", "error", "-ss", "3", "-t", "2", "-i", film, "-af",
                                  "highpass=f=900,lowpass=f=1100", "-ac", "1", "-f", "s16le", "-")
                loud = sum(abs(int.from_bytes(heard[i:i + 2], "little", signed=True)) > 1000
                           for i in range(0, len(heard) - 1, 2)) / (len(heard) / 2)
                check(loud > .5, "the tone is not heard:", loud)
                tell(slate_after_s=late, heard=loud)
        finally:
            beeps.kill()
            beeps.wait()


if __name__ == "__main__":
    sys.exit(scenes.main(pulls))
