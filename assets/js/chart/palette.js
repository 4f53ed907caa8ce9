// The colours of the page as it looks now: tokens are read from the style sheet, and read again when the
// theme changes. A probe resolves light-dark() in the scheme that is asked for.
const TOKENS = ["surface", "ink", "ink-2", "ink-3", "ink-4", "on-ink", "touch"];
for (let step = 1; step <= 5; step += 1) TOKENS.push(`t${step}`, `t${step}-wash`, `t${step}-text`);

export function palette(host, scheme = "") {
  const probe = host.appendChild(document.createElement("i"));
  probe.hidden = true;
  probe.style.colorScheme = scheme;
  const colours = {};
  for (const token of TOKENS) {
    probe.style.color = `var(--${token})`;
    colours[token] = getComputedStyle(probe).color;
  }
  colours.family = getComputedStyle(host).fontFamily;
  probe.remove();
  return colours;
}

export function onTheme(redraw) {
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
