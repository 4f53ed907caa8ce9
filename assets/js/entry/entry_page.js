// Entry by keyboard: the series by a few letters, two keys for the grade, and on to the next field.
import { keepsDraft } from "./draft.js";
import { seriesBox } from "./series_box.js";

const GRADE = /^[a-f][1-6]$/i;

for (const form of document.querySelectorAll("form[data-draft]")) keepsDraft(form);

const form = document.getElementById("value-form");
if (form) {
  const { value, grade, citation, starts_on: from, ends_on: to } = form.elements;
  seriesBox(form, {
    onChoose(row) {
      [from.value, to.value] = [row.from ?? "", row.to ?? ""];
      form.querySelector("[data-about]").textContent = row.last ? `${row.about} · ${row.last}` : row.about;
      document.getElementById("value-words").replaceChildren(
        ...row.words.map((word) => Object.assign(document.createElement("option"), { value: word })),
      );
      value.focus();
      value.select();
    },
  });
  grade.addEventListener("input", () => {
    if (GRADE.test(grade.value)) citation.focus();
  });
}
