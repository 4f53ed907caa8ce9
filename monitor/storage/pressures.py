"""Pressures: the latest of each placement and driver, replaced as a whole by every assessment."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Delete, Select, bindparam, case, delete, func, literal, null, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.rows.base import Row
from monitor.storage.rows.subjects import DriverPressureRow, PressureRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """The latest pressure of a placement; `points` are the points of heat it accounts for.

    Values are None where nothing was ever observed; an imputed one was not observed either. Times are
    epoch seconds of the period scored.
    """

    placement: str
    value: float | None
    pressure: float | None
    pressure_low: float | None
    pressure_high: float | None
    freshness: float
    grade: float | None
    weight: float
    points: float
    is_observed: bool
    is_carried: bool
    is_held: bool
    is_saturated: bool
    is_provisional: bool
    is_imputed: bool = False
    period_start: int | None = None
    period_end: int | None = None
    known_at: int | None = None
    seq: int | None = None


_NAMES = tuple(Pressure.__dataclass_fields__)
# What a driver has of it.
_SHARED = ("pressure", "pressure_low", "pressure_high", "weight", "points")


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverPressure:
    """The latest pressure of a driver; None where nothing under it was ever observed."""

    driver: str
    pressure: float | None
    pressure_low: float | None
    pressure_high: float | None
    coverage: float
    weight: float
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Imputed:
    """How much of a subject was filled in: the share of all weight, and the number of placements."""

    share: float
    count: int


def replace(
    session: Session, subject: str, *, placements: Iterable[Pressure], drivers: Iterable[DriverPressure]
) -> None:
    """Put these in place of the subject's last ones."""
    replace_all(session, {subject: (placements, drivers)})


def replace_all(
    session: Session, latest: Mapping[str, tuple[Iterable[Pressure], Iterable[DriverPressure]]]
) -> None:
    """Put these in place of the last ones of each subject; only what differs is written."""
    _replace(session, PressureRow, {subject: own for subject, (own, _) in latest.items()})
    _replace(session, DriverPressureRow, {subject: own for subject, (_, own) in latest.items()})


def of_subject(session: Session, subject: str) -> dict[str, Pressure]:
    """Return the pressures of a subject by placement slug."""
    return of_subjects(session, [subject])


def of_subjects(session: Session, subjects: Collection[str]) -> dict[str, Pressure]:
    """Return the pressures of many subjects by placement slug."""
    return {name: own for each in by_subject(session, subjects).values() for name, own in each.items()}


def by_subject(session: Session, subjects: Collection[str]) -> dict[str, dict[str, Pressure]]:
    """Return the pressures of many subjects in one query, by subject and placement slug."""
    found: dict[str, dict[str, Pressure]] = {subject: {} for subject in subjects}
    for part in in_batches(subjects):
        for subject, *values in session.execute(_pressures(), {"subjects": part}):
            found[subject][values[0]] = Pressure(**dict(zip(_NAMES, values, strict=True)))
    return found


def drivers_of(session: Session, subjects: Collection[str]) -> dict[str, dict[str, DriverPressure]]:
    """Return the driver pressures of many subjects in one query, by subject and driver slug."""
    found: dict[str, dict[str, DriverPressure]] = {subject: {} for subject in subjects}
    for part in in_batches(subjects):
        statement = (
            select(DriverPressureRow)
            .where(DriverPressureRow.subject.in_(part))
            .order_by(DriverPressureRow.subject, DriverPressureRow.driver)
        )
        for row in session.execute(statement).scalars():
            found[row.subject][row.driver] = _value(row, DriverPressure)
    return found


def all_of(session: Session, subject: str) -> tuple[dict[str, Pressure], dict[str, DriverPressure]]:
    """Return a subject's pressures by placement slug, and those of its drivers by theirs; one query."""
    placements: dict[str, Pressure] = {}
    drivers: dict[str, DriverPressure] = {}
    for is_driver, coverage, *values in session.connection().execute(_all(), {"subject": subject}):
        named = dict(zip(_NAMES, values, strict=True))
        if is_driver:
            slug = named["placement"]
            own = {name: named[name] for name in _SHARED}
            drivers[slug] = DriverPressure(driver=slug, coverage=coverage, **own)
        else:
            placements[named["placement"]] = Pressure(**named)
    return placements, drivers


def imputed_of(session: Session, subjects: Collection[str]) -> dict[str, Imputed]:
    """Return how much of many subjects was filled in, by subject."""
    row, found = PressureRow, {}
    share = func.sum(case((row.is_imputed, row.weight), else_=0.0))
    count = func.sum(case((row.is_imputed, 1), else_=0))
    for part in in_batches(subjects):
        statement = (
            select(row.subject, share, func.sum(row.weight), count)
            .where(row.subject.in_(part))
            .group_by(row.subject)
        )
        for subject, weight, whole, number in session.execute(statement):
            found[subject] = Imputed(share=weight / whole if whole else 0.0, count=number)
    return found


@cache
def _pressures() -> Select[Any]:
    columns = PressureRow.__table__.columns
    statement = select(columns.subject, *(columns[name] for name in _NAMES))
    statement = statement.where(columns.subject.in_(bindparam("subjects", expanding=True)))
    return statement.order_by(columns.subject, columns.placement)


@cache
def _all() -> Any:
    """Return placements and drivers of a subject as rows of one shape; a driver's own are few."""
    own, drivers = PressureRow.__table__.columns, DriverPressureRow.__table__.columns
    also = {"placement": drivers.driver} | {name: drivers[name] for name in _SHARED}
    nothing = null().cast(own.pressure.type)
    return union_all(
        select(literal(False), nothing.label("coverage"), *(own[name] for name in _NAMES)).where(
            own.subject == bindparam("subject")
        ),
        select(
            literal(True), drivers.coverage, *(also.get(name, null().cast(own[name].type)) for name in _NAMES)
        ).where(drivers.subject == bindparam("subject")),
    )


def _replace(session: Session, row: Any, latest: Mapping[str, Iterable[Any]]) -> None:
    """Rows of a table whose key is the subject and a name: most are as they were."""
    there: dict[tuple[str, str], tuple[Any, ...]] = {}
    for part in in_batches(latest):
        rows = fetch_tuples(session, _rows(row), {"subjects": part})
        there |= {(found[0], found[1]): tuple(found) for found in rows}
    take = attrgetter(*_names(row)[1:])
    wanted = {
        (subject, values[0]): (subject, *values)
        for subject, own in latest.items()
        for values in map(take, own)
    }
    gone = [{"subject": subject, "name": name} for subject, name in there.keys() - wanted.keys()]
    if gone:
        session.connection().execute(_drop(row), gone)
    fresh = [values for key, values in wanted.items() if there.get(key) != values]
    if fresh:
        names = _names(row)
        given = [dict(zip(names, values, strict=True)) for values in fresh]
        session.connection().execute(_put(row, session.get_bind().dialect.name), given)


@cache
def _names(row: Any) -> tuple[str, ...]:
    """Return the columns in the order in which its rows are read and written: subject and name first."""
    key = ("subject", *(each.name for each in row.__table__.primary_key if each.name != "subject"))
    rest = [each.name for each in row.__table__.columns if each.name not in key]
    return (*key, *rest)


@cache
def _rows(row: Any) -> Select[Any]:
    columns = row.__table__.columns
    statement = select(*(columns[name] for name in _names(row)))
    return statement.where(columns.subject.in_(bindparam("subjects", expanding=True)))


@cache
def _drop(row: Any) -> Delete:
    key = row.__table__.columns[_names(row)[1]]
    return delete(row.__table__).where(
        row.__table__.c.subject == bindparam("subject"), key == bindparam("name")
    )


@cache
def _put(row: Any, dialect: str) -> Any:
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(row.__table__)
    names = _names(row)
    changed = {name: statement.excluded[name] for name in names[2:]}
    return statement.on_conflict_do_update(index_elements=list(names[:2]), set_=changed)


def _value(row: Row, kind: Any) -> Any:
    return kind(**{name: getattr(row, name) for name in kind.__dataclass_fields__})
