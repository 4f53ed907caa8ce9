"""The file of a named kind, pushed to its source instead of being asked for."""

from datetime import date
from pathlib import Path

import pytest

from monitor.storage import incidents
from tests.api.conftest import SOURCE
from tests.api.test_pushes import values_of
from tests.factories import FUEL

MYANMAR = Path(__file__).parents[1] / "data/sources/ged_v23_1_myanmar_2021_2022.csv.gz"


@pytest.fixture
def pushed():
    settings = {
        "version": "23.1", "countries": ["MMR"], "files": {"23.1": "https://ucdp.example/ged231-csv.zip"},
        "series": [{"series": FUEL, "countries": ["MMR"]}],
    }  # fmt: skip
    return {"kind": "ucdp", "settings": settings}


def test_the_events_of_a_country_are_taken_from_a_file_that_is_pushed(desk, push):
    answer = push(MYANMAR.read_bytes(), path="body", content_type="application/gzip")
    assert answer.status_code == 200, answer.text
    with desk.reading() as (session, _):
        kept = incidents.of_source(session, SOURCE)
    assert len(kept) == 2403
    assert {each.country for each in kept.values()} == {"MMR"}
    assert (min(each.happened_on for each in kept.values()), len(values_of(desk))) == (date(2021, 2, 9), 23)


def test_what_is_no_such_file_is_said(push):
    answer = push(b"id,best\n1,2\n", path="body", content_type="text/csv")
    assert answer.status_code == 422
    assert "has no column type_of_violence" in answer.json["detail"]
