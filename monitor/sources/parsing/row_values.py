"""Values in a row of an answer: counts, days, points; ValueError names the column and what is expected."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from monitor.sources.parsing.bodies import number, shown, text_of, whole

_ISO_DAY = 10
_LONGEST = 200
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def count_of(row: Mapping[str, Any], name: str, *, most: int) -> int:
    """Return a whole number from 0 to `most`."""
    _require(row, name)
    try:
        value = whole(row[name])
    except ValueError:
        value = -1
    if value is None or not 0 <= value <= most:
        raise ValueError(f"{name} {shown(row[name])} is no whole number from 0 to {most}")
    return value


def day_of(row: Mapping[str, Any], name: str) -> date:
    """Return a day of 1900 to 2199, written alone or before a time."""
    text = text_of(row, name)
    if text[4:5] == text[7:8] == "-" and text[_ISO_DAY : _ISO_DAY + 1] in {"", "T", " "}:
        try:
            found = date.fromisoformat(text[:_ISO_DAY])
        except ValueError:
            found = date.min
        if _FIRST_YEAR <= found.year <= _LAST_YEAR:
            return found
    raise ValueError(f"{name} {shown(text)} is no day like 2025-09-14")


def word_of(row: Mapping[str, Any], name: str) -> str:
    """Return a text that must be there and not too long."""
    text = text_of(row, name)
    if not 0 < len(text) <= _LONGEST:
        raise ValueError(f"{name} {shown(text)} is no text of up to {_LONGEST} characters")
    return text


def point_of(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return latitude and longitude in degrees, or none of both where one is missing."""
    found = []
    for name, most in (("latitude", 90), ("longitude", 180)):
        _require(row, name)
        try:
            degrees = number(row[name])
        except ValueError:
            degrees = 999.0
        if degrees is not None and abs(degrees) > most:
            raise ValueError(f"{name} {shown(row[name])} is no number of degrees up to {most}")
        found.append(degrees)
    return (None, None) if None in found else (found[0], found[1])


def _require(row: Mapping[str, Any], name: str) -> None:
    if name not in row:
        raise ValueError(f"it has no {name}")
