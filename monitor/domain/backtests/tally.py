"""Count the firings of thousands of rules: `step` is asked once for each situation, not for each rule.

Where a rule has no timer and its data is sound and only goes on, what `step` makes of a moment depends on
nothing but the situation: where the alert stands, and which edges the value has reached. So the outcome of a
situation, once stepped, holds for every rule of the same form: the table of an automaton, filled as it runs.
Any other rule is stepped by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from monitor.domain.alerting import step as machine
from monitor.domain.alerting.alert import Alert, AlertEvent, EventType
from monitor.domain.alerting.flapping import STARTS_AT, window
from monitor.domain.alerting.rule import Rule
from monitor.domain.alerting.seen import When
from monitor.domain.alerting.timers import keep_firing_seconds, lockout_seconds
from monitor.domain.backtests.backtest import Run, new_alert
from monitor.domain.backtests.firing import firings
from monitor.domain.backtests.turning import ENTERED, Turning, turning_points
from monitor.domain.backtests.watched import NEVER_ENDS, Watched
from monitor.domain.clock import DAY_SECONDS, epoch
from monitor.domain.scale import Concern
from monitor.domain.series import Ints

_SAME = 1 << 8
_SLOT = datetime(2000, 1, 2, tzinfo=UTC)
_SEEN = 1_000_000
_IDENTITY = frozenset(
    {"slug", "name", "subject", "series", "enter", "exit", "labels", "runbook", "lowest_concern", "measure"}
)
_FORM = tuple(each.name for each in fields(Rule) if each.name not in _IDENTITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Firings in the order of their rules: the rule's place, epoch seconds of both ends, the worst concern.

    An open one ends at NEVER_ENDS.
    """

    rule: Ints
    began: Ints
    ended: Ints
    peak: Ints

    def __len__(self) -> int:
        """Count the firings."""
        return len(self.rule)

    def moments(self, at: Ints) -> Ints:
        """Count for each the moments at which it fired."""
        found: Ints = np.searchsorted(at, self.ended) - np.searchsorted(at, self.began)
        return found


def tally(rules: Sequence[Watched], at: Ints, *, until: int) -> Tally:
    """Return every firing of the rules, the same as stepping each of them would give."""
    tables: dict[tuple[object, ...], _Table] = {}
    periods = _Periods()
    rows: list[tuple[int, int, int, int]] = []
    seconds = at.tolist()
    for place, (each, turning) in enumerate(zip(rules, turning_points(rules, at), strict=True)):
        if _is_plain(each, turning, at, periods):
            form = _form(each)
            if form not in tables:
                tables[form] = _Table()
                tables[form].number_of(_situation(new_alert(each.rule)))
            found = _by_table(tables[form], each, turning, seconds)
        else:
            found = _by_itself(each, turning, at, until)
        rows += [(place, *firing) for firing in found]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Tally(rule=columns[0], began=columns[1], ended=columns[2], peak=columns[3])


@dataclass(slots=True)
class _Told:
    """What a situation leads to: the next one, and whether a firing begins, ends or gets worse."""

    following: int
    kinds: tuple[tuple[EventType, Concern], ...]


@dataclass(slots=True)
class _Table:
    """The situations met so far, the first before any evaluation, and what each letter led to."""

    alerts: list[Alert] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    told: dict[tuple[int, int], _Told] = field(default_factory=dict)

    def number_of(self, alert: Alert) -> int:
        """Return the number of a situation; a new one is kept."""
        name = repr(alert)
        if name not in self.numbers:
            self.numbers[name] = len(self.alerts)
            self.alerts.append(alert)
        return self.numbers[name]

    def learn(self, state: int, letter: int, rule: Watched, number: int) -> _Told:
        """Step once from a situation and keep what came of it."""
        when = When(wall=_SLOT, duty_seconds=float(DAY_SECONDS))
        seen = rule.snapshot(number, when=when, at=int(_SLOT.timestamp()))
        seen = replace(seen, period=_SEEN, seq=_SEEN)
        before = replace(self.alerts[state], value=seen.value if letter & _SAME else None)
        after, events = machine.step(before, rule.rule, rule.version, seen, _SLOT)
        told = _Told(self.number_of(_situation(after)), tuple(_kind(event) for event in events))
        self.told[state, letter] = told
        return told


def _kind(event: AlertEvent) -> tuple[EventType, Concern]:
    return event.type, event.concern


def _situation(alert: Alert) -> Alert:
    """Take away what names an alert, and all that only says when: what is left decides how it goes on."""
    pending = {
        concern: replace(stood, seconds=0.0, periods=tuple(range(len(stood.periods))))
        for concern, stood in alert.pending.items()
    }
    is_new = alert.evaluated_at is None
    return replace(
        alert, fingerprint="", rule="", subject="", series="", episode_id="", event_seq=0, health_seq=0,
        version=0, rule_version=0, calm_seconds=0.0, lower_seconds=0.0, pending=pending, value=None,
        period=None if is_new else _SEEN - 1, evaluated_seq=0 if is_new else _SEEN - 1, due_at=None,
        evaluated_at=None if is_new else _SLOT - timedelta(days=1),
        started_at=None if alert.started_at is None else _SLOT - timedelta(days=1), returns=(),
        rested_at=None,
    )  # fmt: skip


def _form(rule: Watched) -> tuple[Any, ...]:
    """Return all of a rule that `step` may go by beside its edges."""
    concerns = tuple(rule.edges.by_concern)
    return (*(getattr(rule.rule, name) for name in _FORM), concerns, rule.cadence_days)


@dataclass(slots=True)
class _Periods:
    """Whether periods rise from each moment to the next; series read together share their memory."""

    known: dict[tuple[Any, ...], bool] = field(default_factory=dict)

    def rise(self, period: Ints) -> bool:
        """Look at a stretch of memory once."""
        place = (period.__array_interface__["data"], period.strides, len(period))
        if place not in self.known:
            self.known[place] = bool((period[1:] > period[:-1]).all())
        return self.known[place]


def _is_plain(rule: Watched, turning: Turning, at: Ints, periods: _Periods) -> bool:
    """Whether time plays no part, all data is sound, and each turn is the news of a later period."""
    keep = keep_firing_seconds(rule.rule, rule.cadence_days * DAY_SECONDS)
    if (
        rule.rule.for_seconds
        or keep
        or lockout_seconds(rule.rule)
        or not turning.is_sound
        or rule.ended_at != NEVER_ENDS
    ):
        return False
    if rule.rule.absorbs_flapping and _may_flap(rule, turning, at):
        return False
    if periods.rise(rule.period):
        return True
    turns = rule.period[turning.points]
    before = rule.period[np.maximum(turning.points - 1, 0)]
    return bool((turns[1:] > before[1:]).all() and (np.diff(rule.period) >= 0).all())


def _may_flap(rule: Watched, turning: Turning, at: Ints) -> bool:
    """Whether the value comes back from calm so often within the window that the alert could flap."""
    marks = turning.marks[turning.points]
    comes_back = (marks[1:] & ENTERED != 0) & (marks[:-1] & ENTERED == 0)
    returns = at[turning.points[1:][comes_back]]
    within = window(rule.cadence_days * DAY_SECONDS).total_seconds()
    return bool((returns[STARTS_AT - 1 :] - returns[: 1 - STARTS_AT] <= within).any())


def _by_table(
    table: _Table, rule: Watched, turning: Turning, seconds: list[int]
) -> Iterator[tuple[int, int, int]]:
    points = turning.points
    compared = rule.compared
    is_same = compared[points] == compared[np.maximum(points - 1, 0)]
    is_same[:1] = False
    letters = turning.marks[points].astype(np.int64) + np.where(is_same, _SAME, 0)
    began, peak, state = -1, 0, 0
    for number, letter in zip(points.tolist(), letters.tolist(), strict=True):
        told = table.told.get((state, letter)) or table.learn(state, letter, rule, number)
        state = told.following
        for kind, concern in told.kinds:
            if kind is EventType.FIRING:
                began, peak = seconds[number], concern
            elif kind is EventType.CONCERN_RAISED:
                peak = max(peak, concern)
            elif kind is EventType.RESOLVED:
                yield began, seconds[number], peak
                began = -1
    if began >= 0:
        yield began, NEVER_ENDS, peak


def _by_itself(rule: Watched, turning: Turning, at: Ints, until: int) -> Iterator[tuple[int, int, int]]:
    course = Run(rule, at, turning).through(until=until)
    for each in firings(rule.rule.slug, course.events):
        ended = NEVER_ENDS if each.ended_at is None else epoch(each.ended_at)
        yield epoch(each.began_at), ended, int(each.peak)
