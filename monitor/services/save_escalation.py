"""Save an escalation as a person wrote it: its channels must be there."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.escalation import Escalation
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.services.arrange import arrange
from monitor.storage import channels


def save_escalation(
    session: Session, value: Escalation, *, by: str, reason: str, now: datetime, seen: int | None = None
) -> int:
    """Store an escalation and return its version; InvalidInput names a channel there is not."""
    known = {each.slug for each in channels.find_all(session)}
    missing = [slug for step in value.steps for slug in step.channels if slug not in known]
    if missing:
        raise InvalidInput(
            phrase("there is no channel {names}", names=", ".join(dict.fromkeys(missing))), field="steps"
        )
    return arrange(session, value, by=by, reason=reason, now=now, seen=seen)
