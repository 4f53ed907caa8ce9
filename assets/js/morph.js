// A page that was fetched goes into the one that is shown: only what differs changes. What a person is at
// stays: the focus, the row under the pointer, what was typed or ticked, what was opened.
import { Idiomorph } from "idiomorph";
import { sayMany } from "./say.js";

const FIELDS = "input, select, textarea";
const rowsOf = (root) => [...root.querySelectorAll("[data-row]")];
const keysOf = (root) => rowsOf(root).map((row) => row.dataset.row);
const shown = () => document.querySelector("[data-stream]");

let before = new Map();
let waiting = null;

function isDirty(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  const options = [...field.options];
  const first = Math.max(options.findIndex((option) => option.defaultSelected), 0);
  return field.selectedIndex !== first;
}

const isBusy = (field) => isDirty(field) || (field === document.activeElement && field.matches("textarea, input:not([type=checkbox], [type=radio])"));

const callbacks = {
  // What a script drew is its own, and what a person typed is theirs: the page that comes knows neither.
  beforeNodeMorphed: (old) =>
    !(old instanceof Element && (old.hasAttribute("data-keep") || (old.matches(FIELDS) && isBusy(old)))),
  beforeAttributeUpdated: (name, element) => !(name === "open" && element.matches("details, dialog")),
};

export const morph = (old, fresh) => Idiomorph.morph(old, fresh, { morphStyle: "outerHTML", ignoreActiveValue: true, callbacks });

const values = (root) =>
  new Map([...root.querySelectorAll("[data-live]")].map((part) => [part.dataset.live, part.textContent.trim()]));

function underline(root) {
  for (const part of root.querySelectorAll("[data-live]")) {
    const was = before.get(part.dataset.live);
    if (was === undefined || was === part.textContent.trim()) continue;
    part.classList.add("fresh");
    part.addEventListener("animationend", () => part.classList.remove("fresh"), { once: true });
  }
}

const touched = (root) => root.querySelector("[data-row]:hover") ?? root.querySelector("[data-row]:focus-within");

// A form that somebody fills in would be gone: nothing changes until they say so.
function losesInput(root, fresh) {
  return [...root.querySelectorAll(FIELDS)].some((field) => {
    if (field.type === "hidden" || !isBusy(field)) return false;
    const name = field.id ? `#${CSS.escape(field.id)}` : `[name="${CSS.escape(field.name)}"]`;
    return fresh.querySelector(name) === null;
  });
}

// A part that somebody reads or works in would become another's.
function swapsPart(root, fresh) {
  const part = root.querySelector("[data-part]:hover") ?? root.querySelector("[data-part]:focus-within");
  return part !== null && !fresh.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
}

// Bring the rows that come into the order that is shown: how many are out of place, and whether it could be.
function keepOrder(root, fresh) {
  const [then, now] = [keysOf(root), keysOf(fresh)];
  const count = now.filter((key, place) => key !== then[place]).length + Math.max(then.length - now.length, 0);
  if (count === 0) return { count, isKept: true };
  const rows = new Map(rowsOf(fresh).map((row) => [row.dataset.row, row]));
  const parents = new Set([...rows.values()].map((row) => row.parentNode));
  const isKept = rows.size === then.length && parents.size === 1 && then.every((key) => rows.has(key));
  if (isKept) [...parents][0].append(...then.map((key) => rows.get(key)));
  return { count, isKept };
}

function apply(root, fresh) {
  const row = touched(root);
  const top = row?.getBoundingClientRect().top;
  for (const picked of root.querySelectorAll(".picked[data-row]")) {
    fresh.querySelector(`[data-row="${CSS.escape(picked.dataset.row)}"]`)?.classList.add("picked");
  }
  before = values(root);
  morph(root, fresh);
  const now = document.getElementById(root.id);
  document.dispatchEvent(new CustomEvent("live:shown", { detail: { root: now } }));
  if (row?.isConnected) window.scrollBy({ top: row.getBoundingClientRect().top - top, behavior: "instant" });
  underline(now);
}

// A page's own part of the head: the worker, the clock, what stands above every page, how much needs someone.
export function showHead(page) {
  for (const name of ["worker", "worker-banner", "needs"]) {
    const [old, fresh] = [document.getElementById(name), page.getElementById(name)];
    if (old && fresh) morph(old, fresh);
  }
}

// Show a page that was fetched; what would move or take away something a person is at waits. False if it is
// another page than the one that is shown.
export function showPage(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  showHead(page);
  const root = shown();
  if (!root) return true;
  const fresh = page.getElementById(root.id);
  if (!fresh) return false;
  const { count, isKept } = losesInput(root, fresh) || swapsPart(root, fresh)
    ? { count: 1, isKept: false }
    : touched(root)
      ? keepOrder(root, fresh)
      : { count: 0, isKept: true };
  if (isKept) apply(root, fresh);
  if (count) hold(text, count);
  else release();
  return true;
}

function hold(text, count) {
  const note = document.getElementById("held");
  if (!note) return;
  waiting = text;
  note.hidden = false;
  note.querySelector("button").textContent = sayMany("changes", count);
}

function release() {
  waiting = null;
  const note = document.getElementById("held");
  if (note) note.hidden = true;
}

function showHeld() {
  const root = shown();
  const fresh = waiting && new DOMParser().parseFromString(waiting, "text/html").getElementById(root?.id);
  release();
  if (fresh) apply(root, fresh);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("#held button")) showHeld();
});
