"""A table pushed to a source of a kind that reads tables."""

import pytest

from monitor.storage import runs
from tests.api.conftest import SOURCE
from tests.api.test_pushes import values_of
from tests.factories import FUEL


@pytest.fixture
def pushed():
    series = [{"series": FUEL, "value": "price", "where": {"city": "Bamako"}}]
    return {"kind": "csv", "settings": {"date": "day", "series": series}}


def test_a_table_is_read_as_if_it_had_been_fetched(desk, push):
    table = b"day,city,price\n2025-11-28,Bamako,410\n2025-11-29,Bamako,412\n2025-11-29,Gao,600\n"
    answer = push(table, path="body", content_type="text/csv; charset=utf-8", key="a")
    assert (answer.status_code, answer.json["new"]) == (200, 2), answer.text
    assert values_of(desk) == [410.0, 412.0]
    assert push(table, path="body", content_type="text/csv; charset=utf-8", key="a").json == answer.json


def test_what_is_no_such_table_is_said_and_leaves_a_run(desk, push):
    answer = push(b"<html><body>Sign in</body></html>", path="body", content_type="text/csv")
    assert answer.status_code == 422
    assert "page" in answer.json["detail"]
    with desk.reading() as (session, _):
        assert runs.recent(session, SOURCE)[0].outcome == "error"


def test_readings_are_not_pushed_to_a_table(push):
    answer = push({"readings": []})
    assert answer.status_code == 404
    assert "takes bodies at …/body" in answer.json["detail"]
