"""What I get: everyone sets their own wishes, and sees how they are reached and what is kept."""

import pytest

from monitor.services.save_subscription import subscription_of
from monitor.storage import channels
from tests.factories import a_channel
from tests.web.test_alerts import words

RITA = "rita@example.org"
WISHES = {
    "is_subscribed": "y", "lowest_concern": "elevated", "matchers": "subject=goita", "zone": "Africa/Bamako",
    "quiet": "22:00-06:00", "breaks_through": "critical", "digest": "08:00,18:00", "digest_below": "high",
}  # fmt: skip


def wishes_of(desk, person=RITA):
    with desk.reading() as (session, _):
        return subscription_of(session, person)[0]


def test_who_asked_for_nothing_sees_so(desk, signed_in):
    page = words(signed_in("rita").get("/subscription"))
    assert f"No message reaches {RITA}." in page
    assert "No channel sends to subscribers yet" in page


def test_a_reader_keeps_wishes_of_their_own(desk, signed_in):
    rita = signed_in("rita")
    assert rita.post("/subscription", form="/subscription", **WISHES).status_code == 302
    found = wishes_of(desk)
    assert (found.is_subscribed, found.zone, found.digest) == (True, "Africa/Bamako", (480, 1080))
    page = rita.get("/subscription").text
    assert 'value="22:00-06:00"' in page
    assert 'value="08:00,18:00"' in page
    assert not wishes_of(desk, "ben@example.org").is_subscribed


def test_wishes_changed_meanwhile_are_a_conflict(desk, signed_in):
    rita = signed_in("rita")
    rita.post("/subscription", form="/subscription", **WISHES)
    assert rita.post("/subscription", form="/subscription", **WISHES, seen="0").status_code == 409


def test_how_one_is_reached_is_said(desk, signed_in):
    with desk.writing() as (session, now):
        settings = {"recipients": [RITA, "subscribers", "oncall:desk"]}
        channel = a_channel("mail", name="Desk mail", settings=settings)
        channels.add(session, channel, box=desk.secrets, now=now)
    rita = signed_in("rita")
    rita.post("/subscription", form="/subscription", **WISHES)
    page = words(rita.get("/subscription"))
    assert f"2 ways lead to {RITA}." in page
    assert "Desk mail , your address is among its recipients." in page
    assert "Desk mail , you subscribed." in page


@pytest.mark.parametrize(
    "values,said",
    [
        ({"zone": "Mali"}, "no IANA time zone"), ({"quiet": "nights"}, "no part of a window"),
        ({"digest": "early"}, "times are written"), ({"matchers": "everything"}, "a matcher is written"),
        ({"zone": ""}, "Say which time zone"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_at_its_field(desk, signed_in, values, said):
    answer = signed_in("rita").post("/subscription", form="/subscription", **WISHES | values)
    assert answer.status_code == 422
    assert said in words(answer)
