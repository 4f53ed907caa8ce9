"""Observe: a source is asked outside any transaction, and every run leaves a row."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.errors import NotFound
from monitor.domain.harvest import Harvest
from monitor.domain.normalisations.normalisation import Unscored
from monitor.services.observe import observe, observe_next
from monitor.storage import definitions, observations, runs, series, sources, subjects
from tests.factories import DEATHS, FUEL, NOW, a_reading, a_source, an_indicator, install_desk
from tests.fakes import FakeSource, an_outside, silent


@pytest.fixture
def database(database):
    with database.write() as session:
        install_desk(session)
    return database


def values_of(database, key=FUEL):
    with database.read() as session:
        return series.columns(session, [key])[key].value.tolist()


def test_readings_become_observations_and_mark_subjects_due(database):
    outcome = observe(database, an_outside({"fake": FakeSource([a_reading(480.0)])}), "feed")
    assert (outcome.outcome, outcome.new) == ("ok", 1)
    assert values_of(database) == [480.0]
    with database.read() as session:
        assert subjects.state(session, "goita").assess_due_at is not None


def test_the_same_answer_again_stores_nothing(database):
    outside = an_outside({"fake": FakeSource([a_reading(480.0)], [a_reading(480.0)])})
    observe(database, outside, "feed")
    assert observe(database, outside, "feed").outcome == "unchanged"
    assert values_of(database) == [480.0]


def test_an_empty_answer_is_not_a_failure(database):
    assert observe(database, an_outside({"fake": FakeSource([])}), "feed").outcome == "empty"


def test_a_failure_is_a_run_with_its_words_and_the_source_waits_longer_each_time(database):
    outside = an_outside({"fake": FakeSource(silent("the server says 503"), silent(), silent())})
    outcome = observe(database, outside, "feed")
    assert outcome.is_error
    waits = []
    for _ in range(2):
        observe(database, outside, "feed")
        with database.read() as session:
            state = sources.state(session, "feed")
        waits.append(state.due_at - state.last_run_at)
    assert waits[1] > waits[0]
    with database.read() as session:
        assert runs.recent(session, "feed")[-1].message == "the server says 503"
        assert sources.state(session, "feed").failures == 3


def test_one_bad_reading_does_not_keep_the_good_ones_out(database):
    stranger = a_reading(1.0, series="unheard:of")
    future = a_reading(1.0, ends=NOW + timedelta(days=4000))
    outcome = observe(
        database, an_outside({"fake": FakeSource([a_reading(480.0), stranger, future])}), "feed"
    )
    assert (outcome.new, outcome.quarantined, outcome.rejected) == (1, 2, 0)
    assert values_of(database) == [480.0]


def test_a_forecast_of_periods_to_come_is_stored_though_nothing_places_it(database):
    outlook = an_indicator("outlook", normalisation=Unscored(), is_forecast=True)
    with database.write() as session:
        definitions.save_all(session, [outlook], author="t", reason="", effective_at=NOW, now=NOW)
    ahead = [
        a_reading(value, series="outlook:MLI", ends=NOW + timedelta(days=30 + 7 * value)) for value in (1, 2)
    ]
    revised = [a_reading(5.0, series="outlook:MLI", ends=NOW + timedelta(days=37))]
    outside = an_outside({"fake": FakeSource(ahead, revised)})
    assert (observe(database, outside, "feed").new, observe(database, outside, "feed").revised) == (2, 1)
    assert sorted(values_of(database, "outlook:MLI")) == [1, 2, 5]


def test_a_source_that_is_cut_off_is_not_asked(database):
    with database.write() as session:
        sources.set_cut(session, "feed", is_cut=True)
    kind = FakeSource([a_reading(480.0)])
    assert observe(database, an_outside({"fake": kind}), "feed").outcome == "cut"
    assert kind.asked == []


def test_a_due_source_is_claimed_once_and_due_again_after_its_interval(database):
    outside = an_outside({"fake": FakeSource([a_reading(480.0, series=DEATHS)])})
    assert observe_next(database, outside).source == "feed"
    assert observe_next(database, outside) is None
    with database.read() as session:
        state = sources.state(session, "feed")
    assert state.due_at - state.last_ok_at == timedelta(seconds=3600)


def test_a_source_entered_by_hand_cannot_be_fetched(database):
    with database.write() as session:
        source = a_source("desk", kind="manual", interval_seconds=None)
        definitions.save(session, source, author="test", reason="", effective_at=NOW, now=NOW)
        sources.add(session, "desk", due_at=None)
    with pytest.raises(NotFound, match="by hand"):
        observe(database, an_outside({}), "desk")


def test_history_fetched_first_was_known_when_it_came_out(database):
    with database.write() as session:
        source = a_source(publication_lag_days=2.0)
        definitions.save(session, source, author="test", reason="", effective_at=NOW, now=NOW)

    values = [5.0, 6.0]

    def told(source, ask, fetcher):
        midnight, value = ask.now.replace(hour=0, minute=0, second=0, microsecond=0), values.pop(0)
        ends = [midnight - timedelta(days=days) for days in (30, 20, 1)]
        readings = [a_reading(value, ends=each, known_at=ask.now) for each in ends]
        return Harvest(readings=(replace(readings[0], known_at=ends[0] + timedelta(days=1)), *readings[1:]))

    kind = FakeSource()
    kind.fetch = told
    assert observe(database, an_outside({"fake": kind}), "feed").new == 3
    with database.read() as session:
        stored = observations.history(session, FUEL)
    newest, *before = [each.reading for each in stored]
    assert not newest.is_reconstructed
    assert [each.known_at - each.period_end for each in before] == [timedelta(days=2), timedelta(days=1)]
    assert [each.is_reconstructed for each in before] == [True, False]
    assert observe(database, an_outside({"fake": kind}), "feed").revised == 3
    with database.read() as session:
        later = [each.reading for each in observations.history(session, FUEL) if each.reading.value == 6.0]
    assert {each.is_reconstructed for each in later} == {False}
