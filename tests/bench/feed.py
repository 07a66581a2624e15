#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A show of 10 000 episodes (BENCH_EPISODES), and Hugo (Debian's) rendering the same feeds from the same data, in one
run, in memory where there is /dev/shm. BENCH_FEED_WORK keeps the show: making it takes some minutes.

(a) all feeds with their archives written anew         at most 0.2 of Hugo's time, under 1 s
(b) one new episode, with its cover, entry and page    under 0.3 s
(c) peak memory                                        under 100 MB
"""
import glob
import json
import os
import shutil
import statistics
import sys
import xml.etree.ElementTree as tree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import many
from bench import PROGRAM, ROOT, WORK, begin, run, say

EPISODES = int(os.environ.get("BENCH_EPISODES", "10000"))
SHM = "/dev/shm" if os.access("/dev/shm", os.W_OK) else WORK
PLACE = os.environ.get("BENCH_FEED_WORK", os.path.join(SHM, f"dgl-bench-feed-{os.getpid()}"))
SHOW = os.path.join(PLACE, "show")
HUGO = os.path.join(PLACE, "hugo")
TIMES = 3


def feed():
    return run(PROGRAM, "--presets", os.path.join(ROOT, "presets"), "-C", SHOW, "-q", "feed", "--only")


def make_show():
    run(PROGRAM, "init", SHOW, "--title", "Det gode liv i nord", "--site", "https://example.org/detgodeliv/", "--author",
        "Nordland fylkeskommune", "--owner", "Kari Nordmann <podkast@example.org>", "--summary", "Samtaler om folkehelse")
    run("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=c=0x204060:s=1400x1400", "-frames:v", "1",
        os.path.join(SHOW, "episodes", "cover.jpg"))
    for number in range(EPISODES):
        many.write(SHOW, number)
    print(f"    the first feed of {EPISODES} episodes, with a cover and a page for each: {feed()[0]:.0f} s")


# Hugo: each episode is a page of content with our entry's facts in its front matter, and its notes in Markdown. A
# template writes the same elements; its taxonomies make the feeds of themes, goals, places and seasons.
CONFIG = """baseURL = "https://example.org/detgodeliv/"
title = "Det gode liv i nord"
languageCode = "nb"
ignoreErrors = ["error-disable-taxonomy"]
disableKinds = ["section", "404", "robotsTXT", "sitemap", "taxonomy"]
[outputs]
home = ["rss"]
term = ["rss"]
[taxonomies]
theme = "themes"
goal = "goals"
place = "places"
year = "years"
[[cascade]]
[cascade._build]
render = "never"
[cascade._target]
kind = "page"
"""
ITEM = """<item>
{{ range .Params.leaves }}{{ printf "<%s%s>%s</%s>" (index . 0) (index . 1) (htmlEscape (index . 2)) (index . 0) | safeHTML }}
{{ end }}{{ printf "<description><![CDATA[%s%s]]></description>" .Params.words .Content | safeHTML }}
{{ printf "<content:encoded><![CDATA[%s%s]]></content:encoded>" .Params.words .Content | safeHTML }}
{{ range .Params.empty }}{{ printf "<%s%s/>" (index . 0) (index . 1) | safeHTML }}
{{ end }}</item>
"""
RSS = """{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" \
xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0" \
xmlns:media="http://search.yahoo.com/mrss/" xmlns:psc="http://podlove.org/simple-chapters"><channel>
<title>{{ .Title }}</title><link>{{ .Permalink }}</link><description>{{ site.Title }}</description>
{{ $pages := .RegularPagesRecursive }}{{ if not .IsHome }}{{ $pages = first 100 .Pages }}{{ end }}
{{ range $pages }}{{ partialCached "item.xml" . .File.Path }}{{ end }}</channel></rss>
"""


def names(tag):
    spaces = {"http://purl.org/rss/1.0/modules/content/": "content:", "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
              "https://podcastindex.org/namespace/1.0": "podcast:", "http://podlove.org/simple-chapters": "psc:",
              "http://search.yahoo.com/mrss/": "media:"}
    return tag if tag[0] != "{" else spaces[tag[1:].split("}")[0]] + tag.split("}")[1]


def flat(element, leaves, empty):
    attributes = "".join(f' {k}="{v}"' for k, v in element.attrib.items())
    for child in element:
        flat(child, leaves, empty)
    if element.text and element.text.strip():
        leaves.append([names(element.tag), attributes, element.text])
    else:
        empty.append([names(element.tag), attributes])


def make_hugo():
    os.makedirs(os.path.join(HUGO, "content"))
    os.makedirs(os.path.join(HUGO, "layouts", "_default"))
    os.makedirs(os.path.join(HUGO, "layouts", "partials"))
    for name, text in (("config.toml", CONFIG), ("layouts/partials/item.xml", ITEM), ("layouts/_default/rss.xml", RSS)):
        with open(os.path.join(HUGO, name), "w") as f:
            f.write(text)
    spaces = open(os.path.join(SHOW, "public", "feed.xml")).read().split("<channel>")[0].split("<rss", 1)[1]
    for path in glob.glob(os.path.join(SHOW, "public", "episodes", "*")):
        slug = os.path.basename(path)
        item = glob.glob(os.path.join(SHOW, ".dgl", "store", slug, "item", "*", "item.xml"))[0]
        root = tree.fromstring(f"<rss{spaces}" + open(item).read() + "</rss>")[0]
        leaves, empty = [], []
        for child in root:
            if names(child.tag) not in ("description", "content:encoded"):
                flat(child, leaves, empty)
        subjects = [e.text for e in root.findall("category")]
        year = root.find("{http://www.itunes.com/dtds/podcast-1.0.dtd}season").text
        places = [e.text for e in root.findall("{https://podcastindex.org/namespace/1.0}location")]
        front = {"title": root.find("title").text, "date": f"{slug[:7]}-01", "themes": subjects[:1], "goals": subjects[1:],
                 "years": [year], "places": places, "leaves": leaves, "empty": empty,
                 "words": root.find("description").text.split("<p>Se ")[0]}
        notes = open(os.path.join(SHOW, "episodes", slug, "notes.md")).read()
        with open(os.path.join(HUGO, "content", slug + ".md"), "w") as f:
            f.write(json.dumps(front, ensure_ascii=False, indent=1) + "\n\n" + notes)


def bytes_below(*patterns):
    return sum(os.path.getsize(p) for pattern in patterns for p in glob.glob(pattern, recursive=True))


def hugo():
    shutil.rmtree(os.path.join(HUGO, "public"), ignore_errors=True)
    return run("hugo", "--quiet", "-s", HUGO, "-d", os.path.join(HUGO, "public"))


def rebuild():
    shutil.rmtree(os.path.join(SHOW, ".dgl", "store", "_show", "feed"))
    return feed()


def main():
    if not shutil.which("hugo"):
        print("hugo is not installed: the feeds are not measured")
        return
    begin()
    if not os.path.isdir(SHOW):
        os.makedirs(PLACE, exist_ok=True)
        make_show()
    if not os.path.isdir(HUGO):
        make_hugo()
    feed()  # what is in place is remembered from here on
    ours, peers = [], []
    for _ in range(TIMES):
        ours.append(rebuild())
        peers.append(hugo())
    wall, cpu = (statistics.median(x[i] for x in ours) for i in (0, 1))
    peer, peer_cpu = (statistics.median(x[i] for x in peers) for i in (0, 1))
    new = []
    for i in range(TIMES):
        many.write(SHOW, len(glob.glob(os.path.join(SHOW, "episodes", "*", "episode.yaml"))))
        new.append(feed())
    mine = bytes_below(os.path.join(SHOW, "public", "*.xml"), os.path.join(SHOW, "public", "feeds", "*.xml"))
    theirs = bytes_below(os.path.join(HUGO, "public", "**", "*.xml"))
    print(f"    feeds {wall:.2f} s, {cpu:.2f} s of CPU, {mine / 1e6:.0f} MB; hugo {peer:.2f} s, {peer_cpu:.2f} s of CPU, "
          f"{theirs / 1e6:.0f} MB, {statistics.median(x[2] for x in peers):.0f} MB of memory")
    print(f"    one new episode {statistics.median(x[1] for x in new):.2f} s of CPU")
    ok = say("a", "all feeds / hugo", wall / peer, 0.2)
    ok &= say("a", "all feeds with their archives", wall, 1, " s")
    ok &= say("b", "one new episode", statistics.median(x[0] for x in new), 0.3, " s")
    ok &= say("c", "peak memory", max(x[2] for x in ours + new), 100, " MB")
    if "BENCH_FEED_WORK" not in os.environ:
        shutil.rmtree(PLACE)
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
