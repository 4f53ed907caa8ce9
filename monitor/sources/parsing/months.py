"""Calendar months: their first midnights, and how the days of a stretch lie in them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

_DECEMBER = 12


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return date(day.year, day.month, 1)


def next_month(first: date) -> date:
    """Return the first day of the month after; ValueError past the year 9999."""
    return date(first.year + first.month // _DECEMBER, first.month % _DECEMBER + 1, 1)


def last_day(first: date) -> date:
    """Return the last day of the month that starts then."""
    return next_month(first) - timedelta(days=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """Yield the first day of each month that has a day from `first` to `last`, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = next_month(month)


def shares(first: date, last: date) -> Iterator[tuple[date, float]]:
    """Yield (month, share of the days from `first` to `last`, both included, in it); they sum to 1."""
    days = (last - first).days + 1
    for month in months_between(first, last):
        inside = (min(last, last_day(month)) - max(first, month)).days + 1
        yield month, inside / days


def midnight(day: date) -> datetime:
    """Return a day's first moment in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
