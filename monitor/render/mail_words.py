"""Mail words: figures, moments and spans of a message, in the language that is spoken."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.domain import spoken
from monitor.domain.wording import grouped, say, say_many

_HOUR, _DAY, _WHOLE = 3600, 86_400, 1000


def number(value: float, *, is_change: bool = False) -> str:
    """Return a figure as people read it: true minus, thin spaces between thousands, no idle zeros."""
    size = abs(value)
    text = grouped(f"{size:.0f}" if size >= _WHOLE else f"{round(size, 2):g}")
    if value < 0:
        return f"{spoken.MINUS}{text}"
    return f"+{text}" if is_change else text


def moment_words(text: str | None, *, near: datetime, data: Mapping[str, Any], zone: str = "UTC") -> str:
    """Sun 30 Nov, 12:50 UTC; with the year where it is not that of the message or not of this time."""
    if not text:
        return ""
    at = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    is_doubtful = bool(data.get("asOf")) or at.year != near.year
    day = spoken.weekday(at, near=None if is_doubtful else at)
    return say("{day}, {time}", day=day, time=f"{spoken.clock(at)} {zone_label(at)}")


def notice_lead(data: Mapping[str, Any], *, near: datetime, zone: str) -> str:
    """The lead of a notice; with the end of what it tells of in the reader's zone, where that is not UTC."""
    lead, ends = str(data["notice"]["lead"]), (data.get("silence") or {}).get("endsAt")
    if not ends or zone == "UTC":
        return lead
    at = moment_words(ends, near=near, data=data, zone=zone)
    return say("{lead} It ends {time}, your time.", lead=lead, time=at)


def zone_label(at: datetime) -> str:
    """UTC, CET; UTC+03 where a zone has no letters of its own."""
    name = at.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"


def last_day(text: str) -> str:
    """The last day of a half-open period."""
    return spoken.weekday(datetime.fromisoformat(text) - timedelta(seconds=1))


def span_words(seconds: float) -> str:
    """2 days, 36 h, 90 min."""
    if seconds >= 2 * _DAY and seconds % _DAY == 0:
        return say_many("{n} day", "{n} days", round(seconds / _DAY))
    if seconds >= _HOUR:
        return f"{grouped(f'{seconds / _HOUR:g}')} h"
    return f"{grouped(f'{seconds / 60:g}')} min"


def as_of(data: Mapping[str, Any]) -> str:
    """As of 30 November 2025, archive: where the subject's clock is not that of the wall."""
    if not data.get("asOf"):
        return ""
    day = spoken.long_day(datetime.fromisoformat(data["asOf"]))
    if data.get("archive"):
        return say("as of {day}, archive", day=day)
    return say("on {day} of the exercise", day=day)
