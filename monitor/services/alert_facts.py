"""Gather the facts around alert events for their bodies, read only when there is something to tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert, AlertEvent, EventType, Reason
from monitor.domain.alerting.alert_body import Facts, Watched
from monitor.domain.alerting.data_quality import Trouble, is_data_quality
from monitor.domain.alerting.rule import Rule
from monitor.domain.alerting.snapshot import Edges, Snapshot
from monitor.domain.clock import ClockMode, moment
from monitor.domain.indicator import Indicator
from monitor.domain.observation import Observation
from monitor.domain.placement import Placement
from monitor.domain.scale import UNKNOWN
from monitor.domain.series import SeriesKey
from monitor.services.alert_inputs import AlertInputs
from monitor.services.explain_alert import Explained, Explainer, load_explainers
from monitor.storage import alerts, definitions, series
from monitor.storage.definitions import VersionOf
from monitor.storage.snapshot import Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSource:
    """What bodies need beyond the inputs of the evaluation."""

    inputs: AlertInputs
    observations: Mapping[str, Observation]
    explainer: Explainer


def load_facts(
    session: Session, telling: Sequence[tuple[AlertInputs, Sequence[Explained]]]
) -> dict[str, FactSource]:
    """Read the latest observations behind events, and what explains them, by subject."""
    keys = {rule.series for _, events in telling for rule, _ in events if rule is not None and rule.series}
    observations = series.latest(session, keys) if keys else {}
    explainers = load_explainers(session, telling)
    return {
        inputs.subject.slug: FactSource(
            inputs=inputs, observations=observations, explainer=explainers[inputs.subject.slug]
        )
        for inputs, _ in telling
    }


def facts_of(  # noqa: PLR0913 - one event, from every side
    session: Session,
    source: FactSource,
    event: AlertEvent,
    *,
    before: Alert,
    after: Alert,
    rule: Rule | None,
    seen: Snapshot | None,
    told: Sequence[str],
    trouble: Trouble | None = None,
) -> Facts:
    """Return the facts of one event; a rule's edit is looked up only where it is the reason.

    An alert on the data tells its trouble again where a person acted and nobody looked anew.
    """
    inputs = source.inputs
    changed_by, why = _editor(session, inputs, rule) if event.reason == Reason.RULE_CHANGED else ("", "")
    point, clock = inputs.point, inputs.state.clock
    return Facts(
        subject=inputs.subject,
        scale=inputs.scale,
        level=UNKNOWN if point is None else point.level,
        heat=None if point is None else point.heat,
        coverage=None if point is None else point.coverage,
        confidence=None if point is None else point.confidence,
        health=after.data_health,
        slot=inputs.slot,
        rule=rule,
        rule_slug=after.rule,
        rule_version=after.rule_version,
        edges=Edges(by_concern={}) if seen is None else seen.edges,
        watched=_watched(source, before, rule),
        as_of=None if clock.mode is ClockMode.LIVE else inputs.slot,
        is_archive=clock.mode is ClockMode.STANDING,
        ack=after.ack,
        explanation=source.explainer.explain(session, event, before=before, rule=rule),
        labels=_labels(session, source, event, after=after, rule=rule),
        told=told,
        compared=after.value,
        trouble=trouble or _told_trouble(session, event, after),
        changed_by=changed_by,
        change_reason=why,
    )


def labels_of(alert: Alert, rule: Rule | None, *, known: Definitions) -> dict[str, str]:
    """Return the labels of an episode as they are when it opens; a rule's own cannot rename its identity.

    What one series is told by carries its indicator and source, so that what names these matches all of it.
    """
    own = {} if rule is None else dict(rule.labels)
    place = {"series": alert.series} if alert.series else {}
    indicator = known.indicators.get(SeriesKey.parse(alert.series).indicator) if alert.series else None
    if indicator is not None:
        fed = {"source": indicator.source} if indicator.source else {}
        place |= {"indicator": indicator.slug} | fed
    return own | place | {"alertname": alert.rule, "subject": alert.subject}


def _labels(
    session: Session, source: FactSource, event: AlertEvent, *, after: Alert, rule: Rule | None
) -> Mapping[str, str]:
    """Return the labels that the episode has had since it opened."""
    if event.type is EventType.FIRING:
        return labels_of(after, rule, known=source.inputs.known)
    episode = alerts.episodes(session, [event.episode_id]).get(event.episode_id)
    return labels_of(after, rule, known=source.inputs.known) if episode is None else episode.labels


def _told_trouble(session: Session, event: AlertEvent, alert: Alert) -> Trouble | None:
    """Return what an alert on the data was last told for."""
    if not is_data_quality(alert.rule):
        return None
    told = alerts.events(session, event.episode_id)
    return Trouble.read(told[-1].body) if told else None


def _watched(source: FactSource, before: Alert, rule: Rule | None) -> Watched | None:
    inputs = source.inputs
    indicator = inputs.indicator(rule) if rule is not None else None
    if rule is None or indicator is None:
        return None
    placement, seen = inputs.placed.get(rule.series), inputs.pressure(rule)
    normalisation = (placement and placement.normalisation) or indicator.normalisation
    if seen is None or is_data_quality(rule.slug):
        return Watched(series=rule.series, indicator=indicator, normalisation=normalisation)
    latest = source.observations.get(rule.series)
    observation = latest if latest is not None and latest.seq == seen.seq else None
    citation = inputs.known.citations.get(observation.reading.citation) if observation else None
    return Watched(
        series=rule.series,
        indicator=indicator,
        normalisation=normalisation,
        value=seen.value,
        previous_value=before.value,
        pressure=seen.pressure,
        period_start=None if seen.period_start is None else moment(seen.period_start),
        period_end=None if seen.period_end is None else moment(seen.period_end),
        known_at=None if seen.known_at is None else moment(seen.known_at),
        is_held=seen.is_held,
        is_provisional=seen.is_provisional,
        observation=observation,
        citation=citation,
    )


def _editor(session: Session, inputs: AlertInputs, rule: Rule | None) -> tuple[str, str]:
    """Return who last changed the rule, its thresholds or its placement, and the reason given."""
    if rule is None:
        return "", ""
    versions: list[VersionOf[Any]] = [*definitions.history(session, Rule, rule.slug)[-1:]]
    indicator, placement = inputs.indicator(rule), inputs.placed.get(rule.series)
    if indicator is not None:
        versions += definitions.history(session, Indicator, indicator.slug)[-1:]
    if placement is not None:
        versions += definitions.history(session, Placement, placement.slug)[-1:]
    last = max(versions, key=lambda each: each.seq)
    return last.author, last.reason
