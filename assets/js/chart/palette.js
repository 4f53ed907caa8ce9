// The colours of the page as it looks now: tokens are read from the style sheet, and read again when the
// theme changes. Probes resolve light-dark() in the scheme that is asked for.
const TOKENS = ["surface", "ink", "ink-2", "ink-3", "ink-4", "on-ink", "touch"];
for (let step = 1; step <= 5; step += 1) TOKENS.push(`t${step}`, `t${step}-wash`, `t${step}-text`);

export function palette(host, scheme = "") {
  const group = document.createElement("i");
  group.hidden = true;
  group.style.colorScheme = scheme;
  const probes = TOKENS.map((token) => {
    const probe = group.appendChild(document.createElement("i"));
    probe.style.color = `var(--${token})`;
    return probe;
  });
  // All are written before any is read: the page is styled once.
  host.append(group);
  const colours = Object.fromEntries(TOKENS.map((token, place) => [token, getComputedStyle(probes[place]).color]));
  colours.family = getComputedStyle(host).fontFamily;
  group.remove();
  return colours;
}

export function onTheme(redraw) {
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
