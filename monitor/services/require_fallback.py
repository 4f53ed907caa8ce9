"""Require a fallback that can step in: another channel that there is."""

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import InvalidInput
from monitor.storage import channels


def require_fallback(session: Session, channel: Channel) -> None:
    """Refuse a fallback that is not there, or is the channel itself; InvalidInput names those there are."""
    if not channel.fallback:
        return
    others = {each.slug for each in channels.find_all(session)} - {channel.slug}
    if channel.fallback not in others:
        message = (
            f"there is no other channel {channel.fallback}; there is {', '.join(sorted(others)) or 'none'}"
        )
        raise InvalidInput(message, field="fallback")


def parse_fallback(text: str) -> str:
    """Return the slug of the channel that steps in, empty for none."""
    return "" if text.strip().lower() in {"", "none"} else text.strip()
