"""The native event: what a message says about one alert event, by names that are a public promise."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor.domain.alerting.alert import AlertEvent, AlertState, EventType
from monitor.domain.clock import require_utc
from monitor.domain.marking import OPEN, Handling
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern

SCHEMA = "1"
CHANNEL_TEST, COMMS_CHECK = "channel.test", "channel.check"
# Every name of `data` (alerting.md 3.6), with what it is where the event's own body says nothing.
_DEFAULTS: Mapping[str, Any] = {
    "previousConcern": None,
    "peakConcern": None,
    "level": None,
    "resolution": None,
    "subject": None,
    "series": None,
    "indicator": None,
    "rule": None,
    "observation": None,
    "evaluation": None,
    "startsAt": None,
    "endsAt": None,
    "ack": None,
    "suppressedWhile": [],
}


def native_event(
    event: AlertEvent,
    *,
    message_id: str,
    first_concern: Concern,
    absorbed: Sequence[tuple[int, EventType]] = (),
    is_exercise: bool = False,
    base_url: str = "",
    handling: Handling = OPEN,
) -> dict[str, Any]:
    """Return the event as it is sent; what its body names wins over the defaults, never over its identity.

    `absorbed` are the earlier events of the episode that this message tells in place of their own;
    `handling` is how the data behind it is to be handled.
    """
    is_over = event.type is EventType.RESOLVED
    page = event.body.get("page") or f"/alerts/{event.fingerprint}"
    view = f"{base_url}{page}"
    # Each leads to a page with a button: nothing happens by following a link.
    acts = {"ack": f"{view}#acknowledge", "silence": f"{view}#silence"}
    acts = {} if is_over or "page" in event.body else acts
    links = {"view": view, "ack": None, "silence": None} | acts
    data = {
        **_DEFAULTS,
        "state": "resolved" if is_over else AlertState.FIRING.value,
        **event.body,
        "messageId": message_id,
        "episodeId": event.episode_id,
        "eventSeq": event.event_seq,
        "fingerprint": event.fingerprint,
        "dedupKey": f"{event.fingerprint}.{event.episode_id}",
        "reason": event.reason,
        "concern": int(event.concern),
        "concernName": event.concern.word,
        "firstConcern": int(first_concern),
        "firstConcernName": first_concern.word,
        "firingUndelivered": any(kind is EventType.FIRING for _, kind in absorbed),
        "absorbed": [number for number, _ in absorbed],
        "exercise": is_exercise,
        "marking": handling.marking.word,
        "mayRedistribute": handling.may_redistribute,
        "attributions": list(handling.attributions),
    }
    data["links"] = links | dict(event.body.get("links") or {})
    return {"type": event.type.value, "timestamp": rfc3339(event.at), "schema": SCHEMA, "data": data}


def channel_test(*, message_id: str, channel: str, at: datetime, base_url: str = "") -> dict[str, Any]:
    """Return the message of `heatwatch channel test`: no alert, and so marked."""
    data = {
        **_DEFAULTS,
        "messageId": message_id,
        "episodeId": "",
        "eventSeq": 0,
        "fingerprint": "",
        "dedupKey": "",
        "reason": "channel_test",
        "state": "test",
        "concern": int(Concern.NORMAL),
        "concernName": Concern.NORMAL.word,
        "channel": channel,
        "summary": phrase("Test of channel {channel}. There is no alert.", channel=channel),
        "firingUndelivered": False,
        "absorbed": [],
        "exercise": False,
        "marking": OPEN.marking.word,
        "mayRedistribute": True,
        "attributions": [],
        "links": {"view": base_url or None, "ack": None, "silence": None},
    }
    return {"type": CHANNEL_TEST, "timestamp": rfc3339(at), "schema": SCHEMA, "data": data}


def comms_check(
    *, message_id: str, channel: str, at: datetime, answer_by: datetime, base_url: str
) -> dict[str, Any]:
    """Return the message of a comms check: a test that a person answers on the page it leads to."""
    event = channel_test(message_id=message_id, channel=channel, at=at, base_url=base_url)
    page = f"{base_url}/comms-checks/{message_id}"
    data = event["data"] | {
        "reason": "comms_check",
        "state": "check",
        "summary": phrase(
            "Comms check of channel {channel}: say that you got it. There is no alert.", channel=channel
        ),
        "answerBy": rfc3339(answer_by),
        "links": {"view": page, "ack": page, "silence": None},
    }
    return event | {"type": COMMS_CHECK, "data": data}


def rfc3339(value: datetime) -> str:
    """Return a moment as RFC 3339 in UTC with a Z."""
    return require_utc(value, field="time").isoformat().replace("+00:00", "Z")
