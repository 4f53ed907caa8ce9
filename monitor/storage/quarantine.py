"""The quarantine: readings that did not pass a gate, and what a person made of them."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from monitor.domain.clock import epoch, moment
from monitor.domain.errors import NotFound
from monitor.domain.gates import Gate, Quarantined
from monitor.domain.observation import Reading
from monitor.domain.quarantine import Decision, Held, State
from monitor.storage.batches import in_batches
from monitor.storage.rows.quarantine import QuarantineRow
from monitor.storage.upsert import insert_or

_Row = QuarantineRow
_ROWS_AT_ONCE = 500
_READING = (
    "source_revision", "value", "low", "high", "unit", "grade", "citation", "is_reconstructed", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which rows are meant; what is left out is not asked."""

    state: State | None = None
    source: str = ""
    series: str = ""
    run_id: int | None = None


def digest_of(source: str, reading: Reading) -> str:
    """Return what is the same for the same content of the same period of a series, whenever it is given."""
    said = (
        source, reading.series, epoch(reading.period_start), epoch(reading.period_end), reading.value,
        reading.low, reading.high, reading.source_revision, reading.unit,
    )  # fmt: skip
    return hashlib.blake2b(json.dumps(said).encode(), digest_size=16).hexdigest()


def states(session: Session, source: str) -> dict[str, State]:
    """Return the state of all that was ever quarantined of a source, by digest."""
    statement = select(_Row.digest, _Row.state).where(_Row.source == source)
    return {digest: State(state) for digest, state in session.execute(statement)}


def keep(
    session: Session, found: Sequence[Quarantined], *, source: str, run_id: int | None, now: datetime
) -> None:
    """Keep readings; what waits already stays one row, and says what is wrong with it now."""
    rows = {digest_of(source, each.reading): each for each in found}
    for part in in_batches(rows.items(), most=_ROWS_AT_ONCE):
        insert = insert_or(session, _Row)
        told = {name: insert.excluded[name] for name in ("run_id", "gate", "reason", "last_at")}
        statement = insert.on_conflict_do_update(
            index_elements=["digest"], set_=told, where=_Row.state == State.OPEN.value
        )
        values = [
            _values(each, digest=digest, source=source, run_id=run_id, now=now) for digest, each in part
        ]
        session.execute(statement, values)


def find(session: Session, which: Which, *, limit: int | None = None, offset: int = 0) -> list[Held]:
    """Return rows, those that came last first, and within one run by series and period."""
    statement = _meant(select(_Row), which).order_by(
        _Row.last_at.desc(), _Row.run_id.desc(), _Row.series, _Row.period_start, _Row.id
    )
    return [_held(row) for row in session.execute(statement.limit(limit).offset(offset)).scalars()]


def one(session: Session, number: int) -> Held:
    """Return one row; NotFound if there is none of that number."""
    row = session.get(_Row, number, populate_existing=True)
    if row is None:
        raise NotFound(f"nothing in quarantine has the number {number}")
    return _held(row)


def count(session: Session, which: Which) -> int:
    """Count rows."""
    counted: int = session.execute(_meant(select(func.count()).select_from(_Row), which)).scalar_one()
    return counted


def open_by_source(session: Session) -> dict[str, int]:
    """Count what waits, by source."""
    statement = select(_Row.source, func.count()).where(_Row.state == State.OPEN.value).group_by(_Row.source)
    return {row[0]: row[1] for row in session.execute(statement)}


def decide(session: Session, numbers: Collection[int], decision: Decision, *, now: datetime) -> int:
    """Note what was decided of open rows; return of how many: each can be decided once."""
    values: dict[str, Any] = {
        "state": decision.state.value, "decided_by": decision.by, "why": decision.why, "decided_at": now,
        "corrected_value": decision.corrected_value,
    }  # fmt: skip
    decided = 0
    for part in in_batches(numbers, most=_ROWS_AT_ONCE):
        statement = update(_Row).where(_Row.id.in_(part), _Row.state == State.OPEN.value).values(**values)
        decided += len(session.execute(statement.returning(_Row.id)).all())
    return decided


def waiting_periods(session: Session, source: str) -> dict[int, tuple[str, str, int, int]]:
    """Return (digest, series, period start, period end) of what waits of a source, by number."""
    columns = (_Row.id, _Row.digest, _Row.series, _Row.period_start, _Row.period_end)
    statement = select(*columns).where(_Row.source == source, _Row.state == State.OPEN.value)
    return {number: tuple(rest) for number, *rest in session.execute(statement)}  # type: ignore[misc]


def _meant(statement: Select[Any], which: Which) -> Select[Any]:
    if which.state is not None:
        statement = statement.where(_Row.state == which.state.value)
    if which.source:
        statement = statement.where(_Row.source == which.source)
    if which.series:
        statement = statement.where(_Row.series == which.series)
    if which.run_id is not None:
        statement = statement.where(_Row.run_id == which.run_id)
    return statement


def _values(
    each: Quarantined, *, digest: str, source: str, run_id: int | None, now: datetime
) -> Mapping[str, Any]:
    reading = each.reading
    said = {name: getattr(reading, name) for name in _READING} | {
        "digest": digest, "run_id": run_id, "source": source, "series": reading.series,
        "period_start": epoch(reading.period_start), "period_end": epoch(reading.period_end),
        "known_at": epoch(reading.known_at), "gate": each.gate.value, "reason": each.reason,
        "first_at": now, "last_at": now, "state": State.OPEN.value, "decided_by": "", "why": "",
    }  # fmt: skip
    return {name: _storable(value) if isinstance(value, str) else value for name, value in said.items()}


def _storable(text: str) -> str:
    """Return what PostgreSQL can hold of whatever a source has said."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _held(row: QuarantineRow) -> Held:
    reading = Reading(
        series=row.series,
        period_start=moment(row.period_start),
        period_end=moment(row.period_end),
        known_at=moment(row.known_at),
        **{name: getattr(row, name) for name in _READING},
    )
    same = (
        "id", "digest", "run_id", "source", "reason", "first_at", "last_at", "corrected_value", "decided_by",
        "why", "decided_at",
    )  # fmt: skip
    plain = {name: getattr(row, name) for name in same}
    return Held(**plain, reading=reading, gate=Gate(row.gate), state=State(row.state))
