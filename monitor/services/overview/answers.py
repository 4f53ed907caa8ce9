"""Gather the facts of a brief and let the domain write it."""

from collections.abc import Iterable, Mapping
from datetime import date

from monitor.domain.answer import write
from monitor.domain.brief import (
    Brief,
    BriefFacts,
    DriverFact,
    EventFact,
    Figure,
    FloorFact,
    MoveFact,
    SaidFact,
)
from monitor.domain.chart import LedgerChart
from monitor.domain.spoken import day
from monitor.domain.wording import say
from monitor.services.overview.citations import Citations
from monitor.services.overview.drivers import DriverRow, IndicatorRow
from monitor.services.overview.floors import FloorRow
from monitor.services.overview.values import Standing
from monitor.storage.snapshot import Definitions


def write_brief(
    known: Definitions,
    where: Standing,
    *,
    drivers: tuple[DriverRow, ...],
    floors: tuple[FloorRow, ...],
    ledger: LedgerChart | None,
    citations: Citations,
    month: float | None,
) -> Brief:
    """Return the brief of a subject as of its own time."""
    facts = BriefFacts(
        name=where.name,
        scale=where.scale,
        heat=where.heat,
        level=where.level,
        last_level=where.last_level,
        coverage=where.coverage,
        min_coverage=where.min_coverage,
        since=say("the start") if ledger is None else day(ledger.start, near=where.as_of.date()),
        delta=None if ledger is None else ledger.delta,
        month=month,
        drivers=tuple(_driver(driver, drivers) for driver in drivers if not driver.depth),
        moves=tuple(_moves(ledger)) if ledger is not None else (),
        said=tuple(_said(known, where, citations, tops={each.slug: each.top for each in drivers})),
        floor=_floor(floors),
        events=() if ledger is None else tuple(_events(known, where, citations, since=ledger.start)),
    )
    return write(facts)


def _driver(driver: DriverRow, rows: Iterable[DriverRow]) -> DriverFact:
    """A brief speaks of the topmost drivers, with the figures of all below them."""
    own = (item for row in rows if row.top == driver.slug for item in row.items)
    items = sorted(own, key=lambda item: -abs(item.points))
    return DriverFact(
        slug=driver.slug,
        name=driver.name,
        pressure=driver.pressure,
        points=driver.points,
        figures=tuple(_figure(item) for item in items if item.pressure is not None),
    )


def _figure(item: IndicatorRow) -> Figure:
    return Figure(
        value=item.value,
        what=item.name,
        when=item.when,
        grade=item.grade,
        citation=item.cited.number,
        unit=item.unit,
    )


def _moves(ledger: LedgerChart) -> Iterable[MoveFact]:
    lines = [line for line in ledger.lines if not (line.is_driver and line.depth)]
    for line in sorted(lines, key=lambda each: -abs(each.delta)):
        yield MoveFact(
            name=line.name, delta=line.delta, is_driver=line.is_driver, before=line.before, after=line.after,
            causes=line.causes,
        )  # fmt: skip


def _floor(floors: Iterable[FloorRow]) -> FloorFact | None:
    lifting = next((each for each in floors if each.lift), None)
    if lifting is None:
        return None
    return FloorFact(name=lifting.name, reaches=lifting.reaches, lift=lifting.lift)


def _said(
    known: Definitions, where: Standing, citations: Citations, *, tops: Mapping[str, str]
) -> Iterable[SaidFact]:
    own = where.slug.partition("@")[0]
    for statement in sorted(known.statements.values(), key=lambda each: each.slug):
        if statement.subject == own:
            yield SaidFact(
                slug=statement.slug,
                question=statement.question,
                text=statement.text,
                citation=citations.number(statement.citation).number,
                grade=statement.grade,
                when=statement.when,
                contested=statement.contested,
                driver=tops.get(statement.driver, statement.driver),
            )


def _events(known: Definitions, where: Standing, citations: Citations, *, since: date) -> Iterable[EventFact]:
    """Yield what happened in the span, the oldest first; dates of a year alone say too little to count."""
    own, first, last = where.slug.partition("@")[0], since.replace(day=1), where.as_of.date()
    for event in sorted(known.events.values(), key=lambda each: (each.starts_on, each.slug)):
        if own in event.subjects and first <= event.starts_on <= last:
            cited = citations.number(event.citation)
            yield EventFact(title=event.title, when=event.when, citation=cited.number, grade=event.grade)
