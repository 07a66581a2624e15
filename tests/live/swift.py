#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""swift.py FOLDER: OpenStack's object store with its S3 interface, a real one that others wrote, on loopback and in the
folder: one of each of its four servers. It makes the bucket "show" and says its port, and ends when its standard input
does. The keys are those of s3.py. Exit 77: it is not installed, or its files cannot have extended attributes here."""
import ctypes
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None)  # PR_SET_PDEATHSIG is 1
FOLDER = os.path.abspath(sys.argv[1])
KEY, SECRET = "AKDGLEPISODETEST0001", "canary/secret+of+the+store/0123456789abc"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
KINDS = ("object", "container", "account")
PIPELINES = {kind: f"{kind}-server" for kind in KINDS}
PIPELINES["proxy"] = "memory catch_errors listing_formats bulk s3api key tempauth slo dlo proxy-server"
FILTERS = {
    "catch_errors": "", "listing_formats": "", "bulk": "", "slo": "", "dlo": "",
    "s3api": "s3_acl = false\nlocation = us-east-1\n",
    "tempauth": f"user_test_tester = {SECRET} .admin\n",
}
# The simplest of its logins wants keys with a colon in them, "test:tester"; other stores have none.
RENAME = f"""
def factory(_, **__):
    def wrap(app):
        def call(env, start_response):
            details = env.get("s3api.auth_details")
            if details and details["access_key"] == "{KEY}":
                details["access_key"] = "test:tester"
                env["PATH_INFO"] = env["PATH_INFO"].replace("{KEY}", "test:tester", 1)
            return app(env, start_response)
        return call
    return wrap


class Memory(dict):  # in place of memcached
    def __bool__(self):
        return True

    def get(self, key, raise_on_error=False):
        return super().get(key)

    def set(self, key, value, **_):
        self[key] = value

    def delete(self, key, **_):
        self.pop(key, None)


MEMORY = Memory()


def memory(_, **__):
    def wrap(app):
        def call(env, start_response):
            env["swift.cache"] = MEMORY
            return app(env, start_response)
        return call
    return wrap
"""


def free_ports(n):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def write(name, text):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as f:
        f.write(text)


def attributes_work():
    path = os.path.join(FOLDER, "attributes")
    write("attributes", "")
    try:
        os.setxattr(path, "user.dgl", b"x")
    except OSError:
        return False
    return True


def configure(ports):
    os.makedirs(os.path.join(FOLDER, "disks", "d1"))
    for kind, port in ports.items():
        text = (f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\nworkers = 0\nuser = {getpass.getuser()}\n"
                f"swift_dir = {FOLDER}\ndevices = {FOLDER}/disks\nmount_check = false\nlog_level = ERROR\n"
                f"[pipeline:main]\npipeline = {PIPELINES[kind]}\n"
                f"[app:{kind}-server]\nuse = egg:swift#{kind}\n")
        if kind == "proxy":
            text += "allow_account_management = true\naccount_autocreate = true\n"
            text += "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n{more}" for name, more in FILTERS.items())
            text += "[filter:key]\npaste.filter_factory = dglkey:factory\n"
            text += "[filter:memory]\npaste.filter_factory = dglkey:memory\n"
            write("dglkey.py", RENAME)
        write(f"{kind}.conf", text)
    for kind in KINDS:
        ring = ["swift-ring-builder", f"{kind}.builder"]
        for more in (["create", "4", "1", "0"], ["add", f"r1z1-127.0.0.1:{ports[kind]}/d1", "1"], ["rebalance"]):
            subprocess.run(ring + more, cwd=FOLDER, stdout=subprocess.DEVNULL, check=False)
        if not os.path.exists(os.path.join(FOLDER, f"{kind}.ring.gz")):
            sys.exit(f"swift.py: no ring of {kind}")


def wait(port):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"swift.py: nobody listens at port {port}; see {FOLDER}")


def main():
    programs = [f"swift-{kind}-server" for kind in (*KINDS, "proxy")] + ["swift-ring-builder", "curl"]
    if not all(shutil.which(p) for p in programs) or not os.access("/etc/swift/swift.conf", os.R_OK):
        sys.exit(77)
    if not attributes_work():
        sys.exit(77)
    ports = dict(zip((*KINDS, "proxy"), free_ports(4)))
    configure(ports)
    running = []
    try:
        for kind in ports:
            with open(os.path.join(FOLDER, f"{kind}.log"), "wb") as log:
                # None outlives this program, however that ends.
                running.append(subprocess.Popen([f"swift-{kind}-server", f"{kind}.conf", "-v"], cwd=FOLDER, stdout=log,
                                                stderr=log, stdin=subprocess.DEVNULL, preexec_fn=lambda: LIBC.prctl(1, signal.SIGKILL),
                                                env=dict(os.environ, PYTHONPATH=FOLDER)))
        for port in ports.values():
            wait(port)
        write("keys", f'user = "{KEY}:{SECRET}"\n')
        url = f"http://127.0.0.1:{ports['proxy']}/show"
        made = subprocess.run(["curl", "-sS", "-f", "-X", "PUT", "--aws-sigv4", "aws:amz:us-east-1:s3", "-K", "keys",
                               "-H", f"x-amz-content-sha256: {EMPTY}", url], cwd=FOLDER, stdout=sys.stderr, check=False)
        if made.returncode != 0:
            sys.exit(f"swift.py: no bucket; see {FOLDER}")
        print(ports["proxy"], flush=True)
        sys.stdin.read()
    finally:
        for p in running:
            p.terminate()
        for p in running:
            p.wait()


main()
