"""Entering a value in the browser."""

import pytest

from monitor.storage import audit, observations
from tests.factories import FUEL, install_desk

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


def stored(desk):
    with desk.reading() as (session, _):
        return [row.reading for row in observations.history(session, FUEL)]


def test_a_value_is_stored_under_the_visitors_name(ben, desk):
    answer = enter(ben)
    assert (answer.status_code, answer.location) == (302, "/desk/value?series=fuel-price:bamako")
    (reading,) = stored(desk)
    assert (reading.value, reading.grade) == (312.5, "B2")
    with desk.reading() as (session, _):
        assert audit.find_all(session)[0].actor == "ben@example.org"


def test_the_next_page_says_that_it_is_saved(ben):
    enter(ben)
    assert "Saved." in ben.get("/desk/value").text


def test_a_value_known_already_is_said_so(ben, desk):
    enter(ben)
    ben.get("/desk/value")
    enter(ben)
    assert "Known already" in ben.get("/desk/value").text
    assert len(stored(desk)) == 1


def test_bounds_are_kept(ben, desk):
    enter(ben, low="300", high="330")
    assert [(reading.low, reading.high) for reading in stored(desk)] == [(300, 330)]


@pytest.mark.parametrize(
    "field,value,words",
    [
        ("series", "fuel-price:atlantis", "Not a valid choice"),
        ("value", "much", "not a number"),
        ("value", "", "Enter a number"),
        ("starts_on", "2125-01-01", "ends before"),
        ("starts_on", "yesterday", "Not a valid date"),
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
    assert f'<option selected value="{FUEL}">' in page
