"""Escalate: tell the next in line of what fires and nobody took on; pauses stop the clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert, AlertEvent, AlertState, EventType, Reason
from monitor.domain.alerting.episode import tell
from monitor.domain.alerting.escalation import Decision, Escalation, Progress, Step, begun, decide
from monitor.domain.alerting.route import DEFAULT, Route, resolved
from monitor.domain.alerting.suppression import SuppressionKind
from monitor.domain.errors import MonitorError
from monitor.domain.phrases import phrase
from monitor.domain.wording import msgid
from monitor.services.alert_inputs import load_alert_inputs
from monitor.services.pauses import ack_pauses, suppressed_pauses
from monitor.services.suppress import Suppressor, load_suppressor
from monitor.services.write_alerts import Change, write_alerts
from monitor.storage import alerts, arrangements, channels, escalations, notifications, snapshot, subjects
from monitor.storage.alerts import Episode
from monitor.storage.escalations import Underway
from monitor.storage.notifications import Told

AT_ONCE = 50
LATER = timedelta(minutes=1)
# These are kept with their times, so that how long they lasted is known afterwards.
_STEP = msgid("nobody has acknowledged; step {step} of {ladder}")
_ROUND = msgid("nobody has acknowledged; step {step} of {ladder}, round {round}")
_COUNTED = frozenset({SuppressionKind.SILENCE, SuppressionKind.MUTE_WINDOW})
_STANDING = frozenset({EventType.FIRING, EventType.CONCERN_RAISED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A route whose alerts escalate, with how."""

    route: Route
    escalation: Escalation


def ladders(session: Session) -> dict[str, Ladder]:
    """Return by route the escalation that is in force on it; an unknown one is none."""
    routing = snapshot.current(session).routings.get(DEFAULT)
    if routing is None:
        return {}
    routes = {route.slug: route for route in resolved(routing.route)}
    if not any(route.escalation for route in routes.values()):
        return {}
    known = {each.value.slug: each.value for each in arrangements.find_all(session, Escalation)}
    return {
        slug: Ladder(route=route, escalation=known[route.escalation])
        for slug, route in routes.items()
        if route.escalation in known
    }


def is_escalation_due(session: Session, *, now: datetime) -> bool:
    """Whether any escalation begins or has a step due; reads only."""
    return escalations.is_any_due(session, tuple(ladders(session)), now=now)


def escalate(session: Session, *, now: datetime, most: int = AT_ONCE) -> int:
    """Begin what is to begin and look at `most` steps that are due; count those told.

    Each that is looked at holds its subject until the caller commits: a worker takes them one by one.
    """
    known = ladders(session)
    found = escalations.due(session, tuple(known), now=now, limit=AT_ONCE)
    suppressor = load_suppressor(session, now=now, is_forming=False) if found else None
    told = looked_at = 0
    for each in found:
        looked_at += each.progress is not None
        if suppressor is None or looked_at > most:
            break
        try:
            with session.begin_nested():
                told += _visit(session, each, known[each.route], suppressor, now=now)
        except MonitorError as error:
            why = str(error)
            structlog.get_logger().warning("an escalation was put off", episode=each.episode_id, why=why)
            began_at = now if each.progress is None else each.progress.began_at
            kept = each.progress or begun(known[each.route].escalation, now=now)
            later = Progress(step=kept.step, loops=kept.loops, began_at=began_at, due_at=now + LATER)
            escalations.keep(session, each, later)
    return told


def _visit(
    session: Session, underway: Underway, ladder: Ladder, suppressor: Suppressor, *, now: datetime
) -> bool:
    """Look at one; True if a step was told."""
    if underway.progress is None:
        escalations.keep(session, underway, begun(ladder.escalation, now=now))
        return False
    episode = alerts.episodes(session, [underway.episode_id]).get(underway.episode_id)
    alert = None if episode is None else alerts.find(session, episode.fingerprint)
    if episode is None or alert is None or not alert.is_open or alert.episode_id != episode.id:
        return False
    subjects.hold(session, alert.subject)
    decision = _decision(session, underway.progress, ladder, suppressor, episode, alert, now=now)
    if not escalations.keep(session, underway, decision.progress) or decision.step is None:
        return False
    _tell(session, episode, alert, ladder, decision.step, underway.progress, now=now)
    return True


def _decision(
    session: Session,
    progress: Progress,
    ladder: Ladder,
    suppressor: Suppressor,
    episode: Episode,
    alert: Alert,
    *,
    now: datetime,
) -> Decision:
    """Decide by what paused it since it waits: acks, silences and mute windows; what recovers waits too."""
    held = suppressor.of(episode, alert.concern, route=ladder.route.slug)
    until = None if held is None else held.until
    if alert.ack is not None:
        until = max(alert.ack.until, until or now)
    if alert.state is not AlertState.FIRING:
        until = max(now + LATER, until or now)
    since = progress.began_at
    paused = [
        *ack_pauses(alerts.events(session, episode.id), alert.ack, now=now),
        *suppressed_pauses(session, episode, ladder.route, since=since, now=now),
    ]
    is_counted = held is None or held.kind in _COUNTED
    if held is not None and not is_counted and alert.ack is None:
        until = now + LATER
    if until is not None and (alert.state is not AlertState.FIRING or not is_counted):
        # Neither is kept with its times: the clock stands from this look to the next.
        progress = _shifted(progress, until - now)
    return decide(ladder.escalation, progress, now=now, paused=paused, paused_until=until)


def _shifted(progress: Progress, span: timedelta) -> Progress:
    return Progress(
        step=progress.step, loops=progress.loops, began_at=progress.began_at + span, due_at=progress.due_at
    )  # fmt: skip


def _tell(
    session: Session, episode: Episode, alert: Alert, ladder: Ladder, step: Step, progress: Progress,
    *, now: datetime,
) -> None:  # fmt: skip
    """Tell a step's channels: again those that know of it, the others what stands."""
    told: Mapping[str, Told] = notifications.told_of(session, [episode.id])[episode.id]
    usable = {each.slug for each in channels.find_all(session) if each.is_enabled}
    reached = [slug for slug in step.channels if slug in usable]
    newcomers = [slug for slug in reached if slug not in told]
    _tell_standing(session, episode, newcomers, ladder, now=now)
    slot = subjects.state(session, alert.subject).clock.at(now)
    inputs = load_alert_inputs(session, alert.subject, slot=slot, now=now)
    # Step by step of the ladder and round by round, for whoever reads the timeline.
    detail = phrase(
        _ROUND if progress.loops else _STEP,
        step=progress.step + 1, ladder=ladder.escalation.slug, round=progress.loops + 1,
    )  # fmt: skip
    after, event = tell(
        alert, EventType.REPEATED, Reason.ESCALATED, slot=inputs.slot, previous=alert.concern, detail=detail
    )
    rule = inputs.rules.get(alert.fingerprint)
    again = Route(
        slug=ladder.route.slug, channels=tuple(slug for slug in reached if slug in told),
        group_wait_seconds=0.0,
    )  # fmt: skip
    change = Change(
        before=alert, after=after, events=(event,), rule=rule,
        seen=None if rule is None else inputs.snapshot(alert, rule), routes=(again,),
    )  # fmt: skip
    write_alerts(session, inputs, [change], now=now)


def _tell_standing(
    session: Session, episode: Episode, newcomers: Sequence[str], ladder: Ladder, *, now: datetime
) -> None:
    every: list[AlertEvent] = [
        each for each in alerts.events(session, episode.id) if each.type in _STANDING
    ]  # fmt: skip
    for event in (*every[:1], *every[1:][-1:]) if newcomers else ():
        by = Told(route=ladder.route.slug)
        notifications.add(session, event, channels=newcomers, due_at=now, now=now, told=by)
