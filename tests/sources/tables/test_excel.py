"""excel: a sheet becomes readings as a table of text does; what a workbook claims is not believed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask
from monitor.sources.tables.excel import ExcelSource
from tests.factories import a_source
from tests.fakes import FakeFetcher
from tests.sources.faults import broken, fuzzed, gzipped, survives, zip_bomb, zipped
from tests.sources.tables.workbooks import a_sheet, an_xls, an_xlsx

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROWS = [
    ["Deaths a month", None],
    ["Country", "Month", "Deaths"],
    ["Mali", (46266,), 12],
    [None, (46296,), ("=6*7", 42)],
    ["Niger", (46266,), 0],
    ["Niger", (46296,), None],
    ["Source: made up"],
]
SHEET = a_sheet(ROWS, merged=["A3:A4"])
BOOK = an_xlsx({"Read me": a_sheet([["Nothing here"]]), "Data": SHEET})
OLD_BOOK = an_xls("Data", [["Country", "Month", "Deaths"], ["Mali", 46266.0, 12.0], ["Niger", "n/a", 0.5]])
DEATHS = {
    "indicator": "deaths", "unit_column": "Country", "units": {"Mali": "mali", "Niger": "niger"},
    "value": "Deaths",
}  # fmt: skip


def read(content=BOOK, **given):
    source = a_source(kind="excel", settings={
        "sheet": "Data", "header_row": 2, "date": "Month", "period": "month", "series": [DEATHS], **given,
    })  # fmt: skip
    return ExcelSource().read(
        source, Ask(now=NOW, secret={}.__getitem__), Answer(url="book", content=content)
    )


def told(*arguments, **given):
    with pytest.raises(SourceError) as caught:
        read(*arguments, **given)
    return str(caught.value)


def values(found):
    return [(each.series, each.period_start.month, each.value) for each in found.readings]


def test_dates_formulas_and_merged_texts_are_read_and_an_empty_cell_is_no_zero():
    found = read()
    assert values(found) == [("deaths:mali", 9, 12.0), ("deaths:mali", 10, 42.0), ("deaths:niger", 9, 0.0)]
    assert found.rejected == ()


def test_a_sheet_is_found_by_its_number_and_rows_are_named_by_theirs():
    sheet = a_sheet([*ROWS[:5], ["Niger", "soon", 3]], merged=["A3:A4"])
    found = read(an_xlsx({"Data": sheet}), sheet=1)
    assert [(each.where, each.reason) for each in found.rejected] == [
        ("row 6", "Month: 'soon' is no date like iso")
    ]
    assert "has no sheet 'Other'; it has: Read me, Data" in told(sheet="Other")
    assert "has no sheet number 3; it has 2" in told(sheet=3)


def test_a_cell_that_is_empty_may_mean_the_one_above():
    sheet = a_sheet(ROWS)
    assert [value for _, _, value in values(read(an_xlsx({"Data": sheet})))] == [12.0, 0.0]
    assert len(values(read(an_xlsx({"Data": sheet}), fill_down=["Country"]))) == 3


def test_a_sheet_that_begins_elsewhere_keeps_the_numbers_of_its_rows():
    sheet = a_sheet([[], [None, *ROWS[1]], [None, *ROWS[2]], [None, "Mali", "?", 5], [None, *ROWS[4]]])
    found = read(an_xlsx({"Data": sheet}))
    assert [each.where for each in found.rejected] == ["row 4"]
    assert len(found.readings) == 2


def test_a_workbook_of_excel_97_is_read_with_serial_days():
    found = read(OLD_BOOK, header_row=1, date_format=["excel", "iso"])
    assert values(found) == [("deaths:mali", 9, 12.0)]
    assert found.rejected[0].where == "row 3"


def test_a_workbook_is_fetched_and_may_lie_in_a_zip():
    given = {"url": "https://a.example/b.xlsx", "sheet": 2, "header_row": 2, "date": "Month",
             "period": "month", "series": [DEATHS]}  # fmt: skip
    source = a_source(kind="excel", settings=given)
    found = ExcelSource().fetch(source, Ask(now=NOW, secret={}.__getitem__), FakeFetcher(BOOK))
    assert len(found.readings) == 3
    assert len(read(zipped(BOOK, "b.xlsx"), member="*.xlsx").readings) == 3


@pytest.mark.parametrize(
    "content,text",
    [
        (b"", "the file is empty"),
        (b"<html>Maintenance", "a page, not data"),
        (b"a,b\n1,2\n", "no Excel workbook"),
        (gzipped(BOOK), "no Excel workbook"),
        (BOOK[:-200], "damaged or cut off"),
        (OLD_BOOK[:700], "no workbook that can be read"),
        (zipped(b"x", "a.txt"), "no workbook that can be read"),
    ],
)
def test_what_is_no_workbook_is_said(content, text):
    assert text in told(content)


def test_a_header_row_that_names_nothing_is_said():
    assert "row 9 of sheet 'Data' names no column" in told(header_row=9)
    assert "has no column Country, Deaths, Month; it has: Deaths a month" in told(header_row=1)


def test_a_cell_in_the_last_corner_bursts_nothing():
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert "damaged, or larger than it may be" in told(an_xlsx({"Data": SHEET.replace("</sheetData>", far)}))
    wide = '<row r="9"><c r="XFD90000"><v>1</v></c></row></sheetData>'
    assert "larger than it may be" in told(an_xlsx({"Data": SHEET.replace("</sheetData>", wide)}))
    long = '<row r="1048576"><c r="Z1048576"><v>1</v></c></row></sheetData>'
    assert "has 1048576 rows of 26 cells, more than is taken" in told(
        an_xlsx({"Data": SHEET.replace("</sheetData>", long)})
    )


def test_a_bomb_is_refused_before_it_is_opened():
    assert "would unpack to 300,000,000 bytes" in told(zip_bomb("xl/worksheets/sheet1.xml", megabytes=300))


def test_entities_are_not_expanded():
    bomb = '<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;">]>' + SHEET.replace("made up", "&b;")
    found = survives(lambda: read(an_xlsx({"Data": bomb})))
    assert found is None or len(found.readings) == 3


def _book_of(sheet):
    return an_xlsx({"Data": sheet.decode("latin-1")})


# Each body takes a process of its own: fewer in the usual run, all 5,000 in the thorough one.
@settings(fuzzed, max_examples=30 if fuzzed.max_examples < 5_000 else 5_000)
@given(body=broken([BOOK, OLD_BOOK]) | broken([SHEET.encode()]).map(_book_of))
def test_a_broken_workbook_is_a_harvest_or_a_sentence(body):
    found = survives(lambda: read(body))
    assert found is None or all(abs(each.value) < float("inf") for each in found.readings)
