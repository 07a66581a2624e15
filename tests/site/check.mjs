// SPDX-License-Identifier: GPL-3.0-or-later
// check.mjs --modules DIR [TOPIC URL PUBLIC [FOLDER]]: looks at the pages in the folder PUBLIC, which
// are served at URL, as their readers do: in headless Chromium. A finding a line; 0: there is none,
// 1: there are, 2: wrong usage. pictures puts screenshots into FOLDER. DIR takes in the npm packages,
// with exact versions, if they are not there yet; without a topic, that is all. PAGES="a.html b/c.html":
// those alone.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { packages } from "../npm.mjs";
import { keyboard, player, search } from "./use.mjs";

const PACKAGES = ["playwright-core@1.56.1", "axe-core@4.11.0", "vnu-jar@26.9.27"];
const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
const WIDE = { width: 1280, height: 900 }, NARROW = { width: 320, height: 640 };
const ZOOMED = { width: 640, height: 450 }; // 1280 by 900 at 200 %

function files(folder, ending) {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path, ending) : path.endsWith(ending) ? [path] : [];
  });
}

// The fullest of each kind: "tema/trivsel/index.html" is of the kind tema.
function fullestOfEach(pages, folder) {
  const kind = (p) => p.split("/").length > 1 ? `${p.split("/")[0]} ${p.split("/").length}` : p;
  const size = (p) => statSync(join(folder, p)).size;
  return pages.filter((p) => pages.every((q) => kind(q) !== kind(p) || p === q || size(q) < size(p) ||
    (size(q) === size(p) && q > p)));
}

// look(page, path) of each, in a few windows side by side that are opened with options; begin(page)
// when a window is opened, which then shows one path after the other.
async function each({ open, url }, paths, options, look, begin = () => {}) {
  const rest = [...paths];
  await Promise.all(Array.from({ length: 3 }, async () => {
    const page = await open(null, options);
    begin(page);
    while (rest.length) {
      page.path = rest.shift();
      await page.goto(url + page.path, { waitUntil: "load" });
      await look(page, page.path);
    }
    await page.context().close();
  }));
}

// ---- topics: each returns findings

async function axe(site) {
  const source = readFileSync(site.need.resolve("axe-core/axe.min.js"), "utf8");
  const findings = [];
  for (const [viewports, deviceScaleFactor] of [[[WIDE, NARROW], 1], [[ZOOMED], 2]])
    await each(site, site.fullest, { viewport: viewports[0], deviceScaleFactor }, async (page, path) => {
      await page.evaluate(source);
      for (const viewport of viewports)
        for (const colorScheme of ["light", "dark"]) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          const { violations } = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
          const where = `${path} ${colorScheme} ${viewport.width} px`;
          for (const v of violations)
            findings.push(`${where}: ${v.id}: ${v.help}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`);
          const over = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
          if (over > 0) findings.push(`${where}: ${over} px wider than the window`);
        }
    });
  return findings;
}

// Every address in every page leads to a file in public/, or to another site.
async function links({ folder, site }) {
  const findings = [];
  const ids = new Map();
  const idsOf = (file) => {
    if (!ids.has(file))
      ids.set(file, new Set([...readFileSync(file, "utf8").matchAll(/ id="([^"]*)"/g)].map((m) => m[1])));
    return ids.get(file);
  };
  let seen = 0;
  for (const file of files(folder, ".html")) {
    const html = readFileSync(file, "utf8").replace(/<pre[^]*?<\/pre>/g, "");
    for (const [, name, value] of html.matchAll(/ (href|src|poster|content)="([^"]+)"/g)) {
      const address = value.replaceAll("&amp;", "&");
      if (name === "content" ? !address.startsWith(site) : address.startsWith("mailto:")) continue;
      const from = site + relative(folder, file).split("/").map(encodeURIComponent).join("/");
      const to = new URL(address, from);
      if (!to.href.startsWith(site)) continue;
      let path = join(folder, decodeURIComponent(to.href.slice(site.length).replace(/[?#].*/, "")));
      if (existsSync(path) && statSync(path).isDirectory()) path = join(path, "index.html");
      seen++;
      if (!existsSync(path)) findings.push(`${relative(folder, file)}: ${address} leads nowhere`);
      else if (to.hash && path.endsWith(".html") && !to.hash.startsWith("#t=") && !idsOf(path).has(to.hash.slice(1)))
        findings.push(`${relative(folder, file)}: ${address}: there is no such place in it`);
    }
  }
  if (seen < 100) findings.push(`only ${seen} links were found`);
  return findings;
}

// Nothing is fetched from elsewhere, no cookie is set, and the policy in each page is kept to.
async function network(site) {
  const findings = [];
  let requests = 0;
  const begin = (page) => {
    page.on("request", (r) => {
      requests++;
      if (!r.url().startsWith(site.url)) findings.push(`${page.path}: asks ${r.url()}`);
    });
    page.on("response", (r) => {
      if (r.headers()["set-cookie"]) findings.push(`${page.path}: ${r.url()} sets a cookie`);
    });
    page.on("console", (m) => {
      const at = m.location().url; // it may come when the next page is there
      if (m.type() === "error" && at !== site.url + "404.html") findings.push(`${page.path}: ${at}: ${m.text()}`);
    });
    page.on("pageerror", (e) => findings.push(`${page.path}: ${e}`));
  };
  await each(site, site.pages, { viewport: WIDE }, async (page, path) => {
    await page.waitForTimeout(200);
    if ((await page.context().cookies()).length) findings.push(`${path}: a cookie`);
    const policy = await page.evaluate(() =>
      document.querySelector("meta[http-equiv='Content-Security-Policy']")?.content);
    if (!policy?.includes("default-src 'none'")) findings.push(`${path}: no policy`);
  }, begin);
  if (requests < site.pages.length * 2) findings.push(`only ${requests} requests`);
  return findings;
}

// What stands in WORDS ("en:Open doors|nb:Åpne dører") is marked as that language wherever it stands.
async function lang(site) {
  const findings = [], met = new Set();
  const wanted = (process.env.WORDS ?? "").split("|").map((w) => w.split(/:(.*)/s).slice(0, 2));
  await each(site, site.pages, { viewport: WIDE }, async (page, path) => {
    const found = await page.evaluate((list) => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const out = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (const [language, words] of list)
          if (node.data.includes(words) && !node.parentElement.closest("script, pre"))
            out.push([language, words, node.parentElement.closest("[lang]").lang]);
      return out;
    }, wanted);
    for (const [language, words, is] of found) {
      met.add(words);
      if (language !== is) findings.push(`${path}: "${words}" is said to be ${is}, not ${language}`);
    }
  });
  for (const [, words] of wanted) if (!met.has(words)) findings.push(`"${words}" stands nowhere`);
  return findings;
}

// Every goal's chip, as it is painted, on the page that shows them all.
async function chips({ open }) {
  const findings = [], seen = new Set();
  for (const colorScheme of ["light", "dark"]) {
    const page = await open("kalender/index.html", { viewport: WIDE, colorScheme });
    const list = await page.evaluate(() => [...document.querySelectorAll(".goals a")].map((a) => {
      const style = getComputedStyle(a);
      return { number: a.querySelector("b").textContent, text: a.textContent.trim(),
        ink: getComputedStyle(a.querySelector("span")).color, back: style.backgroundColor };
    }));
    for (const chip of list) {
      seen.add(chip.number);
      const ratio = contrast(chip.ink, chip.back);
      if (!(ratio >= 4.5)) findings.push(`goal ${chip.number}: ${ratio.toFixed(2)}:1 in ${colorScheme}`);
      if (!/^\d+\s+\S/.test(chip.text)) findings.push(`goal ${chip.number} has no name`);
    }
    await page.context().close();
  }
  if (seen.size !== 17) findings.push(`${seen.size} goals were seen`);
  return findings;
}

function contrast(a, b) {
  const light = (color) => {
    const rgb = color.match(/[\d.]+/g).slice(0, 3).map((v) => v / 255)
      .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] + 0.05;
  };
  const [x, y] = [light(a), light(b)];
  return Math.max(x, y) / Math.min(x, y);
}

// The HTML checker of the W3C and validator.nu. A file has no origin to it, and data no script's
// rights to ask for: whether the policy in a page holds is what network sees in a browser.
async function html({ folder, modules }) {
  const jar = join(modules, "node_modules/vnu-jar/build/dist/vnu.jar");
  const r = spawnSync("java", ["-jar", jar, "--format", "json", "--stdout", ...files(folder, ".html")],
    { encoding: "utf8", maxBuffer: 1 << 26 });
  if (r.error) return [String(r.error)];
  return JSON.parse(r.stdout).messages.filter((m) => m.type !== "info" || m.subType === "warning")
    .filter((m) => !m.message.includes("violates Content Security Policy (meta tag)"))
    .map((m) => `${relative(folder, m.url.replace("file:", ""))}:${m.lastLine}: ${m.message}`);
}

async function pictures(site) {
  mkdirSync(site.target, { recursive: true });
  for (const [look, options] of [
    ["light", { viewport: WIDE, colorScheme: "light" }], ["dark", { viewport: WIDE, colorScheme: "dark" }],
    ["narrow", { viewport: NARROW, colorScheme: "light", deviceScaleFactor: 2 }],
  ])
    await each(site, site.fullest, options, async (page, path) => {
      const name = path.replace(/\/?index\.html$/, "").replace(/\.html$/, "").replaceAll("/", "-") || "index";
      await page.screenshot({ path: join(site.target, `${name}-${look}.png`), fullPage: true });
    });
  return [];
}

const topics = { axe, keyboard, player, search, links, network, lang, chips, html, pictures };

// ----

const argv = process.argv.slice(2);
const usage = argv[0] !== "--modules" || (argv.length !== 2 && (argv.length < 5 || !topics[argv[2]]));
if (usage) {
  console.error(`usage: check.mjs --modules DIR [${Object.keys(topics).join("|")} URL PUBLIC [FOLDER]]`);
  process.exit(2);
}
const [, modules, topic, url, folder, target] = argv;
const need = packages(modules, PACKAGES);
if (!topic) process.exit(0);
const browser = await need("playwright-core").chromium.launch({
  executablePath: BROWSER,
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
});
const open = async (path, options) => {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  if (path !== null) await page.goto(url + path, { waitUntil: "load" });
  return page;
};
let findings;
try {
  const site = /<link rel="canonical" href="([^"]*)"/.exec(readFileSync(join(folder, "index.html"), "utf8"))[1];
  const pages = process.env.PAGES?.split(" ") ?? files(folder, ".html").map((f) => relative(resolve(folder), resolve(f)));
  const fullest = fullestOfEach(pages, folder);
  findings = await topics[topic]({ open, pages, fullest, need, url, folder, site, modules, target });
} finally {
  await browser.close();
}
for (const f of findings) console.log(f);
process.exit(findings.length ? 1 : 0);
