"""Find silences: all of them, or those that mute one episode now."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.silence import Silence
from monitor.storage import alerts, silences


def find_silences(session: Session, *, now: datetime, with_expired: bool = False) -> list[Silence]:
    """Return the silences that are active or to come, or all; the newest first."""
    return silences.find_all(session, ending_after=None if with_expired else now)


def silences_of_episode(session: Session, episode_id: str, *, now: datetime) -> list[Silence]:
    """Return the active silences that mute an episode; NotFound."""
    labels = alerts.episode(session, episode_id).labels
    return [silence for silence in silences.active(session, now=now) if silence.matches(labels)]
