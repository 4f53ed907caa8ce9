"""Forming under a silence: held with a reason, one message afterwards, no end without a beginning."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState
from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.alerting.window_text import parse_windows
from monitor.domain.errors import DeliveryError, InvalidInput
from monitor.services import form_deliveries as forming
from monitor.services.add_silence import add_silence
from monitor.services.deliver import DeliverResult
from monitor.services.end_silence import end_silence
from monitor.storage import attempts, notifications
from monitor.storage.rows.alerts import EpisodeRow
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.services.delivering import Keeps, end_episode, reasons, run

F, UP, RESOLVED = EventType.FIRING, EventType.CONCERN_RAISED, EventType.RESOLVED
WAITING, HELD, ABSORBED, SENT, CANCELLED = NotificationState
HOUR = timedelta(hours=1)
END = NOW + 8 * HOUR
LABELS = {"subject": "goita", "alertname": "fuel-high"}
DOWN = DeliveryError("the receiver answered 503", status_code=503)


@pytest.fixture
def database(database):
    with database.write() as session:
        add_channel(session)
    return database


def happen(database, number=1, kind=F, *, at=NOW, labels=None, **values):
    with database.write() as session:
        raise_event(session, number, kind, at=at, due_at=at, labels=labels or LABELS, **values)
        if kind is RESOLVED:
            end_episode(session, values.get("episode", "e1"), at=at)


def silence(database, *matchers, ends_at=END, starts_at=NOW, **values):
    new = Silence(
        matchers=parse_matchers(matchers or ["subject=goita"]), author="ana", comment="known",
        starts_at=starts_at, ends_at=ends_at, **values,
    )  # fmt: skip
    with database.write() as session:
        return add_silence(session, new, now=NOW).id


def end(database, number, *, now):
    with database.write() as session:
        end_silence(session, number, actor="ben", now=now)


def states(database, episode="e1"):
    with database.read() as session:
        return [each.state for each in notifications.of_episode(session, episode)]


def test_a_silenced_alert_makes_no_delivery(database):
    number, kind = silence(database), Keeps()
    happen(database)
    assert run(database, kind) == DeliverResult(held=1)
    assert run(database, kind, now=END - timedelta(seconds=1)) == DeliverResult()
    assert (states(database), reasons(database)) == ([HELD], [f"silence:{number}"])
    with database.read() as session:
        assert attempts.of_episode(session, "e1") == []


def test_an_alert_that_no_matcher_meets_is_sent(database):
    silence(database, "subject=goita", "alertname=~food-.*")
    kind = Keeps()
    happen(database)
    assert run(database, kind).delivered == 1
    assert reasons(database) == [""]


def test_a_silence_to_come_holds_nothing_yet(database):
    silence(database, starts_at=NOW + HOUR)
    happen(database)
    assert run(database, Keeps()).delivered == 1


def test_a_firing_held_to_the_end_is_told_once_as_firing(database):
    number, kind = silence(database), Keeps()
    happen(database)
    run(database, kind)
    assert run(database, kind, now=END) == DeliverResult(formed=1, delivered=1)
    assert run(database, kind, now=END + HOUR) == DeliverResult()
    assert kind.types == ["firing"]
    data = kind.events[0]["data"]
    assert (data["reason"], data["suppressedWhile"]) == ("silence_ended", [f"silence:{number}"])
    assert reasons(database) == [f"silence:{number} ended, still firing"]


def test_of_all_that_was_missed_exactly_one_message_tells(database):
    number, kind = silence(database), Keeps()
    happen(database)
    run(database, kind)
    happen(database, 2, UP, at=NOW + HOUR)
    happen(database, 3, EventType.CONCERN_LOWERED, at=NOW + 2 * HOUR)
    assert run(database, kind, now=NOW + 2 * HOUR) == DeliverResult(held=3)
    assert run(database, kind, now=END) == DeliverResult(formed=3, absorbed=2, delivered=1)
    assert kind.types == ["firing"]
    assert (kind.events[0]["data"]["eventSeq"], kind.events[0]["data"]["absorbed"]) == (3, [1, 2])
    assert states(database) == [ABSORBED, ABSORBED, SENT]
    missed = f"silence:{number} ended; one message tells what was missed"
    assert reasons(database) == [missed, missed, f"silence:{number} ended, still firing"]


def test_a_channel_that_knew_of_it_gets_a_repeat(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    silence(database)
    happen(database, 2, UP)
    assert run(database, kind) == DeliverResult(held=1)
    run(database, kind, now=END)
    assert kind.types == ["firing", "repeated"]


def test_where_nothing_was_missed_nothing_is_told(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    silence(database)
    assert run(database, kind, now=END) == DeliverResult()
    assert kind.types == ["firing"]


def test_ended_early_it_lets_go_at_once(database):
    number, kind = silence(database), Keeps()
    happen(database)
    run(database, kind)
    end(database, number, now=NOW + HOUR)
    assert run(database, kind, now=NOW + HOUR).delivered == 1


def test_what_happened_since_the_end_goes_into_the_same_message(database):
    silence(database)
    kind = Keeps()
    happen(database)
    run(database, kind)
    happen(database, 2, UP, at=END)
    assert run(database, kind, now=END) == DeliverResult(formed=2, absorbed=1, delivered=1)


def test_afterwards_everything_is_sent_again(database):
    silence(database)
    kind = Keeps()
    happen(database)
    run(database, kind)
    run(database, kind, now=END)
    happen(database, 2, UP, at=END + HOUR)
    run(database, kind, now=END + HOUR)
    assert kind.types == ["firing", "concern_raised"]
    assert kind.events[1]["data"]["suppressedWhile"] == []


def test_a_second_silence_goes_on_where_the_first_ends(database):
    first, second = silence(database), silence(database, ends_at=END + HOUR, starts_at=NOW + HOUR)
    kind = Keeps()
    happen(database)
    run(database, kind)
    assert reasons(database) == [f"silence:{first}"]
    assert run(database, kind, now=END) == DeliverResult(held=1)
    assert reasons(database) == [f"silence:{second}"]
    assert run(database, kind, now=END + HOUR).delivered == 1
    assert kind.types == ["firing"]


def test_a_channel_that_got_the_firing_gets_the_resolved_at_once(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    number = silence(database)
    happen(database, 2, UP)
    run(database, kind)
    happen(database, 3, RESOLVED, at=NOW + HOUR)
    assert run(database, kind, now=NOW + HOUR) == DeliverResult(formed=2, absorbed=1, delivered=1)
    assert kind.types == ["firing", "resolved"]
    data = kind.events[1]["data"]
    assert (data["absorbed"], data["firingUndelivered"]) == ([2], False)
    assert data["suppressedWhile"] == [f"silence:{number}"]
    assert states(database) == [SENT, ABSORBED, SENT]
    assert reasons(database)[1:] == [
        f"silence:{number}, told by the resolved", f"silence:{number} does not hold back a resolved",
    ]  # fmt: skip
    assert run(database, kind, now=END) == DeliverResult()


@pytest.mark.parametrize("at", [NOW + HOUR, END + HOUR])
def test_a_channel_that_got_no_firing_gets_no_resolved(database, at):
    number, kind = silence(database), Keeps()
    happen(database)
    run(database, kind)
    happen(database, 2, RESOLVED, at=NOW + HOUR)
    assert run(database, kind, now=at) == DeliverResult(cancelled=2)
    assert kind.events == []
    assert states(database) == [CANCELLED, CANCELLED]
    assert set(reasons(database)) == {f"silence:{number}, resolved meanwhile, and nothing had been sent"}


def test_fired_and_resolved_within_the_group_wait_sends_nothing(database):
    silence(database)
    happen(database)
    happen(database, 2, RESOLVED)
    assert run(database, Keeps()) == DeliverResult(cancelled=2)


def test_the_next_episode_after_the_silence_is_told_as_usual(database):
    silence(database)
    kind = Keeps()
    happen(database)
    happen(database, 2, RESOLVED)
    run(database, kind)
    happen(database, at=END, episode="e2")
    run(database, kind, now=END)
    assert kind.types == ["firing"]
    assert states(database, "e2") == [SENT]


def test_what_was_never_looked_at_during_the_silence_is_told_as_usual(database):
    silence(database)
    kind = Keeps()
    happen(database)
    happen(database, 2, RESOLVED)
    run(database, kind, now=END)
    assert kind.types == ["resolved"]


def test_each_channel_is_judged_by_what_it_was_told(database):
    with database.write() as session:
        add_channel(session, "late")
    kind = Keeps()
    happen(database)
    run(database, kind)
    silence(database)
    happen(database, 2, UP, channels=("hook", "late"))
    run(database, kind)
    happen(database, 3, RESOLVED, channels=("hook", "late"), at=NOW + HOUR)
    assert run(database, kind, now=NOW + HOUR) == DeliverResult(
        formed=2, absorbed=1, cancelled=2, delivered=1
    )


def test_every_recipient_gets_the_one_message(database):
    with database.write() as session:
        add_channel(session, "mail", settings={"to": ["a@x", "b@x"]})
    silence(database)
    kind = Keeps()
    happen(database, channels=("mail",))
    happen(database, 2, UP, channels=("mail",))
    run(database, kind)
    assert run(database, kind, now=END).delivered == 2
    assert kind.types == ["firing", "firing"]
    assert [event["data"]["absorbed"] for event in kind.events] == [[1], [1]]


def test_what_opens_the_episode_is_not_absorbed_by_a_later_notice(database):
    silence(database)
    kind = Keeps(DOWN)
    happen(database)
    happen(database, 2, UP)
    run(database, kind)
    run(database, kind, now=END)
    happen(database, 3, UP, at=END + timedelta(seconds=1))
    run(database, kind, now=END + timedelta(seconds=10))
    assert kind.types == ["firing", "concern_raised"]


def test_a_resolved_stands_for_the_message_that_could_not_be_delivered(database):
    silence(database)
    kind = Keeps(DOWN)
    happen(database)
    happen(database, 2, UP)
    run(database, kind)
    run(database, kind, now=END)
    happen(database, 3, RESOLVED, at=END + timedelta(seconds=1))
    run(database, kind, now=END + timedelta(seconds=1))
    assert kind.types == ["resolved"]
    data = kind.events[0]["data"]
    assert (data["absorbed"], data["firingUndelivered"]) == ([1, 2], True)


def test_an_episode_that_ended_without_a_word_is_not_told_as_firing(database):
    silence(database)
    happen(database)
    run(database, Keeps())
    with database.write() as session:
        session.execute(update(EpisodeRow).values(ended_at=NOW + HOUR))
    assert run(database, Keeps(), now=END) == DeliverResult(cancelled=1)


def test_whoever_ends_a_silence_waits_for_a_round_that_holds_by_it(database):
    number, kind = silence(database), Keeps()
    happen(database)
    ending = threading.Thread(target=end, args=(database, number), kwargs={"now": NOW + HOUR})
    with database.write() as session:
        forming.form_deliveries(session, {"fake": kind}, now=NOW)
        ending.start()
        ending.join(0.2)
        assert ending.is_alive()
    ending.join()
    assert run(database, kind, now=NOW + HOUR).delivered == 1


def test_a_batch_that_cuts_an_episode_in_two_still_makes_one_message(database, monkeypatch):
    silence(database)
    kind = Keeps()
    happen(database)
    happen(database, 2, UP)
    happen(database, 3, UP)
    run(database, kind)
    monkeypatch.setattr(forming, "AT_ONCE", 1)
    run(database, kind, now=END)
    assert kind.types == ["firing"]
    assert states(database) == [ABSORBED, ABSORBED, SENT]


def test_a_channel_that_cannot_be_used_keeps_what_was_held_and_by_what(database):
    number = silence(database)
    happen(database)
    run(database, Keeps())

    class Unusable(Keeps):
        def recipients(self, channel):
            raise InvalidInput("no address")

    run(database, Unusable(), now=END)
    assert reasons(database) == [f"silence:{number}; the channel cannot be used: no address"]
    kind = Keeps()
    run(database, kind, now=END + HOUR)
    assert kind.events[0]["data"]["suppressedWhile"] == [f"silence:{number}"]


def test_exercises_are_silenced_by_wall_time_and_by_their_own_name(database):
    with database.write() as session:
        add_channel(session, "drill", takes_exercises=True)
    silence(database, "subject=goita@exercise-1")
    long_ago = NOW.replace(year=2012)
    happen(
        database, at=long_ago, subject="goita@exercise-1", channels=("drill",),
        labels={"subject": "goita@exercise-1"},
    )  # fmt: skip
    assert run(database, Keeps()) == DeliverResult(held=1)
    assert run(database, Keeps(), now=END).delivered == 1


def test_the_deliveries_of_what_was_missed_say_who_tells_it(database):
    silence(database)
    happen(database)
    happen(database, 2, UP)
    run(database, Keeps())
    run(database, Keeps(), now=END)
    with database.read() as session:
        missed, sent = attempts.of_episode(session, "e1")
    assert (missed.status, missed.absorbed_by, missed.attempts) == (DeliveryStatus.CANCELLED, sent.id, ())
    assert sent.status is DeliveryStatus.DELIVERED


def test_a_silence_that_recurs_holds_only_while_its_window_is_open(database):
    number = silence(database, ends_at=NOW + 60 * 24 * HOUR, windows=parse_windows("12:00-14:00", zone="UTC"))
    kind = Keeps()
    happen(database)
    assert run(database, kind) == DeliverResult(held=1)
    assert reasons(database) == [f"silence:{number}"]
    assert run(database, kind, now=NOW + 2 * HOUR - timedelta(seconds=1)) == DeliverResult()
    assert run(database, kind, now=NOW + 2 * HOUR).delivered == 1
    assert kind.types == ["firing"]
    happen(database, episode="e2", alert="b" * 16, at=NOW + 3 * HOUR)
    assert run(database, kind, now=NOW + 3 * HOUR).delivered == 1
    happen(database, 2, UP, at=NOW + 25 * HOUR)
    assert run(database, kind, now=NOW + 25 * HOUR) == DeliverResult(held=1)
