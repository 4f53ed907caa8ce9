"""What a ledger is chosen by: spans that people name, and the observation behind each of its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.rota import Rota
from monitor.domain.clock import Clock, ClockMode, epoch
from monitor.domain.event import Event
from monitor.domain.ledgers.ledger import Term
from monitor.domain.observation import Observation
from monitor.domain.spoken import clipped, day, period
from monitor.domain.spoken import clock as clock_words
from monitor.domain.wording import say
from monitor.services.ledger_between import Sum
from monitor.services.overview.words import value_words
from monitor.storage import arrangements, observations, visits
from monitor.storage.snapshot import Definitions

DAYS = (7, 30, 90)
_MOST_EVENTS = 5
_MOST_LETTERS = 34
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSpan:
    """A span that begins at `start`, as an address writes it: a day, whose end is meant, or a moment."""

    name: str
    start: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a line of a ledger rests on: the value before and after, and the observation now in force."""

    series: str
    before: str
    after: str
    unit: str
    period: str
    known: str
    grade: str
    source: str
    citation: str
    address: str


def named_spans(
    session: Session, known: Definitions, slug: str, *, clock: Clock, person_id: int | None, now: datetime
) -> tuple[NamedSpan, ...]:
    """Return the spans that can be chosen by name; a clock that is not the wall's has no looks and shifts."""
    here, found = clock.at(now), []
    if clock.mode is ClockMode.LIVE:
        looked = None if person_id is None else visits.looked(session, person_id, [slug], now=now).get(slug)
        if looked is not None:
            found.append(NamedSpan(name=say("Since you last looked"), start=_moment(looked)))
        rotas = [each.value for each in arrangements.find_all(session, Rota)]
        for rota in rotas:
            name = say("This shift") if len(rotas) == 1 else say("This shift, {rota}", rota=rota.name)
            found.append(NamedSpan(name=name, start=_moment(rota.shift_at(now).starts_at)))
    found += [NamedSpan(name=say("{n} days", n=days), start=_day(here - days * _DAY)) for days in DAYS]
    found += [_since_event(event) for event in _flags(known, slug, until=here)]
    return tuple(found)


def evidence(session: Session, known: Definitions, sums: Sequence[Sum]) -> dict[str, Evidence]:
    """Return the observation behind each sum that is one placement's, by its slug; one query."""
    terms = {each.slug: last for each in sums if (last := _observed(each)) is not None}
    keys = {slug: known.placements[slug].series for slug in terms if slug in known.placements}
    rows = {key: (*(terms[slug].period or (0, 0)), terms[slug].seq or 0) for slug, key in keys.items()}
    stored = observations.stored(session, rows)
    return {
        slug: _evidence(known, key, terms[slug], stored[key]) for slug, key in keys.items() if key in stored
    }


def _observed(found: Sum) -> Term | None:
    """Return the term that names the reading now in force; a sum over several series has none."""
    if len({term.placement for term in found.terms}) != 1:
        return None
    return next((term for term in reversed(found.terms) if term.seq is not None and term.period), None)


def _evidence(known: Definitions, key: str, term: Term, stored: Observation) -> Evidence:
    indicator, reading = known.indicators[key.partition(":")[0]], stored.reading
    citation = known.citations.get(reading.citation)
    source = known.sources.get(stored.source)
    return Evidence(
        series=key,
        before=value_words(indicator, term.before_value),
        after=value_words(indicator, term.after_value),
        unit="" if indicator.words or indicator.unit.startswith("%") else indicator.unit,
        period=period(reading.period_start, reading.period_end),
        known=f"{day(reading.known_at)} {clock_words(reading.known_at)}",
        grade=reading.grade,
        source=stored.source if source is None else source.name,
        citation=reading.citation if citation is None else citation.title,
        address=f"{epoch(reading.period_start)}.{stored.seq}",
    )


def _flags(known: Definitions, slug: str, *, until: datetime) -> list[Event]:
    """Return the flagged events of a subject, the latest first."""
    own = slug.partition("@")[0]
    found = [
        event
        for event in known.events.values()
        if event.is_flag and own in event.subjects and event.starts_on <= until.date()
    ]
    return sorted(found, key=lambda event: event.starts_on, reverse=True)[:_MOST_EVENTS]


def _since_event(event: Event) -> NamedSpan:
    """Begin at the end of the day before, so that what happened on its day counts."""
    name = say("Since {event}", event=clipped(event.title, _MOST_LETTERS))
    return NamedSpan(name=name, start=f"{event.starts_on - _DAY:%Y-%m-%d}")


def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}"


def _day(value: datetime) -> str:
    return f"{value:%Y-%m-%d}"
