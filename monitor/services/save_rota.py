"""Save a rota's turns as a person wrote them; who stands in stays."""

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
    name: str = "", zone: str = "", is_beside: bool = False, seen: int | None = None,
) -> Rota:  # fmt: skip
    """Make a rota or give it other turns, or these beside those there are; return it.

    A name or zone that is not given stays. `seen` is the version that was looked at: Conflict if it changed.
    """
    found = arrangements.find(session, Rota, slug)
    before = None if found is None else found.value
    chosen = zone or ("UTC" if before is None else before.zone)
    turns = (written.turns(zone=chosen),)
    if before is None:
        after = Rota(slug=slug, name=name or slug, zone=chosen, turns=turns)
    else:
        kept = before.turns if is_beside else ()
        after = replace(before, name=name or before.name, zone=chosen, turns=(*kept, *turns))
    arrange(session, after, by=by, reason=reason, now=now, seen=seen)
    return after
