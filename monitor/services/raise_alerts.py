"""Raise alerts: evaluate the rules of a subject and write what changed, with its notifications."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting import step as machine
from monitor.domain.alerting.alert import Alert, AlertEvent, DataHealth, Reason, Resolution
from monitor.domain.alerting.data_quality import is_data_quality
from monitor.domain.alerting.episode import end
from monitor.domain.alerting.rule import Rule
from monitor.domain.alerting.snapshot import Edges, Snapshot
from monitor.domain.clock import ClockMode, epoch, moment
from monitor.domain.errors import MonitorError
from monitor.services.alert_inputs import AlertInputs, load_alert_inputs
from monitor.services.watch_data import watch_data
from monitor.services.write_alerts import Change, write_alerts
from monitor.storage import subjects

RETRY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseResult:
    """What one evaluation of a subject's rules did; `next_at` is the wall time of the next timer.

    `problem` says why nothing was written, and the subject put off.
    """

    subject: str
    evaluated: int = 0
    changed: int = 0
    events: tuple[AlertEvent, ...] = ()
    notification_count: int = 0
    next_at: datetime | None = None
    problem: str = ""


def raise_next(session: Session, *, now: datetime) -> RaiseResult | None:
    """Evaluate the subject that has waited longest; None if nothing is due. A failing one is put off."""
    claim = subjects.claim_alerts(session, now)
    if claim is None:
        return None
    try:
        with session.begin_nested():
            result = raise_alerts(session, claim.slug, slot=claim.slot, now=now)
    except MonitorError as error:
        subjects.postpone_alerts(session, claim.slug, claimed_at=now, until=now + RETRY)
        return RaiseResult(subject=claim.slug, problem=str(error))
    subjects.finish_alerts(session, claim.slug, claimed_at=now, next_at=result.next_at)
    return result


def raise_alerts(session: Session, subject_slug: str, *, slot: int | None, now: datetime) -> RaiseResult:
    """Evaluate every rule of a subject at `slot` (epoch seconds on its clock; None: its now).

    Writes alerts, episodes, events and notifications; Conflict if another worker wrote one meanwhile.
    """
    clock = subjects.state(session, subject_slug).clock
    at = moment(epoch(clock.at(now)) if slot is None else slot)
    inputs = load_alert_inputs(session, subject_slug, slot=at, now=now)
    every = [*_of_rules(inputs), *_without_rule(inputs)]
    judged = dict(inputs.alerts) | {change.after.fingerprint: change.after for change in every}
    every += watch_data(session, inputs, judged)
    changes = [
        change
        for change in every
        if change.events or change.after != inputs.alerts.get(change.after.fingerprint)
    ]
    written = write_alerts(session, inputs, changes, now=now)
    return RaiseResult(
        subject=subject_slug,
        evaluated=len(every),
        changed=len(changes),
        events=written.events,
        notification_count=written.notification_count,
        next_at=_next_at(inputs, [change.after for change in every]),
    )


def _of_rules(inputs: AlertInputs) -> Iterator[Change]:
    for name, rule in inputs.rules.items():
        found = inputs.alerts.get(name)
        alert = replace(found, subject=rule.subject) if found else _new(name, rule)
        seen = inputs.snapshot(alert, rule)
        version = inputs.known.version_of("rule", rule.slug)
        after, events = machine.step(alert, rule, version, seen, inputs.slot)
        yield Change(before=alert, after=after, events=events, rule=rule, seen=seen)


def _without_rule(inputs: AlertInputs) -> Iterator[Change]:
    """End the alerts whose rule is gone, or watches another series now; a rule that moved takes its along."""
    for name, alert in inputs.alerts.items():
        rule = inputs.known.rules.get(alert.rule)
        if (
            is_data_quality(alert.rule)
            or name in inputs.rules
            or (rule is not None and rule.subject != alert.subject)
        ):
            continue
        if rule is None:
            after, events = machine.step(alert, None, alert.rule_version, _unseen(inputs), inputs.slot)
        else:
            after, events = end(alert, Resolution.RULE_CHANGED, Reason.RULE_CHANGED, slot=inputs.slot)
        yield Change(before=alert, after=after, events=events)


def _new(name: str, rule: Rule) -> Alert:
    return Alert(fingerprint=name, rule=rule.slug, subject=rule.subject, series=rule.series)


def _unseen(inputs: AlertInputs) -> Snapshot:
    return Snapshot(value=None, edges=Edges(by_concern={}), health=DataHealth.NO_DATA, wall=inputs.now)


def _next_at(inputs: AlertInputs, every: list[Alert]) -> datetime | None:
    """Return the wall time of the next timer.

    A clock that stands runs out of nothing but acks. A running one is evaluated moment by moment by its
    exercise: a timer of wall time would make the outcome depend on how fast the worker is.
    """
    mode = inputs.state.clock.mode
    times = [alert.ack.until for alert in every if alert.ack is not None and mode is not ClockMode.RUNNING]
    if mode is ClockMode.LIVE:
        times += [alert.due_at for alert in every if alert.due_at is not None]
    return min(times, default=None)
