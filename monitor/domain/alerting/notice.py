"""Notices: messages of the desk about itself, to people; they open no incident and so need no end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.domain.alerting.alert import Alert, AlertEvent, EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.alerting.silence import Silence
from monitor.domain.phrases import Phrase, later, phrase, phrase_many
from monitor.domain.scale import Concern
from monitor.domain.spoken import clipped, clock, parted

MOST_SUMMARY = 160
MOST_NAMED = 10
# These keep an incident open until it is resolved: a notice would stay there for ever.
KEEPING_INCIDENTS = frozenset({"alertmanager", "pagerduty"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """An open alert as a notice names it."""

    alert: Alert
    name: str


def takes_notices(channel: Channel) -> bool:
    """Whether a channel is for people: programs that keep incidents are not told."""
    return channel.is_enabled and channel.kind not in KEEPING_INCIDENTS


def silence_ending(
    silence: Silence, firing: Sequence[Firing], *, ends_at: datetime, at: datetime, number: int
) -> AlertEvent:
    """Return the event that tells that a silence ends soon while these alerts fire, worst first.

    It is the silence's own, not the alerts': they stay silent. `number` counts its notices.
    """
    title = phrase_many(
        "Silence {silence} ends at {time} UTC; {n} alert it mutes still fires",
        "Silence {silence} ends at {time} UTC; {n} alerts it mutes still fire",
        len(firing), silence=silence.id, time=later(clock, ends_at),
    )  # fmt: skip
    named = [_named(each) for each in firing[:MOST_NAMED]]
    left = len(firing) - len(named)
    lines = [*named, *([phrase_many("and {n} more", "and {n} more", left)] if left else [])]
    summary = phrase("{title}: {lines}", title=title, lines=later(parted, named))
    body = {
        "summary": later(clipped, summary, MOST_SUMMARY),
        "state": "notice",
        "notice": {
            "title": title,
            "lead": phrase(
                "{author} silenced them: {comment}. Then each is told, if it still fires.",
                author=silence.author,
                comment=silence.comment,
            ),
            "lines": lines,
            "ask": phrase("Open the silences"),
        },
        "page": "/silences",
        "silence": {
            "id": silence.id,
            "matchers": [str(matcher) for matcher in silence.matchers],
            "author": silence.author,
            "comment": silence.comment,
            "endsAt": rfc3339(ends_at),
        },
        "subjects": sorted({each.alert.subject for each in firing}),
    }
    return AlertEvent(
        fingerprint=silence.name,
        episode_id=silence.name,
        event_seq=number,
        type=EventType.SILENCE_ENDING,
        at=at,
        concern=_worst(each.alert for each in firing),
        reason="silence_ending",
        body=body,
    )


def notice_of(data: Any) -> dict[str, Any] | None:
    """Return what a native event's data says as a notice; None where it is an alert's."""
    found = data.get("notice")
    return found if isinstance(found, dict) else None


def _named(each: Firing) -> Phrase:
    subject, concern = each.alert.subject, phrase(each.alert.concern.word)
    return phrase("{name} ({subject}): {concern}", name=each.name, subject=subject, concern=concern)


def _worst(alerts: Iterable[Alert]) -> Concern:
    return max((alert.concern for alert in alerts), default=Concern.NORMAL)
