"""Moments on the command line: a day means its end, so that what became known on it counts."""

from datetime import UTC, date, datetime
from typing import Any

import click


class Written(click.ParamType[datetime]):
    """A day (2025-11-30), as its first instant without a zone, or a moment, in UTC.

    A moment is that of UTC unless it says another zone: 2025-11-30T18:00, ...T18:00:00Z, ...T19:00+01:00.
    """

    name = "MOMENT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return a day without a zone, a moment with UTC."""
        if isinstance(value, datetime):
            return value
        try:
            if len(value) == len("2025-11-30"):
                return datetime.combine(date.fromisoformat(value), datetime.min.time())
            found = datetime.fromisoformat(value)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is no day such as 2025-11-30 and no moment such as 2025-11-30T18:00, UTC unless "
                "it ends with a zone (2025-11-30T18:00:00Z, 2025-11-30T19:00+01:00)",
                param, ctx,
            )  # fmt: skip


WRITTEN = Written()


def end_of(value: datetime | None, now: datetime) -> datetime | None:
    """Return a moment as it was written; of a day its last second, of today the present."""
    if value is None or value.tzinfo is not None:
        return value
    start = value.replace(tzinfo=UTC)
    last = start.replace(hour=23, minute=59, second=59)
    return now if start <= now < last else last


def start_of(value: datetime | None) -> datetime | None:
    """Return a moment as it was written; of a day its first second."""
    return value if value is None or value.tzinfo is not None else value.replace(tzinfo=UTC)
