"""The colours of the style sheet as it is served, and how well one is read on another (WCAG 2.2)."""

import re
from dataclasses import dataclass

# Text and what is read as text, and marks that only have to be seen.
TEXT, MARK = 4.5, 3.0
_TOKEN = re.compile(
    r"--([a-z0-9-]+):\s*(?:light-dark\(\s*(#[0-9a-f]+)\s*,\s*(#[0-9a-f]+)\s*\)|(#[0-9a-f]+))\s*[;}]"
)
_STEPS = range(1, 6)
_LINEAR_BELOW, _LINEAR, _OFFSET, _GAMMA = 0.04045, 12.92, 0.055, 2.4
_WEIGHTS = (0.2126, 0.7152, 0.0722)


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """A token with its colour on light and on dark ground, as `#rrggbb`."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """How a token is read on another, on light and on dark ground, and how well it has to be."""

    ink: Colour
    ground: Colour
    light: float
    dark: float
    least: float

    @property
    def is_enough(self) -> bool:
        """Whether both grounds reach what is asked."""
        return min(self.light, self.dark) >= self.least


def pairs() -> tuple[tuple[str, str, float], ...]:
    """Return what stands on what in the pages: ink, ground, and the least contrast."""
    grounds = ("surface", "paper", "sunken")
    words = tuple((ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3") for ground in grounds)
    marks = tuple(("ink-4", ground, MARK) for ground in ("surface", "paper"))
    levels = tuple(
        pair
        for step in _STEPS
        for pair in (
            (f"t{step}", "surface", MARK),
            (f"on-t{step}", f"t{step}", TEXT),
            (f"t{step}-text", "surface", TEXT),
            (f"t{step}-text", f"t{step}-wash", TEXT),
            ("ink-3", f"t{step}-wash", TEXT),
        )
    )
    touch = (("touch", "surface", TEXT), ("touch", "touch-wash", TEXT), ("on-touch", "touch", TEXT))
    concern = (("ink", "c0", TEXT), ("ink", "c1", TEXT), ("ink", "c2", TEXT), ("on-ink", "c4", TEXT))
    return (*words, *marks, *levels, *touch, *concern)


def colours(style_sheet: str) -> dict[str, Colour]:
    """Return the colour tokens of a style sheet by name; the first time a token is set counts."""
    found: dict[str, Colour] = {}
    for name, light, dark, both in _TOKEN.findall(style_sheet.lower()):
        colour = Colour(name=name, light=_long(light or both), dark=_long(dark or both))
        found.setdefault(name, colour)
    return found


def contrasts(known: dict[str, Colour]) -> tuple[Contrast, ...]:
    """Return the contrast of every pair; KeyError for a token that the style sheet does not set."""
    return tuple(
        Contrast(
            ink=known[ink],
            ground=known[ground],
            light=contrast(known[ink].light, known[ground].light),
            dark=contrast(known[ink].dark, known[ground].dark),
            least=least,
        )
        for ink, ground, least in pairs()
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (
        part / _LINEAR if part <= _LINEAR_BELOW else ((part + _OFFSET) / (1 + _OFFSET)) ** _GAMMA
        for part in parts
    )
    return sum(weight * part for weight, part in zip(_WEIGHTS, linear, strict=True))


def _long(colour: str) -> str:
    """#fff is #ffffff."""
    return colour if len(colour) > len("#fff") else "#" + "".join(digit * 2 for digit in colour[1:])
