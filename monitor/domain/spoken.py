"""Numbers, dates and ages as a person reads them: true minus, thin spaces, "30 Nov 2025" (English)."""

import math
import unicodedata
from datetime import date, datetime, timedelta

MINUS, THIN, FIXED = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SMALL = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_PATIENCE = 2


def number(value: float, decimals: int = 0) -> str:
    """197 000; −3.4."""
    text = f"{abs(value):,.{decimals}f}".replace(",", THIN)
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
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{plain(value / size, 1)}{letter}"
    return plain(value, 2)


def percent(share: float, decimals: int = 0) -> str:
    """83 % of a share of 0.83; never 100 % unless it is, and never 0 % unless it is."""
    whole = round(share * 100, decimals)
    if decimals == 0 and 0 < share < 1:
        whole = min(max(whole, 1), 99)
    return f"{number(whole, decimals)}{FIXED}%"


def spread(low: float, high: float) -> str:
    """12 to 21; one number where both round to it."""
    return number(low) if number(low) == number(high) else f"{number(low)} to {number(high)}"


def count(how_many: int, noun: str, plural: str = "") -> str:
    """3 alerts, 1 alert."""
    return f"{number(how_many)} {noun if how_many == 1 else plural or noun + 's'}"


def word(how_many: int) -> str:
    """Small numbers in words."""
    return _SMALL[how_many] if 0 <= how_many < len(_SMALL) else number(how_many)


def listed(items: list[str]) -> str:
    """a, b and c."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def day(value: date, *, near: date | None = None) -> str:
    """30 Nov, and the year where it is not that of `near`."""
    year = f" {value.year}" if near is None or value.year != near.year else ""
    return f"{value.day} {MONTHS[value.month - 1]}{year}"


def long_day(value: date) -> str:
    """30 November 2025: where a day must not be mistaken."""
    return f"{value.day} {LONG_MONTHS[value.month - 1]} {value.year}"


def weekday(value: date, *, near: date | None = None) -> str:
    """Fri 5 Dec: for what is to come."""
    return f"{DAYS[value.weekday()]} {day(value, near=near)}"


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
    for length, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds and seconds % length == 0:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


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
        return f"{int(seconds // _DAY)} d"
    return f"{int(seconds // (365.25 * _DAY))} years"


def period(start: datetime, end: datetime, *, near: date | None = None) -> str:
    """A period's name, no more precise than the period: 28 Nov, Oct, 2024, 2015 to 2018."""
    last = (end - timedelta(seconds=1)).date()
    first = start.date()
    if (first.month, first.day) == (1, 1) and (last.month, last.day) == (12, 31):
        return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
    is_month = first.day == 1 and (last + timedelta(days=1)).day == 1
    if is_month and (first.year, first.month) == (last.year, last.month):
        return _month(first, near)
    if is_month and first.year == last.year:
        return f"{MONTHS[first.month - 1]} to {_month(last, near)}"
    return day(last, near=near)


def cadence(days: float) -> str:
    """daily, weekly, monthly, quarterly, yearly, or every so many days."""
    for most, name in ((1.5, "daily"), (8, "weekly"), (32, "monthly"), (95, "quarterly"), (370, "yearly")):
        if days <= most:
            return name
    return f"every {number(days)} days"


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
    name = MONTHS[value.month - 1]
    return name if near is not None and value.year == near.year else f"{name} {value.year}"
