"""Latest values: the row in force of each series' last period, kept in the transaction that moves it."""

import json
from collections.abc import Collection, Mapping

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from monitor.storage.batches import in_batches
from monitor.storage.rows.observations import LatestRow
from monitor.storage.rows.observed import FROM_STRETCHES, ObservedRow

Period = tuple[int, int, int]

_NAMES = [column.key for column in LatestRow.__table__.columns]
_SAME_COLUMNS = [ObservedRow.__table__.columns[name] for name in _NAMES]
_KEYS_AT_ONCE = 1000
_OWN = {
    "period_end": "o.period_start + p.span_seconds",
    "known_at": "COALESCE(p.known_at, o.period_start + p.known_after)",
    **dict.fromkeys(("series_id", "period_start", "seq", "value"), "o.{}"),
    **dict.fromkeys(("low", "high", "note"), "d.{}"),
}
_CHOSEN = {
    "sqlite": "o.seq IN (SELECT value FROM json_each(:seqs))",
    "postgresql": (
        "o.seq IN (SELECT CAST(j.value AS bigint) FROM json_array_elements_text(CAST(:seqs AS json)) AS j)"
    ),
}
_PUT = {
    dialect: text(
        f"INSERT INTO latest ({', '.join(_NAMES)})"
        f" SELECT {', '.join(_OWN.get(name, 'p.{}').format(name) for name in _NAMES)}"
        f" {chosen} WHERE {_CHOSEN[dialect]}"
    )
    for dialect, chosen in FROM_STRETCHES.items()
}


def keep(session: Session, in_force: Mapping[Period, int | None]) -> None:
    """Follow a change of observations: by (series, start, end) the `seq` now in force, None if withdrawn."""
    held = _held_periods(session, {number for number, _, _ in in_force})
    gone = {(number, (end, start)) for (number, start, end), seq in in_force.items() if seq is None}
    lost = {number for number, period in held.items() if (number, period) in gone}
    best: dict[int, tuple[int, int, int]] = {}
    for (number, start, end), seq in in_force.items():
        if seq is not None:
            best[number] = max(best.get(number, (end, start, seq)), (end, start, seq))
    rows = [
        (number, start, seq)
        for number, (end, start, seq) in best.items()
        if number not in lost and (end, start) >= held.get(number, (end, start))
    ]
    _put(session, rows)
    reckon(session, lost)


def _held_periods(session: Session, numbers: Collection[int]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for part in in_batches(numbers):
        statement = select(LatestRow.series_id, LatestRow.period_end, LatestRow.period_start).where(
            LatestRow.series_id.in_(part)
        )
        found |= {number: (end, start) for number, end, start in session.execute(statement)}
    return found


def _put(session: Session, keys: Collection[tuple[int, int, int]]) -> None:
    """Copy these observation rows."""
    statement = _PUT[session.get_bind().dialect.name]
    for part in in_batches(keys, most=_KEYS_AT_ONCE):
        numbers = [number for number, _, _ in part]
        session.execute(delete(LatestRow).where(LatestRow.series_id.in_(numbers)))
        stretches = json.dumps([(number, start, start) for number, start, _ in part])
        session.execute(statement, {"stretches": stretches, "seqs": json.dumps([seq for _, _, seq in part])})


def reckon(session: Session, numbers: Collection[int]) -> None:
    """Find the last period of these series anew: slower, for when it is not known what moved."""
    row = ObservedRow
    for part in in_batches(numbers):
        session.execute(delete(LatestRow).where(LatestRow.series_id.in_(part)))
        vintage = func.row_number().over(
            partition_by=(row.series_id, row.period_start, row.period_end),
            order_by=(row.source_revision.desc(), row.seq.desc()),
        )
        vintages = select(*_SAME_COLUMNS, vintage.label("vintage")).where(row.series_id.in_(part)).subquery()
        period = func.row_number().over(
            partition_by=vintages.c.series_id,
            order_by=(vintages.c.period_end.desc(), vintages.c.period_start.desc()),
        )
        periods = (
            select(vintages, period.label("period"))
            .where(vintages.c.vintage == 1, vintages.c.value.is_not(None))
            .subquery()
        )
        rows = select(*(periods.c[name] for name in _NAMES)).where(periods.c.period == 1)
        session.execute(insert(LatestRow).from_select(_NAMES, rows))
