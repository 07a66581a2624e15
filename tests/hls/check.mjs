// SPDX-License-Identifier: GPL-3.0-or-later
// check.mjs --modules DIR [FOLDER|URL]: an HLS package as players see it. Every playlist is parsed by
// hls-parser, then hls.js plays it in headless Chromium: ten seconds at the lowest rung and at the
// highest, a jump, captions shown. Prints JSON; 0: all is well, 1: not, 2: wrong usage.
// DIR takes in the npm packages, with exact versions, if they are not there yet; without a package to
// look at, that is all.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { packages } from "../npm.mjs";

const PACKAGES = ["hls-parser@0.16.1", "hls.js@1.7.4", "playwright-core@1.56.1"];
const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
const PLAY_S = 10;
const PATIENCE_MS = 60000;
const TYPES = {
  html: "text/html; charset=utf-8", js: "text/javascript", m3u8: "application/vnd.apple.mpegurl",
  mp4: "video/mp4", m4s: "video/iso.segment", vtt: "text/vtt; charset=utf-8",
};

function usage() {
  console.error("usage: check.mjs --modules DIR [FOLDER|URL]");
  process.exit(2);
}

// ---- what is played

function opener(target) {
  if (/^https?:/.test(target)) {
    const base = target.endsWith("/") ? target : target + "/";
    return async (path) => {
      const r = await fetch(new URL(path, base));
      if (!r.ok) throw new Error(`${path}: ${r.status}`);
      return Buffer.from(await r.arrayBuffer());
    };
  }
  return async (path) => {
    if (path.split("/").includes("..")) throw new Error(path + " is outside of the package");
    return readFileSync(join(target, path));
  };
}

const PAGE = `<!doctype html><meta charset="utf-8"><video id="v" width="640" controls></video>
<script src="/hls.js"></script>`;

// The package below /media/, byte ranges too.
function serve(open, script) {
  const server = createServer(async (req, res) => {
    const path = decodeURIComponent(new URL(req.url, "http://x").pathname);
    const type = TYPES[path.split(".").pop()] ?? TYPES.html;
    try {
      if (!path.startsWith("/media/")) {
        res.setHeader("Content-Type", path === "/hls.js" ? TYPES.js : TYPES.html);
        return res.end(path === "/hls.js" ? script : PAGE);
      }
      const bytes = await open(path.slice(7));
      const range = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? "");
      res.setHeader("Content-Type", type);
      if (!range) return res.end(bytes);
      const from = +range[1], to = Math.min(range[2] ? +range[2] : Infinity, bytes.length - 1);
      res.writeHead(206, { "Content-Range": `bytes ${from}-${to}/${bytes.length}` });
      res.end(bytes.subarray(from, to + 1));
    } catch (e) {
      res.writeHead(404);
      res.end(String(e));
    }
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

// ---- playlists

async function parseAll(HLS, open) {
  HLS.setOptions({ strictMode: true });
  const lists = [];
  const parse = async (path) => {
    const entry = { path };
    lists.push(entry);
    try {
      const p = HLS.parse((await open(path)).toString("utf8"));
      if (p.isMasterPlaylist) return Object.assign(entry, { variants: p.variants.length }) && p;
      const duration = +p.segments.reduce((sum, s) => sum + s.duration, 0).toFixed(6);
      Object.assign(entry, { segments: p.segments.length, target: p.targetDuration, duration });
      return p;
    } catch (e) {
      entry.error = e.cause?.message ?? e.message;
    }
  };
  const master = await parse("master.m3u8");
  const uris = new Set();
  for (const v of master?.variants ?? []) {
    uris.add(v.uri);
    for (const group of [v.audio, v.subtitles]) for (const r of group) if (r.uri) uris.add(r.uri);
  }
  for (const uri of uris) await parse(uri);
  return lists;
}

// ---- in the browser

async function play({ url, which, seconds, patience }) {
  const video = document.getElementById("v");
  const seen = { which, errors: [], stalls: 0, cues: [], buffered: {} };
  const hls = new Hls({ maxBufferLength: 600, maxMaxBufferLength: 600 });
  const until = async (what, test) => {
    for (const start = performance.now(); !test();) {
      if (performance.now() - start > patience) throw new Error("waited in vain for " + what);
      await new Promise((go) => setTimeout(go, 50));
    }
  };
  const look = () => {
    for (const track of video.textTracks)
      for (const cue of track.activeCues ?? [])
        if (!seen.cues.includes(cue.text)) seen.cues.push(cue.text);
  };
  hls.on(Hls.Events.ERROR, (_, d) => {
    const busy = d.details === "bufferStalledError" && d.buffer > 1; // the machine, not the stream
    if (busy) seen.stalls++;
    else seen.errors.push(`${d.details}: ${d.error?.message ?? ""}`);
  });
  hls.on(Hls.Events.BUFFER_APPENDED, (_, d) => {
    for (const [kind, r] of Object.entries(d.timeRanges)) {
      if (!r?.length) continue;
      seen.buffered[kind] = { from: r.start(0), to: r.end(r.length - 1), parts: r.length };
    }
  });
  hls.on(Hls.Events.MANIFEST_PARSED, (_, d) => {
    const order = hls.levels.map((l, i) => [l.bitrate, i]).sort((a, b) => a[0] - b[0]);
    seen.level = (which === "lowest" ? order[0] : order[order.length - 1])[1];
    seen.levels = hls.levels.length;
    hls.loadLevel = hls.startLevel = seen.level;
    hls.subtitleTrack = hls.allSubtitleTracks.length ? 0 : -1;
    hls.subtitleDisplay = true;
  });
  try {
    hls.loadSource(url);
    hls.attachMedia(video);
    const watching = setInterval(look, 50);
    await until("data", () => video.readyState >= 3);
    await video.play();
    const started = performance.now();
    const enough = Math.min(seconds, video.duration - 0.5);
    await until(seconds + " s of playback", () => video.currentTime >= enough);
    Object.assign(seen, {
      wall_s: +((performance.now() - started) / 1000).toFixed(2), played_s: video.currentTime,
      width: video.videoWidth, height: video.videoHeight, duration: video.duration,
      playing_level: hls.currentLevel,
    });
    const to = video.duration * 0.75;
    video.currentTime = to;
    const behind = Math.min(to + 1, video.duration - 0.2);
    await until("playback behind a jump", () => !video.seeking && video.currentTime > behind);
    seen.jumped_to = to;
    seen.captions = hls.allSubtitleTracks.map((t) => t.lang);
    const whole = (b) => b.to > video.duration - 0.2;
    await until("the whole to be loaded", () => Object.values(seen.buffered).every(whole));
    const q = video.getVideoPlaybackQuality();
    Object.assign(seen, { frames: q.totalVideoFrames, dropped: q.droppedVideoFrames });
    clearInterval(watching);
  } catch (e) {
    seen.errors.push(e.message);
  }
  hls.destroy();
  return seen;
}

// Sound and picture lie where the playlists say, without a gap: an edit list that a browser does not
// follow shows here.
function misplaced(buffered, lists) {
  const length = (kind) => Math.max(...lists
    .filter((l) => l.duration && l.path.startsWith(kind === "audio" ? "sound/" : "video"))
    .map((l) => l.duration));
  return Object.entries(buffered)
    .filter(([kind, b]) => b.parts > 1 || b.from > 0.005 || Math.abs(b.to - length(kind)) > 0.005)
    .map(([kind, b]) => `${kind} lies at ${b.from} to ${b.to} in ${b.parts} parts`);
}

async function playAll(chromium, url, lists) {
  const browser = await chromium.launch({
    executablePath: BROWSER,
    args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
  });
  try {
    const plays = [];
    for (const which of ["lowest", "highest"]) {
      const page = await browser.newPage();
      await page.goto(url);
      const seen = await page.evaluate(play, {
        url: "/media/master.m3u8", which, seconds: PLAY_S, patience: PATIENCE_MS,
      });
      if (seen.playing_level !== seen.level) seen.errors.push("another rung was played");
      seen.errors.push(...misplaced(seen.buffered, lists));
      if (seen.captions?.length && !seen.cues.length) seen.errors.push("no captions were shown");
      plays.push(seen);
      await page.close();
    }
    return plays;
  } finally {
    await browser.close();
  }
}

// ----

const argv = process.argv.slice(2);
if (argv.length < 2 || argv.length > 3 || argv[0] !== "--modules") usage();
const [, modules, target] = argv;
const need = packages(modules, PACKAGES);
if (!target) process.exit(0);
const open = opener(target);
const playlists = await parseAll(need("hls-parser"), open);
const server = await serve(open, readFileSync(need.resolve("hls.js/dist/hls.min.js")));
let plays;
try {
  const url = `http://127.0.0.1:${server.address().port}/`;
  plays = await playAll(need("playwright-core").chromium, url, playlists);
} finally {
  server.close();
}
const ok = playlists.every((p) => !p.error) && plays.every((p) => !p.errors.length);
console.log(JSON.stringify({ ok, playlists, plays }, null, 1));
process.exit(ok ? 0 : 1);
