#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""seek.py SECRETS USER... -- PLACE...: looks for secrets where none may be.

SECRETS has lines "name = value". A place is a file, a folder with all that is in it, or pid:N, the
arguments and the environment of a process and of all it started. Each secret is looked for as it is,
in parts of 8 characters (a text that was cut holds half of one), percent-encoded, as JSON and HTML
write it, in hexadecimal, and in base64: alone at each of three places in a longer text, and behind
each "USER:". Says what is where, and ends with 1 where anything was found.
"""
import base64
import html
import json
import os
import re
import sys
import urllib.parse

PART = 8


def in_base64(data):
    """What of its base64 is the same whatever stands before and behind it."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + data)
        first = 0 if shift == 0 else 2 if shift == 1 else 3
        yield coded[first:len(coded) - 4]
    yield base64.b64encode(data).rstrip(b"=")


def forms(secret, users):
    raw = secret.encode()
    for i in range(max(1, len(secret) - PART + 1)):
        yield secret[i:i + PART].encode()
    for safe in ("", "/", "/?&=:", "/?&=:+,"):
        for coded in (urllib.parse.quote(secret, safe=safe), urllib.parse.quote_plus(secret, safe=safe)):
            yield coded.encode()
            yield re.sub("%..", lambda m: m.group().lower(), coded).encode()
    for ascii_only in (True, False):
        text = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield text.encode()
        yield text.replace("/", "\\/").encode()
    yield html.escape(secret).encode()
    yield html.escape(secret, quote=False).encode()
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for text in [secret] + [f"{user}:{secret}" for user in users]:
        for coded in in_base64(text.encode()):
            yield coded
            yield coded.replace(b"+", b"-").replace(b"/", b"_")


def family(pid):
    """The process and all that it started."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as f:
                children.setdefault(int(f.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
        except (OSError, IndexError):
            continue
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def contents(place):
    if place.startswith("pid:"):
        for pid in family(int(place[4:])):
            for what in ("cmdline", "environ"):
                yield from contents(f"/proc/{pid}/{what}")
    elif os.path.isdir(place):
        for folder, _, names in os.walk(place):
            for name in names:
                yield os.path.join(folder, name), os.path.join(folder, name).encode()
                if os.path.isfile(os.path.join(folder, name)):
                    yield from contents(os.path.join(folder, name))
    else:
        with open(place, "rb") as f:
            yield place, f.read()


def main():
    split = sys.argv.index("--")
    path, users, places = sys.argv[1], sys.argv[2:split], sys.argv[split + 1:]
    wanted = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            name, value = (part.strip() for part in line.split("=", 1))
            for form in forms(value, users):
                if len(form) >= PART - 1:
                    wanted.setdefault(form, name)
    bad = looked = 0
    for place in places:
        for where, data in contents(place):
            looked += 1
            for form, name in wanted.items():
                at = data.find(form)
                if at >= 0:
                    print(f"{where}: {name} as {form!r}: {data[max(0, at - 60):at + 60]!r}")
                    bad = 1
                    break
    if not looked:
        print("nothing to look through")
        bad = 1
    sys.exit(bad)


main()
