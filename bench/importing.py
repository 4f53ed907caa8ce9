"""Importing: a million rows from CSV in a process of its own, against the bare driver's bulk write."""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.desks import environ_of, open_desk
from bench.measure import Figure, Skipped, figure_of_pairs, seconds, single
from bench.sample import SEED, install, walk
from bench.storing import FILE, PRAGMAS, pages
from tests.postgres import private_cluster

SERIES, DAYS, INDICATORS = 1_000, 1_000, 10
ROWS = SERIES * DAYS
KINDS = ("ambush", "attack", "explosion", "kidnapping", "theft")
OBSERVATIONS, INCIDENTS = "observation", "incident"
FIRST = date(2023, 1, 1)
RUNS = 3
GOAL_RATIO, GOAL_MEBIBYTES, GOAL_BYTES = 2.0, 400.0, 30.0


def run(folder: Path) -> list[Figure]:
    """Import into SQLite, and into a private PostgreSQL server where there is one."""
    file, incidents = folder / "observations.csv", folder / "incidents.csv"
    write_file(file)
    write_incidents(incidents)
    figures = [*_sqlite(folder, file), *_incidents(folder, incidents)]
    try:
        with private_cluster() as cluster:
            figures += [
                *_postgres(folder, file, cluster, OBSERVATIONS),
                *_postgres(folder, incidents, cluster, INCIDENTS),
            ]
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


def write_incidents(file: Path) -> None:
    """Write incidents of the years 2000 to 2025 over a few countries and regions, in no order of days."""
    drawn = random.Random(SEED)
    days = [(date(2000, 1, 1) + timedelta(days=day)).isoformat() for day in range(9_000)]
    with file.open("w") as out:
        out.write("external_id,happened_on,country,kind,admin1,latitude,longitude,precision,actor,killed,")
        out.write("injured,kidnapped,description\n")
        for number in range(ROWS):
            country = drawn.choice(("MLI", "BFA", "NER", "NGA", "TCD"))
            place = f"{drawn.uniform(10, 20):.4f},{drawn.uniform(-10, 20):.4f},near"
            out.write(
                f"E{number:07d},{drawn.choice(days)},{country},{drawn.choice(KINDS)},{country[:2]}0"
                f"{number % 9 + 1},{place},Actor {number % 300},{number % 7},{number % 5},0,"
                f"An incident of day {number % 31} near village {number % 9_973}.\n"
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
        rows = _rows(ours / FILE, OBSERVATIONS)
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


def _incidents(folder: Path, file: Path) -> list[Figure]:
    template, ours, plain = (folder / name for name in ("template", "ours", "plain"))
    pairs, peaks = [], []
    for _ in range(RUNS + 1):
        _copy(template, ours)
        told = imported(ours, file, what="incidents")
        rows = _rows(ours / FILE, INCIDENTS)
        _copy(template, plain)
        with closing(sqlite3.connect(plain / FILE, isolation_level=None)) as connection:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            pairs.append((told["seconds"], _inserted(connection, INCIDENTS, rows)))
        peaks.append(told["peak_mebibytes"])
        del rows
    return [
        figure_of_pairs(
            "import 1,000,000 incidents from CSV into SQLite", pairs[1:],
            "executemany of the rows it makes, from memory, same table and pragmas",
            unit="s", goal_ratio=GOAL_RATIO,
        ),
        single("peak memory of that process", peaks, unit="MiB", goal=GOAL_MEBIBYTES),
    ]  # fmt: skip


def _inserted(connection: sqlite3.Connection, table: str, rows: list[Any]) -> float:
    places = ", ".join("?" * len(rows[0]))

    def work() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608
        connection.execute("COMMIT")

    return seconds(work)


def _postgres(folder: Path, file: Path, cluster: Any, table: str) -> list[Figure]:
    pairs, peaks = [], []
    for number in range(RUNS + 1):
        url = cluster.create_database(f"{table}{number}")
        home = folder / f"pg-{table}{number}"
        with open_desk(home, HEATWATCH_DATABASE_URL=url) as desk, desk.writing() as (session, now):
            install(session, ["leader"], INDICATORS, now=now)
        told = imported(home, file, url=url, what=f"{table}s")
        pairs.append((told["seconds"], _copied(url, table)))
        peaks.append(told["peak_mebibytes"])
    return [
        figure_of_pairs(
            f"import 1,000,000 {table}s from CSV into PostgreSQL", pairs[1:],
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


def _rows(file: Path, table: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY seq").fetchall()  # noqa: S608


def _executemany(file: Path, filled: Path, rows: list[Any]) -> float:
    """Insert the rows into the same table; what they point at is copied before the clock starts."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("ATTACH ? AS filled", (str(filled),))
        connection.execute("INSERT OR IGNORE INTO main.series SELECT * FROM filled.series")
        connection.execute("DETACH filled")
        return _inserted(connection, OBSERVATIONS, rows)


def _copied(url: str, table: str) -> float:
    """Copy the rows into their own table once more, after emptying it."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(f"SELECT * FROM {table} ORDER BY seq").fetchall()  # noqa: S608
        connection.execute(f"TRUNCATE {table}")
        connection.commit()

        def work() -> None:
            with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            connection.commit()

        return seconds(work)
