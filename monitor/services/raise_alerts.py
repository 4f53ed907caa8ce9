"""Raise alerts: evaluate the rules of a subject and write what changed, with its notifications."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting import step as machine
from monitor.domain.alerting.alert import Alert, AlertEvent, DataHealth, Reason, Resolution
from monitor.domain.alerting.data_quality import is_data_quality
from monitor.domain.alerting.episode import end
from monitor.domain.alerting.rule import Rule
from monitor.domain.alerting.snapshot import Edges, Snapshot
from monitor.domain.clock import LIVE, ClockMode, epoch, moment
from monitor.domain.errors import MonitorError
from monitor.services.alert_inputs import AlertInputs, load_all_inputs
from monitor.services.watch_data import watch_data
from monitor.services.write_alerts import Change, write_all
from monitor.storage import silences, subjects
from monitor.storage.subjects import SubjectState

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
    return next(iter(raise_due(session, most=1, now=now)), None)


def raise_due(session: Session, *, most: int, now: datetime) -> list[RaiseResult]:
    """Evaluate the subjects that have waited longest together; one that fails is put off by itself."""
    claims = subjects.claim_all_alerts(session, now, limit=most)
    results = _try_together(session, claims, now=now) or _try_each(session, claims, now=now)
    for each in results:
        if each.problem:
            subjects.postpone_alerts(session, each.subject, claimed_at=now, until=now + RETRY)
    next_at = {each.subject: each.next_at for each in results if not each.problem}
    subjects.finish_all_alerts(session, next_at, claimed_at=now)
    return results


def raise_alerts(session: Session, subject_slug: str, *, slot: int | None, now: datetime) -> RaiseResult:
    """Evaluate every rule of a subject at `slot` (epoch seconds on its clock; None: its now).

    Writes alerts, episodes, events and notifications; Conflict if another worker wrote one meanwhile.
    """
    return _raise_all(session, [subjects.Claim(subject_slug, slot)], now=now)[0]


def _try_together(session: Session, claims: Sequence[subjects.Claim], *, now: datetime) -> list[RaiseResult]:
    """Evaluate subjects together; nothing if any of them fails: then nothing is kept."""
    try:
        with session.begin_nested():
            return _raise_all(session, claims, now=now) if claims else []
    except MonitorError:
        return []


def _try_each(session: Session, claims: Sequence[subjects.Claim], *, now: datetime) -> list[RaiseResult]:
    """Evaluate one subject after the other, so that one that fails keeps no other from being told."""
    if claims:
        silences.hold_expiring(session, now=now)
    return [_try(session, each, now=now) for each in claims]


def _try(session: Session, claim: subjects.Claim, *, now: datetime) -> RaiseResult:
    try:
        with session.begin_nested():
            return _raise_all(session, [claim], now=now)[0]
    except MonitorError as error:
        return RaiseResult(subject=claim.slug, problem=str(error))


def _raise_all(session: Session, claims: Sequence[subjects.Claim], *, now: datetime) -> list[RaiseResult]:
    """Load what all look at, step each rule, write all that changed."""
    states = subjects.states(session, [claim.slug for claim in claims])
    inputs_of = load_all_inputs(session, _slots(claims, states, now=now), states=states, now=now)
    every = {slug: _evaluated(session, inputs) for slug, inputs in inputs_of.items()}
    changed = [(inputs, _changed(inputs, every[slug])) for slug, inputs in inputs_of.items()]
    return [
        RaiseResult(
            subject=slug,
            evaluated=len(every[slug]) + len(inputs.resting),
            changed=len(changes),
            events=written.events,
            notification_count=written.notification_count,
            next_at=_next_at(inputs, [change.after for change in every[slug]]),
        )
        for (slug, inputs), (_, changes), written in zip(
            inputs_of.items(), changed, write_all(session, changed, now=now), strict=True
        )
    ]


def _slots(
    claims: Sequence[subjects.Claim], states: Mapping[str, SubjectState], *, now: datetime
) -> dict[str, datetime]:
    """Return the moment of each subject's clock at which it is evaluated."""
    clocks = {slug: state.clock for slug, state in states.items()}
    return {
        slug: moment(epoch(clocks.get(slug, LIVE).at(now)) if slot is None else slot) for slug, slot in claims
    }


def _evaluated(session: Session, inputs: AlertInputs) -> list[Change]:
    every = [*_of_rules(inputs), *_without_rule(inputs)]
    judged = dict(inputs.alerts) | {change.after.fingerprint: change.after for change in every}
    return [*every, *watch_data(session, inputs, judged)]


def _changed(inputs: AlertInputs, every: Sequence[Change]) -> list[Change]:
    return [
        change
        for change in every
        if change.events or change.after != inputs.alerts.get(change.after.fingerprint)
    ]


def _of_rules(inputs: AlertInputs) -> Iterator[Change]:
    for name, rule in inputs.rules.items():
        if name in inputs.resting:
            continue
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
