"""Write what a step decided: alerts, episodes, events and notifications, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert, AlertEvent, EventType, Resolution
from monitor.domain.alerting.alert_body import event_body
from monitor.domain.alerting.data_quality import Trouble
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.rule import Rule
from monitor.domain.alerting.snapshot import Snapshot
from monitor.domain.clock import ClockMode
from monitor.faults import passing
from monitor.services.alert_facts import FactSource, facts_of, labels_of, load_facts
from monitor.services.alert_inputs import AlertInputs
from monitor.services.end_silence import expire_silences
from monitor.services.follow_routes import ROUTED, Followed, follow_routes
from monitor.services.route_events import Receiver, Router
from monitor.services.suppress import release_inhibited
from monitor.storage import alerts, episode_routes, notifications, overtaken
from monitor.storage.alerts import Episode

# After these an alert may no longer explain others.
_CALMER = frozenset({EventType.RESOLVED, EventType.CONCERN_LOWERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One alert before and after, what happened between, and by what it was judged.

    `trouble` is what an alert on the data itself is about. With `routes` its events take these.
    """

    before: Alert
    after: Alert
    events: tuple[AlertEvent, ...]
    rule: Rule | None = None
    seen: Snapshot | None = None
    trouble: Trouble | None = None
    routes: tuple[Route, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The events as they were stored, and how many notifications they caused."""

    events: tuple[AlertEvent, ...] = ()
    notification_count: int = 0


def write_alerts(
    session: Session, inputs: AlertInputs, changes: Sequence[Change], *, now: datetime
) -> Written:
    """Store every change by compare-and-set; Conflict, and nothing is kept, if another was faster."""
    for change in changes:
        alerts.save(session, change.after)
    if not any(change.events for change in changes):
        return Written()
    rules = [change.rule for change in changes if change.events and change.rule is not None]
    source = load_facts(session, inputs, rules)
    router = Router.load(session, inputs.known, is_exercise=inputs.subject.is_exercise)
    told = notifications.told_of(session, _episodes_of(changes))
    # What stands or is rehearsed does not go on firing with the time of the wall.
    is_live = inputs.state.clock.mode is ClockMode.LIVE
    stored: list[AlertEvent] = []
    followed: list[Followed] = []
    count = 0
    for change in changes:
        for event in change.events:
            labels = labels_of(change.after, change.rule, known=inputs.known)
            receivers = router.receivers(event, labels, told[event.episode_id], routes=change.routes)
            told[event.episode_id].update({each.channel.slug: each.told for each in receivers})
            stored.append(_with_body(session, source, change, event, receivers))
            _keep_episode(session, inputs, change, stored[-1])
            if is_live and event.type in ROUTED:
                followed.append(Followed(event=event, routes=router.routes(labels, event.concern)))
            count += len(receivers)
            _notify(session, stored[-1], receivers, now=now)
    alerts.add_events(session, stored, now=now)
    follow_routes(session, router, followed, now=now)
    if over := {event.episode_id for event in stored if event.type is EventType.RESOLVED}:
        episode_routes.close(session, over)
        expire_silences(session, over, now=now)
        overtaken.cancel_repeats(session, over)
    if calmer := {event.episode_id for event in stored if event.type in _CALMER}:
        release_inhibited(session, calmer, now=now)
    passing("before_commit")
    return Written(events=tuple(stored), notification_count=count)


def _episodes_of(changes: Iterable[Change]) -> set[str]:
    return {event.episode_id for change in changes for event in change.events}


def _notify(session: Session, event: AlertEvent, receivers: Sequence[Receiver], *, now: datetime) -> None:
    for each in receivers:
        slugs = [each.channel.slug]
        notifications.add(session, event, channels=slugs, due_at=now + each.wait, now=now, told=each.told)


def _with_body(
    session: Session, source: FactSource, change: Change, event: AlertEvent, receivers: Sequence[Receiver]
) -> AlertEvent:
    if event.type is EventType.DATA_HEALTH:
        watched: Mapping[str, str] = {"subject": change.after.subject, "series": change.after.series}
        return replace(event, body={**event.body, **watched})
    facts = facts_of(
        session, source, event,
        before=change.before, after=change.after, rule=change.rule, seen=change.seen, trouble=change.trouble,
        told=[each.channel.name for each in receivers],
    )  # fmt: skip
    return replace(event, body=event_body(event, facts))


def _keep_episode(session: Session, inputs: AlertInputs, change: Change, event: AlertEvent) -> None:
    if event.type is EventType.FIRING:
        alerts.open_episode(session, _episode(inputs, change, event))
    elif event.type is EventType.CONCERN_RAISED:
        alerts.raise_peak(session, event.episode_id, event.concern)
    elif event.type is EventType.RESOLVED:
        resolution = Resolution(event.body["resolution"])
        alerts.end_episode(session, event.episode_id, at=event.at, resolution=resolution)


def _episode(inputs: AlertInputs, change: Change, event: AlertEvent) -> Episode:
    alert = change.after
    return Episode(
        id=event.episode_id,
        fingerprint=alert.fingerprint,
        rule=alert.rule,
        subject=alert.subject,
        series=alert.series,
        labels=labels_of(alert, change.rule, known=inputs.known),
        started_at=event.at,
        peak_concern=event.concern,
    )
