"""Heat points: published ones are never rewritten, reconstructed ones are a cache that may be replaced."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Select, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session, aliased

from monitor.domain.clock import epoch
from monitor.domain.derivations.member import MemberLine
from monitor.domain.scale import FULL, Concern
from monitor.domain.scoring.level import LevelState
from monitor.domain.series import Floats, Ints
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.rows.subjects import HeatPointRow, SubjectStateRow
from monitor.storage.structure import from_json


class Origin(StrEnum):
    """Whether people saw a heat when it was computed, or it was computed for a time before."""

    PUBLISHED = "published"
    RECONSTRUCTED = "reconstructed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPoint:
    """A subject's heat at epoch second `at` of its clock, and what it was computed from.

    Heat and pressure are None where there was no data; `concern` is None where the level is Unknown.
    It was computed from the rows up to `input_seq` that were known at `known_at`, the definitions up to
    `definition_seq`, and the level as it stood in `state_before`. Points of before these were kept have None
    for the two.
    """

    subject: str
    at: int
    seq: int
    heat: float | None
    pressure: float | None
    raw_pressure: float | None
    heat_low: float | None
    heat_high: float | None
    coverage: float
    confidence: float
    ungraded: float
    carried: float
    level: str
    concern: Concern | None
    input_seq: int
    definition_seq: int
    known_at: int | None = None
    state_before: LevelState | None = None
    cause: str = ""
    origin: Origin = Origin.PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatLine:
    """A subject's heat over time as columns of one length, by rising `at` and `seq`; NaN: no data."""

    at: Ints
    seq: Ints
    heat: Floats
    heat_low: Floats
    heat_high: Floats
    raw_pressure: Floats
    coverage: Floats
    confidence: Floats
    carried: Floats
    levels: tuple[str, ...]
    concerns: tuple[Concern | None, ...]
    origins: tuple[Origin, ...]

    def __len__(self) -> int:
        return len(self.at)


_WHOLE = ("at", "seq")
_REAL = ("heat", "heat_low", "heat_high", "raw_pressure", "coverage", "confidence", "carried")
_WORDS = ("level", "concern", "origin")
_LINE = [HeatPointRow.__table__.columns[name] for name in ("subject", *_WHOLE, *_REAL, *_WORDS)]
_MEMBER = [
    HeatPointRow.__table__.columns[name]
    for name in ("at", "seq", "pressure", "heat_low", "heat_high", "confidence", "concern")
]
_NEVER = 2**62
# What a session has written itself may yet be undone: it keeps nothing of points for others.
WRITTEN = "heat points written"
_TABLE: Any = HeatPointRow.__table__
_ORIGINS = {origin.value: origin for origin in Origin}
_CONCERNS: dict[int | None, Concern | None] = {None: None} | {int(step): step for step in Concern}


def publish(session: Session, points: Iterable[HeatPoint]) -> None:
    """Add published points."""
    _insert(session, points, origin=Origin.PUBLISHED)


def replace_reconstructed(
    session: Session, subject: str, points: Iterable[HeatPoint], *, since: datetime | None = None
) -> None:
    """Put these in place of all reconstructed points of a subject (from `since` on)."""
    statement = delete(HeatPointRow).where(
        HeatPointRow.subject == subject, HeatPointRow.origin == Origin.RECONSTRUCTED
    )
    if since is not None:
        statement = statement.where(HeatPointRow.at >= epoch(since))
    session.execute(statement)
    _insert(session, points, origin=Origin.RECONSTRUCTED)


def line(
    session: Session,
    subject: str,
    since: datetime | None = None,
    until: datetime | None = None,
    origin: Origin | None = None,
) -> HeatLine:
    """Return a subject's points from `since` to `until` (both included), of one origin or of both."""
    return _line(fetch_tuples(session, _between(since, until, origin).where(HeatPointRow.subject == subject)))


def member_line(
    session: Session, subject: str, *, is_reversed: bool, max_seq: int | None = None
) -> MemberLine:
    """Return a subject's whole line as the pressure it gives where it is a member.

    `is_reversed`: its heat falls as pressure rises.
    """
    statement = select(*_MEMBER).where(HeatPointRow.subject == subject)
    if max_seq is not None:
        statement = statement.where(HeatPointRow.seq <= max_seq)
    rows = fetch_tuples(session, statement.order_by(HeatPointRow.at, HeatPointRow.seq))
    at, seq, pressure, low, high, confidence, concern = zip(*rows, strict=True) if rows else ((),) * 7
    ends = [np.array(part, dtype=np.float64) for part in (low, high)]
    least, most = (FULL - ends[1], FULL - ends[0]) if is_reversed else ends
    return MemberLine(
        at=np.array(at, dtype=np.int64),
        seq=np.array(seq, dtype=np.int64),
        pressure=np.array(pressure, dtype=np.float64),
        low=least,
        high=most,
        confidence=np.array(confidence, dtype=np.float64),
        is_known=np.array([each is not None for each in concern], dtype=np.bool_),
    )


def lines(
    session: Session, subjects: Collection[str], since: datetime, *, origin: Origin | None = None
) -> dict[str, HeatLine]:
    """Return the lines of many subjects in one query; an empty one for a subject without points."""
    groups: dict[str, list[Any]] = {subject: [] for subject in subjects}
    for part in in_batches(subjects):
        statement = _between(since, None, origin).where(HeatPointRow.subject.in_(part))
        for row in fetch_tuples(session, statement):
            groups[row[0]].append(row)
    return {subject: _line(rows) for subject, rows in groups.items()}


def last(session: Session, subjects: Collection[str]) -> dict[str, HeatPoint]:
    """Return the last published point of each subject that has one, looked up one by one in the index.

    Points after the moment of the last assessment do not count: a clock that was live stands again.
    """
    found: dict[str, HeatPoint] = {}
    for part in in_batches(subjects):
        rows = session.execute(_last_points(), {"subjects": part}).scalars()
        found |= {row.subject: point_in(row) for row in rows}
    return found


def at(session: Session, subject: str, moment: datetime) -> HeatPoint | None:
    """Return the published point in force at a moment of the subject's clock; None before the first."""
    statement = (
        select(HeatPointRow)
        .where(
            HeatPointRow.subject == subject,
            HeatPointRow.origin == Origin.PUBLISHED,
            HeatPointRow.at <= epoch(moment),
        )
        .order_by(HeatPointRow.at.desc(), HeatPointRow.seq.desc())
        .limit(1)
    )
    row = session.execute(statement).scalar_one_or_none()
    return None if row is None else point_in(row)


def around(session: Session, subject: str, seq: int) -> tuple[HeatPoint | None, HeatPoint | None]:
    """Return the last published point that had not seen row `seq`, and the first that had."""
    row = HeatPointRow
    found = select(row).where(row.subject == subject, row.origin == Origin.PUBLISHED)
    before = found.where(row.input_seq < seq).order_by(row.seq.desc()).limit(1)
    after = found.where(row.input_seq >= seq).order_by(row.seq).limit(1)
    points = [session.execute(each).scalar_one_or_none() for each in (before, after)]
    first, second = (None if each is None else point_in(each) for each in points)
    return first, second


def input_seq_at(session: Session, subject: str, moment: datetime, *, holding: int) -> int | None:
    """Return what the first published point at this very moment that rests on `holding` had seen."""
    row = HeatPointRow
    statement = select(func.min(row.input_seq)).where(
        row.subject == subject,
        row.origin == Origin.PUBLISHED,
        row.at == epoch(moment),
        row.input_seq >= holding,
    )
    return session.execute(statement).scalar_one()


def published(session: Session, subject: str) -> list[HeatPoint]:
    """Return all that was published of a subject, in the order of publishing."""
    statement = (
        select(HeatPointRow)
        .where(HeatPointRow.subject == subject, HeatPointRow.origin == Origin.PUBLISHED)
        .order_by(HeatPointRow.seq)
        .execution_options(populate_existing=True)
    )
    return [point_in(row) for row in session.execute(statement).scalars()]


def subjects(session: Session) -> list[str]:
    """Return the subjects that something was ever published of, by slug."""
    statement = select(HeatPointRow.subject).where(HeatPointRow.origin == Origin.PUBLISHED).distinct()
    return sorted(session.execute(statement).scalars())


def _insert(session: Session, points: Iterable[HeatPoint], *, origin: Origin) -> None:
    rows = [asdict(point) | {"origin": origin.value} for point in points]
    session.info[WRITTEN] = True
    if rows:
        session.connection().execute(insert(_TABLE), rows)


def _between(since: datetime | None, until: datetime | None, origin: Origin | None) -> Select[Any]:
    statement: Select[Any] = select(*_LINE)
    if since is not None:
        statement = statement.where(HeatPointRow.at >= epoch(since))
    if until is not None:
        statement = statement.where(HeatPointRow.at <= epoch(until))
    # Named even where both are wanted: the index has the origin before the time.
    origins = tuple(Origin) if origin is None else (origin,)
    statement = statement.where(HeatPointRow.origin.in_([wanted.value for wanted in origins]))
    return statement.order_by(HeatPointRow.subject, HeatPointRow.at, HeatPointRow.seq)


def _line(rows: Sequence[Any]) -> HeatLine:
    names = ("subject", *_WHOLE, *_REAL, *_WORDS)
    columns = dict(zip(names, zip(*rows, strict=True) if rows else ((),) * len(names), strict=True))
    arrays: dict[str, Any] = {name: np.array(columns[name], dtype=np.int64) for name in _WHOLE}
    arrays |= {name: np.array(columns[name], dtype=np.float64) for name in _REAL}
    return HeatLine(
        **arrays,
        levels=columns["level"],
        concerns=tuple(_CONCERNS[concern] for concern in columns["concern"]),
        origins=tuple(_ORIGINS[origin] for origin in columns["origin"]),
    )


@cache
def _last_points() -> Select[Any]:
    return (
        select(HeatPointRow)
        .join(SubjectStateRow, SubjectStateRow.subject == HeatPointRow.subject)
        .where(
            SubjectStateRow.subject.in_(bindparam("subjects", expanding=True)),
            HeatPointRow.origin == Origin.PUBLISHED,
            HeatPointRow.at == last_of("at"),
            HeatPointRow.seq == last_of("seq"),
        )
        .execution_options(populate_existing=True)
    )


def last_of(name: str) -> Any:
    """Return `at` or `seq` of a subject's last published point, as a subquery on its state's row."""
    point = aliased(HeatPointRow)
    return (
        select(getattr(point, name))
        .where(
            point.subject == SubjectStateRow.subject,
            point.origin == Origin.PUBLISHED,
            point.at <= func.coalesce(SubjectStateRow.last_slot, _NEVER),
        )
        .order_by(point.at.desc(), point.seq.desc())
        .limit(1)
        .correlate(SubjectStateRow)
        .scalar_subquery()
    )


def point_in(row: HeatPointRow) -> HeatPoint:
    """Return the domain's point of a row, or of what has its columns."""
    values = {name: getattr(row, name) for name in HeatPoint.__dataclass_fields__}
    state = None if row.state_before is None else from_json(row.state_before, LevelState)
    enumerated = {"concern": _CONCERNS[row.concern], "origin": _ORIGINS[row.origin]}
    return HeatPoint(**values | enumerated | {"state_before": state})
