"""History files: tables of lines that are good, and of lines that are not, each with its reason."""
# ruff: noqa: E501 - a case stands on one line with the message it must give

from datetime import UTC, datetime

import pytest

from monitor.domain.indicator import Indicator, StepNormalisation
from monitor.packs.history import HistoryContext, parse_history

HEADER = "series,period_start,period_end,value,low,high,grade,known_at,citation,revision,note\n"


def indicator(slug, **words):
    return Indicator(
        slug=slug, name=slug, unit="x", source="desk", cadence_days=30, fresh_for_days=40,
        expires_after_days=90, normalisation=StepNormalisation(steps=((0, 0),)), words=words,
    )  # fmt: skip


CONTEXT = HistoryContext(
    file="h.csv",
    indicators={
        "fuel": indicator("fuel"),
        "parties": indicator("parties", allowed=0, banned=2),
        "broken": None,
    },
    citations={"report"},
    citation="report",
    publication_lag_days=20,
)


def parse(line, *, header=HEADER, context=CONTEXT):
    readings, problems = parse_history(header + line, context)
    return readings, [str(each) for each in problems]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "line,expected",
    [
        ("fuel:mali,2025-09-01,2025-10-01,5,,,,,,,", {"value": 5.0, "citation": "report", "source_revision": 0}),
        ("fuel:mali,2025-09-01,2025-10-01,-1.5e3,,,,,,,", {"value": -1500.0}),
        ("fuel:mali,2025-09-01,2025-10-01,.5,0,1,B2,,report,2,seen", {"value": 0.5, "low": 0.0, "high": 1.0, "grade": "B2",
         "source_revision": 2, "note": "seen"}),
        ("parties:mali,2025-09-01,2025-10-01,banned,,,,,,,", {"value": 2.0}),
        ("parties:mali,2025-09-01,2025-10-01,1,,,,,,,", {"value": 1.0}),
        ("fuel:mali,2025-09-01,2025-10-01,withdrawn,,,,,,,", {"value": None}),
        ("fuel:mali,2025-09-01,2025-10-01,5,,,,,,,", {"known_at": utc(2025, 10, 21), "is_reconstructed": True}),
        ("fuel:mali,2025-09-01,2025-10-01,5,,,,2025-10-02,,,", {"known_at": utc(2025, 10, 2), "is_reconstructed": False}),
        ("fuel:mali,2025-09-01,2025-10-01,5,,,,~2025-10-02,,,", {"known_at": utc(2025, 10, 2), "is_reconstructed": True}),
        ("fuel:mali,2025-09-01T06:00:00Z,2025-09-01T08:00:00+01:00,5,,,,,,,", {"period_start": utc(2025, 9, 1, 6),
         "period_end": utc(2025, 9, 1, 7)}),
        (" fuel:mali , 2025-09-01 , 2025-10-01 , 5 ,,,,,,,", {"series": "fuel:mali", "value": 5.0}),
    ],
)  # fmt: skip
def test_a_good_line(line, expected):
    (reading,), problems = parse(line)
    assert problems == []
    assert {name: getattr(reading, name) for name in expected} == expected


@pytest.mark.parametrize(
    "line,expected",
    [
        ("fuel,2025-09-01,2025-10-01,5,,,,,,,", "series: 'fuel' is not a series"),
        ("fuel:m ali,2025-09-01,2025-10-01,5,,,,,,,", "series: 'fuel:m ali' is not a series"),
        ("fule:mali,2025-09-01,2025-10-01,5,,,,,,,", "series: no indicator 'fule' (expected `fuel`)"),
        ("fuel:mali,01/09/2025,2025-10-01,5,,,,,,,", "period_start: '01/09/2025' is not a date"),
        ("fuel:mali,2025-09-31,2025-10-01,5,,,,,,,", "period_start: '2025-09-31' is not a date"),
        ("fuel:mali,2025-09-01T00:00:00,2025-10-01,5,,,,,,,", "period_start: '2025-09-01T00:00:00' is not a date"),
        ("fuel:mali,2025-09-01,,5,,,,,,,", "period_end: '' is not a date"),
        ("fuel:mali,2025-10-01,2025-09-01,5,,,,2025-11-01,,,", "value: a period must end after it starts"),
        ("fuel:mali,2025-09-01,2025-10-01,,,,,,,,", "value: no value (expected a number; leave the line out"),
        ("fuel:mali,2025-09-01,2025-10-01,nan,,,,,,,", "value: 'nan' is not a number (expected a number such as"),
        ("fuel:mali,2025-09-01,2025-10-01,inf,,,,,,,", "value: 'inf' is not a number"),
        ("fuel:mali,2025-09-01,2025-10-01,1e999,,,,,,,", "value: '1e999' is not a number"),
        ("fuel:mali,2025-09-01,2025-10-01,1_000,,,,,,,", "value: '1_000' is not a number"),
        ("parties:mali,2025-09-01,2025-10-01,baned,,,,,,,", "value: 'baned' is not a number (expected `banned`)"),
        ("fuel:mali,2025-09-01,2025-10-01,5,x,,,,,,", "low: 'x' is not a number"),
        ("fuel:mali,2025-09-01,2025-10-01,5,6,7,,,,,", "value: low <= value <= high does not hold (6, 5, 7)"),
        ("fuel:mali,2025-09-01,2025-10-01,5,,,G1,,,,", "grade: 'G1' is not a grade"),
        ("fuel:mali,2025-09-01,2025-10-01,5,,,,soon,,,", "known_at: 'soon' is not a time"),
        ("fuel:mali,2025-09-01,2025-10-01,5,,,,2025-08-31,,,", "known_at: before the period starts: a forecast"),
        ("fuel:mali,2025-09-01,2025-10-01,5,,,,,reprt,,", "citation: no citation 'reprt' (expected `report`)"),
        ("fuel:mali,2025-09-01,2025-10-01,5,,,,,,one,", "revision: 'one' is not a revision"),
        ("fuel:mali,2025-09-01,2025-10-01,5,,,,,,-1,", "revision: '-1' is not a revision"),
        ("fuel:mali,2025-09-01,2025-10-01,5", ": 4 cells (expected 11)"),
        ('fuel:mali,2025-09-01,2025-10-01,"5', ": not CSV: unexpected end of data"),
    ],
)  # fmt: skip
def test_a_bad_line_says_why(line, expected):
    readings, problems = parse(line)
    assert readings == []
    assert [each for each in problems if expected in each and each.startswith("h.csv:2")], problems


def test_every_fault_of_a_line_is_named():
    _, problems = parse("x,y,z,,,,G9,soon,q,r,")
    assert [each.split()[1].rstrip(":") for each in problems] == [
        "series", "citation", "grade", "period_start", "period_end", "value", "revision", "known_at",
    ]  # fmt: skip


def test_words_of_an_indicator_with_faults_are_no_second_fault():
    assert parse("broken:mali,2025-09-01,2025-10-01,yes,,,,,,,")[1] == []


def test_a_figure_without_a_citation_is_refused():
    context = HistoryContext(file="h.csv", indicators={"fuel": None}, citations={"report"})
    _, problems = parse("fuel:mali,2025-09-01,2025-10-01,5,,,,,,,", context=context)
    assert problems == [
        "h.csv:2 citation: the figure has no citation (expected a citation's slug here or in [[history]])"
    ]


def test_a_period_given_twice_names_the_first_line():
    line = "fuel:mali,2025-09-01,2025-10-01,5,,,,,,,\n"
    readings, problems = parse(line + "\n" + line)
    assert len(readings) == 1
    assert problems == ["h.csv:4 period_start: the same series, period and revision as line 2"]


def test_another_revision_of_a_period_is_no_duplicate():
    line = "fuel:mali,2025-09-01,2025-10-01,5,,,,,,{},\n"
    assert len(parse(line.format(0) + line.format(1))[0]) == 2


@pytest.mark.parametrize(
    "header,expected",
    [
        ("series,period_start,period_end\n", ["h.csv:1 value: the column is missing"]),
        ("series,period_start,period_end,value,vale\n", ["h.csv:1 vale: no such column (expected `value`)"]),
        ("series,period_start,period_end,value,value\n", ["h.csv:1 value: the column is there twice"]),
        ("", ["h.csv:1 series: the column is missing", "h.csv:1 period_start: the column is missing",
              "h.csv:1 period_end: the column is missing", "h.csv:1 value: the column is missing"]),
    ],
)  # fmt: skip
def test_a_header_that_does_not_fit(header, expected):
    readings, problems = parse("", header=header)
    assert (readings, problems) == ([], expected)
