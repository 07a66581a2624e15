// SPDX-License-Identifier: GPL-3.0-or-later
// feed.mjs --modules DIR [FEED]: a feed as the Podcast Index's own parser reads it: prints JSON, the
// broadcasts in it and how many episodes. Without a feed the parser is installed into DIR, and that is
// all.
import { readFileSync } from "node:fs";
import { packages } from "../npm.mjs";

const PACKAGES = ["podcast-partytime@5.0.0"];

const [option, modules, path] = process.argv.slice(2);
if (option !== "--modules" || !modules) {
  console.error("usage: feed.mjs --modules DIR [FEED]");
  process.exit(2);
}
const { parseFeed } = packages(modules, PACKAGES)("podcast-partytime");
if (!path) process.exit(0);
const feed = await parseFeed(readFileSync(path, "utf8"));
if (!feed) throw new Error(path + " is no feed");
console.log(JSON.stringify({ live: feed.podcastLiveItems ?? [], episodes: feed.items.length }));
