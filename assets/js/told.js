// News: said once to screen readers, and as someone chose with a sound or beside the page. No sound file: a
// short chord is made here.
const KEPT = 200;
const wants = (name) => document.body.dataset[name] === "1";

function isNew(store, name, key) {
  try {
    const keys = JSON.parse(store.getItem(name) ?? "[]");
    if (keys.includes(key)) return false;
    store.setItem(name, JSON.stringify([...keys, key].slice(-KEPT)));
  } catch {
    // A browser that keeps nothing is told again rather than not at all.
  }
  return true;
}

// Several windows of one person: the first that comes makes the noise.
async function once(key, act) {
  const claim = () => isNew(localStorage, "heatwatch-heard", key) && act();
  if (navigator.locks) await navigator.locks.request("heatwatch-heard", claim);
  else claim();
}

function say(text, isCritical) {
  const region = document.getElementById(isCritical ? "told-now" : "told");
  if (!region) return;
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  while (region.childElementCount > 5) region.firstElementChild.remove();
}

let sounds = null;

// A browser plays nothing on a page that nobody has touched yet; a sound that comes late would tell of nothing.
export async function chord() {
  sounds ??= new AudioContext();
  document.documentElement.dataset.chords = Number(document.documentElement.dataset.chords ?? 0) + 1;
  if (sounds.state === "suspended") {
    await Promise.race([sounds.resume(), new Promise((late) => setTimeout(late, 1000))]);
    if (sounds.state !== "running") return;
  }
  for (const [place, pitch] of [660, 880].entries()) {
    const [tone, volume] = [sounds.createOscillator(), sounds.createGain()];
    const at = sounds.currentTime + place * 0.18;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.5);
    tone.connect(volume).connect(sounds.destination);
    tone.start(at);
    tone.stop(at + 0.55);
  }
}

function show(text, key) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  new Notification("Heatwatch", { body: text, tag: key }).onclick = () => window.focus();
}

export const listensWhenHidden = () =>
  (wants("sound") || (wants("desktop") && "Notification" in window && Notification.permission === "granted"));

export function told({ key, text, critical }) {
  if (!isNew(sessionStorage, "heatwatch-told", key)) return;
  say(text, critical);
  if (critical && wants("sound")) once(`${key} sound`, chord);
  if (wants("desktop")) once(`${key} note`, () => show(text, key));
}
