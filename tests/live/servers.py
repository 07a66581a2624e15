# SPDX-License-Identifier: GPL-3.0-or-later
"""Real servers on loopback for tests of the relay: Icecast, nginx with its RTMP module behind stunnel, and
tests/live/faultproxy.c in front of each. All live in one folder and end with the `with` that began them.
"""
import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("DGL_BUILD", os.path.join(ROOT, "build"))
KEY = "canary-KEY-4711"
PASSWORD = "canary-PASS-0815"
RTMP_MODULE = "/usr/lib/nginx/modules/ngx_rtmp_module.so"


def missing():
    """What is not installed, in words; empty: nothing."""
    programs = [p for p in ("icecast2", "nginx", "stunnel", "ffmpeg", "ffprobe") if not which(p)]
    return programs + ([] if os.path.exists(RTMP_MODULE) else ["libnginx-mod-rtmp"])


def which(program):
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(what, seconds, said):
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise TimeoutError(said)
        time.sleep(0.02)


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as s:
        return s.getsockname() != s.getpeername()  # where nobody listens yet, TCP may meet itself
    return False


class Server:
    """A program that listens at a port, and can be frozen, killed and begun again."""

    def __init__(self, house, name, argv, port):
        self.house, self.name, self.argv, self.port = house, name, argv, port
        self.begin()

    def begin(self):
        with open(os.path.join(self.house.dir, self.name + ".out"), "ab") as said:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        until(lambda: self.process.poll() is not None or answers(self.port), 20, f"{self.name} does not listen")
        if self.process.poll() is not None:
            raise TimeoutError(f"{self.name} ended at once: see {self.name}.out")

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()


class Proxy:
    """tests/live/faultproxy.c. tried=False: its target listens already, for one connection alone."""

    def __init__(self, target, tried=True):
        self.port = free_port()
        self.process = subprocess.Popen([os.path.join(BUILD, "live", "faultproxy"), str(self.port), str(target)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if tried:
            until(lambda: answers(self.port), 10, "faultproxy does not listen")
            until(lambda: self.tell("look")[0], 10, "faultproxy takes no connection")
        self.probes = self.tell("look")[0]  # of ours

    def tell(self, line):
        """Connections so far, bytes so far."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        _ok, connections, count = self.process.stdout.readline().split()
        return int(connections), int(count)

    def connections(self):
        return self.tell("look")[0] - self.probes

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


ICECAST = """<icecast><limits><sources>10</sources><clients>40</clients><source-timeout>{timeout}</source-timeout>
<burst-on-connect>0</burst-on-connect><burst-size>0</burst-size></limits>
<authentication><source-password>{password}</source-password><admin-user>admin</admin-user>
<admin-password>{password}</admin-password></authentication><hostname>localhost</hostname>
<listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><basedir>{dir}</basedir><logdir>{dir}</logdir><webroot>{web}/web</webroot>
<adminroot>{web}/admin</adminroot></paths><logging><accesslog>-</accesslog><errorlog>{name}.log</errorlog>
<loglevel>2</loglevel></logging><security><chroot>0</chroot>{user}</security></icecast>
"""
AS_NOBODY = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>"  # it refuses to be root

NGINX = """load_module {module};
daemon off; master_process off; pid {dir}/{name}.pid; error_log {dir}/{name}.err;
events {{ worker_connections 128; }}
rtmp {{ server {{ listen 127.0.0.1:{port}; chunk_size 4096; application live {{ live on; drop_idle_publisher 20s;
  record all; record_path {dir}/{name}; record_unique on; }} }} }}
"""

STUNNEL = """foreground = yes
pid =
debug = 3
[rtmps]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{target}
cert = {dir}/{cert}.pem
key = {dir}/{cert}.key
TIMEOUTclose = 0
"""


class House:
    """with House(folder) as h: …"""

    def __init__(self, folder):
        self.dir = os.path.abspath(folder)
        self.running = []

    def __enter__(self):
        os.makedirs(self.dir, exist_ok=True)
        os.chmod(self.dir, 0o777)
        subprocess.run(["sh", os.path.join(ROOT, "tests/live/certificates.sh"), self.dir], check=True)
        return self

    def __exit__(self, *_):
        for each in reversed(self.running):
            each.end()

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def add(self, each):
        self.running.append(each)
        return each

    def server(self, name, text, program, *options):
        """text(port) is its configuration; options name the file as {}."""
        port, conf = free_port(), self.path(name + ".conf")
        with open(conf, "w") as f:
            f.write(text(port))
        return self.add(Server(self, name, [which(program)] + [o.format(conf) for o in options], port))

    def proxy(self, target):
        return self.add(Proxy(target))

    def icecast(self, name="icecast", source_timeout=10):
        fill = dict(password=PASSWORD, dir=self.dir, web="/usr/share/icecast2", name=name, timeout=source_timeout,
                    user=AS_NOBODY if os.geteuid() == 0 else "")
        return self.server(name, lambda port: ICECAST.format(port=port, **fill), "icecast2", "-c", "{}")

    def nginx(self, name="nginx"):
        """Keeps what comes in the folder of its name, one .flv a connection."""
        os.makedirs(self.path(name))
        os.chmod(self.path(name), 0o777)
        return self.server(name, lambda port: NGINX.format(port=port, dir=self.dir, name=name, module=RTMP_MODULE),
                           "nginx", "-c", "{}", "-e", self.path(name + ".err"))

    def stunnel(self, target, name="stunnel", cert="good"):
        return self.server(name, lambda port: STUNNEL.format(port=port, target=target, dir=self.dir, cert=cert),
                           "stunnel", "{}")

    def received(self, name="nginx"):
        """What an nginx has kept, in order of time."""
        found = [self.path(name, f) for f in os.listdir(self.path(name))]
        return sorted(found, key=os.path.getmtime)


class Listener:
    """Hears a mount from its beginning and keeps all of it; begins again when it is sent away."""

    def __init__(self, port, mount, path):
        self.address, self.path = f"http://127.0.0.1:{port}{mount}", path
        self.over = threading.Event()
        self.sessions = 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.over.is_set():
            with contextlib.suppress(OSError), urllib.request.urlopen(self.address, timeout=30) as r:
                self.sessions += 1
                with open(self.path, "ab") as f:
                    while not self.over.is_set() and (block := r.read1(65536)):
                        f.write(block)
            time.sleep(0.05)

    def end(self):
        self.over.set()
        self.thread.join(10)


class Eavesdropper:
    """A TLS server that keeps what it is told."""

    def __init__(self, house, certificate):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(house.path(certificate + ".pem"), house.path(certificate + ".key"))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.heard, self.handshakes, self.tries = b"", 0, 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                self.serve(self.socket.accept()[0])

    def serve(self, client):
        self.tries += 1
        client.settimeout(5)
        with client, contextlib.suppress(OSError), self.context.wrap_socket(client, server_side=True) as c:
            self.handshakes += 1
            while block := c.recv(65536):
                self.heard += block


class Relay:
    """dgl-episode-live with a job on its standard input. What it says is kept with the time it was heard."""

    def __init__(self, job, folder, program=None, keep=None):
        self.folder = os.path.abspath(folder)
        os.makedirs(self.folder, exist_ok=True)
        self.job = {"episode": "2026-12-x", "title": "Prøve", "folder": self.path("recordings"),
                    "state_file": self.path("state.json"), "report_file": self.path("report.json"),
                    "socket": self.path("socket"), "slate": {"image": "", "sound": ""}, "card": "",
                    "picture": {"width": 640, "height": 360, "rate_num": 25, "rate_den": 1, "bitrate_kbps": 500,
                                "speed": "superfast"},
                    "loudness": {"target_lufs": -16, "ceiling_dbtp": -1.5, "start_gain_db": 0},
                    "endpoints": [], "record": {"received": False, "aired": True, "room_bytes": 0}, **job}
        self.program = program or [os.path.join(BUILD, "dgl-episode-live")]
        self.keep = keep or ()
        self.events, self.state, self.done, self.error = [], None, None, None
        self.heard = threading.Condition()

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def begin(self):
        self.stderr = open(self.path("stderr"), "ab")
        self.process = subprocess.Popen(self.program, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.stderr, pass_fds=self.keep)
        self.began = time.monotonic()
        self.process.stdin.write((json.dumps(self.job) + "\n").encode())
        self.process.stdin.close()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        return self

    def __enter__(self):
        return self.begin()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(10)
        self.process.stdout.close()
        self.stderr.close()

    def read(self):
        with open(self.path("stdout"), "ab") as kept:
            for raw in self.process.stdout:
                kept.write(raw)
                line, now = json.loads(raw), time.monotonic()
                with self.heard:
                    if "state" in line and "event" not in line:
                        self.state = line["state"]
                    elif "event" in line:
                        self.events.append((now, line))
                    else:
                        self.done = line.get("done", self.done)
                        self.error = line.get("error", self.error)
                    self.heard.notify_all()

    def wait_for(self, what, seconds, said):
        """what() is asked after every line; its first true value."""
        end = time.monotonic() + seconds
        with self.heard:
            while not (found := what()):
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"{said}; the last state was {json.dumps(self.state)}")
                self.heard.wait(left)
            return found

    def endpoint(self, name):
        return next((o for o in (self.state or {}).get("endpoints", []) if o["name"] == name), {})

    def is_live(self, *names):
        return all(self.endpoint(n).get("state") == "live" for n in names)

    def wait_live(self, *names, seconds=20):
        self.wait_for(lambda: self.is_live(*names), seconds, f"{names} did not come up")

    def event(self, kind, state, name=None, since=0.0):
        """The time of the first such event since then; 0.0: there is none."""
        for at, o in self.events:
            if at >= since and o["event"] == kind and o.get("state") == state and name in (None, o["name"]):
                return at
        return 0.0

    def wait_event(self, kind, state, name=None, since=0.0, seconds=20):
        return self.wait_for(lambda: self.event(kind, state, name, since), seconds, f"no {kind} {state} {name or ''}")

    def ask(self, **what):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(self.job["socket"])
            s.sendall((json.dumps(what) + "\n").encode())
            return json.loads(s.makefile().readline())

    def stop(self, seconds=20):
        """SIGTERM; how long the end took. Its report is in done."""
        at = time.monotonic()
        self.process.terminate()
        self.process.wait(seconds)
        self.reader.join(10)
        return time.monotonic() - at

    def recorded(self, stem="aired"):
        folder = self.job["folder"]
        found = [f for f in os.listdir(folder) if f.startswith(stem)]
        return [os.path.join(folder, f) for f in sorted(found, key=lambda f: (len(f), f))]

    def footprint(self):
        """Open descriptors (0: only root may see them, as keys are in memory), threads, resident KiB."""
        proc, fds = f"/proc/{self.process.pid}", 0
        with open(proc + "/status") as f:
            status = dict(line.split(":", 1) for line in f)
        with contextlib.suppress(PermissionError):
            fds = len(os.listdir(proc + "/fd"))
        return fds, int(status["Threads"]), int(status["VmRSS"].split()[0])


def mount(proxy, path, name, kind):
    return {"name": name, "kind": "icecast", "url": f"http://127.0.0.1:{proxy.port}{path}", "format": kind,
            "bitrate_kbps": 64, "user": "source", "secret": PASSWORD, "listed": False}


def rtmps(house, port, name, key=KEY):
    return {"name": name, "kind": "rtmp", "url": f"rtmps://localhost:{port}/live", "secret": key,
            "ca_file": house.path("ca.pem")}


def put(house, port, name, key=KEY):
    return {"name": name, "kind": "hls", "url": f"https://localhost:{port}/live.m3u8", "user": "dgl", "secret": key,
            "ca_file": house.path("ca.pem")}


if __name__ == "__main__":
    print(" ".join(missing()))
    sys.exit(1 if missing() else 0)
