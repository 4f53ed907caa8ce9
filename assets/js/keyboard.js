// Keys: j and k move through rows, enter opens, f filters, / searches, g and a letter go to a page, ? lists
// the keys of the page that is shown.
import { openPalette } from "./search.js";

const GO_MS = 1500;
let goesUntil = 0;
const rows = () => [...document.querySelectorAll("[data-row]:not([hidden])")];

function step(by) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.classList.contains("picked") || row.contains(document.activeElement));
  const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("picked", row === next));
  next.querySelector("a")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const ACTIONS = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => openPalette(),
  f: () => document.querySelector("[data-key-search]")?.focus(),
  a: () => document.querySelector("[data-key-ack]")?.focus(),
  n: () => document.querySelector('#keys [data-go="e"]')?.click(),
  u: () => document.querySelector("[data-key-undo]")?.click(),
  b: () => document.querySelector("[data-key-board]")?.click(),
  g: () => (goesUntil = Date.now() + GO_MS),
  "?": () => document.getElementById("keys")?.showModal(),
};

// The letters are those of the list that `?` opens: a page that a person may not see has none.
function go(letter) {
  const isGoing = Date.now() < goesUntil;
  goesUntil = 0;
  return isGoing ? document.querySelector(`#keys [data-go="${CSS.escape(letter)}"]`) : null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (target.matches("input, select, textarea, [contenteditable]")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const place = go(event.key);
  if (place) {
    event.preventDefault();
    location.assign(place.href);
    return;
  }
  const act = ACTIONS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
