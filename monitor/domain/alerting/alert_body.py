"""The body of an alert event: all that a message needs to know, as plain values (alerting.md 3.6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.domain.alerting.alert import Ack, AlertEvent, DataHealth, EventType, Resolution
from monitor.domain.alerting.data_quality import SERIES_BLIND, Trouble
from monitor.domain.alerting.explanation import Explanation
from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.alerting.rule import Rule
from monitor.domain.alerting.snapshot import Edges, Measure
from monitor.domain.alerting.timers import keep_firing_seconds, needed_periods
from monitor.domain.citation import Citation
from monitor.domain.indicator import Indicator, Normalisation, ThresholdNormalisation
from monitor.domain.observation import Observation
from monitor.domain.phrases import Phrase, joined, later, phrase, phrase_many
from monitor.domain.scale import Concern, Scale
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import age, capital, clipped, long_day, plain, signed
from monitor.domain.subject import Subject
from monitor.domain.wording import msgid

MOST_SUMMARY = 160
_STANDS = {
    EventType.ACKNOWLEDGED: msgid("{concern}, acknowledged by {by}"),
    EventType.UNACKNOWLEDGED: msgid("{concern}, the ack of {by} ran out"),
    EventType.REPEATED: msgid("still {concern}"),
    EventType.FLAPPING_STARTED: msgid("{concern}, flapping"),
    EventType.FLAPPING_ENDED: msgid("{concern}, no longer flapping"),
}
_ENDS = {
    Resolution.RECOVERED.value: msgid("recovered"),
    Resolution.RETRACTED.value: msgid("retracted"),
    Resolution.RULE_CHANGED.value: msgid("rule changed"),
    Resolution.DISABLED.value: msgid("disabled"),
    Resolution.DELETED.value: msgid("deleted"),
    Resolution.MANUAL.value: msgid("manual"),
}
_TROUBLED = {True: msgid("failing, {stands}"), False: msgid("blind, {stands}")}
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


def summary(event: AlertEvent, facts: Facts) -> Phrase:
    """Return the bottom line, subject, level and concern first, in at most 160 characters."""
    if facts.trouble is not None:
        return _bottom_line([_troubled(event, facts, facts.trouble)], facts)
    subject = {"subject": facts.subject.name, "level": phrase(facts.level), "stands": _stands(event)}
    if facts.as_of is None:
        head = phrase("{subject}: {level}, {stands}.", **subject)
    else:
        day = later(long_day, facts.as_of)
        head = (
            phrase("{subject}: {level}, {stands}, as of {day}, archive.", **subject, day=day)
            if facts.is_archive
            else phrase("{subject}: {level}, {stands}, on {day} of the exercise.", **subject, day=day)
        )
    detail = event.body.get("detail") or ""
    tail = [phrase("{sentence}.", sentence=later(capital, detail))] if detail else []
    return _bottom_line([head, *_reading(event, facts), *tail], facts)


def _bottom_line(sentences: Sequence[Phrase], facts: Facts) -> Phrase:
    mark = [phrase("EXERCISE.")] if facts.subject.is_exercise else []
    return later(clipped, later(joined, " ", [*mark, *sentences]), MOST_SUMMARY)


def _stands(event: AlertEvent) -> Phrase:
    concern, by = phrase(event.concern.word), event.body.get("by") or ""
    if event.type is EventType.RESOLVED:
        peak, why = Concern(event.body["peakConcern"]), _ENDS[event.body["resolution"]]
        return phrase("resolved after {concern} ({why})", concern=phrase(peak.word), why=phrase(why))
    if event.type in {EventType.CONCERN_RAISED, EventType.CONCERN_LOWERED}:
        previous = event.body.get("previousConcern")
        was = "" if previous is None else phrase(Concern(previous).word)
        return phrase("{concern}, was {was}", concern=concern, was=was)
    return phrase(_STANDS.get(event.type, "{concern}"), concern=concern, by=by)


def _troubled(event: AlertEvent, facts: Facts, trouble: Trouble) -> Phrase:
    """Fuel price, Bamako (Assimi Goïta): blind, high. The last value is 500 ..."""
    is_source = facts.rule_slug != SERIES_BLIND
    stands = _stands(event)
    if event.type is not EventType.RESOLVED:
        stands = phrase(_TROUBLED[is_source], stands=stands)
    values = {"name": trouble.name, "stands": stands, "sentence": later(capital, trouble.sentence)}
    if is_source:
        return phrase("{name}: {stands}. {sentence}.", **values)
    return phrase("{name} ({subject}): {stands}. {sentence}.", **values, subject=facts.subject.name)


def _reading(event: AlertEvent, facts: Facts) -> Iterator[Phrase]:
    watched, rule = facts.watched, facts.rule
    if facts.edges.measure is Measure.MOMENTUM and facts.compared is not None and rule is not None:
        times = later(plain, facts.compared, 1)
        yield phrase_many(
            "Pressure moved {moved} times its usual spread in {n} day.",
            "Pressure moved {moved} times its usual spread in {n} days.",
            rule.days, moved=times,
        )  # fmt: skip
    elif rule is not None and rule.formula and facts.compared is not None:
        edge = facts.edges.by_concern.get(event.concern)
        yield _valued(rule.name, later(plain, facts.compared), event, None if edge is None else edge.enter)
    elif watched is not None and watched.value is not None:
        yield _watched_reading(event, facts, watched, watched.value)
    elif facts.explanation.moved:
        moved = facts.explanation.moved[0]
        yield phrase("Moved by {name} {change}.", name=moved.name, change=later(signed, moved.heat_delta))


def _watched_reading(event: AlertEvent, facts: Facts, watched: Watched, reading: float) -> Phrase:
    name, value = watched.indicator.name, later(plain, reading, watched.indicator.decimals)
    if facts.edges.measure is Measure.SURGE and facts.compared is not None:
        times = later(plain, facts.compared, 1)
        return phrase("{name}: {times} times the usual rate.", name=name, times=times)
    if facts.edges.measure is Measure.RECORD_HIGH and facts.compared:
        lasting = later(age, facts.compared * _DAY_SECONDS)
        return phrase("{name}: {value}, the highest for {lasting}.", name=name, value=value, lasting=lasting)
    edge = facts.edges.by_concern.get(event.concern) if facts.edges.measure is Measure.VALUE else None
    return _valued(name, value, event, None if edge is None else edge.enter)


def _valued(name: str, value: Phrase, event: AlertEvent, edge: float | None) -> Phrase:
    if edge is None:
        return phrase("{name}: {value}.", name=name, value=value)
    concern = phrase(event.concern.word)
    return phrase(
        "{name}: {value}, {concern} from {edge}.",
        name=name, value=value, concern=concern, edge=later(plain, edge),
    )  # fmt: skip


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
