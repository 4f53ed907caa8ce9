"""Webhook: the native event as signed JSON (Standard Webhooks), one POST an event."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from standardwebhooks.webhooks import Webhook as Signer

from monitor.channels import cloudevents
from monitor.channels.http import ALLOW_HTTP, JSON, HttpChannel, Outgoing, marks, request
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import ChannelSetting, Form
from monitor.domain.alerting.delivery import Message, Receipt
from monitor.domain.alerting.retry import Trouble
from monitor.domain.alerting.route import says_how_to_group
from monitor.domain.errors import DeliveryError

GROUP = "alert.group"
SECRET, PREVIOUS_SECRET = "signing_secret", "previous_signing_secret"
PREVIOUS_UNTIL = "previous_until"


class WebhookChannel(HttpChannel):
    """Settings: `url`, `allow_http`. Secrets: `signing_secret`; `previous_signing_secret` in a rotation."""

    is_grouped: ClassVar[bool] = False
    settings: ClassVar[tuple[ChannelSetting, ...]] = (
        ChannelSetting(name="url", words="where messages are posted", is_needed=True),
        ALLOW_HTTP,
        ChannelSetting(
            name="cloudevents", form=Form.FLAG, words="sent as CloudEvents 1.0: the headers say what it is"
        ),
        ChannelSetting(
            name=SECRET, is_secret=True, words="what messages are signed with; made here if not given"
        ),
        ChannelSetting(name=PREVIOUS_SECRET, is_secret=True, words="signs too while a secret is replaced"),
        ChannelSetting(name=PREVIOUS_UNTIL, is_secret=True, words="until when that one signs, RFC 3339"),
    )

    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Serialise once: these are the bytes that are signed and sent."""
        event = _event(message)
        return orjson.dumps(event["data"] if _is_cloud_event(channel) else event), JSON

    def send(self, channel: Channel, message: Message, body: bytes, *, now: datetime) -> Receipt:
        """POST the frozen body; anything but 2xx is a DeliveryError."""
        url = self.address_to_send(channel)
        headers = _headers(channel, message, body, now=now)
        if _is_cloud_event(channel):
            headers |= cloudevents.headers(message, kind=_event(message)["type"])
        return request(self._clients, channel, Outgoing(url=url, body=body, headers=headers), now=now)


def sign(secrets: Sequence[str], *, message_id: str, at: datetime, body: bytes) -> str:
    """Return the `webhook-signature` header: one signature a secret, over exactly these bytes.

    The library replaces the zone instead of converting it, so it gets UTC and nothing else.
    """
    stamp, text = at.astimezone(UTC), body.decode()
    return " ".join(Signer(secret).sign(message_id, stamp, text) for secret in secrets)


def _event(message: Message) -> Mapping[str, Any]:
    """Return the native event; the group where a route groups, be it of one."""
    if len(message.events) == 1 and not says_how_to_group(message.group_key):
        return message.events[0]
    latest = message.events[-1]
    return {
        "type": GROUP,
        "timestamp": latest["timestamp"],
        "schema": latest["schema"],
        "data": {
            "groupKey": message.group_key or message.episode_id,
            "truncatedAlerts": message.truncated,
            "alerts": [event["data"] for event in message.events],
        },
    }


def _is_cloud_event(channel: Channel) -> bool:
    return bool(channel.settings.get("cloudevents", False))


def _signing(channel: Channel, *, now: datetime) -> list[str]:
    """Return the secrets that sign: the one in force, and for a while the one it replaced."""
    until = channel.secrets.get(PREVIOUS_UNTIL)
    is_over = bool(until) and now >= datetime.fromisoformat(str(until))
    names = (SECRET,) if is_over else (SECRET, PREVIOUS_SECRET)
    return [channel.secrets[name] for name in names if channel.secrets.get(name)]


def _headers(channel: Channel, message: Message, body: bytes, *, now: datetime) -> dict[str, str]:
    secrets = _signing(channel, now=now)
    if not secrets:
        raise DeliveryError("the channel has no signing secret", trouble=Trouble.MISCONFIGURED)
    return marks(message) | {
        "content-type": JSON,
        "x-alert-event-seq": str(message.events[-1]["data"]["eventSeq"]),
        "webhook-id": message.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": sign(secrets, message_id=message.message_id, at=now, body=body),
    }
