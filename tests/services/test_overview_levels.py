"""A subject of three levels with a floor on its page: drivers nest, points add up, and the floor is told."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.domain.scale import RISK
from monitor.domain.scoring.model import compile_model
from monitor.domain.subject import Floor
from monitor.packs.read_pack import read_pack
from monitor.services.assess import assess
from monitor.services.install_pack import install_pack
from monitor.services.overview.board import board
from monitor.services.overview.floors import floor_rows
from monitor.services.overview.subject import subject_page
from monitor.storage import definitions, snapshot
from monitor.storage.engine import open_database
from tests.domain.vectors import indicator, model

GUIDE = (Path(__file__).parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")
EXAMPLE = GUIDE.partition("## An index of several levels")[2]
TODAY = datetime(2025, 3, 1, 6, tzinfo=UTC)


def write_example(folder):
    """The three-level pack of the guide."""
    toml, rows = (
        re.search(rf"```{language}\n(.*?)```", EXAMPLE, re.DOTALL)[1] for language in ("toml", "csv")
    )
    (folder / "history").mkdir(parents=True)
    (folder / "pack.toml").write_text(toml)
    (folder / "history" / "survey.csv").write_text(rows)
    (folder / "SOURCES.md").write_text("#")
    return folder


@pytest.fixture
def session(database_url, tmp_path):
    database = open_database(database_url)
    pack = read_pack(write_example(tmp_path / "risk-index")).pack
    with database.write() as opened:
        install_pack(opened, pack, author="test", now=TODAY)
        assess(opened, "north", slot=None, now=TODAY, claimed_at=TODAY)
        yield opened
    database.dispose()


@pytest.fixture
def view(session):
    return subject_page(session, "north", now=TODAY, since="2024-12-30")


def test_drivers_are_followed_by_those_below_them(view):
    assert [(driver.slug, driver.depth) for driver in view.drivers] == [
        ("hazard", 0), ("natural", 1), ("human", 1), ("capacity", 0),
    ]  # fmt: skip
    assert [[item.series for item in driver.items] for driver in view.drivers] == [
        [], ["flooded:north"], ["killed:north"], ["clinics-closed:north"],
    ]  # fmt: skip


def test_weights_are_shares_of_the_whole_and_points_those_of_all_below(view):
    hazard, natural, human, capacity = view.drivers
    assert [hazard.weight, natural.weight, human.weight, capacity.weight] == pytest.approx(
        [2 / 3, 1 / 3, 1 / 3, 1 / 3]
    )
    assert hazard.points == pytest.approx(natural.points + human.points)
    assert view.points == pytest.approx(view.raw_pressure) == pytest.approx(56.9876, abs=1e-4)


def test_the_floor_is_shown_beside_the_raw_pressure(view):
    assert view.standing.heat == 70
    assert view.lifting.reaches == "high or worse"
    assert view.lifting.lift == pytest.approx(70 - view.raw_pressure)
    assert (
        "a floor brings 13.0 while Killed in fighting is high or worse" in view.brief.answers[0].opening.text
    )


def test_a_floor_that_is_not_reached_lifts_nothing(session):
    subject = snapshot.current(session).subjects["north"]
    floors = tuple(replace(floor, reaches=90.0) for floor in subject.floors)
    definitions.save(
        session,
        replace(subject, floors=floors),
        author="chief",
        reason="calmer",
        effective_at=TODAY,
        now=TODAY,
    )
    assess(session, "north", slot=None, now=TODAY, claimed_at=TODAY)
    view = subject_page(session, "north", now=TODAY)
    assert view.lifting is None
    assert [(floor.is_reached, floor.reaches) for floor in view.floors] == [
        (False, "at a pressure of 90 or more")
    ]
    assert view.standing.heat == pytest.approx(56.9876, abs=1e-4)
    assert "floor" not in view.brief.answers[0].opening.text


def test_the_ledger_nests_as_the_drivers_do(view):
    lines = [(line.name, line.depth) for line in view.ledger.lines]
    assert ("Hazard", 0) in lines
    assert (
        lines.index(("Hazard", 0)) < lines.index(("Human hazard", 1)) < lines.index(("Killed in fighting", 2))
    )
    assert ("Floor", 1) in lines
    tops = [line.delta for line in view.ledger.lines if not line.depth]
    assert sum(tops) == pytest.approx(view.ledger.delta)


def test_the_board_shows_the_lifted_heat(session):
    (row,) = board(session, now=TODAY).rows
    assert (row.standing.heat, row.standing.level) == (70, "Burning")


def test_a_floor_of_a_placement_that_does_not_apply_is_left_out():
    base = model({"d": {"a": 1, "b": 1}}, floors=[Floor(placement="d/a:mali", pressure=70)])
    placements = [placed.placement for placed in base.placements]
    placements[0] = replace(placements[0], not_applicable="no such thing here")
    tree = compile_model(base.subject, RISK, placements, {name: indicator(name) for name in "ab"})
    assert floor_rows(tree, found={}, point=None) == ()
