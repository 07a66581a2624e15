# SPDX-License-Identifier: GPL-3.0-or-later
"""bounded.py FILE COMMAND…: runs it, two minutes at most; FILE: "seconds, MiB of its largest process"."""
import resource
import subprocess
import sys
import time

began = time.monotonic()
try:
    code = subprocess.call(sys.argv[2:], stdin=subprocess.DEVNULL, timeout=120)
except subprocess.TimeoutExpired:
    code = 124
with open(sys.argv[1], "w") as f:
    print(f"{time.monotonic() - began:.1f}", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=f)
sys.exit(code if code >= 0 else 128 - code)
