#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""watch.py FEED-ADDRESS SITE REPORT: a listener who never sleeps, until it is told to end (SIGTERM).

Fetches the feed again and again, and asks for every file that it names below SITE: sound, pictures, transcripts, chapters.
Each must be there whole: as long as the feed says, and with the bytes whose hash its name carries. A feed that was there
once must stay. REPORT gets a line for each fault, and at the end "N looks, N feeds, N faults".
"""
import hashlib
import http.client
import re
import signal
import sys
import time
import urllib.parse
import xml.etree.ElementTree as ET

NAMED = {"enclosure": "url", "image": "href", "transcript": "url", "chapters": "url", "thumbnail": "url"}


class Web:
    def __init__(self, address):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=10)

    def ask(self, method, address):
        for last in (False, True):
            try:
                self.connection.request(method, urllib.parse.urlsplit(address).path)
                answer = self.connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (http.client.HTTPException, OSError):  # a server may end a connection that rests
                self.connection.close()
                if last:
                    raise


def files(feed, site):
    """(address, its length or None) of what the feed names."""
    for e in feed.iter():
        name = e.tag.rsplit("}", 1)[-1]
        address = e.get(NAMED.get(name, ""))
        if name == "image" and e.find("url") is not None:
            address = e.find("url").text
        if address and address.startswith(site):
            yield address, e.get("length") if name == "enclosure" else None


def fault(web, address, length, whole):
    """What is wrong with it; None: nothing."""
    status, headers, _ = web.ask("HEAD", address)
    got = headers.get("Content-Length")
    if status != 200:
        return f"answers {status}"
    if length and got != length:
        return f"has {got} bytes, not {length}"
    tag = (address, got, headers.get("ETag"), headers.get("Last-Modified"))
    mark = re.search(r"/media/.*-([0-9a-f]{8})\.[a-z0-9]+$", address)
    if tag in whole:
        return None
    status, headers, data = web.ask("GET", address)
    if status != 200 or len(data) != int(headers.get("Content-Length", -1)) or not data:
        return f"comes with {len(data)} bytes and {status}"
    if mark and hashlib.sha256(data).hexdigest()[:8] != mark.group(1):
        return "has other bytes than its name says"
    whole.add(tag)
    return None


def main():
    feed_address, site, report = sys.argv[1:]
    ended, looks, faults, seen, whole = [], 0, 0, set(), set()
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    web = Web(feed_address)
    with open(report, "w", buffering=1, encoding="utf-8") as out:
        while not ended or looks == 0:
            status, _, data = web.ask("GET", feed_address)
            looks += 1
            wrong = []
            if status == 200:
                seen.add(hashlib.sha256(data).digest())
                try:
                    wrong = [(a, f) for a, n in set(files(ET.fromstring(data), site))
                             if (f := fault(web, a, n, whole))]
                except ET.ParseError as e:
                    wrong = [(feed_address, str(e))]
            elif seen:
                wrong = [(feed_address, f"answers {status}")]
            # What is no longer public need not be there for the feed before.
            if wrong and (status != 200 or web.ask("GET", feed_address)[2] == data):
                faults += len(wrong)
                for address, what in wrong:
                    print(f"{address}: {what}", file=out)
            time.sleep(0.02)
        print(f"{looks} looks, {len(seen)} feeds, {faults} faults", file=out)


main()
