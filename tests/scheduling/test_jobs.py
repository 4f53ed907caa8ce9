"""Jobs: each drains what is due through its service, on either engine."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.bootstrap import build
from monitor.config import load_settings
from monitor.domain.scale import Concern
from monitor.scheduling import jobs
from monitor.services.due_work import due_work
from monitor.services.exercise import start_exercise
from monitor.storage import alerts, channels, definitions, heartbeats, heat_points, observations, subjects
from tests.factories import (
    DEATHS,
    NOW,
    a_channel,
    a_level_rule,
    a_placement,
    a_reading,
    a_rule,
    a_subject,
    install_desk,
    standing,
)
from tests.fakes import FakeChannel, FakeSource, an_outside

HISTORY = [a_reading(500.0), a_reading(500.0, series=DEATHS)]


@pytest.fixture
def channel():
    return FakeChannel()


@pytest.fixture
def application(tmp_path, database_url, channel):
    environ = {"HEATWATCH_HOME": str(tmp_path), "HEATWATCH_DATABASE_URL": database_url}
    built = build(load_settings(environ))
    application = replace(
        built, channel_kinds={"fake": channel}, outside=an_outside({"fake": FakeSource(HISTORY, HISTORY)})
    )
    with application.writing() as (session, now):
        install_desk(session, now=now, clock=standing(), rules=(a_level_rule(),))
        channels.add(session, a_channel(takes_exercises=True), box=application.secrets, now=now)
    yield application
    application.close()


def observe_all(application):
    """Ask what is due, and wait for it however slow the machine is."""
    jobs.observe_due(application)
    assert jobs.observers.wait(60)


def open_alerts(application):
    with application.reading() as (session, _):
        return [alert.rule for alert in alerts.find_open(session)]


def test_a_due_source_is_observed_assessed_and_told(application, channel):
    observe_all(application)
    assert jobs.drain_pipeline(application) == 1
    assert open_alerts(application) == ["level"]
    jobs.deliver_due(application)
    assert [body for _, body in channel.sent] == [b"alert.firing critical"]


def test_a_second_turn_finds_nothing_to_do(application, channel):
    for _ in range(2):
        observe_all(application)
        jobs.drain_pipeline(application)
        jobs.deliver_due(application)
    assert jobs.drain_pipeline(application) == 0
    assert jobs.deliver_due(application) is None
    assert len(channel.sent) == 1


def test_a_worker_that_is_stopping_claims_nothing(application):
    observe_all(application)
    application.stopping.set()
    assert jobs.drain_pipeline(application) == 0
    with application.reading() as (session, _):
        assert subjects.has_marks(session, "goita")


def more_subjects(application, *slugs):
    with application.writing() as (session, now):
        for slug in slugs:
            install_desk(session, now=now, clock=standing(), subject=a_subject(slug),
                         placements=(a_placement(subject=slug),))  # fmt: skip
            subjects.mark_due(session, [slug], now=now)


def assessed(application):
    with application.reading() as (session, _):
        return sorted(heat_points.last(session, ["goita", "niger", "togo"]))


def test_many_subjects_are_assessed_in_few_transactions(application, monkeypatch):
    more_subjects(application, "niger", "togo")
    observe_all(application)
    turns = []
    together = jobs._assess_together
    monkeypatch.setattr(jobs, "LONGEST_SECONDS", 60.0)
    monkeypatch.setattr(
        jobs, "_assess_together", lambda *a, **k: turns.append(together(*a, **k)) or turns[-1]
    )
    assert jobs.drain_pipeline(application) == 3
    assert turns == [3]
    assert assessed(application) == ["goita", "niger", "togo"]


def test_a_transaction_that_has_lasted_long_ends_and_the_rest_follows(application, monkeypatch):
    more_subjects(application, "niger", "togo")
    observe_all(application)
    monkeypatch.setattr(jobs, "LONGEST_SECONDS", -1.0)
    assert jobs.drain_pipeline(application) == 3
    assert assessed(application) == ["goita", "niger", "togo"]


def test_one_that_fails_takes_no_other_with_it(application, monkeypatch):
    more_subjects(application, "niger", "togo")
    observe_all(application)
    sound = jobs.assess_all

    def failing(session, claims, **given):
        if "niger" in [claim.slug for claim in claims]:
            raise RuntimeError("niger cannot be assessed")
        return sound(session, claims, **given)

    monkeypatch.setattr(jobs, "assess_all", failing)
    with pytest.raises(RuntimeError, match="niger"):
        jobs.drain_pipeline(application)
    assert assessed(application) == ["goita", "togo"]


def test_what_would_wait_for_long_is_given_back(application, monkeypatch):
    more_subjects(application, "niger", "togo")
    observe_all(application)
    monkeypatch.setattr(jobs, "LONGEST_SECONDS", -1.0)
    monkeypatch.setattr(jobs, "GIVEN_BACK_SECONDS", -1.0)
    assert jobs._assess_some(application) == 0
    with application.writing() as (session, now):
        assert len(subjects.claim_assessments(session, now, limit=9)) == 3


def test_rules_that_fail_together_are_evaluated_by_themselves(application, monkeypatch):
    more_subjects(application, "niger")
    observe_all(application)
    monkeypatch.setattr(jobs, "LONGEST_SECONDS", 60.0)
    sound, calls = jobs.raise_due, []

    def fails_together(session, *, most, now):
        calls.append(most)
        found = sound(session, most=most, now=now)
        if most > 1:
            raise RuntimeError("the connection was lost")
        return found

    monkeypatch.setattr(jobs, "raise_due", fails_together)
    jobs.drain_pipeline(application)
    assert 1 in calls
    assert open_alerts(application) == ["level"]


@pytest.fixture
def calm_desk(application):
    """One that was assessed before: a value that comes now is told in one turn."""
    observe_all(application)
    jobs.drain_pipeline(application)
    jobs.deliver_due(application)
    with application.writing() as (session, now):
        for slug in ("fuel", "food"):
            rule = a_rule(slug, lowest_concern=Concern.WATCH)
            definitions.save(session, rule, author="", reason="", effective_at=now, now=now)
        subjects.mark_due(session, ["goita"], now=now)


def due(application):
    with application.reading() as (session, now):
        return due_work(session, now=now)


def test_where_there_is_one_writer_what_is_raised_becomes_messages_in_the_same_turn(application, calm_desk):
    assert jobs.drain_pipeline(application, may_form=lambda: True) == 1
    found = due(application)
    is_alone = application.database.is_sqlite
    assert (found.pipeline, found.waiting, found.formed) == (False, not is_alone, is_alone)


def test_a_turn_that_fails_as_a_whole_is_taken_stage_by_stage(application, calm_desk, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("the message cannot be formed")

    monkeypatch.setattr(jobs, "form_deliveries", fails)
    assert jobs.drain_pipeline(application, may_form=lambda: True) == 1
    assert (due(application).pipeline, due(application).waiting) == (False, True)


def test_long_series_are_packed(application):
    with application.writing() as (session, now):
        rows = [a_reading(1.0 + day, ends=NOW - timedelta(days=7 * day)) for day in range(300)]
        observations.add(session, rows, source="feed", author="", note="", now=now)
    assert jobs.pack_due(application) == 1
    assert jobs.pack_due(application) == 0


def test_an_exercise_is_played_to_its_end(application):
    with application.writing() as (session, now):
        observations.add(session, HISTORY, source="feed", author="", note="", now=now)
    jobs.drain_pipeline(application)
    with application.writing() as (session, now):
        copy = start_exercise(
            session, "goita", runs_from=NOW.replace(day=25), runs_until=NOW, speed=1e9, now=now
        )
    assert jobs.any_exercise_runs(application)
    jobs.advance_exercises(application)
    jobs.advance_exercises(application)
    assert not jobs.any_exercise_runs(application)
    with application.reading() as (session, _):
        assert heat_points.last(session, [copy])[copy].heat == pytest.approx(0.0)


def test_a_beat_says_that_the_worker_lives(application):
    jobs.beat(application)
    with application.reading() as (session, now):
        assert abs((now - heartbeats.last(session)).total_seconds()) < 60
