"""Forget what is kept for a while only: raw answers, runs that gave nothing, deliveries that ended."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.storage import message_groups, raw_answers, runs
from monitor.storage.retention import forget_deliveries

RUN_DAYS = 90
DELIVERY_DAYS = 90
GROUP_DAYS = 30


def purge(session: Session, *, days: int, now: datetime) -> int:
    """Forget raw answers older than `days`, old runs that gave nothing and deliveries; count the answers."""
    runs.purge(session, before=now - timedelta(days=RUN_DAYS))
    forget_deliveries(session, before=now - timedelta(days=DELIVERY_DAYS))
    message_groups.purge(session, before=now - timedelta(days=GROUP_DAYS))
    return raw_answers.purge(session, before=now - timedelta(days=days))
