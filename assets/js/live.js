// Live pages: a stream tells that something changed, the page asks for itself and shows what differs.
import { Link } from "./link.js";
import { showHead, showPage } from "./morph.js";
import { say } from "./say.js";
import { listensWhenHidden, told } from "./told.js";

const CLOCK = 60000;
const address = document.querySelector("[data-stream]")?.dataset.stream ?? document.body.dataset.line;
let asking = null;
let isStale = false;

// Null: the session ended. Empty: there is nothing at this address to ask for again, such as the answer to a form.
async function fetched(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, cache: "no-store" });
  if (answer.status === 401 || answer.redirected) return null;
  if (answer.status === 404 || answer.status === 405) return "";
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.text();
}

// Whether what is shown is as it stands now.
async function askOnce() {
  isStale = false;
  try {
    const text = await fetched(location.href.split("#")[0]);
    if (text === null) return link.end(), true;
    return (text && showPage(text)) || (await askHead());
  } catch {
    return false;
  }
}

// One question at a time; what comes meanwhile is asked after it.
async function ask() {
  isStale = true;
  asking ??= (async () => {
    let isAnswered = true;
    while (isStale && isAnswered) isAnswered = await askOnce();
    asking = null;
    return isAnswered;
  })();
  return asking;
}

async function askHead() {
  try {
    const text = await fetched("/worker");
    if (text === null) link.end();
    else showHead(new DOMParser().parseFromString(text, "text/html"));
    return true;
  } catch {
    return false;
  }
}

// The line is up, yet what it tells of cannot be shown: no better than a line that is down.
const orLost = async (asked) => (await asked()) || link.lost();

const WORDS = { asking: "not_live", deaf: "not_connected", ended: "signed_out" };

function state(name, since) {
  document.documentElement.dataset.live = name;
  const line = document.getElementById("live-state");
  if (!line) return;
  const time = since?.toISOString().slice(11, 16);
  line.hidden = name === "live";
  line.dataset.state = name;
  const text = WORDS[name] ? say(WORDS[name], { time }) : "";
  const place = line.querySelector("[data-text]");
  if (place.textContent !== text) place.textContent = text;
  line.querySelector("a").hidden = name !== "ended";
}

const link = new Link(address, {
  change: () => orLost(ask),
  desk: () => orLost(askHead),
  ask,
  told,
  state,
});

let waiting = null;

// Of all pages out of sight one goes on listening, where a sound or a notification was asked for; when it is
// closed or looked at, the next one does.
function listenHidden() {
  link.stop();
  if (!listensWhenHidden() || !navigator.locks) return;
  waiting = new AbortController();
  const listen = () => {
    link.start();
    return new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }));
  };
  navigator.locks.request("heatwatch-listens", { signal: waiting.signal }, () => document.hidden && listen()).catch(() => {});
}

function listen() {
  waiting?.abort();
  link.start();
}

if (address) {
  document.addEventListener("visibilitychange", () => (document.hidden ? listenHidden() : listen()));
  window.addEventListener("pagehide", () => link.stop());
  window.addEventListener("pageshow", (event) => event.persisted && link.start());
  if (!document.hidden) link.start();
  setInterval(() => !document.hidden && document.documentElement.dataset.live === "live" && askHead(), CLOCK);
}
