#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# many.py SHOW FROM COUNT: writes episodes FROM .. FROM+COUNT-1 into a show, as a clone without any
# media has them: episode.yaml and published.json. Two a day from 2000 on, themes and goals as the
# calendar says, a guest of another municipality each, every tenth with a film, every hundredth a
# trailer. They share one cover, episodes/cover.jpg, where it is there.
import datetime
import hashlib
import json
import os
import sys
import uuid

PLACES = ["1804", "1806", "1811", "1812", "1813", "1815", "1820", "1824", "1827", "1837", "1841", "1866"]
LENGTH_S = 1800


def media(slug, output, kind, extension, size):
    sha = hashlib.sha256(f"{slug}.{output}".encode()).hexdigest()
    path = f"media/{slug}/{slug}-{sha[:8]}.{extension}"
    one = {"output": output, "path": path, "type": kind, "bytes": size, "sha256": sha,
           "duration": "00:30:00.000", "integrated_lufs": -16.0, "true_peak_dbtp": -1.2}
    if kind.startswith("video"):
        one |= {"width": 1920, "height": 1080, "frame_rate": "25", "bit_rate_kbps": 4000}
    return one


def chapters():
    names = ["Velkommen", "Hva vi gjør", "Hvem som er med", "Råd til andre", "Takk"]
    return [(i * 360, name) for i, name in enumerate(names)]


def write(show, number):
    day = datetime.date(2000, 1, 1) + datetime.timedelta(days=number // 2)
    hour = 9 + number % 2 * 9
    slug = f"{day:%Y-%m}-{number:05d}"
    folder = os.path.join(show, "episodes", slug)
    os.makedirs(folder)
    trailer = number % 100 == 99
    words = [
        f"title: Samtale {number} om å bo og bli", f"month: {day:%Y-%m}", f"number: {number + 1}",
        f"season: {day.year}", f"published: {day}T{hour:02d}:00:00+01:00",
        "summary: Hva gjør vi sammen for at folk skal trives her, og hva har vi lært av naboene?",
        "host: [{name: Kari Nordmann}]",
        f"guest: [{{name: Ola Nordmann {number}, role: rådgiver, municipality: \"{PLACES[number % 12]}\"}}]",
    ]
    if trailer:
        words.append("kind: trailer")
    if os.path.exists(os.path.join(show, "episodes", "cover.jpg")):
        words.append("cover: ../cover.jpg")
    with open(os.path.join(folder, "episode.yaml"), "w") as f:
        f.write("\n".join(words) + "\n")
    with open(os.path.join(folder, "notes.md"), "w") as f:
        f.write("Se [planen](https://example.org/plan) og **tallene** bak.\n\n* Turlag\n* Frivilligsentral\n")
    ticks = 705600000
    files = [media(slug, "mp3", "audio/mpeg", "mp3", 28812345), media(slug, "m4a", "audio/x-m4a", "m4a", 21612345)]
    if number % 10 == 0:
        files.append(media(slug, "mp4", "video/mp4", "mp4", 912345678))
    record = {
        "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, slug)), "slug": slug, "state": "published",
        "first_published": f"{day}T{hour - 1:02d}:00:00Z", "length": "00:30:00.000", "sources": [], "files": files,
        "former": [],
        "chapters": [{"at": f"00:{at // 60:02d}:{at % 60:02d}.000", "title": name} for at, name in chapters()],
        "timeline": {"length_ticks": LENGTH_S * ticks, "length_s": float(LENGTH_S),
                     "kept": [{"from": 0, "to": LENGTH_S * ticks, "at": 0}],
                     "chapters": [{"start_ticks": at * ticks, "title": name} for at, name in chapters()]},
    }
    with open(os.path.join(folder, "published.json"), "w") as f:
        json.dump(record, f, indent=2, ensure_ascii=False)
        f.write("\n")


if __name__ == "__main__":
    first = int(sys.argv[2])
    for n in range(first, first + int(sys.argv[3])):
        write(sys.argv[1], n)
