"""push: a body of readings and incidents is used whole, or each of its faults is named by row and field."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask
from monitor.domain.incident import Coverage, Incident
from monitor.domain.observation import Reading
from monitor.sources.push.kind import PushSource
from tests.factories import a_source
from tests.sources.broken import broken

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = {"series": "queue:bamako", "period_start": "2026-11-22", "period_end": "2026-11-23", "value": 412.0}
RAID = {"external_id": "r-1", "happened_on": "2026-11-21", "country": "MLI", "kind": "ambush"}


def read(body, **settings):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    ask = Ask(now=NOW, secret={}.__getitem__)
    return PushSource().read(
        a_source(kind="push", settings=settings), ask, Answer(url="push", content=content)
    )


def faults(body, **settings):
    found = read(body, **settings)
    assert found.readings == found.incidents == found.covered == found.withdrawn == ()
    return {each.where: each.reason for each in found.rejected}


def test_days_and_moments_with_a_zone_become_utc_periods():
    hour = DAY | {"period_start": "2026-11-23T07:00:00+02:00", "period_end": "2026-11-23T06:00Z", "value": 3}
    first, second = read({"readings": [DAY, hour]}).readings
    assert first == Reading(
        series="queue:bamako", value=412.0, known_at=NOW, period_start=datetime(2026, 11, 22, tzinfo=UTC),
        period_end=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip
    assert second.period_start == datetime(2026, 11, 23, 5, tzinfo=UTC)


def test_incidents_what_is_taken_back_and_which_days_are_complete_come_in_one_body():
    found = read({
        "incidents": [RAID | {"latitude": 14.2, "longitude": -5.1, "killed": 3}],
        "withdrawn": ["r-0"],
        "covered": [{"covers_from": "2026-11-20", "covers_until": "2026-11-22", "country": "MLI"}],
    })  # fmt: skip
    assert found.incidents == (
        Incident(
            source="feed", external_id="r-1", happened_on=date(2026, 11, 21), country="MLI", kind="ambush",
            latitude=14.2, longitude=-5.1, killed=3,
        ),
    )  # fmt: skip
    assert found.withdrawn == ("r-0",)
    covered = Coverage(covers_from=date(2026, 11, 20), covers_until=date(2026, 11, 22), country="MLI")
    assert found.covered == (covered,)


def test_null_takes_a_period_back_and_a_missing_value_is_a_fault():
    assert read({"readings": [DAY | {"value": None}]}).readings[0].value is None
    without = {name: each for name, each in DAY.items() if name != "value"}
    assert faults({"readings": [without]}) == {"readings[0].value": "is missing"}


@pytest.mark.parametrize(
    "change,where,reason",
    [
        ({"value": "412"}, "readings[1].value", "valid number"),
        ({"value": True}, "readings[1].value", "valid number"),
        ({"period_start": "2026-11-22T06:00:00"}, "readings[1].period_start", "with its zone"),
        ({"period_start": 1763769600}, "readings[1].period_start", "expected a day"),
        ({"period_end": "2026-11-22"}, "readings[1]", "period_end must be after period_start"),
        ({"low": 500.0}, "readings[1]", "low <= value <= high"),
        ({"grade": "B9"}, "readings[1].grade", "pattern"),
        ({"series": "queue"}, "readings[1].series", "pattern"),
        ({"colour": "red"}, "readings[1].colour", "no field of this body"),
        ({"note": "a\0b"}, "readings[1].note", "code 0"),
        ({"period_start": "0001-01-01T00:00:00+14:00"}, "readings[1].period_start", "expected a day"),
        ({"period_start": "2026-11-24", "period_end": "2026-11-25"}, "readings[1].period_start", "future"),
        ({"known_at": "2026-11-22T12:00:00Z"}, "readings[1].known_at", "may_backdate"),
        ({}, "readings[1]", "readings[0]"),
    ],
)
def test_one_bad_row_names_its_index_and_field_and_nothing_of_the_body_is_used(change, where, reason):
    found = faults({"readings": [DAY, DAY | change]})
    assert reason in found[where]


@pytest.mark.parametrize(
    "change,where",
    [
        ({"latitude": 14.0}, "incidents[0]"),
        ({"latitude": 91.0, "longitude": 0.0}, "incidents[0].latitude"),
        ({"killed": -1}, "incidents[0].killed"),
        ({"country": "Mali"}, "incidents[0].country"),
        ({"country": ""}, "incidents[0]"),
        ({"country": "", "latitude": 14.5, "longitude": -4.1}, "incidents[0]"),
        ({"happened_on": "2026-11-26"}, "incidents[0].happened_on"),
        ({"happened_on": "2026-11-31"}, "incidents[0].happened_on"),
    ],
)
def test_an_incident_that_cannot_be_is_named(change, where):
    assert list(faults({"incidents": [RAID | change]})) == [where]


def test_a_near_point_stands_for_a_country():
    point = {"latitude": 14.5, "longitude": -4.1, "precision": "near"}
    row = {name: value for name, value in RAID.items() if name != "country"} | point
    assert [each.country for each in read({"incidents": [row]}).incidents] == [""]


@pytest.mark.parametrize(
    "body,reason",
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b"[]", "object"),
        (b"{}", "holds nothing"),
        (b'{"readings": [NaN]}', "object"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_a_body_that_is_none_is_said_in_one_line(body, reason):
    (found,) = read(body).rejected
    assert reason in found.reason


def test_a_source_that_may_backdate_says_itself_when_a_value_became_known():
    (found,) = read({"readings": [DAY | {"known_at": "2026-11-23T09:00:00Z"}]}, may_backdate=True).readings
    assert found.known_at == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_unit_that_a_reading_states_is_kept_for_the_unit_gate():
    (reading,) = read({"readings": [DAY | {"unit": "lorries"}]}).readings
    assert reading.unit == "lorries"


def test_grade_and_citation_of_the_source_stand_where_a_reading_brings_none():
    body = {"readings": [DAY, DAY | {"series": "queue:gao", "grade": "A1", "citation": "own"}]}
    found = read(body, grade="C3", citation="field-office").readings
    assert [(each.grade, each.citation) for each in found] == [("C3", "field-office"), ("A1", "own")]


def test_at_most_fifty_faults_are_listed():
    assert len(read({"readings": [DAY | {"value": "x"}] * 500}).rejected) == 50


def test_it_is_never_asked():
    with pytest.raises(SourceError, match="never asked"):
        PushSource().fetch(a_source(kind="push"), Ask(now=NOW, secret=str), None)


@pytest.mark.parametrize(
    "schedule", [{"interval_seconds": 60}, {"interval_seconds": None, "cron": "5 * * * *"}]
)
def test_a_schedule_is_a_problem_since_nobody_asks(schedule):
    assert "leave them out" in PushSource().problems(a_source(kind="push", **schedule))[0]
    assert PushSource().problems(a_source(kind="push", interval_seconds=None)) == []


WHOLE = json.dumps({"readings": [DAY], "incidents": [RAID], "withdrawn": ["x"]}).encode()


@given(broken(WHOLE) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["readings", "value", "series"]), inner),
).map(lambda found: json.dumps({"readings": [DAY | {"value": found}]}).encode()))  # fmt: skip
def test_whatever_is_pushed_is_read_or_named(content):
    found = read(content)
    assert bool(found.rejected) != bool(found.readings or found.incidents or found.withdrawn or found.covered)
