"""Dates as sources write them, and the UTC periods they name."""

import functools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

PeriodWord = Literal["hour", "day", "week", "iso-week", "month", "quarter", "year"]

# From fine to coarse: a date that is coarser than the period names no one period of that length.
_GRAINS = ("hour", "day", "week", "month", "quarter", "year")
_GRAIN_OF_PERIOD: Mapping[str, str] = {each: each for each in _GRAINS} | {"iso-week": "week"}
_DIRECTIVES = (("%H", "hour"), ("%I", "hour"), ("%c", "hour"), ("%d", "day"), ("%j", "day"), ("%x", "day"),
               ("%u", "day"), ("%m", "month"), ("%b", "month"), ("%B", "month"))  # fmt: skip
_EXCEL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1000, 9990
_LONGEST_TEXT = 64
_ISO = re.compile(
    r"(?P<year>[0-9]{4})(?:-?Q(?P<quarter>[1-4])|-?W(?P<week>[0-9]{2})|-?M(?P<m>[0-9]{1,2})|-(?P<month>[0-9]{2}))?"
)
_SINCE: Mapping[str, tuple[datetime, timedelta]] = {
    "seconds": (_EPOCH, timedelta(seconds=1)),
    "milliseconds": (_EPOCH, timedelta(milliseconds=1)),
    "excel": (_EXCEL_ZERO, timedelta(days=1)),
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date as it was given: its first moment, and its grain (hour, day, week, month, quarter, year)."""

    start: datetime
    grain: str


def read_date(text: str, formats: Sequence[str]) -> Stamp:
    """Return what a text says by the first format that fits; ValueError names what is expected.

    A format is `iso` (2026, 2026-03, 2026-M03, 2026-Q1, 2026-W05, 2026-03-15, with a time or without),
    `seconds` or `milliseconds` since 1970, `excel` (days since 1899-12-30) or one of strptime's.
    """
    if len(text) <= _LONGEST_TEXT and text.isascii():
        for form in formats:
            if (found := _read(text, form)) and _FIRST_YEAR <= found.start.year <= _LAST_YEAR:
                return found
    message = f"{text[:40]!r} is no date like {' or '.join(formats)}"
    raise ValueError(message)


def period_of(stamp: Stamp, period: str) -> tuple[datetime, datetime]:
    """Return the half-open period that a date lies in; ValueError if the date is coarser than that.

    `week` is the seven days from the date on, `iso-week` the one from Monday that it lies in.
    """
    wanted = _GRAIN_OF_PERIOD[period]
    # A week lies in two months as often as not, so it stands for no longer period.
    if _GRAINS.index(stamp.grain) > _GRAINS.index(wanted) or (stamp.grain == "week" != wanted):
        message = f"{stamp.start:%Y-%m-%d} stands for a whole {stamp.grain}, and periods are a {period} each"
        raise ValueError(message)
    start = _FIRST[period](stamp.start)
    return start, _next(start, period)


def after(stamp: Stamp) -> datetime:
    """Return the first moment after what a date names: the next day's start, the next month's."""
    return _next(stamp.start, stamp.grain)


def is_date_format(form: str) -> bool:
    """Whether a word or a strptime format says how to read a date."""
    return form == "iso" or form in _SINCE or "%Y" in form or "%G" in form or "%y" in form or "%s" in form


@functools.lru_cache(maxsize=65_536)
def _read(text: str, form: str) -> Stamp | None:
    try:
        if form == "iso":
            return _iso(text)
        if form in _SINCE:
            return _since(text, *_SINCE[form])
        moment = datetime.strptime(text, form)  # noqa: DTZ007 (given its zone below)
    except (ValueError, OverflowError):
        return None
    return Stamp(_in_utc(moment), _grain(form))


def _iso(text: str) -> Stamp:
    if (found := _ISO.fullmatch(text)) is None:
        moment = datetime.fromisoformat(text)
        return Stamp(_in_utc(moment), "hour" if ":" in text or "T" in text else "day")
    year = int(found["year"])
    if found["quarter"]:
        return Stamp(datetime(year, 3 * int(found["quarter"]) - 2, 1, tzinfo=UTC), "quarter")
    if found["week"]:
        return Stamp(
            datetime.fromisocalendar(year, int(found["week"]), 1).replace(tzinfo=UTC),
            "week",
        )
    if month := found["m"] or found["month"]:
        return Stamp(datetime(year, int(month), 1, tzinfo=UTC), "month")
    return Stamp(datetime(year, 1, 1, tzinfo=UTC), "year")


def _since(text: str, zero: datetime, unit: timedelta) -> Stamp:
    count = float(text)
    if not math.isfinite(count) or "_" in text:
        raise ValueError(text)
    is_day = unit == timedelta(days=1) and count.is_integer()
    return Stamp(zero + unit * count, "day" if is_day else "hour")


def _grain(form: str) -> str:
    finest = [grain for directive, grain in _DIRECTIVES if directive in form]
    if finest:
        return min(finest, key=_GRAINS.index)
    return "week" if any(each in form for each in ("%V", "%U", "%W")) else "year"


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


_FIRST: Mapping[str, Callable[[datetime], datetime]] = {
    "hour": lambda moment: moment.replace(minute=0, second=0, microsecond=0),
    "day": _midnight,
    "week": _midnight,
    "iso-week": lambda moment: _midnight(moment) - timedelta(days=moment.weekday()),
    "month": lambda moment: _midnight(moment).replace(day=1),
    "quarter": lambda moment: _midnight(moment).replace(day=1, month=moment.month - (moment.month - 1) % 3),
    "year": lambda moment: _midnight(moment).replace(month=1, day=1),
}
_LENGTH = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _next(start: datetime, period: str) -> datetime:
    if period in _MONTHS:
        months = start.year * 12 + start.month - 1 + _MONTHS[period]
        return start.replace(year=months // 12, month=months % 12 + 1)
    return start + _LENGTH[_GRAIN_OF_PERIOD[period]]
