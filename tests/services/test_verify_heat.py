"""Published heat is found again to the last bit from what its point names, and tampering is named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.domain.clock import epoch
from monitor.domain.errors import NotFound
from monitor.domain.normalisations.normalisation import ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.services.assess import assess, claim_assessment
from monitor.services.exercise import advance_exercise, start_exercise
from monitor.services.verify_heat import verifiable, verify_heat
from monitor.storage import confirmations, definitions, heat_points, observations, subjects
from monitor.storage.heat_points import Origin
from tests.factories import DEATHS, FUEL, NOW, a_placement, a_reading, an_indicator, install_desk, standing

DAY = timedelta(days=1)
LOW = ThresholdNormalisation(thresholds=Thresholds(calm=100, watch=120, elevated=150, high=170, critical=200))


@pytest.fixture
def session(database):
    with database.write() as session:
        install_desk(session)
        yield session


def learn(session, *readings, now=NOW):
    return observations.add(session, list(readings), source="feed", author="", note="", now=now)


def run(session, slug="goita", *, now=NOW, slot=None):
    claim_assessment(session, now=now)
    return assess(session, slug, slot=slot, now=now, claimed_at=now)


def edit(session, *values, now):
    definitions.save_all(session, values, author="ada", reason="test", effective_at=now, now=now)


def weeks(session, *, first=0, count=12, **fields):
    """A quarter in which both series move every week by odd amounts, and every week is assessed."""
    for week in range(first, first + count):
        now = NOW + week * 7 * DAY
        learn(
            session,
            a_reading(137.3 + 31.7 * ((week * 5) % 11), ends=now, **fields),
            a_reading(411.9 - 23.1 * ((week * 3) % 7), ends=now, series=DEATHS, **fields),
            now=now,
        )
        run(session, now=now)


def assert_sound(session, slug="goita", *, points=None):
    found = verify_heat(session, slug)
    assert found.first is None, found.first.sentence
    assert (found.differing, found.unlevelled) == (0, 0)
    assert found.points == (points or len(heat_points.published(session, slug)))
    assert found.points > 0


def test_every_published_point_is_found_again(session):
    weeks(session)
    assert_sound(session, points=12)


def test_revisions_and_withdrawals_that_came_later_change_no_published_point(session):
    weeks(session)
    later = NOW + 100 * DAY
    learn(session, a_reading(499.0, known_at=later, source_revision=3), now=later)
    learn(session, a_reading(None, ends=NOW + 7 * DAY, known_at=later, source_revision=3), now=later)
    run(session, now=later)
    assert_sound(session, points=13)


def test_a_reading_that_no_clock_had_reached_is_left_out_again(session):
    learn(session, a_reading(300.0), a_reading(200.0, series=DEATHS))
    learn(session, a_reading(500.0, days=3, known_at=NOW + timedelta(minutes=5)))
    run(session)
    run(session, now=NOW + timedelta(minutes=6))
    heats = [point.heat for point in heat_points.published(session, "goita")]
    assert heats[0] > heats[1]
    assert_sound(session, points=2)


def test_edits_of_definitions_change_no_published_point(session):
    weeks(session, count=4)
    before = heat_points.published(session, "goita")
    edit(session, an_indicator(normalisation=LOW), a_placement(weight=3.0), now=NOW + 25 * DAY)
    assert heat_points.published(session, "goita") == before
    run(session, now=NOW + 25 * DAY)
    weeks(session, first=4, count=4)
    assert_sound(session, points=9)


def test_changes_of_the_clock_are_followed(session):
    weeks(session, count=3)
    subjects.set_clock(session, "goita", standing(NOW + 3 * DAY))
    run(session, now=NOW + 20 * DAY)
    learn(session, a_reading(111.0, ends=NOW - 14 * DAY), now=NOW + 21 * DAY)
    run(session, now=NOW + 21 * DAY)
    weeks(session, first=4, count=2)
    assert_sound(session)


def test_confirmations_are_followed(session):
    edit(session, an_indicator(settles_after_days=40.0), now=NOW)
    weeks(session, count=8)
    now, end = NOW + 50 * DAY, NOW + 49 * DAY
    period = (end - 7 * DAY, end)
    confirmations.confirm(session, FUEL, period, source="feed", author="ada", reason="seen", now=now)
    run(session, now=now)
    assert_sound(session, points=9)


def test_an_exercise_is_found_again(session):
    learn(
        session,
        *(a_reading(150.0 + 30.7 * week, ends=NOW - 7 * week * DAY) for week in range(6)),
        *(a_reading(450.0 - 20.3 * week, ends=NOW - 7 * week * DAY, series=DEATHS) for week in range(6)),
    )
    run(session)
    start, now = NOW - 30 * DAY, NOW + DAY
    copy = start_exercise(session, "goita", runs_from=start, runs_until=NOW, speed=86400.0 * 30, now=NOW)
    while advance_exercise(session, copy.partition("@")[2], now=now):
        claim = claim_assessment(session, now=now)
        assess(session, copy, slot=claim.slot, now=now, claimed_at=now)
        while subjects.claim_alerts(session, now):
            subjects.finish_alerts(session, copy, claimed_at=now)
            subjects.finish_alerts(session, "goita", claimed_at=now)
    assert verifiable(session) == ["goita", copy]
    assert_sound(session, copy)
    assert len(heat_points.published(session, copy)) >= 30


@pytest.mark.parametrize(
    "tamper,column",
    [
        ("UPDATE heat_point SET heat = heat + 1e-13 WHERE seq = :seq", "heat"),
        ("UPDATE heat_point SET level = 'Hot', concern = 0 WHERE seq = :seq", "level"),
        ("UPDATE heat_point SET coverage = 0.9 WHERE seq = :seq", "coverage"),
        ("UPDATE heat_point SET input_seq = input_seq - 2 WHERE seq = :seq", "heat"),
        (("UPDATE observation SET value = value + 1 WHERE seq ="
          " (SELECT input_seq FROM heat_point WHERE seq = :seq AND origin = 'published')"), "heat"),
    ],
)  # fmt: skip
def test_what_was_tampered_with_is_named(session, tamper, column):
    weeks(session)
    point = heat_points.published(session, "goita")[5]
    session.execute(text(tamper), {"seq": point.seq})
    found = verify_heat(session, "goita")
    assert (found.first.seq, found.first.at, found.first.column) == (point.seq, epoch(NOW + 35 * DAY), column)
    assert f"point {point.seq}" in found.first.sentence


def test_a_definition_that_was_tampered_with_is_found(session):
    weeks(session, count=2)
    session.execute(
        text("UPDATE definition_version SET body = (SELECT v.body FROM definition_version v JOIN definition d"
             " ON d.id = v.definition_id WHERE d.slug = 'elsewhere') WHERE definition_id ="
             " (SELECT id FROM definition WHERE kind = 'indicator' AND slug = 'fuel-price')")
    )  # fmt: skip
    assert verify_heat(session, "goita").first.column == "definition_seq"


def test_a_level_state_that_was_tampered_with_is_found(session):
    weeks(session)
    points = heat_points.published(session, "goita")
    wrong = replace(points[4].state_before, level="Hot", last_known="Hot")
    session.execute(
        text("DELETE FROM heat_point WHERE seq = :seq AND origin = 'published'"), {"seq": points[4].seq}
    )
    heat_points.publish(session, [replace(points[4], state_before=wrong)])
    assert verify_heat(session, "goita").first.column == "state_before"


def test_a_tolerance_is_for_another_machine(session):
    weeks(session)
    session.execute(text("UPDATE heat_point SET heat = heat + 1e-11"))
    assert verify_heat(session, "goita").differing == 12
    assert verify_heat(session, "goita", tolerance=1e-9).first is None


def test_points_from_before_they_kept_their_clocks_are_compared_by_their_numbers(session):
    weeks(session)
    session.execute(text("UPDATE heat_point SET known_at = NULL, state_before = NULL"))
    found = verify_heat(session, "goita")
    assert (found.first, found.points, found.unlevelled) == (None, 12, 12)


def test_the_reconstructed_line_is_not_called_published(session):
    learn(session, a_reading(200.0, ends=NOW - 20 * DAY), a_reading(300.0, ends=NOW - 9 * DAY, series=DEATHS))
    run(session)
    assert len(heat_points.line(session, "goita", origin=Origin.RECONSTRUCTED)) > 1
    assert_sound(session, points=1)


def test_an_unknown_subject_is_not_found(session):
    with pytest.raises(NotFound, match="nobody"):
        verify_heat(session, "nobody")
