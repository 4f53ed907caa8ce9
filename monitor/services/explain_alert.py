"""Explain an alert event: what moved its subject's heat since the event before it of the same alert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert, AlertEvent, EventType
from monitor.domain.alerting.data_quality import is_data_quality
from monitor.domain.alerting.explanation import Explanation, Moved
from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.clock import ClockMode, epoch
from monitor.domain.indicator import Indicator
from monitor.domain.ledgers.ledger import Ledger, Moment, Term, ledger
from monitor.domain.ledgers.side import Side, side_of
from monitor.domain.phrases import Phrase, phrase
from monitor.domain.scoring.model import Model
from monitor.domain.series import Columns
from monitor.services.alert_inputs import AlertInputs
from monitor.services.model_of import last_scores, model_by
from monitor.services.overview.derivations import placement_name
from monitor.services.overview.ledgers import LEAST
from monitor.services.overview.words import value_phrase
from monitor.services.read_columns import keep_columns_of_all
from monitor.storage import alerts, heat_points

MOST_MOVED = 3
# A firing is explained over this span at most: the step that crossed the edge alone says too little.
EXPLAINED = timedelta(days=30)
_STEPS = frozenset(
    {EventType.FIRING, EventType.CONCERN_RAISED, EventType.CONCERN_LOWERED, EventType.RESOLVED}
)
_OPENING = frozenset({EventType.FIRING})


# An event, and the rule it is of.
Explained = tuple[Rule | None, AlertEvent]


@dataclass(slots=True, kw_only=True)
class Explainer:
    """One subject at one slot; `ended` is when the last episode of those alerts ended that fire now."""

    inputs: AlertInputs
    model: Model
    columns: Mapping[str, Columns] = field(default_factory=dict)
    ended: Mapping[str, datetime] = field(default_factory=dict)
    _ledgers: dict[tuple[int, int | None, int | None, str], Ledger] = field(default_factory=dict)
    _sides: dict[tuple[int, int | None, int], Side] = field(default_factory=dict)

    def explain(
        self, session: Session, event: AlertEvent, *, before: Alert, rule: Rule | None
    ) -> Explanation:
        """Return what moved heat since this alert's event before, at most three series.

        A threshold alert is explained by its own series; an ack by what its episode was last told for.
        """
        if not _has_cause(self.inputs, rule):
            return Explanation()
        if rule is None or event.type not in _STEPS:
            return _told(session, event)
        start = self._start(session, event, before)
        own = rule.series if rule.kind is RuleKind.THRESHOLD else ""
        found = self._ledger(start, series_key=own)
        since = start.since or self.inputs.slot
        return Explanation(since=since, moved=tuple(self._moved(found, series_key=own)))

    def _start(self, session: Session, event: AlertEvent, before: Alert) -> "_Start":
        """Where the explanation begins.

        On a clock that stands, time explains nothing: what came in since the alert was last judged does.
        """
        slot, now = self.inputs.slot, epoch(self.inputs.now)
        is_standing = self.inputs.state.clock.mode is ClockMode.STANDING
        if is_standing and before.evaluated_at == slot:
            seen = heat_points.input_seq_at(
                session, self.inputs.subject.slug, slot, holding=before.evaluated_seq
            )
            return _Start(at=epoch(slot), known_at=now, max_seq=seen)
        is_opening = event.type is EventType.FIRING
        last = self.ended.get(event.fingerprint) if is_opening else _last_step(session, event)
        if last is not None and last < slot and not (is_opening and slot - last > EXPLAINED):
            point = heat_points.at(session, self.inputs.subject.slug, last)
            if point is not None:
                return _Start(at=epoch(last), known_at=now, max_seq=point.input_seq, since=last)
        # Nothing was told before: the month before as it was known, without what an archive learned later.
        since = slot - EXPLAINED
        return _Start(at=epoch(since), until_known=epoch(slot) if is_standing else now, since=since)

    def _ledger(self, start: "_Start", *, series_key: str) -> Ledger:
        key = (start.at, start.max_seq, start.until_known, series_key)
        if key not in self._ledgers and self.inputs.point is not None:
            seen = self.inputs.point.input_seq
            least = seen if start.max_seq is None else min(start.max_seq, seen)
            until_known = start.until_known or epoch(self.inputs.now)
            self._ledgers[key] = ledger(
                self._side(at=start.at, known_at=start.known_at, max_seq=least),
                self._side(at=epoch(self.inputs.slot), known_at=until_known, max_seq=seen),
                only=self._placements_on(series_key) if series_key else None,
            )
        return self._ledgers[key]

    def _side(self, *, at: int, known_at: int | None, max_seq: int) -> Side:
        """Return a moment scored, once: the alerts of a subject are mostly explained between the same two."""
        key = (at, known_at, max_seq)
        if key not in self._sides:
            moment = Moment(model=self.model, columns=self.columns, at=at, known_at=known_at, max_seq=max_seq)
            self._sides[key] = side_of(moment, last_scores(self.inputs.known, self.model, of=key))
        return self._sides[key]

    def _placements_on(self, series_key: str) -> set[str]:
        placements = self.inputs.known.placements_of(self.inputs.subject.slug)
        return {each.slug for each in placements if each.series == series_key}

    def _moved(self, found: Ledger, *, series_key: str) -> list[Moved]:
        """Return the placements that moved heat most, all their causes together, the largest first."""
        parts: dict[str, list[Term]] = {}
        for term in found.terms:
            placement = self.inputs.known.placements.get(term.placement)
            if placement is not None and series_key in {"", placement.series}:
                parts.setdefault(term.placement, []).append(term)
        sums = {slug: sum(term.heat_delta for term in terms) for slug, terms in parts.items()}
        largest = sorted(sums, key=lambda slug: -abs(sums[slug]))[:MOST_MOVED]
        return [self._named(parts[slug], sums[slug]) for slug in largest if abs(sums[slug]) >= LEAST]

    def _named(self, terms: Sequence[Term], total: float) -> Moved:
        largest = max(terms, key=lambda term: abs(term.heat_delta))
        key = self.inputs.known.placements[largest.placement].series
        indicator = self.inputs.known.indicators[key.partition(":")[0]]
        values = (largest.before_value, largest.after_value)
        return Moved(
            name=placement_name(self.inputs.known, indicator, key, subject=self.inputs.subject),
            cause=largest.cause.value,
            driver=largest.driver,
            heat_delta=total,
            before=largest.before_value,
            after=largest.after_value,
            detail=_detail(indicator, *values),
        )


def _detail(indicator: Indicator, before: float | None, after: float | None) -> Phrase:
    """100 to 352 index; first known: 352 index."""
    last: str = "–" if after is None else value_phrase(indicator, after)
    if not indicator.words and not indicator.unit.startswith("%"):
        last = phrase("{value} {unit}", value=last, unit=indicator.unit)
    if before is None:
        return phrase("first known: {value}", value=last)
    return phrase("{low} to {high}", low=value_phrase(indicator, before), high=last)


def load_explainers(
    session: Session, telling: Sequence[tuple[AlertInputs, Sequence[Explained]]]
) -> dict[str, Explainer]:
    """Read what explains the events of these subjects, in a few queries for all; by subject."""
    models = {inputs.subject.slug: model_by(inputs.known, inputs.subject.slug) for inputs, _ in telling}
    moved = [
        inputs.subject.slug
        for inputs, events in telling
        if any(event.type in _STEPS and _has_cause(inputs, rule) for rule, event in events)
    ]
    columns = dict(zip(moved, keep_columns_of_all(session, [models[slug] for slug in moved]), strict=True))
    opening = {event.fingerprint for _, events in telling for _, event in events if event.type in _OPENING}
    ended = alerts.last_ended(session, opening) if opening else {}
    return {
        inputs.subject.slug: Explainer(
            inputs=inputs,
            model=models[inputs.subject.slug],
            columns=columns.get(inputs.subject.slug, {}),
            ended=ended,
        )
        for inputs, _ in telling
    }


def _has_cause(inputs: AlertInputs, rule: Rule | None) -> bool:
    """Whether something that moved heat may explain an event: not one on the data itself."""
    return inputs.point is not None and rule is not None and not is_data_quality(rule.slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """The earlier moment: `known_at` None knows what was known at it; `until_known` limits the later one."""

    at: int
    known_at: int | None = None
    max_seq: int | None = None
    until_known: int | None = None
    since: datetime | None = None


def _last_step(session: Session, event: AlertEvent) -> datetime | None:
    """When this alert last fired, changed its concern or ended; None if it never did."""
    steps = [each.at for each in alerts.events(session, event.episode_id) if each.type in _STEPS]
    if steps:
        return steps[-1]
    earlier = alerts.recent_episodes(session, fingerprint=event.fingerprint, limit=2)
    return next((each.ended_at for each in earlier if each.ended_at is not None), None)


def _told(session: Session, event: AlertEvent) -> Explanation:
    """Repeat what the episode was last explained by: an ack moves nothing."""
    steps = [each for each in alerts.events(session, event.episode_id) if each.type in _STEPS]
    return Explanation.read(steps[-1].body) if steps else Explanation()
