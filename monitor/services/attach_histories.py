"""Attach histories: the values behind an alert, for messages whose channel draws them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.history import History, charted_event, history_of
from monitor.storage import series


def attach_histories(
    session: Session, messages: Mapping[str, Message], charted: Collection[str]
) -> dict[str, Message]:
    """Return the messages, those of `charted` deliveries with the history of their worst alert's series."""
    about = {
        identity: event["data"]
        for identity, message in messages.items()
        if identity in charted and (event := charted_event(message.events)) is not None
    }
    if not about:
        return dict(messages)
    columns = series.columns(session, {str(data["series"]["slug"]) for data in about.values()})
    found = {
        identity: _history(columns.get(str(data["series"]["slug"])), data) for identity, data in about.items()
    }
    return {identity: replace(message, history=found.get(identity)) for identity, message in messages.items()}


def _history(columns: Any, data: Mapping[str, Any]) -> History | None:
    if columns is None:
        return None
    until = datetime.fromisoformat((data.get("evaluation") or {})["slot"]).timestamp()
    edges = (data.get("indicator") or {}).get("thresholds") or (data.get("rule") or {}).get("enter") or {}
    return history_of(columns, until=until, edges=edges)
