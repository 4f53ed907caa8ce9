"""The fallback: told of what is critical and was not taken within 15 minutes, and of its end."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.errors import DeliveryError
from monitor.domain.scale import Concern
from monitor.services.relay_critical import is_relay_due, relay_critical
from monitor.storage import alerts, notifications
from monitor.storage.alerts import Resolution
from tests.fakes import FakeChannel
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.services.delivering import run, store

DOWN = DeliveryError("the receiver answered 503", status_code=503)
LATER = NOW + timedelta(minutes=15)


@pytest.fixture
def database(database):
    store(database, lambda s: add_channel(s, fallback="duty"), lambda s: add_channel(s, "duty"))
    return database


class Summaries(FakeChannel):
    """Keeps what messages say first."""

    def render(self, channel, message):
        return str(message.events[-1]["data"].get("summary", "")).encode(), "text/plain"


def critical(session, number=1, kind=EventType.FIRING, **values):
    raise_event(session, number, kind, **{"concern": Concern.CRITICAL, **values})


def relay(database, *, now=LATER):
    with database.read() as session:
        is_due = is_relay_due(session, now=now)
    with database.write() as session:
        relayed = relay_critical(session, now=now)
    assert is_due is bool(relayed)
    return relayed


def told(database, channel="duty"):
    with database.read() as session:
        return [each.event_seq for each in notifications.of_episode(session, "e1") if each.channel == channel]


def test_what_is_critical_and_was_not_taken_goes_through_the_fallback_once(database):
    store(database, critical)
    run(database, FakeChannel(DOWN))
    assert relay(database, now=LATER - timedelta(seconds=1)) == 0
    assert relay(database) == 1
    assert relay(database, now=LATER + timedelta(hours=1)) == 0
    assert told(database) == [1]
    kind = Summaries()
    run(database, kind, now=LATER)
    # The channel itself works again, too.
    assert sorted(body for _, body in kind.sent) == [
        b"Sent through the fallback of Hook.",
        b"alert.firing critical",
    ]


def test_what_is_less_than_critical_waits_for_its_channel(database):
    store(database, lambda s: raise_event(s, concern=Concern.HIGH))
    run(database, FakeChannel(DOWN))
    assert relay(database) == 0


def test_what_was_taken_goes_nowhere_else(database):
    store(database, critical)
    run(database, FakeChannel())
    assert relay(database) == 0


def test_what_was_given_up_goes_at_once(database):
    store(database, critical)
    run(database, FakeChannel(DeliveryError("refused", permanent=True)))
    assert relay(database, now=NOW) == 1


def test_what_nobody_here_can_send_goes_through_the_fallback(database):
    store(
        database,
        lambda s: add_channel(s, "mail", kind="unknown", fallback="duty"),
        lambda s: critical(s, channels=("mail",)),
    )
    run(database, FakeChannel())
    assert relay(database) == 1


def test_what_is_over_calls_nobody(database):
    store(database, critical)
    run(database, FakeChannel(DOWN))
    store(database, lambda s: alerts.end_episode(s, "e1", at=NOW, resolution=Resolution.RECOVERED))
    assert relay(database) == 0


def test_a_fallback_that_was_told_anyway_is_not_told_twice(database):
    store(database, lambda s: critical(s, channels=("hook", "duty")))
    run(database, FakeChannel(*[DOWN] * 2))
    assert relay(database) == 0


def test_who_was_told_through_the_fallback_is_told_of_the_end(database):
    store(database, critical)
    run(database, FakeChannel(DOWN))
    relay(database)
    with database.read() as session:
        assert alerts.channels_told(session, ["e1"]) == {"e1": {"hook", "duty"}}


def test_two_that_step_in_for_each_other_send_nothing_round(database):
    store(
        database,
        lambda s: add_channel(s, "left", fallback="right"),
        lambda s: add_channel(s, "right", fallback="left"),
    )
    store(database, lambda s: critical(s, channels=("left",)))
    run(database, FakeChannel(*[DOWN] * 9))
    assert relay(database) == 1
    run(database, FakeChannel(*[DOWN] * 9), now=LATER)
    assert relay(database, now=LATER + timedelta(hours=1)) == 0
