"""Write a handover: its words and items, and hand it over, take it back or withdraw it."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.phrases import phrase
from monitor.domain.shifts.content import Item, Section, Situation
from monitor.domain.shifts.handover import Act, ActKind, Handover
from monitor.services.draft_handover import require_people
from monitor.storage import audit, handovers

_AUDITED = {
    ActKind.OFFERED: "handover.offer",
    ActKind.TAKEN_BACK: "handover.take_back",
    ActKind.WITHDRAWN: "handover.withdraw",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNote:
    """How the shift was, in sentences and a word, and who takes over; empty: anyone."""

    narrative: str
    situation: Situation
    incoming: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenItem:
    """An item as a person writes it; name and headline are theirs only where the item is."""

    name: str = ""
    headline: str = ""
    idea: str = ""
    next_step: str = ""
    owner: str = ""


def note_handover(
    session: Session, number: int, note: WrittenNote, *, seen: int, by: str, now: datetime
) -> Handover:
    """Write how the shift was, and name who takes over; InvalidInput, Conflict, NotFound."""
    require_people(session, note.incoming)
    act = Act(
        number=seen + 1, kind=ActKind.NOTED, by=by, at=now, narrative=note.narrative.strip(),
        situation=note.situation, incoming=note.incoming,
    )  # fmt: skip
    return _append(session, number, act)


def add_item(
    session: Session, number: int, written: WrittenItem, *, seen: int, by: str, now: datetime
) -> Handover:
    """Add an item of one's own; InvalidInput, Conflict, NotFound."""
    item = Item(
        key=f"own:{seen + 1}", section=Section.OWN, name=written.name.strip(),
        headline=written.headline.strip(), idea=written.idea.strip(), next_step=written.next_step.strip(),
        owner=written.owner.strip(), by=by, changed_at=now,
    )  # fmt: skip
    return _append(session, number, Act(number=seen + 1, kind=ActKind.ADDED, by=by, at=now, item=item))


def change_item(
    session: Session, number: int, key: str, written: WrittenItem, *, seen: int, by: str, now: datetime
) -> Handover:
    """Write what one thinks of an item and wants done; what the state says of it stays as it was drafted."""
    found = next((each for each in handovers.get(session, number).content.items if each.key == key), None)
    if found is None:
        raise NotFound(phrase("handover {number} has no item {key}", number=number, key=key))
    is_own = found.section is Section.OWN
    item = replace(
        found,
        name=written.name.strip() if is_own else found.name,
        headline=written.headline.strip() if is_own else found.headline,
        idea=written.idea.strip(),
        next_step=written.next_step.strip(),
        owner=written.owner.strip(),
        by=by,
        changed_at=now,
    )
    return _append(session, number, Act(number=seen + 1, kind=ActKind.CHANGED, by=by, at=now, item=item))


def leave_out(session: Session, number: int, key: str, *, seen: int, by: str, now: datetime) -> Handover:
    """Leave an item out of a draft; the acts remember it."""
    return _append(session, number, Act(number=seen + 1, kind=ActKind.LEFT_OUT, by=by, at=now, keys=(key,)))


def offer_handover(session: Session, number: int, *, seen: int, by: str, now: datetime) -> Handover:
    """Sign a draft as the outgoing person and hand it over: it waits for the incoming one."""
    digest = handovers.get(session, number).content.digest
    act = Act(number=seen + 1, kind=ActKind.OFFERED, by=by, at=now, digest=digest)
    return _append(session, number, act)


def take_back(session: Session, number: int, *, seen: int, by: str, now: datetime) -> Handover:
    """Take back what was handed over and is not accepted in full, to change it."""
    return _append(session, number, Act(number=seen + 1, kind=ActKind.TAKEN_BACK, by=by, at=now))


def withdraw_handover(
    session: Session, number: int, *, seen: int, by: str, reason: str, now: datetime
) -> Handover:
    """Close a handover that nobody will sign; it is kept as it was."""
    act = Act(number=seen + 1, kind=ActKind.WITHDRAWN, by=by, at=now, reason=reason.strip())
    return _append(session, number, act)


def _append(session: Session, number: int, act: Act) -> Handover:
    found = handovers.append(session, handovers.get(session, number), act)
    if act.kind in _AUDITED:
        audit.record(
            session, actor=act.by, action=_AUDITED[act.kind], target=f"handover/{number}", reason=act.reason,
            before=None, after={"version": found.version, "digest": found.digest}, now=act.at,
        )  # fmt: skip
    return found
