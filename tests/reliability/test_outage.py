"""A receiver that is down for 24 hours and for 76, in simulated time: retries, fallback, order, the end."""

import sys
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import pytest

from monitor.domain.alerting.alert import EventType, Resolution
from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState, Receipt
from monitor.domain.alerting.retry import LIFETIME
from monitor.domain.errors import DeliveryError
from monitor.domain.scale import Concern
from monitor.services.deliver import deliver
from monitor.services.relay_critical import relay_critical
from monitor.services.undelivered import undelivered
from monitor.storage import alerts, attempts, channel_states, notifications
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event

pytestmark = pytest.mark.reliability

ALERTS = 50
STEP = timedelta(minutes=1)
DOWN = DeliveryError("the receiver answered 503", status_code=503)


@dataclass
class Receivers(FakeChannel):
    """The desk's receiver is down until a time; that of the fallback never is."""

    back_at: object = None
    arrived: list = field(default_factory=list)

    def send(self, channel, message, body, *, now):
        if channel.slug == "hook" and now < self.back_at:
            raise DOWN
        data = message.events[-1]["data"]
        self.arrived.append(
            (channel.slug, now, message.episode_id, data["eventSeq"], tuple(data["absorbed"]))
        )
        return Receipt(status_code=200)

    def at(self, slug):
        return [each for each in self.arrived if each[0] == slug]


@pytest.fixture
def database(database):
    with database.write() as session:
        add_channel(session, fallback="duty", per_minute=0)
        add_channel(session, "duty", per_minute=0)
        for number in range(ALERTS):
            raise_event(
                session, alert=f"{number:016x}", episode=f"e{number}", at=NOW,
                concern=Concern.CRITICAL if number % 2 else Concern.HIGH,
            )  # fmt: skip
    return database


def play(database, receivers, *, until, events=()):
    """Do what a worker does, at every minute at which anything is due; `events` come at their times."""
    now, generator, waiting = NOW, np.random.default_rng(7), list(events)
    while now <= until:
        while waiting and waiting[0][0] <= now:
            with database.write() as session:
                waiting.pop(0)[1](session)
        with database.write() as session:
            relay_critical(session, now=now)
        deliver(
            database, {"fake": receivers}, secrets=BOX, now=now, owner="worker", generator=generator,
            stopwatch=lambda: 0.0,
        )  # fmt: skip
        now = _next(database, now, waiting)


def _next(database, now, waiting):
    """Return the next minute at which something is due: a try, a probe, the fallback, an event."""
    with database.read() as session:
        due = [
            each.due_at
            for each in attempts.of_channel(session, "hook")
            if each.status is DeliveryStatus.FORMED
        ]
        state = channel_states.find_all(session).get("hook")
    if state is not None and state.breaker.open_until is not None:
        due = [max(each, state.breaker.open_until) for each in due]
    due += [each for each, _ in waiting[:1]] + [NOW + timedelta(minutes=15)] * (
        now < NOW + timedelta(minutes=15)
    )
    return max(now + STEP, min(due, default=now + timedelta(days=9)))


def test_a_receiver_that_is_back_after_a_day_is_told_all_in_order(database, capsys):
    receivers = Receivers(back_at=NOW + timedelta(hours=24))
    raised = (NOW + timedelta(hours=2), lambda s: _raise(s, "e0", f"{0:016x}"))
    over = (NOW + timedelta(hours=3), lambda s: _end(s, "e1", f"{1:016x}"))
    play(database, receivers, until=NOW + timedelta(hours=36), events=[raised, over])
    told = {(episode, seq) for _, _, episode, seq, _ in receivers.at("hook")}
    told |= {(episode, seq) for _, _, episode, _, absorbed in receivers.at("hook") for seq in absorbed}
    expected = {(f"e{number}", 1) for number in range(ALERTS)} | {("e0", 2), ("e1", 2)}
    disorder = _disorder(receivers.at("hook"))
    relayed = receivers.at("duty")
    waits = {at - NOW for _, at, _, seq, _ in relayed if seq == 1}
    back = max(at for _, at, *_ in receivers.at("hook")) - receivers.back_at
    with capsys.disabled():
        sys.stdout.write(
            f"\ndown=24h events={len(expected)} lost={len(expected - told)} disorder={disorder} "
            f"fallback={len(relayed)} after={max(waits) / STEP:.0f}min "
            f"all_told_after_return={back / STEP:.0f}min\n"
        )
    assert expected - told == set()
    assert disorder == 0
    assert waits == {timedelta(minutes=15)}
    assert {episode for _, _, episode, _, _ in relayed} == {"e0", *(f"e{n}" for n in range(1, ALERTS, 2))}
    assert timedelta(0) <= back <= timedelta(minutes=15)
    assert [each[3:] for each in receivers.at("hook") if each[2] == "e1"] == [(2, (1,))]


def test_a_receiver_that_is_back_after_76_hours_finds_what_was_given_up_told_and_kept(database, capsys):
    receivers = Receivers(back_at=NOW + timedelta(hours=76))
    play(database, receivers, until=NOW + timedelta(hours=77))
    with database.read() as session:
        found = attempts.of_channel(session, "hook")
        view = undelivered(session, now=NOW + timedelta(hours=77))
        told = [each for n in range(ALERTS) for each in notifications.of_episode(session, f"e{n}")]
    dead = [each for each in found if each.status is DeliveryStatus.DEAD]
    with capsys.disabled():
        sys.stdout.write(
            f"\ndown=76h events={ALERTS} dead={len(dead)} at={LIFETIME / timedelta(hours=1):.1f}h "
            f"alarmed={bool(view.desk.silent_channels)} fallback={len(receivers.at('duty'))} "
            f"arrived={len(receivers.at('hook'))}\n"
        )
    assert len(dead) == ALERTS
    assert all("75.8 hours" in each.dead_reason for each in dead)
    assert max(each.attempts[-1].ended_at for each in dead if each.attempts) <= NOW + LIFETIME
    assert [name for name, _ in view.desk.silent_channels] == ["Hook"]
    assert view.total == ALERTS
    assert len(receivers.at("duty")) == ALERTS // 2
    assert {each.state for each in told} == {NotificationState.SENT}


def _raise(session, episode, fingerprint):
    kind, at = EventType.CONCERN_RAISED, NOW + timedelta(hours=2)
    raise_event(session, 2, kind, alert=fingerprint, episode=episode, concern=Concern.CRITICAL, at=at)


def _end(session, episode, fingerprint):
    at = NOW + timedelta(hours=3)
    alerts.end_episode(session, episode, at=at, resolution=Resolution.RECOVERED)
    raise_event(session, 2, EventType.RESOLVED, alert=fingerprint, episode=episode, at=at)


def _disorder(arrived) -> int:
    last: dict[str, int] = {}
    found = 0
    for _, _, episode, seq, _ in arrived:
        found += seq < last.get(episode, 0)
        last[episode] = max(seq, last.get(episode, 0))
    return found
