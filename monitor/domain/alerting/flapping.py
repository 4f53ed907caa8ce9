"""Flapping: an alert that comes back too often says so once, and then stays firing (alerting.md 1.5)."""

from datetime import datetime, timedelta

from monitor.domain.clock import DAY_SECONDS, epoch, moment
from monitor.domain.phrases import Phrase, later, phrase_many
from monitor.domain.spoken import age

STARTS_AT = 4
WINDOW_SECONDS = float(DAY_SECONDS)
WINDOW_OBSERVATIONS = 20


def window(cadence_seconds: float) -> timedelta:
    """Return how far back returns are counted: 24 hours or 20 observations, whichever is longer."""
    return timedelta(seconds=max(WINDOW_SECONDS, WINDOW_OBSERVATIONS * cadence_seconds))


def with_return(returns: tuple[int, ...], at: datetime, *, within: timedelta) -> tuple[int, ...]:
    """Return the last returns, in epoch seconds, with one more; as many as it takes to start flapping."""
    since = epoch(at - within)
    return (*(each for each in returns if each > since), epoch(at))[-STARTS_AT:]


def came_back(returns: tuple[int, ...], *, within: timedelta) -> Phrase:
    """Say how often it came back."""
    return phrase_many(
        "it came back {n} time within {lasting}", "it came back {n} times within {lasting}",
        len(returns), lasting=later(age, within.total_seconds()),
    )  # fmt: skip


def settles_at(returns: tuple[int, ...], *, within: timedelta) -> datetime:
    """Return when a whole window will have held no more than the last return, if no other comes."""
    return moment(returns[-2:][0]) + within
