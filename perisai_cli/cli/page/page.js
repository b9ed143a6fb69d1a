"use strict";
// Everything shown is set as text, never as markup; nothing is kept but a secret for this tab.

const main = document.getElementById("main");
const status_line = document.getElementById("status");
let fixed = null;      // what does not change while the page is open
let view = null;       // the person under way
let at = 0;            // number of the current step
let secret = "";
let copied_step = -1;  // which step the clipboard holds
let copied_anything = false;
let last_touch = Date.now();

const word = (name, facts = {}) =>
  fixed.words[name].replace(/\{(\w+)\}/g, (_, fact) => facts[fact] ?? "–");

function make(tag, settings = {}, ...inner) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(settings)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...inner.filter((each) => each !== null));
  return element;
}

const button = (words, act, settings = {}) =>
  make("button", { type: "button", onclick: act, ...settings }, words);

const say = (words) => { status_line.textContent = words; };

async function talk(message) {
  const answer = await fetch("talk", {
    method: "POST",
    cache: "no-store",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ secret, ...message }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function ask(message) {
  last_touch = Date.now();
  try {
    return await talk(message);
  } catch {
    gone();
    return null;
  }
}

// Copying

async function put(value) {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    const box = make("textarea", { "aria-hidden": "true", tabindex: "-1" });
    box.value = value;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

async function copy(index) {
  const step = view.steps[index];
  last_touch = Date.now();
  if (!step.value) return;
  const done = await put(step.value);
  copied_anything = copied_anything || done;
  copied_step = index;
  draw();
  focus_main();
  say(word(done ? "copied" : "copy_failed", { label: step.label }));
}

async function clear_clipboard() {
  if (!copied_anything) return "";
  const done = await put(" ");
  copied_anything = !done;
  return word(done ? "cleared" : "clear_by_hand");
}

// Moving from field to field

function near(index, direction) {
  for (let place = index + direction; place >= 0 && place < view.steps.length; place += direction) {
    if (!view.steps[place].silent) return place;
  }
  return null;
}

async function go(place) {
  at = place;
  copied_step = -1;
  draw();
  focus_main();
  await copy(at);
  await ask({ do: "reached", step: at });
}

const to_copy = () => view.steps[at].value && copied_step !== at;

function forward() {
  if (to_copy()) { copy(at); return; }
  const next = near(at, 1);
  if (next === null) draw_result();
  else go(next);
}

function backward() {
  const before = near(at, -1);
  if (before !== null) go(before);
}

const focus_main = () => document.querySelector("button.main")?.focus();

// Drawing

function head() {
  const person = view.person;
  return [
    make("h1", { id: "person" }, word("person", person)),
    make("p", { class: "soft" }, `${person.nik} · ${fixed.portal}`),
    fixed.own ? null : make("p", { class: "soft" }, word("general")),
  ];
}

function draw() {
  const step = view.steps[at];
  const notes = [
    step.unmapped ? word("unmapped", { code: step.unmapped }) : null, step.note || null,
  ];
  const now = make("section", { class: "now", "aria-labelledby": "now" },
    make("h2", { id: "now" }, `${at + 1}/${view.steps.length} · ${step.label}`),
    make("p", { class: "big" }, step.value ? step.spoken || step.value : word("empty")),
    ...notes.map((note) => (note ? make("p", {}, note) : null)),
    make("div", { class: "row" },
      button(word(to_copy() ? "copy" : near(at, 1) === null ? "finished_fields" : "copy_next"),
        forward, { class: "main", id: "forward" }),
      step.value && !to_copy() ? button(word("copy_again"), () => copy(at), { id: "copy" }) : null,
      near(at, -1) === null ? null : button(word("back"), backward, { id: "back" }),
    ),
  );
  main.replaceChildren(...head().filter(Boolean), now,
    make("p", { class: "soft" }, word("keys")),
    make("h2", {}, word("fields")), make("ol", {}, ...view.steps.map(row)),
    make("div", { class: "row" },
      button(word("result"), draw_result), button(word("stop"), stop, { id: "stop" })));
}

function row(step, index) {
  const words = step.value || (step.unmapped ? word("unmapped", { code: step.unmapped })
    : step.note || word("empty"));
  const act = () => go(index);
  return make("li", { "aria-current": index === at ? "step" : null },
    make("span", { class: "label" }, step.label), make("span", { class: "value" }, words),
    step.value ? button(word("copy"), act, { "aria-label": `${word("copy")}: ${step.label}` }) : null);
}

// What came back

function entry(name, label, settings = {}) {
  return make("label", {}, label, make("input", {
    name, autocomplete: "off", spellcheck: "false", maxlength: "60", "aria-describedby": "wrong",
    ...settings,
  }));
}

function draw_result() {
  last_touch = Date.now();
  const digits = { inputmode: "numeric" };
  const reasons = make("select", { name: "reason" }, make("option", { value: "" }, word("choose")),
    ...fixed.reasons.map(([code, words]) => make("option", { value: code }, words)));
  const form = make("form", { onsubmit: (event) => { event.preventDefault(); save(form, false); } },
    entry("number", fixed.number, digits),
    entry("number_again", word("number_again", { label: fixed.number }), digits),
    entry("payment_code", fixed.payment_code),
    make("label", {}, word("reason"), reasons),
    entry("note", word("note"), { maxlength: "200" }),
    make("p", { id: "wrong", class: "bad", role: "alert" }),
    make("div", { class: "row", id: "acts" },
      make("button", { type: "submit", class: "main", id: "save" }, word("save")),
      button(word("save_nothing"), () => save(form, true), { id: "nothing" }),
      button(word("back"), () => { draw(); focus_main(); }, { id: "back" })));
  main.replaceChildren(...head().filter(Boolean), make("h2", {}, word("result")),
    make("p", { class: "soft" }, word("result_help")), form);
  form.elements.number.focus();
}

function typed(form) {
  const held = Object.fromEntries(new FormData(form));
  const back = {};
  for (const name of ["number", "number_again", "payment_code"]) if (held[name]) back[name] = held[name];
  if (held.reason || held.note) back.refusal = { reason: held.reason, note: held.note };
  return back;
}

async function save(form, nothing, sure = false) {
  const back = nothing ? {} : typed(form);
  const wrong = document.getElementById("wrong");
  if (!nothing && Object.keys(back).length === 0) { wrong.textContent = word("result_help"); return; }
  const answer = await ask({ do: "returned", back, sure });
  if (answer === null) return;
  const told = answer.problems || answer.doubts;
  if (!told) { saved(answer); return; }
  wrong.textContent = told.map((each) => each.message).join(" ");
  form.elements[told[0].field]?.focus?.();
  document.getElementById("sure")?.remove();
  if (answer.doubts) {
    document.getElementById("acts").append(
      button(word("sure"), () => save(form, nothing, true), { id: "sure" }));
  }
}

async function saved(answer) {
  const cleared = await clear_clipboard();
  say(cleared);
  const next = async () => take(await ask({ do: "view" }));
  main.replaceChildren(make("h1", {}, word("saved", { state: answer.saved })),
    make("div", { class: "row" },
      button(word(answer.last ? "stop" : "next_person"), next, { class: "main", id: "next" }),
      answer.last ? null : button(word("stop"), stop, { id: "stop" })));
  focus_main();
}

// Beginning and end

async function stop() {
  const cleared = await clear_clipboard();
  take(await ask({ do: "stop" }));
  say(cleared);
}

function take(answer) {
  if (answer === null) return;
  if (answer.problems) {
    main.replaceChildren(make("p", { class: "bad" }, answer.problems[0].message),
      button(word("stop"), stop, { class: "main" }));
    return;
  }
  view = answer;
  if (view.over) { ended("over", "over_help", view); return; }
  at = Math.min(view.at, view.steps.length - 1);
  copied_step = -1;
  draw();
  focus_main();
  say(at ? word("resumed", { number: at + 1 }) : "");
}

function ended(heading, help, facts = {}) {
  view = null;
  secret = "";
  sessionStorage.clear();
  main.replaceChildren(make("h1", {}, word(heading)), make("p", {}, word(help, facts)));
}

function gone() {
  if (fixed) {
    ended("gone", "gone_help");
    say(copied_anything ? word("clear_by_hand") : "");
  } else {
    // No words were received yet, in either language.
    main.replaceChildren(
      make("p", {}, "Alamat ini sudah dipakai atau sudah ditutup. Jalankan lagi: perisai jembatan bawa"),
      make("p", { lang: "en" }, "This address was used already, or is closed. Run again: perisai bridge carry"));
  }
}

document.addEventListener("keydown", (event) => {
  const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  if (!view || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!document.getElementById("forward")) return;
  const acts = { ArrowRight: forward, n: forward, ArrowLeft: backward, "<": backward, c: () => copy(at) };
  if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
});

// A page that is left open shows nobody's data for long, and none once the program has ended.
setInterval(async () => {
  if (!view) return;
  if (Date.now() - last_touch > fixed.idle * 1000) { gone(); return; }
  try { await talk({ do: "ping" }); } catch { gone(); }
}, 5000);

async function begin() {
  const token = location.hash.slice(1);
  history.replaceState(null, "", "/");
  secret = token || sessionStorage.getItem("secret") || "";
  const answer = await ask({ do: "open" });
  if (answer === null) return;
  secret = answer.secret;
  fixed = answer.fixed;
  sessionStorage.setItem("secret", secret);
  document.documentElement.lang = fixed.language;
  document.title = word("heading");
  take(answer);
}

begin();
