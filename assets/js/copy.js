// "Copy as PNG / CSV" of a panel with a chart: to the clipboard where the browser allows it, else as a file.
const SHOWN_MS = 2500;

// What is written for people, for a program: a plain minus, no spaces in numbers, a point for decimals.
function plain(text) {
  const words = text.replace(/\s+/g, " ").trim();
  const number = words.replace(/\u2212/g, "-").replace(/[\s\u202f\u00a0]/g, "");
  const point = document.documentElement.lang === "fr" ? number.replace(",", ".") : number;
  return /^[+-]?\d+(\.\d+)?$/.test(point) ? point.replace("+", "") : words;
}

const cell = (value) => {
  const text = value === null || value === undefined ? "" : String(value);
  // A spreadsheet takes these for a formula.
  const safe = typeof value === "string" && /^[=+@\t\r-]/.test(text) && !/^-?\d/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const csv = (rows) => `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;

// What a cell says, and apart from it the second line it has. Drawings and words for screen readers say nothing
// new, but where they are all there is.
function parts(cell) {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll("svg, .sr, .only-phone, .idxmore").forEach((each) => each.remove());
  copy.querySelectorAll("br, span, p").forEach((each) => each.after(" "));
  const second = [...copy.querySelectorAll(".kd")].map((each) => (each.remove(), plain(each.textContent))).join("; ");
  return [plain(copy.textContent) || plain(cell.querySelector(".sr")?.textContent ?? ""), second];
}

// A column whose cells have second lines has them in a column of their own: a figure stays a figure.
function tableRows(table) {
  const rows = [...table.rows].map((row) => [...row.cells].flatMap((each) => [parts(each), ...Array(each.colSpan - 1).fill(["", ""])]));
  const isDouble = (place) => rows.some((row) => row[place]?.[1]);
  return rows.map((row) => row.flatMap((each, place) => (isDouble(place) ? each : each.slice(0, 1))));
}

// Where the table behind a drawing, or how it may be passed on, is on another page, it is fetched from there.
async function elsewhere(src, wanted) {
  const answer = await fetch(src);
  if (!answer.ok || answer.redirected) throw new Error(`${src}: ${answer.status}`);
  return [...new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll(wanted)];
}
const tables = async (panel, src) => (src ? elsewhere(src, "main table") : [...panel.querySelectorAll("table")]);

async function rowsOf(panel, src) {
  const detail = {};
  panel.dispatchEvent(new CustomEvent("chart:rows", { bubbles: true, detail }));
  return detail.rows ?? (await tables(panel, src)).flatMap(tableRows);
}

// How it may be passed on and whom to name goes along, and which page it was, when.
async function markingOf(panel, src) {
  const here = panel.querySelector(".handling") ?? document.querySelector("main .handling");
  const [marked] = here || !src ? [here] : await elsewhere(src, ".handling");
  return marked ? plain(marked.textContent) : "";
}
async function told(panel, marking) {
  const taken = `${location.pathname}${location.search} ${new Date().toISOString().slice(0, 19)}Z`;
  return [[], ...[await markingOf(panel, marking), `${document.title}, ${taken}`].filter(Boolean).map((line) => [line])];
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// The picture is handed over as a promise: Safari asks for the clipboard within the click itself.
async function give(type, blob, name) {
  try {
    await navigator.clipboard.write([new ClipboardItem({ [type]: blob })]);
    return "copied";
  } catch {
    save(await blob, name);
    return "saved";
  }
}

async function image(panel, marking) {
  await import("/static/figure.js");
  return globalThis.figureImage(panel, panel.querySelector(".handling") ? "" : await markingOf(panel, marking));
}

async function text(panel, src, marking) {
  return csv([...(await rowsOf(panel, src)), ...(await told(panel, marking))]);
}

async function copy(button) {
  const { of, src, marking } = button.closest(".copies").dataset;
  const panel = of ? document.querySelector(of) : button.closest("[data-figure]");
  const name = `${panel.dataset.figure ?? document.title.split(" ")[0].toLowerCase()}.${button.dataset.copy}`;
  if (button.dataset.copy === "png") return give("image/png", image(panel, marking), name);
  // As with a picture: the clipboard is asked within the click, what it shall hold may come later.
  return give("text/plain", text(panel, src, marking).then((found) => new Blob([found], { type: "text/plain" })), name);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || button.ariaBusy === "true") return;
  const told = button.closest(".copies").querySelector("[role=status]");
  button.ariaBusy = "true";
  told.textContent = "";
  const outcome = await copy(button).catch(() => "failed");
  button.ariaBusy = "false";
  told.textContent = told.dataset[outcome];
  setTimeout(() => (told.textContent = ""), SHOWN_MS);
});
