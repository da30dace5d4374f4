// Keys, news, and what makes the page quicker. Everything works without it, too.
"use strict";
(() => {
  const body = document.body;
  const kind = body.dataset.page;
  const all = (what) => [...document.querySelectorAll(what)];
  document.documentElement.classList.add("script");

  // The zone, so that the server tells times as they are here.
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = `zone=${encodeURIComponent(zone)}`;
  if (zone && !document.cookie.split("; ").includes(known)) {
    document.cookie = `${known}; Path=/; Max-Age=31536000; SameSite=Strict${secure}`;
  }

  // A number in words: the form of one, few or many.
  const counted = (forms, count) => {
    const rule = new Intl.PluralRules(document.documentElement.lang).select(count);
    const form = { one: 0, few: 1, other: 1, many: 2 }[rule];
    return forms[Math.min(form, forms.length - 1)].replace("{n}", count);
  };

  // What is told as an age grows older while the page is open; by the server's clock.
  const { made, ago, spans } = document.documentElement.dataset;
  const lengths = spans ? JSON.parse(spans) : {};
  const [MINUTE, HOUR, DAY] = [60000, 3600000, 86400000]; // milliseconds
  const ahead = made ? Date.now() - Date.parse(made) : 0;
  const age = () => {
    for (const each of all("[data-age]")) {
      const passed = Date.now() - ahead - Date.parse(each.dateTime);
      const words = each.dataset.age || (passed < 30 * DAY && ago);
      if (passed < MINUTE || !words) continue;
      const [name, unit] = passed < HOUR ? ["minutes", MINUTE] : passed < DAY ? ["hours", HOUR] : ["days", DAY];
      const text = words.replace("{span}", counted(lengths[name], Math.floor(passed / unit)));
      if (each.textContent !== text) each.textContent = text;
    }
  };
  if (made) {
    setInterval(age, MINUTE);
    document.addEventListener("visibilitychange", age);
  }

  for (const each of all("[data-submits]")) {
    each.addEventListener("change", () => each.form.requestSubmit());
  }

  // Back to the same place of the same list; where letters were found, to the same letter.
  const LIST = "list";
  if (kind === "list" || kind === "search") {
    sessionStorage.setItem(LIST, location.pathname + location.search);
    const row = sessionStorage.getItem("row");
    const opened = sessionStorage.getItem("opened") || "";
    const rows = row ? all(`.row[data-id="${CSS.escape(row)}"] a`) : [];
    const link = rows.find((each) => each.getAttribute("href") === opened) || rows[0];
    if (link) link.focus({ preventScroll: false });
    for (const each of ["row", "opened", "letter"]) sessionStorage.removeItem(each);
    for (const each of all(".row a")) {
      each.addEventListener("click", () => sessionStorage.setItem("opened", each.getAttribute("href")));
    }
  }
  if (kind === "trace" && location.search) {
    sessionStorage.setItem(LIST, location.pathname + location.search);
  }
  const list = sessionStorage.getItem(LIST);
  if (kind === "dialog") {
    sessionStorage.setItem("row", body.dataset.dialog);
    const back = document.querySelector("[data-back]");
    if (list) back.href = list;
    if (list && list.startsWith("/trace")) back.textContent = back.dataset.trace;
    // And from a letter's own pages back to the letter, unless a form has something to say.
    const left = document.getElementById(sessionStorage.getItem("letter"));
    const said = document.querySelector(".wrong, .done");
    if (left && !location.hash && !said) left.focus();
    sessionStorage.removeItem("letter");
    addEventListener("pagehide", () => {
      const letter = document.activeElement.closest(".letter");
      if (letter) sessionStorage.setItem("letter", letter.id);
    });
  }

  // News: a line that says so, rather than a list that jumps.
  const news = document.getElementById("news");
  const title = document.title;
  const changed = new Set();
  let isLost = false;
  const say = (text, count) => {
    isLost = false;
    news.querySelector("span").textContent = text;
    news.hidden = false;
    document.title = count ? `(${count}) ${title}` : title;
  };
  const inWords = (count) => counted(JSON.parse(news.dataset.forms), count);
  const hear = (told) => {
    if (kind === "dialog") {
      if (told.id !== body.dataset.dialog || told.revision <= Number(body.dataset.revision)) return;
      say(news.dataset.one, 1);
    } else if (kind === "search") {
      if (!told.gone) say(news.dataset.found, 0);
    } else {
      const row = document.querySelector(`.row[data-id="${CSS.escape(told.id)}"]`);
      if (row && told.revision <= Number(row.dataset.revision)) return;
      if (!row && told.gone) return;
      changed.add(told.id);
      say(inWords(changed.size), changed.size);
    }
  };

  // That news does not come is said where there is none to show, until it comes again.
  const lose = () => {
    if (!news.hidden) return;
    say(news.dataset.lost, 0);
    isLost = true;
  };
  const find = () => { if (isLost) news.hidden = true; isLost = false; };

  // A browser has six connections to a host, and a stream holds one: of the tabs of a mailbox that
  // are seen, one listens and tells the others. One that is seen again asks for what it missed.
  if (body.dataset.live && window.EventSource) {
    const address = new URL(body.dataset.live, location.href);
    const since = Number(address.searchParams.get("since"));
    const name = `live ${address.searchParams.get("mailbox")}`;
    const channel = new BroadcastChannel(name);
    const [SOONEST, LATEST, PATIENCE] = [2000, 60000, 10000]; // milliseconds
    let source = null;
    let leave = null;
    let pause = SOONEST;
    let again = 0;
    let silence = 0;
    const take = ({ type, data }) => {
      const told = JSON.parse(data);
      if (type === "changed" && told.at >= since) hear(told);
      if (type === "more") say(news.dataset.stale, 0);
      if (type === "first") say(news.dataset.first, 1);
      if (type === "lost") lose();
      if (type === "out") say(news.dataset.out, 0);
      if (type === "ready") find();
    };
    const tell = (told) => { channel.postMessage(told); take(told); };
    const hush = () => {
      if (source) source.close();
      source = null;
      clearTimeout(again);
      clearTimeout(silence);
      silence = 0;
    };
    const wait = (milliseconds) => {
      silence = silence || setTimeout(() => tell({ type: "lost", data: "{}" }), milliseconds);
    };
    // Who is not signed in any more is led to the sign-in, which no stream tells of.
    const ask = async () => {
      const answer = await fetch("/live", { redirect: "manual" }).catch(() => null);
      if (!answer || answer.type !== "opaqueredirect") return;
      hush();
      tell({ type: "out", data: "{}" });
    };
    const open = (from) => {
      if (source) source.close();
      clearTimeout(again);
      address.searchParams.set("since", from);
      source = new EventSource(address);
      for (const type of ["ready", "changed", "more", "first"]) {
        source.addEventListener(type, ({ data }) => {
          if (type === "first") hush();
          tell({ type, data });
        });
      }
      source.addEventListener("ready", () => {
        pause = SOONEST;
        clearTimeout(silence);
        silence = 0;
      });
      source.addEventListener("error", ({ target }) => {
        if (target.readyState !== EventSource.CLOSED) return wait(PATIENCE); // the browser tries
        wait(0); // it gives up after any answer but 200 (HTML, 9.2.3): too many, or not just now
        ask();
        again = setTimeout(open, pause * (1 + Math.random()), from);
        pause = Math.min(2 * pause, LATEST);
      });
    };
    const start = () => {
      leave = new AbortController();
      const { signal } = leave;
      const listen = () => new Promise((end) => {
        signal.addEventListener("abort", () => { hush(); end(); });
        open(since);
      });
      if (!navigator.locks) return void listen();
      channel.postMessage({ since });
      navigator.locks.request(name, { signal }, listen).catch(() => {});
    };
    const stop = () => { if (leave) leave.abort(); leave = null; };
    channel.onmessage = ({ data }) => {
      if (data.since === undefined) take(data);
      else if (source) open(data.since);
    };
    // One tab in the background goes on, for the number in its title.
    let seen = () => {};
    const rest = (lock) => {
      if (!document.hidden) return;
      if (lock) return new Promise((end) => { seen = end; });
      stop();
    };
    document.addEventListener("visibilitychange", () => {
      seen();
      if (document.hidden && leave && navigator.locks) {
        return void navigator.locks.request("live unseen", { ifAvailable: true }, rest);
      }
      stop();
      if (!document.hidden) start();
    });
    addEventListener("pagehide", stop);
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    if (!document.hidden) start();
  }

  // What says that it is a picture and is none stays a file to download.
  for (const each of all(".files img")) each.addEventListener("error", () => each.remove());

  // All letters open, or folded.
  const expand = document.getElementById("expand");
  const toggle = () => {
    const folds = all(".rest");
    const open = folds.some((each) => !each.open);
    for (const each of folds) each.open = open;
    const other = expand.dataset.fold;
    expand.dataset.fold = expand.textContent;
    expand.textContent = other;
  };
  if (expand) {
    expand.addEventListener("click", toggle);
    expand.hidden = !document.querySelector(".rest");
  }
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all(".rest:not([open])");
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of folded) each.open = false; });

  // Keys; they can be turned off (WCAG 2.1.4).
  const help = document.getElementById("keys");
  const on = document.getElementById("keys-on");
  if (on) {
    on.checked = localStorage.getItem("keys") !== "off";
    on.addEventListener("change", () => localStorage.setItem("keys", on.checked ? "on" : "off"));
  }
  const step = (by) => {
    const steps = all("[data-step]");
    const at = steps.findIndex((each) => each.contains(document.activeElement));
    const next = steps[at < 0 ? (by > 0 ? 0 : steps.length - 1) : at + by];
    if (next) {
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    }
  };
  const follow = (what) => { const found = document.querySelector(what); if (found) found.click(); };
  const focusOn = (what) => { const found = document.querySelector(what); if (found) found.focus(); };
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    o: () => document.activeElement.click(),
    u: () => follow("[data-back]"),
    Escape: () => {
      const drop = document.querySelector(".drop[open]");
      if (!drop) return follow("[data-back]");
      drop.open = false;
      drop.querySelector("summary").focus();
    },
    e: () => expand && toggle(),
    w: () => {
      const letter = document.activeElement.closest(".letter");
      const why = letter && letter.querySelector("[data-why]");
      if (why) why.click();
      else if (body.dataset.why) location.assign(body.dataset.why);
    },
    x: () => {
      const letter = document.activeElement.closest(".letter");
      const box = letter && letter.querySelector("[data-choose]");
      if (box) box.checked = !box.checked;
    },
    s: () => focusOn('[data-key="s"]'),
    m: () => focusOn("#picked, #other"),
    z: () => focusOn("[data-undo]"),
    1: () => follow('[data-tab="1"]'),
    2: () => follow('[data-tab="2"]'),
    3: () => follow('[data-tab="3"]'),
    4: () => follow('[data-tab="4"]'),
    "/": () => { const field = document.querySelector('input[name="q"]'); if (field) field.focus(); },
    "?": () => help && help.showModal(),
  };
  // Where letters are not Latin ones, a key is known by its place; "/" gives "." in Russian.
  const pressed = (event) => {
    const locked = event.getModifierState("CapsLock") && event.key.length === 1;
    const key = locked && !event.shiftKey ? event.key.toLowerCase() : event.key;
    if (acts[key]) return key;
    if (event.code === "Slash" && ".,".includes(event.key)) return event.key === "." ? "/" : "?";
    const isLetter = /^Key[A-Z]$/.test(event.code) && !/^[a-z]$/i.test(event.key);
    const place = isLetter && !event.shiftKey ? event.code[3].toLowerCase() : "";
    return acts[place] ? place : "";
  };
  addEventListener("keydown", (event) => {
    const key = pressed(event);
    const busy = event.target.closest("input:not([type=checkbox]), select, textarea, dialog");
    const off = on && !on.checked && key !== "?";
    if (busy || off || event.ctrlKey || event.metaKey || event.altKey || !key) return;
    event.preventDefault();
    acts[key]();
  });
})();
