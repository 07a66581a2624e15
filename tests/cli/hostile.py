# SPDX-License-Identifier: GPL-3.0-or-later
"""hostile.py KIND FILE: a small file that claims to be large, or that is not what its name says."""
import struct
import sys
import zlib


def box(name, *parts):
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def full(name, *parts):
    return box(name, bytes(4), *parts)


def moov(seconds, width, height, samples, sample_bytes, tracks=1, entry=None):
    rate = 600
    length = seconds * rate
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    head = full(b"mvhd", struct.pack(">IIIIIH10x", 0, 0, rate, length & 0xFFFFFFFF, 0x10000, 0x100),
                matrix, bytes(24), struct.pack(">I", 2))
    if entry is None:
        avcc = box(b"avcC", bytes.fromhex("0164003cffe1000f6764003cacd94078022fe201000868ebe3cb22c0"))
        entry = box(b"avc1", bytes(6), struct.pack(">H", 1), bytes(16),
                    struct.pack(">HHIIIH", width, height, 0x480000, 0x480000, 0, 1), bytes(32),
                    struct.pack(">Hh", 24, -1), avcc)
    stbl = box(b"stbl", full(b"stsd", struct.pack(">I", 1), entry),
               full(b"stts", struct.pack(">III", 1, samples, length // max(samples, 1) or 1)),
               full(b"stsc", struct.pack(">IIII", 1, 1, samples, 1)),
               full(b"stsz", struct.pack(">II", sample_bytes, samples)),
               full(b"stco", struct.pack(">II", 1, 40)))
    handler = b"vide" if width else b"soun"
    media = full(b"vmhd", bytes(8)) if width else full(b"smhd", bytes(4))
    trak = box(b"trak",
               full(b"tkhd", struct.pack(">IIIII8xHHHH", 0, 0, 1, 0, length & 0xFFFFFFFF, 0, 0, 0, 0),
                    matrix, struct.pack(">II", width << 16, height << 16)),
               box(b"mdia", full(b"mdhd", struct.pack(">IIIIHH", 0, 0, rate, length & 0xFFFFFFFF, 0x55C4, 0)),
                   full(b"hdlr", bytes(4), handler, bytes(13)),
                   box(b"minf", media, box(b"dinf", full(b"dref", struct.pack(">I", 1), full(b"url "))), stbl)))
    return box(b"moov", head, trak * tracks)


FTYP = box(b"ftyp", b"isom", bytes(4), b"isom")


def png(width, height, rows=None):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    squeezer = zlib.compressobj(9)
    data = b"".join(squeezer.compress(bytes(1 << 16)) for _ in range((rows or 0) >> 16)) + squeezer.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", data) + chunk(b"IEND", b""))


def wav(data_bytes, rate=48000):
    return (b"RIFF" + struct.pack("<I", 0xFFFFFFF0) + b"WAVEfmt " +
            struct.pack("<IHHIIHH", 16, 1, 2, rate, rate * 4, 4, 16) + b"data" +
            struct.pack("<I", data_bytes) + bytes(400))


def flac(seconds, cover=b"", bits=16):
    """As if it were so long; one frame of silence."""
    info = struct.pack(">HH", 4096, 4096) + bytes(6)
    info += ((48000 << 44) | (1 << 41) | ((bits - 1) << 36) | (seconds * 48000)).to_bytes(8, "big") + bytes(16)
    out = b"fLaC" + bytes([0 if cover else 0x80]) + len(info).to_bytes(3, "big") + info
    if cover:
        picture = (struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">IIIIII", 0, 100000, 100000, 24, 0,
                                                                         len(cover)) + cover)
        out += b"\x86" + len(picture).to_bytes(3, "big") + picture
    return out + bytes(200)


def nested(depth):
    inner = b""
    for _ in range(depth):
        inner = box(b"moov", inner)
    return inner


def ebml(ident, data):
    return ident + (1 << 56 | len(data)).to_bytes(8, "big") + data


def matroska(tracks):
    head = ebml(b"\x1a\x45\xdf\xa3", ebml(b"\x42\x82", b"matroska"))
    entry = ebml(b"\xae", ebml(b"\xd7", b"\x01") + ebml(b"\x83", b"\x02") + ebml(b"\x86", b"A_PCM/INT/LIT"))
    info = ebml(b"\x15\x49\xa9\x66", ebml(b"\x44\x89", struct.pack(">d", 1e15)))
    return head + ebml(b"\x18\x53\x80\x67", info + ebml(b"\x16\x54\xae\x6b", entry * tracks))


def sound_entry():
    return box(b"sowt", bytes(6), struct.pack(">H", 1), bytes(8), struct.pack(">HHIIH", 2, 16, 0, 48000, 0), bytes(2))


KINDS = {
    # recordings
    "16k.mp4": lambda: FTYP + moov(36000, 15360, 8640, 900000, 1000),
    "65k.mp4": lambda: FTYP + moov(36000, 65535, 65535, 900000, 1000),
    "ten-hours.mp4": lambda: FTYP + moov(36000, 1920, 1080, 900000, 1000),
    "a-billion-samples.mp4": lambda: FTYP + moov(36000, 0, 0, 0x7FFFFFFF, 4, entry=sound_entry()),
    "a-million-tracks.mp4": lambda: FTYP + moov(10, 0, 0, 1, 4, tracks=20000, entry=sound_entry()),
    "a-million-tracks.mkv": lambda: matroska(100000),
    "nested.mp4": lambda: FTYP + nested(20000),
    "a-century.wav": lambda: wav(0xFFFFFFF0),
    "a-century.flac": lambda: flac(36000 * 24),
    "cover-bomb.flac": lambda: flac(10, png(100000, 100000, 1 << 28)),
    "playlist.mp3": lambda: b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nOTHER\n#EXT-X-ENDLIST\n",
    "address.mp3": lambda: b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:1/\n#EXT-X-ENDLIST\n",
    "list.wav": lambda: b"ffconcat version 1.0\nfile 'OTHER'\n",
    "session.mp4": lambda: b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
    "dash.m4a": lambda: b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
                        b'<AdaptationSet contentType="audio"><Representation id="a" bandwidth="1">'
                        b'<BaseURL>OTHER</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "picture.wav": lambda: png(16, 16, 1 << 16),
    # covers, feeds, texts
    "giant.png": lambda: png(100000, 100000),
    "bomb.png": lambda: png(3000, 3000, 1 << 30),
    "laughs.xml": lambda: b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 1000 + b'">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)) + b"]><rss>&j;</rss>",
    "nested.xml": lambda: b"<rss>" * 200000,
    "attributes.xml": lambda: b"<rss " + b" ".join(b"a%d='1'" % i for i in range(200000)) + b"/>",
    "nested.yaml": lambda: b"title: " + b"[" * 500000,
    "laughs.yaml": lambda: b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(12)),
    "keys.yaml": lambda: b"".join(b"key%d: 1\n" % i for i in range(90000)),
}

if sys.argv[1] == "--list":
    print("\n".join(KINDS))
else:
    data = KINDS[sys.argv[1]]()
    if len(sys.argv) > 3:
        data = data.replace(b"OTHER", sys.argv[3].encode())
    with open(sys.argv[2], "wb") as f:
        f.write(data)
