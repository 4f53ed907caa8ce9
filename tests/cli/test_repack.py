"""`heatwatch repack`: what long series are read from is made anew."""

from sqlalchemy import func, select

from monitor.services.pack_series import pack_series
from monitor.storage import observations, series
from monitor.storage.engine import open_database
from monitor.storage.rows.observations import PackedSeriesRow
from tests.storage.values import FUEL, NOW, reading


def test_what_was_packed_is_dropped_and_reads_as_before(run, sqlite_url):
    database = open_database(sqlite_url)
    with database.write() as session:
        many = [reading(float(on), on=on) for on in range(1, 300)]
        observations.add(session, many, source="file", author="", note="", now=NOW)
        assert pack_series(session) == 1
    assert "makes them anew" in run("repack").output
    with database.read() as session:
        assert session.execute(select(func.count()).select_from(PackedSeriesRow)).scalar_one() == 0
        assert len(series.columns(session, [FUEL])[FUEL]) == 299
    database.dispose()
