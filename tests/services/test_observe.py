"""Observe: a source is asked outside any transaction, and every run leaves a row."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.errors import NotFound
from monitor.domain.harvest import Ask
from monitor.services.observe import known_when, observe, observe_next
from monitor.storage import definitions, runs, series, sources, subjects
from monitor.storage.engine import open_database
from tests.factories import DEATHS, FUEL, NOW, a_reading, a_source, install_desk
from tests.fakes import FakeSource, an_outside, silent


@pytest.fixture
def database(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session)
    yield database
    database.dispose()


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
    assert (outcome.new, outcome.rejected) == (1, 2)
    assert values_of(database) == [480.0]


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


def test_history_fetched_first_was_known_when_it_came_out():
    source, day = a_source(publication_lag_days=2.0), timedelta(days=1)
    ask = Ask(now=NOW, secret={}.__getitem__)
    old = known_when(a_reading(5.0, ends=NOW - 8 * day, known_at=NOW), source, ask=ask)
    assert (old.known_at, old.is_reconstructed) == (NOW - 6 * day, True)
    fresh = known_when(a_reading(5.0, ends=NOW - day, known_at=NOW), source, ask=ask)
    assert (fresh.known_at, fresh.is_reconstructed) == (NOW, False)


def test_what_says_itself_when_it_came_out_or_is_asked_for_again_keeps_its_time():
    source, said = a_source(publication_lag_days=2.0), a_reading(5.0, ends=NOW - timedelta(days=8))
    ask = Ask(now=NOW, secret={}.__getitem__)
    assert known_when(said, source, ask=ask) is said
    later = replace(said, known_at=NOW)
    assert known_when(later, source, ask=replace(ask, since=NOW)) is later
