"""The inbox, and one alert with all that happened and everyone who was told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alert import Alert, AlertEvent, AlertState, EventType
from monitor.domain.clock import ClockMode
from monitor.domain.delivery import Delivery, DeliveryStatus, NotificationState
from monitor.domain.rule import Rule
from monitor.domain.scale import Concern
from monitor.domain.spoken import plain
from monitor.services.overview.board import clock_of
from monitor.services.overview.desk import desk
from monitor.services.overview.open_alerts import open_alert, title
from monitor.services.overview.values import DeskView, OpenAlert
from monitor.storage import alerts, attempts, channels, notifications, snapshot, subjects
from monitor.storage.alerts import Episode
from monitor.storage.notifications import Notification
from monitor.storage.snapshot import Definitions

RECENT = 100
ACK_HOURS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedAlert:
    """An episode that is over."""

    fingerprint: str
    episode_id: str
    title: str
    subject_name: str
    ended_at: datetime
    resolution: str
    peak_concern: Concern


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsView:
    """The inbox by handling: what needs someone, what is in hand, what recovers, what is over."""

    desk: DeskView
    needing: tuple[OpenAlert, ...]
    in_hand: tuple[OpenAlert, ...]
    recovering: tuple[OpenAlert, ...]
    ended: tuple[EndedAlert, ...]

    @property
    def open_count(self) -> int:
        """How many alerts are open."""
        return len(self.needing) + len(self.in_hand) + len(self.recovering)

    @property
    def oldest(self) -> OpenAlert | None:
        """The worst alert that has waited longest for someone."""
        return max(self.needing, key=lambda each: (each.concern, each.age_seconds), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLine:
    """One try to send a message, or a message that has not been tried."""

    channel: str
    recipient: str
    detail: str
    took: str
    outcome: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """One thing that happened, with the messages it caused."""

    at: datetime
    kind: str
    concern: Concern
    head: str
    text: str
    lines: tuple[AttemptLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One alert with its last episode."""

    desk: DeskView
    alert: OpenAlert
    is_open: bool
    episode_id: str
    clock: ClockMode
    why: str
    runbook: str
    rule_slug: str
    rule_version: int
    timeline: tuple[TimelineItem, ...]
    resolves: str
    ack_until: datetime
    labels: Mapping[str, str]


def alerts_page(session: Session, *, now: datetime, with_exercises: bool = False) -> AlertsView:
    """Return the inbox."""
    known = snapshot.current(session)
    found = [each for each in alerts.find_open(session) if with_exercises or "@" not in each.subject]
    clocks = {slug: clock_of(state) for slug, state in subjects.states(session).items()}
    listed = [open_alert(known, alert, clocks=clocks, now=now) for alert in found]
    firing = [each for each in listed if each.state == AlertState.FIRING]
    return AlertsView(
        desk=desk(session, now=now),
        needing=tuple(each for each in firing if not each.acked_by),
        in_hand=tuple(each for each in firing if each.acked_by),
        recovering=tuple(each for each in listed if each.state != AlertState.FIRING),
        ended=tuple(
            _ended(known, alerts.recent_episodes(session, limit=RECENT), with_exercises=with_exercises)
        ),
    )


def alert_page(session: Session, fingerprint: str, *, now: datetime) -> AlertView:
    """Return one alert with the timeline of its last episode; NotFound."""
    known = snapshot.current(session)
    alert = alerts.get(session, fingerprint)
    state = subjects.states(session, [alert.subject]).get(alert.subject)
    clock = clock_of(state)
    episode = alerts.episodes(session, [alert.episode_id]).get(alert.episode_id) if alert.episode_id else None
    events = alerts.events(session, alert.episode_id) if alert.episode_id else []
    rule = known.rules.get(alert.rule)
    return AlertView(
        desk=desk(session, now=now),
        alert=open_alert(known, alert, clocks={alert.subject: clock}, now=now),
        is_open=alert.is_open,
        episode_id=alert.episode_id,
        clock=clock.mode,
        why=_why(events),
        runbook="" if rule is None else rule.runbook,
        rule_slug=alert.rule,
        rule_version=alert.rule_version,
        timeline=tuple(_timeline(session, alert, events)),
        resolves=_resolves(events, rule),
        ack_until=now + timedelta(hours=ACK_HOURS),
        labels={} if episode is None else episode.labels,
    )


def _ended(known: Definitions, found: Iterable[Episode], *, with_exercises: bool) -> Iterable[EndedAlert]:
    for episode in found:
        if episode.ended_at is None or ("@" in episode.subject and not with_exercises):
            continue
        subject = known.subjects.get(episode.subject)
        stub = Alert(fingerprint=episode.fingerprint, rule=episode.rule, subject=episode.subject)
        rule = known.rules.get(episode.rule)
        yield EndedAlert(
            fingerprint=episode.fingerprint,
            episode_id=episode.id,
            title=title(known, stub) if rule is None else rule.name,
            subject_name=episode.subject if subject is None else subject.name,
            ended_at=episode.ended_at,
            resolution="" if episode.resolution is None else episode.resolution.value.replace("_", " "),
            peak_concern=episode.peak_concern,
        )


def _why(events: Sequence[AlertEvent]) -> str:
    """What the last event that fired or raised the alert said."""
    telling = {EventType.FIRING, EventType.CONCERN_RAISED}
    last = next((event for event in reversed(events) if event.type in telling), None)
    return "" if last is None else str(last.body.get("summary") or last.reason.replace("_", " "))


def _resolves(events: Sequence[AlertEvent], rule: Rule | None) -> str:
    """Say when it ends, from the edges the last event was judged by."""
    body: Mapping[str, Any] = (events[-1].body.get("rule") or {}) if events else {}
    exits = {word: value for word, value in (body.get("exit") or {}).items() if value is not None}
    if rule is None or not rule.series or not exits:
        return "the published level leaves the concerns of its rule. Missing data never resolves it."
    lowest = next(iter(exits.values()))
    enter = next(iter((body.get("enter") or {}).values()), lowest)
    side = "below" if lowest <= enter else "above"
    return f"the value stays {side} {plain(float(lowest))}. Missing data never resolves it."


def _timeline(session: Session, alert: Alert, events: Sequence[AlertEvent]) -> Iterable[TimelineItem]:
    """Yield the events in order, each with what was sent because of it; five queries in all."""
    if not alert.episode_id:
        return
    names = {channel.slug: channel.name for channel in channels.find_all(session)}
    told = notifications.of_episode(session, alert.episode_id)
    sent = attempts.of_episode(session, alert.episode_id)
    for event in events:
        waiting = [each for each in told if each.event_seq == event.event_seq]
        carried = [each for each in sent if each.event_seq == event.event_seq]
        lines = [line for delivery in carried for line in _lines(delivery, names)]
        lines += [_unsent(each, names) for each in waiting if not each.delivery_id]
        yield TimelineItem(
            at=event.at,
            kind=event.type.value,
            concern=event.concern,
            head=_head(event),
            text=str(event.body.get("summary") or event.reason.replace("_", " ")),
            lines=tuple(lines),
        )


def _head(event: AlertEvent) -> str:
    word = event.concern.word.capitalize()
    named = {
        EventType.FIRING: f"Fired at {word}.",
        EventType.CONCERN_RAISED: f"Raised to {word}.",
        EventType.CONCERN_LOWERED: f"Lowered to {word}.",
        EventType.RESOLVED: "Resolved.",
        EventType.ACKNOWLEDGED: f"{event.body.get('by', 'Someone')} acknowledged.",
        EventType.UNACKNOWLEDGED: f"The acknowledgement of {event.body.get('by', 'someone')} ran out.",
        EventType.DATA_HEALTH: "Data health changed.",
    }
    return named.get(event.type, event.type.value.replace("alert.", "").replace("_", " ").capitalize() + ".")


def _lines(delivery: Delivery, names: Mapping[str, str]) -> Iterable[AttemptLine]:
    """One line an attempt; a delivery without any says what it waits for."""
    channel = names.get(delivery.channel, delivery.channel)
    if not delivery.attempts:
        yield AttemptLine(
            channel=channel, recipient=delivery.recipient, detail="", took="", outcome="wait",
            words=delivery.status.value,
        )  # fmt: skip
    for attempt in delivery.attempts:
        is_first = attempt.number == 1
        is_fine = attempt.outcome in {"ok", "delivered", "sent", "accepted"}
        took = f"{(attempt.ended_at - attempt.started_at).total_seconds():.1f} s"
        code = f"{attempt.status_code} after " if attempt.status_code and not is_fine else ""
        yield AttemptLine(
            channel=channel if is_first else "",
            recipient=delivery.recipient if is_first else f"attempt {attempt.number}, same message id",
            detail=attempt.error,
            took=f"{code}{took}",
            outcome="ok" if is_fine else "bad",
            words="arrived" if is_fine else "failed",
        )
    if delivery.status is DeliveryStatus.DEAD:
        yield AttemptLine(channel="", recipient="given up", detail="", took="", outcome="bad", words="dead")


def _unsent(notification: Notification, names: Mapping[str, str]) -> AttemptLine:
    is_waiting = notification.state in {NotificationState.WAITING, NotificationState.HELD}
    return AttemptLine(
        channel=names.get(notification.channel, notification.channel),
        recipient=notification.reason,
        detail="",
        took="",
        outcome="wait" if is_waiting else "none",
        words=notification.state.value,
    )
