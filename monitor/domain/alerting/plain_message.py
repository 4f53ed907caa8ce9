"""The plain message: what is sent where a message cannot be made, so that no alert is lost to a fault."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from monitor.domain.alerting.delivery import Message

# What stands in every message and comes from no person and no source.
_KEPT = frozenset(
    {
        "messageId", "episodeId", "eventSeq", "fingerprint", "dedupKey", "reason", "state", "concern",
        "concernName", "firstConcern", "firstConcernName", "previousConcern", "peakConcern", "resolution",
        "startsAt", "endsAt", "firingUndelivered", "absorbed", "exercise", "marking", "mayRedistribute",
        "attributions", "links", "suppressedWhile",
    }
)  # fmt: skip


def plain_message(message: Message, *, problem: str) -> Message:
    """Return a message with the same identity that says what happened and no more, and what the fault was."""
    return replace(message, events=tuple(_plain(event, problem) for event in message.events))


def _plain(event: Mapping[str, Any], problem: str) -> dict[str, Any]:
    data = event["data"]
    kept = {name: value if name in _KEPT else None for name, value in data.items()}
    word, state = str(data["concernName"]).capitalize(), str(data["state"])
    summary = (
        f"{word}, {state}: alert {data['fingerprint']}. This message could not be made as usual: {problem}."
    )
    return {**event, "data": kept | {"summary": summary}}
