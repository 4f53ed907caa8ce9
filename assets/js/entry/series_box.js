// The field for a series: a list below it, nearest first, recent ones before others; arrows and Enter choose.
import { plain, ranked } from "./fuzzy.js";

const MOST = 8;

async function load(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return [];
  const { series, recent } = await answer.json();
  const place = new Map(recent.map((key, at) => [key, at]));
  return series.map((row, at) => ({
    ...row,
    text: ` ${plain(`${row.title} ${row.key}`)}`,
    place: place.get(row.key) ?? recent.length + at,
  }));
}

export function seriesBox(form, { onChoose }) {
  const field = form.elements.series;
  const chosen = form.querySelector("input[name=chosen]");
  const list = document.createElement("ul");
  Object.assign(list, { id: "series-list", className: "en-list", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("label[for=series]").textContent);
  field.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  })) field.setAttribute(name, value);

  let rows = [];
  let shown = [];
  let at = 0;
  const ready = load(form.dataset.series).then((found) => {
    rows = found;
    if (document.activeElement === field && !chosen.value && field.value) show();
  });

  function mark(place) {
    at = Math.min(Math.max(place, 0), shown.length - 1);
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    field.setAttribute("aria-activedescendant", shown.length ? `series-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function show() {
    shown = ranked(field.value, rows).slice(0, MOST);
    list.replaceChildren(
      ...shown.map((row, number) => {
        const item = document.createElement("li");
        item.id = `series-${number}`;
        item.setAttribute("role", "option");
        for (const text of [row.title, row.about]) item.append(Object.assign(document.createElement("span"), { textContent: text }));
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(row);
        });
        return item;
      }),
    );
    list.hidden = !shown.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    mark(0);
  }

  function hide() {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function choose(row) {
    field.value = row.title;
    chosen.value = row.key;
    hide();
    onChoose(row);
  }

  field.addEventListener("input", () => {
    chosen.value = "";
    show();
  });
  field.addEventListener("focus", () => {
    field.select();
    if (!field.value) show();
  });
  field.addEventListener("blur", hide);
  field.addEventListener("keydown", async (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) show();
      else mark(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      hide();
    } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey && !chosen.value && field.value)) {
      // What is chosen already goes on to the value; what is half typed is the nearest. Slow lines are waited for.
      event.preventDefault();
      await ready;
      if (!chosen.value && field.value && list.hidden) show();
      if (shown[at] && !list.hidden) choose(shown[at]);
      else if (chosen.value) form.elements.value.focus();
    }
  });
  if (document.activeElement === field) field.select();
}
