"""Watch channels: an alert on each that does not answer while something critical waits for it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting import step as machine
from monitor.domain.alerting.alert import Alert, DataHealth
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.data_quality import CHANNEL_FAILING, Trouble, channel_rule, quality_snapshot
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.rule import Rule
from monitor.domain.alerting.seen import When
from monitor.domain.phrases import later, phrase, phrase_many
from monitor.domain.scale import Concern
from monitor.domain.spoken import age
from monitor.services.alert_facts import labels_of
from monitor.services.alert_inputs import AlertInputs, load_alert_inputs
from monitor.services.relay_critical import AFTER
from monitor.services.route_events import Router
from monitor.services.write_alerts import Change, write_alerts
from monitor.storage import alerts, channel_states, channels, relays, subjects
from monitor.storage.channel_states import ChannelState


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A channel whose alert is to change: since when it does not answer, and whose alerts wait for it."""

    channel: Channel
    alert: Alert | None
    since: datetime | None
    waiting: list[str]

    @property
    def subject(self) -> str:
        """The subject the alert is told of: the one that waits longest, and the same until it ends."""
        return self.waiting[0] if self.waiting or self.alert is None else self.alert.subject


def is_watch_due(session: Session, *, now: datetime) -> bool:
    """Whether an alert on a channel is to open or to end; reads only."""
    return next(_due(session, now=now), None) is not None


def watch_channels(session: Session, *, now: datetime) -> int:
    """Open or end the alert on one channel; 0 if there is none to.

    It opens once something critical waited 15 minutes for a channel that does not answer, and ends when the
    channel works again, is switched off or gone. Commit before the next: its subject is held until then.
    """
    found = next(_due(session, now=now), None)
    if found is None:
        return 0
    subjects.hold(session, found.subject)
    clock = subjects.state(session, found.subject).clock
    inputs = load_alert_inputs(session, found.subject, slot=clock.at(now), now=now)
    name = fingerprint(CHANNEL_FAILING, found.channel.slug)
    rule = channel_rule(found.subject, found.channel.slug)
    before = found.alert or Alert(fingerprint=name, rule=rule.slug, subject=found.subject)
    before = replace(before, subject=found.subject)
    concern = Concern.NORMAL if found.since is None else Concern.CRITICAL
    seen = quality_snapshot(rule, concern, when=When(wall=now))
    after, events = machine.step(before, rule, 1, seen, inputs.slot)
    change = Change(
        before=before, after=after, events=events, rule=rule, seen=seen, trouble=_trouble(found, now=now),
        routes=_others(session, inputs, rule, found.channel.slug, after),
    )  # fmt: skip
    write_alerts(session, inputs, [change], now=now)
    return 1


def _due(session: Session, *, now: datetime) -> Iterator[Watched]:
    """Yield the channels whose alert does not say how they stand."""
    states = channel_states.find_all(session)
    for channel in channels.find_all(session):
        breaker = states.get(channel.slug, ChannelState()).breaker
        alert = alerts.find(session, fingerprint(CHANNEL_FAILING, channel.slug))
        # One that a person closed is not opened again before the channel worked.
        is_told = alert is not None and (alert.is_open or alert.closed_concern is not Concern.NORMAL)
        is_failing = breaker.is_open and channel.is_enabled
        if is_told is is_failing:
            continue
        waiting = [] if is_told else relays.critical_waiting(session, channel.slug, since=now - AFTER)
        if is_told or waiting:
            since = breaker.opened_at if is_failing else None
            yield Watched(channel=channel, alert=alert, since=since, waiting=waiting)


def _others(
    session: Session, inputs: AlertInputs, rule: Rule, channel: str, alert: Alert
) -> tuple[Route, ...]:
    """Return the routes the alert takes, without the channel it is about: that would hear of it too late."""
    router = Router.load(session, inputs.known, is_exercise=False)
    routes = router.routes(labels_of(alert, rule, known=inputs.known), Concern.CRITICAL)
    return tuple(
        replace(each, channels=tuple(slug for slug in each.channels if slug != channel)) for each in routes
    )


def _trouble(found: Watched, *, now: datetime) -> Trouble:
    if found.since is None:
        sentence, health = phrase("it takes messages again, or nobody waits for it any more"), DataHealth.OK
    else:
        lasting = later(age, (now - found.since).total_seconds())
        sentence = phrase_many(
            "no answer for {lasting}; {n} critical alert waits for it",
            "no answer for {lasting}; {n} critical alerts wait for it",
            len(found.waiting), lasting=lasting,
        )  # fmt: skip
        health = DataHealth.ERROR
    name = phrase("Channel {name}", name=found.channel.name)
    return Trouble(name=name, sentence=sentence, health=health, since=found.since)
