"""Kept columns: what a process has read of a series is read again once a row is added, and not before."""

from contextlib import contextmanager, suppress

import numpy as np
from sqlalchemy import event

from monitor.domain.series import Columns
from monitor.storage import kept_columns, packed_series, series
from monitor.storage.packed_series import LEAST_ROWS
from tests.storage.values import FUEL, add, reading

DIESEL = "diesel-price:mali"


@contextmanager
def rows_read(session):
    """Yield the statements that read observations within the block."""
    found, engine = [], session.get_bind()

    def note(_connection, _cursor, statement, *_rest):
        if "FROM observation" in statement or "packed_series.body" in statement:
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def undone(database):
    """Open a session whose work comes to nothing."""
    with suppress(RuntimeError), database.write() as session:
        yield session
        raise RuntimeError


def store(database, *readings):
    with database.write() as session:
        add(session, *readings)


def read(database, keys=(FUEL,)):
    """Return the columns of series as a worker reads them, and how many statements that took."""
    with database.read() as session, rows_read(session) as statements:
        return series.kept_columns(session, keys), len(statements)


def assert_alike(database, found):
    with database.read() as session:
        expected = series.columns(session, [FUEL])[FUEL]
    for name in Columns.__dataclass_fields__:
        assert np.array_equal(getattr(found[FUEL], name), getattr(expected, name), equal_nan=True), name


def test_what_nobody_added_to_is_not_read_again(database):
    store(database, reading(1.0, on=1), reading(2.0, on=2, low=1.0), reading(5.0, on=1, series=DIESEL))
    first, taken = read(database, [FUEL, DIESEL])
    assert taken
    again, taken = read(database, [FUEL, DIESEL])
    assert taken == 0
    assert again[FUEL] is first[FUEL]
    assert_alike(database, again)
    assert len(read(database, ["nobody:mali"])[0]["nobody:mali"]) == 0


def test_a_row_of_any_kind_is_seen_at_once_and_the_other_series_stays(database):
    store(database, reading(1.0, on=1), reading(2.0, on=2), reading(5.0, on=1, series=DIESEL))
    before, _ = read(database, [FUEL, DIESEL])
    store(database, reading(9.0, on=1, known=3, source_revision=1))
    after, _ = read(database, [FUEL, DIESEL])
    assert after[FUEL].value.tolist() == [1.0, 2.0, 9.0]
    assert after[DIESEL] is before[DIESEL]
    store(database, reading(None, on=2, known=4, source_revision=1))
    assert len(read(database)[0][FUEL]) == 4


def test_packing_changes_nothing_that_was_read(database):
    store(database, *(reading(float(on % 7), on=on) for on in range(1, LEAST_ROWS + 1)))
    before, _ = read(database)
    with database.write() as session:
        assert packed_series.pack_due(session) == 1
    after, taken = read(database)
    assert (after[FUEL] is before[FUEL], taken) == (True, 0)
    store(database, reading(3.0, on=LEAST_ROWS + 1))
    assert_alike(database, read(database)[0])


def test_what_a_writer_may_yet_undo_is_not_kept(database):
    store(database, reading(1.0, on=1))
    with undone(database) as session:
        add(session, reading(7.0, on=2))
        assert series.kept_columns(session, [FUEL])[FUEL].value.tolist() == [1.0, 7.0]
    store(database, reading(8.0, on=2))
    assert read(database)[0][FUEL].value.tolist() == [1.0, 8.0]


def test_the_number_of_a_series_that_was_undone_is_not_kept(database):
    with undone(database) as session:
        add(session, reading(7.0, on=2))
        assert series.ids(session, [FUEL])
    store(database, reading(5.0, on=1, series=DIESEL))
    with database.read() as session:
        assert series.ids(session, [FUEL]) == {}


def test_what_was_asked_for_least_lately_is_given_up(database, monkeypatch):
    monkeypatch.setattr(kept_columns, "MOST_ROWS", 2 * kept_columns.ROWS_A_SERIES + 2)
    keys = [f"price-{number}:mali" for number in range(3)]
    store(database, *(reading(1.0, on=1, series=key) for key in keys))
    for key in keys:
        read(database, [key])
    assert [read(database, [key])[1] > 0 for key in (keys[2], keys[1], keys[0])] == [False, False, True]
