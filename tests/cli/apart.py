# SPDX-License-Identifier: GPL-3.0-or-later
"""apart.py TRUTH MIX: what is in MIX that no gain of TRUTH explains, seconds with sound only, in dB."""
import array
import math
import sys
import wave


def samples(path):
    with wave.open(path) as w:
        assert w.getnchannels() == 1 and w.getsampwidth() == 2, path
        return array.array("h", w.readframes(w.getnframes())), w.getframerate()


truth, rate = samples(sys.argv[1])
mix, _ = samples(sys.argv[2])
rest = total = 0.0
for at in range(0, min(len(truth), len(mix)) - rate, rate):
    t, m = truth[at:at + rate], mix[at:at + rate]
    tt = sum(x * x for x in t)
    if tt < rate * 1e4:
        continue
    tm, mm = sum(x * y for x, y in zip(t, m)), sum(y * y for y in m)
    rest += mm - tm * tm / tt
    total += mm
print(round(10 * math.log10(rest / total), 2))
