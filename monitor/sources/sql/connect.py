"""Connections that can only read: to PostgreSQL at a checked address, to a SQLite file in an open folder."""

import os
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import httpcore
import psycopg

from monitor.domain.errors import SourceError
from monitor.egress.guard import CONNECT_SECONDS, EgressPolicy, EgressRefused, checked_addresses

_SCHEMES = frozenset({"postgresql", "postgres"})
_PORT = 5432
# Anything else in an address could lead elsewhere than to the host that was checked.
_OPTIONS = frozenset({"sslmode", "application_name"})
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_LONGEST_CELL = 10_000_000
_STEPS, _ROWS_AT_ONCE = 10_000, 1_000
_GRACE_SECONDS = 5.0
_READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
_NO_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "writefile", "readfile", "edit"})


@contextmanager
def postgresql(address: str, policy: EgressPolicy, *, seconds: float) -> Iterator[psycopg.ServerCursor]:
    """Give a cursor of a read-only transaction that ends by a deadline; SourceError says what is wrong."""
    with closing(_dialled(_checked_parts(address), policy, seconds=seconds)) as connection:
        connection.read_only = True
        cut = threading.Timer(seconds + _GRACE_SECONDS, _cut, [connection])
        cut.daemon = True
        cut.start()
        try:
            with connection.cursor(name="rows") as cursor:
                cursor.itersize = _ROWS_AT_ONCE
                yield cursor
        finally:
            cut.cancel()


@contextmanager
def sqlite_file(file: str, allowed: Path | None, *, seconds: float) -> Iterator[sqlite3.Cursor]:
    """Give a cursor of a file below the allowed folder; SourceError if it lies elsewhere or is no file."""
    with (
        closing(_opened(_checked_path(file, allowed), seconds=seconds)) as connection,
        closing(connection.cursor()) as cursor,
    ):
        yield cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """An address of PostgreSQL in its parts."""

    host: str
    port: int
    user: str | None
    password: str | None
    database: str
    options: Mapping[str, str]


def _checked_parts(address: str) -> _Parts:
    """Return the address in its parts; a password never stands in the error."""
    expected = "expected postgresql://user:password@host/database"
    try:
        url = urlsplit(address.strip())
        host, port, options = url.hostname or "", url.port or _PORT, dict(parse_qsl(url.query))
    except ValueError:
        raise SourceError(f"the secret is no address of PostgreSQL; {expected}", permanent=True) from None
    if url.scheme not in _SCHEMES:
        raise SourceError(f"the secret is no address of PostgreSQL; {expected}", permanent=True)
    if unknown := sorted(set(options) - _OPTIONS):
        names = " and ".join(sorted(_OPTIONS))
        raise SourceError(f"the address may say {names}, not {', '.join(unknown)}", permanent=True)
    if not _HOST.fullmatch(host) or not url.path.strip("/"):
        raise SourceError(f"the address needs one host and a database; {expected}", permanent=True)
    return _Parts(
        host=host, port=port, user=_unquoted(url.username), password=_unquoted(url.password),
        database=unquote(url.path.removeprefix("/")), options=options,
    )  # fmt: skip


def _unquoted(text: str | None) -> str | None:
    return None if text is None else unquote(text)


def _dialled(parts: _Parts, policy: EgressPolicy, *, seconds: float) -> psycopg.Connection:
    """Resolve once, check every address, dial one of those; TLS still checks the name."""
    host, port = parts.host, parts.port
    try:
        addresses = checked_addresses(policy, host, port, ports=frozenset({_PORT}), timeout=CONNECT_SECONDS)
    except (EgressRefused, httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        raise SourceError(str(error), permanent=isinstance(error, EgressRefused)) from None
    if policy.proxy is not None and not all(each.is_opened for each in addresses):
        message = f"everything that goes out goes through a proxy, which PostgreSQL at {host} cannot"
        raise SourceError(message, permanent=True)
    failure: psycopg.OperationalError | None = None
    for each in addresses:
        try:
            return psycopg.connect(
                host=host, hostaddr=str(each.address), port=port, user=parts.user, password=parts.password,
                dbname=parts.database, connect_timeout=int(CONNECT_SECONDS), gssencmode="disable",
                sslmode=parts.options.get("sslmode", "prefer" if each.is_opened else "require"),
                application_name=parts.options.get("application_name", "heatwatch"),
                options=f"-c default_transaction_read_only=on -c statement_timeout={int(seconds * 1000)}"
                f" -c lock_timeout={int(seconds * 1000)}",
            )  # fmt: skip
        except psycopg.OperationalError as error:
            failure = error
    raise failure or SourceError(f"{host} has no address")


def _cut(connection: psycopg.Connection) -> None:
    """End a connection whose server stopped answering: its own limits are the server's to keep."""
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


def _checked_path(file: str, allowed: Path | None) -> Path:
    if allowed is None:
        raise SourceError(
            "no folder is open to sources; an operator names one in HEATWATCH_WATCH_DIR", permanent=True
        )
    root = allowed.resolve()
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise SourceError(f"the file {file} does not lie below HEATWATCH_WATCH_DIR", permanent=True)
    if not path.is_file():
        raise SourceError(f"there is no file {file} below HEATWATCH_WATCH_DIR")
    return path


def _opened(path: Path, *, seconds: float) -> sqlite3.Connection:
    """Open a file for reading alone; no cell grows without bound, and a statement ends in time."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_GRACE_SECONDS)
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_CELL)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    ends_at = time.monotonic() + seconds
    connection.set_progress_handler(lambda: int(time.monotonic() > ends_at), _STEPS)
    connection.set_authorizer(_may)
    return connection


def _may(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Let a statement read and reckon; everything else is refused before it runs."""
    is_harmless = action == sqlite3.SQLITE_FUNCTION and (second or first or "").lower() not in _NO_FUNCTIONS
    return sqlite3.SQLITE_OK if action in _READING or is_harmless else sqlite3.SQLITE_DENY
