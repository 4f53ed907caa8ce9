"""Many rows at once, past SQLAlchemy where that was measured to be slow."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import Executable, Table, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from monitor.domain.series import Floats, Ints
from monitor.storage.rows.observations import ObservationRow

_OBSERVATION: Any = ObservationRow.__table__
# Below this a prepared insert is as fast.
_WORTH_COPYING = 100
# More are hardly faster; the library takes some thirty times as many values.
_ROWS_A_STATEMENT = 250
_WITHOUT = np.dtype(
    [
        ("fields", ">i2"), ("size_0", ">i4"), ("series_id", ">i4"), ("size_1", ">i4"), ("start", ">i8"),
        ("size_2", ">i4"), ("seq", ">i8"), ("size_3", ">i4"),
    ]
)  # fmt: skip
_WITH_VALUE = np.dtype([*_WITHOUT.descr, ("value", ">f8")])
_COPY_HEAD, _COPY_TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


def write_values(session: Session, series_id: Ints, period_start: Ints, seq: Ints, value: Floats) -> None:
    """Insert the rows of observations; NaN becomes none. Whoever calls has written what they share."""
    if session.get_bind().dialect.name != "sqlite" and len(seq) >= _WORTH_COPYING:
        _copy(session, _OBSERVATION, [_binary(series_id, period_start, seq, value)], form="BINARY")
        return
    values: list[Any] = value.tolist()
    if np.isnan(value).any():
        values = [None if number != number else number for number in values]  # noqa: PLR0124 (NaN)
    columns = (series_id.tolist(), period_start.tolist(), seq.tolist(), values)
    if session.get_bind().dialect.name != "sqlite":
        write_tuples(session, _OBSERVATION, list(zip(*columns, strict=True)))
        return
    cells: list[Any] = [None] * (len(columns) * len(values))
    for place, column in enumerate(columns):
        cells[place :: len(columns)] = column
    _write_cells(session, cells)


def write_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of plain values, each with every column, without a look at each."""
    write_tuples(session, table, list(map(itemgetter(*(column.name for column in table.columns)), rows)))


def write_tuples(session: Session, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert tuples in the order of the table's columns (three times the speed), COPY on PostgreSQL (six)."""
    if not rows:
        return
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(_insert(table, 1), rows)
    elif len(rows) < _WORTH_COPYING:
        names = [column.name for column in table.columns]
        session.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
    else:
        _copy(session, table, rows)


def fetch_tuples(
    session: Session, statement: Executable, parameters: Mapping[str, Any] | None = None
) -> Sequence[Any]:
    """Return all rows as the driver's plain tuples: no row objects, and no conversion of types."""
    result = session.connection().execute(statement, parameters)
    rows: Sequence[Any] = result.cursor.fetchall()
    result.close()
    return rows


def _write_cells(session: Session, cells: Sequence[Any]) -> None:
    """Insert the cells of observations, one row after the other: many rows a statement take half the time.

    Of rows that come in the order of their key, that is: for such a statement SQLite keeps a journal of each
    page it changes, so where rows go all over an index it takes longer than a statement a row.
    """
    width = len(_OBSERVATION.columns)
    whole = len(cells) // (width * _ROWS_A_STATEMENT) * width * _ROWS_A_STATEMENT
    connection = session.connection()
    if whole:
        step = width * _ROWS_A_STATEMENT
        parts = [tuple(cells[at : at + step]) for at in range(0, whole, step)]
        connection.exec_driver_sql(_insert(_OBSERVATION, _ROWS_A_STATEMENT), parts)
    if whole < len(cells):
        rows = (len(cells) - whole) // width
        connection.exec_driver_sql(_insert(_OBSERVATION, rows), tuple(cells[whole:]))


@cache
def _insert(table: Table, rows: int) -> str:
    """Return a statement that inserts so many rows."""
    one = str(insert(table).compile(dialect=sqlite.dialect()))
    values = one[one.index("(", one.index(" VALUES ")) :]
    return one + f", {values}" * (rows - 1)


def _binary(series_id: Ints, period_start: Ints, seq: Ints, value: Floats) -> bytes:
    """Return the rows in PostgreSQL's binary form: a count of fields, and each field after its length.

    https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
    """
    gone = np.isnan(value)
    parts = []
    for chosen, form in ((~gone, _WITH_VALUE), (gone, _WITHOUT)):
        rows = np.zeros(int(chosen.sum()), dtype=form)
        rows["fields"], rows["size_0"], rows["size_1"], rows["size_2"] = 4, 4, 8, 8
        rows["series_id"], rows["start"], rows["seq"] = series_id[chosen], period_start[chosen], seq[chosen]
        rows["size_3"] = 8 if form is _WITH_VALUE else -1
        if form is _WITH_VALUE:
            rows["value"] = value[chosen]
        parts.append(rows.tobytes())
    return _COPY_HEAD + b"".join(parts) + _COPY_TAIL


def _copy(session: Session, table: Table, rows: Iterable[Any], *, form: str = "TEXT") -> None:
    """Send tuples, or blocks of bytes in PostgreSQL's binary form."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    statement = f"COPY {table.name} ({names}) FROM STDIN (FORMAT {form})"
    driver: Any = session.connection().connection.driver_connection
    any_error: type[Exception] = session.connection().dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            send = copy.write if form == "BINARY" else copy.write_row
            for row in rows:
                send(row)
    except any_error as error:
        # As SQLAlchemy would have raised it, for those who tell a lost connection from a broken constraint.
        raise DBAPIError.instance(statement, None, error, any_error) from error
