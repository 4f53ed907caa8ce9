"""Marks of heat and concern: hue is temperature, ink is concern, and a word is always there.

They stand in hundreds on a page of many subjects, so they are written here; `_macros.html` names them.
"""

from functools import lru_cache
from typing import Protocol

from markupsafe import Markup, escape

from monitor.domain.chart import hue
from monitor.domain.scale import Concern
from monitor.domain.spoken import capital, number, signed
from monitor.domain.wording import say
from monitor.render.sparkline import sparkline_svg

__all__ = ["FILTERS", "concern_key"]

_BAR = 46
_BOLD = 2.0


class Stands(Protocol):
    """What a mark is drawn from."""

    @property
    def slug(self) -> str:
        """The subject."""

    @property
    def heat(self) -> float | None:
        """0 to 100, None without data."""

    @property
    def level(self) -> str:
        """The name of the level."""

    @property
    def concern(self) -> Concern | None:
        """The level's concern."""

    @property
    def is_unknown(self) -> bool:
        """Whether there is no level."""


class Moves(Protocol):
    """A change of heat."""

    @property
    def delta(self) -> float:
        """In points."""

    @property
    def is_worse(self) -> bool:
        """Whether it goes towards the alarming end."""


def concern_key(concern: Concern | None) -> str:
    """k0 to k4, or ku where there is no level: the class and glyph of a concern."""
    return "ku" if concern is None else f"k{int(concern)}"


@lru_cache(maxsize=200)
def icon(name: str, width: int = 13, height: int | None = None, cls: str = "") -> Markup:
    """Return a glyph of the page's symbols."""
    styled = f' class="{escape(cls)}"' if cls else ""
    size = f'width="{width}" height="{height or width}"'
    return _markup(f'<svg {size}{styled} aria-hidden="true"><use href="#{escape(name)}"/></svg>')


def mark(stands: Stands, big: bool = False) -> Markup:  # noqa: FBT001, FBT002 (as templates write it)
    """Return the disc with the heat in it."""
    grown = " big" if big else ""
    if stands.is_unknown or stands.heat is None:
        return _markup(f'<span class="mark tu{grown}">?</span>')
    live = "" if big else f' data-live="{escape(stands.slug)}-heat"'
    kind = f"mark t{hue(stands.heat)} {concern_key(stands.concern)}{grown}"
    return _markup(f'<span class="{kind}"{live}>{number(stands.heat)}</span>')


def level(stands: Stands) -> Markup:
    """Return the level's name in its hue."""
    if stands.is_unknown or stands.heat is None:
        return _markup(f'<span class="lv tu">{escape(say("No level"))}</span>')
    step = hue(stands.heat)
    glyph = icon(f"th{step}", 9, 15)
    return _markup(f'<span class="lv t{step}">{glyph}{escape(say(stands.level))}</span>')


def concern(value: Concern | None, known: bool = True) -> Markup:  # noqa: FBT001, FBT002 (as templates write it)
    """Return the concern's glyph and word."""
    key = concern_key(value if known else None)
    word = say("Unknown") if value is None or not known else capital(value.said)
    return _markup(f'<span class="cn {key}">{icon(key)}{escape(word)}</span>')


def arrow(change: Moves, size: int = 9) -> Markup:
    """Return the arrow of a move, filled where it worsens."""
    name = ("up" if change.delta > 0 else "dn") + ("" if change.is_worse else "o")
    word = say("worsening") if change.is_worse else say("easing")
    return _markup(f'{icon(name, size)}<span class="sr">{escape(word)} </span>')


def move(change: Moves | None, bold_from: float = _BOLD, decimals: int = 1) -> Markup:
    """Return a move with its arrow; what rounds to nothing has none."""
    if change is None:
        return _markup(f'<span class="mute">{escape(say("n/a"))}</span>')
    text, nothing = signed(change.delta, decimals), signed(0, decimals)
    if text == nothing:
        return _markup(f'<span class="mute">{nothing}</span>')
    bold = " b" if change.is_worse and abs(change.delta) >= bold_from else ""
    return _markup(f'<span class="mom{bold}">{arrow(change)}{text}</span>')


@lru_cache(maxsize=2_000)
def coverage(share: float, least: float) -> Markup:
    """Return the bar of the share of weight that is observed, with the least allowed."""
    ink = "ink2" if share >= least else "ink4"
    return _markup(
        f'<svg class="covb" width="{_BAR}" height="8" aria-hidden="true">'
        f'<rect x="0" y="2" width="{_BAR}" height="4" rx="2" class="linef"/>'
        f'<rect x="0" y="2" width="{_BAR * share:.1f}" height="4" rx="2" class="{ink}"/>'
        f'<rect x="{_BAR * least:.1f}" y="0" width="1" height="8" class="ink"/></svg>'
    )


def _markup(text: str) -> Markup:
    """Return what was put together above, of our own words and of what was escaped."""
    return Markup(text)  # noqa: S704 (escaped where it is not ours)


FILTERS = {
    "icon": icon, "mark": mark, "level_mark": level, "concern_mark": concern, "arrow": arrow, "move": move,
    "coverage_bar": coverage, "spark": sparkline_svg,
}  # fmt: skip
