"""PagerDuty: Events API v2, one event an alert; an ack given here is one there."""

from datetime import datetime
from typing import Any, ClassVar

import httpx
import orjson

from monitor.channels.http import ALLOW_HTTP, JSON, HttpChannel, Outgoing, checked_url, marks, request
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import LANGUAGE, ChannelSetting
from monitor.domain.alerting.delivery import Message, Receipt
from monitor.domain.alerting.retry import Trouble
from monitor.domain.errors import DeliveryError
from monitor.domain.scale import Concern
from monitor.render.languages import in_its_language
from monitor.render.notes import Note, notes

ENQUEUE = "https://events.pagerduty.com/v2/enqueue"
MOST_SUMMARY = 1024
ROUTING_KEY = "routing_key"
_SEVERITIES = {
    Concern.CRITICAL: "critical",
    Concern.HIGH: "error",
    Concern.ELEVATED: "warning",
    Concern.WATCH: "info",
    Concern.NORMAL: "info",
}


class PagerdutyChannel(HttpChannel):
    """Settings: `url`, for the service region of Europe. Secrets: `routing_key`, the integration's key."""

    is_grouped: ClassVar[bool] = False
    settings: ClassVar[tuple[ChannelSetting, ...]] = (
        ChannelSetting(name="url", words=f"where events are posted; without it {ENQUEUE}"),
        ALLOW_HTTP,
        LANGUAGE,
        ChannelSetting(
            name=ROUTING_KEY, is_secret=True, is_needed=True, words="the integration key of the service"
        ),
    )

    def address(self, channel: Channel) -> httpx.URL:
        """Return the address of the Events API."""
        return checked_url(channel, text=str(channel.settings.get("url") or ENQUEUE))

    @in_its_language
    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Return the events without the key: what is kept of a message holds no secret."""
        del channel
        return orjson.dumps([_event(message, note) for note in notes(message) if not note.is_notice]), JSON

    def send(self, channel: Channel, message: Message, body: bytes, *, now: datetime) -> Receipt:
        """Post each event in turn; one taken before another failed is known there by its key."""
        key = channel.secrets.get(ROUTING_KEY)
        if not key:
            raise DeliveryError("the channel has no routing key", trouble=Trouble.MISCONFIGURED)
        url, headers = self.address_to_send(channel), {"content-type": JSON} | marks(message)
        receipt = Receipt()
        for event in orjson.loads(body):
            whole = orjson.dumps({ROUTING_KEY: key} | event)
            receipt = request(self._clients, channel, Outgoing(url=url, body=whole, headers=headers), now=now)
        return receipt


def _event(message: Message, note: Note) -> dict[str, Any]:
    data = note.data
    key = str(data.get("dedupKey") or f"test.{message.message_id}")
    action = _action(note)
    event: dict[str, Any] = {"event_action": action, "dedup_key": key}
    if action != "trigger":
        return event
    links = [{"href": page, "text": words} for words, page in note.links]
    return event | {
        "client": "Heatwatch",
        "client_url": message.base_url,
        "links": links,
        "payload": {
            "summary": f"{note.headline}: {note.summary}"[:MOST_SUMMARY],
            "source": _source(note),
            "severity": _SEVERITIES[note.concern],
            "timestamp": str(note.event["timestamp"]),
            "component": _name(data.get("series"), "slug") or "heat",
            "group": _name(data.get("subject"), "slug") or "channel",
            "class": "test" if note.is_test else _name(data.get("rule"), "id") or note.event["type"],
            "custom_details": dict(note.facts) | _marks_of(message, note),
        },
    }


def _action(note: Note) -> str:
    if note.is_over:
        return "resolve"
    return "acknowledge" if note.event["type"] == EventType.ACKNOWLEDGED else "trigger"


def _source(note: Note) -> str:
    data = note.data
    return _name(data.get("subject"), "name") or str(data.get("channel") or data["fingerprint"])


def _name(part: Any, key: str) -> str:
    return str((part or {}).get(key) or "")


def _marks_of(message: Message, note: Note) -> dict[str, Any]:
    data = note.data
    return {
        "message_id": message.message_id,
        "concern": note.concern.word,
        "marking": str(data.get("marking", "")),
        "exercise": message.is_exercise,
        "absorbed": list(data.get("absorbed") or ()),
    }
