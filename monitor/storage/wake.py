"""Wake-ups: a hint that someone has committed, which never blocks or fails a write and may come too often."""

import sqlite3
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol, Self

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

CHANNEL = "heatwatch"
_POLL_SECONDS = 0.005
_RETRY_SECONDS = 1.0


class WakeUp(Protocol):
    """What a worker waits on between ticks."""

    def wait(self, timeout_seconds: float) -> bool:
        """Return True as soon as anyone has committed since the last call, False after the timeout."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


class _Closing:
    """Closes at the end of a `with` block."""

    def close(self) -> None:
        """Let go of the connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()


class SqliteWakeUp(_Closing):
    """Asks SQLite every 5 ms whether another connection has changed the file; at once if this process has.

    `committed` is told of by whoever commits in this process.
    """

    def __init__(self, file: str, committed: threading.Condition) -> None:
        self._committed = committed
        # May be made in one thread and waited on in another; never used by two at once.
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._seen = self._version()

    def wait(self, timeout_seconds: float) -> bool:
        """Return True as soon as anyone has committed since the last call, False after the timeout."""
        ends_at = time.monotonic() + timeout_seconds
        while (version := self._version()) == self._seen:
            left = ends_at - time.monotonic()
            if left <= 0:
                return False
            with self._committed:
                self._committed.wait(min(_POLL_SECONDS, left))
        self._seen = version
        return True

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


class PostgresWakeUp(_Closing):
    """Listens on a connection of its own; after a lost connection it says True once, then listens anew."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None
        self._listen()

    def wait(self, timeout_seconds: float) -> bool:
        """Return True as soon as anyone has committed since the last call, False after the timeout."""
        try:
            if self._connection is None:
                self._listen()
                return True
            heard = list(self._connection.notifies(timeout=timeout_seconds, stop_after=1))
            # What came meanwhile is answered by the same round of work.
            return bool(heard) and [*heard, *self._connection.notifies(timeout=0)] != []
        except (DBAPIError, self._driver_error()):
            self.close()
            time.sleep(min(_RETRY_SECONDS, timeout_seconds))
            return False

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(self._driver_error()):
                connection.close()

    def _listen(self) -> None:
        """Take a connection out of the pool for good: it must not go back while it listens."""
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        self._connection = connection

    def _driver_error(self) -> type[Exception]:
        error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        return error
