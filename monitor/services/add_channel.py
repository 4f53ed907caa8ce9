"""Add a channel: checked by its kind, its secret made here and shown once."""

import base64
import os
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.route import NOBODY
from monitor.domain.errors import InvalidInput
from monitor.domain.ports import ChannelKinds
from monitor.services.check_channel import check_channel
from monitor.services.require_fallback import require_fallback
from monitor.storage import audit
from monitor.storage import channels as stored
from monitor.storage.secrets import SecretBox

SIGNED_KINDS = frozenset({"webhook"})
SIGNING_SECRET = "signing_secret"  # noqa: S105 (the name of one)
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedChannel:
    """The channel as stored, without its secrets, and the signing secret to show this once."""

    channel: Channel
    signing_secret: str


def add_channel(
    session: Session,
    channel: Channel,
    *,
    secrets: SecretBox,
    actor: str,
    now: datetime,
    channel_kinds: ChannelKinds | None = None,
    reason: str = "",
) -> AddedChannel:
    """Store a channel; a webhook without a signing secret is given one.

    With `channel_kinds` its settings are checked too. InvalidInput names the setting, Conflict a taken slug.
    """
    if channel.slug == NOBODY:
        raise InvalidInput(
            f"{NOBODY} is what a route says that tells no channel; choose another", field="slug"
        )
    if channel_kinds is not None:
        check_channel(channel, channel_kinds)
    require_fallback(session, channel)
    if channel.kind in SIGNED_KINDS and not channel.secrets.get(SIGNING_SECRET):
        channel = replace(channel, secrets={**channel.secrets, SIGNING_SECRET: new_signing_secret()})
    stored.add(session, channel, box=secrets, now=now)
    audit.record(
        session,
        actor=actor,
        action="channel.add",
        target=f"channel/{channel.slug}",
        reason=reason,
        before=None,
        after={"kind": channel.kind, "name": channel.name, "settings": dict(channel.settings)},
        now=now,
    )
    shown = channel.secrets.get(SIGNING_SECRET, "")
    return AddedChannel(channel=replace(channel, secrets={}), signing_secret=shown)


def channel_slugs(session: Session) -> list[str]:
    """Return the channels there are."""
    return [channel.slug for channel in stored.find_all(session)]


def new_signing_secret() -> str:
    """Return a fresh secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(os.urandom(_SECRET_BYTES)).decode()
