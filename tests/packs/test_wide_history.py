"""A wide file: a line a unit and period, a column an indicator; faults told by line and column."""

from datetime import UTC, datetime

import pytest

from monitor.packs.history import HistoryContext
from monitor.packs.shapes import HistoryTable
from monitor.packs.wide_history import parse_wide_history
from tests.factories import an_indicator

INDICATORS = dict.fromkeys(["goods", "gdp-cap", "state"])


def parse(text, **given):
    table = HistoryTable(file="data.csv", source="table", layout="wide", **given)
    context = HistoryContext(
        file="data.csv", indicators=INDICATORS, citations=["made"], citation="made", publication_lag_days=10
    )
    return parse_wide_history(text, context, table)


def values(text, **given):
    readings, problems = parse(text, **given)
    assert list(map(str, problems)) == []
    return [(each.series, f"{each.period_start:%Y-%m-%d}", each.value) for each in readings]


def problems(text, **given):
    return list(map(str, parse(text, **given)[1]))


def test_each_cell_with_a_value_is_a_reading():
    found = values("unit,period,goods,gdp-cap\nAUT,2021,1.5,2\nAUT,2022,3,NA\nBEL,2022,,-4e3\n")
    assert found == [
        ("goods:AUT", "2021-01-01", 1.5),
        ("gdp-cap:AUT", "2021-01-01", 2),
        ("goods:AUT", "2022-01-01", 3),
        ("gdp-cap:BEL", "2022-01-01", -4000),
    ]


@pytest.mark.parametrize("missing", ["", "NA", "n/a", "..", "-", "NaN"])
def test_what_is_missing_is_missing_and_never_0(missing):
    assert values(f"unit,period,goods\nAUT,2021,{missing}\n") == []


def test_one_period_may_hold_for_the_whole_file_and_months_and_days_are_periods():
    assert values("unit,goods\nAUT,1\n", period="2022-08") == [("goods:AUT", "2022-08-01", 1)]
    (reading,), _ = parse("unit,period_start,period_end,goods\nAUT,2022-08-01,2022-08-08,1\n")
    assert reading.period_end == datetime(2022, 8, 8, tzinfo=UTC)


def test_columns_may_be_called_otherwise_and_those_that_are_none_be_left_out():
    text = "uCode,uName,GDP_cap,Trade\nAUT,Austria,1,2\n"
    found = values(text, period="2022", unit_column="uCode", columns={"Trade": "goods"}, ignore=["uName"])
    assert found == [("gdp-cap:AUT", "2022-01-01", 1), ("goods:AUT", "2022-01-01", 2)]


def test_a_line_may_say_when_its_values_were_known_and_how_good_they_are():
    text = "unit,period,known_at,grade,revision,note,goods\nAUT,2021,2022-03-05,B2,1,late,7\n"
    ((reading,), _) = parse(text)
    assert reading.known_at == datetime(2022, 3, 5, tzinfo=UTC)
    assert (reading.grade, reading.source_revision, reading.note) == ("B2", 1, "late")
    ((reckoned,), _) = parse("unit,goods\nAUT,1\n", period="2021")
    assert reckoned.known_at == datetime(2022, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "text,given,expected",
    [
        ("unit,period,wood\n", {}, ["data.csv:1 wood: no indicator 'wood' (expected `goods`; name other"]),
        ("unit,goods\nAUT,1\n", {}, ["data.csv:1 period: nothing says which period the values are of"]),
        ("unit,period,goods\nAUT,soon,1\n", {}, ["data.csv:2 period: 'soon' is not a period"]),
        ("unit,period,goods\nA T,2021,1\n", {}, ["data.csv:2 unit: 'goods:A T' is not a series"]),
        ("code,period,goods\n", {"ignore": ["code"]}, ["data.csv:1 unit: the column is missing"]),
        ("unit,period,goods\n", {"ignore": ["names"]}, ["data.csv:1 names: there is no such column"]),
        ("unit,period,goods,Goods\n", {}, ["data.csv:1 goods: two columns hold this indicator"]),
        (
            "unit,period,goods\nAUT,2021,1\nAUT,2021,2\n", {},
            ["data.csv:3 unit: the same unit, period and revision as line 2"],
        ),
        ("unit,period,goods\nAUT,2021\n", {}, ["data.csv:2: 2 cells (expected 3)"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line_and_column(text, given, expected):
    found = problems(text, **given)
    assert len(found) == len(expected)
    assert all(each.startswith(start) for each, start in zip(found, expected, strict=True))


def test_a_cell_that_is_no_number_is_told_by_its_column():
    table = HistoryTable(file="data.csv", source="table", layout="wide", period="2021")
    context = HistoryContext(
        file="data.csv", indicators={"fuel-price": an_indicator()}, citations=["made"], citation="made"
    )
    _, found = parse_wide_history("unit,fuel-price\nAUT,many\n", context, table)
    assert [str(each) for each in found] == [
        "data.csv:2 fuel-price: 'many' is not a number (expected a number such as 1234.5)"
    ]
