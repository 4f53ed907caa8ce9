"""Entering a value in the browser."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from monitor.services.assess import assess
from monitor.services.enterable_series import EnterableSeries
from monitor.storage import audit, observations, withdrawals
from tests.factories import FUEL, NOW, a_reading, install_desk, standing

DAY, MIDNIGHT = timedelta(days=1), datetime(2025, 11, 30, tzinfo=UTC)
CONFIRMED = re.compile(r'name="confirmed" value="([^"]+)"')

GOOD = {
    "series": FUEL, "value": "312,5", "starts_on": "2025-11-24", "ends_on": "2025-11-30", "grade": "b2",
    "citation": "Call with the depot", "note": "",
}  # fmt: skip


@pytest.fixture
def ben(desk, signed_in):
    with desk.writing() as (session, _):
        install_desk(session)
    return signed_in("ben")


def enter(visitor, **changes):
    return visitor.post("/desk/value", form="/desk/value", **(GOOD | changes))


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def stored(desk):
    with desk.reading() as (session, _):
        return [row.reading for row in observations.history(session, FUEL)]


def seen(desk):
    """Let the worker score what was entered."""
    with desk.writing() as (session, now):
        assess(session, "goita", slot=None, now=now, claimed_at=now)


def test_a_value_is_stored_under_the_visitors_name(ben, desk):
    answer = enter(ben)
    assert answer.status_code == 302
    assert re.fullmatch(r"/desk/value\?series=fuel-price:bamako&row=\d+\.\d+", answer.location)
    (reading,) = stored(desk)
    assert (reading.value, reading.grade) == (312.5, "B2")
    with desk.reading() as (session, _):
        assert audit.find_all(session)[0].actor == "ben@example.org"


def test_the_next_page_says_what_it_did_to_the_heat_once_the_worker_has_seen_it(ben, desk):
    learn(desk, 140)
    seen(desk)
    told = ben.get(enter(ben, value="480").location)
    assert "Saved" in told.text
    assert "the heat follows in a moment" in told.text
    asks = re.search(r'hx-get="([^"]+/effect[^"]*)"', told.text)[1]
    seen(desk)
    part = ben.get(asks)
    assert "hx-get" not in part.text
    assert re.search(r"Assimi Goïta \d+ → \d+, \w+ (still|→ \w+) why", words(part).strip())
    assert (
        ben.get(re.search(r'href="([^"]+/ledger[^"]+)"', part.text)[1].replace("&amp;", "&")).status_code
        == 200
    )


def withdrawn(visitor, page, **fields):
    action = re.search(r'action="([^"]+/withdraw)"', page.text)[1]
    return visitor.post(action, form="/desk/value", **fields)


def test_what_was_just_entered_is_withdrawn_with_one_press_and_both_stay(ben, desk):
    learn(desk, 310, ends=datetime(2025, 12, 1, tzinfo=UTC))
    answer = withdrawn(ben, ben.get(enter(ben).location))
    page = ben.get(answer.location)
    assert "What held before it holds again" in page.text
    assert "holds again" in words(page)
    assert "<s>312.5</s>" in page.text or "<s>312</s>" in page.text
    with desk.reading() as (session, _):
        assert [row.reading.value for row in observations.history(session, FUEL)] == [310, 312.5, 310]
        assert audit.find_all(session)[0].action == "observation.withdraw"
        (noted,) = withdrawals.of(session, [observations.history(session, FUEL)[0].seq])
    assert (noted.author, noted.reason) == ("ben@example.org", "entered by mistake")
    assert "withdrawn" in words(ben.get("/desk/value"))


def test_it_can_be_taken_back_later_from_its_own_page_with_a_reason_by_the_desk_alone(ben, desk, signed_in):
    row = enter(ben).location.partition("row=")[2]
    page = f"/series/{FUEL}/observations/{row}"
    assert "Withdraw it" not in signed_in("rita").get(page).text
    assert withdrawn(ben, ben.get(page), reason="the depot called back").status_code == 302
    assert "Withdrawn: the depot called back." in words(ben.get(page))
    assert "cannot be taken back: it is withdrawn already" in words(ben.get(page))
    again = ben.post(f"{page}/withdraw", form="/desk/value")
    assert "Nothing was withdrawn" in ben.get(again.location).text
    assert ben.get(f"/series/{FUEL}/observations/1764547200.99999").status_code == 404
    assert ben.get(f"/series/{FUEL}/observations/soon").status_code == 404


def test_a_value_known_already_is_said_so(ben, desk):
    enter(ben)
    ben.get("/desk/value")
    enter(ben)
    assert "Known already" in ben.get("/desk/value").text
    assert len(stored(desk)) == 1


def learn(desk, *values, ends=NOW):
    with desk.writing() as (session, now):
        readings = [a_reading(value, ends=ends - 7 * week * DAY) for week, value in enumerate(values)]
        observations.add(session, readings, source="feed", author="", note="", now=now)


def test_a_value_far_outside_the_series_past_is_asked_about_and_can_be_confirmed(ben, desk):
    learn(desk, 310, 300, 320, 305, 315)
    asked = enter(ben, value="31250")
    assert asked.status_code == 422
    assert "far outside what fuel-price ever was: 300 to 320 index in 5 values." in words(asked)
    assert len(stored(desk)) == 5
    confirmed = CONFIRMED.search(asked.text)[1]
    assert enter(ben, value="31250", confirmed=confirmed).status_code == 302
    assert max(reading.value for reading in stored(desk)) == 31250


def test_a_confirmation_is_for_what_was_shown_alone(ben, desk):
    learn(desk, 310, 300, 320, 305, 315)
    confirmed = CONFIRMED.search(enter(ben, value="31250").text)[1]
    assert enter(ben, value="312500", confirmed=confirmed).status_code == 422


def test_before_an_archive_goes_live_it_is_asked(desk, signed_in):
    with desk.writing() as (session, _):
        install_desk(session, clock=standing())
    ben = signed_in("ben")
    asked = enter(ben, starts_on="2025-12-01", ends_on="2025-12-07")
    assert "The archive of Assimi Goïta stands at 30 November 2025." in words(asked)
    assert "sets it live" in words(asked)
    assert stored(desk) == []
    confirmed = CONFIRMED.search(asked.text)[1]
    assert enter(ben, starts_on="2025-12-01", ends_on="2025-12-07", confirmed=confirmed).status_code == 302


def test_series_are_found_by_letters_and_several_are_offered(ben, desk):
    assert enter(ben, series="fu ba").status_code == 302
    offered = enter(ben, series="a")
    assert offered.status_code == 422
    assert "several series fit" in offered.text
    assert 'name="chosen" value="conflict-deaths:mali"' in offered.text
    assert enter(ben, series="a", chosen=FUEL).status_code == 302
    found = ben.get("/desk/series.json").json
    assert found["recent"] == [FUEL]
    assert [row["title"] for row in found["series"]] == ["conflict-deaths, Mali", "fuel-price, Bamako"]


def test_without_days_those_after_the_last_value_are_offered_to_be_checked(ben, desk):
    learn(desk, 310, ends=MIDNIGHT)
    offered = enter(ben, starts_on="", ends_on="")
    assert offered.status_code == 422
    assert 'name="starts_on" value="2025-11-30"' in offered.text
    assert len(stored(desk)) == 1


def test_the_form_begins_with_the_period_after_the_last_one(ben, desk):
    learn(desk, 310, ends=MIDNIGHT)
    page = ben.get(f"/desk/value?series={FUEL}").text
    assert 'name="starts_on" value="2025-11-30"' in page
    assert 'name="ends_on" value="2025-12-06"' in page


def test_without_a_series_no_day_is_guessed(ben):
    assert 'name="starts_on" value=""' in ben.get("/desk/value").text


def test_series_are_called_by_name_and_last_value(ben, desk):
    learn(desk, 310, ends=MIDNIGHT)
    page = words(ben.get(f"/desk/value?series={FUEL}"))
    assert "index · last value 29 Nov 2025" in page


def test_a_region_and_the_words_of_a_state_are_named():
    item = EnterableSeries(
        key="control:ML01", name="Control", place="ML01", unit="state", words=("held", "contested")
    )
    assert (item.title, item.about) == ("Control, Kayes", "one of: held, contested")


def test_bounds_take_a_decimal_comma(ben, desk):
    enter(ben, low="300,5", high="330,25")
    assert [(reading.low, reading.high) for reading in stored(desk)] == [(300.5, 330.25)]


def test_a_bound_that_is_no_number_is_named(ben):
    answer = enter(ben, low="few")
    assert (answer.status_code, "not a number" in answer.text) == (422, True)


def test_bounds_are_kept(ben, desk):
    enter(ben, low="300", high="330")
    assert [(reading.low, reading.high) for reading in stored(desk)] == [(300, 330)]


@pytest.mark.parametrize(
    "field,value,words",
    [
        ("series", "fuel-price:atlantis", "there is no series like"),
        ("value", "much", "not a number"),
        ("value", "", "Enter a number"),
        ("starts_on", "2125-01-01", "ends before"),
        ("starts_on", "yesterday", "This is not a date"),
        ("ends_on", "2025-11-01", "ends before"),
        ("grade", "zz", "A to F"),
        ("citation", "", "Say where"),
        ("citation", "x" * 201, "200"),
        ("low", "400", "low &lt;= value"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_stored(ben, desk, field, value, words):
    answer = enter(ben, **{field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert stored(desk) == []


def test_what_was_typed_stays_in_the_form(ben):
    assert "Call with the depot" in enter(ben, value="much").text


def test_a_series_named_in_the_address_is_chosen(ben):
    page = ben.get(f"/desk/value?series={FUEL}").text
    assert f'name="chosen" value="{FUEL}"' in page
    assert 'value="fuel-price, Bamako"' in page
