"""Cells of a pack's CSV files: plain numbers, whole numbers and moments, or None where they are not."""

import re
from datetime import UTC, date, datetime

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def number_in(text: str) -> float | None:
    """Return the number; None for nan, inf, `1_000`, `1,5` and anything else that is not one plainly."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if abs(number) != float("inf") else None


def count_in(text: str) -> int | None:
    """Return the whole number from 0, or None."""
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def day_in(text: str) -> date | None:
    """Return the day of `YYYY-MM-DD`, or None."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def moment_in(text: str) -> datetime | None:
    """Return the UTC moment of `YYYY-MM-DD` (its first instant) or of a full ISO time with zone, or None."""
    day = day_in(text)
    if day is not None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo is not None else None
