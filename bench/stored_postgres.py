"""Stored in PostgreSQL: the same as `stored`, on a private server with its usual durability switched off."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench.desks import open_desk
from bench.measure import Figure, Skipped
from bench.stored import NAMES, measure
from tests.postgres import private_cluster


def run(folder: Path) -> list[Figure]:
    """Fill a desk on a private server with the whole history, and measure on it."""
    try:
        with private_cluster() as cluster:
            url = cluster.create_database("bench")
            with open_desk(folder, HEATWATCH_DATABASE_URL=url) as desk:
                return measure(desk, lambda rows: _copy(url, rows))
    except FileNotFoundError as error:
        raise Skipped(str(error)) from error


def _copy(url: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with psycopg.connect(url) as connection:
        with connection.cursor() as cursor, cursor.copy(f"COPY observation ({NAMES}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.execute("UPDATE counter SET value = (SELECT max(seq) FROM observation) WHERE name = 'seq'")
