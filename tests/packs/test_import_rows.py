"""Understanding a file as columns says of every line what reading it by itself says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.packs import decode, read_import
from monitor.packs.import_line import Conventions, read_line
from monitor.packs.import_rows import understand
from monitor.packs.read_import import ImportOptions
from tests.packs.test_read_import import CONTEXT

COLUMNS = (
    "series", "date", "value", "low", "high", "grade", "citation", "revision", "known_at", "note",
    "period_end",
)  # fmt: skip
CELLS = {
    "series": ["fuel:mali", "fuel:niger", "parties:mali", "fule:mali", "fuel", ""],
    "date": ["2025-09-01", "2025-09-17", "2025-10", "2024", "2026-03-01", "soon", "", "2025-09-01T06:00:00Z"],
    "value": ["5", " 7.25", "-1", "1e2", "1 234.5", "banned", "withdrawn", "n/a", "", "many", "inf", "1_0"],
    "low": ["", "1", "n/a", "x", "9"],
    "high": ["", "300", "-", "x"],
    "grade": ["", "B2", "Z9"],
    "citation": ["", "report", "reprt"],
    "revision": ["", "0", "2", "first"],
    "known_at": ["", "2025-12-01", "2026-02-01", "2020-01-01", "later"],
    "note": ["", "seen", "été"],
    "period_end": ["", "2025-10-01", "2025-09-08", "2027-01-01", "never"],
}
LINES = some.lists(
    some.tuples(*(some.sampled_from(CELLS[name]) for name in COLUMNS)), min_size=1, max_size=12
)


@given(LINES)
def test_columns_and_lines_say_the_same(lines):
    text = "\n".join(",".join(cells) for cells in [COLUMNS, *lines])
    conventions = Conventions(columns={name: at for at, name in enumerate(COLUMNS)})
    told = read_import.ImportColumns(places=conventions.columns, width=len(COLUMNS))
    for number, block in enumerate(decode.TextFile(text.encode(), "utf-8", ",").blocks()):
        told.add(block if number else block.without_first())
    found = understand(told, conventions, CONTEXT)
    readings = dict(zip(found.lines.tolist(), found.readings.readings(range(len(found.lines))), strict=True))
    for line, cells in enumerate(lines, start=2):
        if not any(cells):
            continue
        alone, faults = read_line(
            [cell.strip() for cell in cells], line=line, conventions=conventions, context=CONTEXT
        )
        if line in readings:
            assert (alone, faults) == (readings[line], [])
        elif line not in found.missing.tolist():
            assert line in found.unclear.tolist()


def test_plain_lines_are_understood_at_once():
    text = "series,date,value,known_at\n" + "".join(
        f"fuel:u{number % 7},20{10 + number // 84}-{1 + number // 7 % 12:02}-01,{number / 3},\n"
        for number in range(500)
    )
    found = read_import.read_import(text.encode(), CONTEXT, ImportOptions())
    assert (len(found.lines), found.wrong) == (500, 0)
    assert [reading.value for _, reading in found.first(3)] == [0, 1 / 3, 2 / 3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_cell_of_several_lines_does_not_upset_the_numbers_of_lines(end):
    text = end.join(["date,value,note", f'2025-09-01,5,"one{end}two"', "2025-10-01,many,"])
    found = read_import.read_import(text.encode(), CONTEXT, ImportOptions(series="fuel:mali"))
    assert [fault.line for fault in found.faults] == [4]
    assert [line for line, _ in found.readings] == [3]


def test_a_file_is_read_from_where_it_lies_and_so_is_one_of_an_old_encoding(tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes(b"date;value;note\n" + "2025-09-01;5;été\n".encode("cp1252") * 1)
    found = read_import.read_import(path, CONTEXT, ImportOptions(series="fuel:mali"))
    assert found.recognised["encoding"] == "cp1252"
    assert found.readings[0][1].note == "été"


def test_a_large_file_of_an_old_encoding_is_recognised_by_its_unusual_lines(tmp_path):
    path = tmp_path / "old.csv"
    plain = b"1999-01-01;5;plain words that say nothing of an encoding\n" * 20_000
    path.write_bytes(
        b"date;value;note\n" + plain + "2025-09-01;5;été à Ségou, dès février\n".encode("cp1252")
    )
    assert decode.find_encoding(path) == "cp1252"


def test_faults_beyond_the_most_that_are_told_are_counted():
    text = "date,value\n" + "2025-09-01,many\n" * 1_500
    found = read_import.read_import(text.encode(), CONTEXT, ImportOptions(series="fuel:mali"))
    assert (len(found.faults), found.more_faults) == (1_000, 500)
    assert found.faults[0].line == 2


def test_commas_as_decimal_signs_are_read_in_a_second_look():
    text = "date;value\n2025-09-01;1.500\n2025-10-01;2,5\n"
    found = read_import.read_import(text.encode(), CONTEXT, ImportOptions(series="fuel:mali"))
    assert [reading.value for _, reading in found.readings] == [1500, 2.5]
    assert found.readings[0][1].known_at == datetime(2025, 10, 11, tzinfo=UTC)


LINE = some.lists(some.sampled_from(["", " ", "a", "1,5", "x", "ab"]), min_size=1, max_size=4)


@given(some.lists(LINE, max_size=12), some.integers(1, 4), some.sampled_from([";", "\t"]))
def test_columns_of_lines_are_their_cells_or_nothing_where_a_line_is_not_so_wide(lines, width, delimiter):
    text = "\n".join(map(delimiter.join, lines)) + "\n"
    cells = [each for line in lines if (each := delimiter.join(line).split(delimiter)) != [""]]
    for block in decode.TextFile(text.encode(), "utf-8", delimiter).blocks():
        assert block.rows == cells[len(cells) - len(block.rows) :]
        is_even = all(len(each) == width for each in block.rows)
        columns = block.columns(width)
        assert (columns is None) is not is_even
        if columns is not None:
            assert [list(each) for each in zip(*columns, strict=True)] == block.rows
