# SPDX-License-Identifier: GPL-3.0-or-later
# legible.py FILE: what a viewer would complain about in a VTT or SRT file, one complaint a line.
# Reads it on its own: nothing of the program is used.
import re
import sys


def seconds(stamp):
    value = 0.0
    for part in stamp.replace(",", ".").split(":"):
        value = value * 60 + float(part)
    return value


def blocks(text):
    for block in re.split(r"\n\s*\n", text.replace("\r", "").lstrip("\ufeff")):
        lines = block.strip("\n").split("\n")
        at = next((i for i, line in enumerate(lines) if "-->" in line), None)
        if at is None:
            continue
        start, _, end = lines[at].split()[:3]
        words = [re.sub(r"&(amp|lt|gt);", "x", re.sub(r"<[^>]*>", "", line)) for line in lines[at + 1:]]
        yield seconds(start), seconds(end), words


before = None
for start, end, lines in blocks(open(sys.argv[1], encoding="utf-8").read()):
    length, chars = end - start, sum(map(len, lines))
    for line in lines:
        if len(line) > 40:
            print(f"{start}: {len(line)} characters: {line}")
    if len(lines) > 2:
        print(f"{start}: {len(lines)} lines")
    if length < 0.83 - 1e-6 or length > 7 + 1e-6:
        print(f"{start}: shown for {length} s")
    if length and chars / length > 20:
        print(f"{start}: {chars / length} characters a second")
    if before is not None and start - before < 0.08 - 1e-6:
        print(f"{start}: {start - before} s behind the one above")
    before = end
