"""Where the alerts of a message stand: of several events of one episode the latest speaks for it."""

from collections.abc import Mapping, Sequence
from typing import Any


def standing_events(events: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return the latest native event of each episode, in the order in which the episodes first came."""
    latest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for event in events:
        identity = (event["data"]["fingerprint"], event["data"]["episodeId"])
        known = latest.get(identity)
        if known is None or event["data"]["eventSeq"] >= known["data"]["eventSeq"]:
            latest[identity] = event
    return tuple(latest.values())
