"""Send again: what was given up goes out once more, by the same id and with the same bytes, or is cleared."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.phrases import phrase
from monitor.services.form_deliveries import absorb
from monitor.storage import audit, channels, dead_letters
from monitor.storage.dead_letters import DeadLetter

LONGEST_WHY = 500
_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAgain:
    """How many are on their way once more, and by delivery why others are not."""

    count: int
    left: dict[str, str]


def send_again(
    session: Session, *, ids: Collection[str] | None = None, channel: str = "", actor: str, reason: str,
    now: datetime,
) -> SentAgain:  # fmt: skip
    """Have dead deliveries tried anew: some by their ids, a channel's, or all. NotFound if there is none.

    Their receivers know them by their ids. What a later message has overtaken stays as it is.
    """
    by_slug = {each.slug: each for each in channels.find_all(session)}
    found = _found(session, ids=ids, channel=channel)
    left = {
        each.delivery.id: why for each in found if (why := why_not(each, by_slug.get(each.delivery.channel)))
    }
    # Oldest first, so that what tells the whole of an episode is there before it absorbs the rest.
    revived = [
        each for each in reversed(found)
        if each.delivery.id not in left and dead_letters.revive(session, each.delivery.id, now=now)
    ]  # fmt: skip
    for channel_slug, of in sorted({(each.delivery.channel, each.delivery.fingerprint) for each in revived}):
        absorb(session, channel=channel_slug, fingerprint=of)
    if revived:
        _record(session, "delivery.send-again", revived, actor=actor, reason=reason, now=now)
    return SentAgain(count=len(revived), left=left)


def clear_dead(
    session: Session, *, ids: Collection[str] | None = None, channel: str = "", actor: str, reason: str,
    now: datetime,
) -> int:  # fmt: skip
    """Take dead deliveries off the list for good; return how many. InvalidInput without reason; NotFound."""
    if not reason.strip():
        raise InvalidInput(phrase("say why it need not arrive any more"), field="reason")
    found = _found(session, ids=ids, channel=channel)
    cleared = dead_letters.clear(
        session,
        [each.delivery.id for each in found],
        note=f"cleared by {actor}: {reason.strip()[:LONGEST_WHY]}",
    )
    _record(session, "delivery.clear", found, actor=actor, reason=reason, now=now)
    return cleared


def why_not(letter: DeadLetter, channel: Channel | None) -> str:
    """Say why a dead delivery cannot be sent again; empty if it can."""
    if channel is None:
        return phrase("the channel no longer exists")
    if not channel.is_enabled:
        return phrase("the channel is disabled")
    if letter.type is None:
        return phrase("the alert event no longer exists")
    return phrase("a later message of this episode has arrived since") if letter.is_outdated else ""


def _found(session: Session, *, ids: Collection[str] | None, channel: str) -> list[DeadLetter]:
    found = dead_letters.find(session, ids=ids, channel=channel, most=_MOST)
    if not found:
        raise NotFound(phrase("nothing of that was given up"))
    return found


def _record(
    session: Session, action: str, letters: Collection[DeadLetter], *, actor: str, reason: str, now: datetime
) -> None:
    channels_of = sorted({each.delivery.channel for each in letters})
    audit.record(
        session, actor=actor, action=action, target=f"channel/{', '.join(channels_of)}"[:200], reason=reason,
        before={"status": "dead"}, after={"deliveries": [each.delivery.id for each in letters]}, now=now,
    )  # fmt: skip
