"""Say whether this installation can do its work now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.storage import heartbeats

WORKER_SILENT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What stands in the way, in words; nothing means ready."""

    problems: tuple[str, ...]
    worker_beat_at: datetime | None
    worker_note: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.problems


def readiness(session: Session, *, now: datetime) -> Readiness:
    """Look at the worker's heartbeat; that the database answers is proved by asking."""
    last = next(iter(heartbeats.find_all(session)), None)
    beat_at = None if last is None else last.beat_at
    problems: list[str] = []
    if beat_at is None:
        problems.append("no worker has run yet")
    elif now - beat_at > WORKER_SILENT:
        problems.append(f"the worker has been silent since {beat_at:%Y-%m-%d %H:%M:%S} UTC")
    note = "" if last is None else last.note
    return Readiness(problems=tuple(problems), worker_beat_at=beat_at, worker_note=note)
