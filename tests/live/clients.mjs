// SPDX-License-Identifier: GPL-3.0-or-later
// clients.mjs --modules DIR [FEED]: what two parsers nobody here wrote read in a feed, podcast-partytime
// (the Podcast Index's) and feedsmith: prints JSON with a key for each. Without a feed they are
// installed into DIR, and that is all.
import { readFileSync } from "node:fs";
import { packages } from "../npm.mjs";

const PACKAGES = ["podcast-partytime@5.0.0", "feedsmith@3.0.1"];

const [option, modules, path] = process.argv.slice(2);
if (option !== "--modules" || !modules) {
  console.error("usage: clients.mjs --modules DIR [FEED]");
  process.exit(2);
}
const load = packages(modules, PACKAGES);
const { parseFeed } = load("podcast-partytime");
const { parseRssFeed } = load("feedsmith");
if (!path) process.exit(0);
const text = readFileSync(path, "utf8");
const partytime = await parseFeed(text);
if (!partytime) throw new Error(path + " is no feed");
console.log(JSON.stringify({ partytime, feedsmith: parseRssFeed(text) }));
