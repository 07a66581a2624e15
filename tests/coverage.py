#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""coverage.py BUILD LEAST [FILES]: which lines of pipeline/ the tests ran, by folder, from what a build with COV=1
counted. Ends with 1 where fewer than LEAST percent of all of them were. FILES: each file, the worst first."""

import collections
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def lines_of(note):
    """{file: {line: how often}} of one object; what was never loaded has only notes, and counts as not run."""
    said = subprocess.run(["gcov", "--json-format", "--stdout", note], capture_output=True, check=False)
    if said.returncode:
        sys.exit(f"{note}: {said.stderr.decode(errors='replace').strip()}")
    counts = collections.defaultdict(dict)
    for report in said.stdout.splitlines():
        for file in json.loads(report)["files"]:
            of = counts[file["file"]]
            for line in file["lines"]:
                of[line["line_number"]] = max(of.get(line["line_number"], 0), line["count"])
    return counts


def main(build, least, each=None):
    notes = [os.path.join(at, n) for at, _, names in os.walk(os.path.join(build, "pipeline")) for n in names
             if n.endswith(".gcno")]
    counts = collections.defaultdict(lambda: collections.defaultdict(int))
    with ThreadPoolExecutor() as pool:
        for one in pool.map(lines_of, sorted(notes)):
            for file, of in one.items():
                for line, n in of.items():
                    counts[file][line] = max(counts[file][line], n)
    ours = {f: (sum(n > 0 for n in of.values()), len(of)) for f, of in counts.items() if f.startswith("pipeline/")}
    if not ours:
        sys.exit(f"{build}: nothing was counted; build it with COV=1")
    folders = collections.defaultdict(lambda: [0, 0])
    for file, (ran, of) in ours.items():
        for name in (os.path.dirname(file), "pipeline"):
            folders[name][0] += ran
            folders[name][1] += of
    if each:
        for file, (ran, of) in sorted(ours.items(), key=lambda o: o[1][0] / o[1][1]):
            print(f"{100 * ran / of:6.1f} %  {ran:6} of {of:6}  {file}")
    for name, (ran, of) in sorted(folders.items(), key=lambda f: (f[0] == "pipeline", f[0])):
        print(f"{100 * ran / of:6.1f} %  {ran:6} of {of:6} lines  {name}/")
    ran, of = folders["pipeline"]
    if 100 * ran < float(least) * of:
        sys.exit(f"less than {least} % of the lines of pipeline/ ran")


if __name__ == "__main__":
    main(*sys.argv[1:])
