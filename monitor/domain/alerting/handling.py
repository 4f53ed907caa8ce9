"""What people do to an open alert: take it on, or close it."""

from dataclasses import replace
from datetime import datetime

from monitor.domain.alerting.alert import Ack, Alert, AlertEvent, EventType, Reason, Resolution
from monitor.domain.alerting.episode import resolve, tell
from monitor.domain.scale import Concern


def acknowledged(alert: Alert, ack: Ack, *, slot: datetime) -> tuple[Alert, AlertEvent]:
    """Return the alert taken on at its present concern; a later ack replaces an earlier one."""
    return tell(
        replace(alert, ack=ack), EventType.ACKNOWLEDGED, Reason.ACKNOWLEDGED,
        slot=slot, previous=alert.concern, detail=ack.note, by=ack.by,
    )  # fmt: skip


def closed(alert: Alert, *, by: str, note: str, slot: datetime) -> tuple[Alert, AlertEvent]:
    """Return the alert closed by a person: what is breached now must be crossed afresh to open it again.

    What it has fallen below already, though not below its exit, counts as left.
    """
    rested, event = resolve(alert, Resolution.MANUAL, Reason.CLOSED, slot=slot, detail=note, by=by)
    breached = max(alert.pending, default=Concern.NORMAL)
    return replace(rested, closed_concern=min(alert.concern, breached)), event
