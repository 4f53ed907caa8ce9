"""A table pasted from a spreadsheet: every cell's reading, every problem by its row and column."""

from datetime import UTC, datetime

import pytest

from monitor.domain.errors import Conflict, InvalidInput
from monitor.services.paste_table import PasteOptions, read_paste, store_paste
from monitor.storage import observations
from monitor.storage.engine import open_database
from tests.factories import DEATHS, FUEL, NOW, a_reading, an_indicator, install_desk

SAID = PasteOptions(citation="Depot ledger", grade="B2")


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        install_desk(
            opened, indicators=(an_indicator(plausible_high=1000.0), an_indicator("conflict-deaths"))
        )
        yield opened
    database.dispose()


def read(session, text, **options):
    return read_paste(session, text, PasteOptions(**({"citation": "Ledger"} | options)), now=NOW)


def told(found):
    return [
        (each.place.row, each.reading.series, each.reading.period_start.strftime("%m-%d"), each.reading.value)
        for each in found.values
    ]


@pytest.mark.parametrize(
    "text,options,values",
    [
        (
            "date\tfuel price bamako\tConflict-deaths\n2025-11-03\t300.5\t7\n2025-11-10\t\t8",
            {},
            [(2, FUEL, "11-03", 300.5), (2, DEATHS, "11-03", 7), (3, DEATHS, "11-10", 8)],
        ),
        (
            'Série;Date;Valeur\n"Fuel-price, Bamako";3 nov. 2025;"1 250,5"\nfuel bamako;10/11/2025;99,5',
            {"dates": "dmy"},
            [(2, FUEL, "11-03", 1250.5), (3, FUEL, "11-10", 99.5)],
        ),
        (
            'jour,valeur,note\n17.11.2025,"12","two\nlines"',
            {"series": "conflict"},
            [(2, DEATHS, "11-17", 12)],
        ),
    ],
)
def test_headings_name_columns_or_series(session, text, options, values):
    found = read(session, text, **options)
    assert (found.faults, found.questions) == ((), {})
    assert told(found) == values


def test_problems_are_named_by_row_and_column_and_what_is_right_stays(session):
    found = read(
        session,
        "series\tdate\tvalue\tgrade\nfuel bamako\t2025-11-03\t300\tB2\nfuel bamako\t2025-13-01\t310\t\n"
        "atlantis\t2025-11-10\t5\t\nfuel bamako\t2025-11-10\tmany\t\nfuel bamako\t2025-11-17\t320\tZ9",
    )
    assert told(found) == [(2, FUEL, "11-03", 300)]
    assert [(each.place.row, each.place.column) for each in found.faults] == [
        (3, "date"),
        (4, "series"),
        (5, "value"),
        (6, "grade"),
    ]
    assert "there is no series like atlantis" in found.faults[1].message


def test_what_can_be_read_in_two_ways_is_asked_for(session):
    found = read(session, "date\tfuel bamako\n03/04/2025\t1,234\n")
    assert set(found.questions) == {"dates", "decimal"}
    assert found.values == ()
    assert told(read(session, "date\tfuel bamako\n03/04/2025\t1,234\n", dates="mdy", decimal=",")) == [
        (2, FUEL, "03-04", 1.234)
    ]


@pytest.mark.parametrize(
    "text,words",
    [
        ("fuel bamako\n12", "no column of dates"),
        ("date\tcolour\n2025-11-03\tred", "no column of values"),
        ("date\tvalue\n2025-11-03\t5", "which series"),
    ],
)
def test_a_table_that_does_not_say_enough_is_told_what_it_lacks(session, text, words):
    assert any(words in each.message for each in read(session, text).faults)


def test_a_heading_alone_and_too_many_values_are_refused(session):
    with pytest.raises(InvalidInput, match="at least one row"):
        read(session, "date\tvalue")
    rows = "\n".join(f"{year}-01-01\t5" for year in range(1400, 1901))
    with pytest.raises(InvalidInput, match="more than 500"):
        read(session, f"date\tfuel bamako\n{rows}")


def test_doubts_revisions_and_known_values_are_told_and_only_what_was_chosen_is_saved(session):
    ends = datetime(2025, 11, 10, tzinfo=UTC)
    observations.add(session, [a_reading(300, ends=ends)], source="feed", author="", note="", now=NOW)
    text = "date\tfuel bamako\n2025-11-03\t310\n2025-11-10\t5000\n2025-11-17\t320"
    found = read_paste(session, text, SAID, now=NOW)
    revised, doubtful, new = found.values
    assert (revised.has_before, revised.before, revised.is_known) == (True, 300, False)
    assert "1" in doubtful.doubt
    assert (new.has_before, new.doubt, new.reading.known_at, new.reading.grade) == (False, "", NOW, "B2")
    chosen = {revised.line, new.line}
    with pytest.raises(Conflict):
        store_paste(session, text, SAID, lines=chosen, digest="other", author="ben", now=NOW)
    stored = store_paste(session, text, SAID, lines=chosen, digest=found.digest, author="ben", now=NOW)
    assert (stored.stored, stored.unchanged) == (2, 0)
    again = read_paste(session, text, SAID, now=NOW)
    assert [each.is_known for each in again.values] == [True, False, True]
    known = store_paste(session, text, SAID, lines=chosen, digest=again.digest, author="ben", now=NOW)
    assert (known.stored, known.unchanged, known.batch) == (0, 2, None)


def test_history_was_known_its_lag_after_its_period(session):
    (value,) = read(session, "date\tfuel bamako\n2025-11-03\t310", is_history=True).values
    assert value.reading.known_at == datetime(2025, 11, 10, tzinfo=UTC)
    assert value.reading.is_reconstructed
