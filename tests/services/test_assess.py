"""Assess: observations become pressures, heat and levels, published once a change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.clock import Clock, ClockMode, epoch
from monitor.domain.errors import NotFound
from monitor.domain.indicator import Transform
from monitor.services.assess import assess, claim_assessment, mark_daily
from monitor.storage import (
    definitions,
    heat_points,
    level_changes,
    observations,
    pressures,
    series,
    subjects,
)
from monitor.storage.heat_points import Origin
from tests.factories import DEATHS, NOW, a_reading, an_indicator, install_desk, standing

DAY = timedelta(days=1)


@pytest.fixture
def session(database):
    with database.write() as session:
        install_desk(session)
        yield session


def learn(session, *readings, now=NOW):
    return observations.add(session, list(readings), source="feed", author="", note="", now=now)


def run(session, *, now=NOW, slot=None):
    claim_assessment(session, now=now)
    return assess(session, "goita", slot=slot, now=now, claimed_at=now)


def last_point(session):
    return heat_points.last(session, ["goita"])["goita"]


def test_heat_is_the_complement_of_pressure_on_a_standing_scale(session):
    learn(session, a_reading(500.0), a_reading(300.0, series=DEATHS))
    assert run(session).heat == pytest.approx(100 - (100 + 62.5) / 2)


def test_a_point_names_what_it_was_computed_from(session):
    added = learn(session, a_reading(500.0), a_reading(300.0, series=DEATHS))
    run(session)
    point = last_point(session)
    assert point.input_seq == added.last_seq
    assert point.definition_seq > 0
    assert point.origin is Origin.PUBLISHED


def test_without_data_the_level_is_unknown(session):
    found = run(session)
    assert (found.heat, found.level) == (None, "Unknown")


def test_one_of_two_equal_indicators_never_observed_is_unknown_at_half_coverage(session):
    learn(session, a_reading(500.0))
    found = run(session)
    assert found.level == "Unknown"
    assert last_point(session).coverage == pytest.approx(0.5)
    assert found.heat == pytest.approx(0.0)


def test_assessing_twice_publishes_one_point(session):
    learn(session, a_reading(500.0), a_reading(300.0, series=DEATHS))
    assert run(session).is_published
    assert not run(session, now=NOW + timedelta(minutes=1)).is_published
    assert len(heat_points.line(session, "goita", origin=Origin.PUBLISHED)) == 1


def test_a_new_day_publishes_a_point_though_nothing_moved(session):
    learn(session, a_reading(500.0), a_reading(300.0, series=DEATHS))
    run(session)
    assert run(session, now=NOW + DAY).is_published


def test_the_line_before_the_first_assessment_is_reconstructed(session):
    early = NOW - 30 * DAY
    learn(session, a_reading(100.0, ends=early), a_reading(100.0, ends=early, series=DEATHS))
    learn(session, a_reading(500.0), a_reading(500.0, series=DEATHS))
    run(session)
    line = heat_points.line(session, "goita", origin=Origin.RECONSTRUCTED)
    assert line.heat[0] == pytest.approx(100.0)
    assert int(line.at[0]) == epoch(early)
    assert int(line.at[-1]) < epoch(NOW)


def test_a_level_change_carries_a_ledger_that_adds_up(session):
    early = NOW - 20 * DAY
    learn(session, a_reading(100.0, ends=early), a_reading(100.0, ends=early, series=DEATHS), now=early)
    run(session, now=early)
    learn(session, a_reading(500.0), a_reading(500.0, series=DEATHS))
    run(session)
    stored = level_changes.last(session, ["goita"])["goita"]
    assert (stored.change.from_level, stored.change.to_level) == ("Hot", "Cold")
    assert sum(term.heat_delta for term in stored.ledger.terms) == pytest.approx(-100.0, abs=1e-9)


def test_an_archive_that_was_live_for_a_while_says_again_what_it_said(session):
    archive = Clock(mode=ClockMode.STANDING, stands_at=NOW)
    learn(session, a_reading(500.0), a_reading(500.0, series=DEATHS))
    subjects.set_clock(session, "goita", archive)
    before, later = run(session), NOW + 400 * DAY
    subjects.set_clock(session, "goita", Clock())
    assert run(session, now=later).level == last_point(session).level == "Unknown"
    subjects.set_clock(session, "goita", archive)
    again = run(session, now=later)
    assert (again.level, again.heat) == (before.level, before.heat) == ("Cold", 0.0)
    assert (last_point(session).level, last_point(session).at) == ("Cold", epoch(NOW))
    assert level_changes.last(session, ["goita"])["goita"].change.to_level == "Cold"


def test_silence_lowers_coverage_and_never_moves_heat(session):
    learn(session, a_reading(500.0), a_reading(500.0, series=DEATHS))
    before = run(session)
    later = run(session, now=NOW + 45 * DAY)
    assert later.heat == before.heat == 0.0
    assert later.level == "Unknown"
    assert subjects.state(session, "goita").level_state.last_known == "Cold"


def test_an_archive_stays_at_its_moment(session):
    subjects.set_clock(session, "goita", standing(NOW))
    learn(session, a_reading(500.0), a_reading(500.0, series=DEATHS))
    found = run(session, now=NOW + 300 * DAY)
    assert (found.at, found.level) == (NOW, "Cold")


def test_an_observation_of_a_later_period_sets_an_archive_live(session):
    subjects.set_clock(session, "goita", standing(NOW))
    learn(session, a_reading(500.0), a_reading(500.0, series=DEATHS))
    later = NOW + 10 * DAY
    learn(session, a_reading(400.0, ends=later), now=later)
    found = run(session, now=later)
    assert subjects.state(session, "goita").clock.mode is ClockMode.LIVE
    assert found.at == later


def test_an_archive_set_back_stands_until_another_later_value_arrives(session):
    subjects.set_clock(session, "goita", standing(NOW))
    learn(session, a_reading(500.0), a_reading(500.0, series=DEATHS))
    later = NOW + 10 * DAY
    learn(session, a_reading(100.0, ends=later), now=later)
    run(session, now=later)
    subjects.set_clock(session, "goita", standing(NOW))
    assert (run(session, now=later).at, last_point(session).heat) == (NOW, 0.0)
    assert subjects.state(session, "goita").clock.mode is ClockMode.STANDING
    learn(session, a_reading(200.0, ends=later), now=later + DAY)
    assert run(session, now=later + DAY).at == later + DAY
    assert subjects.state(session, "goita").clock.mode is ClockMode.LIVE


def test_the_latest_pressures_are_kept_for_pages(session):
    learn(session, a_reading(500.0), a_reading(300.0, series=DEATHS))
    run(session)
    kept = pressures.of_subject(session, "goita")
    assert kept[f"goita/security/{DEATHS}"].pressure == pytest.approx(62.5)
    assert sum(row.points for row in kept.values()) == pytest.approx(81.25)


def test_alerts_are_marked_due_at_the_same_moment(session):
    run(session)
    state = subjects.state(session, "goita")
    assert state.alerts_slot == epoch(NOW)
    assert state.assess_due_at is None


def test_a_live_subject_is_due_again_when_the_day_turns(session):
    run(session)
    midnight = datetime(2025, 12, 1, tzinfo=UTC)
    mark_daily(session, now=midnight)
    assert claim_assessment(session, now=midnight).slug == "goita"


def test_a_running_clock_is_assessed_at_the_moment_asked_for(session):
    clock = Clock(mode=ClockMode.RUNNING, runs_from=NOW - 30 * DAY, started_at=NOW, speed=86400.0)
    subjects.set_clock(session, "goita", clock)
    slot = NOW - 20 * DAY
    assert run(session, now=NOW + timedelta(seconds=15), slot=epoch(slot)).at == slot


def test_an_unknown_subject_is_not_found(session):
    with pytest.raises(NotFound, match="nobody"):
        assess(session, "nobody", slot=None, now=NOW, claimed_at=NOW)


def test_a_mark_set_during_the_work_is_not_lost(session):
    claim_assessment(session, now=NOW)
    subjects.mark_due(session, ["goita"], now=NOW + timedelta(seconds=1))
    assess(session, "goita", slot=None, now=NOW, claimed_at=NOW)
    assert claim_assessment(session, now=NOW + timedelta(seconds=2)) is not None


def test_replaying_a_published_point_gives_the_same_bits(session):
    learn(session, a_reading(487.3), a_reading(311.7, series=DEATHS))
    first = run(session)
    published = last_point(session)
    subjects.mark_due(session, ["goita"], now=NOW)
    again = run(session)
    assert (again.heat, last_point(session)) == (first.heat, replace(published))


def test_a_value_per_head_reads_its_denominator_and_a_newer_one_leaves_an_archive_be(session):
    per_head = an_indicator(
        "conflict-deaths", transforms=(Transform(name="per_capita", parameters={"series": "population"}),)
    )
    definitions.save_all(
        session, [per_head, an_indicator("population")], author="test", reason="", effective_at=NOW, now=NOW
    )
    series.ensure(session, ["population:mali"])
    subjects.set_clock(session, "goita", standing(NOW))
    heads = a_reading(2.0, series="population:mali", ends=NOW - 30 * DAY)
    learn(session, a_reading(500.0), a_reading(600.0, series=DEATHS), heads)
    assert run(session).heat == pytest.approx(100 - (100 + 62.5) / 2)
    learn(session, a_reading(3.0, series="population:mali", ends=NOW + 90 * DAY), now=NOW + 91 * DAY)
    run(session, now=NOW + 91 * DAY)
    assert subjects.state(session, "goita").clock.mode is ClockMode.STANDING
