"""Deliver: at least once, in order, the same bytes; a channel that fails holds up no other."""

import threading
from datetime import timedelta

import numpy as np
import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState
from monitor.domain.alerting.retry import LIFETIME, Trouble, http_failure
from monitor.domain.errors import DeliveryError
from monitor.domain.scale import Concern
from monitor.services.deliver import DeliverResult, deliver
from monitor.storage import attempts, channels, notifications
from monitor.storage.engine import open_database
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event

UP, RESOLVED = EventType.CONCERN_RAISED, EventType.RESOLVED
DOWN = DeliveryError("the receiver answered 503", status_code=503)


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.dispose()


def run(database, kind, *, now=NOW, owner="worker", **options):
    return deliver(
        database, {"fake": kind}, secrets=BOX, now=now, owner=owner, base_url="https://desk.example",
        generator=np.random.default_rng(1), stopwatch=lambda: 0.0, **options,
    )  # fmt: skip


class Gone(FakeChannel):
    """A receiver that says it is gone for good."""

    def send(self, channel, message, body, *, now):
        raise http_failure(410)


def store(database, *makers):
    with database.write() as session:
        for make in makers:
            make(session)


def sent_types(kind):
    return [body.decode().split()[0] for _, body in kind.sent]


def of(database, episode="e1"):
    with database.read() as session:
        return attempts.of_episode(session, episode)


def told(database, episode="e1"):
    with database.read() as session:
        return [(each.state, each.reason) for each in notifications.of_episode(session, episode)]


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


def test_a_receiver_that_is_down_for_three_days_ends_dead_with_a_reason(database):
    store(database, add_channel, raise_event)
    kind, now = FakeChannel(*[DOWN] * 30), NOW
    while of(database) == [] or of(database)[0].status is not DeliveryStatus.DEAD:
        run(database, kind, now=now)
        now = max(now, of(database)[0].due_at)
    [delivery] = of(database)
    assert delivery.attempts[-1].ended_at == NOW + LIFETIME
    assert 14 <= len(delivery.attempts) <= 16
    assert delivery.dead_reason.startswith("given up after")
    with database.read() as session:
        assert attempts.dead(session) == [delivery]


def test_a_receiver_that_is_gone_disables_the_channel_and_ends_its_queue(database):
    store(
        database, add_channel, lambda s: add_channel(s, "other"), raise_event,
        lambda s: raise_event(s, 2, UP), lambda s: raise_event(s, alert="b" * 16, episode="e2"),
    )  # fmt: skip
    run(database, Gone())
    with database.read() as session:
        channel = channels.get(session, "hook")
    assert (channel.is_enabled, channel.trouble) == (False, Trouble.GONE)
    assert {each.status for each in of(database) + of(database, "e2")} == {DeliveryStatus.DEAD}
    store(database, lambda s: raise_event(s, 3, RESOLVED))
    assert run(database, FakeChannel()).cancelled == 1
    assert told(database)[-1] == (
        NotificationState.CANCELLED, "the receiver is gone; the channel was disabled",
    )  # fmt: skip


def test_the_last_channel_for_critical_alerts_is_never_disabled_but_tried_again(database):
    store(database, add_channel, raise_event)
    assert run(database, Gone()).retried == 1
    with database.read() as session:
        channel = channels.get(session, "hook")
    assert (channel.is_enabled, channel.trouble) == (True, Trouble.GONE_LAST)
    run(database, FakeChannel(), now=NOW + timedelta(seconds=6))
    assert of(database)[0].status is DeliveryStatus.DELIVERED


def test_a_complaint_is_kept_until_the_channel_works_again(database):
    store(database, add_channel, raise_event)
    kind = FakeChannel(http_failure(404))

    def trouble():
        with database.read() as session:
            return channels.get(session, "hook").trouble

    run(database, kind)
    assert trouble() == Trouble.MISCONFIGURED
    run(database, kind, now=NOW + timedelta(seconds=6))
    assert trouble() == ""


def test_a_channel_switched_off_by_a_person_waits(database):
    store(database, lambda s: add_channel(s, is_enabled=False), raise_event)
    kind = FakeChannel()
    assert run(database, kind) == DeliverResult()
    store(database, lambda s: channels.enable(s, "hook"))
    assert run(database, kind).delivered == 1


def test_a_kind_this_process_cannot_send_waits_for_one_that_can(database):
    store(database, lambda s: add_channel(s, kind="email"), raise_event)
    assert run(database, FakeChannel()) == DeliverResult()
    assert told(database) == [(NotificationState.WAITING, "")]


def test_an_exercise_reaches_only_channels_that_take_exercises(database):
    store(
        database,
        add_channel,
        lambda s: add_channel(s, "drill", takes_exercises=True),
        lambda s: raise_event(s, subject="goita@exercise-1", channels=("hook", "drill")),
    )
    kind = FakeChannel()
    assert run(database, kind) == DeliverResult(formed=1, cancelled=1, delivered=1)
    assert {reason for _, reason in told(database)} == {"", "the channel takes no exercises"}


def test_a_message_that_cannot_be_made_is_a_failed_attempt_and_stops_no_other(database):
    store(database, add_channel, raise_event, lambda s: raise_event(s, alert="b" * 16, episode="e2"))

    class Broken(FakeChannel):
        def render(self, channel, message):
            if message.episode_id == "e1":
                raise ZeroDivisionError
            return super().render(channel, message)

    assert run(database, Broken()) == DeliverResult(formed=2, delivered=1, retried=1)
    assert of(database)[0].attempts[0].error == "the message could not be rendered: ZeroDivisionError"


def test_an_unexpected_error_of_a_channel_is_a_failed_attempt(database):
    store(database, add_channel, raise_event)
    assert run(database, FakeChannel(KeyError("x"))).retried == 1
    assert of(database)[0].attempts[0].error == "the attempt failed: KeyError"


def test_asked_to_stop_nothing_new_is_claimed(database):
    store(database, add_channel, raise_event)
    kind = FakeChannel()
    assert run(database, kind, should_stop=lambda: True) == DeliverResult()
    assert kind.sent == []


def test_asked_to_stop_what_is_under_way_is_finished(database):
    store(database, add_channel, raise_event, lambda s: raise_event(s, alert="b" * 16, episode="e2"))
    stopping = threading.Event()

    class Slow(FakeChannel):
        def send(self, channel, message, body, *, now):
            stopping.set()
            return super().send(channel, message, body, now=now)

    store(database, *[lambda s, n=n: raise_event(s, alert=f"{n:016}", episode=f"x{n}") for n in range(6)])
    result = run(database, Slow(), should_stop=stopping.is_set)
    assert result.delivered == 2
    assert run(database, FakeChannel()).delivered == 6


def test_a_channel_that_hangs_holds_two_workers_and_no_other_channel(database):
    def many(session):
        for number in range(6):
            raise_event(session, alert=f"{number:016}", episode=f"e{number}", channels=("stuck", "hook"))

    store(database, add_channel, lambda s: add_channel(s, "stuck"), many)
    both, release, lock = threading.Event(), threading.Event(), threading.Lock()
    stuck, most = [], []

    class OneHangs(FakeChannel):
        def send(self, channel, message, body, *, now):
            if channel.slug == "stuck":
                with lock:
                    stuck.append(message.message_id)
                    most.append(len(stuck))
                    if len(stuck) == 2:
                        both.set()
                assert release.wait(20)
                with lock:
                    stuck.remove(message.message_id)
            else:
                assert both.wait(20)
                if len(self.sent) == 5:
                    release.set()
            return super().send(channel, message, body, now=now)

    assert run(database, OneHangs()).delivered == 12
    assert max(most) == 2


def test_an_alert_event_that_is_gone_cancels_its_notification(database):
    store(database, add_channel, raise_event)
    with database.write() as session:
        from monitor.storage.rows.alerts import AlertEventRow

        session.delete(session.get(AlertEventRow, ("e1", 1)))
    assert run(database, FakeChannel()).cancelled == 1
    assert told(database) == [(NotificationState.CANCELLED, "the alert event no longer exists")]


def test_a_channel_whose_secrets_cannot_be_opened_sends_nothing_and_stops_no_other(database):
    other = type(BOX)(["ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="])
    from tests.factories import a_channel

    store(
        database,
        add_channel,
        lambda s: channels.add(s, a_channel("locked", secrets={"signing_secret": "x"}), box=other, now=NOW),
        lambda s: raise_event(s, channels=("hook", "locked")),
    )
    assert run(database, FakeChannel()) == DeliverResult(formed=2, delivered=1)


def test_what_was_in_hand_when_a_channel_failed_is_given_back_untried(database):
    def many(session):
        for number in range(8):
            raise_event(session, alert=f"{number:016}", episode=f"e{number}")

    store(database, add_channel, many)
    result = run(database, FakeChannel(*[DOWN] * 4))
    assert (result.delivered, result.retried) == (4, 4)
    tries = [[each.number for each in of(database, f"e{number}")[0].attempts] for number in range(8)]
    assert tries == [[1]] * 8
