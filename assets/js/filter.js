// The filter field hides rows while typing; without JavaScript the same field is sent and the server filters.
// Accents are set aside: "goita" finds Goïta.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function apply(field) {
  const words = plain(field.value.trim()).split(/\s+/).filter(Boolean);
  for (const row of document.querySelectorAll("[data-row]")) {
    const text = plain(row.textContent);
    row.hidden = !words.every((word) => text.includes(word));
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-key-search]")) apply(event.target);
});
document.addEventListener("live:shown", () => {
  const field = document.querySelector("[data-key-search]");
  if (field?.value) apply(field);
});
