#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make.py CASE FOLDER: makes a test recording with ffmpeg and prints the line of episode.yaml that names it."""
import dataclasses
import os
import struct
import subprocess
import sys
from fractions import Fraction

import card
from cases import AAC, CASES, PLACE, Case

# Colours: what zscale is to make of sRGB, step by step, the pixels, and whether the file says so.
LIMITED = "zscale=matrix={m}:transfer={t}:primaries={p}:range=limited"
LIGHT = ("zscale=transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=2020,"
         "zscale=matrix=2020_ncl:transfer={t}:npl=203:range=limited")
COLOURS = {
    "bt709": (LIMITED.format(m="709", t="709", p="709"), "yuv420p", True),
    "pal": (LIMITED.format(m="470bg", t="601", p="bt470bg"), "yuv420p", True),
    "ntsc": (LIMITED.format(m="170m", t="601", p="170m"), "yuv420p", True),
    "601 untagged": (LIMITED.format(m="170m", t="709", p="709"), "yuv420p", False),
    "ntsc full": ("zscale=matrix=170m:transfer=601:primaries=170m:range=full", "yuvj420p", True),
    "full": ("zscale=matrix=709:transfer=709:primaries=709:range=full", "yuvj420p", True),
    "hlg": (LIGHT.format(t="arib-std-b67"), "yuv420p10le", True),
    "hlg full": (LIGHT.format(t="arib-std-b67").replace("limited", "full"), "yuv420p10le", True),
    "pq": (LIGHT.format(t="smpte2084"), "yuv420p10le", True),
}
UNTAGGED = ",setparams=colorspace=unknown:color_primaries=unknown:color_trc=unknown"
TURNS = {0: "", 90: "transpose=cclock,", 180: "hflip,vflip,", 270: "transpose=clock,"}


def ffmpeg(*argv):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, argv)], check=True)


def picture(c):
    """The filters from card, flash and bar to what is encoded."""
    width, height = c.size
    rate = Fraction(c.rate) * (2 if c.fields else 1)
    flash, bar, track = (b.pixels(width, height) for b in (card.FLASH, card.BAR, card.TRACK))
    double = 2 if c.fields else 1
    first, every, shown = c.first * double, c.every * double, round(card.FLASH_S * rate)
    step = max(2, round(width / 320) * 2)
    room = track[2] - track[0] - (bar[2] - bar[0])
    stored = c.stored or (*c.size, "1")
    colours, pixels, tagged = COLOURS[c.colours]
    odd = "format=yuv444p,scale," if width % 2 else ""  # zscale halves even numbers alone
    return rate, (
        f"color=white:s={flash[2] - flash[0]}x{flash[3] - flash[1]}:r={rate},format=gbrp[flash];"
        f"color=white:s={bar[2] - bar[0]}x{bar[3] - bar[1]}:r={rate},format=gbrp[bar];"
        f"[0:v]format=gbrp[card];"
        f"[card][flash]overlay={flash[0]}:{flash[1]}:format=gbrp:"
        f"enable='gte(n,{first})*lt(mod(n-{first},{every}),{shown})'[lit];"
        f"[lit][bar]overlay=x='{track[0]}+mod(n*{step},{room})':y={bar[1]}:format=gbrp,"
        f"{TURNS[c.turn]}setparams=range=full:color_primaries=bt709:color_trc=bt709:colorspace=gbr,"
        f"zscale=w={stored[0] if c.turn % 180 == 0 else height}:h={stored[1] if c.turn % 180 == 0 else width}"
        f":filter=spline36,{colours},{odd}format={pixels},"
        + ("tinterlace=interleave_top,setfield=tff," if c.fields else "") + times(c)
        + f"setsar={stored[2]}" + ("" if tagged else UNTAGGED))


def times(c):
    return c.times.format(rate=c.rate, first=c.first, every=c.every) + "," if c.times else ""


def speak(c, folder):
    """A WAV; of a long recording, of one flash's time, which is repeated."""
    path = os.path.join(folder, c.name + ".wav")
    card.speak(path, period(c) if is_long(c) else c.seconds, c.beeps()[:1] if is_long(c) else c.beeps())
    return path


def is_long(c):
    return c.seconds > 60


def period(c):
    return float(c.every / Fraction(c.rate))


def encode(c, path, wav):
    """The film with the sound of a WAV."""
    ppm = wav[:-4] + ".ppm"
    card.draw(ppm, *c.size, c.colours)
    rate, filters = picture(c)
    seen, video = ["-loop", 1, "-framerate", rate, "-t", c.seconds, "-i", ppm], c.video
    if is_long(c):
        once = wav[:-4] + "-once.mp4"
        encode(dataclasses.replace(c, seconds=period(c), times="", how="no_sound", video=(*video, "-bf", 0)), once, wav)
        seen = ["-stream_loop", -1, "-t", c.seconds, "-i", once]
        filters, video = (f"[0:v]{times(c)}setsar=1", video) if c.times else ("", ("-c:v", "copy"))
    late, early = max(c.late, 0), max(-c.late, 0)
    heard = ["-itsoffset", late, "-ss", late] if late else ["-stream_loop", -1] if is_long(c) else []
    if early:
        filters = filters.replace("setsar", f"trim=start={early},setsar")
    drawn = ["-filter_complex", filters + "[v]", "-map", "[v]"] if filters else ["-map", "0:v"]
    ffmpeg(*seen, *heard, "-t", c.seconds - c.short - late, "-i", wav, *drawn,
           *([] if c.how == "no_sound" else ["-map", "1:a"]), "-t", c.seconds, *video, *c.sound,
           "-fps_mode", "passthrough", "-enc_time_base:v", "1:90000" if c.times else "0", *c.mux, path)


# ---- the ways to make a recording; each returns what stands in `recordings`


def film(c, folder):
    path = os.path.join(folder, f"{c.name}.{c.ends}")
    wav = speak(c, folder)
    encode(c, path, wav)
    return [f"{{file: {path}}}"]


no_sound = film


def turned(c, folder):
    """A display matrix is written when packets are copied alone; ffmpeg counts its degrees the other way."""
    whole = os.path.join(folder, "whole.mp4")
    wav = speak(c, folder)
    encode(c, whole, wav)
    path = os.path.join(folder, f"{c.name}.{c.ends}")
    ffmpeg("-i", whole, "-c", "copy", "-metadata:s:v:0", f"rotate={-c.turn % 360}", path)
    return [f"{{file: {path}}}"]


def trimmed(c, folder):
    """As phones cut: nothing is encoded again, edit lists hide what was there before."""
    whole, path = (os.path.join(folder, f"{c.name}{x}.{c.ends}") for x in ("-whole", ""))
    wav = speak(c, folder)
    encode(c, whole, wav)
    ffmpeg("-ss", 1.2, "-i", whole, "-c", "copy", path)
    return [f"{{file: {path}}}"]


def two_tracks(c, folder):
    """The second one's beeps come too late."""
    path, whole, other = (os.path.join(folder, x) for x in (c.name + ".mp4", "whole.mp4", "other.wav"))
    wav = speak(c, folder)
    encode(c, whole, wav)
    card.speak(other, c.seconds, [at + .3 for at in c.beeps()], seed=2)
    ffmpeg("-i", whole, "-i", other, "-map", "0:v", "-map", "0:a", "-map", "1:a", "-c:v", "copy", *AAC,
           "-disposition:a:0", "default", "-disposition:a:1", "0", path)
    return [f"{{file: {path}}}"]


def position(c, folder):
    path, whole, places = (os.path.join(folder, x) for x in (f"{c.name}.{c.ends}", "whole.mov", "places.srt"))
    wav = speak(c, folder)
    encode(c, whole, wav)
    with open(places, "w", encoding="utf-8") as f:
        f.writelines(f"{i + 1}\n00:00:0{i},000 --> 00:00:0{i},900\nGPS {PLACE}\n\n" for i in range(int(c.seconds)))
    ffmpeg("-i", whole, "-i", places, "-map", "0", "-map", "1", "-c", "copy", "-c:s", "mov_text", "-timecode",
           "10:00:00:00", "-movflags", "use_metadata_tags", "-metadata", f"location={PLACE}", "-metadata",
           f"com.apple.quicktime.location.ISO6709={PLACE}", "-metadata", "make=Phone", path)
    return [f"{{file: {path}}}"]


def inside(data, first, last, name):
    """Where the box of this name begins between first and last, and where it ends."""
    while first + 8 <= last:
        size, = struct.unpack(">I", data[first:first + 4])
        if data[first + 4:first + 8] == name:
            return first, first + size
        first += size
    raise ValueError(f"no box {name}")


def dolby(c, folder):
    """The box that says Dolby Vision, profile 5, put into an ordinary HEVC file whose index is at the end."""
    path = os.path.join(folder, c.name + ".mp4")
    film(dataclasses.replace(c, mux=("-tag:v", "hvc1")), folder)
    with open(path, "rb") as f:
        data = bytearray(f.read())
    # profile 5, level 3, RPU and base layer there, no compatible base layer
    box = struct.pack(">I4sBBH", 32, b"dvcC", 1, 0, 5 << 9 | 3 << 3 | 0b101) + bytes(20)
    grown, first, last = [], 0, len(data)
    for name, head in ((b"moov", 8), (b"trak", 8), (b"mdia", 8), (b"minf", 8), (b"stbl", 8), (b"stsd", 16),
                       (b"hvc1", 86)):
        first, last = inside(data, first, last, name)
        grown.append(first)
        first += head
    for at in grown:
        data[at:at + 4] = struct.pack(">I", struct.unpack(">I", data[at:at + 4])[0] + len(box))
    data[last:last] = box
    with open(path, "wb") as f:
        f.write(data)
    return [f"{{file: {path}}}"]


def truncated(c, folder):
    named = film(c, folder)
    path = os.path.join(folder, f"{c.name}.{c.ends}")
    os.truncate(path, os.path.getsize(path) * 2 // 3)
    return named


def recorder(c, folder):
    """The camera's own sound is faint and noisy; the recorder began earlier and hears the voice well."""
    path, wav, near = (os.path.join(folder, x) for x in ("camera.mp4", c.name + ".wav", "separate.wav"))
    card.speak(near, c.seconds, [at + 2.5 for at in c.beeps()])
    ffmpeg("-ss", 2.5, "-i", near, "-filter_complex", "[0:a]volume=0.2[a];anoisesrc=c=pink:r=48000:a=0.02:seed=1[n];"
           "[a][n]amix=duration=first:normalize=0", wav)
    encode(dataclasses.replace(c, seconds=c.seconds - 2.5), path, wav)
    return [f"{{file: {path}}}", f"{{file: {near}}}"]


def card_parts(c, folder):
    wav, whole = os.path.join(folder, c.name + ".wav"), os.path.join(folder, "whole.mov")
    card.speak(wav, c.seconds, c.beeps())
    encode(dataclasses.replace(c, video=(*c.video, "-g", "25")), whole, wav)
    parts = [os.path.join(folder, f"C000{i}.MP4") for i in (1, 2)]
    for i, part in enumerate(parts):
        ffmpeg("-ss", i * c.seconds / 2, "-i", whole, "-t", c.seconds / 2, *c.video, *c.sound, "-f", "mov", part)
    return [f"{{parts: [{', '.join(parts)}]}}"]


def make(c: Case, folder):
    os.makedirs(folder, exist_ok=True)
    return f"recordings: [{', '.join(globals()[c.how](c, os.path.abspath(folder)))}]"


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in CASES:
        sys.exit(f"usage: make.py CASE FOLDER; cases: {' '.join(CASES)}")
    print(make(CASES[sys.argv[1]], sys.argv[2]))
