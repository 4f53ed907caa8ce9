"""Rotate a signing secret: a new one is made, and the one before it signs too for a while."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.errors import InvalidInput
from monitor.services.add_channel import SIGNED_KINDS, SIGNING_SECRET, new_signing_secret
from monitor.storage import audit, channels
from monitor.storage.secrets import SecretBox

BOTH_FOR = timedelta(hours=24)
PREVIOUS_SECRET, PREVIOUS_UNTIL = "previous_signing_secret", "previous_until"


@dataclass(frozen=True, slots=True, kw_only=True)
class RotatedSecret:
    """The channel without its secrets, the new signing secret to show this once, and until when both sign."""

    channel: Channel
    signing_secret: str
    both_until: datetime


def rotate_secret(
    session: Session, slug: str, *, box: SecretBox, actor: str, reason: str, now: datetime
) -> RotatedSecret:
    """Give a webhook a new signing secret. NotFound; InvalidInput for a kind that signs nothing."""
    channel = channels.get(session, slug, box=box)
    if channel.kind not in SIGNED_KINDS:
        raise InvalidInput(f"channels of kind {channel.kind} sign nothing", field="kind")
    new, until = new_signing_secret(), now + BOTH_FOR
    secrets = {
        **channel.secrets,
        SIGNING_SECRET: new,
        PREVIOUS_SECRET: channel.secrets.get(SIGNING_SECRET, ""),
        PREVIOUS_UNTIL: rfc3339(until),
    }
    channels.keep_secrets(session, slug, secrets, box=box)
    audit.record(
        session, actor=actor, action="channel.rotate", target=f"channel/{slug}", reason=reason,
        before=None, after={"secrets_replaced": [SIGNING_SECRET], "both_until": rfc3339(until)}, now=now,
    )  # fmt: skip
    return RotatedSecret(channel=replace(channel, secrets={}), signing_secret=new, both_until=until)
