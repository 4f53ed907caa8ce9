"""Enable or disable a channel."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.storage import audit, channel_states, channels


def set_channel_enabled(
    session: Session, slug: str, *, is_enabled: bool, actor: str, reason: str, now: datetime
) -> None:
    """Send to a channel or no longer, with an audit entry; NotFound. Enabling forgets its trouble."""
    before = channels.get(session, slug)
    if is_enabled:
        channels.enable(session, slug)
        channels.note_trouble(session, slug, "")
        channel_states.forget(session, slug)
    else:
        channels.disable(session, slug)
    audit.record(
        session, actor=actor, action="channel.enable" if is_enabled else "channel.disable",
        target=f"channel/{slug}", reason=reason,
        before={"is_enabled": before.is_enabled}, after={"is_enabled": is_enabled}, now=now,
    )  # fmt: skip
