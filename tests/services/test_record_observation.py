"""A value typed by a person: read strictly, stored with its grade and citation, audited."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.domain.errors import InvalidInput
from monitor.services.enterable_series import enterable_series
from monitor.services.record_observation import Entry, parse_value, record_observation
from monitor.storage import audit, observations, series, subjects
from monitor.storage.engine import open_database
from tests.factories import FUEL, NOW, an_indicator, install_desk

ENTRY = Entry(
    series=FUEL,
    value="312,5",
    starts_on=date(2025, 11, 24),
    ends_on=date(2025, 11, 30),
    grade="B2",
    citation="Call with the depot",
    note="spoken, not written",
)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        install_desk(opened)
        yield opened
    database.dispose()


def record(session, **changes):
    return record_observation(session, replace(ENTRY, **changes), author="ana@example.org", now=NOW)


def refusal(session, **changes):
    with pytest.raises(InvalidInput) as caught:
        record(session, **changes)
    return caught.value


def test_a_value_is_stored_for_its_days_with_who_said_so(session):
    assert record(session)
    (stored,) = observations.history(session, FUEL)
    assert stored.reading.value == 312.5
    assert stored.reading.period_start == datetime(2025, 11, 24, tzinfo=UTC)
    assert stored.reading.period_end == datetime(2025, 12, 1, tzinfo=UTC)
    assert (stored.reading.grade, stored.reading.citation) == ("B2", "Call with the depot")
    assert (stored.reading.known_at, stored.author, stored.source) == (NOW, "ana@example.org", "feed")


def test_without_a_last_day_it_counts_for_one(session):
    record(session, ends_on=None)
    (stored,) = observations.history(session, FUEL)
    assert stored.reading.period_end == datetime(2025, 11, 25, tzinfo=UTC)


def test_the_subjects_it_feeds_are_due_for_assessment(session):
    record(session)
    assert subjects.state(session, "goita").assess_due_at == NOW


def test_the_same_value_twice_is_stored_and_audited_once(session):
    assert record(session)
    assert not record(session)
    entries = [entry for entry in audit.find_all(session) if entry.action == "observation.record"]
    assert len(entries) == 1
    assert (entries[0].actor, entries[0].target, entries[0].reason) == (
        "ana@example.org", FUEL, "spoken, not written",
    )  # fmt: skip


def test_another_value_of_the_same_days_is_kept_beside_the_first(session):
    record(session)
    assert record(session, value="320")
    assert [stored.reading.value for stored in observations.history(session, FUEL)] == [320, 312.5]


WRONG = [
    ({"series": "fuel-price"}, "series", "indicator:unit"),
    (
        {"series": "fuel-price:atlantis"},
        "series",
        "no series fuel-price:atlantis; there is fuel-price:bamako",
    ),
    ({"series": "fule-price:bamako"}, "series", "; there is fuel-price:bamako"),
    ({"series": "shoe-sizes:france"}, "series", "no series shoe-sizes:france"),
    ({"value": "much"}, "value", "not a number"),
    ({"value": ""}, "value", "not a number"),
    ({"value": "nan"}, "value", "not a number"),
    ({"value": "1e400"}, "value", "not a number"),
    ({"value": "1,250"}, "value", "1250 or as 1.250"),
    ({"low": 400.0}, "value", "low <= value <= high"),
    ({"starts_on": date(2025, 12, 1), "ends_on": None}, "starts_on", "future"),
    ({"ends_on": date(2025, 11, 23)}, "ends_on", "ends before"),
    ({"grade": "G1"}, "grade", "A to F"),
    ({"citation": "  "}, "citation", "where the value comes from"),
    ({"citation": "x" * 201}, "citation", "200"),
    ({"note": "x" * 1001}, "note", "000 characters"),
]


@pytest.mark.parametrize("changes,field,words", WRONG, ids=lambda value: str(value)[:40])
def test_what_cannot_be_used_is_refused_by_field(session, changes, field, words):
    error = refusal(session, **changes)
    assert error.field == field
    assert words in str(error)
    assert observations.history(session, FUEL) == []


@pytest.mark.parametrize(
    "text,value",
    [
        ("12", 12), (" 12.5 ", 12.5), ("12,5", 12.5), ("1 250", 1250), ("1 250,5", 1250.5), ("-4.5", -4.5),
        ("\N{MINUS SIGN}4,5", -4.5), ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1e3", 1000),
        ("Dissolved", 2), ("SUSPENDED", 1),
    ],
)  # fmt: skip
def test_numbers_and_words_are_read_as_people_write_them(text, value):
    assert parse_value(an_indicator(words={"suspended": 1.0, "dissolved": 2.0}), text) == value


def test_a_wrong_word_is_answered_with_those_there_are():
    with pytest.raises(InvalidInput, match="suspended, dissolved"):
        parse_value(an_indicator(words={"suspended": 1.0, "dissolved": 2.0}), "forbidden")


def test_series_of_exercises_are_not_offered(session):
    series.ensure(session, ["fuel-price:bamako@exercise-1", "gone:mali"])
    assert [item.key for item in enterable_series(session)] == ["conflict-deaths:mali", FUEL]
