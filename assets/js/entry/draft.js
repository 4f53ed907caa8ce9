// What is typed is kept quietly as a draft: a while after the last key, and when the page is left.
const QUIET_MS = 800;

export function keepsDraft(form) {
  const said = form.querySelector("[data-draft-said]");
  let timer = 0;
  let isChanged = false;
  let isSent = false;

  async function keep() {
    if (!isChanged || isSent) return;
    isChanged = false;
    const answer = await fetch(form.dataset.draft, {
      method: "POST", body: new FormData(form), headers: { "X-Draft": "quiet" }, keepalive: true,
    }).catch(() => null);
    if (!answer?.ok) isChanged = true;
    if (said) said.hidden = !answer?.ok;
  }

  form.addEventListener("input", () => {
    isChanged = true;
    if (said) said.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(keep, QUIET_MS);
  });
  form.addEventListener("submit", () => {
    isSent = true;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => document.hidden && keep());
}
