"""Accept items of a handover as the incoming person; the last one signs it, and the shift is theirs."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import Conflict
from monitor.domain.phrases import phrase
from monitor.domain.shifts.handover import Act, ActKind, Handover
from monitor.storage import audit, handovers


def accept_handover(
    session: Session, number: int, keys: Collection[str] | None, *, seen: int, by: str, now: datetime
) -> Handover:
    """Accept these items, or all that wait; Conflict, InvalidInput, NotFound.

    `seen` is the version that was looked at: what others accepted since is no conflict, what was changed is.
    """
    found = handovers.get(session, number)
    if any(act.number > seen and act.kind is not ActKind.ACCEPTED for act in found.acts):
        raise Conflict(phrase("the handover was changed meanwhile; look again"))
    wanted = tuple(item.key for item in found.waiting) if keys is None else tuple(keys)
    act = Act(number=found.version + 1, kind=ActKind.ACCEPTED, by=by, at=now, keys=wanted)
    found = handovers.append(session, found, act)
    if found.waiting:
        return found
    signature = Act(number=found.version + 1, kind=ActKind.SIGNED, by=by, at=now, digest=found.digest)
    found = handovers.append(session, found, signature)
    audit.record(
        session, actor=by, action="handover.sign", target=f"handover/{number}", reason="",
        before=None, after={"version": found.version, "digest": found.digest}, now=now,
    )  # fmt: skip
    return found
