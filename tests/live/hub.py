#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""hub.py LOG: whoever is told of a changed feed. Says its port; ends when its standard input does.

Each request becomes a line of JSON in LOG: {"method", "path", "headers", "body", "answer"}. /N/... is answered with the
status N, other paths with 204; a line "PATH N" on standard input says what a path is answered with from then on, and is
itself answered with "ok" on standard output.
"""
import http.server
import json
import sys
import threading

answers, lock = {}, threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = self.path.split("?")[0]
        first = path.split("/")[1]
        answer = answers.get(path, int(first) if first.isdigit() else 204)
        with lock, open(sys.argv[1], "a", encoding="utf-8") as log:
            print(json.dumps({"method": self.command, "path": self.path, "headers": dict(self.headers.items()),
                              "body": body, "answer": answer}), file=log)
        self.send_response(answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = any


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
for line in sys.stdin:
    path, answer = line.split()
    answers[path] = int(answer)
    print("ok", flush=True)
