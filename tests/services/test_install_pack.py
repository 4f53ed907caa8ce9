"""Installing a pack: everything at once, twice nothing, and an upgrade never takes an edit away."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.domain.alerting.rule import Rule
from monitor.domain.citation import Citation
from monitor.domain.clock import Clock, ClockMode
from monitor.domain.event import Event
from monitor.domain.indicator import Indicator
from monitor.domain.placement import Placement
from monitor.domain.scale import Scale
from monitor.domain.subject import Subject
from monitor.services.compare_values import Change
from monitor.services.diff_pack import diff_pack
from monitor.services.install_pack import is_empty
from monitor.storage import audit, definitions, incidents, observations, series, sources, subjects
from tests.services.tiny_pack import (
    DATA_UNTIL,
    FUEL,
    LATER,
    NOW,
    TINY,
    correct,
    install,
    save,
    stored_values,
)


@pytest.fixture
def session(database):
    with database.write() as opened:
        yield opened


class TestFirstInstall:
    def test_stores_every_definition_as_a_version_of_the_pack(self, session):
        result = install(session)

        assert result.versions == len(list(TINY.definitions)) + 1, "and the built-in scale its subject needs"
        assert definitions.get(session, Indicator, "fuel-price") == TINY.indicators[0]
        assert definitions.find_all(session, Placement) == sorted(TINY.placements, key=lambda each: each.slug)
        (version,) = definitions.history(session, Rule, "fuel")
        assert (version.origin, version.author, version.reason) == ("pack", "console", "pack tiny 1")
        assert {each.slug for each in definitions.find_all(session, Scale)} == {"grip", "standing"}
        assert definitions.get(session, Event, "decree").is_flag
        assert definitions.get(session, Citation, "invented").licence == "CC0-1.0"

    def test_stores_history_with_the_time_each_value_was_known(self, session):
        result = install(session)

        assert result.values == 6
        rows = {
            (each.reading.period_start.month, each.reading.source_revision): each.reading
            for each in observations.history(session, FUEL, since=datetime(2025, 1, 1, tzinfo=UTC))
        }
        assert rows[9, 1].value == 950
        assert rows[9, 1].known_at == datetime(2025, 11, 5, 6, tzinfo=UTC)
        assert rows[10, 0].known_at == datetime(2025, 11, 21, tzinfo=UTC)
        assert rows[10, 0].is_reconstructed
        assert not rows[9, 0].is_reconstructed
        assert rows[9, 0].citation == "invented"

    def test_puts_subjects_where_the_data_ends_watching_their_series_and_due(self, session):
        result = install(session)

        state = subjects.state(session, "leader")
        assert state.clock == Clock(mode=ClockMode.STANDING, stands_at=DATA_UNTIL)
        assert state.assess_due_at == NOW
        assert series.watched(session, "leader") == (FUEL, "parties:mali")
        assert result.subjects == ("leader", "land")

    def test_a_pack_without_an_end_leaves_its_subjects_live(self, session):
        install(session, replace(TINY, data_until=None))
        assert subjects.state(session, "leader").clock == Clock()

    def test_keeps_incidents_and_gives_sources_a_state(self, session):
        install(session)
        assert incidents.of_source(session, "desk")["I-2"].kidnapped == 4
        assert sources.state(session, "desk").due_at is None

    def test_a_source_fetched_by_the_clock_is_due_at_once(self, session):
        install(session, replace(TINY, sources=(replace(TINY.sources[0], interval_seconds=3600),)))
        assert sources.state(session, "desk").due_at == NOW

    def test_leaves_an_audit_entry(self, session):
        install(session)
        (entry,) = audit.find_all(session, target="tiny")
        assert (entry.actor, entry.action, entry.before) == ("console", "pack.install", None)
        assert entry.after["values"] == 6

    def test_an_empty_desk_is_told_from_one_with_definitions(self, session):
        assert is_empty(session)
        install(session)
        assert not is_empty(session)


class TestSecondInstall:
    def test_changes_nothing(self, session):
        install(session)
        subjects.finish_assessment(
            session, subjects.state(session, "leader"), claimed_at=NOW - subjects.LEASE
        )
        before = (definitions.current_seq(session), stored_values(session))

        result = install(session, now=LATER)

        assert not result.has_changed
        assert result.diff.is_empty
        assert result.diff.definitions == ()
        assert result.diff.values == ()
        assert (definitions.current_seq(session), stored_values(session)) == before
        assert subjects.state(session, "leader").assess_due_at is None
        assert len(audit.find_all(session, target="tiny")) == 1

    def test_changes_nothing_where_the_desk_has_corrected_a_value_since(self, session):
        install(session)
        correct(session, 1700.0)

        result = install(session, now=LATER)

        assert not result.has_changed
        (kept,) = result.diff.values
        assert kept.change is Change.KEPT
        assert kept.reason == "changed here by ada on 2026-11-23; the pack's value is the same as before"


def test_comparing_writes_nothing(database):
    with database.read() as session:
        found = diff_pack(session, TINY)
    assert {each.change for each in found.definitions} == {Change.ADDED}
    assert len(found.values) == 6
    assert len(found.incidents) == 2


def test_a_subject_that_was_there_keeps_its_clock(session):
    save(session, Subject(slug="leader", name="Mine", kind="leader", scale="standing", drivers=()))
    subjects.ensure(session, ["leader"])
    install(session)
    assert subjects.state(session, "leader").clock == Clock()
