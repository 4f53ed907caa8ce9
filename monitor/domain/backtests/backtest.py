"""A backtest: the heat line, levels and alerts that would have been, by the very code that runs live."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitor.domain.alerting import step as machine
from monitor.domain.alerting.alert import Alert, AlertEvent, AlertState, changed
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.rule import Rule
from monitor.domain.alerting.seen import When
from monitor.domain.alerting.timers import duty
from monitor.domain.backtests.turning import ENTERED, Turning, turning_points
from monitor.domain.backtests.watched import NEVER_ENDS, Watched, watched
from monitor.domain.clock import epoch, moment
from monitor.domain.scoring import heat, level
from monitor.domain.scoring.level import Levels
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Columns, Ints

# The functions that run live are called through their modules, so that whoever replaces one replaces both.


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What would have become of one rule: every event in order, the alert at the end, what it saw."""

    rule: Rule
    alert: Alert
    events: tuple[AlertEvent, ...] = ()
    seen: Watched | None = None

    @property
    def is_placed(self) -> bool:
        """Whether its subject has its series placed; a rule of which it has not is never evaluated."""
        return self.seen is not None


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
    like: Backtest | None = None,
) -> Backtest:
    """Run rules (each with its version) over a subject's history up to epoch second `until`.

    It begins where the first value became known, so that no level and no alert starts out of nothing, and
    at each moment uses only what was known then: at every moment data became known, every midnight, and when
    a timer runs out. `ended` are the seconds at which series were ended. What equals a backtest `like` this,
    of the same rows, is taken over from it. Outages and failing sources of the past are not known.
    """
    if like is not None and like.model == model:
        scores, stepped = like.scores, like.levels
    else:
        scores = heat.score(model, columns, at=moments(model, columns, until=until))
        stepped = level.levels(model.scale, model.subject.min_coverage, scores)
    seen = [
        watched(
            rule, version=version, model=model, columns=columns, scores=scores, levels=stepped,
            ended_at=min(((ended or {}).get(key, NEVER_ENDS) for key in rule.watches), default=NEVER_ENDS),
        )
        or rule
        for rule, version in rules
    ]  # fmt: skip
    courses = _courses(seen, scores.at, until=until, like=like)
    return Backtest(model=model, scores=scores, levels=stepped, courses=courses)


def moments(model: Model, columns: Mapping[str, Columns], *, until: int) -> Ints:
    """Return the moments assessed live: from the first at which anything was known to `until`."""
    first = [np.maximum(each.known_at, each.period_start).min() for each in columns.values() if len(each)]
    start = int(min(first, default=until))
    return heat.change_moments(model, columns, start=start, end=until)


def run_rules(rules: Sequence[Watched], at: Ints, *, until: int) -> list[Course]:
    """Step every rule through the moments at which its state can change, and no other."""
    found = zip(rules, turning_points(rules, at), strict=True)
    return [Run(each, at, turning).through(until=until) for each, turning in found]


def _courses(
    seen: Sequence[Watched | Rule], at: Ints, *, until: int, like: Backtest | None
) -> tuple[Course, ...]:
    """Run the rules, but for those that saw the very same in a backtest like this one, or see nothing."""
    known: dict[str, Course] = {}
    if like is not None and np.array_equal(like.scores.at, at):
        known = {each.rule.slug: each for each in like.courses}
    found = {
        each.rule.slug: known[each.rule.slug]
        for each in seen
        if isinstance(each, Watched) and each.rule.slug in known and each.equals(known[each.rule.slug].seen)
    }
    left = [each for each in seen if isinstance(each, Watched) and each.rule.slug not in found]
    found |= {course.rule.slug: course for course in run_rules(left, at, until=until)}
    return tuple(
        found[each.rule.slug] if isinstance(each, Watched) else Course(rule=each, alert=new_alert(each))
        for each in seen
    )


def new_alert(rule: Rule) -> Alert:
    """Return the alert of a rule before it was ever evaluated."""
    name = fingerprint(rule.slug, rule.series or rule.subject)
    return Alert(fingerprint=name, rule=rule.slug, subject=rule.subject, series=rule.series)


class Run:
    """One rule on its way through the moments."""

    def __init__(self, rule: Watched, at: Ints, turning: Turning) -> None:
        """Start from an alert that was never evaluated."""
        self.rule, self.at, self.turning = rule, at, turning
        self.alert = new_alert(rule.rule)
        self.events: list[AlertEvent] = []
        self.looked = -1
        self.ends = int(np.searchsorted(at, rule.ended_at)) if rule.rule.is_enabled else 0
        # A value taken back leaves an older row in force, and yet what was seen before stays seen.
        sighted = turning.sighted
        so_far = np.maximum.accumulate(np.where(sighted >= 0, rule.seq[np.maximum(sighted, 0)], 0))
        self.seq = np.where(sighted == np.arange(len(at)), so_far, rule.seq)

    def through(self, *, until: int) -> Course:
        """Look at each turning point and whenever a timer runs out."""
        for number in self.turning.points.tolist():
            if self._is_at_rest(number):
                continue
            self._wake_before(int(self.at[number]))
            self._look(number, int(self.at[number]))
        self._wake_before(until + 1)
        if len(self.at):
            self._pass_over(len(self.at))
        return Course(rule=self.rule.rule, alert=self.alert, events=tuple(self.events), seen=self.rule)

    def _is_at_rest(self, number: int) -> bool:
        """Whether nothing is open or entered, so that an edge of leaving that is crossed leaves nothing."""
        alert = self.alert
        is_resting = alert.state is AlertState.INACTIVE and not alert.pending and self.looked >= 0
        is_calm = self.turning.is_sound and not self.turning.marks[number] & ENTERED
        return is_resting and is_calm and number < self.ends

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
        last = int(self.turning.sighted[number - 1]) if number else -1
        if last > self.looked and self.alert.evaluated_at is not None:
            value, period = self.rule.remembered(last)
            self.alert = changed(self.alert, value=value, period=period, evaluated_seq=int(self.seq[last]))
