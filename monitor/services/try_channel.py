"""Try a channel: one signed message a recipient, marked channel.test, sent once, whatever comes of it."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uuid_utils

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Message, Receipt
from monitor.domain.alerting.native_event import channel_test
from monitor.domain.errors import DeliveryError, InvalidInput
from monitor.domain.person import Person
from monitor.domain.ports import ChannelKind, ChannelKinds
from monitor.services.attach_readers import for_reader
from monitor.services.reach_duty import on_duty
from monitor.storage import audit, channels, people
from monitor.storage.engine import Database
from monitor.storage.secrets import SecretBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of the message to one recipient; `error` is empty if it was taken."""

    recipient: str
    message_id: str
    error: str = ""
    receipt: Receipt | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the receiver took the message."""
        return not self.error


def try_channel(
    database: Database,
    channel_kinds: ChannelKinds,
    slug: str,
    *,
    secrets: SecretBox,
    actor: str,
    now: datetime,
    base_url: str = "",
) -> list[Trial]:
    """Send a test through a channel, enabled or not; NotFound if it is unknown. Nothing is retried."""
    with database.read() as session:
        channel = channels.get(session, slug, box=secrets)
    kind = channel_kinds.get(channel.kind)
    if kind is None:
        raise InvalidInput(f"channels of kind {channel.kind} cannot be sent from here", field="kind")
    with database.read() as session:
        recipients = on_duty(session, kind.recipients(channel), now=now)
        readers = people.readers(session, set(recipients))

    def made(message_id: str, of: Channel) -> Mapping[str, Any]:
        return channel_test(message_id=message_id, channel=of.name, at=now, base_url=base_url)

    trials = [
        try_recipient(
            kind, channel, recipient, made=made, now=now, base_url=base_url, reader=readers.get(recipient)
        )
        for recipient in dict.fromkeys(recipients)
    ]
    with database.write() as session:
        audit.record(
            session,
            actor=actor,
            action="channel.test",
            target=f"channel/{slug}",
            reason="",
            before=None,
            after={trial.recipient: trial.error or "accepted" for trial in trials},
            now=now,
        )
    return trials


def try_recipient(
    kind: ChannelKind,
    channel: Channel,
    recipient: str,
    *,
    made: Callable[[str, Channel], Mapping[str, Any]],
    now: datetime,
    base_url: str,
    reader: Person | None = None,
) -> Trial:
    """Send what `made` makes of a message id and a channel, once; nothing is stored and nothing retried."""
    identity = uuid_utils.uuid7()
    message_id = "msg_" + base64.b32encode(identity.bytes).decode().rstrip("=").lower()
    message = Message(
        message_id=message_id,
        delivery_id=str(identity),
        recipient=recipient,
        formed_at=now,
        episode_id="",
        events=(made(message_id, channel),),
        base_url=base_url,
    )
    message = for_reader(message, reader, channel)
    try:
        body, _ = kind.render(channel, message)
        receipt = kind.send(channel, message, body, now=now)
    except DeliveryError as error:
        return Trial(recipient=recipient, message_id=message_id, error=str(error))
    return Trial(recipient=recipient, message_id=message_id, receipt=receipt)
