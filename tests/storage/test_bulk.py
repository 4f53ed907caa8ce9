"""Many rows take a path of their own, and fail as few do."""

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from monitor.storage import series
from monitor.storage.bulk import write_values
from monitor.storage.engine import open_database
from monitor.storage.new_rows import new_rows, write_new
from monitor.storage.rows.observations import BatchRow, ProvenanceRow
from monitor.storage.rows.observed import ObservedRow
from tests.storage.values import FUEL, add, reading


def rows(session, *, count, **fields):
    """Rows of a series beside those that one reading left, and the batch of that."""
    add(session, reading(1.0))
    (number,) = series.ids(session, [FUEL]).values()
    stored = dict(session.execute(select(ObservedRow.__table__)).mappings().one())
    batch_id = session.execute(select(BatchRow.id)).scalar_one()
    return [stored | {"series_id": number} | fields for _ in range(count)], batch_id


@pytest.mark.parametrize("count", [3, 300])
def test_few_and_many_rows_are_written_alike(session, count):
    told, batch_id = rows(session, count=count, is_reconstructed=True, value=None, note='tab\t"\\N"')
    write_new(session, new_rows(told), first_seq=100, batch_id=batch_id)
    found = session.execute(
        select(func.count())
        .where(ObservedRow.is_reconstructed.is_(True), ObservedRow.value.is_(None))
        .where(ObservedRow.note == 'tab\t"\\N"')
    )
    assert found.scalar_one() == count


@pytest.mark.parametrize("count", [3, 300])
def test_values_and_gaps_come_back_as_they_were(session, count):
    told, _ = rows(session, count=1)
    values = np.where(np.arange(count) % 3 == 0, np.nan, np.arange(count) / 7)
    seq = np.arange(1000, 1000 + count)
    write_values(session, np.full(count, told[0]["series_id"]), seq * 60, seq, values)
    found = session.execute(
        select(ObservedRow.period_start, ObservedRow.value)
        .where(ObservedRow.seq >= 1000)
        .order_by(ObservedRow.seq)
    )
    expected = [
        (60 * int(at), None if np.isnan(value) else value) for at, value in zip(seq, values, strict=True)
    ]
    assert [tuple(row) for row in found] == expected


@pytest.mark.parametrize("count", [3, 300])
def test_a_row_that_is_there_already_is_refused_in_the_same_words(session, count):
    (told,), _ = rows(session, count=1)
    same = np.full(count, told["series_id"])
    with pytest.raises(IntegrityError):
        write_values(session, same, same, same, np.zeros(count))


def test_rows_told_alike_share_what_they_were_told_with(session):
    add(session, *(reading(float(on), on=on) for on in range(1, 20)), reading(3.0, on=20, grade="B2"))
    assert session.execute(select(func.count()).select_from(ProvenanceRow)).scalar_one() == 2


def test_a_moment_known_for_many_periods_is_told_once(session):
    add(session, *(reading(float(on), on=on, known=25) for on in range(1, 20)))
    assert session.execute(select(func.count()).select_from(ProvenanceRow)).scalar_one() == 1
    known = set(session.execute(select(ObservedRow.known_at)).scalars())
    assert len(known) == 1


def test_a_connection_lost_while_copying_is_told_as_such(postgres_url):
    database = open_database(postgres_url)
    with database._write() as session:
        (told,), _ = rows(session, count=1)
        session.connection().connection.driver_connection.pgconn.finish()
        many = np.arange(1000, 1300)
        with pytest.raises(OperationalError):
            write_values(session, np.full(300, told["series_id"]), many, many, np.zeros(300))
        session.invalidate()
    database.dispose()
