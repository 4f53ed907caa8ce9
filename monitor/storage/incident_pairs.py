"""Pairs of incidents that may be one: proposals come and go, what a person said stays."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, tuple_, update
from sqlalchemy.orm import Session

from monitor.domain.incident_pair import IncidentPair, Key, PairState
from monitor.storage.batches import in_batches
from monitor.storage.rows.incident_pairs import IncidentPairRow
from monitor.storage.upsert import insert_or

_FIRST = tuple_(IncidentPairRow.first_source, IncidentPairRow.first_id)
_SECOND = tuple_(IncidentPairRow.second_source, IncidentPairRow.second_id)
_KEY = ("first_source", "first_id", "second_source", "second_id")


def propose(session: Session, pairs: Iterable[IncidentPair]) -> int:
    """Store proposals that are new, with fresh scores for those that wait; return how many were stored."""
    count = 0
    for part in in_batches(pairs):
        statement = insert_or(session, IncidentPairRow)
        statement = statement.on_conflict_do_update(
            index_elements=_KEY,
            set_={"score": statement.excluded.score, "reasons": statement.excluded.reasons},
            where=IncidentPairRow.state == PairState.PROPOSED,
        )
        session.execute(statement, [_row(each) for each in part])
        count += len(part)
    return count


def forget(session: Session, pairs: Iterable[IncidentPair]) -> None:
    """Drop proposals that no longer hold; what a person said of a pair stays."""
    for each in pairs:
        row = IncidentPairRow
        session.execute(delete(row).where(*_is(each.first, each.second), row.state == PairState.PROPOSED))


def find(session: Session, state: PairState | None = None, *, limit: int | None = None) -> list[IncidentPair]:
    """Return pairs, the most alike first."""
    row = IncidentPairRow
    statement = select(row).order_by(row.score.desc(), *(getattr(row, name) for name in _KEY)).limit(limit)
    if state is not None:
        statement = statement.where(row.state == state)
    return [_pair(each) for each in session.execute(statement).scalars()]


def of_incidents(session: Session, keys: Collection[Key]) -> list[IncidentPair]:
    """Return the pairs in which any of these incidents (source, external id) is."""
    found: dict[tuple[Key, Key], IncidentPair] = {}
    for part in in_batches(keys, most=400):
        statement = select(IncidentPairRow).where(or_(_FIRST.in_(part), _SECOND.in_(part)))
        for each in session.execute(statement).scalars():
            found[(each.first_source, each.first_id), (each.second_source, each.second_id)] = _pair(each)
    return sorted(found.values(), key=lambda pair: -pair.score)


def get(session: Session, one: Key, other: Key) -> IncidentPair | None:
    """Return the pair of two incidents, in whichever order they are named."""
    first, second = sorted((one, other))
    row = session.execute(select(IncidentPairRow).where(*_is(first, second))).scalar_one_or_none()
    return None if row is None else _pair(row)


def decide(
    session: Session, pair: IncidentPair, state: PairState, *, author: str, reason: str, now: datetime
) -> None:
    """Say that two incidents are the same, or different."""
    values = {"state": state, "decided_by": author, "reason": reason, "decided_at": now}
    session.execute(update(IncidentPairRow).where(*_is(pair.first, pair.second)).values(**values))


def _is(first: Key, second: Key) -> tuple[ColumnElement[bool], ...]:
    row = IncidentPairRow
    return (
        row.first_source == first[0], row.first_id == first[1], row.second_source == second[0],
        row.second_id == second[1],
    )  # fmt: skip


def _row(pair: IncidentPair) -> dict[str, object]:
    return {
        "first_source": pair.first[0], "first_id": pair.first[1], "second_source": pair.second[0],
        "second_id": pair.second[1], "score": pair.score, "reasons": list(pair.reasons),
        "state": pair.state, "proposed_at": pair.proposed_at, "decided_at": pair.decided_at,
        "decided_by": pair.decided_by, "reason": pair.reason,
    }  # fmt: skip


def _pair(row: IncidentPairRow) -> IncidentPair:
    return IncidentPair(
        first=(row.first_source, row.first_id), second=(row.second_source, row.second_id), score=row.score,
        reasons=tuple(row.reasons), state=PairState(row.state), proposed_at=row.proposed_at,
        decided_at=row.decided_at, decided_by=row.decided_by, reason=row.reason,
    )  # fmt: skip
