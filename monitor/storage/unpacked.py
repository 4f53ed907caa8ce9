"""Unpacked: which series have rows that are not among their packed columns yet."""

import numpy as np
from sqlalchemy import case
from sqlalchemy.orm import Session

from monitor.domain.series import Ints
from monitor.storage.rows.observations import UnpackedRow
from monitor.storage.upsert import insert_or


def note_unpacked(session: Session, series_id: Ints, period_start: Ints) -> None:
    """Remember which series have new rows, in the transaction that writes them."""
    order = np.argsort(series_id, kind="stable")
    numbers, firsts, counts = np.unique(series_id[order], return_index=True, return_counts=True)
    if not len(numbers):
        return
    starts = np.minimum.reduceat(period_start[order], firsts)
    new = insert_or(session, UnpackedRow)
    start, excluded = UnpackedRow.period_start, new.excluded
    statement = new.on_conflict_do_update(
        index_elements=[UnpackedRow.series_id],
        set_={
            "count": UnpackedRow.count + excluded.count,
            "period_start": case((excluded.period_start < start, excluded.period_start), else_=start),
        },
    )
    values = [
        {"series_id": number, "count": count, "period_start": first}
        for number, count, first in zip(numbers.tolist(), counts.tolist(), starts.tolist(), strict=True)
    ]
    session.execute(statement, values)
