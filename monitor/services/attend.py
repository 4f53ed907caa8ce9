"""Attend to open episodes: tell again what still fires, and newcomers when the tree of routes changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert, AlertEvent, AlertState, EventType, Reason
from monitor.domain.alerting.episode import tell
from monitor.domain.alerting.route import DEFAULT, Route, channels_of
from monitor.domain.errors import Conflict, MonitorError
from monitor.services.alert_facts import labels_of
from monitor.services.alert_inputs import AlertInputs, load_alert_inputs
from monitor.services.follow_routes import next_repeat
from monitor.services.route_events import Router
from monitor.services.suppress import Suppressor, load_suppressor
from monitor.services.write_alerts import Change, write_alerts
from monitor.storage import alerts, episode_routes, last_told, notifications, snapshot, subjects
from monitor.storage.alerts import Episode
from monitor.storage.episode_routes import EpisodeRoute
from monitor.storage.last_told import LastTold
from monitor.storage.snapshot import Definitions

AT_ONCE = 50
LATER, SOON = timedelta(minutes=5), timedelta(minutes=1)
_STANDING = frozenset({EventType.FIRING, EventType.CONCERN_RAISED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """What one round did: episodes told again, newcomers told of standing ones."""

    repeated: int = 0
    introduced: int = 0
    looked_at: int = 0


def is_attention_due(session: Session, *, now: datetime) -> bool:
    """Whether any route of an open episode has something due; reads only."""
    return episode_routes.is_any_due(session, routing_version=_version(session), now=now)


def attend(session: Session, *, now: datetime) -> Attended:
    """Attend to what is due, some episodes of one subject a round; one that fails is put off.

    However late it is, an episode is told again once, and next after a whole interval. Commit before the
    next round: the subject is held until then.
    """
    suppressor = load_suppressor(session, now=now, is_forming=False)
    done = Attended()
    found = episode_routes.due_episodes(session, routing_version=_version(session), now=now, limit=AT_ONCE)
    for episode_id in found:
        try:
            with session.begin_nested():
                done = _added(done, _attend(session, episode_id, suppressor, now=now))
        except Conflict:
            # Whoever was faster may have told it: the next round looks again.
            continue
        except MonitorError as error:
            structlog.get_logger().error("an episode was not attended to", episode=episode_id, why=str(error))
            _put_off(session, episode_id, until=now + LATER)
    return replace(done, looked_at=len(found))


def _version(session: Session) -> int:
    return snapshot.current(session).version_of("routing", DEFAULT)


def _attend(session: Session, episode_id: str, suppressor: Suppressor, *, now: datetime) -> Attended:
    episode = alerts.episodes(session, [episode_id]).get(episode_id)
    alert = None if episode is None else alerts.find(session, episode.fingerprint)
    if episode is None or alert is None or not alert.is_open or alert.episode_id != episode_id:
        episode_routes.close(session, [episode_id])
        return Attended()
    subjects.hold(session, alert.subject)
    known = snapshot.current(session)
    router = Router.load(session, known, is_exercise="@" in alert.subject)
    routes = router.routes(_labels(known, episode, alert), alert.concern)
    return _Visit(
        session=session, episode=episode, alert=alert, router=router, routes=routes,
        suppressor=suppressor, now=now,
    ).attend()  # fmt: skip


def _labels(known: Definitions, episode: Episode, alert: Alert) -> Mapping[str, str]:
    """Return the labels an open alert is routed by: those its rule gives it now."""
    rule = known.rules.get(alert.rule)
    return episode.labels if rule is None else labels_of(alert, rule, known=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """One open episode that is attended to."""

    session: Session
    episode: Episode
    alert: Alert
    router: Router
    routes: Sequence[Route]
    suppressor: Suppressor
    now: datetime

    def attend(self) -> Attended:
        """Tell newcomers, then tell again what is due, and note when each route is next."""
        before = {each.route: each for each in episode_routes.of_episode(self.session, self.episode.id)}
        is_new_tree = any(each.routing_version != self.router.version for each in before.values())
        introduced = self._introduce() if is_new_tree else 0
        due = [route for route in self.routes if self._is_due(before.get(route.slug))]
        waits = self._waits(due)
        repeated = [route for route in due if waits[route.slug] is None]
        if repeated:
            self._repeat(repeated)
        for route in self.routes:
            self._keep(route, before.pop(route.slug, None), is_due=route in due, until=waits.get(route.slug))
        for gone in before.values():
            episode_routes.drop(self.session, gone)
        return Attended(repeated=int(bool(repeated)), introduced=introduced)

    def _is_due(self, row: EpisodeRoute | None) -> bool:
        return row is not None and row.repeat_due_at is not None and row.repeat_due_at <= self.now

    def _waits(self, due: Sequence[Route]) -> dict[str, datetime | None]:
        """Return until when each of these routes tells nothing again; None: it does so now."""
        if self.alert.ack is not None:
            return dict.fromkeys(_slugs(due), max(self.alert.ack.until, self.now + LATER))
        if self.alert.state is not AlertState.FIRING:
            return dict.fromkeys(_slugs(due), self.now + LATER)
        told = last_told.of_episode(self.session, self.episode.id, now=self.now) if due else last_told.NOTHING
        return {route.slug: self._waits_until(route, told) for route in due}

    def _waits_until(self, route: Route, told: LastTold) -> datetime | None:
        """Return until when a route waits: it is suppressed, is let go just now, or told of it lately."""
        held = self.suppressor.of(self.episode, self.alert.concern, route=route.slug)
        if held is not None:
            # Looked at again before that: whatever holds it may be ended early.
            return max(min(held.until, self.now + LATER), self.now + timedelta(seconds=1))
        if any(slug in told.held for slug in route.channels):
            # Nothing holds it any more: the one message that tells what was missed is about to leave.
            return self.now + SOON
        at = max((told.at[slug] for slug in route.channels if slug in told.at), default=None)
        again = None if at is None else next_repeat(route, self.alert.concern, now=at)
        return again if again is not None and again > self.now + SOON else None

    def _keep(self, route: Route, row: EpisodeRoute | None, *, is_due: bool, until: datetime | None) -> None:
        kept = row or EpisodeRoute(episode_id=self.episode.id, route=route.slug)
        due_at = kept.repeat_due_at
        if is_due and until is not None:
            due_at = until
        elif is_due or row is None:
            due_at = next_repeat(route, self.alert.concern, now=self.now)
        channels = tuple(slug for slug in route.channels if slug in self.router.channels)
        after = replace(kept, channels=channels, routing_version=self.router.version, repeat_due_at=due_at)
        if after != row:
            episode_routes.save(self.session, after)

    def _repeat(self, due: Sequence[Route]) -> None:
        inputs = self._inputs()
        after, event = tell(
            self.alert, EventType.REPEATED, Reason.REPEAT_INTERVAL, slot=inputs.slot,
            previous=self.alert.concern,
        )  # fmt: skip
        rule = inputs.rules.get(self.alert.fingerprint)
        change = Change(
            before=self.alert, after=after, events=(event,), rule=rule,
            seen=None if rule is None else inputs.snapshot(self.alert, rule), routes=tuple(due),
        )  # fmt: skip
        write_alerts(self.session, inputs, [change], now=self.now)

    def _inputs(self) -> AlertInputs:
        slot = subjects.state(self.session, self.alert.subject).clock.at(self.now)
        return load_alert_inputs(self.session, self.alert.subject, slot=slot, now=self.now)

    def _introduce(self) -> int:
        """Tell the standing events to channels that the new tree leads to and the old one did not."""
        told = notifications.told_of(self.session, [self.episode.id])[self.episode.id]
        every = [each for each in alerts.events(self.session, self.episode.id) if each.type in _STANDING]
        standing = [*every[:1], *every[1:][-1:]]
        newcomers = {slug for slug in channels_of(self.routes) if slug in self.router.channels} - told.keys()
        for event in standing:
            self._tell(event, newcomers)
        return len(newcomers) if standing else 0

    def _tell(self, event: AlertEvent, newcomers: set[str]) -> None:
        known: Mapping[str, notifications.Told] = {}
        for each in self.router.receivers(event, self.episode.labels, known, routes=self.routes):
            if each.channel.slug in newcomers:
                notifications.add(
                    self.session, event, channels=[each.channel.slug], due_at=self.now + each.wait,
                    now=self.now, told=each.told,
                )  # fmt: skip


def _slugs(routes: Sequence[Route]) -> list[str]:
    return [route.slug for route in routes]


def _put_off(session: Session, episode_id: str, *, until: datetime) -> None:
    version = _version(session)
    for each in episode_routes.of_episode(session, episode_id):
        later = replace(each, repeat_due_at=until, routing_version=version)
        episode_routes.save(session, later)


def _added(one: Attended, other: Attended) -> Attended:
    return Attended(repeated=one.repeated + other.repeated, introduced=one.introduced + other.introduced)
