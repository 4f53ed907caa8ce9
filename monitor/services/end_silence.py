"""End a silence before its time, by hand or because nothing that it matches fires any more."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.silence import Silence
from monitor.services.add_silence import as_audited
from monitor.storage import alerts, audit, notifications, silences

SYSTEM = "heatwatch"


def end_silence(session: Session, silence_id: int, *, actor: str, now: datetime, reason: str = "") -> Silence:
    """End a silence now and have what it holds looked at again; NotFound, Conflict if it is over."""
    before = silences.get(session, silence_id, for_update=True)
    after = before.ended(now)
    silences.set_window(session, after)
    notifications.release(session, reason=after.name, now=now)
    audit.record(
        session, actor=actor, action="silence.end", target=after.name, reason=reason,
        before=as_audited(before), after=as_audited(after), now=now,
    )  # fmt: skip
    return after


def expire_silences(session: Session, ended_episodes: Collection[str], *, now: datetime) -> list[Silence]:
    """End those that were to end on resolve, now that these episodes are over; return them.

    One stays in force while another alert that it matches is open.
    """
    expiring = [silence for silence in silences.begun(session, now=now) if silence.expire_on_resolve]
    if not expiring:
        return []
    still_open = {alert.episode_id for alert in alerts.find_open(session)}
    ended = [each.labels for each in alerts.episodes(session, ended_episodes).values()]
    others = [each.labels for each in alerts.episodes(session, still_open).values()]
    return [
        end_silence(session, silence.id, actor=SYSTEM, now=now, reason="what it matches has resolved")
        for silence in expiring
        if any(map(silence.matches, ended)) and not any(map(silence.matches, others))
    ]
