"""Ends of periods as people write them: the last day, or the first after it; the whole file decides."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.packs.dates import Span, WrittenDate, after

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class PeriodEnds(StrEnum):
    """What the end date of a line means."""

    LAST_DAY = "last-day"
    DAY_AFTER = "day-after"

    @property
    def words(self) -> str:
        """As it is told to who imports."""
        if self is PeriodEnds.LAST_DAY:
            return "the last day, included"
        return "the first day after the period, as in packs"


def ends_in(pairs: Iterable[tuple[WrittenDate, WrittenDate]]) -> set[PeriodEnds]:
    """Return what the end dates of a file can mean: one where it shows, both where nothing tells.

    A date that is the start of another line, or of the next month, is the day after; the last of a month,
    the seventh day, or the day before another line's start is the last day. Times of day never come here.
    """
    dates = list(pairs)
    starts = {start.start for start, _ in dates}
    votes = {vote for start, end in dates if (vote := _vote(start, end, starts)) is not None}
    if votes:
        return votes
    is_same_day = any(start.start == end.start for start, end in dates)
    return {PeriodEnds.LAST_DAY} if is_same_day else set(PeriodEnds)


def _vote(start: WrittenDate, end: WrittenDate, starts: set[datetime]) -> PeriodEnds | None:
    first, last, following = start.start, end.start, after(end)
    if last <= first:
        return None
    is_month = first.day == 1
    if last in starts or (is_month and last.day == 1 and end.span is Span.DAY) or last - first == _WEEK:
        return PeriodEnds.DAY_AFTER
    if following in starts or (is_month and following.day == 1) or last - first == _WEEK - _DAY:
        return PeriodEnds.LAST_DAY
    return None
