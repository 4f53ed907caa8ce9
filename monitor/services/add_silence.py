"""Add a silence on a person's word."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.silence import Silence
from monitor.domain.alerting.window_text import windows_said
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.storage import audit, silences


def add_silence(session: Session, silence: Silence, *, now: datetime) -> Silence:
    """Store a silence, with an audit entry by its author, and return it with its number.

    InvalidInput where it would be over already. What it would mute is `preview_silence`'s to say.
    """
    if silence.ends_at <= max(now, silence.starts_at):
        raise InvalidInput(phrase("a silence must end in the future, after it starts"), field="ends_at")
    added = silences.add(session, silence, now=now)
    audit.record(
        session, actor=added.author, action="silence.add", target=added.name, reason=added.comment,
        before=None, after=as_audited(added), now=now,
    )  # fmt: skip
    return added


def as_audited(silence: Silence) -> dict[str, Any]:
    """Return what the audit log keeps of a silence."""
    return {
        "matchers": [str(matcher) for matcher in silence.matchers],
        "starts_at": silence.starts_at.isoformat(),
        "ends_at": silence.ends_at.isoformat(),
        "expire_on_resolve": silence.expire_on_resolve,
        "windows": windows_said(silence.windows),
    }
