"""Dead letters: sent again with the same id and bytes, never out of order, or cleared with a reason."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.domain.alerting.retry import LIFETIME
from monitor.domain.errors import DeliveryError, InvalidInput, NotFound
from monitor.services.send_again import clear_dead, send_again
from monitor.storage import audit, channels, dead_letters
from tests.fakes import FakeChannel
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.services.delivering import of, run, store

REFUSED = DeliveryError("the address may not be reached", permanent=True)
LATER = NOW + timedelta(days=4)


@pytest.fixture
def dead(database):
    """One alert event that was given up."""
    store(database, add_channel, raise_event)
    run(database, FakeChannel(REFUSED))
    return database


def again(database, **values):
    with database.write() as session:
        return send_again(session, actor="ana", reason="the address is right now", now=LATER, **values)


def letters(database):
    with database.read() as session:
        return dead_letters.find(session)


def test_what_was_given_up_is_listed_with_what_it_was_about(dead):
    [letter] = letters(dead)
    assert (letter.type, letter.subject, letter.is_outdated) == (EventType.FIRING, "goita", False)
    assert letter.delivery.dead_reason == "the address may not be reached"


def test_it_goes_out_again_by_the_same_id_with_the_same_bytes(dead):
    before = of(dead)[0]
    assert again(dead, ids=[before.id]).count == 1
    kind = FakeChannel()
    run(dead, kind, now=LATER)
    assert kind.sent == [(before.message_id, before.body)]
    assert [each.outcome for each in of(dead)[0].attempts] == ["dead", "delivered"]
    assert letters(dead) == []


def test_the_retry_table_begins_anew_and_lasts_as_long(dead):
    again(dead)
    run(dead, FakeChannel(DeliveryError("the receiver answered 503", status_code=503)), now=LATER)
    [delivery] = of(dead)
    assert timedelta(seconds=4) <= delivery.due_at - LATER <= timedelta(seconds=6)
    assert delivery.expires_at == LATER + LIFETIME
    assert [each.number for each in delivery.attempts] == [1, 2]


def test_what_a_later_message_has_overtaken_is_left(dead):
    store(dead, lambda s: raise_event(s, 2, EventType.CONCERN_RAISED))
    run(dead, FakeChannel())
    [letter] = letters(dead)
    told = again(dead)
    assert (told.count, told.left) == (
        0,
        {letter.delivery.id: "a later message of this episode has arrived since"},
    )
    assert of(dead)[0].status is DeliveryStatus.DEAD


def test_together_with_its_end_a_firing_is_told_in_one_message(dead):
    store(dead, lambda s: raise_event(s, 2, EventType.RESOLVED))
    run(dead, FakeChannel(REFUSED))
    assert again(dead, channel="hook").count == 2
    kind = FakeChannel()
    run(dead, kind, now=LATER)
    assert len(kind.sent) == 1
    assert of(dead)[0].absorbed_by == of(dead)[1].id


@pytest.mark.parametrize(
    "change, why",
    [(channels.disable, "the channel is disabled"), (channels.remove, "the channel no longer exists")],
)
def test_a_channel_that_cannot_send_is_said(dead, change, why):
    store(dead, lambda s: change(s, "hook"))
    assert list(again(dead).left.values()) == [why]


def test_what_was_not_given_up_is_not_found(dead):
    with pytest.raises(NotFound):
        again(dead, ids=["nothing"])
    with pytest.raises(NotFound):
        again(dead, channel="other")


def test_it_is_cleared_with_a_reason_that_stays(dead):
    with dead.write() as session:
        assert clear_dead(session, actor="ana", reason="told by phone", now=LATER) == 1
    [delivery] = of(dead)
    assert delivery.status is DeliveryStatus.CANCELLED
    assert delivery.dead_reason == "the address may not be reached; cleared by ana: told by phone"
    with dead.read() as session:
        assert "delivery.clear" in [each.action for each in audit.find_all(session)]


def test_without_a_reason_nothing_is_cleared(dead):
    with dead.write() as session, pytest.raises(InvalidInput, match="why"):
        clear_dead(session, actor="ana", reason=" ", now=LATER)
