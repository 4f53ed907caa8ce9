"""sql: the rows of one read-only query to PostgreSQL or a SQLite file, mapped like the columns of a table."""

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import psycopg
from pydantic import Field, model_validator

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask, Fetcher, Harvest
from monitor.domain.source import Source
from monitor.egress.guard import EgressPolicy
from monitor.sources.settings import Secret, key, parse, problems_of
from monitor.sources.sql.connect import postgresql, sqlite_file
from monitor.sources.tables.table import harvest_of
from monitor.sources.tables.table_rows import Row
from monitor.sources.tables.table_settings import TableSettings

_MOST_CHARACTERS = 64 * 1024 * 1024
_SHOWN = 400


class SqlSettings(TableSettings):
    """Which database is asked what, and how its rows are read."""

    url: Secret | None = key(
        "The address of a PostgreSQL, `postgresql://user:password@host/database`, as a secret",
        {"secret": "fuel-database"}, None,
    )  # fmt: skip
    file: Annotated[str, Field(max_length=400)] = key(
        "Instead of `url`: a SQLite file below HEATWATCH_WATCH_DIR", "depots/stock.sqlite3", ""
    )
    query: Annotated[str, Field(min_length=1, max_length=20_000)] = key(
        "One statement that reads", "SELECT day, depot, litres FROM stock"
    )
    max_rows: Annotated[int, Field(ge=1, le=1_000_000)] = key(
        "More rows than that are an error", 500_000, 100_000
    )
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = key("How long the query may take", 60.0, 30.0)

    @model_validator(mode="after")
    def _lies_in_one_place(self) -> "SqlSettings":
        if (self.url is None) == (not self.file):
            raise ValueError("give either url or file")
        return self


class SqlSource:
    """Asks a database for the rows of one query."""

    settings = SqlSettings

    def __init__(self, policy: EgressPolicy | None = None, watch_dir: Path | None = None) -> None:
        """Keep what the operator opened: networks, and a folder for files."""
        self._policy, self._watch_dir = policy or EgressPolicy(), watch_dir

    def problems(self, source: Source) -> Sequence[str]:
        """Return a sentence for each setting that is wrong."""
        return problems_of(SqlSettings, source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return what the rows tell of; SourceError in the database's own words."""
        del fetcher
        given = parse(SqlSettings, source)
        try:
            with self._connected(given, ask) as cursor:
                names, rows = _answer(cursor, given)
        except (psycopg.Error, sqlite3.Error, sqlite3.Warning) as error:
            raise SourceError(_words(error, ask, given)) from None
        return harvest_of(rows, given, present=names, source=source, ask=ask, window=None)

    def _connected(self, given: SqlSettings, ask: Ask) -> AbstractContextManager[Any]:
        if given.url is None:
            return sqlite_file(given.file, self._watch_dir, seconds=given.timeout_seconds)
        return postgresql(ask.secret("url"), self._policy, seconds=given.timeout_seconds)


def _answer(cursor: Any, given: SqlSettings) -> tuple[Sequence[str], list[Row]]:
    """Run the query, which either cursor takes as a single statement, and take its rows as text."""
    cursor.execute(given.query.strip().rstrip(";"))
    if cursor.description is None:
        raise SourceError("the query gives no rows; expected one statement that reads", permanent=True)
    names = [str(column[0]) for column in cursor.description]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(
            f"two columns of the query are called {', '.join(twice)}; name them apart", permanent=True
        )
    rows: list[Row] = []
    size = 0
    for place, cells in enumerate(cursor, start=1):
        if place > given.max_rows:
            raise SourceError(f"the query has more than {given.max_rows:,} rows; narrow it", permanent=True)
        texts = dict(zip(names, map(_text, cells), strict=True))
        size += sum(map(len, texts.values()))
        if size > _MOST_CHARACTERS:
            raise SourceError(
                f"the rows hold more than {_MOST_CHARACTERS:,} characters; narrow the query", permanent=True
            )
        rows.append(Row(f"row {place}", texts, ""))
    return names, rows


def _text(value: Any) -> str:
    """Return a cell as a table of text would show it; no value is an empty one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | memoryview):
        return "(binary)"
    return str(value)


def _words(error: Exception, ask: Ask, given: SqlSettings) -> str:
    """Return what the database says, on one line, without the address."""
    text = " ".join(str(error).split())
    if given.url is not None:
        text = text.replace(ask.secret("url"), "…")
    if "not authorized" in text or "prohibited" in text:
        return f"the query may only read: {text[:_SHOWN]}"
    if "interrupted" in text or "statement timeout" in text:
        return f"the query took longer than {given.timeout_seconds:g} s: {text[:_SHOWN]}"
    return f"the database says: {text[:_SHOWN] or type(error).__name__}"
