"""Deliver where something is wrong: a receiver gone, a kind that breaks or hangs, what cannot be made."""

import threading
from datetime import timedelta

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState
from monitor.domain.alerting.retry import LIFETIME, Trouble, http_failure
from monitor.domain.errors import DeliveryError
from monitor.services.deliver import DeliverResult
from monitor.storage import attempts, channels
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event
from tests.services.delivering import of, run, store, told

UP, RESOLVED = EventType.CONCERN_RAISED, EventType.RESOLVED
DOWN = DeliveryError("the receiver answered 503", status_code=503)


class Gone(FakeChannel):
    """A receiver that says it is gone for good."""

    def send(self, channel, message, body, *, now):
        raise http_failure(410)


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
