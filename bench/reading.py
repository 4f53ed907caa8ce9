"""Reading: `series.columns` of 200 series of a year, against a cursor's fetchall of the same rows."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from bench.desks import open_desk
from bench.measure import Figure, compare, seconds
from bench.sample import SOURCE, YEAR_DAYS, install, keys_of, readings_of
from monitor.bootstrap import Application
from monitor.scheduling.jobs import pack_due
from monitor.storage import observations, series

SERIES = 200
UNTIL = datetime(2025, 11, 30, tzinfo=UTC)
COLUMNS = "series_id, period_start, seq, value"


def run(folder: Path) -> list[Figure]:
    """Time all series at once."""
    keys = keys_of("leader", SERIES)
    with open_desk(folder) as desk:
        with desk.writing() as (session, now):
            install(session, ["leader"], SERIES, now=now)
            for number, key in enumerate(keys):
                readings = readings_of(key, number, YEAR_DAYS, until=UNTIL)
                observations.add(session, readings, source=SOURCE, author="bench", note="", now=now)
        pack_due(desk)
        connection = sqlite3.connect(folder / "heatwatch.sqlite3")
        try:
            return [
                compare(
                    "read 200 series x 365 days as columns",
                    lambda: _ours(desk, keys),
                    "fetchall of the same rows",
                    lambda: _plain(connection),
                    runs=7, unit="ms", scale=1000,
                )
            ]  # fmt: skip
        finally:
            connection.close()


def _ours(desk: Application, keys: list[str]) -> float:
    with desk.reading() as (session, _):
        return seconds(lambda: series.columns(session, keys))


def _plain(connection: sqlite3.Connection) -> float:
    statement = f"SELECT {COLUMNS} FROM observation WHERE series_id IN (SELECT id FROM series)"  # noqa: S608
    return seconds(lambda: connection.execute(statement).fetchall())
