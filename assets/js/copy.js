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

function tableRows(table) {
  return [...table.rows].map((row) => [...row.cells].flatMap((each) => [plain(each.textContent), ...Array(each.colSpan - 1).fill("")]));
}

function rowsOf(panel) {
  const detail = {};
  panel.dispatchEvent(new CustomEvent("chart:rows", { bubbles: true, detail }));
  return detail.rows ?? [...panel.querySelectorAll("table")].flatMap(tableRows);
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

async function image(panel) {
  await import("/static/figure.js");
  return globalThis.figureImage(panel);
}

async function copy(button) {
  const { of } = button.closest(".copies").dataset;
  const panel = of ? document.querySelector(of) : button.closest("[data-figure]");
  const name = `${panel.dataset.figure ?? document.title.split(" ")[0].toLowerCase()}.${button.dataset.copy}`;
  if (button.dataset.copy === "png") return give("image/png", image(panel), name);
  const text = csv(rowsOf(panel));
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    save(new Blob([text], { type: "text/csv" }), name);
    return "saved";
  }
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
