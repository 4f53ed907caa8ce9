"""The page of what did not arrive: who sees, re-sends and clears, and how the channels stand."""

import re

import pytest

from monitor.domain.alerting.breaker import Breaker
from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.services.undelivered import undelivered
from monitor.storage import attempts, channel_states, deliveries, notifications
from monitor.storage.channel_states import ChannelState
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.web.test_index import counted

PAGE = "/alerts/undelivered"


@pytest.fixture
def dead(desk):
    """One message that was given up; its channel does not answer."""
    with desk.writing() as (session, _):
        add_channel(session, fallback="duty")
        add_channel(session, "duty", name="Duty phone")
        raise_event(session)
        [waiting] = notifications.take_due(session, now=NOW, limit=1)
        notifications.mark_sent(
            session, waiting.id, delivery_id=deliveries.form(session, waiting, recipients=["desk"], now=NOW)
        )
        deliveries.kill_queue(session, "hook", reason="the receiver answered 503")
        breaker = Breaker(failures=5, opens=1, opened_at=NOW, open_until=NOW)
        channel_states.save(session, "hook", ChannelState(breaker=breaker))
    return desk


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def letter(desk):
    with desk.reading() as (session, _):
        return attempts.of_episode(session, "e1")[0]


def test_a_reader_sees_what_was_given_up_and_how_channels_stand_and_may_do_nothing(dead, signed_in):
    rita = signed_in("rita")
    page = rita.get(PAGE)
    told = words(page)
    assert "1 message was given up" in told
    assert "The receiver answered 503." in told
    assert "Does not answer since 23 Nov 12:00 UTC" in told
    assert "Duty phone" in told
    assert '<button class="btn" type="submit">Send again' not in page.text
    assert rita.post(f"{PAGE}/send", form="/alerts", id=letter(dead).id).status_code == 403


def test_every_page_says_that_a_channel_takes_nothing(dead, signed_in):
    assert "A channel does not take messages: Hook since" in words(signed_in("rita").get("/alerts"))


def test_the_desk_has_it_sent_again(dead, signed_in):
    ben = signed_in("ben")
    answer = ben.post(f"{PAGE}/send", form=PAGE, id=letter(dead).id, channel="", reason="it is back")
    assert answer.status_code == 302
    assert letter(dead).status is DeliveryStatus.FORMED
    assert "On the way again: 1 message." in words(ben.get(PAGE))


def test_only_an_admin_clears_and_says_why(dead, signed_in):
    assert (
        signed_in("ben").post(f"{PAGE}/clear", form=PAGE, id=letter(dead).id, reason="x").status_code == 403
    )
    ana = signed_in("ana")
    refused = ana.post(f"{PAGE}/clear", form=PAGE, id=letter(dead).id, reason="")
    assert refused.status_code == 422
    assert "Say why it need not arrive any more." in words(refused)
    assert ana.post(f"{PAGE}/clear", form=PAGE, id=letter(dead).id, reason="phoned").status_code == 302
    assert letter(dead).status is DeliveryStatus.CANCELLED


def test_all_of_a_channel_go_again_at_once(dead, signed_in):
    ben = signed_in("ben")
    assert ben.post(f"{PAGE}/send", form=PAGE, id="", channel="hook").status_code == 302
    assert letter(dead).status is DeliveryStatus.FORMED


def test_what_is_no_longer_there_is_said(dead, signed_in):
    answer = signed_in("ben").post(f"{PAGE}/send", form=PAGE, id="nothing")
    assert answer.status_code == 404
    assert "Nothing of that was given up." in words(answer)


def test_more_that_was_given_up_asks_no_more_queries(dead):
    with dead.reading() as (session, now), counted(session) as few:
        undelivered(session, now=now)
    with dead.writing() as (session, _):
        for number in range(5):
            raise_event(session, alert=f"{number:016x}", episode=f"f{number}")
        for waiting in notifications.take_due(session, now=NOW, limit=9):
            deliveries.form(session, waiting, recipients=["desk"], now=NOW)
        deliveries.kill_queue(session, "hook", reason="down")
    with dead.reading() as (session, now), counted(session) as many:
        assert undelivered(session, now=now).total == 6
    assert len(many) <= len(few) <= 10


def test_no_style_attribute_and_no_inline_script(dead, signed_in):
    page = signed_in("ana").get(PAGE).text
    assert not re.search(r"\sstyle=|<style|<script(?! src)|\son\w+=", page)
