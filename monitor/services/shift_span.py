"""The shift that is handed over: since when, of which rota, and to whom by it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.rota import Rota
from monitor.storage import arrangements, handovers

# Without a rota a shift is taken to be as long as an acknowledgement.
USUAL = timedelta(hours=8)
# A handover of before this is no beginning any more.
LONGEST = timedelta(days=31)
_TICK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftSpan:
    """A shift: `people` are on duty in it by the rota, `following` after it; `ends_at` None: not said."""

    rota: str
    name: str
    since_at: datetime
    ends_at: datetime | None = None
    people: tuple[str, ...] = ()
    following: tuple[str, ...] = ()


def shift_span(session: Session, *, rota: str, outgoing: str, now: datetime) -> ShiftSpan:
    """Return the shift that someone hands over; it begins where the last handover ended. NotFound.

    Who was on duty until a while ago hands over late: the shift before is theirs.
    """
    found = arrangements.get(session, Rota, rota).value if rota else None
    span = (
        ShiftSpan(rota="", name="", since_at=now - USUAL) if found is None else _by_rota(found, outgoing, now)
    )
    last = handovers.last_signed(session, rota)
    if last is None or now - last.as_of > LONGEST:
        return span
    return ShiftSpan(
        rota=span.rota, name=span.name, since_at=last.as_of, ends_at=span.ends_at, people=span.people,
        following=span.following,
    )  # fmt: skip


def rotas(session: Session) -> dict[str, str]:
    """Return the names of all rotas by slug."""
    return {
        each.value.slug: each.value.name or each.value.slug for each in arrangements.find_all(session, Rota)
    }


def _by_rota(rota: Rota, outgoing: str, now: datetime) -> ShiftSpan:
    shift = rota.shift_at(now)
    following = rota.shift_at(shift.ends_at).people
    if outgoing not in shift.people:
        before = rota.shift_at(shift.starts_at - _TICK)
        if outgoing in before.people and now - before.starts_at <= LONGEST:
            shift, following = before, shift.people
    since = max(shift.starts_at, now - LONGEST)
    return ShiftSpan(
        rota=rota.slug, name=rota.name or rota.slug, since_at=since, ends_at=shift.ends_at,
        people=shift.people, following=following,
    )  # fmt: skip
