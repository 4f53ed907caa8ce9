"""Words as they are looked for: without case and accents, cut at whatever is neither letter nor digit."""

import re
import unicodedata
from collections.abc import Iterable

# Signs that stand on the letter before them: in Latin, Greek and Cyrillic, in Hebrew and Arabic, elsewhere.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe20-\ufe2f]+"
)
_WORD = re.compile(r"[^\W_]+")
_SHORT, _LONG = 4, 8


def fold(text: str) -> str:
    """Set case and accents aside, fast for the texts of thousands of rows."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text)).casefold()


def fold_all(texts: Iterable[str]) -> list[str]:
    """Fold many texts at once, which takes a third of the time; breaks of lines become spaces."""
    lines = "\n".join(" ".join(text.splitlines()) for text in texts)
    return fold(lines).split("\n") if lines else []


def words(text: str) -> list[str]:
    """Return the words of a text, folded, in order."""
    return _WORD.findall(fold(text))


def slips(word: str) -> int:
    """How many letters may be wrong in a word: none in a short one, one, two in a long one."""
    if len(word) < _SHORT or not word.isalpha():
        return 0
    return 1 if len(word) < _LONG else 2


def is_near(asked: str, told: str, *, most: int) -> bool:
    """Whether a word becomes the other by so many slips: a letter more, less, another, or two swapped."""
    if abs(len(asked) - len(told)) > most:
        return False
    before: list[int] = []
    last = list(range(len(told) + 1))
    for row, letter in enumerate(asked, start=1):
        here = [row]
        for column, other in enumerate(told, start=1):
            cost = min(last[column] + 1, here[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == told[column - 2] and asked[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        if min(here) > most:
            return False
        before, last = last, here
    return last[-1] <= most


def marked(text: str, asked: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """Cut a text into parts and say of each whether it is one of the asked words, accents aside."""
    folded = [(place, letter) for place, sign in enumerate(text) for letter in fold(sign)]
    plain = "".join(letter for _, letter in folded)
    is_hit = [False] * len(text)
    for word in asked:
        for found in _places(plain, word):
            for place, _ in folded[found : found + len(word)]:
                is_hit[place] = True
    parts: list[tuple[str, bool]] = []
    for sign, hit in zip(text, is_hit, strict=True):
        if parts and (parts[-1][1] == hit or unicodedata.combining(sign)):
            parts[-1] = (parts[-1][0] + sign, parts[-1][1])
        else:
            parts.append((sign, hit))
    return tuple(parts)


def _places(plain: str, word: str) -> list[int]:
    """Where a word begins a word of the text; where it never does, wherever it stands."""
    every = [found.start() for found in re.finditer(re.escape(word), plain)]
    leading = [place for place in every if place == 0 or not plain[place - 1].isalnum()]
    return leading or every
