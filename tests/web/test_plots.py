"""What charts are drawn from: columns for whoever may read the page, packed, in few queries."""

import gzip
import re

import orjson
import pytest
from sqlalchemy import event

from monitor.web.packed import packed_json
from tests.render.test_plot_columns import summed

HEAT, DEATHS = "/subjects/assimi-goita/heat.json", "/series/conflict-deaths:mali/values.json"
# The visitor and the definitions are two to six of them.
BUDGET = 14


@pytest.fixture
def statements(mali):
    """Every statement of the desk's engine."""
    seen = []
    with mali.reading() as (session, _):
        engine = session.get_bind().engine

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_the_heat_line_comes_in_columns_that_end_where_the_page_does(reader, statements):
    reader.get(HEAT)
    statements.clear()
    told = reader.get(HEAT).get_json()
    assert 0 < len(statements) <= BUDGET, statements
    assert (told["name"], told["alarming"]) == ("Assimi Goïta", "low")
    at, heat, low, high = told["lines"]["reconstructed"]
    assert len(at) == len(heat) == len(low) == len(high) > 50
    assert summed(told["lines"]["published"][1], 100)[-1] == pytest.approx(14.1, abs=0.05)
    assert summed(told["judged"][0])[-1] <= told["end"]
    assert any(label == "JNIM's fuel blockade" for _, label, _ in told["flags"])
    assert told["lines"]["restated"] is None
    statements.clear()
    told = reader.get(f"{HEAT}?restated=1").get_json()
    assert len(told["lines"]["restated"][0]) > 50
    assert len(statements) <= BUDGET, statements


def test_a_series_comes_with_thresholds_grades_sources_and_when_each_value_was_known(reader, statements):
    reader.get(DEATHS)
    statements.clear()
    told = reader.get(DEATHS).get_json()
    assert 0 < len(statements) <= BUDGET, statements
    starts, _, values, *_ = told["periods"]
    assert summed(values, told["fine"])[-1] == 219
    assert len(told["known"]) == len(told["grade"]) == len(told["revisions"]) == len(starts)
    assert summed(told["known"])[-1] > summed(starts)[-1]
    assert told["grades"][told["grade"][-1]] == "B2"
    assert "UCDP" in told["sources"][told["source"][-1]]
    assert [name for name, _, _ in told["edges"]] == ["calm", "watch", "elevated", "high", "critical"]


def test_columns_are_for_whoever_may_read_the_page_and_packed_where_the_browser_takes_it(reader, client):
    for path, missing in ((HEAT, "/subjects/nobody/heat.json"), (DEATHS, "/series/nothing:mali/values.json")):
        assert client.get(path).status_code == 302
        assert reader.get(missing).status_code == 404
    plain, packed = reader.get(HEAT), reader.get(HEAT, headers={"Accept-Encoding": "gzip, br"})
    assert (plain.content_encoding, packed.content_encoding) == (None, "gzip")
    assert orjson.loads(gzip.decompress(packed.data))["name"] == "Assimi Goïta"
    assert len(packed.data) < 20_000
    assert "Accept-Encoding" in packed.vary


def test_an_encoding_that_is_refused_is_not_used(app):
    with app.test_request_context(headers={"Accept-Encoding": "gzip;q=0"}):
        assert packed_json(b"{}").content_encoding is None


def test_pages_name_the_columns_their_charts_come_from_and_every_range(reader):
    page = reader.get("/subjects/assimi-goita?restated=1").text
    assert f'data-chart-src="{HEAT}?restated=1"' in page
    assert re.findall(r'data-days="(\d*)"', page) == ["30", "90", "365", "1096", ""]
    page = reader.get("/series/conflict-deaths:mali").text
    assert 'data-chart-src="/series/conflict-deaths:mali/values.json"' in page
    assert re.findall(r'data-days="(\d*)"', page) == ["30", "90", "366", "1096", "1827", ""]
