// Find by a few letters: every word typed must occur, at a word's start best of all. As monitor/domain/fuzzy.py.
const AT_START = 0;
const WITHIN = 1;
const SPREAD = 4;

export function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
}

function inOrder(typed, word) {
  let at = 0;
  for (const letter of typed) {
    at = word.indexOf(letter, at) + 1;
    if (!at) return false;
  }
  return true;
}

const isSpread = (typed, text) =>
  typed.length > 1 && text.split(" ").some((word) => word[0] === typed[0] && inOrder(typed, word));

export function cost(words, text) {
  let total = 0;
  for (const word of words) {
    if (text.includes(` ${word}`)) total += AT_START;
    else if (text.includes(word)) total += WITHIN;
    else if (isSpread(word, text)) total += SPREAD;
    else return null;
  }
  return total;
}

export function ranked(typed, things) {
  const words = plain(typed).split(" ").filter(Boolean);
  const found = [];
  for (const thing of things) {
    const far = cost(words, thing.text);
    if (far !== null) found.push([far, thing]);
  }
  return found.sort((one, other) => one[0] - other[0] || one[1].place - other[1].place).map(([, thing]) => thing);
}
