"""csv, whatever it is given: read or refused, in bounded time and memory."""

import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask
from monitor.sources.tables.csv import CsvSource
from tests.factories import a_source
from tests.sources.faults import broken, fuzzed, gzip_bomb, gzipped, survives, zip_bomb, zipped

TABLE = (
    b"date,iso3,price,low,high,id,lat,lon,killed\n#date,#country,,,,,,,\n"
    b'2026-10-15,MLI,"1,040.5",900,1100,a1,12.6,-8.0,3\n'
    b"2026-11-15,NER,0,0,0,a2,,,0\n2026-12,BFA,-,,,a3,13.5,2.1,\n"
)
FUEL = {
    "indicator": "fuel", "unit_column": "iso3", "value": "price", "low": "low", "high": "high",
    "combine": "mean",
}  # fmt: skip
ATTACKS = {
    "external_id": "id", "country": "iso3", "only_kind": "attack", "latitude": "lat", "longitude": "lon",
    "killed": "killed", "covers": "dates",
}  # fmt: skip
BODIES = [TABLE, TABLE.decode().encode("utf-16"), gzipped(TABLE), zipped(TABLE, "t.csv")]


def read(body):
    settings = {"date": "date", "period": "month", "series": [FUEL], "incidents": ATTACKS}
    ask = Ask(now=datetime(2026, 11, 23, tzinfo=UTC), secret={}.__getitem__)
    return CsvSource().read(a_source(kind="csv", settings=settings), ask, Answer(url="t", content=body))


@fuzzed
@given(broken(BODIES))
def test_a_broken_table_is_a_harvest_or_a_sentence(body):
    found = survives(lambda: read(body))
    assert found is None or all(abs(each.value) < float("inf") for each in found.readings)


@pytest.mark.parametrize("body", BODIES, ids=["plain", "utf-16", "gzip", "zip"])
def test_the_whole_tables_are_read(body):
    found = read(body)
    assert [each.value for each in found.readings] == [1040.5, 0.0]
    # The third row has a month for a date, which is no day of an incident.
    assert [each.where for each in found.rejected] == ["line 5"]


@pytest.mark.parametrize("make", [gzip_bomb, zip_bomb])
def test_a_bomb_is_refused_in_bounded_memory(make):
    bomb = make(start=TABLE, megabytes=400)
    tracemalloc.start()
    with pytest.raises(SourceError, match="unpacks to more than"):
        read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300 * 1024 * 1024
