"""The page of a comms check: looking changes nothing, the button answers; overdue ones on every page."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.comms_check import CommsCheck, CommsPlan
from monitor.storage import comms
from tests.services.alert_rows import add_channel

PAGE = "/comms-checks/msg_1"


@pytest.fixture
def checked(desk):
    """A check that nobody answered in time."""
    with desk.writing() as (session, now):
        add_channel(session, "duty", name="Duty phone")
        comms.plan(session, CommsPlan(channel="duty", every_days=7, due_at=now + timedelta(days=5)))
        sent = now - timedelta(days=2)
        check = CommsCheck(
            id="msg_1", channel="duty", recipient="duty@example.org", sent_at=sent,
            answer_by=sent + timedelta(days=1),
        )  # fmt: skip
        comms.add(session, [check])
    return desk


def test_looking_changes_nothing_and_the_button_answers(checked, signed_in):
    rita = signed_in("rita")
    for _ in range(2):
        assert "Nobody has answered, and the time for it is over." in rita.get(PAGE).text
    assert rita.post(PAGE, form=PAGE).status_code == 302
    assert "rita@example.org got it" in rita.get(PAGE).text.replace("<b>", "").replace("</b>", "")


def test_every_check_is_listed_with_how_it_stands(checked, signed_in):
    text = signed_in("rita").get("/comms-checks").text
    assert "Duty phone" in text
    assert ">overdue</a>" in text
    assert "every 7 days" in text


def test_who_is_not_signed_in_is_led_back_to_it(checked, client):
    assert client.get(PAGE).location == "/sign-in?next=/comms-checks/msg_1"


def test_there_is_no_other_check(checked, signed_in):
    assert signed_in("rita").get("/comms-checks/msg_2").status_code == 404


def test_the_board_says_that_nobody_answered(checked, app, signed_in):
    del app.jinja_loader.loaders[-1].mapping["base.html"]
    text = signed_in("rita").get("/").text
    assert "A comms check is unanswered:" in text
    assert "Duty phone, duty@example.org, since" in text
