"""Importing: a million rows from CSV in a process of its own, against the bare driver's bulk write."""

import json
import shutil
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.desks import environ_of, open_desk
from bench.measure import Figure, Skipped, figure_of_pairs, seconds, single
from bench.sample import install, walk
from bench.storing import FILE, PRAGMAS, pages
from tests.postgres import private_cluster

SERIES, DAYS, INDICATORS = 1_000, 1_000, 10
FIRST = date(2023, 1, 1)
RUNS = 3
GOAL_RATIO, GOAL_MEBIBYTES, GOAL_BYTES = 2.0, 400.0, 30.0


def run(folder: Path) -> list[Figure]:
    """Import into SQLite, and into a private PostgreSQL server where there is one."""
    file = folder / "observations.csv"
    write_file(file)
    figures = _sqlite(folder, file)
    try:
        with private_cluster() as cluster:
            figures += _postgres(folder, file, cluster)
    except FileNotFoundError as error:
        print(f"SKIPPED PostgreSQL: {error}")
    return figures


def write_file(file: Path) -> None:
    """Write daily values of many series, one series after the other."""
    days = [(FIRST + timedelta(days=day)).isoformat() for day in range(DAYS)]
    with file.open("w") as out:
        out.write("series,date,value\n")
        for number in range(SERIES):
            key = f"bench-{number % INDICATORS}:u{number}"
            out.writelines(
                f"{key},{day},{value!r}\n"
                for day, value in zip(days, walk(number, DAYS).tolist(), strict=True)
            )


def _sqlite(folder: Path, file: Path) -> list[Figure]:
    template, ours, plain = (folder / name for name in ("template", "ours", "plain"))
    with open_desk(template) as desk, desk.writing() as (session, now):
        install(session, ["leader"], INDICATORS, now=now)
    empty = pages(template / FILE)
    pairs, peaks, sizes = [], [], []
    for _ in range(RUNS + 1):
        _copy(template, ours)
        told = imported(ours, file)
        sizes.append((pages(ours / FILE) - empty) / (SERIES * DAYS))
        rows = _rows(ours / FILE)
        _copy(template, plain)
        pairs.append((told["seconds"], _executemany(plain / FILE, ours / FILE, rows)))
        peaks.append(told["peak_mebibytes"])
        del rows
    return [
        figure_of_pairs(
            "import 1,000,000 observations from CSV into SQLite", pairs[1:],
            "executemany of the rows it makes, from memory, same table and pragmas",
            unit="s", goal_ratio=GOAL_RATIO,
        ),
        single("peak memory of the importing process", peaks, unit="MiB", goal=GOAL_MEBIBYTES),
        single("an observation on disk, SQLite", sizes, unit="bytes", goal=GOAL_BYTES),
    ]  # fmt: skip


def _postgres(folder: Path, file: Path, cluster: Any) -> list[Figure]:
    pairs, peaks = [], []
    for number in range(RUNS + 1):
        url = cluster.create_database(f"ours{number}")
        home = folder / f"pg{number}"
        with open_desk(home, HEATWATCH_DATABASE_URL=url) as desk, desk.writing() as (session, now):
            install(session, ["leader"], INDICATORS, now=now)
        told = imported(folder / f"pg{number}", file, url=url)
        pairs.append((told["seconds"], _copied(url)))
        peaks.append(told["peak_mebibytes"])
    return [
        figure_of_pairs(
            "import 1,000,000 observations from CSV into PostgreSQL", pairs[1:],
            "COPY of the rows it makes, from memory, same table emptied before",
            unit="s", goal_ratio=GOAL_RATIO,
        ),
        single("peak memory of that process", peaks, unit="MiB", goal=GOAL_MEBIBYTES),
    ]  # fmt: skip


def imported(home: Path, file: Path, *, url: str = "", what: str = "observations") -> dict[str, float]:
    """Import a file in a process of its own; return the seconds it took and the mebibytes it held at most."""
    command = [sys.executable, "-m", "bench.importing_child", str(home), str(file), url, what]
    done = subprocess.run(command, env=environ_of(home), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Skipped(done.stderr[-500:])
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _copy(template: Path, home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)


def _rows(file: Path) -> list[Any]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute("SELECT * FROM observation ORDER BY seq").fetchall()
    finally:
        connection.close()


def _executemany(file: Path, filled: Path, rows: list[Any]) -> float:
    """Insert the rows into the same table; what they point at is copied before the clock starts."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("ATTACH ? AS filled", (str(filled),))
    connection.execute("INSERT OR IGNORE INTO main.series SELECT * FROM filled.series")
    connection.execute("DETACH filled")

    def work() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO observation VALUES (?, ?, ?, ?)", rows)
        connection.execute("COMMIT")

    try:
        return seconds(work)
    finally:
        connection.close()


def _copied(url: str) -> float:
    """Copy the rows into their own table once more, after emptying it."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT * FROM observation ORDER BY seq").fetchall()
        connection.execute("TRUNCATE observation")
        connection.commit()

        def work() -> None:
            with connection.cursor() as cursor, cursor.copy("COPY observation FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            connection.commit()

        return seconds(work)
