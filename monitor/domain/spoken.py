"""Numbers, dates and ages as a person reads them: true minus, thin spaces, "30 Nov 2025".

They are said in the language that is spoken (wording.py); the examples are English.
"""

import math
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from monitor.domain.wording import ENGLISH, grouped, msgid, say, say_many, tongue

MINUS, THIN, FIXED = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
PERCENT = msgid("{number}\N{NO-BREAK SPACE}%")
# What is English whoever reads: names of months where a chart or a file is written, not read.
MONTHS = ENGLISH.months
_SMALL = (
    msgid("no"), msgid("one"), msgid("two"), msgid("three"), msgid("four"), msgid("five"), msgid("six"),
    msgid("seven"), msgid("eight"), msgid("nine"), msgid("ten"), msgid("eleven"), msgid("twelve"),
)  # fmt: skip
_SHORT = ((1e9, msgid("{n}bn")), (1e6, msgid("{n}M")), (1e3, msgid("{n}k")))
_CADENCES = (
    (1.5, msgid("daily")), (8, msgid("weekly")), (32, msgid("monthly")), (95, msgid("quarterly")),
    (370, msgid("yearly")),
)  # fmt: skip
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_PATIENCE = 2


def number(value: float, decimals: int = 0) -> str:
    """197 000; −3.4."""
    text = grouped(f"{abs(value):.{decimals}f}")
    return f"{MINUS}{text}" if value < 0 and float(f"{value:.{decimals}f}") != 0 else text


def plain(value: float, most_decimals: int = 2) -> str:
    """The number with as many decimals as it has, up to some."""
    for decimals in range(most_decimals + 1):
        if math.isclose(round(value, decimals), value, rel_tol=1e-9, abs_tol=1e-9):
            return number(value, decimals)
    return number(value, most_decimals)


def signed(value: float, decimals: int = 1) -> str:
    """+2.5 or −21.3; what rounds to nothing has no sign."""
    text = number(value, decimals)
    return f"+{text}" if float(f"{value:.{decimals}f}") > 0 else text


def short(value: float) -> str:
    """75k, 1.2M: for the joints of a strip."""
    for size, shortened in _SHORT:
        if abs(value) >= size:
            return say(shortened, n=plain(value / size, 1))
    return plain(value, 2)


def percent(share: float, decimals: int = 0) -> str:
    """83 % of a share of 0.83; never 100 % unless it is, and never 0 % unless it is."""
    whole = round(share * 100, decimals)
    if decimals == 0 and 0 < share < 1:
        whole = min(max(whole, 1), 99)
    return say(PERCENT, number=number(whole, decimals))


def spread(low: float, high: float) -> str:
    """12 to 21; one number where both round to it."""
    if number(low) == number(high):
        return number(low)
    return say("{low} to {high}", low=number(low), high=number(high))


def count(how_many: int, noun: str, plural: str = "") -> str:
    """3 alerts, 1 alert."""
    return f"{number(how_many)} {noun if how_many == 1 else plural or noun + 's'}"


def word(how_many: int) -> str:
    """Small numbers in words."""
    return say(_SMALL[how_many]) if 0 <= how_many < len(_SMALL) else number(how_many)


def listed(items: list[str]) -> str:
    """a, b and c."""
    if len(items) <= 1:
        return "".join(items)
    return say("{items} and {last}", items=", ".join(items[:-1]), last=items[-1])


def parted(items: Sequence[str]) -> str:
    """a; b; c: parts that hold commas themselves."""
    return say("; ").join(items)


def day(value: date, *, near: date | None = None) -> str:
    """30 Nov, and the year where it is not that of `near`."""
    year = f" {value.year}" if near is None or value.year != near.year else ""
    return f"{_day_number(value)} {tongue().months[value.month - 1]}{year}"


def day_and_month(value: date) -> str:
    """30 Nov: where the year stands elsewhere."""
    return day(value, near=value)


def long_day(value: date) -> str:
    """30 November 2025: where a day must not be mistaken."""
    return f"{_day_number(value)} {tongue().long_months[value.month - 1]} {value.year}"


def weekday(value: date, *, near: date | None = None) -> str:
    """Fri 5 Dec: for what is to come."""
    return f"{tongue().days[value.weekday()]} {day(value, near=near)}"


def clock(value: datetime) -> str:
    """14:20."""
    return f"{value.hour:02}:{value.minute:02}"


def at(value: datetime, *, near: datetime) -> str:
    """14:20 today, 24 Oct 14:20 within a month, else the day alone."""
    if value.date() == near.date():
        return clock(value)
    if abs(near - value) < timedelta(days=30):
        return f"{day(value, near=near)} {clock(value)}"
    return day(value, near=near)


def span(seconds: float) -> str:
    """30 s, 5 min, 4 h, 1 d: the largest unit it is a whole number of."""
    if seconds and seconds % _DAY == 0:
        return say("{n} d", n=grouped(f"{seconds / _DAY:g}"))
    for length, unit in ((_HOUR, "h"), (_MINUTE, "min")):
        if seconds and seconds % length == 0:
            return f"{seconds / length:g} {unit}"
    return f"{grouped(f'{seconds:g}')} s"


def age(seconds: float) -> str:
    """4 min, 2 h, 18 d, 14 months: one unit, rounded down."""
    seconds = max(0.0, seconds)
    if seconds < _MINUTE:
        return f"{int(seconds)} s"
    if seconds < _PATIENCE * _HOUR:
        return f"{int(seconds // _MINUTE)} min"
    if seconds < _PATIENCE * _DAY:
        return f"{int(seconds // _HOUR)} h"
    if seconds < _PATIENCE * 365 * _DAY:
        return say("{n} d", n=int(seconds // _DAY))
    return say("{n} years", n=int(seconds // (365.25 * _DAY)))


def period(start: datetime, end: datetime, *, near: date | None = None) -> str:
    """A period's name, no more precise than the period: 28 Nov, Oct, 2024, 2015 to 2018."""
    last = (end - timedelta(seconds=1)).date()
    first = start.date()
    if (first.month, first.day) == (1, 1) and (last.month, last.day) == (12, 31):
        if first.year == last.year:
            return str(first.year)
        return say("{low} to {high}", low=first.year, high=last.year)
    is_month = first.day == 1 and (last + timedelta(days=1)).day == 1
    if is_month and (first.year, first.month) == (last.year, last.month):
        return _month(first, near)
    if is_month and first.year == last.year:
        return say("{low} to {high}", low=tongue().months[first.month - 1], high=_month(last, near))
    return day(last, near=near)


def cadence(days: float) -> str:
    """daily, weekly, monthly, quarterly, yearly, or every so many days."""
    for most, name in _CADENCES:
        if days <= most:
            return say(name)
    return say_many("every {n} day", "every {n} days", round(days))


def unaccented(text: str) -> str:
    """Set case and accents aside: "goita" finds Goïta."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def capital(text: str) -> str:
    """The text with its first letter raised."""
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """The text with its first letter lowered, unless it begins with a name in capitals (JNIM, UN)."""
    return text if text[1:2].isupper() or text[1:2] == "" else text[:1].lower() + text[1:]


def place_name(unit: str) -> str:
    """Burkina Faso of `burkina-faso`."""
    return " ".join(capital(part) if part not in {"du", "de", "of"} else part for part in unit.split("-"))


def clipped(text: str, most: int) -> str:
    """The text, cut at a word where it is longer than allowed."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _month(value: date, near: date | None) -> str:
    name = tongue().months[value.month - 1]
    return name if near is not None and value.year == near.year else f"{name} {value.year}"


def _day_number(value: date) -> str:
    return tongue().first_day if value.day == 1 else str(value.day)
