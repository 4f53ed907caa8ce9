"""A backtest: the heat line, levels and alerts that would have been, by the very code that runs live."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitor.domain import heat, level
from monitor.domain import step as machine
from monitor.domain.alert import Alert, AlertEvent
from monitor.domain.clock import epoch, moment
from monitor.domain.fingerprint import fingerprint
from monitor.domain.level import Levels
from monitor.domain.model import Model
from monitor.domain.rule import Rule
from monitor.domain.scores import Scores
from monitor.domain.seen import When
from monitor.domain.series import Columns, Ints
from monitor.domain.timers import duty
from monitor.domain.turning import turning_points
from monitor.domain.watched import NEVER_ENDS, Watched, watched

# The functions that run live are called through their modules, so that whoever replaces one replaces both.


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What would have become of one rule: every event in order, and the alert at the end.

    `is_placed` is whether its subject has its series placed; one that has not is never evaluated.
    """

    rule: Rule
    alert: Alert
    events: tuple[AlertEvent, ...] = ()
    is_placed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """A subject's history under one set of definitions: heat and levels at each moment, a course a rule."""

    model: Model
    scores: Scores
    levels: Levels
    courses: tuple[Course, ...]


def backtest(
    model: Model,
    columns: Mapping[str, Columns],
    rules: Iterable[tuple[Rule, int]],
    *,
    until: int,
    ended: Mapping[str, int] | None = None,
    scored: Backtest | None = None,
) -> Backtest:
    """Run rules (each with its version) over a subject's history up to epoch second `until`.

    It begins where the first value became known, so that no level and no alert starts out of nothing, and
    at each moment uses only what was known then: at every moment data became known, every midnight, and when
    a timer runs out. `ended` are the seconds at which series were ended. `scored` is a backtest of the same
    model, columns and moment, whose scores are taken over. Outages and failing sources of the past are not
    known to it.
    """
    if scored is None:
        scores = heat.score(model, columns, at=moments(model, columns, until=until))
        stepped = level.levels(model.scale, model.subject.min_coverage, scores)
    else:
        scores, stepped = scored.scores, scored.levels
    courses = _courses(model, columns, tuple(rules), scores, stepped, until=until, ended=ended or {})
    return Backtest(model=model, scores=scores, levels=stepped, courses=courses)


def moments(model: Model, columns: Mapping[str, Columns], *, until: int) -> Ints:
    """Return the moments assessed live: from the first at which anything was known to `until`."""
    first = [np.maximum(each.known_at, each.period_start).min() for each in columns.values() if len(each)]
    start = int(min(first, default=until))
    return heat.change_moments(model, columns, start=start, end=until)


def run_rules(rules: Sequence[Watched], at: Ints, *, until: int) -> list[Course]:
    """Step every rule through the moments at which its state can change, and no other."""
    found = zip(rules, turning_points(rules, at), strict=True)
    return [Run(each, at, turning.sighted).through(turning.points, until=until) for each, turning in found]


def _courses(
    model: Model,
    columns: Mapping[str, Columns],
    rules: tuple[tuple[Rule, int], ...],
    scores: Scores,
    levels: Levels,
    *,
    until: int,
    ended: Mapping[str, int],
) -> tuple[Course, ...]:
    seen = [
        watched(
            rule, version=version, model=model, columns=columns, scores=scores, levels=levels,
            ended_at=ended.get(rule.series, NEVER_ENDS),
        )
        for rule, version in rules
    ]  # fmt: skip
    ran = iter(run_rules([each for each in seen if each is not None], scores.at, until=until))
    return tuple(
        Course(rule=rule, alert=new_alert(rule), is_placed=False) if each is None else next(ran)
        for (rule, _), each in zip(rules, seen, strict=True)
    )


def new_alert(rule: Rule) -> Alert:
    """Return the alert of a rule before it was ever evaluated."""
    name = fingerprint(rule.slug, rule.series or rule.subject)
    return Alert(fingerprint=name, rule=rule.slug, subject=rule.subject, series=rule.series)


class Run:
    """One rule on its way through the moments."""

    def __init__(self, rule: Watched, at: Ints, sighted: Ints) -> None:
        """Start from an alert that was never evaluated; `sighted` are the moments last not blind."""
        self.rule, self.at, self.sighted = rule, at, sighted
        self.alert = new_alert(rule.rule)
        self.events: list[AlertEvent] = []
        self.looked = -1
        self.ends = int(np.searchsorted(at, rule.ended_at)) if rule.rule.is_enabled else 0
        # A value taken back leaves an older row in force, and yet what was seen before stays seen.
        so_far = np.maximum.accumulate(np.where(sighted >= 0, rule.seq[np.maximum(sighted, 0)], 0))
        self.seq = np.where(sighted == np.arange(len(at)), so_far, rule.seq)

    def through(self, turns: Ints, *, until: int) -> Course:
        """Look at each turning point and whenever a timer runs out."""
        for number in turns.tolist():
            self._wake_before(int(self.at[number]))
            self._look(number, int(self.at[number]))
        self._wake_before(until + 1)
        if len(self.at):
            self._pass_over(len(self.at))
        return Course(rule=self.rule.rule, alert=self.alert, events=tuple(self.events))

    def _wake_before(self, second: int) -> None:
        """Evaluate at each due timer, by what was assessed last, as a worker would."""
        while self.alert.due_at is not None and (due := epoch(self.alert.due_at)) < second:
            self._look(int(np.searchsorted(self.at, due, side="right")) - 1, due)

    def _look(self, number: int, second: int) -> None:
        self._pass_over(number)
        self.looked, slot = number, moment(second)
        seconds, lost = duty(self.alert.evaluated_at, slot, ())
        when = When(wall=slot, duty_seconds=seconds, outage_seconds=lost)
        seen = replace(self.rule.snapshot(number, when=when, at=second), seq=int(self.seq[number]))
        self.alert, events = machine.step(self.alert, self.rule.rule, self.rule.version, seen, slot)
        self.events += events

    def _pass_over(self, number: int) -> None:
        """Keep what the evaluations left out just before `number` would have: the value they saw last.

        A series that was ended, or a rule that is disabled, is not looked at.
        """
        number = min(number, self.ends)
        last = int(self.sighted[number - 1]) if number else -1
        if last > self.looked and self.alert.evaluated_at is not None:
            value = self.rule.snapshot(last, when=When(wall=self.alert.evaluated_at), at=0)
            self.alert = replace(
                self.alert, value=value.value, period=value.period, evaluated_seq=int(self.seq[last])
            )
