"""Deliver under limits: so many a minute a channel, a breaker that opens, probes and closes."""

from datetime import timedelta

from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.domain.alerting.retry import LIFETIME
from monitor.domain.errors import DeliveryError
from monitor.domain.scale import Concern
from monitor.storage import attempts, channel_states
from tests.fakes import FakeChannel
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.services.delivering import of, run, store

DOWN = DeliveryError("the receiver answered 503", status_code=503)
MINUTE = timedelta(minutes=1)


def many(count, *, concern=Concern.HIGH, begin=0):
    """Return makers of as many alerts, each firing for the first time."""
    return [
        lambda s, number=number: raise_event(
            s, alert=f"{number:016x}", episode=f"e{number}", concern=concern, at=NOW
        )
        for number in range(begin, begin + count)
    ]


def breaker(database):
    with database.read() as session:
        return channel_states.find_all(session)["hook"].breaker


def everything(database):
    with database.read() as session:
        return attempts.of_channel(session, "hook")


def test_what_is_too_much_for_a_minute_waits_and_nothing_is_dropped(database):
    store(database, lambda s: add_channel(s, per_minute=3), *many(7))
    kind = FakeChannel()
    counts = []
    for number in range(4):
        run(database, kind, now=NOW + number * MINUTE)
        counts.append(len(kind.sent))
    assert counts == [3, 6, 7, 7]
    assert len(set(kind.sent)) == 7


def test_no_minute_holds_more_than_the_limit_wherever_it_begins(database):
    store(database, lambda s: add_channel(s, per_minute=2), *many(5))
    kind, times = FakeChannel(), []
    for seconds in range(0, 200, 10):
        before = len(kind.sent)
        run(database, kind, now=NOW + timedelta(seconds=seconds))
        times += [seconds] * (len(kind.sent) - before)
    assert times == [0, 0, 60, 60, 120]


def test_what_is_critical_goes_first_through_a_channel_at_its_limit(database):
    store(
        database,
        lambda s: add_channel(s, per_minute=1),
        *many(3),
        *many(1, concern=Concern.CRITICAL, begin=9),
    )
    kind = FakeChannel()
    run(database, kind)
    assert [body for _, body in kind.sent] == [b"alert.firing critical"]


def test_a_retry_takes_room_as_well(database):
    store(database, lambda s: add_channel(s, per_minute=1), *many(1))
    kind = FakeChannel(DOWN)
    run(database, kind)
    run(database, kind, now=NOW + timedelta(seconds=30))
    assert len(of(database, "e0")[0].attempts) == 1
    run(database, kind, now=NOW + MINUTE)
    assert len(kind.sent) == 1


def test_five_failures_open_the_breaker_and_what_waits_uses_up_no_attempt(database):
    store(database, add_channel, *many(20))
    kind = FakeChannel(*[DOWN] * 50)
    run(database, kind)
    assert sum(len(each.attempts) for each in everything(database)) in {5, 6}
    assert breaker(database).open_until == NOW + MINUTE
    run(database, kind, now=NOW + timedelta(seconds=59))
    assert sum(len(each.attempts) for each in everything(database)) in {5, 6}


def test_a_half_open_breaker_sends_the_oldest_message_alone_and_closes_for_all(database):
    store(database, add_channel, *many(12))
    run(database, FakeChannel(*[DOWN] * 50))
    kind = FakeChannel(DOWN)
    run(database, kind, now=NOW + MINUTE)
    assert kind.sent == []
    assert breaker(database).open_until == NOW + 3 * MINUTE
    run(database, kind, now=NOW + 3 * MINUTE)
    assert len(kind.sent) == 12
    assert kind.sent[0][0] == everything(database)[0].message_id
    assert not breaker(database).is_open


def test_a_message_waiting_hours_for_its_next_try_goes_as_soon_as_the_channel_works(database):
    store(database, add_channel, *many(1))
    kind, now = FakeChannel(*[DOWN] * 9), NOW
    for _ in range(9):
        run(database, kind, now=now)
        now = max(of(database, "e0")[0].due_at, breaker(database).open_until or NOW)
    assert of(database, "e0")[0].due_at - NOW > timedelta(hours=5)
    store(database, *many(1, begin=1))
    run(database, kind, now=NOW + timedelta(hours=5))
    assert len(kind.sent) == 2


def test_what_the_receiver_is_not_to_blame_for_opens_no_breaker(database):
    refused = [DeliveryError("the mail server answered 550", permanent=True)] * 9
    store(database, add_channel, *many(9), *many(1, begin=9))
    kind = FakeChannel(*refused)
    assert run(database, kind).dead == 9
    assert len(kind.sent) == 1


def test_what_waits_behind_an_open_breaker_until_its_end_is_dead_with_the_reason(database):
    store(database, add_channel, *many(8))
    kind, now = FakeChannel(*[DOWN] * 5000), NOW
    while now <= NOW + LIFETIME:
        run(database, kind, now=now)
        now = max(breaker(database).open_until, now + timedelta(hours=1))
    run(database, kind, now=NOW + LIFETIME + timedelta(hours=1))
    found = everything(database)
    assert {each.status for each in found} == {DeliveryStatus.DEAD}
    assert all("75.8 hours" in each.dead_reason for each in found)


def test_a_breaker_holds_up_no_other_channel(database):
    store(
        database, add_channel, lambda s: add_channel(s, "other"), *many(6),
        lambda s: raise_event(s, alert="f" * 16, episode="ef", channels=("other",)),
    )  # fmt: skip

    class OneDown(FakeChannel):
        def send(self, channel, message, body, *, now):
            if channel.slug == "hook":
                raise DOWN
            return super().send(channel, message, body, now=now)

    kind = OneDown()
    run(database, kind)
    store(
        database,
        lambda s: raise_event(
            s, 2, alert="f" * 16, episode="ef", channels=("other",), concern=Concern.CRITICAL
        ),
    )
    run(database, kind, now=NOW + timedelta(seconds=1))
    assert len(kind.sent) == 2
