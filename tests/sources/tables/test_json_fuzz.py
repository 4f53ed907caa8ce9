"""json, whatever it is given: read or refused, in bounded time and memory."""

import contextlib
import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask
from monitor.sources.tables.json import JsonSource
from monitor.sources.tables.json_paths import compiled, nodes
from tests.factories import a_source
from tests.sources.faults import broken, fuzzed, survives

ROWS = [
    {"date": "2026-10-15", "iso3": "MLI", "v": "1040.5", "at": {"lat": 12.6, "lon": -8}, "id": 1, "dead": 3},
    {"date": "2026-11-15", "iso3": "NER", "v": 0, "at": {"lat": None, "lon": None}, "id": 2, "dead": None},
]
SIGNALS = [[{"source": "bgp", "from": 1762000000, "step": 300, "values": [412, 411, None]}]]
TABLE = {
    "rows": "$.data[*]", "date": "date", "period": "month",
    "series": [{"indicator": "fuel", "unit_column": "iso3", "value": "v", "combine": "mean"}],
    "incidents": {"external_id": "id", "country": "iso3", "only_kind": "attack", "latitude": "at.lat",
                  "longitude": "at.lon", "killed": "dead", "covers": "dates"},
}  # fmt: skip
LISTS = {
    "rows": "$.data[*][*]", "date": "time", "date_format": "seconds", "period": "hour",
    "arrays": {"value": "values"}, "start": "from", "step": "step",
    "series": [{"series": "net:ml", "value": "value", "combine": "median"}],
}  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from("abv"), inside),
    max_leaves=12,
)  # fmt: skip


def read(body, settings):
    ask = Ask(now=datetime(2026, 11, 23, tzinfo=UTC), secret={}.__getitem__)
    return JsonSource().read(a_source(kind="json", settings=settings), ask, Answer(url="t", content=body))


@fuzzed
@given(broken([json.dumps({"data": ROWS}).encode()]))
def test_a_broken_table_is_a_harvest_or_a_sentence(body):
    found = survives(lambda: read(body, TABLE))
    assert found is None or all(abs(each.value) < float("inf") for each in found.readings)


@fuzzed
@given(broken([json.dumps({"data": SIGNALS}).encode()]))
def test_broken_lists_are_a_harvest_or_a_sentence(body):
    survives(lambda: read(body, LISTS))


@fuzzed
@given(ANYTHING)
def test_sound_json_of_another_shape_is_a_harvest_or_a_sentence(value):
    survives(lambda: read(json.dumps({"data": [value]}).encode(), TABLE))


@fuzzed
@given(st.text(alphabet="$.*[]?@'ab0:,-&|!=() ", max_size=40), ANYTHING)
def test_a_path_of_any_letters_is_refused_or_followed_soon(text, value):
    began = time.process_time()
    with contextlib.suppress(ValueError, SourceError):
        nodes(compiled("$" + text), [value] * 3)
    assert time.process_time() - began < 10


@fuzzed
@given(st.lists(st.sampled_from([".a", ".b", "[*]", "[0]", "[-1]", "['v']"]), max_size=4), ANYTHING)
def test_plain_paths_find_what_the_library_finds(steps, value):
    path = compiled("$.a" + "".join(steps))
    assert nodes(path, {"a": value}) == [each.value for each in path.finditer({"a": value})]


@pytest.mark.parametrize("depth", [50, 500, 100_000])
@pytest.mark.parametrize("rows", ["$.data[*]", "$..date", "$.data[?@.date]"])
def test_depth_is_bounded(depth, rows):
    body = b'{"data":' + b"[" * depth + b"]" * depth + b"}"
    survives(lambda: read(body, TABLE | {"rows": rows}))


def test_size_and_number_of_rows_are_bounded():
    with pytest.raises(SourceError, match="larger than"):
        read(b'{"data": [' + b" " * 40_000_000 + b"]}", TABLE)
    with pytest.raises(SourceError, match="finds more than 500,000 values"):
        read(b'{"data": [' + b"0," * 600_000 + b"0]}", TABLE)
    values = {"from": 1, "step": 1, "values": [0] * 400_000}
    with pytest.raises(SourceError, match="more than 200,000 values"):
        read(json.dumps({"data": [[values]]}).encode(), LISTS)


def test_the_whole_bodies_are_read():
    found = read(json.dumps({"data": ROWS}).encode(), TABLE)
    assert ([each.value for each in found.readings], len(found.incidents)) == ([1040.5, 0.0], 2)
    assert len(read(json.dumps({"data": SIGNALS}).encode(), LISTS).readings) == 1
