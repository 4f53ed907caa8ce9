"""Attending beside those who evaluate, escalate and save: nobody waits for somebody who waits for him."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.services.add_silence import add_silence
from monitor.services.assess import assess
from monitor.services.attend import attend
from monitor.services.end_silence import end_silence
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import alerts, channels, definitions, observations, subjects
from monitor.storage.engine import open_database
from tests.factories import NOW, a_channel, a_placement, a_reading, a_rule, a_subject, install_desk

HOUR = timedelta(hours=1)
LONG_SECONDS = 20.0
RULES = (a_rule(), a_rule("fuel-mali", subject="mali"))


@pytest.fixture
def on_postgresql(postgres_url):
    opened = open_database(postgres_url)
    yield opened
    opened.dispose()


def fire(database):
    """Two subjects have something critical open, and its repeat due in an hour."""
    placements = (a_placement(), a_placement(subject="mali"))
    with database.write() as session:
        install_desk(session, placements=placements, rules=RULES)
        definitions.save(session, a_subject("mali"), author="t", reason="r", effective_at=NOW, now=NOW)
        subjects.ensure(session, ["mali"])
        channels.add(session, a_channel("mail"), box=None, now=NOW)
        readings = [a_reading(500.0, ends=NOW)]
        observations.add(session, readings, source="feed", author="", note="", now=NOW)
        for slug in ("goita", "mali"):
            assess(session, slug, slot=None, now=NOW, claimed_at=NOW)
            raise_alerts(session, slug, slot=None, now=NOW)
        assert len(alerts.find_open(session)) == 2


def test_a_round_attends_to_one_subject_and_the_next_to_the_next(database):
    fire(database)
    for _ in range(2):
        with database.write() as session:
            assert attend(session, now=NOW + HOUR).repeated == 1
    with database.write() as session:
        assert attend(session, now=NOW + HOUR).looked_at == 0


def test_whoever_evaluates_a_subject_may_end_a_silence_while_another_waits_for_the_subject(on_postgresql):
    database = on_postgresql
    fire(database)
    with database.write() as session:
        silence = add_silence(session, a_silence(), now=NOW)
    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            subjects.hold(session, "goita")
            other = pool.submit(attends, database)
            wait_until_one_waits(database)
            end_silence(session, silence.id, actor="heatwatch", now=NOW + HOUR)
        assert other.result(LONG_SECONDS).repeated == 1


def a_silence():
    return Silence(
        matchers=parse_matchers(["alertname=other"]), author="ana", comment="known", starts_at=NOW,
        ends_at=NOW + 5 * HOUR, expire_on_resolve=True,
    )  # fmt: skip


def attends(database):
    with database.write() as session:
        return attend(session, now=NOW + HOUR)


def wait_until_one_waits(database):
    ends = time.monotonic() + LONG_SECONDS
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = "
    query = text(f"{waits} current_database()")
    while time.monotonic() < ends:
        with database.read() as session:
            if session.execute(query).scalar_one():
                return
    pytest.fail("nobody waits for the subject")
