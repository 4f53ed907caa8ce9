"""The head of every page: does a worker live, does an alert need someone."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert, AlertState
from monitor.domain.alerting.retry import Trouble
from monitor.services.overview.values import DeskView
from monitor.services.readiness import WORKER_SILENT
from monitor.storage import alerts, channel_states, comms, escalations, heartbeats


def desk(session: Session, *, now: datetime) -> DeskView:
    """Return the state of the desk itself, in five queries."""
    last = next(iter(heartbeats.find_all(session)), None)
    needing = [
        alert
        for alert in alerts.find_open(session)
        if alert.state is AlertState.FIRING and alert.ack is None and "@" not in alert.subject
    ]
    return DeskView(
        now=now,
        worker_beat_at=None if last is None else last.beat_at,
        is_worker_late=last is None or now - last.beat_at > WORKER_SILENT,
        worker_note="" if last is None else last.note,
        needs_someone=len(needing),
        unanswered=_unanswered(session, needing),
        silent_channels=channel_states.silent(session, troubles=(Trouble.GONE, Trouble.GONE_LAST)),
        overdue_checks=comms.overdue(session, now=now),
    )


def _unanswered(session: Session, needing: list[Alert]) -> tuple[tuple[str, str], ...]:
    """Return what everyone was told of in vain, as episode and rule."""
    exhausted = set(escalations.exhausted(session))
    return tuple((alert.episode_id, alert.rule) for alert in needing if alert.episode_id in exhausted)
