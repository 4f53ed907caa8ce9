"""Kept columns: series that a process has read stay with it for as long as no row is added to them.

A subject of fifty series is assessed for one new value: the other forty-nine are not read again. Rows are
only ever added, so a series whose rows are as many as were read is as it was read.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from monitor.domain.series import Columns, Looked
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.rows.observations import PackedSeriesRow, SeriesRow, UnpackedRow
from monitor.storage.stored_columns import read_stored

# Some 90 bytes a row, and 1.5 kB a series beside: 50 MB at most.
MOST_ROWS, ROWS_A_SERIES = 500_000, 16
WRITTEN = "observations written"
_KEPT = "columns"


class Kept:
    """Columns by the number of their series, those least lately asked for given up first."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._columns: OrderedDict[int, Columns] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def find(self, counts: Mapping[int, int]) -> dict[int, Columns]:
        """Return those of the series that have as many rows as there are."""
        with self._lock:
            found = {
                number: columns
                for number, count in counts.items()
                if (columns := self._columns.get(number)) is not None and len(columns) == count
            }
            for number in found:
                self._columns.move_to_end(number)
        return found

    def put(self, new: Mapping[int, Columns]) -> None:
        """Keep series as they were read."""
        with self._lock:
            for number, columns in new.items():
                before = self._columns.pop(number, None)
                self._rows -= 0 if before is None else len(before) + ROWS_A_SERIES
                self._columns[number] = columns
                self._rows += len(columns) + ROWS_A_SERIES
            while self._rows > MOST_ROWS and self._columns:
                _, gone = self._columns.popitem(last=False)
                self._rows -= len(gone) + ROWS_A_SERIES


def read_kept(session: Session, numbers: Collection[int]) -> dict[int, Columns]:
    """Return all rows of each numbered series in commit order, read anew only where rows were added."""
    kept: Kept = session.info.get("kept", {}).setdefault(_KEPT, Kept())
    counts = {
        number: count
        for part in in_batches(numbers)
        for number, count in fetch_tuples(session, _counts(), {"numbers": part})
    }
    found = kept.find(counts)
    missing = [number for number in counts if number not in found]
    read = read_stored(session, missing) if missing else {}
    new = {number: Looked.at(columns) for number, columns in read.items()}
    # What this session has written itself may yet be undone.
    if not session.info.get(WRITTEN):
        kept.put({number: each for number, each in new.items() if len(each) == counts[number]})
    return found | new


@cache
def _counts() -> Any:
    row, packed, waiting = SeriesRow, PackedSeriesRow, UnpackedRow
    count = func.coalesce(packed.count, 0) + func.coalesce(waiting.count, 0)
    return (
        select(row.id, count)
        .outerjoin(packed, packed.series_id == row.id)
        .outerjoin(waiting, waiting.series_id == row.id)
        .where(row.id.in_(bindparam("numbers", expanding=True)))
    )
