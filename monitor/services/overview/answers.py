"""Gather the facts of a brief and let the domain write it."""

from collections.abc import Iterable

from monitor.domain.brief import Brief, BriefFacts, DriverFact, Figure, MoveFact, SaidFact, write
from monitor.domain.chart import LedgerChart
from monitor.domain.spoken import day
from monitor.services.overview.citations import Citations
from monitor.services.overview.drivers import DriverRow, IndicatorRow
from monitor.services.overview.values import Standing
from monitor.storage.snapshot import Definitions


def write_brief(
    known: Definitions,
    where: Standing,
    *,
    drivers: tuple[DriverRow, ...],
    ledger: LedgerChart | None,
    citations: Citations,
    month: float | None,
) -> Brief:
    """Return the brief of a subject as of its own time."""
    facts = BriefFacts(
        name=where.name,
        is_person=where.kind == "leader",
        scale=where.scale,
        heat=where.heat,
        level=where.level,
        last_level=where.last_level,
        coverage=where.coverage,
        min_coverage=where.min_coverage,
        since="the start" if ledger is None else day(ledger.start, near=where.as_of.date()),
        delta=None if ledger is None else ledger.delta,
        month=month,
        drivers=tuple(_driver(driver) for driver in drivers),
        moves=tuple(_moves(ledger)) if ledger is not None else (),
        said=tuple(_said(known, where, drivers, citations)),
    )
    return write(facts)


def _driver(driver: DriverRow) -> DriverFact:
    items = sorted(driver.items, key=lambda item: -abs(item.points))
    return DriverFact(
        name=driver.name,
        pressure=driver.pressure,
        points=driver.points,
        figures=tuple(_figure(item) for item in items if item.pressure is not None),
    )


def _figure(item: IndicatorRow) -> Figure:
    return Figure(
        value=item.value, what=item.name, when=item.when, grade=item.grade, citation=item.cited.number
    )


def _moves(ledger: LedgerChart) -> Iterable[MoveFact]:
    for line in sorted(ledger.lines, key=lambda each: -abs(each.delta)):
        yield MoveFact(
            name=line.name, delta=line.delta, is_driver=line.is_driver, before=line.before, after=line.after,
            causes=line.causes,
        )  # fmt: skip


def _said(
    known: Definitions, where: Standing, drivers: tuple[DriverRow, ...], citations: Citations
) -> Iterable[SaidFact]:
    """Yield the subject's statements, those about the weightiest drivers first."""
    own = where.slug.partition("@")[0]
    points = {driver.slug: -abs(driver.points) for driver in drivers}
    found = [statement for statement in known.statements.values() if statement.subject == own]
    for statement in sorted(found, key=lambda each: (points.get(each.driver, 0.0), each.slug)):
        yield SaidFact(
            slug=statement.slug,
            question=statement.question,
            text=statement.text,
            citation=citations.number(statement.citation).number,
            grade=statement.grade,
            when=statement.when,
            contested=statement.contested,
        )
