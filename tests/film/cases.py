# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of test recordings: what each is like, and what is to come of it."""
from dataclasses import dataclass
from fractions import Fraction

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "16")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-crf", "14", "-x265-params", "log-level=error")
AAC = ("-c:a", "aac", "-b:a", "160k")
PCM = ("-c:a", "pcm_s16le")
# What presets/picture asks for, said by the encoder: such a picture is copied.
CONFORMING = ("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-level:v", "4.0", "-g", "50",
              "-b:v", "1500k", "-maxrate", "2500k", "-bufsize", "4000k")
SMALL = ("-c:v", "libx264", "-preset", "superfast", "-profile:v", "high", "-level:v", "4.0", "-g", "50", "-crf", "26")
TFF = ("-flags", "+ilme+ildct", "-top", "1")
PLACE = "+67.2804+014.4049/"

# A picture that shakes like a phone's: times off by 12 ms, two of seventeen frames missing; beeps' frames are exact.
SHAKY = ("settb=1/90000,setpts='(N/{rate}+gt(mod(N-{first},{every}),0)*0.012*sin(N*2.3))*90000',"
         "select='eq(mod(n-{first},{every}),0)+gt(mod(n,17),1)'")


@dataclass(frozen=True)
class Case:
    name: str
    what: str
    size: tuple = (640, 360)  # as it is seen
    rate: str = "25"
    seconds: float = 4
    every: int = 25  # frames from flash to flash
    stored: tuple = ()  # width, height and pixel aspect in the file, where not as seen
    turn: int = 0  # degrees clockwise that the display matrix asks for
    colours: str = "bt709"  # row of make.COLOURS
    times: str = ""  # filters that change when frames are shown
    fields: bool = False
    video: tuple = H264
    sound: tuple = AAC
    ends: str = "mp4"  # the file's name
    mux: tuple = ()
    late: float = 0  # the sound begins so much later than the picture; negative: the picture does
    short: float = 0  # and ends so much earlier
    how: str = "film"  # function of make.py
    preset: str = "480p"
    way: str = "encoded"  # or copied
    refused: str = ""  # a part of the reason
    patches: str = ""  # whose colours are judged: all that begin with this
    usual: bool = False  # ffmpeg's usual command is judged beside it

    @property
    def first(self):  # frames before the first flash
        return round(Fraction(self.rate) * 2 / 5)

    def beeps(self):
        rate, n, found = Fraction(self.rate), self.first, []
        while n < self.seconds * rate:
            found.append(float(n / rate))
            n += self.every
        return found


NTSC = "30000/1001"
HOUR = dict(size=(480, 270), seconds=1800, every=250, preset="small", video=SMALL, sound=PCM, ends="mov")
CASES = [
    Case("cfr-25", "constant, 25"),
    Case("cfr-30", "constant, 30", rate="30", every=30),
    Case("cfr-29.97", "constant, 30000/1001", rate=NTSC, every=30),
    Case("vfr", "a phone's: times shake, frames are missing", rate="30", every=30, times=SHAKY,
         mux=("-video_track_timescale", "90000")),
    Case("trimmed", "its first 1.2 s hidden by edit lists", how="trimmed", seconds=7),
    Case("sound-late", "the sound begins 0.7 s later", late=.7),
    Case("picture-late", "the picture begins 0.7 s later", late=-.7),
    Case("sound-short", "the sound ends 1.5 s earlier", short=1.5),
    Case("turned-90", "a phone held upright", size=(360, 640), turn=90, ends="mov", how="turned"),
    Case("turned-180", "upside down", turn=180, how="turned"),
    Case("turned-270", "a phone held upright, the other way", size=(360, 640), turn=270, how="turned"),
    Case("pal", "SD, BT.601 (625 lines), pixels 16:11", size=(1048, 576), stored=(720, 576, "16/11"),
         colours="pal", usual=True),
    Case("pal-untagged", "SD, BT.601, nothing said", size=(1048, 576), stored=(720, 576, "16/11"),
         colours="601 untagged", usual=True),
    Case("ntsc", "SD, BT.601 (525 lines), pixels 8:9", size=(640, 480), stored=(720, 480, "8/9"), rate=NTSC, every=30,
         colours="ntsc", usual=True),
    Case("ntsc-untagged", "SD, BT.601, nothing said", size=(640, 480), stored=(720, 480, "8/9"), rate=NTSC, every=30,
         colours="601 untagged", usual=True),
    Case("ntsc-full", "SD in full range", size=(640, 480), rate="30", every=30, colours="ntsc full", usual=True),
    Case("full-range", "yuvj420p", colours="full", usual=True),
    Case("hlg", "HDR, HLG, 10 bit", colours="hlg", video=HEVC, patches="grey", usual=True),
    Case("hlg-full", "HDR, HLG, full range", colours="hlg full", video=HEVC, patches="grey"),
    Case("pq", "HDR, PQ, 10 bit", colours="pq", video=HEVC, patches="grey", usual=True),
    Case("fields", "interlaced, top field first", size=(1048, 576), stored=(720, 576, "16/11"), colours="pal",
         fields=True, video=H264 + TFF, usual=True),
    Case("odd", "odd size, VP9 in WebM", size=(853, 481), video=("-c:v", "libvpx-vp9", "-deadline", "realtime",
         "-cpu-used", "8", "-crf", "20", "-b:v", "0"), sound=("-c:a", "libopus"), ends="webm"),
    Case("anamorphic", "pixels 4:3", stored=(480, 360, "4/3"), usual=True),
    Case("4k60", "3840 × 2160, 60 a second", size=(3840, 2160), rate="60", every=60, seconds=3, preset="1080p",
         video=("-c:v", "libx264", "-preset", "ultrafast", "-crf", "20")),
    Case("two-tracks", "several tracks of sound, the first one is heard", how="two_tracks"),
    Case("position", "GPS in tags, in a subtitle track, a time code track", how="position", ends="mov", usual=True),
    Case("no-sound", "a picture alone", how="no_sound", refused="sound"),
    Case("dolby-5", "Dolby Vision profile 5", how="dolby", video=HEVC, refused="Dolby Vision profile 5"),
    Case("truncated", "its last third is missing", how="truncated", mux=("-movflags", "faststart"), refused="damaged"),
    Case("ts", "MPEG-TS", ends="ts"),
    Case("mkv", "Matroska, FLAC", ends="mkv", sound=("-c:a", "flac"), rate="30", every=30),
    Case("avi", "AVI, MPEG-4 part 2, PCM", ends="avi", colours="601 untagged", video=("-c:v", "mpeg4", "-q:v", "2"),
         sound=PCM),
    Case("mpeg2", "MPEG-2 programme stream, interlaced", size=(1024, 576), stored=(720, 576, "64/45"), colours="pal",
         fields=True, ends="mpg", video=("-c:v", "mpeg2video", "-q:v", "2", *TFF),
         sound=("-c:a", "mp2", "-b:a", "256k")),
    Case("conforming", "as the preset wants it: copied", size=(1920, 1080), video=CONFORMING, preset="1080p25",
         way="copied", usual=True),
    Case("recorder", "camera, and a recorder that began 2.5 s earlier", how="recorder", seconds=20),
    Case("card", "a camera's card in two parts", how="card_parts", ends="mov", seconds=10, sound=PCM),
    Case("hour-cfr", "half an hour, constant", **HOUR),
    Case("hour-vfr", "half an hour, a phone's", times=SHAKY, rate="30",
         mux=("-video_track_timescale", "90000"), **{**HOUR, "every": 300}),
    Case("hour-trimmed", "half an hour, edit lists", how="trimmed", **HOUR),
    Case("hour-copied", "half an hour, copied", way="copied", **{**HOUR, "size": (320, 180)}),
]
CASES = {c.name: c for c in CASES}
