"""Judging a harvest: against what is stored, and what a person decided before holds."""

from datetime import date, timedelta

import pytest

from monitor.domain.gates import Gate
from monitor.domain.quarantine import Decision, State
from monitor.services.doubt_entry import doubts
from monitor.services.judge_readings import (
    PASSES_NOW,
    REPLACED,
    gate_warnings,
    judge_readings,
    keep_quarantined,
)
from monitor.services.record_observation import Entry
from monitor.storage import definitions, observations, quarantine
from monitor.storage.engine import open_database
from monitor.storage.quarantine import Which
from tests.factories import DEATHS, FUEL, NOW, a_reading, a_source, an_indicator, install_desk

WEEK = timedelta(days=7)
SOURCE = a_source()


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, indicators=(an_indicator(plausible_high=500), an_indicator("conflict-deaths")))
        store(session, a_reading(110.0, ends=NOW - WEEK))
        yield session
        session.rollback()
    database.dispose()


def store(session, *readings):
    observations.add(session, readings, source="feed", author="", note="", now=NOW)


def fetched(session, *readings, run_id=1, now=NOW):
    """What observe does with a harvest."""
    judged = judge_readings(session, SOURCE, readings, now=now)
    keep_quarantined(session, judged, source="feed", run_id=run_id, now=now)
    store(session, *judged.accepted)
    return judged


def waiting(session, **which):
    return quarantine.find(session, Which(state=State.OPEN, **which))


def decide(session, held, state):
    return quarantine.decide(session, [held.id], Decision(state=state, by="ana", why="seen"), now=NOW)


def test_what_does_not_pass_is_kept_whole_and_the_rest_is_accepted(session):
    bad = a_reading(900.0, low=800.0, high=950.0, unit="index", note="typed", source_revision=2)
    judged = fetched(session, bad, a_reading(3.0, series=DEATHS))
    assert [each.series for each in judged.accepted] == [DEATHS]
    (held,) = waiting(session)
    assert held.reading == bad
    assert (held.gate, held.run_id, held.source) == (Gate.RANGE, 1, "feed")
    assert held.reason == "900 is above 500, the most that is plausible"
    assert (held.first_at, held.last_at, held.decided_at) == (NOW, NOW, None)


def test_the_same_again_is_one_row_that_knows_when_it_came_last(session):
    fetched(session, a_reading(900.0))
    later = NOW + timedelta(hours=1)
    fetched(session, a_reading(900.0, known_at=later), run_id=2, now=later)
    (held,) = waiting(session)
    assert (held.run_id, held.first_at, held.last_at) == (2, NOW, later)


def test_another_value_of_the_period_is_a_row_of_its_own(session):
    fetched(session, a_reading(900.0), a_reading(910.0, ends=NOW - 2 * WEEK))
    fetched(session, a_reading(901.0))
    assert sorted(held.reading.value for held in waiting(session)) == [900, 901, 910]


def test_unknown_series_wait_even_if_no_database_could_hold_their_names(session):
    fetched(session, a_reading(1.0, series="fuel-price:bamkao"), a_reading(1.0, series="x\x00\ud800" * 300))
    assert {held.gate for held in waiting(session)} == {Gate.UNKNOWN_SERIES}
    assert quarantine.count(session, Which(series="fuel-price:bamkao")) == 1


def test_a_series_that_the_source_names_for_its_own_indicator_needs_no_place(session):
    source = a_source(settings={"series": [{"series": "fuel-price:gao"}, {"series": "shoe-sizes:gao"}]})
    wild, good = (a_reading(value, series="fuel-price:gao") for value in (900.0, 120.0))
    judged = judge_readings(session, source, [wild], now=NOW)
    assert [each.gate for each in judged.quarantined] == [Gate.RANGE]
    other = a_reading(1.0, series="shoe-sizes:gao")
    judged = judge_readings(session, source, [good, other], now=NOW)
    assert judged.accepted == (good,)
    assert [each.gate for each in judged.quarantined] == [Gate.UNKNOWN_SERIES]


def test_a_series_is_not_made_by_a_source_that_its_indicator_is_not_read_from(session):
    source = a_source("elsewhere", settings={"series": [{"series": "fuel-price:gao"}]})
    judged = judge_readings(session, source, [a_reading(120.0, series="fuel-price:gao")], now=NOW)
    assert [each.gate for each in judged.quarantined] == [Gate.UNKNOWN_SERIES]


def test_what_was_released_passes_from_then_on(session):
    fetched(session, a_reading(900.0))
    assert decide(session, waiting(session)[0], State.RELEASED) == 1
    assert fetched(session, a_reading(900.0)).accepted == (a_reading(900.0),)


@pytest.mark.parametrize("state", [State.DISMISSED, State.CORRECTED])
def test_what_was_dismissed_or_corrected_does_not_come_back_even_if_the_gates_would_let_it(session, state):
    fetched(session, a_reading(900.0))
    decide(session, waiting(session)[0], state)
    wider = an_indicator(plausible_high=5000)
    definitions.save(session, wider, author="ana", reason="wider", effective_at=NOW, now=NOW)
    judged = fetched(session, a_reading(900.0), a_reading(901.0, ends=NOW - 2 * WEEK))
    assert judged.set_aside == 1
    assert [each.value for each in judged.accepted] == [901]
    assert waiting(session) == []


def test_what_waits_and_passes_now_waits_no_longer(session):
    tomorrow = a_reading(120.0, ends=NOW + 8 * WEEK)
    fetched(session, tomorrow)
    fetched(session, tomorrow, now=NOW + 8 * WEEK)
    (held,) = quarantine.find(session, Which())
    assert (held.state, held.decided_by, held.why) == (State.RELEASED, "heatwatch", PASSES_NOW)


def test_what_the_source_put_right_itself_waits_no_longer(session):
    fetched(session, a_reading(900.0), a_reading(900.0, ends=NOW - 3 * WEEK))
    fetched(session, a_reading(115.0))
    assert [held.reading.period_end for held in waiting(session)] == [NOW - 3 * WEEK]
    (held,) = quarantine.find(session, Which(state=State.DISMISSED))
    assert held.why == REPLACED


def test_a_good_vintage_beside_it_does_not_take_a_bad_one_away(session):
    for _ in range(2):
        fetched(session, a_reading(120.0, known_at=NOW - WEEK), a_reading(900.0))
    assert [held.reading.value for held in waiting(session)] == [900]


def test_rows_are_found_by_source_series_and_run_and_counted(session):
    fetched(session, a_reading(900.0), run_id=7)
    assert len(waiting(session, run_id=7, source="feed", series=FUEL)) == 1
    assert waiting(session, run_id=8) == waiting(session, source="other") == []
    assert quarantine.open_by_source(session) == {"feed": 1}


def test_each_row_is_decided_once(session):
    fetched(session, a_reading(900.0))
    (held,) = waiting(session)
    assert [decide(session, held, State.RELEASED), decide(session, held, State.DISMISSED)] == [1, 0]
    assert quarantine.one(session, held.id).state is State.RELEASED


def test_a_person_is_warned_of_the_same_without_anything_being_kept(session):
    found = gate_warnings(session, [a_reading(900.0), a_reading(1.0, series="no-such:x")], now=NOW)
    assert [each.gate for each in found] == [Gate.RANGE]
    assert waiting(session) == []


def test_a_person_typing_is_asked_to_confirm_what_would_not_pass(session):
    entry = Entry(series=FUEL, value="5000", starts_on=date(2025, 11, 29), citation="a call")
    (asked,) = doubts(session, entry, now=NOW)
    assert asked == "5\N{NARROW NO-BREAK SPACE}000 is above 500, the most that is plausible."
