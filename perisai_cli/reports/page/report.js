"use strict";
// Sorting, filtering and a dark view; without this script the page shows everything all the same.

const words = document.body.dataset;
const fill = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_, fact) => facts[fact]);
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;

function make(tag, settings, ...inner) {
  const element = Object.assign(document.createElement(tag), settings);
  element.append(...inner);
  return element;
}

// Sorting: numbers and dates by what they are, not by how they are written; the unknown comes last.

function key_of(row, place) {
  const cell = row.cells[place];
  if ("none" in cell.dataset) return null;
  const raw = cell.dataset.value;
  if (raw === undefined) return cell.textContent;
  return /^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw;
}

function order(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return compare(one, other);
}

function sort(table, head, place) {
  const up = head.ariaSort !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.ariaSort = "none";
  head.ariaSort = up ? "ascending" : "descending";
  const body = table.tBodies[0];
  const keyed = Array.from(body.rows, (row, index) => [key_of(row, place), index, row]);
  keyed.sort(([one, before], [other, after]) => {
    if (one === null || other === null) return (one === null) - (other === null) || before - after;
    return (up ? order(one, other) : order(other, one)) || before - after;
  });
  body.append(...keyed.map(([, , row]) => row));
}

function make_sortable(table) {
  Array.from(table.tHead.rows[0].cells).forEach((head, place) => {
    head.ariaSort = "none";
    const button = make("button", { type: "button" }, ...head.childNodes);
    button.addEventListener("click", () => sort(table, head, place));
    head.replaceChildren(button);
  });
}

// Filtering: the rows that hold every word, whatever the accents and capitals.

function make_filter(frame, table) {
  const rows = Array.from(table.tBodies[0].rows);
  const texts = rows.map((row) => plain(Array.from(row.cells, (cell) => cell.textContent).join(" ")));
  const box = make("input", { type: "search", autocomplete: "off", spellcheck: false });
  const status = make("span", { className: "rows", role: "status" });
  box.addEventListener("input", () => {
    const wanted = plain(box.value).split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, index) => {
      row.hidden = !wanted.every((word) => texts[index].includes(word));
      count += !row.hidden;
    });
    if (table.tFoot) table.tFoot.hidden = wanted.length > 0;  // it sums all rows, not these
    status.textContent = wanted.length ? fill(words.rowsShown, { shown: count, all: rows.length }) : "";
  });
  const label = make("label", { title: frame.ariaLabel }, words.filter, box);
  frame.before(make("div", { className: "controls" }, label, status));
}

for (const frame of document.querySelectorAll(".table")) {
  const table = frame.querySelector("table");
  const count = table.tBodies[0].rows.length;
  if (count > 1) make_sortable(table);
  if (count > 5) make_filter(frame, table);
}
if (document.querySelector("thead button")) {
  const hint = make("p", { className: "controls rows" }, words.sortHint);
  document.querySelector("main").before(hint);
}

// Dark and light: as the device has it, until somebody chooses.

const root = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");
const is_dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : device.matches);
const theme = make("button", { type: "button", id: "theme" });
const name_theme = () => { theme.textContent = is_dark() ? words.light : words.dark; };
theme.addEventListener("click", () => {
  root.dataset.theme = is_dark() ? "light" : "dark";
  name_theme();
});
device.addEventListener("change", name_theme);
name_theme();
document.querySelector("header").append(theme);
