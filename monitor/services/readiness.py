"""Say whether this installation can do its work now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.phrases import Phrase, later, phrase
from monitor.domain.spoken import age
from monitor.domain.wording import msgid
from monitor.storage import clock_moves, heartbeats
from monitor.storage.clock_moves import ClockMove
from monitor.storage.overdue import oldest_due_at

WORKER_SILENT = timedelta(seconds=30)
# A channel at its limit a minute may take so long; what waits longer is not being sent.
MESSAGES_LATE = timedelta(minutes=15)
# Beyond this, what a receiver checks by our time (signatures, certificates) begins to fail.
SKEW = timedelta(seconds=30)
# For how long a leap of the clock is news.
MOVED_LATELY = timedelta(hours=24)
_AHEAD = msgid("the clock of this machine is {time} ahead of that of the database")
_BEHIND = msgid("the clock of this machine is {time} behind that of the database")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What stands in the way, in words; nothing means ready.

    `oldest_due_at`: since when a message waits though its channel works. `clock_move`: the last leap of the
    clock within a day; it stands in nobody's way.
    """

    problems: tuple[str, ...]
    worker_beat_at: datetime | None
    worker_note: str = ""
    oldest_due_at: datetime | None = None
    clock_move: ClockMove | None = None

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.problems


def readiness(session: Session, *, now: datetime, host_now: datetime | None = None) -> Readiness:
    """Look at the worker's heartbeat, the oldest message that is due, and the clocks.

    That the database answers is proved by asking. `host_now` is the time of this machine, where it counts.
    """
    last = next(iter(heartbeats.find_all(session)), None)
    beat_at, oldest = None if last is None else last.beat_at, oldest_due_at(session, now=now)
    problems: list[Phrase] = []
    if beat_at is None:
        problems.append(phrase("no worker has run yet"))
    elif now - beat_at > WORKER_SILENT:
        problems.append(phrase("the worker has been silent since {moment} UTC", moment=_second(beat_at)))
    if oldest is not None and now - oldest > MESSAGES_LATE:
        problems.append(
            phrase("a message has been due since {moment} UTC and is not sent", moment=_second(oldest))
        )
    if host_now is not None and abs(host_now - now) > SKEW:
        apart = later(age, abs(host_now - now).total_seconds())
        problems.append(phrase(_AHEAD if host_now > now else _BEHIND, time=apart))
    moves = clock_moves.between(session, now - MOVED_LATELY, now)
    return Readiness(
        problems=tuple(problems),
        worker_beat_at=beat_at,
        worker_note="" if last is None else last.note,
        oldest_due_at=oldest,
        clock_move=next(iter(moves), None),
    )


def _second(at: datetime) -> str:
    """Return a moment to the second, as logs write it too."""
    return f"{at:%Y-%m-%d %H:%M:%S}"
