"""Wording: sentences are written in English and said in the language of whoever reads them.

A sentence is a template with named places, `say("{name} is {level}", name=..., level=...)`; the template is
what catalogues translate. Whoever knows the reader says so once, `with speaking(tongue):`; nobody else asks.
What is kept instead of read now is a phrase: see phrases.py.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# What a person or a channel may choose, each in its own words.
LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français"}
SOURCE_LANGUAGE = "en"


def _as_it_is(text: str) -> str:
    return text


def _of_two(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """A language: how it translates a template, chooses a plural, and writes numbers and dates.

    `first_day` is how the first of a month is written: "1er mai".
    """

    code: str = SOURCE_LANGUAGE
    decimal: str = "."
    thousands: str = "\N{NARROW NO-BREAK SPACE}"
    first_day: str = "1"
    months: tuple[str, ...] = (
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    )  # fmt: skip
    long_months: tuple[str, ...] = (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    )  # fmt: skip
    days: tuple[str, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    translate: Callable[[str], str] = _as_it_is
    choose: Callable[[str, str, int], str] = _of_two
    # What the words that were put in make of those before them: "jusqu’à" and a day are "jusqu’au 24 nov.".
    agree: Callable[[str], str] = _as_it_is


ENGLISH = Tongue()
_SPOKEN: ContextVar[Tongue] = ContextVar("spoken", default=ENGLISH)


def tongue() -> Tongue:
    """Return the language that is spoken now: English, unless someone said else."""
    return _SPOKEN.get()


@contextmanager
def speaking(language: Tongue) -> Iterator[None]:
    """Say everything in a language meanwhile."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def say(template: str, /, **values: object) -> str:
    """Return a sentence in the language that is spoken; values are put in as they are."""
    # The empty template would be the catalogue's own head.
    spoken = _SPOKEN.get()
    text = spoken.translate(template) if template else template
    return spoken.agree(text.format_map(values)) if values else text


def say_many(one: str, many: str, number: int, /, **values: object) -> str:
    """Return the sentence for a number of things; its template may hold `{n}`, that number."""
    spoken = _SPOKEN.get()
    text = spoken.choose(one, many, number)
    return spoken.agree(text.format_map({"n": grouped(str(number)), **values}))


def msgid(template: str) -> str:
    """Mark a template that is said elsewhere, by a name that stands for it; returned as it is."""
    return template


def grouped(digits: str) -> str:
    """Put the language's sign between thousands: 197 000."""
    whole, point, rest = digits.partition(".")
    text = f"{int(whole):,}".replace(",", _SPOKEN.get().thousands) if whole.isdigit() else whole
    return f"{text}{_SPOKEN.get().decimal if point else ''}{rest}"
