"""Pressures: the latest of each placement and driver, replaced as a whole by every assessment."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import case, delete, func, insert, select
from sqlalchemy.orm import Session

from monitor.storage.batches import in_batches
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
    _replace(session, PressureRow, subject, placements)
    _replace(session, DriverPressureRow, subject, drivers)


def of_subject(session: Session, subject: str) -> dict[str, Pressure]:
    """Return the pressures of a subject by placement slug."""
    statement = select(PressureRow).where(PressureRow.subject == subject).order_by(PressureRow.placement)
    return {row.placement: _value(row, Pressure) for row in session.execute(statement).scalars()}


def of_subjects(session: Session, subjects: Collection[str]) -> dict[str, Pressure]:
    """Return the pressures of many subjects by placement slug."""
    found: dict[str, Pressure] = {}
    for part in in_batches(subjects):
        statement = select(PressureRow).where(PressureRow.subject.in_(part))
        found |= {row.placement: _value(row, Pressure) for row in session.execute(statement).scalars()}
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


def _replace(session: Session, row: Any, subject: str, values: Iterable[Any]) -> None:
    session.execute(delete(row).where(row.subject == subject))
    rows = [asdict(value) | {"subject": subject} for value in values]
    if rows:
        session.execute(insert(row), rows)


def _value(row: Row, kind: Any) -> Any:
    return kind(**{name: getattr(row, name) for name in kind.__dataclass_fields__})
