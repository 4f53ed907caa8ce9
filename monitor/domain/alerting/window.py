"""Recurring windows of local time: when they are open, whatever clocks do in spring and autumn."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase

MINUTES_A_DAY = 24 * 60
# How far a stretch is followed: what is open for longer is looked at again then.
FARTHEST = timedelta(days=35)
_LOOK_BACK = timedelta(days=7)
_DAY = timedelta(days=1)
_ALL_DAY = ((0, MINUTES_A_DAY),)
_LAST_DAY, _LAST_MONTH, _LAST_WEEKDAY = 31, 12, 6


class Occurrence(IntEnum):
    """Which of two instants a local time means that an autumn night has twice."""

    FIRST = 0
    SECOND = 1


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Stretch:
    """From an instant until just before another, UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Local times that come again, as Alertmanager's time intervals: every condition given must be met.

    `times` are minutes of the day from, until (1320, 360: from 22:00 until 06:00 of the next day); none is
    the whole day. `weekdays` count from Monday 0; `days_of_month` are ranges, negative from the end;
    `months` 1..12; `years` are ranges. The day is the one on which a time begins.
    """

    zone: str = "UTC"
    times: tuple[tuple[int, int], ...] = ()
    weekdays: tuple[int, ...] = ()
    days_of_month: tuple[tuple[int, int], ...] = ()
    months: tuple[int, ...] = ()
    years: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a zone nobody knows, and times or days that never are; InvalidInput."""
        zone_named(self.zone)
        for start, end in self.times:
            if not (0 <= start < MINUTES_A_DAY and 0 <= end <= MINUTES_A_DAY) or start == end:
                raise InvalidInput(
                    phrase("a window's time runs from a minute of the day until another"), field="windows"
                )
        if not all(0 <= day <= _LAST_WEEKDAY for day in self.weekdays):
            raise InvalidInput(phrase("weekdays are counted from Monday 0 to Sunday 6"), field="windows")
        if not all(1 <= month <= _LAST_MONTH for month in self.months):
            raise InvalidInput(phrase("months are counted from 1 to 12"), field="windows")
        if not all(_is_day_range(first, last) for first, last in self.days_of_month):
            raise InvalidInput(
                phrase("days of the month are 1 to 31, or -31 to -1 from its end"), field="windows"
            )
        if not all(first <= last for first, last in self.years):
            raise InvalidInput(phrase("a range of years begins before it ends"), field="windows")

    def falls_on(self, day: date) -> bool:
        """Whether times of this window begin on a local day."""
        return (
            (not self.weekdays or day.weekday() in self.weekdays)
            and (not self.months or day.month in self.months)
            and (not self.years or any(first <= day.year <= last for first, last in self.years))
            and (not self.days_of_month or any(_is_in_month(day, *each) for each in self.days_of_month))
        )

    def stretches(
        self, since: datetime, until: datetime, *, closes: Occurrence = Occurrence.FIRST
    ) -> Iterator[Stretch]:
        """Yield when it is open between two instants, in the order of days; what touches stays apart.

        It opens at the first occurrence of its local times and closes at that too, so that rather too
        little is muted; on-call duty `closes` at the second, so that nobody is missing.
        """
        zone = zone_named(self.zone)
        day, last = since.astimezone(zone).date() - _DAY, until.astimezone(zone).date()
        while day <= last:
            if self.falls_on(day):
                for each in self._on(day, zone, closes):
                    # Both within the hour that spring leaves out: that day it is not open at all.
                    if each.starts_at < each.ends_at and each.ends_at > since and each.starts_at <= until:
                        yield each
            day += _DAY

    def _on(self, day: date, zone: ZoneInfo, closes: Occurrence) -> Iterator[Stretch]:
        midnight = datetime.combine(day, time())
        for start, end in self.times or _ALL_DAY:
            ends = end if end > start else end + MINUTES_A_DAY
            yield Stretch(
                starts_at=instant(midnight + timedelta(minutes=start), zone),
                ends_at=instant(midnight + timedelta(minutes=ends), zone, occurrence=closes),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteWindow:
    """A named set of windows, in which what a route leads to is held; open when any of them is."""

    slug: str
    windows: tuple[Window, ...]

    @property
    def name(self) -> str:
        """How reasons name it: `mute_window:nights`."""
        return f"mute_window:{self.slug}"


def is_open(windows: Iterable[Window], at: datetime) -> bool:
    """Whether any of the windows is open at an instant."""
    return any(
        stretch.starts_at <= at < stretch.ends_at
        for window in windows
        for stretch in window.stretches(at, at)
    )


def open_stretch(windows: Sequence[Window], at: datetime) -> Stretch | None:
    """Return the stretch that is open at an instant, at most FARTHEST ahead; None where nothing is open.

    Windows that touch or overlap count as one.
    """
    if not is_open(windows, at):
        return None
    found = next(each for each in joined(windows, at - _LOOK_BACK, at + FARTHEST) if each.ends_at > at)
    return Stretch(starts_at=found.starts_at, ends_at=min(found.ends_at, at + FARTHEST))


def open_until(windows: Sequence[Window], at: datetime) -> datetime | None:
    """Return when what is open at an instant closes; None where nothing is open."""
    found = open_stretch(windows, at)
    return None if found is None else found.ends_at


def next_open(windows: Sequence[Window], at: datetime, *, within: timedelta = FARTHEST) -> Stretch | None:
    """Return the first stretch that begins after an instant, if one does within that time."""
    later = (each for each in joined(windows, at, at + within) if each.starts_at > at)
    return next(later, None)


def joined(
    windows: Iterable[Window], since: datetime, until: datetime, *, closes: Occurrence = Occurrence.FIRST
) -> list[Stretch]:
    """Return the stretches of all windows between two instants, in order, those that touch made one."""
    found: list[Stretch] = []
    for each in sorted(one for window in windows for one in window.stretches(since, until, closes=closes)):
        if found and each.starts_at <= found[-1].ends_at:
            ends_at = max(found[-1].ends_at, each.ends_at)
            found[-1] = Stretch(starts_at=found[-1].starts_at, ends_at=ends_at)
        else:
            found.append(each)
    return found


def instant(local: datetime, zone: ZoneInfo, *, occurrence: Occurrence = Occurrence.FIRST) -> datetime:
    """Return the UTC instant of a naive local time.

    One that spring leaves out is the first instant after the gap; of one that autumn has twice,
    `occurrence` says which.
    """
    found = local.replace(tzinfo=zone, fold=occurrence).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local:
        return found
    # In a gap the two folds lie on either side of the change, which is where the offset changes.
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return _change_between(before, after, zone)


@cache
def zone_named(name: str) -> ZoneInfo:
    """Return the IANA zone of this name, such as Africa/Bamako; InvalidInput."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            phrase("{name} is no IANA time zone, such as Africa/Bamako", name=repr(name)), field="zone"
        ) from None


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second at which the zone has the offset it has `after`."""
    settled = after.astimezone(zone).utcoffset()
    span = int((after - before).total_seconds())
    low, high = 0, span
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == settled:
            high = middle
        else:
            low = middle + 1
    return before + timedelta(seconds=high)


def _is_day_range(first: int, last: int) -> bool:
    is_known = all(1 <= abs(day) <= _LAST_DAY for day in (first, last))
    return is_known and ((first < 0) is not (last < 0) or first <= last)


def _is_in_month(day: date, first: int, last: int) -> bool:
    length = ((day.replace(day=1) + timedelta(days=_LAST_DAY)).replace(day=1) - _DAY).day
    begins, ends = (each if each > 0 else length + 1 + each for each in (first, last))
    return max(begins, 1) <= day.day <= ends
