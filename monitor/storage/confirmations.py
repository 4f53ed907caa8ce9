"""Confirmations: a person says that a provisional value stands; a row of its own, as every statement is."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.errors import InvalidInput
from monitor.storage import latest, series, subjects
from monitor.storage.new_rows import new_rows, write_new
from monitor.storage.rows.observations import BatchRow
from monitor.storage.rows.observed import ObservedRow
from monitor.storage.sequence import lock, next_seq

Period = tuple[datetime, datetime]


def confirm(
    session: Session, key: series.Key, period: Period, *, source: str, author: str, reason: str, now: datetime
) -> int | None:
    """Say that the value in force of a period stands; return the row's number, None if it was confirmed.

    The row repeats the value under a number and a known time of its own: a later revision of the period
    outranks it, and with it the confirmation. InvalidInput where the period has no value.
    """
    lock(session)
    row = _in_force(session, key, period)
    if row["is_confirmed"]:
        return None
    seq = next_seq(session)
    batch = {"source": source, "author": author, "note": reason, "run_id": None, "stored_at": now}
    batch_id = session.execute(insert(BatchRow).values(**batch).returning(BatchRow.id)).scalar_one()
    said = {"known_at": max(epoch(now), row["known_at"]), "is_confirmed": True, "note": reason}
    write_new(session, new_rows([row | said]), first_seq=seq, batch_id=batch_id)
    latest.reckon(session, [row["series_id"]])
    subjects.mark_due(session, series.watchers_of_ids(session, [row["series_id"]]), now=now)
    return seq


def _in_force(session: Session, key: series.Key, period: Period) -> dict[str, Any]:
    row = ObservedRow
    statement = (
        select(ObservedRow.__table__)
        .where(
            row.series_id.in_(series.ids(session, [key]).values()),
            row.period_start == epoch(period[0]),
            row.period_end == epoch(period[1]),
        )
        .order_by(row.source_revision.desc(), row.seq.desc())
        .limit(1)
    )
    found = session.execute(statement).mappings().one_or_none()
    if found is None or found["value"] is None:
        raise InvalidInput(f"{key} has no value from {period[0]:%Y-%m-%d} on", field="period")
    return dict(found)
