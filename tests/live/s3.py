#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""s3.py [--public] [--tls PEM KEY] [--port N]: a strict small S3-compatible store on loopback, in memory, with the one
bucket "show". It says its port, and ends when its standard input does.

It takes nothing on trust: the signature (all x-amz-* headers and Content-Type must be in it), the clock, the SHA-256 and
the MD5 of each body. --public: objects can be read without a signature, as a web server would give them out.

POST /-/control takes {"rules": [...], "set": {...}, "clear": true}, GET /-/control gives what was seen. A rule is
{"on": operation or "*", "do": one of FAULTS, "times": N, "skip": N, ...}; SETTINGS below says what can be set.
"""
import argparse
import base64
import email.utils
import hashlib
import hmac
import http.server
import json
import re
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ET
from datetime import datetime, timezone
from xml.sax.saxutils import escape

BUCKET, KEY, SECRET = "show", "AKDGLEPISODETEST0001", "canary/secret+of+the+store/0123456789abc"
XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"
EMPTY = hashlib.sha256(b"").hexdigest()
PART_MIN, SKEW_S, UNRESERVED = 5 << 20, 900, "-._~"
SETTINGS = {
    "region": "us-east-1",
    "token": None,  # what x-amz-security-token must be
    "clock_s": 0,  # how far the store's clock is ahead
    "page": 1000,  # most parts or uploads of one list
    "quota": None,  # bytes of the bucket
    "opaque": False,  # encrypted: ETags are no MD5
    "host_style": False,  # the bucket is in the host's name: paths begin with the key
    "no_lists": False,  # uploads may not be listed
}
FAULTS = {
    "error",  # status, code, retry_after
    "cut",  # the connection is reset after `after` bytes of the body
    "lost",  # done, but the answer never leaves
    "etag",  # the answer names another ETag
    "corrupt",  # other bytes are stored, and the ETag is theirs
    "late_error",  # 200, blanks, and an error in the body (only complete)
    "slow",  # reads bytes_per_s
    "silent",  # reads all and says nothing for `seconds`
    "garbage",  # the answer's body is `body`
}
CODES = {
    "AccessDenied": 403, "InvalidAccessKeyId": 403, "SignatureDoesNotMatch": 403, "RequestTimeTooSkewed": 403,
    "ExpiredToken": 400, "AuthorizationHeaderMalformed": 400, "XAmzContentSHA256Mismatch": 400, "BadDigest": 400,
    "InvalidDigest": 400, "InvalidRequest": 400, "IncompleteBody": 400, "MalformedXML": 400, "EntityTooSmall": 400,
    "InvalidPart": 400, "InvalidPartOrder": 400, "InvalidArgument": 400, "NoSuchKey": 404, "NoSuchBucket": 404,
    "NoSuchUpload": 404, "MethodNotAllowed": 405, "MissingContentLength": 411, "InvalidRange": 416,
    "QuotaExceeded": 403, "SlowDown": 503, "InternalError": 500,
}


class Refused(Exception):
    def __init__(self, code, message="", status=None, headers=None, **more):
        super().__init__(code)
        self.code, self.message, self.more = code, message or code, more
        self.status, self.headers = status or CODES.get(code, 400), headers or {}


class Store:
    def __init__(self):
        self.lock = threading.RLock()
        self.clear()

    def clear(self):
        self.objects, self.uploads, self.rules, self.set = {}, {}, [], dict(SETTINGS)
        self.calls, self.body_bytes, self.refusals, self.number = {}, 0, {}, 0

    def rule(self, operation):
        """The first rule that waits for this operation, used up once."""
        with self.lock:
            self.calls[operation] = self.calls.get(operation, 0) + 1
            for r in self.rules:
                if r["on"] not in ("*", operation):
                    continue
                if r.get("skip", 0) > 0:
                    r["skip"] -= 1
                elif r.get("times", 1) > 0:
                    r["times"] = r.get("times", 1) - 1
                    return r
        return {}

    def seen(self):
        with self.lock:
            return {
                "calls": self.calls, "body_bytes": self.body_bytes, "refusals": self.refusals,
                "uploads": {u: {"key": v["key"], "parts": sorted(v["parts"])} for u, v in self.uploads.items()},
                "objects": {k: {"bytes": len(o["data"]), "sha256": hashlib.sha256(o["data"]).hexdigest(),
                                "headers": o["headers"], "etag": o["etag"]} for k, o in self.objects.items()},
            }


STORE = Store()


def encoded(text):
    return urllib.parse.quote(text, safe=UNRESERVED)


def hmac256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    public = False

    def log_message(self, *_):
        pass

    # ---- what every request goes through

    def handle_any(self):
        self.rest, self.rule = 0, {}
        if self.path == "/-/control":
            return self.control()
        try:
            self.rest = int(self.headers.get("Content-Length") or 0)
            self.split()
            self.rule = STORE.rule(self.operation)
            self.fault_before()
            body = self.read_body()
            self.authorize(body)
            if not self.bucket_there:
                raise Refused("NoSuchBucket", "The specified bucket does not exist", BucketName=self.bucket)
            if self.rule.get("do") == "silent":
                time.sleep(self.rule.get("seconds", 30))
            return getattr(self, self.operation)(body)
        except Refused as x:
            return self.refuse(x)
        except (ConnectionError, ssl.SSLError, TimeoutError):
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any

    def split(self):
        """Bucket, key, query and operation."""
        raw, _, query = self.path.partition("?")
        path = urllib.parse.unquote(raw, errors="strict")
        self.query = {}
        for part in filter(None, query.split("&")):
            name, _, value = part.partition("=")
            self.query[urllib.parse.unquote(name)] = urllib.parse.unquote(value)
        if STORE.set["host_style"]:
            self.bucket, self.key = BUCKET, path[1:]
        else:
            self.bucket, _, self.key = path[1:].partition("/")
        self.bucket_there = self.bucket == BUCKET
        upload, part = "uploadId" in self.query, "partNumber" in self.query
        of_key = {
            ("PUT", False, False): "PutObject", ("PUT", True, True): "UploadPart",
            ("GET", False, False): "GetObject", ("HEAD", False, False): "HeadObject",
            ("DELETE", False, False): "DeleteObject", ("DELETE", True, False): "AbortMultipartUpload",
            ("POST", True, False): "CompleteMultipartUpload", ("GET", True, False): "ListParts",
        }
        self.operation = of_key.get((self.command, upload, part)) if self.key else None
        if self.command == "POST" and self.key and "uploads" in self.query:
            self.operation = "CreateMultipartUpload"
        if self.command == "GET" and "uploads" in self.query:
            self.operation = None if self.key else "ListMultipartUploads"
        if not self.operation:
            self.operation = "none"

    def fault_before(self):
        do = self.rule.get("do")
        if do == "error":
            headers = {"Retry-After": str(self.rule["retry_after"])} if "retry_after" in self.rule else {}
            raise Refused(self.rule.get("code", "InternalError"), "as the test asked", self.rule.get("status"), headers,
                          **self.rule.get("more", {}))
        if do == "cut":
            self.take(min(self.rest, self.rule.get("after", 0)))
            self.reset()

    def reset(self):
        """A connection that breaks, not one that ends."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionResetError

    def take(self, n):
        got, slow = [], self.rule.get("bytes_per_s") if self.rule.get("do") == "slow" else None
        while n > 0:
            piece = self.rfile.read(min(n, slow // 10 if slow else 1 << 18))
            if not piece:
                raise ConnectionResetError
            got.append(piece)
            n -= len(piece)
            self.rest -= len(piece)
            with STORE.lock:
                STORE.body_bytes += len(piece)
            if slow:
                time.sleep(0.1)
        return b"".join(got)

    def read_body(self):
        if self.command in ("PUT", "POST") and self.headers.get("Content-Length") is None:
            raise Refused("MissingContentLength")
        return self.take(self.rest)

    # ---- signatures

    def authorize(self, body):
        sent = self.headers.get("x-amz-content-sha256")
        if self.public and self.operation in ("GetObject", "HeadObject") and "Authorization" not in self.headers:
            return
        m = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/, ]+)/(\d{8})/([^/, ]+)/s3/aws4_request, ?"
                         r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})", self.headers.get("Authorization", ""))
        if not m:
            raise Refused("AccessDenied", "no signature of version 4")
        key, day, region, names, signature = m.groups()
        if key != KEY:
            raise Refused("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
        self.check_time(day)
        if region != STORE.set["region"]:
            raise Refused("AuthorizationHeaderMalformed", f"the region '{region}' is wrong; expecting "
                          f"'{STORE.set['region']}'", Region=STORE.set["region"])
        if not sent:
            raise Refused("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
        names = names.split(";")
        must = {h.lower() for h in self.headers if h.lower().startswith("x-amz-")} | {"host"}
        must |= {"content-type"} if "Content-Type" in self.headers else set()
        if names != sorted(set(names)) or not must <= set(names):
            raise Refused("AccessDenied", "There were headers present in the request which were not signed")
        if not hmac.compare_digest(signature, self.signature(day, region, names, sent)):
            raise Refused("SignatureDoesNotMatch", "The request signature we calculated does not match")
        if STORE.set["token"] != self.headers.get("x-amz-security-token"):
            raise Refused("ExpiredToken", "The provided token has expired.")
        if hashlib.sha256(body).hexdigest() != sent:
            raise Refused("XAmzContentSHA256Mismatch")
        self.check_md5(body)

    def check_time(self, day):
        stamp = self.headers.get("x-amz-date", "")
        try:
            then = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
        except ValueError:
            raise Refused("AccessDenied", "no x-amz-date") from None
        if stamp[:8] != day:
            raise Refused("SignatureDoesNotMatch", "the day is another")
        if abs(then - time.time() - STORE.set["clock_s"]) > SKEW_S:
            raise Refused("RequestTimeTooSkewed", "The difference between the request time and the current time is "
                          "too large.")

    def signature(self, day, region, names, sent):
        raw, _, query = self.path.partition("?")
        pairs = []
        for part in filter(None, query.split("&")):
            name, _, value = part.partition("=")
            pairs.append((encoded(urllib.parse.unquote(name)), encoded(urllib.parse.unquote(value))))
        path = urllib.parse.quote(urllib.parse.unquote(raw), safe=UNRESERVED + "/")
        headers = "".join(f"{n}:{' '.join((self.headers.get(n) or '').split())}\n" for n in names)
        canonical = "\n".join([self.command, path, "&".join(f"{n}={v}" for n, v in sorted(pairs)), headers,
                               ";".join(names), sent])
        to_sign = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], f"{day}/{region}/s3/aws4_request",
                             hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + SECRET).encode()
        for text in (day, region, "s3", "aws4_request"):
            key = hmac256(key, text)
        return hmac256(key, to_sign).hex()

    def check_md5(self, body):
        sent = self.headers.get("Content-MD5")
        if sent is None:
            if self.operation in ("PutObject", "UploadPart"):
                raise Refused("InvalidRequest", "Content-MD5 is required here")
            return
        try:
            told = base64.b64decode(sent, validate=True)
        except ValueError:
            raise Refused("InvalidDigest") from None
        if told != hashlib.md5(body).digest():
            raise Refused("BadDigest", "The Content-MD5 you specified did not match what we received.")

    # ---- answers

    def refuse(self, x):
        with STORE.lock:
            STORE.refusals[x.code] = STORE.refusals.get(x.code, 0) + 1
        more = "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in x.more.items())
        if self.rest > 0:  # of a body that nobody will read
            self.close_connection = True
        self.answer(x.status, f"<Error><Code>{x.code}</Code><Message>{escape(x.message)}</Message>{more}"
                    f"<RequestId>7B1F</RequestId></Error>", x.headers)

    def answer(self, status, xml="", headers=None):
        body = ('<?xml version="1.0" encoding="UTF-8"?>\n' + xml).encode() if xml else b""
        do = self.rule.get("do")
        if do == "lost":
            self.reset()
        if do == "garbage" and status < 300:
            body = self.rule.get("body", "").encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if body:
            self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def etag(self, data):
        """(stored bytes, their tag, the tag of the answer)"""
        if self.rule.get("do") == "corrupt" and data:
            data = data[:-1] + bytes([data[-1] ^ 1])
        tag = hashlib.md5((b"salt" if STORE.set["opaque"] else b"") + data).hexdigest()
        return data, tag, "0" * 32 if self.rule.get("do") == "etag" else tag

    def tag_headers(self, tag):
        headers = {"ETag": f'"{tag}"'}
        if STORE.set["opaque"]:
            headers["x-amz-server-side-encryption"] = "aws:kms"
        return headers

    def kept_headers(self):
        kept = {h: self.headers[h] for h in ("Content-Type", "Cache-Control") if h in self.headers}
        kept.setdefault("Content-Type", "binary/octet-stream")
        kept.update({h.lower(): v for h, v in self.headers.items() if h.lower().startswith("x-amz-meta-")})
        return kept

    def check_quota(self, more):
        if STORE.set["quota"] is not None:
            used = sum(len(o["data"]) for o in STORE.objects.values())
            if used + more > STORE.set["quota"]:
                raise Refused("QuotaExceeded", "the bucket is full")

    # ---- objects

    def none(self, _):
        raise Refused("MethodNotAllowed", "The specified method is not allowed against this resource.")

    def PutObject(self, body):
        with STORE.lock:
            self.check_quota(len(body))
            data, tag, told = self.etag(body)
            STORE.objects[self.key] = {"data": data, "etag": tag, "headers": self.kept_headers(), "at": time.time()}
        self.answer(200, headers=self.tag_headers(told))

    def GetObject(self, _):
        with STORE.lock:
            o = STORE.objects.get(self.key)
        if not o:
            raise Refused("NoSuchKey", "The specified key does not exist.", Key=self.key)
        data, status, extra = o["data"], 200, {}
        m = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if m and (m[1] or m[2]):
            size = len(data)
            first = int(m[1]) if m[1] else max(0, size - int(m[2]))
            last = min(int(m[2]), size - 1) if m[1] and m[2] else size - 1
            if first > last or first >= size:
                raise Refused("InvalidRange", headers={"Content-Range": f"bytes */{size}"})
            data, status, extra = data[first:last + 1], 206, {"Content-Range": f"bytes {first}-{last}/{size}"}
        if self.headers.get("If-None-Match", "") in ("*", f'"{o["etag"]}"'):
            data, status = b"", 304
        self.send_response(status)
        for name, value in {**o["headers"], **self.tag_headers(o["etag"]), **extra}.items():
            self.send_header(name, value)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Last-Modified", email.utils.formatdate(o["at"], usegmt=True))
        if status != 304:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    HeadObject = GetObject

    def DeleteObject(self, _):
        with STORE.lock:
            STORE.objects.pop(self.key, None)
        self.answer(204)

    # ---- uploads in parts

    def upload(self):
        u = STORE.uploads.get(self.query["uploadId"])
        if not u or u["key"] != self.key:
            raise Refused("NoSuchUpload", "The specified upload does not exist.")
        return u

    def CreateMultipartUpload(self, _):
        with STORE.lock:
            STORE.number += 1
            name = f"upload-{STORE.number:04d}/+=&<"
            STORE.uploads[name] = {"key": self.key, "parts": {}, "headers": self.kept_headers(), "n": STORE.number}
        self.answer(200, f'<InitiateMultipartUploadResult xmlns="{XMLNS}"><Bucket>{BUCKET}</Bucket>'
                    f"<Key>{escape(self.key)}</Key><UploadId>{escape(name)}</UploadId></InitiateMultipartUploadResult>")

    def UploadPart(self, body):
        number = int(self.query["partNumber"])
        if not 1 <= number <= 10000:
            raise Refused("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
        with STORE.lock:
            u = self.upload()
            self.check_quota(len(body) + sum(len(p[0]) for p in u["parts"].values()))
            data, tag, told = self.etag(body)
            u["parts"][number] = (data, tag)
        self.answer(200, headers=self.tag_headers(told))

    def CompleteMultipartUpload(self, body):
        if self.rule.get("do") == "late_error":
            return self.answer(200, "\n  \n<Error><Code>InternalError</Code><Message>We encountered an internal error."
                               "</Message></Error>")
        try:
            root = ET.fromstring(body)
            asked = [(int(p.findtext(f"{{{XMLNS}}}PartNumber")), p.findtext(f"{{{XMLNS}}}ETag").strip('"'))
                     for p in root.findall(f"{{{XMLNS}}}Part")]
        except (ET.ParseError, AttributeError, TypeError, ValueError):
            raise Refused("MalformedXML") from None
        with STORE.lock:
            u = self.upload()
            if not asked:
                raise Refused("MalformedXML")
            if [n for n, _ in asked] != sorted({n for n, _ in asked}):
                raise Refused("InvalidPartOrder")
            parts = []
            for i, (number, tag) in enumerate(asked):
                if u["parts"].get(number, (b"", None))[1] != tag:
                    raise Refused("InvalidPart", f"part {number}")
                if i < len(asked) - 1 and len(u["parts"][number][0]) < PART_MIN:
                    raise Refused("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
                parts.append(u["parts"][number][0])
            tag = hashlib.md5(b"".join(hashlib.md5(p).digest() for p in parts)).hexdigest() + f"-{len(parts)}"
            STORE.objects[self.key] = {"data": b"".join(parts), "etag": tag, "headers": u["headers"], "at": time.time()}
            del STORE.uploads[self.query["uploadId"]]
        self.answer(200, f'<CompleteMultipartUploadResult xmlns="{XMLNS}"><Location>x</Location><Bucket>{BUCKET}</Bucket>'
                    f"<Key>{escape(self.key)}</Key><ETag>&quot;{tag}&quot;</ETag></CompleteMultipartUploadResult>")

    def AbortMultipartUpload(self, _):
        with STORE.lock:
            self.upload()
            del STORE.uploads[self.query["uploadId"]]
        self.answer(204)

    def ListParts(self, _):
        with STORE.lock:
            u = self.upload()
            if STORE.set["no_lists"]:
                raise Refused("AccessDenied")
            after, page = int(self.query.get("part-number-marker", 0)), STORE.set["page"]
            left = [n for n in sorted(u["parts"]) if n > after]
            parts = "".join(f"<Part><PartNumber>{n}</PartNumber><LastModified>2026-02-12T09:00:00.000Z</LastModified>"
                            f"<ETag>&quot;{u['parts'][n][1]}&quot;</ETag><Size>{len(u['parts'][n][0])}</Size></Part>"
                            for n in left[:page])
        self.answer(200, f'<ListPartsResult xmlns="{XMLNS}"><Bucket>{BUCKET}</Bucket><Key>{escape(self.key)}</Key>'
                    f"<UploadId>{escape(self.query['uploadId'])}</UploadId><Owner><ID>1</ID><DisplayName>x</DisplayName>"
                    f"</Owner><PartNumberMarker>{after}</PartNumberMarker>"
                    f"<NextPartNumberMarker>{left[:page][-1] if left else 0}</NextPartNumberMarker>"
                    f"<MaxParts>{page}</MaxParts><IsTruncated>{str(len(left) > page).lower()}</IsTruncated>{parts}"
                    f"</ListPartsResult>")

    def ListMultipartUploads(self, _):
        with STORE.lock:
            if STORE.set["no_lists"]:
                raise Refused("AccessDenied")
            after = (self.query.get("key-marker", ""), self.query.get("upload-id-marker", ""))
            found = sorted((v["key"], name) for name, v in STORE.uploads.items()
                           if v["key"].startswith(self.query.get("prefix", "")))
            left = [f for f in found if f > after]
        page, more = left[:STORE.set["page"]], ""
        if len(left) > len(page):
            more = (f"<NextKeyMarker>{escape(page[-1][0])}</NextKeyMarker>"
                    f"<NextUploadIdMarker>{escape(page[-1][1])}</NextUploadIdMarker>")
        uploads = "".join(f"<Upload><Key>{escape(k)}</Key><UploadId>{escape(u)}</UploadId></Upload>" for k, u in page)
        self.answer(200, f'<ListMultipartUploadsResult xmlns="{XMLNS}"><Bucket>{BUCKET}</Bucket>{more}'
                    f"<Prefix>{escape(self.query.get('prefix', ''))}</Prefix>"
                    f"<IsTruncated>{str(bool(more)).lower()}</IsTruncated>{uploads}</ListMultipartUploadsResult>")

    # ---- for the test

    def control(self):
        wanted = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        with STORE.lock:
            if wanted.get("clear"):
                STORE.clear()
            if wanted.get("forget"):
                STORE.calls, STORE.body_bytes, STORE.refusals = {}, 0, {}
            for rule in wanted.get("rules", []):
                assert rule["do"] in FAULTS, rule
            STORE.rules = wanted.get("rules", STORE.rules)
            assert set(wanted.get("set", {})) <= set(SETTINGS), wanted
            STORE.set.update(wanted.get("set", {}))
            text = json.dumps(STORE.seen()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size, tls = True, 64, None

    def finish_request(self, request, client_address):
        if not self.tls:
            return super().finish_request(request, client_address)
        request.settimeout(60)  # here, in the connection's thread: a client that says nothing holds up nobody
        with self.tls.wrap_socket(request, server_side=True) as safe:
            super().finish_request(safe, client_address)

    def handle_error(self, *_):
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError, TimeoutError)):
            super().handle_error(*_)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--public", action="store_true")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--tls", nargs=2, metavar=("PEM", "KEY"))
    args = p.parse_args()
    Handler.public = args.public
    server = Server(("127.0.0.1", args.port), Handler)
    if args.tls:
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(*args.tls)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


main()
