# SPDX-License-Identifier: GPL-3.0-or-later
"""bag.py FOLDER: is it a whole bag as RFC 8493 has it? Says what is wrong, and ends with 1.

The package bagit has its word, too, where it is installed."""
import hashlib
import os
import re
import sys


def sums(bag, name):
    found = {}
    for line in open(os.path.join(bag, name), encoding="utf-8", newline="\n"):
        match = re.fullmatch(r"([0-9a-f]{64})  (\S.*)\n", line)
        if not match:
            yield f"{name}: not a line of a manifest: {line!r}"
            continue
        path = match[2]
        if path in found:
            yield f"{name}: names {path} twice"
        if path.startswith(("/", "~")) or ".." in path.split("/") or re.search(r"[%\\\r]", path):
            yield f"{name}: may not name {path}"
        found[path] = match[1]
        try:
            with open(os.path.join(bag, path), "rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != match[1]:
                    yield f"{name}: {path} has another sum"
        except OSError as fault:
            yield f"{name}: {fault}"
    sums.found = found


def faults(bag):
    files = {
        os.path.relpath(os.path.join(at, name), bag)
        for at, _, names in os.walk(bag)
        for name in names
    }
    payload = {name for name in files if name.startswith("data/")}
    declared = open(os.path.join(bag, "bagit.txt"), "rb").read()
    if declared != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        yield f"bagit.txt: says {declared!r}"
    yield from sums(bag, "manifest-sha256.txt")
    if set(sums.found) != payload:
        yield f"manifest and data/ differ by {set(sums.found) ^ payload}"
    yield from sums(bag, "tagmanifest-sha256.txt")
    tags = files - payload - {"tagmanifest-sha256.txt"}
    if set(sums.found) != tags:
        yield f"tagmanifest and tag files differ by {set(sums.found) ^ tags}"
    if tags != {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}:
        yield f"unknown tag files in {tags}"
    info = []
    for line in open(os.path.join(bag, "bag-info.txt"), encoding="utf-8"):
        match = re.fullmatch(r"([^:\s][^:]*): (\S.*)\n", line)
        if match:
            info.append((match[1], match[2]))
        else:
            yield f"bag-info.txt: not a line of it: {line!r}"
    size = sum(os.path.getsize(os.path.join(bag, name)) for name in payload)
    oxum = [value for key, value in info if key == "Payload-Oxum"]
    if oxum != [f"{size}.{len(payload)}"]:
        yield f"bag-info.txt: Payload-Oxum is {oxum}, not {size}.{len(payload)}"


found = list(faults(sys.argv[1]))
try:
    import bagit

    bagit.Bag(sys.argv[1]).validate()
except ImportError:
    pass
for fault in found:
    print(fault)
sys.exit(1 if found else 0)
