#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""made.py FOLDER: the seeds that are recordings, films and pictures. They are made, not stored: FOLDER/TARGET/NAME."""
import os
import struct
import subprocess
import sys
import zlib

TONE = ["-f", "lavfi", "-i", "sine=f=440:r={rate}:d=0.3", "-ac", "1"]
FILM = ["-f", "lavfi", "-i", "testsrc=s=32x32:r=10:d=0.3", *TONE]
BARE = ["-fflags", "+bitexact", "-flags", "+bitexact", "-map_metadata", "-1"]  # the same bytes at every hour
# targets, name, input, rate, options
SOUNDS = [
    (["media", "m4aread"], "a.m4a", 16000, ["-c:a", "aac"]),
    (["media", "claim", "mp3"], "a.mp3", 16000, ["-c:a", "libmp3lame", "-b:a", "24k"]),
    (["media", "claim"], "a.wav", 8000, []),
    (["media", "claim"], "a.w64", 8000, []),
    (["media", "claim"], "a.caf", 8000, []),
    (["media", "claim"], "a.mka", 8000, ["-c:a", "flac"]),
    (["media", "claim"], "a.ogg", 48000, ["-c:a", "libopus", "-b:a", "8k"]),
    (["media"], "a.3gp", 16000, ["-c:a", "aac"]),
    (["media"], "a.aac", 16000, ["-c:a", "aac"]),
    (["media"], "a.aiff", 8000, []),
    (["media"], "a.au", 8000, []),
    (["media"], "a.avi", 8000, ["-c:a", "pcm_u8"]),
    (["media"], "a.flac", 8000, []),
    (["media"], "a.mov", 8000, ["-c:a", "pcm_s16le"]),
    (["media"], "a.ts", 16000, ["-c:a", "mp2", "-b:a", "32k"]),
    (["media"], "a.tta", 8000, []),
    (["media"], "a.voc", 8000, ["-c:a", "pcm_u8"]),
    (["media"], "a.webm", 48000, ["-c:a", "libopus", "-b:a", "8k"]),
    (["media"], "a.wma", 16000, ["-c:a", "wmav2", "-b:a", "24k"]),
    (["media"], "a.wv", 8000, []),
]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
FILMS = [
    ("a.mp4", [*H264, "-c:a", "libmp3lame", "-b:a", "24k"]),
    ("a.mkv", [*H264, "-c:a", "mp2", "-b:a", "32k"]),
    ("a.ts", [*H264, "-c:a", "mp2", "-b:a", "32k"]),
    ("a.avi", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "mp2", "-b:a", "32k"]),
]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, kind, pixels):
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def jpeg(frame, components):
    body = struct.pack(">BHHB", 8, 1400, 1400, len(components) // 3) + bytes(components)
    return b"\xff\xd8\xff\xe0\0\x04JF" + bytes([0xFF, frame]) + struct.pack(">H", len(body) + 2) + body + b"\xff\xd9"


def rows(bytes_a_row, height):
    return (b"\0" + bytes(range(bytes_a_row))) * height


PICTURES = {
    "1400.png": png(1400, 1400, 2, b""),  # a cover's size, and no pixel
    "giant.png": png(100000, 100000, 2, b""),
    "grey.png": png(4, 4, 0, rows(4, 4)),
    "rgb.png": png(4, 4, 2, rows(12, 4)),
    "rgba.png": png(4, 4, 6, rows(16, 4)),
}
HEADS = {
    "zero-height.png": png(256, 0, 0, rows(4, 4)),  # was called no PNG
    "progressive.jpg": jpeg(0xC2, [1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]),
    "two-channels.jpg": jpeg(0xC0, [1, 0x22, 0, 2, 0x11, 1]),
}


def rf64():
    """Its length stands in ds64; what the RIFF says is "too long to say"."""
    ds64 = struct.pack("<QQQI", 1000, 0x20000, 500, 0)
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    return (b"RF64\xff\xff\xff\xffWAVE" + b"ds64" + struct.pack("<I", len(ds64)) + ds64 + b"fmt " +
            struct.pack("<I", len(form)) + form + b"data\xff\xff\xff\xff" + bytes(100))


def tagged(mp3):
    id3 = b"ID3\x04\0\0" + struct.pack(">I", 10) + bytes(10)
    ape = b"APETAGEX" + struct.pack("<IIII", 2000, 32, 0, 0) + bytes(8)
    return {"id3": id3 + id3 + mp3, "ape": mp3 + ape}


def main():
    folder = sys.argv[1]

    def path(target, name):
        os.makedirs(os.path.join(folder, target), exist_ok=True)
        return os.path.join(folder, target, name)

    def put(target, name, data):
        with open(path(target, name), "wb") as f:
            f.write(data)

    def ffmpeg(targets, name, source, options):
        made = path(targets[0], name)
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *source, *BARE, *options, made], check=True)
        for other in targets[1:]:
            put(other, name, open(made, "rb").read())

    for targets, name, rate, options in SOUNDS:
        ffmpeg(targets, name, [w.format(rate=rate) for w in TONE], options)
    for name, options in FILMS:
        ffmpeg(["film"], name, [w.format(rate=16000) for w in FILM], options)
    ffmpeg(["cover"], "a.jpg", ["-f", "lavfi", "-i", "color=s=16x16:c=blue"], ["-frames:v", "1"])
    for name, data in PICTURES.items():
        put("cover", name, data)
        put("still", name, data)
    for name, data in HEADS.items():
        put("cover", name, data)
    put("media", "png", PICTURES["rgb.png"])
    put("claim", "ds64.wav", rf64())
    for name, data in tagged(open(path("mp3", "a.mp3"), "rb").read()).items():
        put("mp3", name, data)


if __name__ == "__main__":
    main()
