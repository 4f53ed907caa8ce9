// Live pages: htmx asks again, idiomorph changes only what differs. A row under the pointer or the focus is
// never moved: a new order waits and says how much of it there is.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;

// What a script drew is its own: the page that comes knows nothing of it.
const callbacks = { beforeNodeMorphed: (old) => !(old instanceof Element && old.hasAttribute("data-keep")) };

htmx.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph",
  handleSwap: (style, target, fragment) =>
    style === "morph" ? Idiomorph.morph(target, fragment.children, { morphStyle: "outerHTML", callbacks }) : false,
});

const order = (root) => [...root.querySelectorAll("[data-row]")].map((row) => row.dataset.row);
const isTouched = (root) => root.querySelector("[data-row]:hover, [data-row]:focus-within") !== null;
const values = (root) =>
  new Map([...root.querySelectorAll("[data-live]")].map((part) => [part.dataset.live, part.textContent.trim()]));

let before = new Map();
let waiting = null;

function moved(target, text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(target.id);
  if (!fresh) return 0;
  const [now, then] = [order(fresh), order(target)];
  return now.filter((row, place) => row !== then[place]).length;
}

function hold(target, text, count) {
  waiting = { target, text };
  const note = document.getElementById("held");
  if (!note) return;
  note.hidden = false;
  note.querySelector("button").textContent = `${count} changes, show`;
}

function show() {
  if (!waiting) return;
  const fresh = new DOMParser().parseFromString(waiting.text, "text/html").getElementById(waiting.target.id);
  before = values(waiting.target);
  if (fresh) Idiomorph.morph(waiting.target, fresh, { morphStyle: "outerHTML", callbacks });
  underline(document.getElementById(waiting.target.id));
  release();
}

function release() {
  waiting = null;
  const note = document.getElementById("held");
  if (note) note.hidden = true;
}

function underline(root) {
  for (const part of root?.querySelectorAll("[data-live]") ?? []) {
    const was = before.get(part.dataset.live);
    if (was === undefined || was === part.textContent.trim()) continue;
    part.classList.add("fresh");
    part.addEventListener("animationend", () => part.classList.remove("fresh"), { once: true });
  }
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  // A session that ended or a desk that stands still answers with another page: keep what is shown.
  if (xhr.status !== 200 || (target.id && !xhr.responseText.includes(`id="${target.id}"`))) {
    event.detail.shouldSwap = false;
    return;
  }
  before = values(target);
  const count = isTouched(target) ? moved(target, xhr.responseText) : 0;
  if (count === 0) return release();
  event.detail.shouldSwap = false;
  hold(target, xhr.responseText, count);
});

document.addEventListener("htmx:afterSettle", (event) => underline(event.detail.target));
document.addEventListener("click", (event) => {
  if (event.target.closest("#held button")) show();
});
