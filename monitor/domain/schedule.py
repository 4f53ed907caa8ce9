"""A source's schedule: when it is asked next, for which days, and which release it owes."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

from monitor.domain.clock import epoch
from monitor.domain.harvest import Window
from monitor.domain.release import Expected
from monitor.domain.source import Source

PAUSE_AFTER_FAILURE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_WAIT_ASKED = timedelta(days=1)
SOONEST_CHASE, LATEST_CHASE = timedelta(minutes=10), timedelta(hours=6)
_CHASE_SHARE = 8
_MOST_DOUBLINGS = 6


class CronTimes(Protocol):
    """Reads a cron expression of five fields in a time zone; moments are aware, answers UTC."""

    def after(self, cron: str, timezone: str, moment: datetime) -> datetime:
        """Return the first moment it names after `moment`."""
        ...

    def at_or_before(self, cron: str, timezone: str, moment: datetime) -> datetime:
        """Return the last moment it names up to `moment`."""
        ...


def is_scheduled(source: Source) -> bool:
    """Whether the clock ever asks this source."""
    return source.interval_seconds is not None or bool(source.cron) or bool(source.releases)


def next_planned(source: Source, *, after: datetime, times: CronTimes) -> datetime | None:
    """Return the next turn by interval, cron or a release, whichever is first; None: never by the clock.

    Turns missed while nobody asked are not made up for: one run stands for all of them.
    """
    slots = [_jittered(source, slot) for slot in _slots(source, after=after, times=times)]
    return min(slots, default=None)


def next_due(
    source: Source,
    *,
    now: datetime,
    failures: int,
    last_new_at: datetime | None,
    times: CronTimes,
    retry_after_seconds: float | None = None,
) -> datetime | None:
    """Return when to ask again after a run that ended at `now`; None: not by the clock.

    After a failure sooner than planned, each time twice as late, up to an hour. While a release is owed
    sooner too, ever less often. Never before the moment the other side asked to wait for (up to a day).
    """
    planned = next_planned(source, after=now, times=times)
    if planned is None:
        return None
    due = planned
    if failures:
        due = min(due, now + pause_after(failures))
    elif owed := expected(source, now=now, last_new_at=last_new_at, times=times):
        due = min(due, *(now + _chase_pause(now - each.at) for each in owed))
    if retry_after_seconds is None:
        return due
    return max(due, now + min(timedelta(seconds=retry_after_seconds), LONGEST_WAIT_ASKED))


def usual_gap(source: Source, *, now: datetime, times: CronTimes) -> timedelta | None:
    """Return how far two turns lie apart, by the interval or by the next two; None: never by the clock."""
    if source.interval_seconds is not None:
        return timedelta(seconds=source.interval_seconds)
    first = min(_slots(source, after=now, times=times), default=None)
    return None if first is None else min(_slots(source, after=first, times=times)) - first


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row."""
    doubled: timedelta = PAUSE_AFTER_FAILURE * 2 ** min(failures - 1, _MOST_DOUBLINGS)
    return min(doubled, LONGEST_PAUSE)


def expected(
    source: Source, *, now: datetime, last_new_at: datetime | None, times: CronTimes
) -> tuple[Expected, ...]:
    """Return the last release of each line of the calendar that has not come by `now`."""
    last = (
        Expected(release=each, at=times.at_or_before(each.cron, each.timezone, now))
        for each in source.releases
    )
    return tuple(each for each in last if not each.has_come(last_new_at))


def late_release(
    source: Source, *, now: datetime, last_new_at: datetime | None, times: CronTimes
) -> Expected | None:
    """Return the release that is late the longest; None if none is."""
    owed = expected(source, now=now, last_new_at=last_new_at, times=times)
    return min((each for each in owed if each.late_at <= now), key=lambda each: each.at, default=None)


def window_of(source: Source, *, since: datetime | None, now: datetime) -> Window | None:
    """Return the days to ask for again; None the first time, and for a source that says nothing of it.

    What was missed since the last good run is asked for too, however long ago that was; and the whole of
    the weeks and months that would be cut.
    """
    if source.trailing_days is None or since is None:
        return None
    first = min(since, now).astimezone(UTC).date() - timedelta(days=source.trailing_days)
    return Window(first=first, last=now.astimezone(UTC).date()).whole


def _slots(source: Source, *, after: datetime, times: CronTimes) -> Iterator[datetime]:
    if source.interval_seconds is not None:
        yield after + timedelta(seconds=source.interval_seconds)
    if source.cron:
        yield times.after(source.cron, source.timezone, after)
    for each in source.releases:
        yield times.after(each.cron, each.timezone, after)


def _jittered(source: Source, slot: datetime) -> datetime:
    """Move a slot by a part of the jitter that depends on nothing but the source and the slot."""
    if not source.jitter_seconds:
        return slot
    digest = hashlib.sha256(f"{source.slug} {epoch(slot)}".encode()).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    return slot + timedelta(seconds=int(share * source.jitter_seconds))


def _chase_pause(waited: timedelta) -> timedelta:
    """An eighth of the wait so far: every 10 minutes at first, every 6 hours after two days."""
    return min(max(waited / _CHASE_SHARE, SOONEST_CHASE), LATEST_CHASE)
