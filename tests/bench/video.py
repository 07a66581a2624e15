#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Video against ffmpeg's, in turns, as ratios of one run on two pinned processors.

(v1) publish of a recording that is copied, against the same audio work and ffmpeg's copy     at most 1.5
     The same audio work is publish of its sound alone, with the same outputs; the copy is
     ffmpeg -c copy of its picture and the sound that came out, with faststart.
(v2) publish of a recording that is encoded anew, with graphics, sound chain and thumbnails,
     against bare ffmpeg with the same x264 and AAC settings                                  at most 1.05
(v3) the same with the preset's ladder as a stream, against ffmpeg's single command for it    at most 1.1
(v4) peak memory of the largest process against ffmpeg's for both of them                     at most 1.15
     and of a recording against one a third as long                                           at most 1.1
(v5) SSIM and PSNR of what (v3) delivers against the source, and of what bare ffmpeg makes of it:
     the share of the picture that is lost, as a ratio                                        at most 1.05
     the noise, in dB                                                                         at most 0.1
     and the bytes of the picture                                                             at most 1.02

BENCH_VIDEO_MINUTES and BENCH_COPY_MINUTES say how long the recordings are, BENCH_TURNS how often each is done.
"""
import glob
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys

from bench import CPUS, ROOT, WORK, begin, ffmpeg, make_conversation, make_show, publish, run, say, stages

MINUTES = int(os.environ.get("BENCH_VIDEO_MINUTES", "3"))
COPY_MINUTES = int(os.environ.get("BENCH_COPY_MINUTES", "10"))
TURNS = int(os.environ.get("BENCH_TURNS", "2"))
MEDIA = os.path.realpath(os.environ.get("DGL_MEDIA", os.path.join(ROOT, "../shared/media")))
CLIPS = ["video-5.1-aac.mp4", "phone-audio-track-first.mp4", "video-transport-stream.ts", "video-pcm.mov"]
PRESET = "1080p25"


def preset(kind, name):
    with open(os.path.join(ROOT, "presets", kind, name + ".yaml"), encoding="utf-8") as f:
        return dict(re.findall(r'(?m)^(\w+): "?([^"\n]*)"?$', f.read()))


def rungs():
    main = preset("picture", PRESET)
    return [main] + [preset("picture", name) for name in re.findall(r"\w+", main["ladder"])]


def x264(p, stream="v"):
    """ffmpeg's options for what a picture preset asks of x264."""
    group = str(round(float(p["gop_s"]) * 25))
    options = {"c": "libx264", "preset": p["speed"], "crf": p["crf"], "maxrate": p["max_bitrate_kbps"] + "k",
               "bufsize": p["buffer_kbit"] + "k", "profile": "high", "level": p["level"], "g": group,
               "keyint_min": group, "sc_threshold": "0", "forced-idr": "1", "pix_fmt": "yuv420p"}
    return [x for key, value in options.items() for x in (f"-{key}:{stream}", value)]


def aac():
    m4a = preset("output", "m4a")
    options = re.findall(r"(\w+)=(\w+)", m4a["options"])
    return ["-ar", "48000", "-ac", "2", "-c:a", "aac", "-b:a", m4a["bitrate_kbps_stereo"] + "k",
            *(x for key, value in options for x in ("-" + key, value))]


def quiet(*argv):
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *argv], check=True)


# ---- material

def make_clip():
    """Half a minute of pictures of real cameras, or where there are none of drawn ones with noise."""
    path = os.path.join(WORK, "clip.mp4")
    found = [os.path.join(MEDIA, c) for c in CLIPS if os.path.exists(os.path.join(MEDIA, c))]
    if os.path.exists(path):
        return path
    size = "scale=1920:1080:force_original_aspect_ratio=decrease,pad=1920:1080:-1:-1,setsar=1,fps=25,format=yuv420p"
    inputs, graph = ["-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=25:d=20,noise=alls=12:allf=t"], "[0:v]null[v]"
    if found:
        inputs = [x for c in found for x in ("-i", c)]
        graph = ("".join(f"[{i}:v:0]{size}[c{i}];" for i in range(len(found)))
                 + "".join(f"[c{i}]" for i in range(len(found))) + f"concat=n={len(found)}[v]")
    else:
        print(f"    no recordings in {MEDIA} (DGL_MEDIA): drawn pictures stand for them")
    quiet(*inputs, "-filter_complex", graph + ";[v]setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709[o]",
          "-map", "[o]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-g", "25", path)
    return path


def length(path):
    return float(subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path],
                                check=True, capture_output=True, text=True).stdout)


def make_film(name, picture, minutes):
    """The picture of a file again and again, whole each time, for so many minutes or a bit more, with a conversation."""
    path = os.path.join(WORK, f"{name}-{minutes}.mp4")
    if not os.path.exists(path):
        silent = os.path.join(WORK, "silent.mp4")
        quiet("-i", picture, "-map", "0:v", "-c", "copy", silent)
        more = max(math.ceil(minutes * 60 / length(silent)) - 1, 0)
        quiet("-stream_loop", str(more), "-i", silent, "-stream_loop", "-1", "-i", make_conversation(minutes), "-map", "0:v",
              "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "192k", "-shortest", path)
        os.remove(silent)
    return path


def show_with(name, *lines):
    show = make_show(name, ["m4a"])
    with open(os.path.join(show, "episodes", "show.yaml"), "a", encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in lines))
    episode = glob.glob(os.path.join(show, "episodes", "2026-02*", "episode.yaml"))[0]
    with open(episode, "a", encoding="utf-8") as f:
        f.write("host: [{name: Kari Nordmann, role: Vert}]\nguest: [{name: Ola Hansen, role: Lege}]\n")
    return show


def way(show):
    """How the main picture came about, and why."""
    with open(glob.glob(os.path.join(show, f".dgl/store/*/picture.{PRESET}/*/record.json"))[0], encoding="utf-8") as f:
        measured = json.load(f)["measured"]
    return measured["way"], "; ".join(measured.get("why", []))


def need_way(show, wanted):
    is_so, why = way(show)
    if is_so != wanted:
        sys.exit(f"the picture was {is_so}, not {wanted}: {why}")


def delivered(show, kind):
    for f in json.loads(publish(show)[3])["files"]:
        if f["path"].endswith(kind):
            return os.path.join(show, f["path"])
    sys.exit(f"{show}: no {kind}")


# ---- both sides

def ours(name, source, *lines):
    def once():
        return publish(show_with(name, *lines), source)
    return once


def in_turns(*sides):
    """What each side took: lists of run()'s results."""
    taken = [[] for _ in sides]
    for _ in range(TURNS):
        for side, into in zip(sides, taken):
            into.append(side())
    return taken


def wall(runs):
    return statistics.median(r[0] for r in runs)


def ratio(letter, text, a, b, limit):
    """Prints wall and CPU time of both; the last of a is ours."""
    cpu = [statistics.median(r[1] for r in runs) for runs in (a, b)]
    print(f"    ours {wall(a):.1f} s ({stages(a[-1][3])}), ffmpeg {wall(b):.1f} s; CPU {cpu[0]:.1f} and {cpu[1]:.1f} s, "
          f"ratio {cpu[0] / cpu[1]:.2f}")
    return say(letter, text, wall(a) / wall(b), limit)


def bare(source):
    path = os.path.join(WORK, "bare.mp4")
    return ffmpeg(source, "-map", "0:v", "-map", "0:a", *x264(rungs()[0]), *aac(), "-movflags", "+faststart", path)


def bare_ladder(source):
    folder = os.path.join(WORK, "ladder")
    shutil.rmtree(folder, ignore_errors=True)
    steps = rungs()
    n = len(steps)
    graph = f"[0:v]split={n}" + "".join(f"[s{i}]" for i in range(n)) + "".join(
        f";[s{i}]scale={p['width_px']}:{p['height_px']}:flags=bicubic+accurate_rnd,setsar=1[o{i}]"
        for i, p in enumerate(steps))
    argv = ["-filter_complex", graph]
    for i, p in enumerate(steps):
        argv += ["-map", f"[o{i}]", *x264(p, f"v:{i}")]
    argv += ["-map", "0:a", *aac(), "-f", "hls", "-hls_time", steps[0]["gop_s"], "-hls_playlist_type", "vod",
             "-hls_segment_type", "fmp4", "-master_pl_name", "main.m3u8", "-var_stream_map",
             "a:0,agroup:a " + " ".join(f"v:{i},agroup:a" for i in range(n)), os.path.join(folder, "%v", "list.m3u8")]
    return ffmpeg(source, *argv)


def copied(conforming):
    """Two sides of (v1)."""
    sound = os.path.join(WORK, "sound.m4a")
    quiet("-i", conforming, "-map", "0:a", "-c", "copy", sound)

    def peer():
        show = show_with("copy-sound")
        first = publish(show, sound)
        second = ffmpeg(conforming, "-i", delivered(show, ".m4a"), "-map", "0:v", "-map", "1:a", "-c", "copy", "-movflags",
                        "+faststart", os.path.join(WORK, "copied.mp4"))
        return first[0] + second[0], first[1] + second[1], max(first[2], second[2]), ""

    return ours("copy", conforming, f"picture: {PRESET}"), peer


def likeness(path, source):
    """(SSIM, PSNR in dB) of all planes"""
    text = ffmpeg(path, "-i", source, "-lavfi", "[0:v:0]setpts=N,split[a][b];[1:v:0]setpts=N,split[c][d];[a][c]ssim;[b][d]psnr",
                  "-f", "null", "-")[3]
    return float(re.search(r"SSIM .*All:([\d.]+)", text).group(1)), float(re.search(r"PSNR .*average:([\d.]+)", text).group(1))


def picture_bytes(path):
    """Without sound, cover and words."""
    sizes = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=size", "-of",
                            "csv=p=0", path], check=True, capture_output=True, text=True).stdout
    return sum(int(n) for n in re.findall(r"\d+", sizes))


def compare_quality(mine, theirs, source):
    a, b = likeness(mine, source), likeness(theirs, source)
    sizes = [picture_bytes(p) / 1e6 for p in (mine, theirs)]
    print(f"    ours SSIM {a[0]:.4f}, PSNR {a[1]:.2f} dB, {sizes[0]:.1f} MB; ffmpeg SSIM {b[0]:.4f}, PSNR {b[1]:.2f} dB, "
          f"{sizes[1]:.1f} MB")
    ok = say("v5", "1 - SSIM, ours / ffmpeg's", (1 - a[0]) / (1 - b[0]), 1.05)
    ok &= say("v5", "PSNR, ffmpeg's - ours", b[1] - a[1], 0.1, " dB")
    return ok & say("v5", "size, ours / ffmpeg's", sizes[0] / sizes[1], 1.02)


def memory(runs):
    return max(r[2] for r in runs)


def main():
    begin()
    ok = True
    clip = make_clip()
    source, short = make_film("film", clip, MINUTES), make_film("film", clip, max(MINUTES // 3, 1))
    print(f"{MINUTES} minutes of 1080p25 and {COPY_MINUTES} that are copied, {TURNS} turns on processors {CPUS}")

    with_graphics = (f"picture: {PRESET}", "graphics: [straps, chips]")
    one = in_turns(ours("video", source, *with_graphics), lambda: bare(source))
    need_way(os.path.join(WORK, "video"), "encoded")
    ok &= ratio("v2", "publish, encoded anew / bare ffmpeg", *one, 1.05)

    ladder = in_turns(ours("stream", source, f"picture: {PRESET}", "hls: true", "graphics: [none]"),
                      lambda: bare_ladder(source))
    ok &= ratio("v3", "publish with the ladder / ffmpeg's single command", *ladder, 1.1)

    shorter = [ours("short", short, *with_graphics)()]
    print(f"    peak memory: ours {memory(one[0]):.0f} MB, ladder {memory(ladder[0]):.0f} MB, shorter {memory(shorter):.0f} MB; "
          f"ffmpeg {memory(one[1]):.0f} MB, ladder {memory(ladder[1]):.0f} MB")
    ok &= say("v4", "peak memory / ffmpeg's", memory(one[0]) / memory(one[1]), 1.15)
    ok &= say("v4", "peak memory of the ladder / ffmpeg's", memory(ladder[0]) / memory(ladder[1]), 1.15)
    ok &= say("v4", "peak memory / for a shorter one", memory(one[0]) / memory(shorter), 1.1)

    theirs = os.path.join(WORK, "bare.mp4")
    ok &= compare_quality(delivered(os.path.join(WORK, "stream"), ".mp4"), theirs, source)

    conforming = make_film("conforming", theirs, COPY_MINUTES)
    copy = in_turns(*copied(conforming))
    need_way(os.path.join(WORK, "copy"), "copied")
    ok &= ratio("v1", "publish, copied / sound alone + ffmpeg's copy", *copy, 1.5)
    for name in ("video", "stream", "short", "copy", "copy-sound", "ladder"):
        shutil.rmtree(os.path.join(WORK, name), ignore_errors=True)
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
