"""Draft a handover from the state of the desk, or draft it again and keep what people wrote."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.shifts.content import Content
from monitor.domain.shifts.draft import draft
from monitor.domain.shifts.handover import Act, ActKind, Handover
from monitor.services.gather_handover import gather
from monitor.services.shift_span import ShiftSpan, rotas, shift_span
from monitor.storage import audit, handovers, people


def drafted(session: Session, *, since_at: datetime, now: datetime) -> Content:
    """Return what a handover would say now; nothing is stored."""
    return draft(gather(session, since_at=since_at, now=now))


def start_handover(
    session: Session,
    *,
    by: str,
    now: datetime,
    rota: str | None = None,
    outgoing: str = "",
    incoming: str = "",
    since_at: datetime | None = None,
) -> Handover:
    """Draft the handover of a shift and store it; `outgoing` hands over, without one whoever drafts.

    `rota` of None: the only one there is. Without `incoming` it is for whoever is on duty next, or for
    anyone. Conflict where one is open on the rota; InvalidInput for people without an account; NotFound.
    """
    slug = chosen_rota(session) if rota is None else rota
    leaving = outgoing or by
    span = shift_span(session, rota=slug, outgoing=leaving, now=now)
    content = drafted(session, since_at=since_at or span.since_at, now=now)
    first = Act(
        number=1, kind=ActKind.DRAFTED, by=by, at=now, content=content,
        incoming=incoming or following(span, outgoing=leaving),
    )  # fmt: skip
    require_people(session, leaving, first.incoming)
    if first.incoming == leaving:
        raise InvalidInput(phrase("nobody hands over to themselves"), field="incoming")
    found = handovers.start(session, first, rota=slug, outgoing=leaving)
    audit.record(
        session, actor=by, action="handover.draft", target=f"handover/{found.id}", reason="",
        before=None, after={"outgoing": leaving, "incoming": first.incoming, "rota": slug}, now=now,
    )  # fmt: skip
    return found


def chosen_rota(session: Session) -> str:
    """Return the only rota there is, empty where there is none; InvalidInput where there are several."""
    found = list(rotas(session))
    if len(found) > 1:
        raise InvalidInput(phrase("say which rota: {names}", names=", ".join(found)), field="rota")
    return next(iter(found), "")


def following(span: ShiftSpan, *, outgoing: str) -> str:
    """Return who takes over by the rota: the one person on duty next, else nobody in particular."""
    others = [person for person in span.following if person != outgoing]
    return others[0] if len(others) == 1 else ""


def require_people(session: Session, *addresses: str) -> None:
    """Refuse addresses without an account; an empty one is nobody in particular."""
    known = {each.email for each in people.find_all(session) if each.is_enabled}
    for address in addresses:
        if address and address not in known:
            raise InvalidInput(phrase("{address} has no account here", address=address), field="incoming")


def draft_again(session: Session, number: int, *, seen: int, by: str, now: datetime) -> Handover:
    """Draft an open handover again from the state of now; Conflict if it was changed since it was seen."""
    found = handovers.get(session, number)
    content = drafted(session, since_at=found.content.since_at, now=now)
    act = Act(number=seen + 1, kind=ActKind.DRAFTED_AGAIN, by=by, at=now, content=content)
    return handovers.append(session, found, act)
