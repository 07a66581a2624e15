# SPDX-License-Identifier: GPL-3.0-or-later
"""The test card: what is where in it, and what it sounds like. Places are shares of width and height, colours sRGB."""
import array
import math
import random
import wave

RATE = 48000
BEEP_HZ, BEEP_S, HUSH_S, FLASH_S = 1000, 0.06, 0.15, 0.12
GROUND, DARK, LIGHT = (118, 118, 118), (24, 24, 24), (235, 235, 235)


class Box:
    def __init__(self, x, y, w, h):
        self.x, self.y, self.w, self.h = x, y, w, h

    def pixels(self, width, height):
        """Left, top, right and bottom in a picture of this size."""
        return (round(self.x * width), round(self.y * height), round((self.x + self.w) * width),
                round((self.y + self.h) * height))


CORNERS = {  # which way up the card is
    "top left": (Box(0, 0, .12, .2), (200, 40, 40)),
    "top right": (Box(.88, 0, .12, .2), (40, 160, 60)),
    "bottom left": (Box(0, .8, .12, .2), (40, 60, 190)),
    "bottom right": (Box(.88, .8, .12, .2), (220, 200, 40)),
}
FLASH = Box(.14, .08, .14, .3)  # dark, and white while the beep begins
DISC_GROUND = Box(.32, .04, .36, .64)
DISC = (.5, .36)  # its centre
PATCHES = {name: (Box(.14 + .09 * i, .72, .09, .16), colour) for i, (name, colour) in enumerate((
    ("skin", (224, 172, 140)), ("red", (180, 60, 50)), ("green", (70, 150, 75)), ("blue", (50, 70, 160)),
    ("cyan", (20, 133, 161)), ("grey 25 %", (64, 64, 64)), ("grey 50 %", (128, 128, 128)),
    ("grey 75 %", (191, 191, 191))))}
CYAN_525 = (60, 133, 161)  # beyond the primaries of 525 lines zimg clips on some processors alone
TRACK = Box(.14, .9, .72, .09)  # in which a bar moves to the right
BAR = Box(.14, .9, .06, .09)


def patches(colours):
    """What a camera of these colours (cases.py) can see."""
    box, _ = PATCHES["cyan"]
    return {**PATCHES, "cyan": (box, CYAN_525)} if colours.startswith("ntsc") else PATCHES


def draw(path, width, height, colours):
    """The card without flash and bar, as a PPM."""
    boxes = [(Box(0, 0, 1, 1), GROUND), (DISC_GROUND, DARK), (FLASH, DARK), (TRACK, DARK), *CORNERS.values(),
             *patches(colours).values()]
    spans = [(b.pixels(width, height), bytes(c)) for b, c in boxes]
    cx, cy, r = DISC[0] * width, DISC[1] * height, min(.16 * width, .28 * height)
    with open(path, "wb") as f:
        f.write(b"P6 %d %d 255\n" % (width, height))
        for y in range(height):
            row = bytearray(width * 3)
            for (left, top, right, bottom), colour in spans:
                if top <= y < bottom:
                    row[left * 3:right * 3] = colour * (right - left)
            across = r * r - (y + .5 - cy) ** 2
            if across > 0:
                left, right = round(cx - math.sqrt(across)), round(cx + math.sqrt(across))
                row[left * 3:right * 3] = bytes(LIGHT) * (right - left)
            f.write(row)


def syllables(seconds, seed):
    """Something like a voice: pulses of changing pitch with three formants, in syllables and breaths."""
    chance = random.Random(seed)
    pulse = [0.0] * 512
    for hz, gain, width in ((600, 1, .012), (1700, .4, .008), (2600, .2, .006)):
        for i in range(512):
            t = i / (512 * 120)
            pulse[i] += gain * math.sin(2 * math.pi * hz * t) * math.exp(-t / width * 4)
    out, phase = array.array("f"), 0.0
    while len(out) < seconds * RATE:
        length = int(RATE * chance.uniform(.12, .3))
        pitch, loud = chance.uniform(100, 150) * 512 / RATE, chance.uniform(.15, .3)
        for i in range(length):
            phase = (phase + pitch) % 512
            out.append(loud * math.sin(math.pi * i / length) * pulse[int(phase)] + chance.uniform(-.001, .001))
        if chance.random() < .25:
            out.extend(chance.uniform(-.001, .001) for _ in range(int(RATE * chance.uniform(.1, .4))))
    return out[:round(seconds * RATE)]


def speak(path, seconds, beeps, seed=1):
    """A WAV of a voice that falls silent around each beep; beeps: when they begin."""
    sound = syllables(seconds, seed)
    for at in beeps:
        first, tone = round((at - HUSH_S) * RATE), round(at * RATE)
        for i in range(max(first, 0), min(round((at + BEEP_S + HUSH_S) * RATE), len(sound))):
            sound[i] *= .01
        for i in range(round(BEEP_S * RATE)):
            if tone + i < len(sound):
                edge = min(1, (i + 1) / 48, (BEEP_S * RATE - i) / 48)
                sound[tone + i] = .4 * edge * math.sin(2 * math.pi * BEEP_HZ * i / RATE)
    with wave.open(path, "wb") as f:
        f.setparams((1, 2, RATE, 0, "NONE", ""))
        f.writeframes(array.array("h", (round(max(-1, min(1, s)) * 32767) for s in sound)).tobytes())
