"""The head of every page: does a worker live, does an alert need someone, what reaches nobody."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.retry import Trouble
from monitor.services.overview.values import DeskView
from monitor.services.readiness import WORKER_SILENT
from monitor.storage import head


def desk(session: Session, *, now: datetime) -> DeskView:
    """Return the state of the desk itself, in one query."""
    found = head.find(session, now=now, troubles=(Trouble.GONE, Trouble.GONE_LAST))
    return DeskView(
        now=now,
        worker_beat_at=found.beat_at,
        is_worker_late=found.beat_at is None or now - found.beat_at > WORKER_SILENT,
        worker_note=found.note,
        needs_someone=found.needing,
        unanswered=found.unanswered,
        silent_channels=found.silent,
        overdue_checks=found.overdue,
        handovers=found.handovers,
    )
