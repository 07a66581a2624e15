// SPDX-License-Identifier: GPL-3.0-or-later
// The search: which episodes hold every word, and where it is said. The index lies beside the page
// (pipeline/doc/searchindex.h): one file a letter, fetched when a word begins with it.
"use strict";
(() => {
  const form = document.querySelector(".search");
  const field = document.getElementById("ord"), list = document.getElementById("treff");
  const status = document.getElementById("funn"), all = document.getElementById("alle");
  const MOST = 20, QUOTES = 3, WAIT_MS = 150;
  const words = form.dataset, fetched = new Map();
  let turn = 0;

  const get = (path) => {
    if (!fetched.has(path))
      fetched.set(path, fetch(words.root + path).then((r) => {
        if (!r.ok) throw new Error(path);
        return r.json();
      }).catch((e) => { fetched.delete(path); throw e; }));
    return fetched.get(path);
  };

  // As str_add_slug folds: accents go, and what is no letter or digit parts words.
  const PLAIN = { "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ŋ": "n", "ŧ": "t", "ħ": "h", "ł": "l",
    "ß": "ss", "œ": "oe", "þ": "th", "ı": "i", "ǥ": "g", "ʒ": "z", "ǯ": "z" };
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "")
    .replace(/[^\x00-\x7f]/g, (c) => PLAIN[c] ?? c);
  const parts = (text) => fold(text).split(/[^a-z0-9]+/).filter((w) => w.length > 1);

  // {episode: seconds} of every word that begins so.
  const places = async (word) => {
    const found = new Map();
    for (const [known, where] of Object.entries(await get(`sok/ord/${word[0]}.json`))) {
      if (!known.startsWith(word)) continue;
      for (const [episode, ...seconds] of where)
        found.set(episode, [...(found.get(episode) ?? []), ...seconds]);
    }
    return found;
  };

  const element = (name, text) => {
    const e = document.createElement(name);
    if (text !== undefined) e.textContent = text;
    return e;
  };
  const clock = (s) => {
    const two = (n) => String(n).padStart(2, "0");
    return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
      : `${Math.floor(s / 60)}:${two(s % 60)}`;
  };

  // The words that were looked for are marked where they begin.
  const quote = (text, wanted) => {
    const p = element("span");
    for (const piece of text.split(/([\p{L}\p{N}]+)/u)) {
      const hit = piece && parts(piece).some((w) => wanted.some((x) => w.startsWith(x)));
      p.append(hit ? element("mark", piece) : piece);
    }
    return p;
  };

  const quotes = async (item, episode, seconds, wanted, mine) => {
    if (!episode.text) return;
    const text = await get(episode.text);
    if (mine !== turn) return;
    for (const second of seconds.slice(0, QUOTES)) {
      const said = text.segments.find((s) => Math.floor(s.startTime) === second);
      if (!said) continue;
      const p = element("p"), link = element("a", clock(second));
      link.href = `${words.root}${episode.page}/index.html#t=${second}`;
      p.lang = text.language ?? episode.lang;
      p.append(link, " ", quote(said.body, wanted));
      item.append(p);
    }
  };

  const search = async () => {
    const mine = ++turn, wanted = parts(field.value);
    all.hidden = wanted.length > 0;
    if (!wanted.length) {
      list.replaceChildren();
      status.textContent = "";
      return;
    }
    const episodes = await get("sok/episodes.json");
    const found = await Promise.all(wanted.map(places));
    if (mine !== turn) return;
    const hits = [...found[0].keys()].filter((e) => found.every((f) => f.has(e)))
      .map((e) => ({ e, seconds: found.flatMap((f) => f.get(e)) }))
      .map((h) => ({ ...h, title: h.seconds.includes(-1),
        seconds: [...new Set(h.seconds.filter((s) => s >= 0))].sort((a, b) => a - b) }))
      .sort((a, b) => b.title - a.title || b.seconds.length - a.seconds.length || a.e - b.e);
    status.textContent = !hits.length ? words.none
      : hits.length === 1 ? words.one : words.many.replace("{n}", hits.length);
    list.replaceChildren();
    const shown = hits.slice(0, MOST).map((h) => {
      const episode = episodes[h.e];
      const item = element("li"), head = element("h2"), link = element("a", episode.title);
      link.href = `${words.root}${episode.page}/index.html`;
      if (episode.lang !== document.documentElement.lang) link.lang = episode.lang;
      head.append(link);
      const date = element("p", episode.date);
      date.className = "facts";
      item.append(head, date);
      list.append(item);
      return quotes(item, episode, h.seconds, wanted, mine);
    });
    await Promise.all(shown);
  };

  const run = () => search().catch(() => {
    all.hidden = false;
    list.replaceChildren();
    status.textContent = words.failed;
  });

  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const query = field.value ? "?q=" + encodeURIComponent(field.value) : location.pathname;
      history.replaceState(null, "", query);
      run();
    }, WAIT_MS);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
  form.hidden = false;
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  if (field.value) run();
})();
