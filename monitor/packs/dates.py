"""Dates as people write them: one order of day and month for a whole file, or a question where none shows."""

import calendar
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from monitor.packs.cells import moment_in

_NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_NAMED = re.compile(r"(?:(\d{1,2})(?:er|st|nd|rd|th)?[ -]+)?([a-z]+)\.?[ -]+(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_YEAR = re.compile(r"\d{4}")
_MONTH_WORDS = (
    "january janvier jan janv", "february fevrier feb fev fevr", "march mars mar", "april avril apr avr",
    "may mai", "june juin jun", "july juillet jul juil", "august aout aug", "september septembre sep sept",
    "october octobre oct", "november novembre nov", "december decembre dec",
)  # fmt: skip
_MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, start=1) for word in words.split()}
_LAST_MONTH = 12
_DAY = timedelta(days=1)


class DateOrder(StrEnum):
    """Which comes first in 03/04/2025."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Span(StrEnum):
    """How much time a written date covers."""

    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as written: its first instant and what it covers."""

    start: datetime
    span: Span


def orders_in(texts: Iterable[str]) -> set[DateOrder]:
    """Return the orders that fit every numeric date; both where nothing decides, none on contradiction."""
    orders = set(DateOrder)
    for text in texts:
        match = _NUMERIC.fullmatch(text)
        if match is None:
            continue
        first, second = int(match[1]), int(match[3])
        if match[2] == "." or first > _LAST_MONTH >= second:
            orders -= {DateOrder.MONTH_FIRST}
        elif second > _LAST_MONTH >= first:
            orders -= {DateOrder.DAY_FIRST}
    return orders


def is_numeric(text: str) -> bool:
    """Whether a date is written 13/10/2025, 13.10.2025 or 13-10-2025."""
    return _NUMERIC.fullmatch(text) is not None


def depends_on_order(text: str) -> bool:
    """Whether day and month could be swapped to another date."""
    match = _NUMERIC.fullmatch(text)
    return match is not None and match[1].lstrip("0") != match[3].lstrip("0")


def read_date(text: str, *, order: DateOrder | None = None, pattern: str = "") -> WrittenDate | None:
    """Return the date a text says, by a `strptime` pattern if one is given, or None."""
    if pattern:
        return _by_pattern(text, pattern)
    if _YEAR.fullmatch(text):
        return _date(int(text), 1, 1, Span.YEAR)
    match = _MONTH.fullmatch(text)
    if match:
        return _date(int(match[1]), int(match[2]), 1, Span.MONTH)
    match = _NUMERIC.fullmatch(text)
    if match:
        day, month = (match[3], match[1]) if order is DateOrder.MONTH_FIRST else (match[1], match[3])
        return _date(int(match[4]), int(month), int(day), Span.DAY)
    return _named(text) or _iso(text)


def after(written: WrittenDate) -> datetime:
    """Return the first instant after what a written date covers; of a moment that moment itself."""
    if written.span is Span.INSTANT:
        return written.start
    if written.span is Span.DAY:
        return written.start + _DAY
    return _later(written.start, _LAST_MONTH if written.span is Span.YEAR else 1)


def period_of(written: WrittenDate, *, cadence_days: float) -> tuple[datetime, datetime]:
    """Return the period a single date stands for: what it covers, or for a day its indicator's cadence."""
    start, span = written.start, written.span
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    months = {Span.YEAR: 12, Span.MONTH: 1}.get(span) or _months_of(cadence_days)
    if months:
        first = day.replace(day=1, month=(day.month - 1) // months * months + 1)
        after = _later(first, months)
        # A day amid a quarter or a year is more likely a moment than the name of the whole.
        if months == 1 or day in {first, after - _DAY} or span is Span.YEAR:
            return first, after
    return day, day + _DAY * (1 if months else max(1, round(cadence_days)))


def _months_of(cadence_days: float) -> int:
    """Calendar months of a cadence: 30 days mean a month, 91 a quarter, 365 a year; 0 for others."""
    ranges = ((27, 32, 1), (88, 93, 3), (178, 186, 6), (360, 370, 12))
    return next((months for low, high, months in ranges if low <= cadence_days <= high), 0)


def _later(first: datetime, months: int) -> datetime:
    years, month = divmod(first.month - 1 + months, 12)
    return first.replace(year=first.year + years, month=month + 1)


def _named(text: str) -> WrittenDate | None:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    match = _NAMED.fullmatch(plain)
    if match is None or match[2] not in _MONTHS:
        return None
    span = Span.DAY if match[1] else Span.MONTH
    return _date(int(match[3]), _MONTHS[match[2]], int(match[1] or 1), span)


def _iso(text: str) -> WrittenDate | None:
    start = moment_in(text)
    if start is None:
        return None
    return WrittenDate(start, Span.DAY if len(text) == len("2025-11-30") else Span.INSTANT)


def _by_pattern(text: str, pattern: str) -> WrittenDate | None:
    try:
        time = datetime.strptime(text, pattern)  # noqa: DTZ007 (the next line gives the zone)
    except ValueError:
        return None
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    has_day = any(code in pattern for code in ("%d", "%j", "%x", "%c"))
    has_month = has_day or any(code in pattern for code in ("%m", "%b", "%B"))
    return WrittenDate(time, Span.DAY if has_day else Span.MONTH if has_month else Span.YEAR)


def _date(year: int, month: int, day: int, span: Span) -> WrittenDate | None:
    if not (1 <= month <= _LAST_MONTH and year >= 1 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return WrittenDate(datetime(year, month, day, tzinfo=UTC), span)
