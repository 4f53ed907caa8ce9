// The map through time: the slider asks the server for a month's part and changes only what differs. The address
// keeps the moment; without this script links and the form do the same.
import { Idiomorph } from "idiomorph";

const PACE_MS = 700;
const view = document.getElementById("map-view");
const time = document.getElementById("map-time");
// One month has no slider.
const slider = document.getElementById("map-month") ?? document.createElement("input");
const choice = document.querySelector("[data-map-months]");
const play = document.getElementById("map-play");
const names = [...choice.options].map((each) => each.textContent);
const months = [...choice.options].map((each) => each.value);
let asking = null;
let playing = 0;

// What a reader has opened stays open.
const callbacks = {
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details")),
};

function address(changes) {
  const found = new URL(location.href);
  for (const [key, value] of Object.entries(changes)) value ? found.searchParams.set(key, value) : found.searchParams.delete(key);
  found.hash = "";
  return found;
}

// The last one asked for wins; an answer that comes too late is dropped.
async function show(changes) {
  const to = address(changes);
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(`${time.dataset.part}${to.search}`, { signal: asking.signal });
    if (!answer.ok || answer.redirected) return location.assign(to);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    Idiomorph.morph(view, fresh.innerHTML, { morphStyle: "innerHTML", callbacks });
    history.replaceState(null, "", to);
  } catch (fault) {
    if (fault.name !== "AbortError") location.assign(to);
  }
}

function link(anchor, place) {
  const month = months[place];
  if (month) {
    anchor.href = address({ month });
    anchor.removeAttribute("aria-disabled");
  } else {
    anchor.removeAttribute("href");
    anchor.setAttribute("aria-disabled", "true");
  }
}

function to(place) {
  slider.value = place;
  slider.setAttribute("aria-valuetext", names[place]);
  choice.value = months[place];
  for (const bar of time.querySelectorAll("rect")) bar.classList.toggle("now", Math.floor(Number(bar.getAttribute("x"))) === place);
  link(document.getElementById("map-before"), place - 1);
  link(document.getElementById("map-after"), place + 1);
  return show({ month: months[place] });
}

const place = () => Number(slider.value);

function stop() {
  clearTimeout(playing);
  playing = 0;
  play.textContent = play.dataset.play;
  play.setAttribute("aria-pressed", "false");
}

// The next month comes once the last one is there, however slow the line.
async function step() {
  if (place() + 1 >= months.length) return stop();
  const began = performance.now();
  await to(place() + 1);
  if (playing) playing = setTimeout(step, Math.max(0, PACE_MS - (performance.now() - began)));
}

slider.addEventListener("input", () => {
  stop();
  to(place());
});
play.addEventListener("click", () => {
  if (playing) return stop();
  play.textContent = play.dataset.pause;
  play.setAttribute("aria-pressed", "true");
  if (place() + 1 >= months.length) slider.value = 0;
  playing = setTimeout(step, 0);
});
document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const step = event.target.closest("#map-before, #map-after");
  const region = event.target.closest("#map-view [data-region]");
  if (!step && !region) return;
  if (step && !step.hasAttribute("href")) return;
  event.preventDefault();
  stop();
  if (step) to(place() + (step.rel === "next" ? 1 : -1));
  else show({ region: region.dataset.region });
});
