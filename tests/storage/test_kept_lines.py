"""Lines and last points that a process keeps are those of the database: after each point, and after none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.scale import Concern
from monitor.domain.scoring.level import LevelState
from monitor.storage import heat_points, kept_lines, pressures, snapshot, stood, subjects
from monitor.storage.engine import open_database
from monitor.storage.heat_points import HeatPoint
from monitor.storage.pressures import DriverPressure, Pressure
from tests.factories import NOW

EPOCH, DAY = int(NOW.timestamp()), 86_400
SINCE = {"mali": NOW - timedelta(days=400), "niger": NOW - timedelta(days=400)}


def a_point(slug="mali", *, at=EPOCH, seq=1, heat=40.0):
    return HeatPoint(
        subject=slug, at=at, seq=seq, heat=heat, pressure=heat, raw_pressure=heat, heat_low=heat,
        heat_high=heat, coverage=1.0, confidence=0.5, ungraded=0.0, carried=0.0, level="Warm",
        concern=Concern.ELEVATED, input_seq=seq, definition_seq=1,
        state_before=LevelState(level="Warm", dwelt=((1, 2), ())),
    )  # fmt: skip


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    with opened.write() as session:
        subjects.ensure(session, ["mali", "niger"])
        heat_points.publish(session, [a_point(at=EPOCH - day * DAY, seq=9 - day) for day in range(3)])
    yield opened
    opened.dispose()


def look(database):
    with database.read() as session:
        found = stood.find(session, ["mali", "niger"])
        assert found == {
            slug: (subjects.state(session, slug), heat_points.last(session, [slug]).get(slug))
            for slug in ("mali", "niger")
        }
        return kept_lines.read(session, found, SINCE)


def test_a_line_is_read_once_and_again_when_a_point_was_published(database):
    first = look(database)
    assert (len(first["mali"].line), len(first["niger"].line)) == (3, 0)
    again = look(database)
    assert again["mali"] is first["mali"]
    assert again["niger"] is first["niger"]
    with database.write() as session:
        heat_points.publish(session, [a_point("niger", seq=11), a_point(seq=12, heat=60.0)])
    after = look(database)
    assert (after["mali"].line.heat[-1], len(after["mali"].line), len(after["niger"].line)) == (60, 4, 1)


def test_what_is_undone_is_not_kept(database):
    look(database)
    with database.write() as session:
        heat_points.publish(session, [a_point(seq=12, heat=99.0)])
        found = stood.find(session, ["mali"])
        assert found["mali"][1].heat == 99
        assert len(kept_lines.read(session, found, {"mali": SINCE["mali"]})["mali"].line) == 4
        assert len(kept_lines.read_whole(session, "mali", found["mali"]).line) == 4
        session.rollback()
    with database.write() as session:
        heat_points.publish(session, [a_point(seq=12, heat=41.0)])
    assert look(database)["mali"].line.heat[-1] == 41


def test_a_line_that_must_reach_further_back_is_read_again(database):
    look(database)
    with database.read() as session:
        found = stood.find(session, ["mali"])
        early = kept_lines.read(session, found, {"mali": NOW - timedelta(days=4000)})["mali"]
        assert early.since == NOW - timedelta(days=4000)
        assert kept_lines.read(session, found, {"mali": SINCE["mali"]})["mali"] is early
        whole = kept_lines.read_whole(session, "mali", found["mali"])
        assert whole.line.at.tolist() == early.line.at.tolist()


def test_a_subject_without_a_state_has_an_empty_line(database):
    with database.read() as session:
        assert stood.find(session, ["nobody"]) == {}
        assert len(kept_lines.read(session, {}, {"nobody": NOW})["nobody"].line) == 0


def test_both_kinds_of_pressure_are_read_at_once_as_each_alone(database):
    own = Pressure(
        placement="supply/fuel:bamako", value=1.5, pressure=40.0, pressure_low=None, pressure_high=41.0,
        freshness=0.5, grade=None, weight=0.25, points=3.0, is_observed=True, is_carried=False, is_held=False,
        is_saturated=True, is_provisional=False, is_imputed=False, period_start=1, period_end=2,
        known_at=None, seq=7,
    )  # fmt: skip
    driver = DriverPressure(
        driver="supply",
        pressure=None,
        pressure_low=1.0,
        pressure_high=2.0,
        coverage=0.9,
        weight=0.5,
        points=1.0,
    )
    with database.write() as session:
        pressures.replace(session, "mali", placements=[own, replace(own, placement="a")], drivers=[driver])
        pressures.replace(session, "niger", placements=[replace(own, value=9.0)], drivers=[])
    with database.read() as session:
        placements, drivers = pressures.all_of(session, "mali")
        assert placements == pressures.of_subject(session, "mali")
        assert drivers == pressures.drivers_of(session, ["mali"])["mali"] == {"supply": driver}


def test_within_one_reading_the_definitions_are_asked_for_once(database):
    with database.read() as session:
        first = snapshot.current(session)
        assert snapshot.current(session) is first
        session.rollback()
        assert snapshot.current(session).seq == first.seq
