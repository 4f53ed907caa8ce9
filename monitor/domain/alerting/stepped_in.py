"""Stepped in: what a message says that goes through the fallback of a channel that did not take it."""

from collections.abc import Mapping
from typing import Any

from monitor.domain.alerting.alert_body import MOST_SUMMARY
from monitor.domain.phrases import joined, later, phrase
from monitor.domain.spoken import clipped


def stepped_in(native: Mapping[str, Any], *, channel: str) -> dict[str, Any]:
    """Return a native event that says which channel, by name, did not take it."""
    data = native["data"]
    tail = phrase("Sent through the fallback of {channel}.", channel=channel)
    head = later(clipped, data.get("summary") or "", MOST_SUMMARY - len(tail) - 1)
    summary = later(joined, " ", [head, tail]) if head else tail
    return {**native, "data": {**data, "throughFallbackOf": channel, "summary": summary}}
