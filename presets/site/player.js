// SPDX-License-Identifier: GPL-3.0-or-later
// What an episode's page gains where scripts run: chapters and text that seek in the player and
// follow it, skipping, speed, addresses with a time (#t=190 or #t=3:10), the place where somebody
// stopped. The page says what belongs to what with data- attributes; see page.xsl.
"use strict";
(() => {
  const media = [...document.querySelectorAll("main audio, main video")];
  const controls = document.querySelector(".controls");
  if (!media.length || !controls) return;
  const status = controls.querySelector("[data-status]");
  const speed = controls.querySelector("[data-speed]");
  const follow = controls.querySelector("[data-follow]");
  const chapters = [...document.querySelectorAll(".chapters a[data-t]")];
  const turns = [...document.querySelectorAll(".transcript [data-at]")];
  const key = "dgl:" + location.pathname.replace(/index\.html$/, "");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let active = media.find((m) => m.tagName === "VIDEO") || media[0];

  const clock = (seconds) => {
    const s = Math.max(0, Math.floor(seconds));
    const two = (n) => String(n).padStart(2, "0");
    const rest = two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
    return s >= 3600 ? Math.floor(s / 3600) + ":" + rest : rest.replace(/^0/, "");
  };
  const say = (text) => { status.textContent = text; };

  // "190", "3:10" or "1:03:10"; also "190,200", a stretch of which the beginning counts.
  const seconds = (text) => {
    const parts = text.split(",")[0].split(":");
    if (parts.length > 3 || !parts.every((p) => /^\d+(\.\d+)?$/.test(p))) return NaN;
    return parts.reduce((sum, p) => sum * 60 + Number(p), 0);
  };
  const asked = () => {
    const found = /(?:^#|&)t=([^&]+)/.exec(location.hash);
    return found ? seconds(decodeURIComponent(found[1])) : NaN;
  };

  // Before the file's head is there a time cannot be set.
  const seek = (time, play) => {
    const go = () => {
      active.currentTime = Math.min(Math.max(0, time), active.duration || time);
      show();
      if (play) active.play().catch(() => {});
    };
    if (active.readyState > 0) return go();
    active.addEventListener("loadedmetadata", go, { once: true });
    if (active.preload === "none") active.load();
  };

  const last = (items, time, attribute) => {
    let found = -1;
    items.forEach((item, i) => { if (Number(item.dataset[attribute]) <= time + 0.25) found = i; });
    return found;
  };
  let chapter = -1, turn = -1;
  const show = () => {
    const time = active.currentTime;
    const nowChapter = last(chapters, time, "t"), nowTurn = last(turns, time, "at");
    if (nowChapter !== chapter) {
      if (chapters[chapter]) chapters[chapter].removeAttribute("aria-current");
      if (chapters[nowChapter]) chapters[nowChapter].setAttribute("aria-current", "true");
      chapter = nowChapter;
    }
    if (nowTurn !== turn) {
      if (turns[turn]) delete turns[turn].dataset.current;
      if (turns[nowTurn]) turns[nowTurn].dataset.current = "";
      turn = nowTurn;
      if (follow && follow.checked && turns[turn] && !active.paused)
        turns[turn].scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
    }
  };

  // ---- the place where somebody stopped; private windows may refuse it

  const remember = () => {
    try {
      const over = active.ended || active.currentTime > active.duration - 20;
      if (active.currentTime < 10 || over) localStorage.removeItem(key);
      else localStorage.setItem(key, active.currentTime.toFixed(1));
    } catch (e) { /* nothing is remembered then */ }
  };
  const remembered = () => {
    try { return Number(localStorage.getItem(key)) || 0; } catch (e) { return 0; }
  };
  let saved = 0;

  media.forEach((m) => {
    m.addEventListener("play", () => {
      media.forEach((other) => { if (other !== m) other.pause(); });
      active = m;
      m.playbackRate = Number(speed.value);
    });
    m.addEventListener("timeupdate", () => {
      if (m !== active) return;
      show();
      if (Date.now() - saved < 3000) return;
      saved = Date.now();
      remember();
    });
    m.addEventListener("pause", () => { if (m === active) remember(); });
    m.addEventListener("ended", () => { if (m === active) remember(); });
  });
  addEventListener("pagehide", () => { if (active.currentTime > 0) remember(); });

  // ---- what can be operated

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-t]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    seek(Number(link.dataset.t), true);
    const title = link.closest(".chapters") && link.querySelector("span:last-child");
    if (title) say(controls.dataset.chapter + " " + title.textContent);
  });

  controls.querySelectorAll("[data-skip]").forEach((button) => {
    button.addEventListener("click", () => {
      seek(active.currentTime + Number(button.dataset.skip), false);
      say(clock(active.currentTime));
    });
  });
  speed.addEventListener("change", () => {
    media.forEach((m) => { m.playbackRate = Number(speed.value); });
  });
  controls.querySelector("[data-copy]").addEventListener("click", async () => {
    const hash = "#t=" + Math.floor(active.currentTime);
    const address = location.href.replace(/#.*$/, "") + hash;
    history.replaceState(null, "", hash);
    try {
      await navigator.clipboard.writeText(address);
      say(controls.dataset.copied + " " + address);
    } catch (e) {
      say(address);
    }
  });

  // Letters count inside the player only, where they cannot be meant for anything else.
  const letters = { j: -10, l: 30 };
  media.concat(controls).forEach((part) => part.addEventListener("keydown", (event) => {
    const letter = event.key.toLowerCase();
    if (event.ctrlKey || event.altKey || event.metaKey || event.target === speed) return;
    if (letter === "k") active.paused ? active.play().catch(() => {}) : active.pause();
    else if (letter in letters) seek(active.currentTime + letters[letter], false);
    else return;
    event.preventDefault();
  }));

  addEventListener("hashchange", () => { if (asked() >= 0) seek(asked(), true); });

  controls.hidden = false;
  if (asked() >= 0) {
    seek(asked(), false);
  } else if (remembered() > 0) {
    seek(remembered(), false);
    say(controls.dataset.resumed + " " + clock(remembered()));
  }
  for (const m of media)
    if (m.tagName === "VIDEO" && m.textTracks.length) m.textTracks[0].mode = "showing";
})();
