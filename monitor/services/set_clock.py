"""Set a subject's clock: live, or standing at a moment."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.clock import Clock, ClockMode, epoch
from monitor.domain.errors import InvalidInput
from monitor.storage import audit, subjects


def set_clock(session: Session, slug: str, *, clock: Clock, actor: str, reason: str, now: datetime) -> None:
    """Set the clock, mark the subject due at its new time, and leave an audit entry.

    InvalidInput for a running clock (only an exercise has one) or a moment in the future; NotFound.
    """
    state = subjects.state(session, slug)
    if clock.mode is ClockMode.RUNNING or state.clock.mode is ClockMode.RUNNING:
        message = "only an exercise has a running clock, and it keeps it"
        raise InvalidInput(message, field="clock")
    if clock.stands_at is not None and clock.stands_at > now:
        message = "a clock cannot stand in the future"
        raise InvalidInput(message, field="stands_at")
    subjects.set_clock(session, slug, clock)
    subjects.mark_due(session, [slug], now=now, slot=epoch(clock.at(now)))
    audit.record(
        session, actor=actor, action="subject.set_clock", target=slug, reason=reason,
        before=_words(state.clock), after=_words(clock), now=now,
    )  # fmt: skip


def _words(clock: Clock) -> dict[str, str]:
    stands_at = "" if clock.stands_at is None else clock.stands_at.isoformat()
    return {"mode": clock.mode.value, "stands_at": stands_at}
