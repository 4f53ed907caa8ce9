// Keys: j and k move through rows, enter opens, f filters, a acknowledges, ? lists them all.
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
  "/": () => document.querySelector("[data-key-search]")?.focus(),
  f: () => document.querySelector("[data-key-search]")?.focus(),
  a: () => document.querySelector("[data-key-ack]")?.focus(),
  b: () => document.querySelector("[data-key-board]")?.click(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (target.matches("input, select, textarea, [contenteditable]")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  const act = document.querySelector("dialog[open]") ? null : ACTIONS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
