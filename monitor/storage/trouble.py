"""Trouble with the database in our words: it is away, busy, full, read-only, or no database at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc
from sqlalchemy.engine import URL

from monitor.domain.errors import DatabaseUnavailable

# These three and not their other children: a broken constraint or statement is a fault of ours.
_TROUBLE = (exc.OperationalError, exc.InterfaceError, exc.DatabaseError)
# SQLite also calls a missing table and a refused write of a read session "operational".
_OURS_ALWAYS = frozenset({sqlite3.SQLITE_ERROR})
_OURS_WHEN_READING = _OURS_ALWAYS | {sqlite3.SQLITE_READONLY}


@contextmanager
def in_our_words(url: URL, *, is_reading: bool = False) -> Iterator[None]:
    """Raise DatabaseUnavailable, with the address but no password, where the driver says the same."""
    try:
        yield
    except exc.TimeoutError as error:
        raise DatabaseUnavailable(
            f"the database {_shown(url)} is busy: no connection became free in time"
        ) from error
    except exc.DBAPIError as error:
        first = _what_began_it(error)
        ours = _OURS_WHEN_READING if is_reading else _OURS_ALWAYS
        if type(first) not in _TROUBLE or getattr(first.orig, "sqlite_errorcode", None) in ours:
            raise
        reason = " ".join(str(first.orig).split())
        raise DatabaseUnavailable(f"the database {_shown(url)} cannot be used: {reason}") from error


def _what_began_it(error: exc.DBAPIError) -> exc.DBAPIError:
    """Return what SQLite met first: on a full disk it undoes all, and no savepoint is left to go back to."""
    earlier: BaseException | None = error
    while earlier is not None and "no such savepoint" in str(error.orig):
        earlier = earlier.__context__
        if isinstance(earlier, exc.DBAPIError):
            error = earlier
    return error


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True).replace("postgresql+psycopg://", "postgresql://")
