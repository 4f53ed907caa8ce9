"""Deliveries: frozen once, leased to one, finished by the token alone."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import Attempt, DeliveryStatus, NotificationState
from monitor.storage import attempts, claims, deliveries, notifications
from tests.services.alert_rows import NOW, add_channel, raise_event

LATER = NOW + timedelta(seconds=30)


@pytest.fixture
def formed(session):
    """Two deliveries of one alert to one recipient, in the order of its events."""
    add_channel(session)
    raise_event(session)
    raise_event(session, 2, EventType.RESOLVED)
    waiting = notifications.take_due(session, now=NOW, limit=10)
    return [deliveries.form(session, each, recipients=["desk"], now=NOW) for each in waiting]


def claim(session, ids, *, now=NOW):
    return claims.claim(session, ids, owner="worker", now=now)


def an_attempt(number=1):
    return Attempt(number=number, started_at=NOW, ended_at=NOW, outcome="delivered")


def test_only_the_lowest_unfinished_of_a_lane_may_be_sent(session, formed):
    assert [each.id for each in claims.claimable(session, channel="hook", now=NOW, limit=9)] == formed[:1]
    [first] = claim(session, formed)
    assert claim(session, formed) == []
    assert deliveries.finish_delivered(session, first, an_attempt())
    assert [each.id for each in claim(session, formed)] == formed[1:]


def test_a_body_is_frozen_once(session, formed):
    deliveries.freeze(session, formed[0], body=b"first", content_type="text/plain")
    deliveries.freeze(session, formed[0], body=b"second", content_type="text/html")
    [claimed] = claim(session, formed)
    assert (claimed.body, claimed.content_type, len(claimed.body_sha256)) == (b"first", "text/plain", 64)


def test_a_lease_runs_out_and_its_token_with_it(session, formed):
    [old] = claim(session, formed)
    assert claim(session, formed, now=LATER - timedelta(seconds=1)) == []
    [new] = claim(session, formed, now=LATER)
    assert new.lease_token != old.lease_token
    assert not deliveries.finish_delivered(session, old, an_attempt())
    assert deliveries.finish_delivered(session, new, an_attempt(2))
    found = attempts.of_episode(session, "e1")[0]
    assert [each.outcome for each in found.attempts] == ["lost", "delivered"]


def test_of_several_arrivals_those_whose_lease_was_lost_change_nothing(session):
    add_channel(session)
    for number in range(3):
        raise_event(session, alert=f"{number:016x}", episode=f"e{number}")
    waiting = notifications.take_due(session, now=NOW, limit=10)
    formed = [deliveries.form(session, each, recipients=["desk"], now=NOW) for each in waiting]
    held = claim(session, formed)
    [taken] = claim(session, [held[1].id], now=LATER)
    kept = deliveries.finish_all_delivered(session, [(each, an_attempt()) for each in held])
    assert kept == {held[0].id, held[2].id}
    session.expire_all()
    [standing] = attempts.of_episode(session, taken.episode_id)
    assert (standing.status, standing.lease_token) == (DeliveryStatus.LEASED, taken.lease_token)
    assert [each.outcome for each in standing.attempts] == ["lost"]
    for delivery in (held[0], held[2]):
        [arrived] = attempts.of_episode(session, delivery.episode_id)
        assert (arrived.status, arrived.delivered_at, arrived.lease_token) == (
            DeliveryStatus.DELIVERED, NOW, "",
        )  # fmt: skip
        assert [each.outcome for each in arrived.attempts] == ["delivered"]


def test_a_renewed_lease_is_kept(session, formed):
    [claimed] = claim(session, formed)
    deliveries.renew(session, [claimed.lease_token], now=NOW + timedelta(seconds=10))
    assert claim(session, formed, now=LATER) == []
    assert len(claim(session, formed, now=NOW + timedelta(seconds=40))) == 1


def test_a_released_claim_counts_for_nothing(session, formed):
    [claimed] = claim(session, formed)
    deliveries.release(session, claimed)
    session.expire_all()
    [again] = claim(session, formed)
    assert (again.attempt_count, again.attempts) == (1, ())


def test_what_is_put_off_is_not_due_before(session, formed):
    [claimed] = claim(session, formed)
    assert deliveries.finish_later(session, claimed, an_attempt(), due_at=LATER)
    session.expire_all()
    assert claims.claimable(session, channel="hook", now=LATER - timedelta(seconds=1), limit=9) == []
    assert claims.busy_channels(session, now=LATER) == ["hook"]
    assert len(claims.claimable(session, channel="hook", now=LATER, limit=9)) == 1


def test_the_queue_of_a_dead_channel_ends_with_a_reason(session, formed):
    assert deliveries.kill_queue(session, "hook", reason="gone") == 2
    assert [(each.status, each.dead_reason) for each in attempts.dead(session)] == [
        (DeliveryStatus.DEAD, "gone")
    ] * 2
    assert attempts.of_channel(session, "hook") == attempts.dead(session)


def test_what_was_absorbed_is_passed_on_to_the_last_that_tells_it(session, formed):
    raise_event(session, 3, EventType.RESOLVED)
    [third] = [
        deliveries.form(session, each, recipients=["desk"], now=NOW)
        for each in notifications.take_due(session, now=NOW, limit=10)
        if each.event_seq == 3
    ]
    deliveries.absorb(session, {formed[0]: formed[1]})
    deliveries.absorb(session, {formed[1]: third})
    assert deliveries.absorbed(session, [third]) == {third: [(1, EventType.FIRING), (2, EventType.RESOLVED)]}


def test_a_recipient_is_told_what_it_got_before(session, formed):
    [first] = claim(session, formed)
    deliveries.finish_delivered(session, first, an_attempt())
    [second] = claim(session, formed)
    assert deliveries.sent_before(session, [second]) == {second.id: (first.message_id,)}


def test_events_of_an_alert_are_taken_together_in_order(session):
    add_channel(session)
    raise_event(session, due_at=LATER)
    raise_event(session, 2, EventType.RESOLVED, due_at=NOW)
    raise_event(session, alert="b" * 16, episode="e2", due_at=LATER)
    taken = notifications.take_due(session, now=NOW, limit=10)
    assert [(each.episode_id, each.event_seq) for each in taken] == [("e1", 1), ("e1", 2)]


def test_an_event_is_told_a_channel_once(session):
    add_channel(session)
    event = raise_event(session)
    with pytest.raises(Exception, match=r"(?i)unique"):
        notifications.add(session, event, channels=["hook"], due_at=NOW, now=NOW)


def test_the_channels_of_an_episode_are_those_of_any_of_its_events(session):
    raise_event(session, channels=("hook", "mail"))
    raise_event(session, 2, channels=("mail", "phone"))
    assert notifications.channels_told(session, "e1") == ["hook", "mail", "phone"]
    assert notifications.count_waiting(session) == 4
    assert {each.state for each in notifications.of_episode(session, "e1")} == {NotificationState.WAITING}
