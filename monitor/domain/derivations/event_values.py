"""Values of events: what happened on a day, or held from one day to another, as a series (heat.md 2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.event import Event
from monitor.domain.grade import grade_factor
from monitor.domain.series import Columns, empty_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class EventValues:
    """Which events give a value: those of some kinds, on some subjects' timelines (none named: all).

    Each gives `value`, or what `values` says for its kind, for its first day; several on a day add up. With
    `while_it_lasts` it holds from the first day to the last, and is 0 on the day after.
    """

    kind: ClassVar[str] = "events"
    kinds: tuple[str, ...]
    subjects: tuple[str, ...] = ()
    value: float = 1.0
    values: Mapping[str, float] = field(default_factory=dict)
    while_it_lasts: bool = False

    def __post_init__(self) -> None:
        """Refuse a spec that takes nothing, and values of kinds it does not take."""
        if not self.kinds:
            message = "events: name at least one kind"
            raise ValueError(message)
        strange = sorted(set(self.values) - set(self.kinds))
        if strange:
            message = f"events: values names {strange[0]}, which is not among its kinds"
            raise ValueError(message)

    def takes(self, event: Event) -> bool:
        """Whether an event gives a value."""
        is_on = not self.subjects or bool(set(self.subjects) & set(event.subjects))
        return event.kind in self.kinds and is_on

    def worth(self, event: Event) -> float:
        """Return what an event is worth."""
        return float(self.values.get(event.kind, self.value))


def event_columns(spec: EventValues, events: Iterable[Event]) -> Columns:
    """Return a row for each day on which a value begins or changes, known at the end of that day.

    Replays know events by the definitions of their time, so that the rows bear no number of their own.
    """
    taken = sorted(
        (each for each in events if spec.takes(each)), key=lambda each: (each.starts_on, each.slug)
    )
    days = _lasting(spec, taken) if spec.while_it_lasts else _single(spec, taken)
    if not days:
        return empty_columns()
    start = np.array([_midnight(day) for day in days], dtype=np.int64)
    values, grades = (np.array(part, dtype=np.float64) for part in zip(*days.values(), strict=True))
    nothing, zero = np.full(len(start), np.nan), np.zeros(len(start), dtype=np.int64)
    return Columns(
        period_start=start, period_end=start + DAY_SECONDS, known_at=start + DAY_SECONDS,
        source_revision=zero, seq=zero, value=values, low=nothing, high=nothing, grade=grades,
    )  # fmt: skip


Days = dict[date, tuple[float, float]]


def _single(spec: EventValues, events: Iterable[Event]) -> Days:
    """Add the worth of a day's events up; the worst grade counts."""
    found: Days = {}
    for event in events:
        value, grade = found.get(event.starts_on, (0.0, np.inf))
        found[event.starts_on] = value + spec.worth(event), min(grade, grade_factor(event.grade))
    return {day: (value, _known(grade)) for day, (value, grade) in sorted(found.items())}


def _lasting(spec: EventValues, events: Iterable[Event]) -> Days:
    """Add up what is under way on each day on which something begins or has ended."""
    lasting = list(events)
    changes = {each.starts_on for each in lasting}
    changes |= {_day_after(each.ends_on) for each in lasting if each.ends_on is not None}
    found: Days = {}
    for day in sorted(changes):
        on = [each for each in lasting if each.starts_on <= day <= (each.ends_on or day)]
        grade = min((grade_factor(each.grade) for each in on), default=np.inf)
        found[day] = float(sum(spec.worth(each) for each in on)), _known(grade)
    return found


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _known(grade: float) -> float:
    return np.nan if np.isinf(grade) else grade


def _midnight(day: date) -> int:
    return int(np.datetime64(day, "s").astype(np.int64))
