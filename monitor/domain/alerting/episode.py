"""Episodes: numbering the events of an alert, and ending what is open."""

from dataclasses import replace
from datetime import datetime

from monitor.domain.alerting.alert import (
    Alert,
    AlertEvent,
    AlertState,
    EventType,
    Reason,
    Resolution,
    changed,
)
from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.scale import Concern

Stepped = tuple[Alert, tuple[AlertEvent, ...]]


def tell(
    alert: Alert,
    kind: EventType,
    reason: Reason,
    *,
    slot: datetime,
    previous: Concern | None = None,
    detail: str = "",
    by: str = "",
) -> tuple[Alert, AlertEvent]:
    """Return the alert with its episode's next number taken, and the event that carries it."""
    alert = changed(alert, event_seq=alert.event_seq + 1)
    body = {
        "previousConcern": None if previous is None else int(previous),
        "peakConcern": int(alert.peak_concern),
        "resolution": None,
        "startsAt": None if alert.started_at is None else rfc3339(alert.started_at),
        "endsAt": None,
        "detail": detail,
        "by": by,
    }
    return alert, AlertEvent(
        fingerprint=alert.fingerprint,
        episode_id=alert.episode_id,
        event_seq=alert.event_seq,
        type=kind,
        at=slot,
        concern=alert.concern,
        reason=reason,
        body=body,
    )


def resolve(
    alert: Alert, resolution: Resolution, reason: Reason, *, slot: datetime, detail: str = "", by: str = ""
) -> tuple[Alert, AlertEvent]:
    """End the open episode: the alert at rest, and the event that says so."""
    told, event = tell(
        alert, EventType.RESOLVED, reason, slot=slot, previous=alert.concern, detail=detail, by=by
    )
    body = {**event.body, "resolution": resolution.value, "endsAt": rfc3339(slot)}
    return at_rest(told), replace(event, concern=Concern.NORMAL, body=body)


def end(alert: Alert, resolution: Resolution, reason: Reason, *, slot: datetime, detail: str = "") -> Stepped:
    """End whatever is open or pending, at once; an alert at rest stays the same object."""
    if alert.is_open:
        ended, event = resolve(alert, resolution, reason, slot=slot, detail=detail)
        return changed(ended, evaluated_at=slot), (event,)
    rested = at_rest(alert)
    return (alert if rested == alert else changed(rested, evaluated_at=slot)), ()


def at_rest(alert: Alert) -> Alert:
    """Return the alert inactive: no concern, no timer, no ack; its last episode and its counters stay."""
    return changed(
        alert,
        state=AlertState.INACTIVE,
        concern=Concern.NORMAL,
        peak_concern=Concern.NORMAL,
        held_concern=Concern.NORMAL,
        closed_concern=Concern.NORMAL,
        pending={},
        calm_seconds=0.0,
        lower_seconds=0.0,
        recovering_reason="",
        recovering_detail="",
        awaits_seq=0,
        returns=(),
        rested_at=None,
        flapping_until=None,
        locked_until=None,
        locked_concern=Concern.NORMAL,
        due_at=None,
        ack=None,
    )
