"""Unpacked: which series have rows that are not among their packed columns yet."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import case
from sqlalchemy.orm import Session

from monitor.storage.rows.observations import UnpackedRow
from monitor.storage.upsert import insert_or


def note_unpacked(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Remember which series have new rows, in the transaction that writes them."""
    counts: dict[int, list[int]] = {}
    for row in rows:
        known = counts.setdefault(row["series_id"], [0, row["period_start"]])
        known[0] += 1
        known[1] = min(known[1], row["period_start"])
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
        for number, (count, first) in sorted(counts.items())
    ]
    if values:
        session.execute(statement, values)
