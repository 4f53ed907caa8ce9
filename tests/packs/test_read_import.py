"""Files of values from anywhere: what can be recognised is, every doubt is asked, every fault named."""
# ruff: noqa: E501, ISC004 - a case stands on one line with the message it must give

from datetime import UTC, datetime

import pytest

from monitor.domain.indicator import Indicator, StepNormalisation
from monitor.packs.headings import heading_of
from monitor.packs.import_line import ImportContext
from monitor.packs.read_import import ImportOptions, read_import

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def indicator(slug, *, cadence_days=30, **words):
    return Indicator(
        slug=slug, name=slug, unit="x", source="desk", cadence_days=cadence_days, fresh_for_days=400,
        expires_after_days=900, normalisation=StepNormalisation(steps=((0, 0),)), words=words,
    )  # fmt: skip


CONTEXT = ImportContext(
    file="f.csv",
    now=NOW,
    indicators={"fuel": indicator("fuel"), "parties": indicator("parties", Allowed=0, banned=2)},
    citations={"report"},
    lags_days={"fuel": 10},
)


def read(data, **options):
    data = data.encode() if isinstance(data, str) else data
    return read_import(data, CONTEXT, ImportOptions(**({"series": "fuel:mali"} | options)))


def values(found):
    assert (found.questions, found.faults) == ((), ())
    return [reading.value for _, reading in found.readings]


FRENCH = "Mois;Prix;Remarque\nseptembre 2025;1 234,5;été\noctobre 2025;n.d.;\n"


@pytest.mark.parametrize(
    "encoding,name",
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_an_encoding_is_recognised(encoding, name):
    found = read(FRENCH.encode(encoding))
    assert values(found) == [1234.5]
    assert found.recognised["encoding"] == name
    assert found.readings[0][1].note == "été"
    assert found.missing == (3,)


@pytest.mark.parametrize("delimiter,name", [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_a_delimiter_is_recognised(delimiter, name):
    found = read(f"date{delimiter}value\n2025-09-01{delimiter}5\n")
    assert values(found) == [5]
    assert found.recognised["delimiter"] == name


def test_a_delimiter_may_be_said():
    assert values(read("date!value\n2025-09-01!5\n", delimiter="!")) == [5]


def test_what_was_recognised_is_told():
    assert read(FRENCH).recognised == {
        "encoding": "utf-8",
        "delimiter": "semicolon",
        "columns": "Mois = date, Prix = value, Remarque = note",
        "dates": "iso",
        "decimal": ",",
    }


@pytest.mark.parametrize(
    "heading,column",
    [
        ("Valeur", "value"),
        ("Année", "date"),
        ("  Date de publication ", "known_at"),
        ("period_start", "period_start"),
        ("Borne inférieure", "low"),
        ("Série", "series"),
        ("région", None),
        ("", None),
    ],
)
def test_a_heading_in_english_or_french(heading, column):
    assert heading_of(heading) == column


def test_columns_that_mean_nothing_are_told_and_left():
    assert read("date,value,region\n2025-09-01,5,Kayes\n").ignored == ("region",)


@pytest.mark.parametrize(
    "text,options,expected",
    [
        ("date,value,valeur\n", {}, "f.csv:1 valeur: two columns mean value (expected one; rename or remove the other)"),
        ("date,price of it\n", {}, "f.csv:1 value: no column of values (expected a heading such as `value`, `valeur` or `prix`)"),
        ("when,value\n", {}, "f.csv:1 date: no column of dates (expected a heading `date`, `period_start`, `jour` or `mois`)"),
        ("date,value\n", {"series": ""}, "f.csv:1 series: which series the values belong to is not said (expected a column `series` or --series)"),
        ("date,value\n03/04/2025,1\n", {}, "f.csv:1 date: 03/04/2025 could be day/month or month/day (expected --date-format "
         "dmy or --date-format mdy)"),
        ("date,value\n13/04/2025,1\n04/13/2025,1\n", {}, "f.csv:1 date: 13/04/2025 stands among dates of the other order "
         "(expected --date-format dmy or --date-format mdy)"),
        ("date;value\n2025-09-01;1,234\n", {}, "f.csv:1 value: numbers such as 1,234 can be read in two ways "
         "(expected --decimal . or --decimal ,)"),
        ("date;value\n2025-09-01;1,5\n2025-10-01;1.5\n", {}, "f.csv:1 value: numbers use both a comma and a point as decimal sign "
         "(expected --decimal . or --decimal ,)"),
        (b"PK\x03\x04\x00\x00abc", {}, "f.csv: is not a text file; expected CSV, not a spreadsheet or an archive"),
        ('date,value\n2025-09-01,"5\n', {}, "f.csv: line 2 is not CSV: unexpected end of data"),
        ("", {}, "f.csv:1 value: no column of values (expected a heading such as `value`, `valeur` or `prix`)"),
    ],
)  # fmt: skip
def test_what_is_unclear_is_asked_and_nothing_read(text, options, expected):
    found = read(text, **options)
    assert expected in map(str, found.questions)
    assert found.readings == ()


@pytest.mark.parametrize(
    "text,options,start",
    [
        ("date,value\n03/04/2025,1\n", {"date_format": "dmy"}, datetime(2025, 4, 1, tzinfo=UTC)),
        ("date,value\n03/04/2025,1\n", {"date_format": "mdy"}, datetime(2025, 3, 1, tzinfo=UTC)),
        ("date,value\n03/25,1\n", {"date_format": "%m/%y"}, datetime(2025, 3, 1, tzinfo=UTC)),
        ("date,value\n04/13/2025,1\n", {}, datetime(2025, 4, 1, tzinfo=UTC)),
        ("date,value\n05/05/2025,1\n", {}, datetime(2025, 5, 1, tzinfo=UTC)),
        ("date,value,published\n03/04/2025,1,25/04/2025\n", {}, datetime(2025, 4, 1, tzinfo=UTC)),
    ],
)
def test_an_answer_or_another_line_decides_the_order_of_dates(text, options, start):
    found = read(text, **options)
    assert values(found) == [1]
    assert found.readings[0][1].period_start == start


@pytest.mark.parametrize("decimal,value", [(".", 1234), (",", 1.234)])
def test_an_answer_decides_the_decimal_sign(decimal, value):
    assert values(read("date;value\n2025-09-01;1,234\n", decimal=decimal)) == [value]


@pytest.mark.parametrize(
    "line,expected",
    [
        ("soon,5,,,,,,,", "f.csv:2 date: 'soon' is not a date (expected such as 2025-11-30)"),
        ("2025-09-01,many,,,,,,,", "f.csv:2 value: 'many' is not a number"),
        ("2025-09-01,5", "f.csv:2: 2 cells (expected 9)"),
        ("2025-09-01,5,x,,,,,,", "f.csv:2 low: 'x' is not a number"),
        ("2025-09-01,5,6,7,,,,,", "f.csv:2 value: low <= value <= high does not hold (6, 5, 7)"),
        ("2025-09-01,5,,,Z9,,,,", "f.csv:2 grade: 'Z9' is not a grade (expected a letter A to F and a digit 1 to 6, such as B2)"),
        ("2025-09-01,5,,,,reprt,,,", "f.csv:2 citation: no citation 'reprt' (expected `report`; words about where it comes from in a column `note`, or a [[citation]] of a pack)"),
        ("2025-09-01,5,,,,,first,,", "f.csv:2 revision: 'first' is not a revision (expected a whole number from 0)"),
        ("2025-09-01,5,,,,,,2026-02-01,", "f.csv:2 known_at: lies in the future"),
        ("2025-09-01,5,,,,,,2025-08-01,", "f.csv:2 known_at: before the period starts: a forecast is not an observation"),
        ("2025-09-01,5,,,,,,soon,", "f.csv:2 known_at: 'soon' is not a date (expected such as 2025-11-30)"),
        ("2026-09-01,5,,,,,,,", "f.csv:2 date: the period has not begun: a forecast is not an observation"),
        ("2025-09-01,5,,,,,,,fuel:niger", "f.csv:2 series: fuel:niger is not the series asked for (expected fuel:mali)"),
    ],
)  # fmt: skip
def test_a_bad_line_says_why(line, expected):
    found = read(f"date,value,low,high,grade,citation,revision,known_at,series\n{line}\n")
    assert expected in map(str, found.faults)
    assert found.readings == ()


@pytest.mark.parametrize(
    "series,expected",
    [
        ("fule:mali", "f.csv:2 series: no indicator 'fule' (expected `fuel`)"),
        ("fuel", "f.csv:2 series: a series is written indicator:unit, not 'fuel'"),
    ],
)
def test_a_series_that_is_not_there(series, expected):
    assert expected in map(str, read("date,value\n2025-09-01,5\n", series=series).faults)


def test_a_fault_with_a_pattern_names_the_pattern():
    (fault,) = read("date,value\n2025-09-01,5\n", date_format="%d.%m.%y").faults
    assert fault.expected == "%d.%m.%y"


def test_good_lines_are_kept_apart_from_bad_ones():
    found = read("date,value\n2025-09-01,5\n2025-10-01,many\n2025-11-01,\n2025-12-01,7\n")
    assert [line for line, _ in found.readings] == [2, 5]
    assert [fault.line for fault in found.faults] == [3]
    assert found.missing == (4,)


def test_two_lines_of_one_period_name_each_other():
    found = read("date,value\n2025-09-01,5\n2025-09-20,6\n")
    assert [str(fault) for fault in found.faults] == [
        "f.csv:3 date: the same period as line 2 (expected one value a period and revision)"
    ]


def test_words_are_read_in_any_case():
    text = "series;date;value\nparties:mali;2025-09-01;allowed\nparties:mali;2025-10-01;Banned\n"
    found = read(text, series="")
    assert values(found) == [0, 2]
    assert found.readings[0][1].period_end == datetime(2025, 9, 2, tzinfo=UTC), "a state holds on its day"


def test_a_word_that_is_none_names_the_nearest():
    (fault,) = read("date,value\n2025-09-01,baned\n", series="parties:mali").faults
    assert fault.expected == "`banned`"


def test_a_withdrawal_has_no_value():
    assert values(read("date,value\n2025-09-01,withdrawn\n")) == [None]


def first_end(*pairs, **options):
    """The end of the first period of a file of starts and ends, and how ends were recognised."""
    lines = "".join(f"{start},{end},5\n" for start, end in pairs)
    found = read(f"from,to,value\n{lines}", **options)
    assert values(found) == [5] * len(pairs)
    return f"{found.readings[0][1].period_end:%Y-%m-%d}", found.recognised["end dates"]


@pytest.mark.parametrize(
    "pairs",
    [
        [("2025-09-01", "2025-09-30")],
        [("2025-01-01", "2025-12-31")],
        [("2025-09-01", "2025-09-07")],
        [("2025-09-01", "2025-09-01")],
        [("2025-09-02", "2025-09-11"), ("2025-09-12", "2025-09-21")],
        [("2025-07-01", "2025-09-30"), ("2025-10-01", "2025-12-31")],
        [("2025-09", "2025-10"), ("2025-11", "2025-12")],
    ],
)
def test_an_end_that_is_written_as_the_last_day_is_included(pairs):
    end, told = first_end(*pairs)
    assert told == "the last day, included"
    assert end in {"2025-10-01", "2026-01-01", "2025-09-08", "2025-09-02", "2025-09-12", "2025-11-01"}
    assert end != pairs[0][1]


@pytest.mark.parametrize(
    "pairs",
    [
        [("2025-09-01", "2025-10-01")],
        [("2025-09-02", "2025-09-09")],
        [("2025-09-02", "2025-09-12"), ("2025-09-12", "2025-09-22")],
        [("2025-09-01", "2025-09-02"), ("2025-09-02", "2025-09-03")],
    ],
)
def test_an_end_that_is_written_as_the_day_after_is_not(pairs):
    end, told = first_end(*pairs)
    assert (end, told) == (pairs[0][1], "the first day after the period, as in packs")


@pytest.mark.parametrize(
    "pairs",
    [
        [("2025-09-02", "2025-09-12")],
        [("2025-09-01", "2025-09-30"), ("2025-10-01", "2025-11-01")],
    ],
)
def test_ends_that_do_not_show_what_they_are_are_asked_about(pairs):
    lines = "".join(f"{start},{end},5\n" for start, end in pairs)
    (question,) = read(f"from,to,value\n{lines}").questions
    assert f"whether {pairs[0][1]} belongs to the period it ends is not said" in str(question)
    assert "--ends last-day" in str(question)


@pytest.mark.parametrize("ends,end", [("last-day", "2025-09-13"), ("day-after", "2025-09-12")])
def test_what_is_said_of_ends_holds(ends, end):
    assert first_end(("2025-09-02", "2025-09-12"), ends=ends)[0] == end


def test_ends_with_a_time_of_day_are_taken_as_they_are():
    pairs = [("2025-09-02T06:00:00Z", "2025-09-12T06:00:00Z")]
    assert first_end(*pairs) == ("2025-09-12", "exact times")


def test_a_line_too_short_for_its_end_says_nothing_about_ends():
    found = read("from,value,to\n2025-09-01,5,2025-10-01\n2025-10-01,5\n")
    assert [fault.line for fault in found.faults] == [3]


def test_periods_may_be_stated():
    text = (
        "period_start,period_end,value\n2025-09-03,2025-09-10,5\n2025-09-10,2025-09-10,5\n2025-09-17,soon,5\n"
    )
    found = read(text)
    assert found.readings[0][1].period_end == datetime(2025, 9, 10, tzinfo=UTC)
    assert [str(fault).partition(" (")[0] for fault in found.faults] == [
        "f.csv:3 period_end: is not after the period's start",
        "f.csv:4 period_end: 'soon' is not a date",
    ]


@pytest.mark.parametrize(
    "line,known_at,is_reckoned",
    [
        ("2025-09-01,5,", datetime(2025, 10, 11, tzinfo=UTC), True),
        ("2025-12-31,5,", datetime(2026, 1, 11, tzinfo=UTC), True),
        ("2026-01-01,5,", NOW, False),
        ("2025-09-01,5,2025-10-02", datetime(2025, 10, 2, tzinfo=UTC), False),
    ],
)
def test_when_a_value_was_known(line, known_at, is_reckoned):
    found = read(f"date,value,known_at\n{line}\n")
    assert values(found) == [5]
    reading = found.readings[0][1]
    assert (reading.known_at, reading.is_reconstructed) == (known_at, is_reckoned)


def test_blank_lines_are_no_lines():
    assert values(read("\n\ndate,value\n\n2025-09-01,5\n,\n")) == [5]
