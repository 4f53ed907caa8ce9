"""Packed series say what the rows say, at every number, whoever writes meanwhile."""

import numpy as np
from sqlalchemy import delete, func, select, update

from monitor.domain.series import Columns
from monitor.storage import packed_series, series, stored_columns
from monitor.storage.packed_series import LEAST_ROWS
from monitor.storage.packing import FORMAT
from monitor.storage.rows.observations import ObservationRow, PackedSeriesRow, UnpackedRow
from monitor.storage.stored_columns import read_rows
from tests.storage.values import FUEL, add, day, reading

DIESEL = "diesel-price:mali"
MANY = LEAST_ROWS


def fill(session, key=FUEL, *, first=1, count=MANY, **fields):
    """Store values of so many days in a row."""
    return add(session, *(reading(float(on % 17), on=on, series=key, **fields)
                          for on in range(first, first + count)))  # fmt: skip


def packed_count(session):
    return session.execute(select(func.count()).select_from(PackedSeriesRow)).scalar_one()


def assert_as_rows(session, key=FUEL):
    """What is read equals the rows, whatever is packed; return how many rows there are."""
    (number,) = series.ids(session, [key]).values()
    expected, found = read_rows(session, [number])[number], series.columns(session, [key])[key]
    for name in Columns.__dataclass_fields__:
        assert np.array_equal(getattr(found, name), getattr(expected, name), equal_nan=True), name
    return len(found)


def test_a_long_series_is_packed_and_reads_as_before(session):
    fill(session, grade="B2", low=0.0)
    assert packed_series.is_due(session)
    assert packed_series.pack_due(session) == 1
    assert not packed_series.is_due(session)
    assert packed_count(session) == 1
    assert assert_as_rows(session) == MANY


def test_a_short_series_is_left_as_it_is(session):
    fill(session, count=MANY - 1)
    assert not packed_series.is_due(session)
    assert packed_series.pack_due(session) == 0


def test_rows_stored_after_packing_are_read_behind_the_packed_ones(session):
    fill(session)
    packed_series.pack_due(session)
    add(session, reading(3.5, on=MANY + 1), reading(9.25, on=4, known=MANY + 2, source_revision=1))
    add(session, reading(None, on=7, known=MANY + 2))
    assert assert_as_rows(session) == MANY + 3
    assert not packed_series.is_due(session)


def test_a_series_is_packed_again_when_an_eighth_is_new(session):
    fill(session, count=8 * MANY + 8)
    packed_series.pack_due(session)
    fill(session, first=8 * MANY + 9)
    assert not packed_series.is_due(session)
    fill(session, first=9 * MANY + 9, count=1)
    assert packed_series.is_due(session)
    packed_series.pack_due(session)
    assert session.execute(select(PackedSeriesRow.count)).scalar_one() == 9 * MANY + 9
    assert assert_as_rows(session) == 9 * MANY + 9


def test_columns_up_to_a_number_are_the_same_packed_or_not(session):
    fill(session)
    middle = fill(session, first=MANY + 1, count=10).first_seq
    before = series.columns(session, [FUEL], max_seq=middle)[FUEL]
    early = series.columns(session, [FUEL], max_seq=5)[FUEL]
    packed_series.pack_due(session)
    after = series.columns(session, [FUEL], max_seq=middle)[FUEL]
    assert len(before) == MANY + 1
    assert after.seq.tolist() == before.seq.tolist()
    assert series.columns(session, [FUEL], max_seq=5)[FUEL].seq.tolist() == early.seq.tolist()
    assert len(series.columns(session, [FUEL], max_seq=0)[FUEL]) == 0


def test_packed_and_plain_series_are_read_together(session):
    fill(session)
    packed_series.pack_due(session)
    add(session, reading(2.0, series=DIESEL), reading(4.5, on=MANY + 5))
    assert assert_as_rows(session, DIESEL) == 1
    assert assert_as_rows(session) == MANY + 1


def test_many_series_are_packed_in_several_transactions(session, monkeypatch):
    monkeypatch.setattr(packed_series, "ROWS_AT_ONCE", 2 * MANY)
    for number in range(3):
        fill(session, f"fuel-{number}:mali")
    assert [packed_series.pack_due(session) for _ in range(3)] == [2, 1, 0]
    for number in range(3):
        assert assert_as_rows(session, f"fuel-{number}:mali") == MANY


def test_one_series_longer_than_a_transaction_should_be_is_packed_alone(session, monkeypatch):
    monkeypatch.setattr(packed_series, "ROWS_AT_ONCE", LEAST_ROWS)
    fill(session, count=2 * MANY)
    fill(session, DIESEL)
    assert packed_series.pack_due(session) == 1
    assert packed_series.pack_due(session) == 1


def test_what_is_undone_was_never_packed(database):
    with database.write() as session:
        fill(session)
    with database._write() as session:
        packed_series.pack_due(session)
        session.rollback()
    with database.read() as session:
        assert packed_series.is_due(session)
        assert packed_count(session) == 0
        assert assert_as_rows(session) == MANY


def test_a_reader_keeps_its_view_while_another_packs(database):
    with database.write() as session:
        fill(session)
    with database.read() as reader:
        before = series.columns(reader, [FUEL])[FUEL]
        with database.write() as session:
            packed_series.pack_due(session)
            add(session, reading(1.0, on=MANY + 1))
        assert series.columns(reader, [FUEL])[FUEL].seq.tolist() == before.seq.tolist()
    with database.read() as reader:
        assert assert_as_rows(reader) == MANY + 1


def test_what_is_packed_between_two_statements_is_taken_once(database):
    """On PostgreSQL each statement of a writing session sees the newest commits; SQLite has one writer."""
    with database.write() as session:
        fill(session)
        packed_series.pack_due(session)
        fill(session, first=MANY + 1, count=LEAST_ROWS)
    if database.is_sqlite:
        return
    with database.write() as session:
        (number,) = series.ids(session, [FUEL]).values()
        rows = stored_columns.fetch_tuples(session, stored_columns._newer(), {"numbers": [number]})
        newer = stored_columns._split(rows)
        with database.write() as other:
            packed_series.pack_due(other)
        packed = stored_columns._packed(session, [number])
        joined = stored_columns._joined(packed[number], newer[number])
    assert joined.seq.tolist() == packed[number].seq.tolist()
    assert len(joined) == MANY + LEAST_ROWS


def test_a_block_of_an_older_program_is_not_read_and_made_anew(session):
    fill(session)
    packed_series.pack_due(session)
    session.execute(update(PackedSeriesRow).values(format=FORMAT - 1, body=b"other"))
    assert assert_as_rows(session) == MANY
    assert packed_series.pack_due(session) == 1
    assert session.execute(select(PackedSeriesRow.format)).scalar_one() == FORMAT
    assert assert_as_rows(session) == MANY


def test_a_packed_series_that_differs_from_its_rows_is_found_and_forgotten(session):
    fill(session)
    fill(session, DIESEL)
    packed_series.pack_due(session)
    assert packed_series.find_wrong(session, most=10) == []
    bodies = dict(session.execute(select(PackedSeriesRow.series_id, PackedSeriesRow.body)).all())
    wrong, other = series.ids(session, [FUEL, DIESEL]).values()
    body = bodies[other].replace(b"\x00\x00\x80\x3f", b"")
    session.execute(update(PackedSeriesRow).where(PackedSeriesRow.series_id == wrong).values(body=body))
    assert packed_series.find_wrong(session, most=10) == [wrong]
    packed_series.forget(session, [wrong])
    assert packed_count(session) == 1
    assert assert_as_rows(session) == MANY
    assert packed_series.pack_due(session) == 1
    assert packed_series.find_wrong(session, most=10) == []


def test_a_packed_series_without_rows_is_wrong(session):
    fill(session)
    packed_series.pack_due(session)
    (number,) = series.ids(session, [FUEL]).values()
    session.execute(delete(ObservationRow))
    assert packed_series.find_wrong(session, most=10) == [number]


def test_all_can_be_forgotten(session):
    fill(session)
    fill(session, DIESEL)
    packed_series.pack_due(session)
    add(session, reading(1.0, on=MANY + 1))
    packed_series.forget(session)
    assert packed_count(session) == 0
    waiting = session.execute(select(UnpackedRow.count).order_by(UnpackedRow.count)).scalars().all()
    assert waiting == [MANY, MANY + 1]
    assert assert_as_rows(session) == MANY + 1


def test_new_rows_are_noted_with_their_earliest_period(session):
    add(session, reading(1.0, on=5), reading(1.0, on=3))
    add(session, reading(1.0, on=4))
    add(session, reading(1.0, on=2))
    noted = session.execute(select(UnpackedRow.count, UnpackedRow.period_start)).one()
    assert tuple(noted) == (4, int(day(2).timestamp()))


def test_an_unknown_series_has_no_columns(session):
    assert len(series.columns(session, ["none:mali"])["none:mali"]) == 0
