"""The one counter that orders all writes: taken inside the writing transaction, so it is in commit order."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from monitor.storage.rows.definitions import CounterRow

_SEQ = "seq"


def next_seq(session: Session, count: int = 1) -> int:
    """Take `count` numbers and return the first.

    On PostgreSQL the counter stays locked until the transaction ends. Take it before any lock on a
    subject's or an alert's row, or two writers can wait for each other.
    """
    last: int = session.connection().execute(_take(), {"count": count}).scalar_one()
    return last - count + 1


@cache
def _take() -> Any:
    table: Any = CounterRow.__table__
    taken = update(table).where(table.c.name == _SEQ).values(value=table.c.value + bindparam("count"))
    return taken.returning(table.c.value)


def lock(session: Session) -> int:
    """Keep other writers from taking a number until this transaction ends; return the last one taken."""
    statement = select(CounterRow.value).where(CounterRow.name == _SEQ)
    return session.execute(statement.with_for_update()).scalar_one()


def last_seq(session: Session) -> int:
    """Return the last number taken; 0 if none was."""
    return session.execute(select(CounterRow.value).where(CounterRow.name == _SEQ)).scalar_one()
