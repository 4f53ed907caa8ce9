"""ucdp: whatever comes is a harvest or a sentence, soon, and in little memory."""

import csv
import io
import json
import tracemalloc

import pytest
from hypothesis import given

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer
from monitor.sources.parsing.streamed_table import rows_of_table
from monitor.sources.ucdp.kind import UcdpSource
from tests.fakes import FakeFetcher
from tests.sources.faults import broken, fuzzed, gzip_bomb, gzipped, survives, zip_bomb, zipped
from tests.sources.ucdp.ged import API, a_row, a_ucdp, an_ask, on

ROWS = [
    on("2025-01-03", 1),
    on("2025-02-01", 2, end="2025-05-20", date_prec=5, where_prec=6),
    on("2025-06-01", 3),
]
PAGE = json.dumps(
    {"TotalCount": 3, "TotalPages": 1, "PreviousPageUrl": "", "NextPageUrl": "", "Result": ROWS}
)


def a_table():
    text = io.StringIO()
    table = csv.DictWriter(text, fieldnames=list(a_row()))
    table.writeheader()
    table.writerows(ROWS)
    return text.getvalue().encode()


TABLE = a_table()
PAGES = [PAGE.encode()]
FILES = [TABLE, gzipped(TABLE), zipped(TABLE)]


def fetched(body):
    source = a_ucdp(version="25.1", candidates=["25.0.1"], since="2025-01-01")
    fetcher = FakeFetcher(by=lambda url, **_: Answer(url=API, content=body))
    return UcdpSource().fetch(source, an_ask(), fetcher)


def uploaded(body):
    return UcdpSource().read(a_ucdp(), an_ask(), Answer(url="upload", content=body))


def sound(harvest):
    """Every value stored is one that the slice could have given."""
    for reading in harvest.readings if harvest else ():
        assert reading.value is not None
        assert reading.value >= 0
    for incident in harvest.incidents if harvest else ():
        assert incident.killed >= 0
        assert incident.latitude is None or -90 <= incident.latitude <= 90


@fuzzed
@given(broken(PAGES))
def test_a_broken_page_is_a_harvest_or_a_sentence(body):
    sound(survives(lambda: fetched(body)))


@fuzzed
@given(broken(FILES))
def test_a_broken_file_is_a_harvest_or_a_sentence(body):
    sound(survives(lambda: uploaded(body)))


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "20250103", "2025-W01-1", "2025-02-30"])
def test_a_day_that_no_event_can_have_is_rejected(day):
    table = TABLE.replace(b"2025-01-03", day.encode())
    harvest = uploaded(table)
    assert len(harvest.incidents) == 2
    assert "is no day like" in harvest.rejected[0].reason


def test_the_whole_bodies_are_read():
    assert len(fetched(PAGES[0]).incidents) == 3
    assert [len(uploaded(each).incidents) for each in FILES] == [3, 3, 3]


def test_a_table_of_many_lines_is_refused_where_it_grows_too_large():
    lines = rows_of_table(gzipped(TABLE * 300), what="t", needed=["id"], most_characters=100_000)
    with pytest.raises(SourceError, match="larger than 100000 characters"):
        list(lines)


@pytest.mark.parametrize("make", [gzip_bomb, zip_bomb])
def test_a_bomb_is_refused_in_little_memory(make):
    bomb = make(start=TABLE)
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    with pytest.raises(SourceError, match="is larger than"):
        uploaded(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60_000_000
