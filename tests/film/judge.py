#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""judge.py CASE FILE: measures a delivered MP4 against what is known of its recording, on what ffmpeg decodes.
judge.py FILE PRESET: the same where nothing is known of it: whether it is what the preset says.

Prints the figures as JSON and each finding as a line; 0: nothing found, 1: something. It looks at the file alone, as
players do: its pixels are taken for BT.709 in limited range, whatever it says itself.
"""
import array
import json
import math
import os
import re
import shutil
import struct
import subprocess
import sys
from fractions import Fraction

import card
from cases import CASES, PLACE

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OFFSET_MS = 20  # of picture and sound
COLOUR = .02  # of the whole range, in the worst channel
ROUND = .02  # how much wider or narrower than high a circle may be
COMB_PX = 1.5  # how ragged an upright edge that moves may be
GOP_S = 2
HZ = 8000  # for finding beeps: one sample is 0.125 ms


def output_of(*argv):
    return subprocess.run([str(a) for a in argv], check=True, stdout=subprocess.PIPE).stdout


def decoded(path, *argv):
    return output_of("ffmpeg", "-nostdin", "-v", "error", "-i", path, *argv)


def probe(path):
    text = output_of("ffprobe", "-v", "error", "-show_streams", "-show_format", "-show_entries",
                     "packet=stream_index,pts,duration,flags", "-of", "json", path)
    return json.loads(text)


def picture_of(facts):
    return next(s for s in facts["streams"] if s["codec_type"] == "video" and not s["disposition"]["attached_pic"])


# ---- the container


def boxes(path):
    with open(path, "rb") as f:
        while head := f.read(8):
            size, name = struct.unpack(">I4s", head)
            if size == 1:
                size = struct.unpack(">Q", f.read(8))[0] - 8
            yield name.decode("latin-1")
            f.seek(size - 8, 1)


def check_tags(facts, preset, found):
    s = picture_of(facts)
    wanted = {"codec_name": "h264", "profile": "High", "pix_fmt": "yuv420p", "color_range": "tv",
              "color_space": "bt709", "color_transfer": "bt709", "color_primaries": "bt709",
              "sample_aspect_ratio": "1:1", "field_order": "progressive", "width": preset["width_px"],
              "height": preset["height_px"]}
    found += [f"{key} is {s.get(key, 'not said')}, not {value}" for key, value in wanted.items()
              if str(s.get(key)) != str(value)]
    if s["level"] > 42:
        found.append(f"level {s['level']}")
    if "side_data_list" in s:
        found += [f"the picture has {d['side_data_type']}" for d in s["side_data_list"]
                  if d["side_data_type"] == "Display Matrix"]


def check_frames(facts, found):
    """Every frame lasts equally long; each two seconds at most a key frame, before which nothing behind it is shown."""
    s = picture_of(facts)
    packets = [p for p in facts["packets"] if p["stream_index"] == s["index"]]
    shown = sorted(p["pts"] for p in packets)
    lengths = {b - a for a, b in zip(shown, shown[1:])} | {p.get("duration") for p in packets}
    if len(lengths) != 1:
        found.append(f"its frames last differently: {sorted(map(str, lengths))[:5]} of {s['time_base']}")
    base = Fraction(s["time_base"])
    key = None
    for p in packets:
        if "K" in p["flags"]:
            if key is not None and (p["pts"] - key) * base > GOP_S + base * shown[1] - base * shown[0]:
                found.append(f"{float((p['pts'] - key) * base):.2f} s between key frames")
            key = p["pts"]
        elif key is None or p["pts"] < key:
            found.append("a group of pictures is not closed")
            break
    return len(packets)


def check_container(path, facts, found):
    order = list(boxes(path))
    if order.index("moov") > order.index("mdat"):
        found.append("its index is behind the media")
    for s in facts["streams"]:
        titles = s["codec_type"] == "data" and s.get("codec_tag_string") == "text"  # of chapters
        if s["codec_type"] not in ("video", "audio", "subtitle") and not titles:
            found.append(f"a track of {s['codec_type']} ({s.get('codec_tag_string')})")
    tags = {**facts["format"].get("tags", {}), **{k: v for s in facts["streams"] for k, v in s.get("tags", {}).items()}}
    found += [f"tag {k} = {v}" for k, v in tags.items() if re.search(r"location|xyz|gps|^make$|^model$", k.lower())]
    with open(path, "rb") as f:
        data = f.read()
    north, east = (float(n) for n in re.findall(r"[+-][0-9.]+", PLACE))
    fixed = [struct.pack(">i", int(n * 65536))[:3] for n in (east, north)]  # as the box loci has it
    if re.search(rb"67\.28|14\.40|%s.%s" % tuple(map(re.escape, fixed)), data, re.DOTALL):
        found.append("the position is in it")


def check_mediainfo(path, preset, found):
    if not shutil.which("mediainfo"):
        return
    tracks = json.loads(output_of("mediainfo", "--Output=JSON", path))["media"]["track"]
    v = next(t for t in tracks if t["@type"] == "Video")
    wanted = {"Format": "AVC", "Format_Profile": "High", "FrameRate_Mode": "CFR", "ScanType": "Progressive",
              "ChromaSubsampling": "4:2:0", "BitDepth": "8", "colour_range": "Limited", "colour_primaries": "BT.709",
              "transfer_characteristics": "BT.709", "matrix_coefficients": "BT.709", "PixelAspectRatio": "1.000",
              "Width": preset["width_px"], "Height": preset["height_px"]}
    found += [f"mediainfo: {k} is {v.get(k, 'not said')}, not {w}" for k, w in wanted.items()
              if str(v.get(k, "Progressive" if k == "ScanType" else "")) != str(w)]


# ---- picture and sound at one moment


class Frame:
    def __init__(self, path, at, width, height):
        data = decoded(path, "-map", "0:v:0", "-vf", f"select=gte(t\\,{at - .001:.4f})", "-frames:v", 1, "-pix_fmt",
                       "yuv420p", "-f", "rawvideo", "-")
        self.width, self.height, half = width, height, (width + 1) // 2
        n, m = width * height, half * ((height + 1) // 2)
        self.planes = ((data[:n], width, 1), (data[n:n + m], half, 2), (data[n + m:n + 2 * m], half, 2))
        self.left, self.right = self.lit([self.luma(x, height // 2) for x in range(width)])
        middle = self.left + round(.3 * (self.right - self.left))
        self.top, self.bottom = self.lit([self.luma(middle, y) for y in range(height)])

    @staticmethod
    def lit(row):
        """Where the black bars end and begin."""
        there = [i for i, v in enumerate(row) if v > 25]
        return (there[0], there[-1] + 1) if there else (0, len(row))

    def luma(self, x, y):
        return self.planes[0][0][y * self.width + x]

    def place(self, box):
        x0, y0, x1, y1 = box.pixels(self.right - self.left, self.bottom - self.top)
        return self.left + x0, self.top + y0, self.left + x1, self.top + y1

    def colour(self, box):
        """Red, green and blue of the middle of a box, by BT.709 in limited range."""
        x0, y0, x1, y1 = self.place(box)
        dx, dy = (x1 - x0) // 4, (y1 - y0) // 4
        mean = []
        for data, width, by in self.planes:
            left, right = (x0 + dx) // by, (x1 - dx) // by
            rows = [data[y * width + left:y * width + right] for y in range((y0 + dy) // by, (y1 - dy) // by)]
            mean.append(sum(map(sum, rows)) / sum(map(len, rows)))
        y, u, v = (mean[0] - 16) / 219, (mean[1] - 128) / 224, (mean[2] - 128) / 224
        return [255 * c for c in (y + 1.5748 * v, y - .187324 * u - .468124 * v, y + 1.8556 * u)]


def edges(row, level):
    """Where values cross a level, between the pixels."""
    return [i + .5 + (level - a) / (b - a) for i, (a, b) in enumerate(zip(row, row[1:])) if (a < level) != (b < level)]


def across(row):
    found = edges(row, (min(row) + max(row)) / 2)
    return found[-1] - found[0] if len(found) > 1 else 0


def roundness(f, pixel_aspect):
    x0, y0, x1, y1 = f.place(card.DISC_GROUND)
    cx, cy = (f.left + round(card.DISC[0] * (f.right - f.left)), f.top + round(card.DISC[1] * (f.bottom - f.top)))
    wide = across([f.luma(x, cy) for x in range(x0 + 2, x1 - 2)])
    high = across([f.luma(cx, y) for y in range(y0 + 2, y1 - 2)])
    return wide * float(pixel_aspect) / high if high else math.inf


def raggedness(f):
    """Of the left edge of the moving bar."""
    x0, y0, x1, y1 = f.place(card.TRACK)
    margin = (y1 - y0) // 4
    found = [edges([f.luma(x, y) for x in range(x0 + 2, x1 - 2)], 125) for y in range(y0 + margin, y1 - margin)]
    first = [e[0] for e in found if e]
    return max(first) - min(first) if len(first) == len(found) else math.inf


def apart(a, b):
    return max(abs(x - y) for x, y in zip(a, b)) / 255


def check_corners(f, found):
    for name, (box, _) in card.CORNERS.items():
        seen = f.colour(box)
        nearest = min(card.CORNERS, key=lambda n: apart(card.CORNERS[n][1], seen))
        if nearest != name:
            found.append(f"what belongs {nearest} is {name}")


def check_looks(case, path, facts, at, figures, found):
    s = picture_of(facts)
    pixel_aspect = Fraction((s.get("sample_aspect_ratio") or "1:1").replace(":", "/").replace("0/1", "1/1"))
    f = Frame(path, at, s["width"], s["height"])
    check_corners(f, found)
    figures["round"] = round(roundness(f, pixel_aspect), 4)
    if abs(figures["round"] - 1) > ROUND:
        found.append(f"a circle is {figures['round']} times as wide as high")
    errors = {n: apart(f.colour(box), c) for n, (box, c) in card.patches(case.colours).items() if n.startswith(case.patches)}
    worst = max(errors, key=errors.get)
    figures["colour"] = round(errors[worst], 4)
    if errors[worst] > COLOUR:
        box, colour = card.patches(case.colours)[worst]
        seen = [round(c) for c in f.colour(box)]
        found.append(f"{worst} is wrong by {errors[worst]:.3f}: {seen}, not {list(colour)}")
    figures["comb_px"] = round(max(raggedness(Frame(path, at + i * .04, s["width"], s["height"])) for i in range(3)), 2)
    if figures["comb_px"] > COMB_PX:
        found.append(f"an upright edge that moves is ragged by {figures['comb_px']} pixels")


# ---- flash and beep


def flashes(path, facts, content):
    """When the white square appears; content: left, top, right, bottom of the card in the frame."""
    left, top, right, bottom = content
    x0, y0, x1, y1 = card.FLASH.pixels(right - left, bottom - top)
    w, h = (x1 - x0) // 2, (y1 - y0) // 2
    area = f"crop={w}:{h}:{left + x0 + w // 2}:{top + y0 + h // 2}"
    light = "format=yuv420p,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-"
    text = decoded(path, "-copyts", "-map", "0:v:0", "-vf", f"{area},{light}", "-fps_mode", "passthrough",
                   "-enc_time_base", -1, "-f", "null", "-").decode()
    found, was = [], True
    for at, light in re.findall(r"pts_time:(\S+)\n.*YAVG=(\S+)", text):
        lit = float(light) > 128
        if lit and not was:
            found.append(float(at))
        was = lit
    return found


def beeps(path, around):
    """For each moment the beginning of the beep within half a second of it, or None."""
    data = array.array("f", decoded(path, "-copyts", "-map", "0:a:0", "-af", f"aresample={HZ}:first_pts=0:async=1",
                                    "-ac", 1, "-f", "f32le", "-"))
    half, found = round(.0025 * HZ), []
    wave = [(math.cos(2 * math.pi * card.BEEP_HZ * i / HZ), math.sin(2 * math.pi * card.BEEP_HZ * i / HZ))
            for i in range(HZ // card.BEEP_HZ)]
    for at in around:
        first = max(0, round((at - .5) * HZ))
        part = data[first:round((at + .5) * HZ)]
        real, imag, power = [0.0], [0.0], [0.0]  # summed up
        for i, v in enumerate(part):
            c, s = wave[(first + i) % len(wave)]
            real.append(real[-1] + v * c)
            imag.append(imag[-1] + v * s)
            power.append(power[-1] + v * v)
        n = round(card.BEEP_S * HZ)
        best, level = None, n * .02 ** 2 / 2  # softer than a fiftieth is none
        for i in range(0, len(part) - n, 8):  # a tone is where nearly all power is at its frequency
            tone = 2 * ((real[i + n] - real[i]) ** 2 + (imag[i + n] - imag[i]) ** 2) / n
            if tone > .7 * (power[i + n] - power[i]) and tone > level:
                best, level = i, tone
        if best is None:
            found.append(None)
            continue
        amplitude = [math.hypot(real[i + half] - real[i - half], imag[i + half] - imag[i - half])
                     for i in range(half, len(part) - half)]
        top = max(amplitude[max(best - half, 0):best + n - half])
        start = next((i for i in range(min(best + n // 2, len(amplitude) - 1), 0, -1) if amplitude[i] < top / 2), 0)
        low, high = amplitude[start], amplitude[start + 1]
        found.append((first + half + start + (top / 2 - low) / (high - low)) / HZ)
    return found


def check_offsets(case, path, facts, content, figures, found):
    seen = flashes(path, facts, content)
    heard = beeps(path, seen)
    offsets = [(h - s) * 1000 for s, h in zip(seen, heard) if h is not None]
    silent = (case.late > 0) + math.ceil(case.short / (case.every / float(Fraction(case.rate))))
    if len(offsets) < len(case.beeps()) - 2 - silent or not offsets:
        found.append(f"{len(seen)} flashes and {len(offsets)} beeps, of {len(case.beeps())}")
        return seen
    figures["first_ms"], figures["last_ms"] = round(offsets[0], 1), round(offsets[-1], 1)
    figures["worst_ms"] = round(max(offsets, key=abs), 1)
    if abs(figures["worst_ms"]) > OFFSET_MS:
        found.append(f"sound is {figures['worst_ms']} ms behind the picture")
    return seen


def stream_sum(path):
    return decoded(path, "-map", "0:v:0", "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "md5", "-").decode().strip()


def preset_named(folders, name):
    path = next(p for f in folders if os.path.exists(p := os.path.join(f, "picture", name + ".yaml")))
    with open(path, encoding="utf-8") as f:
        return dict(re.findall(r"(?m)^(\w+): (.+)$", f.read()))


def conforms(path, preset):
    """(facts, figures, findings)"""
    found, figures = [], {}
    facts = probe(path)
    check_tags(facts, preset, found)
    figures["frames"] = check_frames(facts, found)
    check_container(path, facts, found)
    check_mediainfo(path, preset, found)
    return facts, figures, found


def judge(case, path, preset, source=None):
    """(figures, findings); source: the recording that is to be in it bit for bit."""
    facts, figures, found = conforms(path, preset)
    s = picture_of(facts)
    first = Frame(path, .1, s["width"], s["height"])
    content = (first.left, first.top, first.right, first.bottom)
    seen = check_offsets(case, path, facts, content, figures, found)
    at = (seen[0] if seen else 0) + card.FLASH_S + .12
    check_looks(case, path, facts, at, figures, found)
    if source:
        figures["copied"] = stream_sum(source) == stream_sum(path)
        if not figures["copied"]:
            found.append("its picture is not the recording's, bit for bit")
    return figures, found


if __name__ == "__main__":
    presets = [os.path.join(ROOT, "presets")]
    if len(sys.argv) != 3:
        sys.exit(f"usage: judge.py CASE FILE, or judge.py FILE PRESET; cases: {' '.join(CASES)}")
    if sys.argv[1] in CASES:
        known = CASES[sys.argv[1]]
        got, wrong = judge(known, sys.argv[2], preset_named(presets, known.preset))
    else:
        _, got, wrong = conforms(sys.argv[1], preset_named(presets, sys.argv[2]))
    print(json.dumps(got))
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)
