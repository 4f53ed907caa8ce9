"""The head of every page: does a worker live, does an alert need someone, what reaches nobody."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.retry import Trouble
from monitor.domain.alerting.silence import muted_by
from monitor.services.overview.values import DeskView
from monitor.services.readiness import WORKER_SILENT
from monitor.storage import head, silences


def desk(session: Session, *, now: datetime) -> DeskView:
    """Return the state of the desk itself, in one query; in two more while a silence is in force."""
    found = head.find(session, now=now, troubles=(Trouble.GONE, Trouble.GONE_LAST))
    return DeskView(
        now=now,
        worker_beat_at=found.beat_at,
        is_worker_late=found.beat_at is None or now - found.beat_at > WORKER_SILENT,
        worker_note=found.note,
        needs_someone=found.needing - _silenced(session, found, now=now),
        unanswered=found.unanswered,
        silent_channels=found.silent,
        overdue_checks=found.overdue,
        handovers=found.handovers,
        is_any_silence=found.is_any_silence,
    )


def _silenced(session: Session, found: head.Head, *, now: datetime) -> int:
    """Count the alerts that fire and that somebody silenced: they need nobody, as in the inbox."""
    if not found.needing or not found.is_any_silence:
        return 0
    active = silences.active(session, now=now)
    labels = head.labels_of_needing(session) if active else []
    return sum(muted_by(active, each, at=now) is not None for each in labels)
