"""What people do to an open alert: take it on, or close it."""

from dataclasses import replace
from datetime import datetime

from monitor.domain.alert import Ack, Alert, AlertEvent, EventType, Reason, Resolution
from monitor.domain.episode import resolve, tell


def acknowledged(alert: Alert, ack: Ack, *, slot: datetime) -> tuple[Alert, AlertEvent]:
    """Return the alert taken on at its present concern; a later ack replaces an earlier one."""
    return tell(
        replace(alert, ack=ack), EventType.ACKNOWLEDGED, Reason.ACKNOWLEDGED,
        slot=slot, previous=alert.concern, detail=ack.note, by=ack.by,
    )  # fmt: skip


def closed(alert: Alert, *, by: str, note: str, slot: datetime) -> tuple[Alert, AlertEvent]:
    """Return the alert closed by a person: what is breached now must be crossed afresh to open it again."""
    rested, event = resolve(alert, Resolution.MANUAL, Reason.CLOSED, slot=slot, detail=note, by=by)
    return replace(rested, closed_concern=alert.concern), event
