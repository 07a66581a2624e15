# SPDX-License-Identifier: GPL-3.0-or-later
"""A source with a flash and a beep every second, and what became of them: in files as ffmpeg reads them."""
import array
import subprocess

HZ = 8000  # for finding beeps: one sample is 0.125 ms
LOUD = 0.02  # of full scale: beeps are 0.1 and more
LAST = ["nice", "-n", "19"]  # no broadcast of the test beside waits for what is made or judged here


def run(*argv):
    return subprocess.run([*LAST, *map(str, argv)], check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL).stdout


def make_source(path, seconds, size="640x360", rate=48000, start=0.0, *more):
    """Flash and beep begin together at each whole second from 1 on, and between them it is not quite silent: codecs
    need their bits. start: of the time stamps."""
    on = "lt(mod(t+0.001,1),0.06)"
    run("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i",
        f"testsrc2=s={size}:r=25:d={seconds},lutyuv=y=16+(val-16)/8:u=128+(val-128)/8:v=128+(val-128)/8,"
        f"drawbox=color=white:t=fill:enable='{on}*gt(t,0.5)'",
        "-f", "lavfi", "-i", f"aevalsrc='0.1*sin(2*PI*1000*t)*{on}*gt(t,0.5)+0.002*(random(0)-0.5)':s={rate}:d={seconds}",
        "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", "-ac", "2", "-shortest",
        *more, "-output_ts_offset", start, path)
    return path


def complaints(path):
    """What ffmpeg says while it decodes all of it; "": it is whole."""
    r = subprocess.run([*LAST, "ffmpeg", "-nostdin", "-v", "error", "-i", path, "-f", "null", "-"], stderr=subprocess.PIPE)
    return r.stderr.decode(errors="replace").strip() + (f" ends with {r.returncode}" if r.returncode else "")


def stamps(path, stream):  # "v" or "a"
    said = run("ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time", "-of",
               "csv=p=0", path)
    return sorted(float(line.split(b",")[0]) for line in said.split() if not line.startswith(b"N"))


def widest_step(path, stream):
    """Seconds between two packets that follow each other; 0.0: there are none."""
    times = stamps(path, stream)
    return max((b - a for a, b in zip(times, times[1:])), default=0.0)


def flashes(path):
    pixels = run("ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-vf",
                 "scale=2:2:flags=area,format=gray", "-f", "rawvideo", "-")
    light, times = [pixels[i] for i in range(0, len(pixels), 4)], stamps(path, "v")
    return [times[i] for i in range(1, min(len(light), len(times))) if light[i] > 180 >= light[i - 1]]


def beeps(path, stamped=True):
    """stamped: on the file's clock; else by counting samples, as who listens hears them."""
    clock = ["-af", "aresample=async=1:first_pts=0"] if stamped else []
    raw = run("ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:a:0", *clock, "-ac", "1", "-ar", HZ, "-f",
              "f32le", "-")
    wave = array.array("f", raw)
    found, last = [], -HZ
    for i, x in enumerate(wave):
        if abs(x) > LOUD:
            if i - last > HZ // 10:
                found.append(i / HZ)
            last = i
    return found


def offsets(path):
    """Of each flash: the beep nearest to it, in ms; > 0: it comes late. And the time of the flash."""
    heard = beeps(path)
    return [(at, 1000 * (min(heard, key=lambda b: abs(b - at)) - at)) for at in flashes(path)] if heard else []


def worst_beat(times):
    """How far, in ms, two beeps that follow each other are from a second apart."""
    return max((abs(b - a - 1) * 1000 for a, b in zip(times, times[1:])), default=1e9)


def seconds(path):
    return float(run("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path))
