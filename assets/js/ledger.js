// The ledger follows two handles: the server adds it up anew, and what differs is changed. The address keeps it.
import { Idiomorph } from "idiomorph";

const DAY_MS = 86_400_000;
const WAIT_MS = 120;
const strip = document.getElementById("ledger-span");
const form = document.querySelector("main form.x-form");
const [from, to] = strip ? strip.querySelectorAll("input") : [];
const months = strip?.dataset.months.split(" ");
const first = Date.parse(`${strip?.dataset.first}T00:00:00Z`);
const most = Number(strip?.dataset.days);
const iso = (input) => new Date(first + Number(input.value) * DAY_MS).toISOString().slice(0, 10);
// As the rest of the page writes it.
function said(input) {
  const [year, month, day] = iso(input).split("-").map(Number);
  return `${day === 1 ? strip.dataset.firstDay : day} ${months[month - 1]} ${year}`;
}
let asking = null;
let waiting = 0;

// What a reader has opened stays open.
const callbacks = { beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details")) };

function draw() {
  const [left, right] = [from, to].map((input) => (Number(input.value) / most) * 1000);
  const span = strip.querySelector(".span-in");
  span.setAttribute("x", left);
  span.setAttribute("width", right - left);
  for (const input of [from, to]) input.setAttribute("aria-valuetext", said(input));
  document.getElementById("span-says").textContent = `${said(from)} – ${said(to)}`;
}

async function follow() {
  form.elements.from.value = iso(from);
  // The last day is now, and moves on.
  form.elements.to.value = Number(to.value) === most ? "" : iso(to);
  const address = new URL(location.href);
  address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(address, { signal: asking.signal });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !fresh.getElementById("ledger-view")) return location.assign(address);
    for (const id of ["ledger-head", "ledger-view"]) {
      Idiomorph.morph(document.getElementById(id), fresh.getElementById(id), { morphStyle: "outerHTML", callbacks });
    }
    history.replaceState(null, "", address);
  } catch (fault) {
    if (fault.name !== "AbortError") location.assign(address);
  }
}

for (const input of strip ? [from, to] : []) {
  input.addEventListener("input", () => {
    if (Number(from.value) >= Number(to.value)) input.value = input === from ? Number(to.value) - 1 : Number(from.value) + 1;
    draw();
    clearTimeout(waiting);
    waiting = setTimeout(follow, WAIT_MS);
  });
}
