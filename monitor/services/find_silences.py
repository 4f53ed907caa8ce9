"""Find silences: those that are active or to come, or all."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.silence import Silence
from monitor.storage import silences


def find_silences(session: Session, *, now: datetime, with_expired: bool = False) -> list[Silence]:
    """Return the silences that are active or to come, or all; the newest first."""
    return silences.find_all(session, ending_after=None if with_expired else now)
