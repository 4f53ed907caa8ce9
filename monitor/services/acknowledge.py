"""Acknowledge or close an open alert on a person's word."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Ack, Alert, AlertEvent
from monitor.domain.alerting.handling import acknowledged, closed
from monitor.domain.clock import ClockMode
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern
from monitor.services.alert_inputs import AlertInputs, load_alert_inputs
from monitor.services.write_alerts import Change, write_alerts
from monitor.storage import alerts, audit, subjects

SHIFT = timedelta(hours=8)
LONGEST_CRITICAL = timedelta(hours=24)


def acknowledge(
    session: Session,
    key: str,
    *,
    by: str,
    now: datetime,
    note: str = "",
    until: datetime | None = None,
    concern: Concern | None = None,
) -> Alert:
    """Take an open alert on, by its fingerprint or episode id, until a wall time (default: one shift).

    `concern` is what the person saw: if it was raised since, the raise wins. Conflict then, and where the
    episode is over; an audit entry records the attempt, if the caller commits. NotFound, InvalidInput.
    """
    alert = _open_alert(session, key, action="alert.acknowledge", by=by, note=note, now=now)
    if concern is not None and concern < alert.concern:
        raise Conflict(
            phrase(
                "the alert was raised to {concern} meanwhile; look again", concern=phrase(alert.concern.word)
            )
        )
    ack = Ack(by=by, at=now, concern=alert.concern, until=_until(alert, until, now=now), note=note.strip())
    after = _write(session, alert, lambda slot: acknowledged(alert, ack, slot=slot), now=now)
    if subjects.state(session, alert.subject).clock.mode is not ClockMode.RUNNING:
        subjects.mark_alerts_due(session, [alert.subject], now=ack.until)
    _record(
        session, alert, "alert.acknowledge", by=by, note=ack.note, now=now,
        after={"concern": int(ack.concern), "until": ack.until.isoformat(), "episode": alert.episode_id},
    )  # fmt: skip
    return after


def close(session: Session, key: str, *, by: str, note: str, now: datetime) -> Alert:
    """End an open episode by hand; what is breached now must be crossed afresh to open the next.

    InvalidInput without a note; Conflict where the episode is over; NotFound.
    """
    if not note.strip():
        raise InvalidInput(phrase("say why the alert is closed"), field="note")
    alert = _open_alert(session, key, action="alert.close", by=by, note=note, now=now)
    after = _write(session, alert, lambda slot: closed(alert, by=by, note=note.strip(), slot=slot), now=now)
    _record(
        session, alert, "alert.close", by=by, note=note.strip(), now=now,
        after={"episode": alert.episode_id},
    )  # fmt: skip
    return after


def _open_alert(session: Session, key: str, *, action: str, by: str, note: str, now: datetime) -> Alert:
    alert = alerts.find(session, key)
    episode_id = key if alert is None else alert.episode_id
    if alert is None:
        alert = alerts.get(session, alerts.episode(session, key).fingerprint)
    if not alert.is_open or alert.episode_id != episode_id:
        _record(session, alert, action, by=by, note=note, now=now, after={"refused": "the episode is over"})
        raise Conflict(phrase("the episode is over"))
    return alert


def _until(alert: Alert, until: datetime | None, *, now: datetime) -> datetime:
    chosen = now + SHIFT if until is None else until
    if chosen <= now:
        raise InvalidInput(phrase("an ack must end in the future"), field="until")
    if alert.concern is Concern.CRITICAL and chosen > now + LONGEST_CRITICAL:
        raise InvalidInput(phrase("an ack of a critical alert lasts at most 24 hours"), field="until")
    return chosen


def _write(
    session: Session,
    alert: Alert,
    act: Callable[[datetime], tuple[Alert, AlertEvent]],
    *,
    now: datetime,
) -> Alert:
    subjects.hold(session, alert.subject)
    inputs = _inputs(session, alert, now=now)
    after, event = act(inputs.slot)
    rule = inputs.rules.get(alert.fingerprint)
    seen = inputs.snapshot(alert, rule) if rule is not None else None
    write_alerts(
        session, inputs, [Change(before=alert, after=after, events=(event,), rule=rule, seen=seen)], now=now
    )
    return alerts.get(session, alert.fingerprint)


def _inputs(session: Session, alert: Alert, *, now: datetime) -> AlertInputs:
    try:
        slot = subjects.state(session, alert.subject).clock.at(now)
        return load_alert_inputs(session, alert.subject, slot=slot, now=now)
    except NotFound as error:
        raise Conflict(
            phrase(
                "{subject} is no longer watched; its alerts end with the next evaluation",
                subject=alert.subject,
            )
        ) from error


def _record(
    session: Session,
    alert: Alert,
    action: str,
    *,
    by: str,
    note: str,
    now: datetime,
    after: dict[str, object],
) -> None:
    audit.record(
        session, actor=by, action=action, target=alert.fingerprint, reason=note,
        before={"concern": int(alert.concern)}, after=after, now=now,
    )  # fmt: skip
