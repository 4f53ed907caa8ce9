// A page that was in sight for a while says that it was looked at: "since you last looked" begins there.
const LOOKED = 5000;
const visited = document.querySelector("[data-visit]")?.dataset.visit;

function tell() {
  // Without a session there is nobody to remember it for, and a line that is down is said elsewhere.
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  fetch(visited, { method: "POST", headers }).catch(() => {});
}

if (visited) setTimeout(tell, LOOKED);
