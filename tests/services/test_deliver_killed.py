"""Deliver, killed at each of its points or cut off: whoever goes on sends what was not, the same bytes."""

import threading
import time
from datetime import timedelta

import numpy as np
import pytest

from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.domain.errors import DatabaseUnavailable, DeliveryError
from monitor.services import deliver as delivering
from monitor.services.deliver import deliver
from monitor.storage import deliveries
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event
from tests.services.delivering import of, run, store

# What stands in the database after the kill, and how often the message arrives in the end.
POINTS = {
    "after_claim": (DeliveryStatus.LEASED, 1),
    "after_send": (DeliveryStatus.LEASED, 2),
    "after_finish": (DeliveryStatus.DELIVERED, 1),
}
AFTER_LEASE = NOW + timedelta(seconds=30)


class Killed(BaseException):
    """Ends a run wherever it is, as a kill does: nothing handles it."""


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_a_point_loses_nothing_and_doubles_only_what_was_sent(database, point, monkeypatch):
    status, arrivals = POINTS[point]
    store(database, add_channel, raise_event)
    kind = FakeChannel()
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "passing", lambda here: _die_at(point, here))
        with pytest.raises(Killed):
            run(database, kind, owner="killed")
    assert [each.status for each in of(database)] == [status]
    run(database, kind, now=AFTER_LEASE - timedelta(seconds=1))
    assert len(kind.sent) == arrivals - (status is DeliveryStatus.LEASED)
    run(database, kind, now=AFTER_LEASE)
    [delivery] = of(database)
    assert delivery.status is DeliveryStatus.DELIVERED
    assert kind.sent == [(delivery.message_id, b"alert.firing high")] * arrivals


def test_what_arrived_while_the_database_was_away_is_recorded_once_it_is_back(database, monkeypatch):
    store(database, add_channel, raise_event)
    kind, write, times = FakeChannel(), database.write, []

    def away_twice():
        times.append(len(kind.sent))
        if times.count(1) in (1, 2):
            raise DatabaseUnavailable("the database cannot be used")
        return write()

    monkeypatch.setattr(delivering, "AGAIN_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(database, "write", away_twice)
    assert run(database, kind).delivered == 1
    monkeypatch.undo()
    assert times.count(1) == 3
    assert run(database, kind, now=AFTER_LEASE).delivered == 0
    assert len(kind.sent) == 1


def test_a_lease_is_renewed_while_its_request_runs(database, monkeypatch):
    store(database, add_channel, raise_event)
    other, renewed, clock, renew = FakeChannel(), threading.Event(), [0.0], deliveries.renew

    def tell(*given, **named):
        renew(*given, **named)
        renewed.set()

    class Slow(FakeChannel):
        def send(self, channel, message, body, *, now):
            clock[0] = 11.0
            assert renewed.wait(60)
            run(database, other, now=AFTER_LEASE + timedelta(seconds=1), owner="other")
            return super().send(channel, message, body, now=now)

    monkeypatch.setattr(deliveries, "renew", tell)
    result = deliver(
        database, {"fake": Slow()}, secrets=BOX, now=NOW, owner="worker", stopwatch=lambda: clock[0],
        generator=np.random.default_rng(1),
    )  # fmt: skip
    assert (result.delivered, result.lost, other.sent) == (1, 0, [])


def test_a_body_is_made_once_however_often_it_is_tried(database):
    store(database, add_channel, raise_event)
    made = []

    class Counts(FakeChannel):
        def render(self, channel, message):
            made.append(message.message_id)
            return super().render(channel, message)

    kind = Counts(DeliveryError("the receiver answered 503", status_code=503))
    assert run(database, kind).retried == 1
    assert run(database, kind, now=AFTER_LEASE).delivered == 1
    assert len(made) == 1


def test_no_more_is_sent_than_a_kill_may_send_again(database, monkeypatch):
    for slug in "abcde":
        store(database, lambda s, slug=slug: add_channel(s, slug))
    for number in range(8):
        alert = {"alert": f"{number:016x}", "episode": f"e{number}", "channels": tuple("abcde")}
        store(database, lambda s, alert=alert: raise_event(s, **alert))
    kind, recorded, unrecorded, finish = FakeChannel(), [0], [], delivering.finish_attempts

    def once_all_hands_are_full(session, tried, **named):
        full, ends_at = min(16, 40 - recorded[0]), time.monotonic() + 20
        while len(kind.sent) - recorded[0] < full and time.monotonic() < ends_at:
            threading.Event().wait(0.01)
        unrecorded.append(len(kind.sent) - recorded[0])
        recorded[0] += len(tried)
        return finish(session, tried, **named)

    monkeypatch.setattr(delivering, "finish_attempts", once_all_hands_are_full)
    assert run(database, kind).delivered == 40
    assert max(unrecorded) == 16


def _die_at(point, here):
    if here == point:
        raise Killed
