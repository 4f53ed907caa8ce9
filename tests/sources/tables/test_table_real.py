"""Real tables through the kind csv: figures, units and incidents as their publishers give them."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.domain.harvest import Answer, Ask
from monitor.domain.incident import Coverage, Exactness, exactness
from monitor.sources.tables.csv import CsvSource
from tests.factories import a_source

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TABLES = Path(__file__).parents[2] / "data" / "tables"
INCIDENTS = {
    "external_id": "event_id", "country": "iso3", "kind": "topic", "admin1": "admin1",
    "latitude": "latitude", "longitude": "longitude", "precision": "geo_precision",
    "actor": "perpetrator_name",
    "killed": "killed", "injured": "injured", "kidnapped": "kidnapped", "description": "description",
}  # fmt: skip


def read(name, **settings):
    source = a_source("feed", kind="csv", settings=settings)
    answer = Answer(url=name, content=(TABLES / name).read_bytes())
    return CsvSource().read(source, Ask(now=NOW, secret={}.__getitem__), answer)


def test_the_price_of_brent_is_a_value_a_month():
    found = read(
        "brent-monthly-to-2025.csv", date="Date", period="month",
        series=[{"series": "brent:world", "value": "Price", "combine": ""}],
    )  # fmt: skip
    last = found.readings[-1]
    assert (len(found.readings), found.rejected) == (464, ())
    assert (last.period_start, last.period_end, last.value) == (
        datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), 62.54,
    )  # fmt: skip


def test_one_file_of_prices_feeds_a_series_for_each_fuel():
    fuels = {"Fuel (diesel)": "diesel", "Fuel (petrol-gasoline)": "petrol"}
    mapped = {"indicator": "pump-price", "unit_column": "commodity", "units": fuels, "value": "price",
              "expect": {"unit": "Gallon", "currency": "USD"}}  # fmt: skip
    found = read("wfp_fuel_prices_nic.csv", date="date", period="month", series=[mapped])
    assert {each.series for each in found.readings} == {"pump-price:diesel", "pump-price:petrol"}
    assert len(found.readings) == 140
    assert found.readings[0].value == 4.4


def test_the_inform_index_feeds_a_series_for_each_country():
    mapped = {"indicator": "inform-risk", "unit_column": "Iso3", "value": "IndicatorScore",
              "where": {"IndicatorId": "INFORM"}}  # fmt: skip
    found = read("inform_trends_sahel.csv", date="GNAYear", period="year", series=[mapped])
    assert len(found.readings) == 30
    assert {(each.series, each.value) for each in found.readings if each.period_start.year == 2024} >= {
        ("inform-risk:bfa", 7.5)
    }


def test_incidents_keep_who_was_harmed_and_where():
    found = read(
        "incidents_mali_burkina_niger_2020_2025.csv", date="date",
        incidents=INCIDENTS | {"covers": "dates", "covers_countries": ["MLI", "BFA"]},
    )  # fmt: skip
    first = next(each for each in found.incidents if each.external_id == "24799")
    told = (first.happened_on, first.country, first.kind, first.killed)
    assert told == (date(2020, 1, 1), "MLI", "education", 1)
    assert (first.latitude, first.longitude) == (14.1701, -2.097)
    assert (len(found.incidents), found.rejected) == (342, ()), "343 rows, of which two have one id"
    assert [each.latitude for each in found.incidents].count(None) == 3
    assert found.covered == tuple(
        Coverage(covers_from=date(2020, 1, 1), covers_until=date(2024, 11, 1), country=each)
        for each in ("MLI", "BFA")
    )


@pytest.mark.parametrize(
    "row,reason",
    [
        ("x,Mali,2026-01-01,a", "iso: 'Mali' is no ISO code of three letters; say in countries what it is"),
        (",MLI,2026-01-01,a", "id is empty"),
        ("x,MLI,2026-01,a", "the date names a whole month and no day"),
        ("x,MLI,2026-01-01,", "kind is empty"),
    ],
)
def test_an_incident_that_cannot_be_told_is_named_and_then_no_day_is_covered(row, reason):
    settings = {
        "date": "day",
        "incidents": {"external_id": "id", "country": "iso", "kind": "kind", "covers": "dates"},
    }
    text = f"id,iso,day,kind\n1,MLI,2026-01-01,a\n2,mli,2026-01-02,b\n{row}\n"
    answer = Answer(url="t.csv", content=text.encode())
    found = CsvSource().read(a_source(settings=settings), Ask(now=NOW, secret={}.__getitem__), answer)
    assert [each.reason for each in found.rejected] == [reason]
    assert ([each.country for each in found.incidents], found.covered) == (["MLI", "MLI"], ())
    assert "no day counts as listed completely" in found.note


def test_a_near_point_stands_for_a_country_and_a_vague_one_does_not():
    columns = {"external_id": "id", "country": "iso", "kind": "kind", "latitude": "y", "longitude": "x"}
    text = "id,iso,day,kind,y,x,p\n1,,2026-01-01,a,14.5,-4.1,2\n2,,2026-01-01,a,14.5,-4.1,4\n"
    settings = {"date": "day", "incidents": columns | {"precision": "p"}}
    answer = Answer(url="t.csv", content=text.encode())
    found = CsvSource().read(a_source(settings=settings), Ask(now=NOW, secret={}.__getitem__), answer)
    assert [(each.external_id, each.country) for each in found.incidents] == [("1", "")]
    assert "'' is no ISO code of three letters" in found.rejected[0].reason


def test_the_words_of_precision_tell_places_from_regions():
    found = read("incidents_mali_burkina_niger_2020_2025.csv", date="date", incidents=INCIDENTS)
    meanings = Counter(exactness(each.precision) for each in found.incidents)
    assert meanings == {Exactness.NEAR: 234, Exactness.REGION: 104, Exactness.COUNTRY: 4}
