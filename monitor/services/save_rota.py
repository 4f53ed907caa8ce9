"""Save a rota's turns as a person wrote them; the others, and who stands in, stay."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.rota import Rota, Turns
from monitor.domain.alerting.window_text import parse_windows
from monitor.services.arrange import arrange
from monitor.storage import arrangements


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTurns:
    """Turns as they are written; the window is read in the rota's own zone."""

    members: tuple[str, ...]
    starts_on: date
    handovers: tuple[int, ...]
    days: int
    window: str = ""

    def turns(self, *, zone: str) -> Turns:
        """Return them as the domain's; InvalidInput."""
        return Turns(
            members=self.members,
            starts_on=self.starts_on,
            handovers=self.handovers,
            days=self.days,
            windows=parse_windows(self.window, zone=zone) if self.window.strip() else (),
        )


def save_rota(  # noqa: PLR0913 - what is written, and who, why and upon what
    session: Session, slug: str, written: WrittenTurns, *, by: str, reason: str, now: datetime,
    name: str = "", zone: str = "", number: int | None = None, seen: int | None = None,
) -> Rota:  # fmt: skip
    """Make a rota, or give it turns; return it.

    `number` says which turns are changed, counted from 1; 0 adds these beside those there are; None keeps
    none of them. A name or zone that is not given stays. `seen` is the version that was looked at: Conflict
    if it changed. NotFound for turns there are not.
    """
    found = arrangements.find(session, Rota, slug)
    if found is None:
        chosen = zone or "UTC"
        after = Rota(slug=slug, name=name or slug, zone=chosen, turns=(written.turns(zone=chosen),))
    else:
        before = found.value.in_zone(zone or found.value.zone)
        before = replace(before, name=name or before.name)
        turns = written.turns(zone=before.zone)
        after = replace(before, turns=(turns,)) if number is None else before.with_turns(turns, number=number)
    arrange(session, after, by=by, reason=reason, now=now, seen=seen)
    return after


def drop_turns(
    session: Session, slug: str, number: int, *, by: str, now: datetime, seen: int | None = None
) -> Rota:
    """Take turns out of a rota, counted from 1; NotFound, InvalidInput for the last, Conflict as above."""
    after = arrangements.get(session, Rota, slug).value.without_turns(number)
    arrange(session, after, by=by, reason=f"removed turns {number}", now=now, seen=seen)
    return after
