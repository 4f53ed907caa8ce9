"""Months as the day they begin on."""

from collections.abc import Iterator
from datetime import date, timedelta

from monitor.domain.wording import say, tongue

_YEAR = 12
_FIRST_YEAR, _LAST_YEAR = 1800, 2999


def month_of(day: date) -> date:
    """Return the month a day lies in."""
    return day.replace(day=1)


def later(month: date, months: int) -> date:
    """Return the month so many after one, before it where negative; ValueError beyond the calendar."""
    number = month.year * _YEAR + month.month - 1 + months
    return date(number // _YEAR, number % _YEAR + 1, 1)


def last_day(month: date) -> date:
    """Return the last day of a month."""
    return later(month, 1) - timedelta(days=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """Yield the months from that of one day to that of another, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = later(month, 1)


def parse_month(text: str) -> date | None:
    """Return the month 2025-10; None for what is none, or lies beyond any data."""
    try:
        month = date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        return None
    return month if _FIRST_YEAR <= month.year <= _LAST_YEAR else None


def month_words(month: date) -> str:
    """Oct 2025, in the language that is spoken."""
    return f"{tongue().months[month.month - 1]} {month.year}"


def months_words(first: date, last: date) -> str:
    """Nov 2024 to Oct 2025; one month's name where both are the same."""
    if first == last:
        return month_words(first)
    return say("{low} to {high}", low=month_words(first), high=month_words(last))
