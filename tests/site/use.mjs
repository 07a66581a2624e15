// SPDX-License-Identifier: GPL-3.0-or-later
// The pages as somebody uses them who has a keyboard and no mouse; for check.mjs.
const WIDE = { width: 1280, height: 900 };

const episode = (pages) => process.env.EPISODE ?? pages.find((p) => /^episodes\/[^/]*\/index/.test(p));

// Every control, in the order of the page, is reached by Tab, is seen, and shows that it is reached.
export async function keyboard({ open, fullest }) {
  const findings = [];
  for (const path of fullest) {
    const page = await open(path, { viewport: WIDE });
    const wanted = await page.evaluate(() => {
      const all = "a[href], button, input, select, textarea, summary, audio, video, [tabindex='0']";
      const seen = [...document.querySelectorAll(all)].filter((e) =>
        e.checkVisibility({ visibilityProperty: true }) && !e.parentElement.closest("audio, video"));
      seen.forEach((e, i) => { e.dataset.walk = i; });
      return seen.map((e) => e.outerHTML.slice(0, 90));
    });
    const reached = [];
    for (let presses = 0; presses < wanted.length * 3 + 80; presses++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const e = document.activeElement;
        if (!e || e === document.body) return null;
        const box = e.getBoundingClientRect(), style = getComputedStyle(e);
        return {
          walk: e.dataset.walk ?? e.outerHTML.slice(0, 90), media: /AUDIO|VIDEO/.test(e.tagName),
          seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
          ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        };
      });
      if (!at) break;
      if (reached[reached.length - 1] === at.walk) continue;
      reached.push(at.walk);
      if (!at.seen) findings.push(`${path}: ${wanted[at.walk]} is reached where nobody sees it`);
      if (!at.ring && !at.media) findings.push(`${path}: ${wanted[at.walk]} does not show that it is reached`);
    }
    const order = wanted.map((_, i) => String(i)).join(" ");
    if (reached.join(" ") !== order)
      findings.push(`${path}: reached ${reached.join(" ")} of ${wanted.length}: ` +
        wanted.filter((_, i) => !reached.includes(String(i))).join(" | "));
    await page.context().close();
  }
  return findings;
}

// The player by keys alone: chapters, text, skipping, speed, address, memory.
export async function player({ open, pages, url }) {
  const findings = [];
  const path = episode(pages);
  const expect = (what, is) => { if (!is) findings.push(`${path}: ${what}`); };
  const page = await open(path, { viewport: WIDE, permissions: ["clipboard-read", "clipboard-write"] });
  const near = (a, b) => Math.abs(a - b) < 1.5;
  const at = () => page.evaluate(() => document.querySelector("main audio").currentTime);
  const plays = () => page.evaluate(() => !document.querySelector("main audio").paused);
  const until = async (what, test) => {
    for (let i = 0; i < 100; i++) {
      if (await test()) return true;
      await page.waitForTimeout(50);
    }
    findings.push(`${path}: ${what}`);
    return false;
  };
  await until("the sound is not loaded", () => page.evaluate(() => document.querySelector("main audio").readyState > 0));
  expect("the controls are not shown", await page.locator(".controls").isVisible());

  await page.locator(".chapters a[data-t]").nth(1).focus();
  const second = Number(await page.locator(".chapters a[data-t]").nth(1).getAttribute("data-t"));
  await page.keyboard.press("Enter");
  await until("a chapter does not play from its time", async () => await plays() && near(await at(), second));
  await until("the chapter is not marked", () => page.evaluate(() =>
    document.querySelectorAll(".chapters a")[1].getAttribute("aria-current") === "true"));
  await page.locator("main audio").focus();
  await page.keyboard.press("k");
  await until("k does not pause", async () => !(await plays()));
  const before = await at();
  await page.keyboard.press("j");
  expect(`j goes to ${await at()}`, near(await at(), Math.max(0, before - 10)));
  await page.locator("[data-skip='30']").focus();
  await page.keyboard.press("Enter");
  expect(`30 seconds on is ${await at()}`, near(await at(), Math.max(0, before - 10) + 30));
  await page.locator("[data-speed]").focus();
  await page.keyboard.press("ArrowDown");
  expect("speed does not change", await page.evaluate(() => document.querySelector("main audio").playbackRate) === 1.25);
  await page.locator(".transcript a[data-t]").last().focus();
  const last = Number(await page.locator(".transcript a[data-t]").last().getAttribute("data-t"));
  await page.keyboard.press("Enter");
  await until("the text does not seek", async () => near(await at(), last));
  await until("the text does not follow", () => page.evaluate(() =>
    [...document.querySelectorAll(".transcript [data-at]")].pop().dataset.current === ""));
  await page.locator("[data-copy]").focus();
  await page.keyboard.press("Enter");
  await until("no address is copied", async () =>
    /#t=\d+$/.test(await page.evaluate(() => navigator.clipboard.readText())));
  await page.evaluate(() => { document.querySelector("main audio").pause(); });
  const stopped = await at();
  await page.goto(url + path.replace("index.html", ""));
  await until(`it does not go on at ${stopped}`, async () => near(await at(), stopped));
  await until("nobody is told where it goes on", async () => /\d:\d\d/.test(await page.locator("[data-status]").textContent()));
  await page.goto(url + "index.html");
  await page.goto(url + path + "#t=0:20");
  await until("an address with a time does not seek", async () => near(await at(), 20));
  await page.evaluate(() => { location.hash = "#t=25"; });
  await until("a changed address does not seek", async () => near(await at(), 25));
  await page.context().close();

  const plain = await open(path, { viewport: WIDE, javaScriptEnabled: false });
  expect("controls that need scripts are shown without", !(await plain.locator(".controls").isVisible()));
  expect("a chapter leads nowhere without scripts",
    /\.mp3#t=\d+$/.test(await plain.locator(".chapters a").nth(1).getAttribute("href")));
  await plain.context().close();

  const film = pages.find((p) => p === process.env.FILM);
  if (film) {
    const screen = await open(film, { viewport: WIDE });
    const modes = await screen.evaluate(() => [...document.querySelector("video").textTracks].map((t) => t.mode));
    if (modes[0] !== "showing") findings.push(`${film}: captions are ${modes[0]}`);
    await screen.context().close();
  }
  return findings;
}

// SEARCH=word: found in one episode, quoted, and its time leads to the page at that time.
export async function search({ open, pages, url }) {
  const findings = [];
  const word = process.env.SEARCH, title = process.env.FOUND;
  const page = await open("sok/index.html", { viewport: WIDE });
  if (!(await page.locator("#alle").isVisible())) findings.push("without a word the episodes are not listed");
  await page.locator("#ord").focus();
  await page.keyboard.type(word);
  await page.waitForFunction(() => document.querySelectorAll("#treff li").length > 0, { timeout: 5000 })
    .catch(() => findings.push(`${word} is not found`));
  await page.waitForFunction(() => document.querySelector("#treff mark"), { timeout: 5000 })
    .catch(() => findings.push("no word is marked"));
  const found = await page.locator("#treff h2").allTextContents();
  if (found.join("|") !== title) findings.push(`${word} is found in ${found.join("|")}, not in ${title}`);
  if (!/1/.test(await page.locator("#funn").textContent())) findings.push("nobody is told how many");
  const href = await page.locator("#treff p a").first().getAttribute("href");
  if (!/index\.html#t=\d+$/.test(href)) findings.push(`the quote leads to ${href}`);
  await page.locator("#ord").fill(word + " finsikkje");
  await page.waitForFunction(() => !document.querySelectorAll("#treff li").length, { timeout: 5000 })
    .catch(() => findings.push("what is nowhere is found"));
  await page.goto(url + "sok/index.html?q=" + encodeURIComponent(word));
  await page.waitForFunction(() => document.querySelectorAll("#treff li").length > 0, { timeout: 5000 })
    .catch(() => findings.push("an address with a word finds nothing"));
  await page.context().close();
  const plain = await open("sok/index.html", { viewport: WIDE, javaScriptEnabled: false });
  if (await plain.locator("form").isVisible()) findings.push("a form that needs scripts is shown without");
  if (!(await plain.locator("#alle article").count())) findings.push("without scripts there is no list");
  await plain.context().close();
  return findings;
}
