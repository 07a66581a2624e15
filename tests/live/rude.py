#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rude.py FOLDER: serves the folder on loopback, with faults no usual server can be told to have. The first part of a
path is the fault, the rest the file. Says its port; ends when its standard input does."""
import http.server
import os
import sys
import threading
import time

FOLDER = sys.argv[1]


class Rude(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def answer(self, body):
        fault, _, path = self.path.lstrip("/").partition("/")
        with open(os.path.join(FOLDER, path), "rb") as f:
            data = f.read()
        size, wanted = len(data), self.headers.get("Range", "")
        first, last, status = 0, size - 1, 200
        if fault == "silent":
            time.sleep(30)
            return
        if wanted.startswith("bytes="):
            a, _, b = wanted[6:].partition("-")
            first, last = (size - int(b), size - 1) if not a else (int(a), min(int(b or size), size - 1))
            status = 206 if first < size else 416
        if fault == "suffix" and wanted.startswith("bytes=-"):
            first, last = 0, size - 1
        if fault == "behind" and status == 416:
            first, last, status = 0, size - 1, 200
        part = data[first:last + 1] if status != 416 else b""
        if fault == "longer" and status == 206:
            part = data[first:last + 5]
        self.send_response(status)
        if status == 206 and fault != "norange":
            total = size + 1 if fault == "total" else size
            self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
        if fault != "notype" and not (fault == "parttype" and status == 206):
            self.send_header("Content-Type", "audio/mpeg")
        self.send_header("Last-Modified", "Thu, 12 Feb 2026 08:00:00 GMT")
        if fault == "nolength" and not body:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        if body and fault == "cut":
            self.wfile.write(part[:5])
            self.close_connection = True
        elif body:
            self.wfile.write(part)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Rude)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
