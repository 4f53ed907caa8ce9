"""csv: a table becomes readings; what is no table, no date or no number is said, never taken for 0."""

import gzip
from datetime import UTC, datetime

import pytest

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Rejected
from monitor.domain.observation import Reading
from monitor.sources.tables.csv import CsvSource
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
HEADER = "date,country,market,price\n"
BAMAKO = {"series": "fuel:bamako", "value": "price", "where": {"country": "Mali", "market": "Bamako"}}
GAO = {"series": "fuel:gao", "value": "price", "where": {"country": "Mali", "market": "Gao"}}


def harvest(content=PRICES, *, answered=None, **settings):
    content = content.encode() if isinstance(content, str) else content
    given = {"url": "https://data.example/t.csv", "date": "date", "series": [BAMAKO, GAO], **settings}
    source = a_source(kind="csv", settings=given)
    ask = Ask(now=NOW, secret={}.__getitem__)
    return CsvSource().fetch(source, ask, FakeFetcher(content, headers=answered))


def fetch(*arguments, **settings):
    return harvest(*arguments, **settings).readings


def told(*arguments, **settings):
    with pytest.raises(SourceError) as caught:
        harvest(*arguments, **settings)
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


@pytest.mark.parametrize("before", [0, 70_000], ids=["early", "late"])
def test_a_single_accent_of_a_table_in_latin_1_is_read_as_what_it_is(before):
    plain = "2026-01-01,Abidjan,1\n" * (before // 21)
    text = f"date,name,price\n{plain}2026-01-02,Côte d'Ivoire,5\n"
    mapped = {"series": "price:civ", "value": "price", "where": {"name": "Côte d'Ivoire"}}
    found = fetch(text.encode("latin-1"), series=[mapped])
    assert [each.value for each in found] == [5.0]


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
        ("<!doctype html><p>Maintenance", "the answer is a page, not data"),
        ("  <html>", "the answer is a page, not data"),
        ("", "the answer is empty"),
        ("\n\n", "the answer is empty"),
        (",,\n", "no line of column names"),
        ("date,market,price\n2026-10-15,Bamako,5\n", "no column country; it has: date, market, price"),
        ("date,country,market,price,price\n", "more than one column price"),
        ('date,country,market,price\n"2026', "line 2 is no row of a table"),
        (HEADER + "x" * 200_000, "line 2 is no row of a table"),
        (b"\xff\x00\x80\x00" * 50, "in a known encoding"),
        (gzip.compress(PRICES.encode(), mtime=0)[:-12], "a gzip that was cut off"),
    ],
)
def test_what_is_no_table_is_said(content, text):
    assert text in told(content)


def test_a_page_under_a_tables_address_is_said():
    assert "a page" in told("oops", answered={"content-type": "text/html"})


GOOD = HEADER + "2026-08-15,Mali,Bamako,5\n2026-09-15,Mali,Bamako,6\n"


@pytest.mark.parametrize("figure", ["many", "1e999", "1_000", "inf", "0x10", "1,5"])
def test_a_row_that_is_no_number_is_named_and_the_others_go_on(figure):
    found = harvest(GOOD + f'2026-11-15,Mali,Bamako,"{figure}"\n')
    assert [each.value for each in found.readings] == [5.0, 6.0]
    assert found.rejected == (
        Rejected(
            where="line 4",
            text=f"2026-11-15, Mali, Bamako, {figure}",
            reason=f"price: {figure!r} is no number",
        ),
    )


@pytest.mark.parametrize(
    "row,reason",
    [
        ("yesterday,Mali,Bamako,5", "date: 'yesterday' is no date like iso"),
        (",Mali,Bamako,5", "date is empty"),
        ("2026,Mali,Bamako,5", "2026-01-01 stands for a whole year, and periods are a day each"),
        ("2026-11-15,Mali,Bamako", "it has 3 cells, where there are 4 columns"),
        ("2026-11-15,Mali,Bamako,5,6", "it has 5 cells, where there are 4 columns"),
    ],
)
def test_a_row_that_cannot_be_placed_is_named(row, reason):
    found = harvest(GOOD + row + "\n")
    assert [(each.where, each.reason) for each in found.rejected] == [("line 4", reason)]
    assert len(found.readings) == 2


def test_more_than_half_unreadable_is_another_layout():
    bad = "2026-10-15,Mali,Bamako,?\n"
    assert harvest(GOOD + bad * 2).readings
    assert "3 of 5 rows cannot be read, as if the layout had changed; line 4" in told(GOOD + bad * 3)


def test_a_value_outside_its_bounds_is_said():
    text = "date,v,low,high\n2026-10-15,5,6,7\n"
    mapped = {"series": "a:b", "value": "v", "low": "low", "high": "high"}
    assert "low <= value <= high" in told(text, series=[mapped])
    assert harvest(text + "2026-10-16,5,4,7\n", series=[mapped]).rejected[0].where == "line 2"


@pytest.mark.parametrize(
    "settings,text",
    [
        ({"url": "", "folder": ""}, "its files are uploaded"),
        ({"url": "ftp://a.example"}, "url: expected an address beginning with https://"),
        ({"folder": "prices"}, "give either url or folder"),
        ({"url": "", "folder": "../etc"}, "expected a folder below HEATWATCH_WATCH_DIR"),
        ({"series": []}, "series is missing"),
        ({"date": ""}, "date is missing"),
        ({"period": "decade"}, "period: input should be"),
        ({"date_format": "%d"}, "expected iso, seconds"),
        ({"encoding": "morse"}, "expected the name of an encoding"),
        ({"series": [{"series": "a:b", "values": "v"}]}, "series.0.values is no setting of this kind"),
        ({"series": [{"series": "a:b"}]}, "value is missing"),
        ({"series": [{"series": "a:b", "value": "price", "combine": "guess"}]}, "combine: input should be"),
        ({"series": [{"series": "a:b", "value": "price", "indicator": "a"}]}, "either series, or indicator"),
        ({"series": [{"indicator": "a", "value": "price"}]}, "indicator and unit_column belong together"),
        ({"series": [{"series": "a:b", "value": "price", "scale": 0.0}]}, "scale cannot be 0"),
        ({"series": [{"series": "a:b", "value": "price", "empty_is_zero": True}]}, "empty_is_zero goes with"),
        ({"headers": {"X-Api-Key": "k"}}, "would show a secret"),
        ({"token": "abc"}, "never the secret itself"),
    ],
)
def test_wrong_settings_are_said(settings, text):
    assert text in told(**settings)
    source = a_source(settings={"url": "https://a.example", "date": "d", "series": [GAO], **settings})
    assert ("uploaded" in text) or any(text in each for each in CsvSource().problems(source))


def test_what_is_packed_is_unpacked():
    assert len(fetch(gzip.compress(PRICES.encode()), answered={"content-type": "application/gzip"})) == 3


def test_lines_before_the_header_and_comments_are_passed_over():
    text = "// made by hand\nPrices of fuel\n\n" + GOOD.replace("2026-09", "// as of\n2026-09")
    assert [each.value for each in fetch(text, header_row=2, comment="//")] == [5.0, 6.0]


def test_a_column_may_have_another_name():
    text = GOOD.replace("date", "date_")
    assert "no column date; it has: date_" in told(text)
    assert len(fetch(text, aliases={"date": ["Date", "date_"]})) == 2


def test_one_table_feeds_a_series_for_each_unit():
    text = "iso3,year,v\nMLI,2024,1\nNER,2024,2\nBFA,2024,..\n,2024,9\n"
    each_unit = {"indicator": "gdp", "unit_column": "iso3", "value": "v"}
    options = {"date": "year", "period": "year"}
    assert [(r.series, r.value) for r in fetch(text, series=[each_unit], **options)] == [
        ("gdp:mli", 1.0), ("gdp:ner", 2.0),
    ]  # fmt: skip
    named = fetch(text, series=[each_unit | {"units": {"NER": "niger"}}], **options)
    assert [(r.series, r.value) for r in named] == [("gdp:niger", 2.0)]
    kept = fetch(text, series=[each_unit | {"unit_case": "as_is"}], **options)
    assert [r.series for r in kept] == ["gdp:MLI", "gdp:NER"]
    odd = harvest("iso3,year,v\nMLI,2024,1\nCôte d'Ivoire,2024,1\n", series=[each_unit], **options)
    assert "is no name of a unit" in odd.rejected[0].reason


def test_what_must_be_so_and_is_not_rejects_the_row():
    text = GOOD.replace("price", "price,unit").replace(",5", ",5,L").replace(",6", ",6,Gallon")
    found = harvest(text, series=[BAMAKO | {"expect": {"unit": ["L", "litre"]}}])
    assert [each.value for each in found.readings] == [5.0]
    assert found.rejected[0].reason == "unit is 'Gallon', where L or litre is expected"


def test_figures_are_scaled_with_their_bounds():
    mapped = {"series": "a:b", "value": "v", "low": "l", "high": "h", "scale": -0.5}
    found = fetch("date,v,l,h\n2026-10-15,10,8,14\n", series=[mapped])[0]
    assert (found.low, found.value, found.high) == (-7.0, -5.0, -4.0)


def test_rows_may_say_when_their_value_was_known_and_as_which_revision():
    text = (
        "date,v,vintage,n\n2026-08-01,5,2026-09-10,0\n2026-08-01,6,2026-10-10,1\n2026-09-01,7,2027-01-01,\n"
    )
    found = fetch(text, known_at="vintage", revision="n", series=[{"series": "a:b", "value": "v"}])
    assert [(r.value, r.known_at, r.source_revision) for r in found] == [
        (5.0, datetime(2026, 9, 11, tzinfo=UTC), 0),
        (6.0, datetime(2026, 10, 11, tzinfo=UTC), 1),
        (7.0, NOW, 0),
    ]


def test_a_period_may_have_an_end_of_its_own_and_a_date_of_parts():
    text = "y,m,d,until,v\n2026,8,5,2026-08-19,5\n"
    found = fetch(
        text, date="", date_parts=["y", "m", "d"], end="until", series=[{"series": "a:b", "value": "v"}]
    )
    assert (found[0].period_start, found[0].period_end) == (
        datetime(2026, 8, 5, tzinfo=UTC), datetime(2026, 8, 20, tzinfo=UTC)
    )  # fmt: skip


def test_rows_are_counted_and_days_asked_for_without_one_are_zero():
    counted = {"series": "a:b", "combine": "count", "empty_is_zero": True}
    text = "date\n2026-11-20\n2026-11-20\n2026-11-22\n"
    url = "https://data.example/t.csv?from={first}&to={last}"
    found = fetch(text, url=url, days=5, series=[counted])
    assert {r.period_start.day: r.value for r in found} == {19: 0.0, 20: 2.0, 21: 0.0, 22: 1.0}
    assert {r.period_start.day: r.value for r in fetch(text, series=[counted])} == {20: 2.0, 21: 0.0, 22: 1.0}
    assert fetch("date\n", series=[counted]) == ()


def test_an_uploaded_file_is_read_as_a_fetched_one():
    source = a_source(settings={"date": "date", "series": [BAMAKO]})
    found = CsvSource().read(
        source, Ask(now=NOW, secret={}.__getitem__), Answer(url="t.csv", content=GOOD.encode())
    )
    assert [each.value for each in found.readings] == [5.0, 6.0]


@pytest.mark.parametrize("how", ["sum", "mean"])
def test_what_several_rows_make_is_not_told_without_one_of_them(how):
    mapped = {"series": "a:b", "value": "v", "combine": how}
    text = "date,v\n2026-10-15,10\n2026-10-15,oops\n2026-10-16,5\n2026-10-17,5\n"
    found = harvest(text, series=[mapped])
    assert [(each.period_start.day, each.value) for each in found.readings] == [(16, 5.0), (17, 5.0)]
    assert found.rejected[-1].reason == f"a {how} for 2026-10-15 would lack this row, so none is given"


@pytest.mark.parametrize("row", ["soon,5", "2026-10-15"])
def test_a_sum_is_not_told_if_a_row_is_of_no_known_day(row):
    mapped = {"series": "a:b", "value": "v", "combine": "sum"}
    text = f"date,v\n2026-10-15,10\n2026-10-16,5\n{row}\n"
    assert "told without it" in told(text, series=[mapped])


def test_a_word_that_is_not_known_is_rejected_and_not_passed_over():
    level = {"where": {"level": "Red"}, "expect": {"level": ["Red", "Green"]}, "combine": "count"}
    text = "date,level\n2026-10-15,Red\n2026-10-15,2\n2026-10-16,Green\n2026-10-17,Red\n"
    found = harvest(text, series=[{"series": "a:b", **level}])
    assert [each.period_start.day for each in found.readings] == [17]
    assert found.rejected[0].reason == "level is '2', where Red or Green is expected"
