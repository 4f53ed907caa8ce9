"""Deliver: at least once, in order, the same bytes; a channel that fails holds up no other."""

import threading
from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState
from monitor.domain.errors import DeliveryError
from monitor.domain.scale import Concern
from monitor.services.deliver import DeliverResult
from tests.fakes import FakeChannel
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.services.delivering import of, run, sent_types, store, told

UP, RESOLVED = EventType.CONCERN_RAISED, EventType.RESOLVED
DOWN = DeliveryError("the receiver answered 503", status_code=503)


def test_a_committed_event_is_delivered_once(database):
    store(database, add_channel, raise_event)
    kind = FakeChannel()
    assert run(database, kind) == DeliverResult(formed=1, delivered=1)
    assert run(database, kind) == DeliverResult()
    [delivery] = of(database)
    assert (delivery.status, delivery.delivered_at) == (DeliveryStatus.DELIVERED, NOW)
    assert [(each.number, each.outcome, each.status_code) for each in delivery.attempts] == [
        (1, "delivered", 200)
    ]
    assert kind.sent == [(delivery.message_id, b"alert.firing high")]
    assert told(database) == [(NotificationState.SENT, "")]


def test_a_message_id_has_no_dot_and_one_prefix(database):
    store(database, add_channel, raise_event)
    run(database, FakeChannel())
    [delivery] = of(database)
    assert delivery.message_id.startswith("msg_")
    assert "." not in delivery.message_id


def test_nothing_is_sent_before_its_group_wait_ends(database):
    store(database, add_channel, lambda s: raise_event(s, due_at=NOW + timedelta(seconds=30)))
    kind = FakeChannel()
    assert run(database, kind) == DeliverResult()
    run(database, kind, now=NOW + timedelta(seconds=30))
    assert len(kind.sent) == 1


def test_each_recipient_gets_a_message_of_its_own(database):
    store(database, lambda s: add_channel(s, settings={"to": ["a@x", "b@x"]}), raise_event)
    kind = FakeChannel()
    assert run(database, kind).delivered == 2
    assert len({message_id for message_id, _ in kind.sent}) == 2
    assert [each.recipient for each in of(database)] == ["a@x", "b@x"]


def test_a_refused_recipient_is_dead_and_the_others_are_not_affected(database):
    store(database, lambda s: add_channel(s, settings={"to": ["a@x", "b@x", "c@x"]}), raise_event)

    class OneRefused(FakeChannel):
        def send(self, channel, message, body, *, now):
            if message.recipient == "b@x":
                raise DeliveryError("the mail server answered 550", permanent=True, status_code=550)
            return super().send(channel, message, body, now=now)

    assert run(database, OneRefused()) == DeliverResult(formed=1, delivered=2, dead=1)
    assert [each.status.value for each in of(database)] == ["delivered", "dead", "delivered"]
    assert of(database)[1].dead_reason == "the mail server answered 550"


def test_a_failure_is_tried_again_with_the_same_id_and_bytes(database):
    store(database, add_channel, raise_event)
    seen = []

    class FailsFirst(FakeChannel):
        def render(self, channel, message):
            return f"made {len(seen)}".encode(), "text/plain"

        def send(self, channel, message, body, *, now):
            seen.append((message.message_id, body))
            return super().send(channel, message, body, now=now)

    kind = FailsFirst(DOWN)
    assert run(database, kind).retried == 1
    [delivery] = of(database)
    assert timedelta(seconds=4) <= delivery.due_at - NOW <= timedelta(seconds=6)
    assert run(database, kind, now=NOW + timedelta(seconds=3)) == DeliverResult()
    assert run(database, kind, now=NOW + timedelta(seconds=6)).delivered == 1
    assert seen[0] == seen[1]
    assert [each.outcome for each in of(database)[0].attempts] == ["failed", "delivered"]


def test_case_15_a_kill_after_sending_sends_the_same_bytes_again(database):
    store(database, add_channel, raise_event)

    class Killed(FakeChannel):
        def send(self, channel, message, body, *, now):
            super().send(channel, message, body, now=now)
            raise SystemExit

    first, second = Killed(), FakeChannel()
    with pytest.raises(SystemExit):
        run(database, first, owner="killed")
    assert run(database, second, now=NOW + timedelta(seconds=29)) == DeliverResult()
    assert run(database, second, now=NOW + timedelta(seconds=30)).delivered == 1
    assert first.sent == second.sent
    [delivery] = of(database)
    assert [(each.number, each.outcome) for each in delivery.attempts] == [(1, "lost"), (2, "delivered")]
    assert "killed did not finish" in delivery.attempts[0].error


def test_a_worker_that_comes_back_too_late_changes_nothing(database):
    store(database, add_channel, raise_event)
    late = FakeChannel()

    class Paused(FakeChannel):
        def send(self, channel, message, body, *, now):
            run(database, late, now=NOW + timedelta(seconds=31), owner="other")
            raise DOWN

    assert run(database, Paused()) == DeliverResult(formed=1, lost=1)
    assert len(late.sent) == 1
    assert of(database)[0].status is DeliveryStatus.DELIVERED


def test_two_workers_at_once_send_everything_exactly_once(database):
    def many(session):
        for number in range(12):
            raise_event(session, alert=f"{number:016}", episode=f"e{number}")

    store(database, add_channel, many)
    kind, results = FakeChannel(), []
    threads = [
        threading.Thread(target=lambda name=name: results.append(run(database, kind, owner=name)))
        for name in ("one", "two")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.formed for each in results) == sum(each.delivered for each in results) == 12
    assert len({message_id for message_id, _ in kind.sent}) == len(kind.sent) == 12


def test_a_later_event_waits_for_the_earlier_one_of_its_alert(database):
    store(database, add_channel, raise_event)
    kind = FakeChannel(DOWN)
    run(database, kind)
    store(database, lambda s: raise_event(s, 2, UP, concern=Concern.CRITICAL))
    run(database, kind, now=NOW + timedelta(seconds=1))
    assert kind.sent == []
    run(database, kind, now=NOW + timedelta(seconds=6))
    assert sent_types(kind) == ["alert.firing", "alert.concern_raised"]


def test_another_alert_does_not_wait(database):
    store(database, add_channel, raise_event)
    kind = FakeChannel(DOWN)
    run(database, kind)
    store(database, lambda s: raise_event(s, alert="b" * 16, episode="e2"))
    run(database, kind, now=NOW + timedelta(seconds=1))
    assert len(kind.sent) == 1


def test_case_18_an_alert_that_fired_and_resolved_meanwhile_is_told_in_one_message(database):
    store(database, add_channel, raise_event)
    messages = []

    class Keeps(FakeChannel):
        def render(self, channel, message):
            messages.append(message.events[0]["data"])
            return super().render(channel, message)

    kind = Keeps(DOWN)
    run(database, kind)
    store(database, lambda s: raise_event(s, 2, UP), lambda s: raise_event(s, 3, RESOLVED))
    result = run(database, kind, now=NOW + timedelta(seconds=1))
    assert (result.absorbed, result.delivered) == (2, 1)
    assert sent_types(kind) == ["alert.resolved"]
    assert (messages[-1]["firingUndelivered"], messages[-1]["absorbed"]) == (True, [1, 2])
    assert [state for state, _ in told(database)] == [
        NotificationState.ABSORBED, NotificationState.ABSORBED, NotificationState.SENT,
    ]  # fmt: skip


def test_resolved_while_firing_is_under_way_absorbs_it_once_that_failed(database):
    store(database, add_channel, raise_event)

    class Overtaken(FakeChannel):
        def send(self, channel, message, body, *, now):
            if message.events[0]["type"] == "alert.firing":
                store(database, lambda s: raise_event(s, 2, RESOLVED))
                raise DOWN
            return super().send(channel, message, body, now=now)

    kind = Overtaken()
    assert run(database, kind) == DeliverResult(formed=2, retried=1, absorbed=1, delivered=1)
    assert sent_types(kind) == ["alert.resolved"]


def test_resolved_says_nothing_of_a_firing_that_arrived(database):
    store(database, add_channel, raise_event)
    kind = FakeChannel()
    run(database, kind)
    store(database, lambda s: raise_event(s, 2, RESOLVED))
    assert run(database, kind) == DeliverResult(formed=1, delivered=1)
    assert sent_types(kind) == ["alert.firing", "alert.resolved"]


def test_absorption_is_decided_for_each_recipient(database):
    store(database, lambda s: add_channel(s, settings={"to": ["a@x", "b@x"]}), raise_event)

    class OneDown(FakeChannel):
        def send(self, channel, message, body, *, now):
            if message.recipient == "b@x" and message.events[0]["type"] == "alert.firing":
                raise DOWN
            self.sent.append((message.recipient, message.events[0]["data"]["firingUndelivered"]))

    kind = OneDown()
    run(database, kind)
    store(database, lambda s: raise_event(s, 2, RESOLVED))
    run(database, kind)
    assert sorted(kind.sent) == [("a@x", False), ("a@x", False), ("b@x", True)]
    assert told(database)[0][0] is NotificationState.SENT


def test_case_19_fire_resolve_fire_arrives_as_two_episodes_in_order(database):
    store(
        database,
        add_channel,
        raise_event,
        lambda s: raise_event(s, 2, RESOLVED, due_at=NOW + timedelta(seconds=30)),
        lambda s: raise_event(s, 1, episode="e2"),
    )
    kind = FakeChannel()
    run(database, kind)
    assert sent_types(kind) == ["alert.resolved", "alert.firing"]
    assert of(database, "e2")[0].status is DeliveryStatus.DELIVERED
