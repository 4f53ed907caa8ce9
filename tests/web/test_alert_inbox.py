"""The inbox under its filters, and several alerts taken in hand or closed at once."""

import pytest

from monitor.domain.alerting.fingerprint import fingerprint
from monitor.services.assess import assess
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import alerts, observations
from tests.factories import DEATHS, FUEL, a_placement, a_reading, a_rule, install_desk
from tests.web.test_alerts import words

FUEL_ALERT, DEATHS_ALERT = fingerprint("fuel-high", FUEL), fingerprint("deaths-high", DEATHS)


@pytest.fixture
def two(desk):
    """A desk with a critical fuel price and a high count of deaths."""
    with desk.writing() as (session, now):
        rules = (a_rule(name="Fuel price"), a_rule("deaths-high", name="Deaths", series=DEATHS, for_count=1))
        placements = (a_placement(), a_placement(DEATHS, driver="security"))
        install_desk(session, now=now, rules=rules, placements=placements)
        readings = [a_reading(500, ends=now, days=1), a_reading(400, ends=now, days=1, series=DEATHS)]
        observations.add(session, readings, source="feed", author="", note="", now=now)
        assess(session, "goita", slot=None, now=now, claimed_at=now)
        raise_alerts(session, "goita", slot=None, now=now)
    return desk


def open_ones(desk):
    with desk.reading() as (session, _):
        return {each.rule: each for each in alerts.find_open(session)}


@pytest.mark.parametrize(
    "query, fuel, deaths",
    [
        ("concern=critical", True, False),
        ("concern=high", True, True),
        ("q=goita+fuel", True, False),
        ("q=DEATHS", False, True),
        ("q=gold", False, False),
    ],
)
def test_the_inbox_shows_what_its_filters_leave(two, signed_in, query, fuel, deaths):
    page = words(signed_in("rita").get(f"/alerts?{query}"))
    assert ("Fuel price is critical" in page, "Deaths is high" in page) == (fuel, deaths)


def test_a_concern_that_is_none_is_left_out_with_a_note(two, signed_in):
    page = words(signed_in("rita").get("/alerts?concern=loud"))
    assert "“loud” in the address was left out." in page
    assert "Fuel price is critical" in page


def test_several_are_acknowledged_at_once(two, signed_in):
    ben = signed_in("ben")
    keys = [each.episode_id for each in open_ones(two).values()]
    ben.post("/alerts/several", form="/alerts", key=keys, act="acknowledge", note="on it", lasts="1h")
    assert {each.ack.by for each in open_ones(two).values()} == {"ben@example.org"}
    assert "2 alerts acknowledged." in words(ben.get("/alerts"))


def test_several_are_closed_and_one_that_is_over_stops_no_other(two, signed_in):
    ben = signed_in("ben")
    keys = [each.episode_id for each in open_ones(two).values()]
    ben.post(f"/alerts/{keys[0]}/close", form=f"/alerts/{keys[0]}", note="a typing error")
    ben.get("/alerts")
    ben.post(
        "/alerts/several", form=f"/alerts/{keys[1]}", key=keys, act="close", note="all one error", lasts="8h"
    )
    assert open_ones(two) == {}
    page = words(ben.get("/alerts"))
    assert "1 alert closed." in page
    assert "1 alert not closed: the episode is over." in page


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"act": "close", "key": "x"}, "say why they are closed"),
        ({"act": "acknowledge"}, "tick the alerts first"),
        ({"act": "burn", "key": "x"}, "Nothing was done"),
        ({"act": "close", "key": "x", "note": "n" * 501}, "at most 500"),
    ],
)
def test_what_cannot_be_done_is_said(two, signed_in, fields, said):
    ben = signed_in("ben")
    ben.post("/alerts/several", form="/alerts", **{"lasts": "8h", "note": ""} | fields)
    assert said in words(ben.get("/alerts"))
    assert len(open_ones(two)) == 2


def test_a_reader_may_not_and_is_not_offered_it(two, signed_in):
    rita = signed_in("rita")
    assert "Several at once" not in rita.get("/alerts").text
    assert rita.post("/alerts/several", form="/alerts", key="x", act="close", note="n").status_code == 403
