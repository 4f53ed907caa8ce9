"""Storing: 100,000 readings through `observations.add`, against sqlite3's executemany of the same rows."""

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.desks import open_desk
from bench.measure import Figure, Spread, compare, seconds
from bench.sample import SOURCE, install, keys_of, readings_of
from monitor.domain.observation import Reading
from monitor.storage import observations
from monitor.storage.engine import open_database

SERIES, DAYS = 100, 1000
UNTIL = datetime(2025, 11, 30, tzinfo=UTC)
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000")
FILE = "heatwatch.sqlite3"


def run(folder: Path) -> list[Figure]:
    """Time a first load, and the same load again, which stores nothing."""
    template, filled = folder / "template", folder / "filled"
    with open_desk(template) as desk, desk.writing() as (session, now):
        install(session, ["leader"], SERIES, now=now)
    readings = [
        reading
        for number, key in enumerate(keys_of("leader", SERIES))
        for reading in readings_of(key, number, DAYS, until=UNTIL)
    ]
    empty_pages = pages(template / FILE)
    _store(template, filled, readings)
    rows = _rows(filled / FILE)
    bytes_a_row = (pages(filled / FILE) - empty_pages) / len(rows)
    return [
        compare(
            "store 100,000 readings",
            lambda: _store(template, folder / "ours", readings),
            "executemany of the same rows, same pragmas",
            lambda: _plain(template, folder / "plain", filled, rows),
            runs=3,
        ),
        compare(
            "store the same 100,000 again (nothing new)",
            lambda: _add(filled, readings),
            "executemany of the same rows, same pragmas",
            lambda: _plain(template, folder / "plain", filled, rows),
            runs=3,
        ),
        Figure(name="observation, bytes a row", unit="bytes", ours=Spread.of([bytes_a_row])),
    ]


def _copy(template: Path, home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    shutil.copy(template / FILE, home / FILE)


def _store(template: Path, home: Path, readings: list[Reading]) -> float:
    _copy(template, home)
    return _add(home, readings)


def _add(home: Path, readings: list[Reading]) -> float:
    database = open_database(f"sqlite:///{home / FILE}")
    try:
        with database.read():
            pass

        def work() -> None:
            with database.write() as session:
                now = database.now(session)
                observations.add(session, readings, source=SOURCE, author="bench", note="", now=now)

        return seconds(work)
    finally:
        database.dispose()


def _plain(template: Path, home: Path, filled: Path, rows: list[Any]) -> float:
    """Insert the rows into the same table; what they point at is copied before the clock starts."""
    _copy(template, home)
    connection = sqlite3.connect(home / FILE, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("ATTACH ? AS filled", (str(filled / FILE),))
    for table in ("series", "batch", "provenance"):
        connection.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM filled.{table}")  # noqa: S608
    connection.execute("DETACH filled")
    places = ", ".join("?" * len(rows[0]))

    def work() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO observation VALUES ({places})", rows)  # noqa: S608
        connection.execute("COMMIT")

    try:
        return seconds(work)
    finally:
        connection.close()


def _rows(file: Path) -> list[Any]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute("SELECT * FROM observation ORDER BY seq").fetchall()
    finally:
        connection.close()


def pages(file: Path) -> int:
    """Return the bytes of all pages of a database."""
    connection = sqlite3.connect(file)
    try:
        count, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
        )
        return int(count * size)
    finally:
        connection.close()
