"""Numbers as people write them: one decimal sign for a whole file, or a question where none shows."""

import re
from collections.abc import Iterable

POINT, COMMA = ".", ","
_DASHES = frozenset({"", "-", "–", "—", "..", "...", "…"})
_NOT_AVAILABLE = frozenset({"na", "n/a", "n.a.", "nan", "null", "none", "nd", "n.d.", "n/d"})
_SPACES = re.compile(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(?!\d))")


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value: missing is missing, never 0."""
    return text in _DASHES or text.casefold() in _NOT_AVAILABLE


def looks_like_number(text: str) -> bool:
    """Whether a text is made of digits and signs of numbers alone."""
    return bool(re.fullmatch(r"[+-]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?", _plain(text)))


def signs_in(texts: Iterable[str], *, delimiter: str) -> set[str]:
    """Return the decimal signs that fit every number; both where nothing decides, none on contradiction."""
    found = Signs()
    found.add(texts)
    return found.decided(delimiter=delimiter)


class Signs:
    """The decimal signs that fit every number seen so far."""

    def __init__(self) -> None:
        self._signs = {POINT, COMMA}
        self._is_open = False

    def add(self, texts: Iterable[str]) -> None:
        """Take numbers into account."""
        for text in map(_plain, texts):
            found = _signs_of(text)
            self._is_open = self._is_open or (found == {POINT, COMMA} and bool(set(text) & {POINT, COMMA}))
            self._signs &= found

    def add_plain(self, texts: Iterable[str]) -> None:
        """Take numbers into account of which none has a comma: the first that decides is enough."""
        if COMMA not in self._signs:
            return
        for text in texts:
            if POINT in text:
                self.add((text.strip(),))
                if COMMA not in self._signs:
                    return

    def decided(self, *, delimiter: str) -> set[str]:
        """Return the signs left; both where nothing decides, none on contradiction."""
        if self._signs == {POINT, COMMA} and (not self._is_open or delimiter == COMMA):
            return {POINT}
        return self._signs


def read_number(text: str, *, decimal: str) -> float | None:
    """Return the number a text says with that decimal sign, thousands set apart or not, or None."""
    plain = _plain(text)
    thousands = COMMA if decimal == POINT else POINT
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+"
    shape = rf"[+-]?(?:{grouped}|\d+)?(?:{re.escape(decimal)}\d*)?(?:[eE][+-]?\d{{1,3}})?"
    if not re.fullmatch(shape, plain) or not re.search(r"\d", plain.partition("e")[0]):
        return None
    number = float(plain.replace(thousands, "").replace(decimal, "."))
    return number if abs(number) != float("inf") else None


def _plain(text: str) -> str:
    return _SPACES.sub("", text.replace("\u2212", "-"))


def _signs_of(text: str) -> set[str]:
    """Return which decimal signs a single number allows."""
    body = text.lstrip("+-")
    points, commas = body.count(POINT), body.count(COMMA)
    if points and commas:
        return {POINT if body.rindex(POINT) > body.rindex(COMMA) else COMMA}
    if not points and not commas:
        return {POINT, COMMA}
    sign, other = (POINT, COMMA) if points else (COMMA, POINT)
    if points + commas > 1:
        return {other}
    whole, _, part = body.partition(sign)
    is_group = re.fullmatch(r"[1-9]\d{0,2}", whole) and re.fullmatch(r"\d{3}", part)
    return {POINT, COMMA} if is_group else {sign}
