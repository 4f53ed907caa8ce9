"""Pasting a table in the browser: shown first, saved as one batch, taken back with one press."""

import re

import pytest

from monitor.storage import audit, observations, series
from tests.factories import DEATHS, FUEL, install_desk
from tests.web.test_entry import words

WIDE = "Date\tFuel-price, Bamako\tconflict deaths\n24/11/2025\t1 312,5\t12\n17/11/2025\t300,25\t\n"
DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')
LINES = re.compile(r'name="line" value="(\d+)"[^>]* checked')
GIVEN = {"citation": "Depot ledger", "grade": "b2", "dates": "", "decimal": "", "ends": ""}


@pytest.fixture
def ben(desk, signed_in):
    with desk.writing() as (session, _):
        install_desk(session)
    return signed_in("ben")


def look(visitor, table, **fields):
    return visitor.post("/desk/table", form="/desk/table", table=table, **(GIVEN | fields))


def save(visitor, page, table, **fields):
    given = GIVEN | {"line": LINES.findall(page.text), "digest": DIGEST.search(page.text)[1]} | fields
    return visitor.post("/desk/table/save", form="/desk/table", table=table, **given)


def stored(desk, key):
    with desk.reading() as (session, _):
        return [row.reading for row in reversed(observations.history(session, key))]


def test_a_pasted_table_is_shown_saved_as_one_batch_and_taken_back(ben, desk):
    shown = look(ben, WIDE)
    assert shown.status_code == 200
    assert "3 values as read" in shown.text
    assert "fuel-price, Bamako 30 Nov 2025 1 312" in words(shown)
    assert stored(desk, FUEL) == []
    answer = save(ben, shown, WIDE)
    assert answer.status_code == 302
    assert sorted(reading.value for reading in stored(desk, FUEL)) == [300.25, 1312.5]
    (deaths,) = stored(desk, DEATHS)
    assert (deaths.value, deaths.grade, deaths.citation) == (12, "B2", "Depot ledger")
    page = ben.get(answer.location)
    assert "3 values stored" in page.text
    assert ben.get(re.search(r'hx-get="([^"?]+/effect)', page.text)[1]).status_code == 200
    undone = ben.post(re.search(r'action="([^"]+/withdraw)"', page.text)[1], form="/desk/table")
    assert "3 values withdrawn" in ben.get(undone.location).text
    with desk.reading() as (session, _):
        assert series.latest(session, [FUEL, DEATHS]) == {}
        assert [each.action for each in audit.find_all(session)][:4] == [
            *["observation.withdraw"] * 3,
            "observation.paste",
        ]
    assert ben.get("/desk/table?batch=1").status_code == 404


def test_what_was_not_shown_is_not_saved(ben, desk):
    shown = look(ben, WIDE)
    refused = save(ben, shown, WIDE.replace("12\n", "13\n"))
    assert refused.status_code == 422
    assert "not those that were shown" in refused.text
    assert "choose at least one value" in save(ben, shown, WIDE, line=[]).text.lower()
    unsaid = look(ben, WIDE, citation="")
    assert "say where the values come from" in save(ben, unsaid, WIDE, citation="").text.lower()
    assert stored(desk, FUEL) == []


def test_only_the_desk_pastes(ben, signed_in):
    assert signed_in("rita").get("/desk/table").status_code == 403
