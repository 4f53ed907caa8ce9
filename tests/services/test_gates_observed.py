"""Gates in a run: what does not pass is counted, kept and not scored; the rest is stored in time."""

from datetime import timedelta

import pytest

from monitor.domain.gates import Gate
from monitor.domain.quarantine import State
from monitor.services.decide_quarantined import release_run
from monitor.services.observe import observe
from monitor.services.quarantine_list import quarantine_list
from monitor.storage import definitions, runs, series, sources
from tests.factories import FUEL, NOW, a_reading, an_indicator, install_desk
from tests.fakes import FakeSource, an_outside

WEEK = timedelta(days=7)
TOWNS = [f"fuel-price:town-{number}" for number in range(4)]
STEADY = (700.0, 710.0, 690.0, 705.0, 715.0)


@pytest.fixture
def database(database):
    with database.write() as session:
        install_desk(session)
        series.ensure(session, TOWNS)
        sources.add(session, "feed", due_at=NOW)
    return database


def history(factor=1.0):
    """Five steady weeks of every town; the last week's by another factor."""
    last = len(STEADY) - 1
    return [
        a_reading(value * (factor if week == last else 1.0), series=town, ends=NOW - (last - week) * WEEK)
        for town in TOWNS
        for week, value in enumerate(STEADY)
    ]


def run(database, *readings):
    return observe(database, an_outside({"fake": FakeSource(list(readings))}), "feed")


def values(database, key=TOWNS[0]):
    with database.read() as session:
        return series.columns(session, [key])[key].value.tolist()


def waiting(database, **which):
    with database.read() as session:
        return quarantine_list(session, **which).rows


def test_a_unit_switched_over_night_is_held_as_a_whole_and_released_as_a_whole(database):
    early = [each for each in history() if each.period_end < NOW]
    assert run(database, *early).new == 16
    outcome = run(database, *history(1000.0))
    assert (outcome.new, outcome.quarantined) == (0, 4)
    assert values(database) == list(STEADY[:-1])
    held = waiting(database)
    assert {each.gate for each in held} == {Gate.LAYOUT}
    assert "4 of 4 steady series were multiplied by about 1" in held[0].reason
    with database.write() as session:
        (last, _) = runs.recent(session, "feed", limit=2)
        assert (last.quarantined, last.id) == (4, held[0].run_id)
        done = release_run(session, last.id, author="ana", reason="in millis now", now=database.now(session))
    assert (done.decided, done.stored) == (4, 4)
    assert values(database)[-1] == 715_000.0
    again = run(database, *history(1000.0))
    assert (again.new, again.revised, again.quarantined) == (0, 0, 0)


def test_the_answer_put_right_clears_what_waited(database):
    run(database, *[each for each in history() if each.period_end < NOW])
    run(database, *history(0.001))
    assert run(database, *history()).new == 4
    assert waiting(database) == ()
    assert {each.state for each in waiting(database, state="all")} == {State.DISMISSED}


def test_one_bad_value_holds_nothing_else_up(database):
    with database.write() as session:
        limited = an_indicator(plausible_low=0, plausible_high=5000)
        definitions.save(session, limited, author="t", reason="t", effective_at=NOW, now=NOW)
    outcome = run(database, a_reading(-9999.0), a_reading(700.0, series=TOWNS[1]))
    assert (outcome.outcome, outcome.new, outcome.quarantined) == ("ok", 1, 1)
    assert values(database, FUEL) == []
    assert values(database, TOWNS[1]) == [700.0]
