"""Answers to pushes that carried an idempotency key: sent again, a push is answered alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from monitor.storage.rows.pushes import PushAnswerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAnswer:
    """What was answered to which body."""

    body_hash: str
    answer: Mapping[str, Any]


def find(session: Session, source: str, key: str) -> PushAnswer | None:
    """Return what a key was answered; None if it was not used."""
    row = session.get(PushAnswerRow, (source, key), populate_existing=True)
    return None if row is None else PushAnswer(body_hash=row.body_hash, answer=row.answer)


def keep(
    session: Session, *, source: str, key: str, body_hash: str, answer: Mapping[str, Any], now: datetime
) -> None:
    """Keep an answer under its key."""
    values = {"source": source, "key": key, "body_hash": body_hash, "answer": dict(answer), "at": now}
    session.execute(insert(PushAnswerRow).values(values))


def purge(session: Session, *, before: datetime) -> None:
    """Forget answers given before a time."""
    session.execute(delete(PushAnswerRow).where(PushAnswerRow.at < before))
