"""Alertmanager: the webhook of Alertmanager, payload version 4, for whatever already takes that."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import orjson

from monitor.channels.http import ALLOW_HTTP, JSON, HttpChannel
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import ChannelSetting
from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.native_event import COMMS_CHECK
from monitor.domain.alerting.route import labels_of_key
from monitor.render.notes import Note, notes

VERSION = "4"
ENDLESS = "0001-01-01T00:00:00Z"
FIRING, RESOLVED = "firing", "resolved"
_IDENTITY = ("alertname", "series", "subject")


class AlertmanagerChannel(HttpChannel):
    """Settings: `url`, `allow_http`. Secrets: `token`, sent as a bearer token."""

    settings: ClassVar[tuple[ChannelSetting, ...]] = (
        ChannelSetting(name="url", words="where messages are posted", is_needed=True),
        ALLOW_HTTP,
        ChannelSetting(
            name="token", is_secret=True, words="sent as a bearer token, where the receiver wants one"
        ),
    )

    def headers(self, channel: Channel) -> dict[str, str]:
        """Return the content type, and the token if there is one."""
        token = channel.secrets.get("token")
        return {"content-type": JSON} | ({"authorization": f"Bearer {token}"} if token else {})

    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Return one message about all its alerts; what is ours alone stands in labels and annotations."""
        alerts = [_alert(message, note) for note in notes(message)]
        common = _common(alerts, "labels")
        identity = {name: value for name, value in common.items() if name in _IDENTITY}
        grouped = labels_of_key(message.group_key) if message.group_key else identity
        body = {
            "version": VERSION,
            "groupKey": _group_key(message, grouped),
            "truncatedAlerts": message.truncated,
            "status": FIRING if any(each["status"] == FIRING for each in alerts) else RESOLVED,
            "receiver": channel.slug,
            "groupLabels": grouped,
            "commonLabels": common,
            "commonAnnotations": _common(alerts, "annotations"),
            "routeLabels": {},
            "externalURL": message.base_url,
            "notification_reason": _reason(message, alerts),
            "alerts": alerts,
        }
        return orjson.dumps(body), JSON


def _alert(message: Message, note: Note) -> dict[str, Any]:
    data, status = note.data, RESOLVED if note.is_over else FIRING
    at = str(note.event["timestamp"])
    return {
        "status": status,
        "labels": _labels(note, is_exercise=message.is_exercise),
        "annotations": _annotations(message, note),
        "startsAt": data.get("startsAt") or at,
        "endsAt": (data.get("endsAt") or at) if note.is_over else ENDLESS,
        "generatorURL": note.link,
        "fingerprint": "" if note.is_notice else data["fingerprint"],
    }


def _labels(note: Note, *, is_exercise: bool) -> dict[str, str]:
    """The alert's own labels; `severity` is its concern, at its end the one it had reached."""
    data = note.data
    if note.is_test:
        kind = "CommsCheck" if note.event["type"] == COMMS_CHECK else "ChannelTest"
        return {"alertname": kind, "channel": str(data["channel"]), "severity": "none"}
    if note.is_notice:
        return {"alertname": "Notice", "severity": "none"}
    own = {str(name): str(value) for name, value in (data.get("labels") or {}).items()}
    own.setdefault("alertname", str((data.get("rule") or {}).get("id") or data["fingerprint"]))
    severity = data.get("firstConcernName") if note.is_over else data["concernName"]
    exercise = {"exercise": "true"} if is_exercise else {}
    return dict(sorted((own | {"severity": str(severity)} | exercise).items()))


def _annotations(message: Message, note: Note) -> dict[str, str]:
    data = note.data
    told = {
        "summary": note.summary,
        "description": "\n".join(f"{term}: {words}" for term, words in note.facts),
        "title": note.headline,
        "level": data.get("level"),
        "value": (data.get("observation") or {}).get("value"),
        "runbook": (data.get("rule") or {}).get("runbook"),
        "marking": data.get("marking"),
        "event": note.event["type"],
        "episode_id": data.get("episodeId"),
        "event_seq": data.get("eventSeq"),
        "dedup_key": data.get("dedupKey"),
        "message_id": message.message_id,
        "acknowledged_by": (data.get("ack") or {}).get("by"),
        "absorbed": " ".join(map(str, data.get("absorbed") or ())),
        "firing_undelivered": "true" if data.get("firingUndelivered") else None,
    }
    return {name: str(value) for name, value in told.items() if value not in (None, "")}


def _common(alerts: Sequence[Mapping[str, Any]], part: str) -> dict[str, str]:
    shared = set.intersection(*(set(each[part].items()) for each in alerts))
    return dict(sorted(shared))


def _group_key(message: Message, grouped: Mapping[str, str]) -> str:
    """Written as Alertmanager's, the route and then the group: the same however often it fires."""
    route, brace, rest = message.group_key.partition("{")
    path = f"/{{route={orjson.dumps(route).decode()}}}" if route else ""
    if brace:
        return f"{{}}{path}:{{{rest}"
    named = {} if route else grouped
    labels = ", ".join(f"{name}={orjson.dumps(value).decode()}" for name, value in sorted(named.items()))
    return f"{{}}{path}:{{{labels}}}"


def _reason(message: Message, alerts: Iterable[Mapping[str, Any]]) -> str:
    kinds, firing = {event["type"] for event in message.events}, [each["status"] == FIRING for each in alerts]
    if EventType.RESOLVED in kinds:
        return "some alerts resolved" if any(firing) else "all alerts resolved"
    if EventType.FIRING in kinds:
        return "first notification" if len(firing) == 1 else "new alerts added"
    return "repeat interval elapsed" if EventType.REPEATED in kinds else "unknown"
