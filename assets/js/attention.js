// Settings of sound and notification: tried and allowed here, and only by a click.
import { chord } from "./told.js";

const place = document.getElementById("attention");

function tell() {
  const state = "Notification" in window && window.isSecureContext ? Notification.permission : "unsupported";
  place.querySelector("[data-text]").textContent = place.dataset[state];
  place.querySelector("[data-try=ask]").hidden = state !== "default";
}

if (place) {
  place.hidden = false;
  tell();
  place.addEventListener("click", async (event) => {
    const wanted = event.target.closest("[data-try]")?.dataset.try;
    if (wanted === "sound") chord();
    if (wanted === "ask") await Notification.requestPermission();
    tell();
  });
}
