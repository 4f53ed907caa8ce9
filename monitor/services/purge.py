"""Forget what is kept for a while only: raw answers, and runs that gave nothing."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.storage import raw_answers, runs

RUN_DAYS = 90


def purge(session: Session, *, days: int, now: datetime) -> int:
    """Forget raw answers older than `days` and old runs that gave nothing; return how many answers."""
    runs.purge(session, before=now - timedelta(days=RUN_DAYS))
    return raw_answers.purge(session, before=now - timedelta(days=days))
