"""Load what the rules of a subject look at: all of it at once, never a query a rule."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert, DataHealth
from monitor.domain.alerting.data_quality import quality_fingerprints
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.reckoned import RECKONED
from monitor.domain.alerting.rest import Rest, stays_at_rest
from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.alerting.seen import (
    LevelSeen,
    SeriesSeen,
    When,
    combined,
    level_snapshot,
    momentum_snapshot,
    series_snapshot,
    unseen,
)
from monitor.domain.alerting.snapshot import (
    Edges,
    Snapshot,
    data_health,
    formula_edges,
    level_edges,
    momentum_edges,
    threshold_edges,
)
from monitor.domain.alerting.timers import duty
from monitor.domain.clock import ClockMode
from monitor.domain.derivations.formula import Formula
from monitor.domain.errors import NotFound
from monitor.domain.indicator import Indicator
from monitor.domain.placement import Placement
from monitor.domain.scale import Scale
from monitor.domain.series import SeriesKey
from monitor.domain.subject import Subject
from monitor.services.model_of import scale_of_subject
from monitor.services.next_due import usual_gap
from monitor.services.reckon_rules import reckon_rules
from monitor.storage import alerts, heat_points, outages, pressures, series, snapshot, sources, subjects
from monitor.storage.heat_points import HeatPoint
from monitor.storage.pressures import Pressure
from monitor.storage.resting import at_rest
from monitor.storage.snapshot import Definitions
from monitor.storage.sources import SourceState
from monitor.storage.subjects import SubjectState

FAILED_RUNS, FAILED_INTERVALS = 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertInputs:
    """A subject as its rules see it: definitions, where it stands, and its alerts by fingerprint.

    `resting` are the rules whose evaluation would change nothing, by fingerprint; their alerts are not read.
    """

    subject: Subject
    scale: Scale
    state: SubjectState
    known: Definitions
    rules: Mapping[str, Rule]
    alerts: Mapping[str, Alert]
    placed: Mapping[str, Placement]
    pressures: Mapping[str, Pressure]
    point: HeatPoint | None
    reckoned: Mapping[str, float | None]
    ended: Mapping[str, datetime]
    sources: Mapping[str, SourceState]
    outages: Sequence[tuple[datetime, datetime]]
    slot: datetime
    now: datetime
    resting: frozenset[str] = frozenset()

    def when(self, alert: Alert) -> When:
        """Return the time of this evaluation, and how much of it was duty since the alert's last."""
        seconds, lost = duty(alert.evaluated_at, self.slot, self.outages)
        return When(wall=self.now, duty_seconds=seconds, outage_seconds=lost)

    def snapshot(self, alert: Alert, rule: Rule) -> Snapshot:
        """Return what one rule sees at the slot."""
        when = self.when(alert)
        if rule.kind is RuleKind.HEAT_LEVEL:
            return level_snapshot(level_edges(rule), self._level(), when=when)
        if rule.kind is RuleKind.MOMENTUM:
            moved = self.reckoned.get(rule.slug)
            return momentum_snapshot(momentum_edges(rule), self._level(), moved, when=when)
        return self._of_formula(rule, when) if rule.kind is RuleKind.FORMULA else self._of_series(rule, when)

    def indicator(self, rule: Rule) -> Indicator | None:
        """Return the indicator of a threshold rule, if there is one by that name."""
        return self.known.indicators.get(SeriesKey.parse(rule.series).indicator) if rule.series else None

    def pressure(self, rule: Rule) -> Pressure | None:
        """Return the assessed pressure of a rule's series, if the subject has it placed."""
        return self.pressure_of(rule.series)

    def pressure_of(self, series: str) -> Pressure | None:
        """Return the assessed pressure of a series, if the subject has it placed."""
        placement = self.placed.get(series)
        return None if placement is None else self.pressures.get(placement.slug)

    def source_of(self, series: str) -> str:
        """Return the source that a series' indicator is read from; empty for one that is reckoned."""
        indicator = _indicator(self.known, series)
        return "" if indicator is None else indicator.source

    @property
    def fed_by(self) -> frozenset[str]:
        """The sources of the series that the subject has placed."""
        return frozenset(self.source_of(key) for key in self.placed) - {""}

    @property
    def failing_sources(self) -> dict[str, datetime]:
        """The sources that feed the subject and have failed too long, each with since when."""
        found = {source: self._failing_since(source) for source in self.fed_by}
        return {source: since for source, since in found.items() if since is not None}

    def health_of(self, series: str) -> DataHealth:
        """Return whether there is anything to judge a placed series by."""
        indicator, found = _indicator(self.known, series), self.pressure_of(series)
        if indicator is None or found is None or not found.is_observed:
            return DataHealth.NO_DATA
        if found.value is not None and not math.isfinite(found.value):
            return DataHealth.ERROR
        return data_health(
            freshness=found.freshness, is_observed=True, is_failing=self._is_failing(indicator, found)
        )

    def _level(self) -> LevelSeen:
        point = self.point
        return LevelSeen(
            concern=None if point is None else point.concern,
            is_assessed=point is not None,
            period=max((each.period_end or 0 for each in self.pressures.values()), default=0) or None,
            seq=0 if point is None else point.input_seq,
        )

    def _of_series(self, rule: Rule, when: When) -> Snapshot:
        indicator, found = self.indicator(rule), self.pressure(rule)
        if indicator is None or found is None:
            return unseen(when=when)
        value = self.reckoned.get(rule.slug, found.value)
        seen = _seen(found, value)
        return series_snapshot(
            threshold_edges(rule, self.placed[rule.series].normalisation or indicator.normalisation),
            seen,
            when=when,
            cadence_days=indicator.cadence_days,
            is_failing=self._is_failing(indicator, found),
            is_ended=rule.series in self.ended,
        )

    def _of_formula(self, rule: Rule, when: When) -> Snapshot:
        """Return what a formula makes of its operands; nothing is seen while one is not placed."""
        there: dict[str, tuple[Pressure, Indicator]] = {}
        for name, key in rule.operands.items():
            found, own = self.pressure_of(key), _indicator(self.known, key)
            if found is None or own is None:
                return unseen(when=when)
            there[name] = found, own
        operands = {name: _seen(found, found.value) for name, (found, _) in there.items()}
        return series_snapshot(
            formula_edges(rule),
            combined(Formula(text=rule.formula), operands),
            when=when,
            cadence_days=min(own.cadence_days for _, own in there.values()),
            is_failing=any(self._is_failing(own, found) for found, own in there.values()),
            is_ended=not self.ended.keys().isdisjoint(rule.watches),
        )

    def _is_failing(self, indicator: Indicator, seen: Pressure) -> bool:
        """Whether its source has failed too long; not where a newer value came by hand."""
        since = self._failing_since(indicator.source)
        return since is not None and not (seen.known_at is not None and seen.known_at > since.timestamp())

    def _failing_since(self, slug: str) -> datetime | None:
        """Return when a source that has failed too long last did well, or was first asked."""
        source, state = self.known.sources.get(slug), self.sources.get(slug)
        if source is None or state is None or state.last_run_at is None:
            return None
        if self.state.clock.mode is not ClockMode.LIVE or state.failures < FAILED_RUNS:
            return None
        interval = usual_gap(source, now=self.now)
        if interval is None:
            return None
        since = state.last_ok_at or state.last_run_at - interval * state.failures
        return since if self.now - since >= FAILED_INTERVALS * interval else None


def load_alert_inputs(session: Session, slug: str, *, slot: datetime, now: datetime) -> AlertInputs:
    """Return everything the rules of a subject look at; NotFound if the subject is not defined."""
    states = subjects.states(session, [slug])
    return load_all_inputs(session, {slug: slot}, states=states, now=now, with_resting=True)[slug]


def load_all_inputs(
    session: Session,
    slots: Mapping[str, datetime],
    *,
    states: Mapping[str, SubjectState],
    now: datetime,
    with_resting: bool = False,
) -> dict[str, AlertInputs]:
    """Return everything the rules of subjects look at, each at its slot, in one query a table; NotFound.

    Of rules whose evaluation would change nothing the alerts are not read: those are `resting`.
    """
    known = snapshot.current(session)
    missing = sorted(slots.keys() - (known.subjects.keys() & states.keys()))
    if missing:
        raise NotFound(f"there is no subject {missing[0]}")
    watched = {slug: watched_by(known, slug) for slug in slots}
    is_any_live = any(state.clock.mode is ClockMode.LIVE for state in states.values())
    points = heat_points.last(session, slots)
    ended, found_sources = series.all_ended(session), sources.states(session) if is_any_live else {}
    found = pressures.by_subject(session, slots)
    bare = {
        slug: AlertInputs(
            subject=known.subjects[slug],
            scale=scale_of_subject(known, known.subjects[slug]),
            state=states[slug],
            known=known,
            rules=watched[slug].rules,
            alerts={},
            placed=watched[slug].placed,
            pressures=found[slug],
            point=points.get(slug),
            reckoned=reckon_rules(session, known, watched[slug].rules.values(), at=slot),
            ended=ended,
            sources=found_sources if states[slug].clock.mode is ClockMode.LIVE else {},
            outages=(),
            slot=slot,
            now=now,
        )
        for slug, slot in slots.items()
    }
    resting = {} if with_resting else at_rest(session, slots)
    still = {slug: _resting(inputs, watched[slug], resting) for slug, inputs in bare.items()}
    every = alerts.of_rules(
        session,
        slots,
        fingerprints={name for each in watched.values() for name in each.fingerprints},
        but={name for names in still.values() for name in names},
    )
    own = {slug: _of_subject(every, slug, watched[slug]) for slug in slots}
    times = _outages(session, every.values(), until=max(slots.values())) if is_any_live else ()
    return {
        slug: replace(
            inputs,
            alerts=own[slug],
            resting=still.get(slug, frozenset()),
            outages=times if inputs.state.clock.mode is ClockMode.LIVE else (),
        )
        for slug, inputs in bare.items()
    }


def _outages(
    session: Session, every: Iterable[Alert], *, until: datetime
) -> Sequence[tuple[datetime, datetime]]:
    """Return when no worker lived since the first of these alerts was evaluated."""
    since = [each.evaluated_at for each in every if each.evaluated_at]
    lost = outages.between(session, min(since), until) if since else []
    return [(each.started_at, each.ended_at) for each in lost]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the definitions say of a subject's rules: rules by fingerprint, and what they may look at."""

    rules: Mapping[str, Rule]
    placed: Mapping[str, Placement]
    fingerprints: frozenset[str]
    plain: Mapping[str, "Plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A rule that compares the value of a series its subject has placed, and nothing reckoned from more."""

    series: str
    placement: str
    version: int
    edges: Edges


def watched_by(known: Definitions, slug: str) -> Watched:
    """Return what these definitions say of a subject's rules, gathered once."""
    found: Watched | None = known.kept.get((Watched, slug))
    if found is None:
        rules = {fingerprint(rule.slug, rule.series or rule.subject): rule for rule in known.rules_of(slug)}
        placed = _placed(known.placements_of(slug))
        fed_by = {each.source for key in placed if (each := _indicator(known, key)) is not None} - {""}
        found = known.kept[Watched, slug] = Watched(
            rules=rules,
            placed=placed,
            fingerprints=frozenset([*rules, *quality_fingerprints(placed, fed_by)]),
            plain=dict(_plain(known, rules, placed)),
        )
    return found


def _plain(
    known: Definitions, rules: Mapping[str, Rule], placed: Mapping[str, Placement]
) -> Iterator[tuple[str, Plain]]:
    for name, rule in rules.items():
        indicator = _indicator(known, rule.series) if rule.series in placed else None
        if rule.kind is not RuleKind.THRESHOLD or not rule.is_enabled or rule.measure in RECKONED:
            continue
        if indicator is not None:
            own = placed[rule.series]
            edges = threshold_edges(rule, own.normalisation or indicator.normalisation)
            version = known.version_of("rule", rule.slug)
            yield name, Plain(series=rule.series, placement=own.slug, version=version, edges=edges)


def _of_subject(every: Mapping[str, Alert], slug: str, watched: Watched) -> dict[str, Alert]:
    return {
        name: each for name, each in every.items() if each.subject == slug or name in watched.fingerprints
    }


def _resting(inputs: AlertInputs, watched: Watched, resting: Mapping[str, Rest]) -> frozenset[str]:
    """Return which of a subject's rules would find what they found the last time."""
    if inputs.failing_sources:
        return frozenset()
    return frozenset(
        name
        for name, plain in watched.plain.items()
        if (rest := resting.get(name)) is not None
        and (found := inputs.pressures.get(plain.placement)) is not None
        and plain.series not in inputs.ended
        and stays_at_rest(
            rest,
            rule_version=plain.version,
            edges=plain.edges,
            seen=found,
            health=data_health(freshness=found.freshness, is_observed=found.is_observed, is_failing=False),
        )
    )


def _seen(found: Pressure, value: float | None) -> SeriesSeen:
    return SeriesSeen(
        value=value, pressure=found.pressure, freshness=found.freshness,
        is_observed=found.is_observed, period_end=found.period_end, seq=found.seq,
    )  # fmt: skip


def _indicator(known: Definitions, series_key: str) -> Indicator | None:
    return known.indicators.get(SeriesKey.parse(series_key).indicator)


def _placed(placements: Sequence[Placement]) -> dict[str, Placement]:
    """Return one placement a series; where a series is placed twice, the first by slug is judged."""
    return {each.series: each for each in reversed(placements)}
