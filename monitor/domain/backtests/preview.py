"""Old beside new: what a draft of definitions would have changed in the alerts and the levels of a span."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from monitor.domain.backtests.firing import Firing
from monitor.domain.clock import moment
from monitor.domain.event import Event
from monitor.domain.scale import UNKNOWN
from monitor.domain.scoring.level import LevelChange

# An alert that opens again this soon flaps, and so does a level that turns back.
FLAP_DAYS = 7
# A warning that comes later than this after an event, or that was over before it, did not warn of it.
LEAD_DAYS = 90
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The part of history that is looked at."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        """Refuse a span that ends before it begins."""
        if self.until <= self.since:
            message = f"the span must end after it begins, not at {self.until:%Y-%m-%d %H:%M}"
            raise ValueError(message)

    @property
    def months(self) -> tuple[str, ...]:
        """Its calendar months, `2025-11`, in order."""
        first, last = self.since, self.until - timedelta(microseconds=1)
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        numbers = range(first.month - 1, first.month - 1 + count)
        return tuple(f"{first.year + number // 12}-{number % 12 + 1:02d}" for number in numbers)

    def holds(self, firing: Firing) -> bool:
        """Whether a firing was open in the span."""
        return firing.began_at <= self.until and (firing.ended_at is None or firing.ended_at > self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one rule would have done in a span; `by_month` counts the firings that began in each month."""

    firings: tuple[Firing, ...]
    by_month: tuple[int, ...]
    flaps: int
    messages: int

    @property
    def is_open(self) -> bool:
        """Whether it still fires at the end."""
        return bool(self.firings) and self.firings[-1].ended_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A firing of both: by how many seconds the new one begins later (below 0: earlier)."""

    old: Firing
    new: Firing

    @property
    def seconds(self) -> float:
        """The new beginning less the old."""
        return (self.new.began_at - self.old.began_at).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """How many days before an annotated event a rule fired; below 0 after it, None not at all."""

    event: Event
    old_days: float | None
    new_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One rule, old beside new: firings matched where they overlap."""

    rule: str
    old: Outcome
    new: Outcome
    gained: tuple[Firing, ...]
    lost: tuple[Firing, ...]
    kept: tuple[Shift, ...]
    leads: tuple[Lead, ...]

    @property
    def earlier(self) -> tuple[Shift, ...]:
        """Those of both that would have come earlier."""
        return tuple(each for each in self.kept if each.seconds < 0)

    @property
    def later(self) -> tuple[Shift, ...]:
        """Those of both that would have come later."""
        return tuple(each for each in self.kept if each.seconds > 0)

    @property
    def has_changed(self) -> bool:
        """Whether any alert would have been another, or told otherwise."""
        return self.old != self.new


def outcome(firings: Iterable[Firing], span: Span) -> Outcome:
    """Return what the firings of one rule come to in a span; those open when it begins count as firings."""
    every = sorted((each for each in firings if span.holds(each)), key=lambda each: each.began_at)
    began = [f"{each.began_at:%Y-%m}" for each in every if each.began_at >= span.since]
    return Outcome(
        firings=tuple(every),
        by_month=tuple(began.count(month) for month in span.months),
        flaps=_flaps(every),
        messages=sum(each.messages for each in every),
    )


def compare(
    rule: str,
    old: Sequence[Firing],
    new: Sequence[Firing],
    *,
    span: Span,
    events: Iterable[Event] = (),
) -> Comparison:
    """Return a rule's outcomes side by side, with the lead time of each to the flagged events of the span."""
    before, after = outcome(old, span), outcome(new, span)
    kept, gained, taken = [], [], set()
    for firing in after.firings:
        match = next(
            (n for n, each in enumerate(before.firings) if n not in taken and firing.overlaps(each)), None
        )
        if match is None:
            if not any(firing.overlaps(each) for each in before.firings):
                gained.append(firing)
        else:
            taken.add(match)
            kept.append(Shift(old=before.firings[match], new=firing))
    lost = [each for each in before.firings if not any(each.overlaps(other) for other in after.firings)]
    return Comparison(
        rule=rule,
        old=before,
        new=after,
        gained=tuple(gained),
        lost=tuple(lost),
        kept=tuple(kept),
        leads=tuple(
            Lead(event=each, old_days=_lead(before.firings, each), new_days=_lead(after.firings, each))
            for each in sorted(events, key=lambda each: each.starts_on)
            if each.is_flag and span.since <= _start_of(each) < span.until
        ),
    )


def level_flips(changes: Sequence[LevelChange], *, days: int = FLAP_DAYS) -> int:
    """Count the changes that took the level back, within so many days, to what it was before the last."""
    known = [each for each in changes if UNKNOWN not in {each.from_level, each.to_level}]
    return sum(
        now.to_level == before.from_level and moment(now.at) - moment(before.at) <= timedelta(days=days)
        for before, now in pairwise(known)
    )


def fires_weekly(found: Outcome, span: Span) -> bool:
    """Whether a rule would have fired once a week or more often, over four weeks at least."""
    weeks = (span.until - span.since) / _WEEK
    return weeks >= 4 and sum(found.by_month) >= weeks  # noqa: PLR2004 - a month says nothing of a habit


def _flaps(firings: Sequence[Firing]) -> int:
    limit = timedelta(days=FLAP_DAYS)
    return sum(
        before.ended_at is not None and now.began_at - before.ended_at <= limit
        for before, now in pairwise(firings)
    )


def _lead(firings: Iterable[Firing], event: Event) -> float | None:
    """Return the days from a firing to the start of an event: of the one open then, else the next after."""
    start = _start_of(event)
    for each in firings:
        is_open = each.ended_at is None or each.ended_at > start
        if is_open and each.began_at <= start + timedelta(days=LEAD_DAYS):
            return (start - each.began_at) / timedelta(days=1)
    return None


def _start_of(event: Event) -> datetime:
    return datetime.combine(event.starts_on, time(), UTC)
