"""Write what a step decided: alerts, episodes, events and notifications, in one transaction."""

from collections.abc import Mapping, Sequence
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
from monitor.storage.notifications import Told

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
    return write_all(session, [(inputs, changes)], now=now)[0]


def write_all(
    session: Session, changed: Sequence[tuple[AlertInputs, Sequence[Change]]], *, now: datetime
) -> list[Written]:
    """Store the changes of many subjects by compare-and-set, with one statement a table; Conflict."""
    alerts.save_all(session, [change.after for _, changes in changed for change in changes])
    telling = [(inputs, [each for each in changes if each.events]) for inputs, changes in changed]
    if not any(changes for _, changes in telling):
        return [Written()] * len(changed)
    sources = load_facts(
        session,
        [
            (inputs, [(change.rule, event) for change in changes for event in change.events])
            for inputs, changes in telling
            if changes
        ],
    )
    before = _told_before(
        session, [event for _, changes in telling for each in changes for event in each.events]
    )
    routers: dict[bool, Router] = {}
    told: list[list[_Told]] = []
    for inputs, changes in telling:
        is_exercise = inputs.subject.is_exercise
        if changes and is_exercise not in routers:
            routers[is_exercise] = Router.load(session, inputs.known, is_exercise=is_exercise)
        told.append(
            [
                _tell(session, sources[inputs.subject.slug], routers[is_exercise], change, event, before)
                for change in changes
                for event in change.events
            ]
        )
    _store(session, [each for own in told for each in own], now=now)
    return [
        Written(
            events=tuple(each.event for each in own), notification_count=sum(len(e.receivers) for e in own)
        )
        for own in told
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An event with its body, who is told of it, and by which router."""

    change: Change
    event: AlertEvent
    labels: Mapping[str, str]
    receivers: Sequence[Receiver]
    router: Router
    is_live: bool


def _tell(
    session: Session,
    source: FactSource,
    router: Router,
    change: Change,
    event: AlertEvent,
    before: Mapping[str, dict[str, Told]],
) -> _Told:
    """Say who is told of an event and what; `before` is who was told of its episode so far."""
    inputs, told = source.inputs, before[event.episode_id]
    labels = labels_of(change.after, change.rule, known=inputs.known)
    receivers = router.receivers(event, labels, told, routes=change.routes)
    told.update({each.channel.slug: each.told for each in receivers})
    return _Told(
        change=change,
        event=_with_body(session, source, change, event, receivers),
        labels=labels,
        receivers=receivers,
        router=router,
        # What stands or is rehearsed does not go on firing with the time of the wall.
        is_live=inputs.state.clock.mode is ClockMode.LIVE,
    )


def _store(session: Session, told: Sequence[_Told], *, now: datetime) -> None:
    """Write episodes, events and notifications, and what follows from them."""
    alerts.open_episodes(session, [_episode(each) for each in told if each.event.type is EventType.FIRING])
    for each in told:
        _keep_episode(session, each.event)
    events = [each.event for each in told]
    alerts.add_events(session, events, now=now)
    new = [
        notifications.New(event=each.event, channel=to.channel.slug, due_at=now + to.wait, told=to.told)
        for each in told
        for to in each.receivers
    ]
    notifications.add_all(session, new, now=now)
    routed = [each for each in told if each.is_live and each.event.type in ROUTED]
    if routed:
        followed = [
            Followed(event=each.event, routes=each.router.routes(each.labels, each.event.concern))
            for each in routed
        ]
        follow_routes(session, routed[0].router, followed, now=now)
    if over := {event.episode_id for event in events if event.type is EventType.RESOLVED}:
        episode_routes.close(session, over)
        expire_silences(session, over, now=now)
        overtaken.cancel_repeats(session, over)
    if calmer := {event.episode_id for event in events if event.type in _CALMER}:
        release_inhibited(session, calmer, now=now)
    passing("before_commit")


def _told_before(session: Session, events: Sequence[AlertEvent]) -> dict[str, dict[str, Told]]:
    """Return who was told of the episode of each event; of one that opens now nobody was."""
    new = {event.episode_id for event in events if event.type is EventType.FIRING and event.event_seq == 1}
    older = {event.episode_id for event in events} - new
    return {episode_id: {} for episode_id in new} | (notifications.told_of(session, older) if older else {})


def _with_body(
    session: Session, source: FactSource, change: Change, event: AlertEvent, receivers: Sequence[Receiver]
) -> AlertEvent:
    if event.type is EventType.DATA_HEALTH:
        watched: Mapping[str, str] = {"subject": change.after.subject, "series": change.after.series}
        return replace(event, body={**event.body, **watched})
    facts = facts_of(
        session, source, event,
        before=change.before, after=change.after, rule=change.rule, seen=change.seen, trouble=change.trouble,
        told=[each.channel.name for each in receivers if each.channel.is_enabled],
    )  # fmt: skip
    return replace(event, body=event_body(event, facts))


def _keep_episode(session: Session, event: AlertEvent) -> None:
    if event.type is EventType.CONCERN_RAISED:
        alerts.raise_peak(session, event.episode_id, event.concern)
    elif event.type is EventType.RESOLVED:
        resolution = Resolution(event.body["resolution"])
        alerts.end_episode(session, event.episode_id, at=event.at, resolution=resolution)


def _episode(told: _Told) -> Episode:
    alert, event = told.change.after, told.event
    return Episode(
        id=event.episode_id,
        fingerprint=alert.fingerprint,
        rule=alert.rule,
        subject=alert.subject,
        series=alert.series,
        labels=told.labels,
        started_at=event.at,
        peak_concern=event.concern,
    )
