// The palette: type, choose with the arrows, Enter opens. A combobox with a list as ARIA describes it; what is
// in the list is written by the server, the page behind `/search` is the same without JavaScript.
const WAIT_MS = 90;
const palette = document.getElementById("palette");
const field = palette?.querySelector("[role=combobox]");
const list = palette?.querySelector("[role=listbox]");
const told = palette?.querySelector("[role=status]");
let timer = 0;
let asking = null;
let shownFor = "";

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector("[aria-selected=true]");

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

function step(by) {
  const all = options();
  if (!all.length) return;
  const here = all.indexOf(chosen());
  choose(all[(here + by + all.length + (here < 0 && by < 0 ? 1 : 0)) % all.length]);
}

function fill(text, html) {
  shownFor = text;
  list.innerHTML = html;
  const count = options().length;
  field.setAttribute("aria-expanded", String(count > 0));
  choose(options()[0]);
  const found = Math.max(count - 1, 0);
  const words = found === 1 ? palette.dataset.one : palette.dataset.many.replace("#", found);
  told.textContent = !text ? "" : count ? words : palette.dataset.none;
  told.classList.toggle("sr", count > 0);
}

async function ask() {
  const text = field.value.trim();
  asking?.abort();
  if (!text) return fill("", "");
  asking = new AbortController();
  try {
    const answer = await fetch(`${field.form.action}?part=1&q=${encodeURIComponent(text)}`, { signal: asking.signal });
    // A session that ended answers with the page to sign in: go there, and come back.
    if (answer.redirected) return field.form.submit();
    if (!answer.ok) throw new Error(answer.status);
    fill(text, await answer.text());
  } catch (fault) {
    if (fault.name === "AbortError") return;
    fill(text, "");
    told.textContent = palette.dataset.failed;
  }
}

export function openPalette(text = "") {
  if (!palette || palette.open) return;
  palette.showModal();
  field.value = text;
  field.focus();
  if (text !== shownFor || !text) ask();
}

async function enter(event) {
  event.preventDefault();
  clearTimeout(timer);
  // Faster than the answer: wait for it, so that what opens is what was asked for.
  if (field.value.trim() !== shownFor) await ask();
  const option = chosen();
  if (option) location.assign(option.href);
  else if (field.value.trim()) field.form.submit();
}

const KEYS = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  PageDown: () => step(5),
  PageUp: () => step(-5),
};

if (palette) {
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return enter(event);
    if (!KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen()) choose(option);
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette || event.target.closest("[data-palette-close]")) palette.close();
  });
  // The field of the bar and its link on a phone are the same door.
  document.addEventListener("click", (event) => {
    const door = event.target.closest("[data-palette]");
    if (!door || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    openPalette(door.value ?? "");
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("input[data-palette]")) {
      const text = event.target.value;
      event.target.value = "";
      openPalette(text);
    }
  });
}
