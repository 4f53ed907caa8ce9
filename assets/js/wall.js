// A wallboard: pictures turn by themselves and come anew when something changed. A screen that hears nothing
// says since when, as large as all else.
import { Idiomorph } from "idiomorph";
import { Link } from "./link.js";

const PREFIX = "#hww_";
const form = document.getElementById("wall-token");
let turning = null;

// The token leaves the address before anything is asked for: it is in no history and no referrer.
function enter() {
  if (!location.hash.startsWith(PREFIX)) return;
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  form.elements.token.value = token;
  form.submit();
}

const wall = () => document.getElementById("wall");

let latest = 0;

// The picture that was asked for last is shown: a slower answer to an earlier question is dropped.
async function show(address) {
  const mine = ++latest;
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, cache: "no-store" });
    if (answer.status === 401) return link.end(), true;
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("wall");
    if (!fresh) return false;
    if (mine !== latest) return true;
    Idiomorph.morph(wall(), fresh, { morphStyle: "outerHTML" });
    return true;
  } catch {
    return false;
  }
}

// Which picture comes does not depend on whether the last one could be had.
async function turn() {
  if (!(await show(wall().dataset.next))) link.lost();
  plan();
}

function plan() {
  clearTimeout(turning);
  turning = setTimeout(turn, wall().dataset.turn * 1000);
}

function state(name, since) {
  document.documentElement.dataset.live = name;
  const strip = document.getElementById("wall-state");
  const words = { deaf: document.body.dataset.lost, ended: document.body.dataset.over }[name] ?? "";
  const text = words.replace("{time}", since?.toISOString().slice(11, 16) ?? "");
  if (strip.textContent !== text) strip.textContent = text;
  strip.hidden = text === "";
  if (name === "ended") clearTimeout(turning);
}

const again = () => show(wall().dataset.here);
const orLost = async () => (await again()) || link.lost();
const link = wall() && new Link(document.body.dataset.stream, { change: orLost, desk: orLost, ask: again, told() {}, state });

if (form) {
  enter();
  window.addEventListener("hashchange", enter);
} else {
  // A link that was opened again on a screen that is up: its token is the newer one.
  if (location.hash.startsWith(PREFIX)) history.replaceState(null, "", location.pathname);
  link.start();
  plan();
  // Browsers fill the screen only when someone asks: any click or key does.
  for (const name of ["click", "keydown"]) {
    document.addEventListener(name, () => document.fullscreenElement ?? document.documentElement.requestFullscreen?.());
  }
  navigator.wakeLock?.request("screen").catch(() => {});
}
