"""The one counter that orders all writes: taken inside the writing transaction, so it is in commit order."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitor.storage.rows.definitions import CounterRow

_SEQ = "seq"


def next_seq(session: Session, count: int = 1) -> int:
    """Take `count` numbers and return the first.

    On PostgreSQL the counter stays locked until the transaction ends. Take it before any lock on a
    subject's or an alert's row, or two writers can wait for each other.
    """
    statement = (
        update(CounterRow)
        .where(CounterRow.name == _SEQ)
        .values(value=CounterRow.value + count)
        .returning(CounterRow.value)
    )
    return session.execute(statement).scalar_one() - count + 1


def lock(session: Session) -> int:
    """Keep other writers from taking a number until this transaction ends; return the last one taken."""
    statement = select(CounterRow.value).where(CounterRow.name == _SEQ)
    return session.execute(statement.with_for_update()).scalar_one()


def last_seq(session: Session) -> int:
    """Return the last number taken; 0 if none was."""
    return session.execute(select(CounterRow.value).where(CounterRow.name == _SEQ)).scalar_one()
