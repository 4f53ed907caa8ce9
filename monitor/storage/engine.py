"""The database of one process: read and write sessions, its clock, and wake-ups for those who wait on it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from monitor.domain.errors import ConfigError
from monitor.storage.trouble import in_our_words
from monitor.storage.wake import CHANNEL, PostgresWakeUp, SqliteWakeUp, WakeUp

# Says of a session that all it reads in one transaction is of one moment.
ONE_SNAPSHOT = "one snapshot"
_BUSY_MILLISECONDS = 5000
_WAIT_FOR_WRITER_SECONDS = 30
_READERS = 8
_MOST_READERS = 40
# A process that is stopped amid a transaction holds its locks; nobody else's work waits for it for longer.
_LONGEST_IDLE = text("SET LOCAL idle_in_transaction_session_timeout = '60s'")
# Tells waiting processes at commit, and only if this transaction has written: a claim that found
# nothing must not wake the worker that made it.
_NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', '') WHERE txid_current_if_assigned() IS NOT NULL")


class Database:
    """Two ways in: `read` refuses writes and never queues behind a writer, `write` commits at the end."""

    def __init__(self, url: URL, *, reader: Engine, writer: Engine) -> None:
        self._url = url
        # Told at each commit of this process: those who wait need not ask the file.
        self._committed = threading.Condition()
        self._engines = (reader, writer)
        # Shared by all sessions: what a module may keep between them (the snapshot of definitions).
        info: dict[str, Any] = {"kept": {}}
        self._read = sessionmaker(reader, expire_on_commit=False, info=info | {ONE_SNAPSHOT: True})
        self._write = sessionmaker(writer, expire_on_commit=False, info=info)

    def __repr__(self) -> str:
        return f"Database({self._url.render_as_string(hide_password=True)})"

    @property
    def url(self) -> str:
        """The address it was opened with, password included: never log it."""
        return self._url.render_as_string(hide_password=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a SQLite file."""
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session on one snapshot, in which every write is refused."""
        with in_our_words(self._url, is_reading=True), self._read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session whose work is committed at the end, or wholly undone if anything is raised."""
        with in_our_words(self._url), self._write() as session, session.begin():
            if not self.is_sqlite:
                session.execute(_LONGEST_IDLE)
            yield session
            if not self.is_sqlite and session.in_transaction():
                session.flush()
                session.execute(_NOTIFY)
        with self._committed:
            self._committed.notify_all()

    def now(self, session: Session) -> datetime:
        """Return the database's clock, aware and UTC: the server's on PostgreSQL, the host's on SQLite."""
        if self.is_sqlite:
            return datetime.now(UTC)
        now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)

    def watch(self) -> WakeUp:
        """Begin to listen for commits of any process; the caller closes it."""
        if self.is_sqlite:
            return SqliteWakeUp(str(self._url.database), self._committed)
        return PostgresWakeUp(self._engines[1])

    def dispose(self) -> None:
        """Close every idle connection."""
        for engine in self._engines:
            engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at `sqlite:///file` or `postgresql://...`; ConfigError if that cannot work."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        _require_writable(Path(str(parsed.database)))
        return Database(parsed, reader=_sqlite_reader(parsed), writer=_sqlite_writer(parsed))
    writer = create_engine(parsed, pool_size=_READERS, max_overflow=_MOST_READERS, pool_pre_ping=True)
    # Both share one pool: psycopg sends these settings with BEGIN, at no extra round trip.
    reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(parsed, reader=reader, writer=writer)


def migration_engine(url: str) -> Engine:
    """Return an engine without a pool; on SQLite without foreign keys, so that tables can be rebuilt."""
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, poolclass=NullPool)
    _require_writable(Path(str(parsed.database)))
    engine = create_engine(parsed, poolclass=NullPool)
    _set_up(engine, begin="BEGIN IMMEDIATE", pragmas=("foreign_keys=OFF",))
    return engine


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # Without the text itself: it may hold a password.
        raise ConfigError(
            "the database address is not of the form sqlite:///file or postgresql://..."
        ) from None
    backend = parsed.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise ConfigError(f"the database is {backend}; expected sqlite or postgresql")
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ConfigError("a SQLite database needs a file: processes cannot share one in memory")
    return parsed.set(drivername="sqlite" if backend == "sqlite" else "postgresql+psycopg")


def _require_writable(file: Path) -> None:
    """SQLite writes beside its file too (the log), so the folder counts as much as the file."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"cannot make the folder {file.parent} for the database: {error.strerror}"
        ) from None
    for path in (file.parent, file):
        if path.exists() and not os.access(path, os.W_OK):
            raise ConfigError(f"cannot write to {path}: the database needs its file and its folder writable")


def _sqlite_writer(url: URL) -> Engine:
    """One connection: the threads of a process take turns here instead of polling SQLite's lock."""
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=_WAIT_FOR_WRITER_SECONDS)
    _set_up(engine, begin="BEGIN IMMEDIATE", pragmas=("foreign_keys=ON",))
    return engine


def _sqlite_reader(url: URL) -> Engine:
    engine = create_engine(url, pool_size=_READERS, max_overflow=_MOST_READERS)
    _set_up(engine, begin="BEGIN", pragmas=("foreign_keys=ON", "query_only=ON"))
    return engine


def _set_up(engine: Engine, *, begin: str, pragmas: tuple[str, ...]) -> None:
    """Take transactions out of the driver's hands: it begins them at the first write, and loses updates."""
    always = (f"busy_timeout={_BUSY_MILLISECONDS}", "journal_mode=WAL", "synchronous=FULL")

    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*always, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
