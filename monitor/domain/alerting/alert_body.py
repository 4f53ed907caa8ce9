"""The body of an alert event: all that a message needs to know, as plain values (alerting.md 3.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.domain.alerting.alert import Ack, AlertEvent, DataHealth, EventType
from monitor.domain.alerting.data_quality import SOURCE_FAILING, Trouble
from monitor.domain.alerting.explanation import Explanation
from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.alerting.rule import Rule
from monitor.domain.alerting.snapshot import Edges, Measure
from monitor.domain.alerting.timers import keep_firing_seconds, needed_periods
from monitor.domain.citation import Citation
from monitor.domain.indicator import Indicator, Normalisation, ThresholdNormalisation
from monitor.domain.observation import Observation
from monitor.domain.scale import Concern, Scale
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import age, clipped, long_day, plain, signed
from monitor.domain.subject import Subject

MOST_SUMMARY = 160
_EXERCISE_MARK = "@"
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The series of a threshold rule as it was judged: `value` and `pressure` are those of the assessment."""

    series: str
    indicator: Indicator
    normalisation: Normalisation
    value: float | None = None
    previous_value: float | None = None
    pressure: float | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None
    known_at: datetime | None = None
    is_held: bool = False
    is_provisional: bool = False
    observation: Observation | None = None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What surrounds an event: `as_of` where a clock stands that is not live; `compared` what edges judge."""

    subject: Subject
    scale: Scale
    level: str
    heat: float | None
    health: DataHealth
    coverage: float | None = None
    confidence: float | None = None
    slot: datetime
    rule_slug: str
    rule_version: int
    edges: Edges
    rule: Rule | None = None
    watched: Watched | None = None
    as_of: datetime | None = None
    is_archive: bool = False
    ack: Ack | None = None
    explanation: Explanation = field(default_factory=Explanation)
    labels: Mapping[str, str] = field(default_factory=dict)
    told: Sequence[str] = ()
    changed_by: str = ""
    change_reason: str = ""
    trouble: Trouble | None = None
    compared: float | None = None


def event_body(event: AlertEvent, facts: Facts) -> dict[str, Any]:
    """Return the event's body: what the step said, and around it the facts; links are added at rendering."""
    return {
        **event.body,
        "level": facts.level,
        "subject": _subject(facts),
        "series": _series(facts.watched),
        "indicator": _indicator(facts.watched),
        "rule": _rule(facts),
        "observation": _observation(facts.watched),
        "evaluation": _evaluation(facts),
        "ack": _ack(facts.ack),
        "labels": dict(facts.labels),
        "told": list(facts.told),
        "changedBy": facts.changed_by or None,
        "changeReason": facts.change_reason or None,
        **facts.explanation.body(),
        **({} if facts.trouble is None else {"dataQuality": facts.trouble.body()}),
        "exercise": facts.subject.is_exercise,
        "archive": facts.is_archive,
        "asOf": None if facts.as_of is None else rfc3339(facts.as_of),
        "summary": summary(event, facts),
    }


def summary(event: AlertEvent, facts: Facts) -> str:
    """Return the bottom line, subject, level and concern first, in at most 160 characters."""
    mark = "EXERCISE. " if facts.subject.is_exercise else ""
    if facts.trouble is not None:
        return clipped(f"{mark}{_troubled(event, facts, facts.trouble)}", MOST_SUMMARY)
    head = f"{mark}{facts.subject.name}: {facts.level}, {_stands(event)}{_as_of(facts)}."
    detail = str(event.body.get("detail") or "")
    tail = f"{detail[:1].upper()}{detail[1:]}." if detail else ""
    return clipped(" ".join(part for part in (head, _reading(event, facts), tail) if part), MOST_SUMMARY)


def _stands(event: AlertEvent) -> str:
    previous = event.body.get("previousConcern")
    was = "" if previous is None else Concern(previous).word
    if event.type is EventType.RESOLVED:
        resolution = str(event.body["resolution"]).replace("_", " ")
        return f"resolved after {Concern(event.body['peakConcern']).word} ({resolution})"
    if event.type is EventType.ACKNOWLEDGED:
        return f"{event.concern.word}, acknowledged by {event.body['by']}"
    if event.type is EventType.UNACKNOWLEDGED:
        return f"{event.concern.word}, the ack of {event.body['by']} ran out"
    if event.type is EventType.REPEATED:
        return f"still {event.concern.word}"
    if event.type is EventType.FLAPPING_STARTED:
        return f"{event.concern.word}, flapping"
    if event.type is EventType.FLAPPING_ENDED:
        return f"{event.concern.word}, no longer flapping"
    if event.type in {EventType.CONCERN_RAISED, EventType.CONCERN_LOWERED}:
        return f"{event.concern.word}, was {was}"
    return event.concern.word


def _troubled(event: AlertEvent, facts: Facts, trouble: Trouble) -> str:
    """Fuel price, Bamako (Assimi Goïta): blind, high. The last value is 500 ..."""
    whose = "" if facts.rule_slug == SOURCE_FAILING else f" ({facts.subject.name})"
    word = "failing" if facts.rule_slug == SOURCE_FAILING else "blind"
    stands = _stands(event) if event.type is EventType.RESOLVED else f"{word}, {_stands(event)}"
    sentence = f"{trouble.sentence[:1].upper()}{trouble.sentence[1:]}."
    return f"{trouble.name}{whose}: {stands}. {sentence}"


def _as_of(facts: Facts) -> str:
    if facts.as_of is None:
        return ""
    day = long_day(facts.as_of)
    return f", as of {day}, archive" if facts.is_archive else f", on {day} of the exercise"


def _reading(event: AlertEvent, facts: Facts) -> str:
    watched = facts.watched
    if facts.edges.measure is Measure.MOMENTUM and facts.compared is not None and facts.rule is not None:
        return f"Pressure moved {plain(facts.compared, 1)} times its usual spread in {facts.rule.days} days."
    if facts.rule is not None and facts.rule.formula and facts.compared is not None:
        edge = facts.edges.by_concern.get(event.concern)
        limit = "" if edge is None else f", {event.concern.word} from {plain(edge.enter)}"
        return f"{facts.rule.name}: {plain(facts.compared)}{limit}."
    if watched is None or watched.value is None:
        moved = facts.explanation.moved
        return f"Moved by {moved[0].name} {signed(moved[0].heat_delta)}." if moved else ""
    if facts.edges.measure is Measure.SURGE and facts.compared is not None:
        return f"{watched.indicator.name}: {plain(facts.compared, 1)} times the usual rate."
    if facts.edges.measure is Measure.RECORD_HIGH and facts.compared:
        value = plain(watched.value, watched.indicator.decimals)
        return f"{watched.indicator.name}: {value}, the highest for {age(facts.compared * _DAY_SECONDS)}."
    edge = facts.edges.by_concern.get(event.concern)
    limit = "" if edge is None or facts.edges.measure is not Measure.VALUE else plain(edge.enter)
    from_ = f", {event.concern.word} from {limit}" if limit else ""
    return f"{watched.indicator.name}: {plain(watched.value, watched.indicator.decimals)}{from_}."


def _subject(facts: Facts) -> dict[str, Any]:
    levels = [
        {"name": level.name, "low": level.low, "high": level.high, "concern": int(level.concern)}
        for level in facts.scale.levels
    ]
    return {
        "slug": facts.subject.slug,
        "name": facts.subject.name,
        "scale": facts.scale.slug,
        "levels": levels,
    }


def _series(watched: Watched | None) -> dict[str, Any] | None:
    if watched is None:
        return None
    unit = SeriesKey.parse(watched.series).unit
    return {"slug": watched.series, "unit": unit, "name": unit.partition(_EXERCISE_MARK)[0]}


def _indicator(watched: Watched | None) -> dict[str, Any] | None:
    if watched is None:
        return None
    indicator = watched.indicator
    knots: tuple[tuple[str, float], ...] = ()
    if isinstance(watched.normalisation, ThresholdNormalisation):
        knots = watched.normalisation.thresholds.knots
    return {
        "slug": indicator.slug,
        "name": indicator.name,
        "unit": indicator.unit,
        "tags": list(indicator.tags),
        "thresholds": dict(knots),
    }


def _rule(facts: Facts) -> dict[str, Any]:
    body: dict[str, Any] = {"id": facts.rule_slug, "version": facts.rule_version, "enter": {}, "exit": {}}
    if facts.rule is None:
        return body
    if facts.edges.measure is Measure.VALUE:
        edges = {concern.word: edge for concern, edge in facts.edges.by_concern.items()}
        body["enter"] = {word: edge.enter for word, edge in edges.items()}
        body["exit"] = {word: edge.exit for word, edge in edges.items()}
    cadence = facts.watched.indicator.cadence_days * _DAY_SECONDS if facts.watched else 0.0
    return body | {
        "name": facts.rule.name,
        "measure": facts.edges.measure.value,
        "forDuration": facts.rule.for_seconds,
        "forCount": {
            concern.word: needed_periods(facts.rule, concern, cadence) for concern in facts.edges.by_concern
        },
        "keepFiringFor": keep_firing_seconds(facts.rule, cadence),
        "runbook": facts.rule.runbook,
    }


def _observation(watched: Watched | None) -> dict[str, Any] | None:
    if watched is None or watched.value is None:
        return None
    return {
        "value": watched.value,
        "previousValue": watched.previous_value,
        "periodStart": _time(watched.period_start),
        "periodEnd": _time(watched.period_end),
        "knownAt": _time(watched.known_at),
        "isHeld": watched.is_held,
        "isProvisional": watched.is_provisional,
        **_provenance(watched.observation, watched.citation),
    }


def _provenance(observation: Observation | None, citation: Citation | None) -> dict[str, Any]:
    reading = None if observation is None else observation.reading
    return {
        "rawValue": None if reading is None else reading.value,
        "storedAt": None if observation is None else rfc3339(observation.stored_at),
        "revision": None if reading is None else reading.source_revision,
        "grade": (reading.grade or None) if reading is not None else None,
        "source": None if observation is None else observation.source,
        "sourceUrl": (citation.url or None) if citation is not None else None,
        "citation": None if citation is None else {"title": citation.title, "publisher": citation.publisher},
    }


def _evaluation(facts: Facts) -> dict[str, Any]:
    return {
        "slot": rfc3339(facts.slot),
        "pressure": facts.watched.pressure if facts.watched else None,
        "heat": facts.heat,
        "coverage": facts.coverage,
        "confidence": facts.confidence,
        "dataHealth": facts.health.value,
    }


def _ack(ack: Ack | None) -> dict[str, Any] | None:
    if ack is None:
        return None
    return {
        "by": ack.by,
        "at": rfc3339(ack.at),
        "concern": int(ack.concern),
        "until": rfc3339(ack.until),
        "note": ack.note,
    }


def _time(value: datetime | None) -> str | None:
    return None if value is None else rfc3339(value)
