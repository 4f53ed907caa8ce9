"""csv_http: a table becomes readings; what is no table, no date or no number is said, never taken for 0."""

from datetime import UTC, datetime

import pytest

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask
from monitor.domain.observation import Reading
from monitor.sources.csv_http import CsvHttpSource
from tests.factories import a_source
from tests.fakes import FakeFetcher

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PRICES = """date,country,market,item,price,low,high
#date,#country,#loc,#item,#value,,
2026-10-15,Mali,Bamako,Diesel,825,800,850
2026-10-15,Mali,Gao,Diesel,"1,040.5",,
2026-10-15,Somalia,Gao,Diesel,9999,,
2026-11-15,Mali,Bamako,Diesel,0,,
2026-11-15,Mali,Gao,Diesel,NA,,
"""
BAMAKO = {"series": "fuel:bamako", "value": "price", "where": {"country": "Mali", "market": "Bamako"}}
GAO = {"series": "fuel:gao", "value": "price", "where": {"country": "Mali", "market": "Gao"}}


def fetch(content=PRICES, *, headers=None, **settings):
    content = content.encode() if isinstance(content, str) else content
    given = {"url": "https://data.example/t.csv", "date": "date", "series": [BAMAKO, GAO], **settings}
    source = a_source(kind="csv_http", settings=given)
    ask = Ask(now=NOW, secret={}.__getitem__)
    return CsvHttpSource().fetch(source, ask, FakeFetcher(content, headers=headers)).readings


def told(*arguments, **settings):
    with pytest.raises(SourceError) as caught:
        fetch(*arguments, **settings)
    return str(caught.value)


def test_rows_become_readings_of_the_series_they_are_meant_for():
    found = fetch(series=[BAMAKO | {"low": "low", "high": "high"}, GAO], grade="B2", citation="wfp")
    assert found[0] == Reading(
        series="fuel:bamako", value=825.0, low=800.0, high=850.0, known_at=NOW, grade="B2", citation="wfp",
        period_start=datetime(2026, 10, 15, tzinfo=UTC), period_end=datetime(2026, 10, 16, tzinfo=UTC),
    )  # fmt: skip
    assert [(each.series, each.value) for each in found[1:]] == [("fuel:bamako", 0.0), ("fuel:gao", 1040.5)]


@pytest.mark.parametrize(
    "period,start,end",
    [
        ("day", datetime(2026, 10, 15, tzinfo=UTC), datetime(2026, 10, 16, tzinfo=UTC)),
        ("week", datetime(2026, 10, 15, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC)),
        ("month", datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
        ("year", datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_names_the_period_it_lies_in(period, start, end):
    found = fetch("date,price\n2026-10-15,5\n", period=period, series=[{"series": "a:b", "value": "price"}])
    assert (found[0].period_start, found[0].period_end) == (start, end)


@pytest.mark.parametrize(
    "how,value", [("sum", 30.0), ("mean", 15.0), ("median", 15.0), ("min", 10.0), ("max", 20.0)]
)
def test_rows_of_one_period_are_combined_as_told(how, value):
    mapped = {"series": "a:b", "value": "v", "combine": how}
    found = fetch("date,v\n2026-10-15,10\n2026-10-15,20\n", series=[mapped])
    assert [each.value for each in found] == [value]


def test_rows_of_one_period_are_not_combined_unasked():
    mapped = {"series": "a:b", "value": "v"}
    assert "2 values for 2026-10-15" in told("date,v\n2026-10-15,1\n2026-10-15,2\n", series=[mapped])


def test_a_tsv_in_continental_figures_is_read():
    found = fetch(
        "date\tv\n15.10.2026\t1.234,5\n", delimiter="\t", decimal=",", date_format="%d.%m.%Y",
        series=[{"series": "a:b", "value": "v"}],
    )  # fmt: skip
    assert found[0].value == 1234.5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_in_any_usual_encoding_are_matched(encoding):
    text = "date,région,v\n" + "2026-10-15,Ségou,5\n2026-10-15,Gao,6\n" * 1
    mapped = {"series": "a:b", "value": "v", "where": {"région": "Ségou"}}
    assert [each.value for each in fetch(text.encode(encoding), series=[mapped])] == [5.0]


def test_a_table_without_rows_gives_nothing_and_no_zero():
    assert fetch("date,country,market,price\n") == ()


@pytest.mark.parametrize(
    "content,text",
    [
        ("<!doctype html><p>Maintenance", "a page, not a table"),
        ("  <html>", "a page, not a table"),
        ("", "no column country, date, market, price"),
        ("date,market,price\n2026-10-15,Bamako,5\n", "no column country"),
        ('date,country,market,price\n"2026', "no row of a table"),
    ],
)
def test_what_is_no_table_is_said(content, text):
    assert text in told(content)


@pytest.mark.parametrize("figure", ["many", "1e999", "nan", "1_000", "inf", "0x10"])
def test_what_is_no_number_is_said_with_its_line(figure):
    text = f"date,country,market,price\n2026-10-15,Mali,Bamako,5\n2026-11-15,Mali,Bamako,{figure}\n"
    assert told(text).startswith("line 3:")


def test_what_is_no_date_is_said_with_its_line():
    assert "'yesterday' is no date like %Y-%m-%d" in told(
        "date,country,market,price\nyesterday,Mali,Bamako,5\n"
    )


def test_a_value_outside_its_bounds_is_said():
    text = "date,v,low,high\n2026-10-15,5,6,7\n"
    assert "low <= value <= high" in told(
        text, series=[{"series": "a:b", "value": "v", "low": "low", "high": "high"}]
    )


@pytest.mark.parametrize(
    "settings,text",
    [
        ({"url": ""}, "needs the settings"),
        ({"series": []}, "needs the settings"),
        ({"period": "decade"}, "period is one of"),
        ({"series": [{"series": "a:b", "values": "v"}]}, "values"),
        ({"series": [{"series": "a:b", "value": "price", "combine": "guess"}]}, "no such combine"),
    ],
)
def test_wrong_settings_are_said(settings, text):
    assert text in told(**settings)


def test_a_page_under_a_tables_address_is_said():
    assert "a page" in told("oops", headers={"content-type": "text/html"})
