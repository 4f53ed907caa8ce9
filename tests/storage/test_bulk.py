"""Many rows take a path of their own, and fail as few do."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from monitor.storage import series
from monitor.storage.bulk import write_observations
from monitor.storage.engine import open_database
from monitor.storage.rows.observations import ObservationRow
from tests.storage.values import FUEL, add, reading


def rows(session, *, count, **fields):
    """Rows of a series beside those that one reading left."""
    add(session, reading(1.0))
    (number,) = series.ids(session, [FUEL]).values()
    stored = session.execute(select(ObservationRow.__table__)).mappings().one()
    return [dict(stored) | {"series_id": number, "seq": seq} | fields for seq in range(100, 100 + count)]


@pytest.mark.parametrize("count", [3, 300])
def test_few_and_many_rows_are_written_alike(session, count):
    write_observations(
        session, rows(session, count=count, is_reconstructed=True, value=None, note='tab\t"\\N"')
    )
    found = session.execute(
        select(func.count())
        .where(ObservationRow.is_reconstructed.is_(True), ObservationRow.value.is_(None))
        .where(ObservationRow.note == 'tab\t"\\N"')
    )
    assert found.scalar_one() == count


@pytest.mark.parametrize("count", [3, 300])
def test_a_row_that_is_there_already_is_refused_in_the_same_words(session, count):
    wrong = rows(session, count=count, seq=100)
    with pytest.raises(IntegrityError):
        write_observations(session, wrong)


def test_a_connection_lost_while_copying_is_told_as_such(postgres_url):
    database = open_database(postgres_url)
    with database._write() as session:
        many = rows(session, count=300)
        session.connection().connection.driver_connection.pgconn.finish()
        with pytest.raises(OperationalError):
            write_observations(session, many)
        session.invalidate()
    database.dispose()
