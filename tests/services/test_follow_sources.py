"""Turns of a pack's sources: an upgrade that changes a schedule changes the next turn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.domain.release import Release
from monitor.packs.read_pack import read_pack
from monitor.services.install_pack import install_pack
from monitor.storage import sources
from monitor.storage.engine import open_database

TINY = read_pack(Path(__file__).parents[1] / "data" / "packs" / "tiny").pack
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOON = Release(name="Noon", cron="0 15 * * *", timezone="UTC", grace_hours=1.0)


@pytest.fixture
def session(database_url):
    opened = open_database(database_url)
    with opened.write() as session:
        install(session, interval_seconds=7 * 86_400)
        # Asked at noon, and next in a week.
        sources.finish(session, "desk", now=NOW, due_at=NOW + 168 * HOUR, failures=0, is_new=True)
        yield session
    opened.dispose()


def install(session, *, now=NOW, **values):
    changed = replace(TINY, sources=(replace(TINY.sources[0], **values),))
    install_pack(session, changed, author="console", now=now)


@pytest.mark.parametrize(
    "values, due_at",
    [
        ({"interval_seconds": 6 * 3600}, NOW + 6 * HOUR),
        ({"interval_seconds": 3600}, NOW + HOUR),
        ({"interval_seconds": None, "cron": "30 14 * * *"}, NOW + 2.5 * HOUR),
        ({"interval_seconds": None, "releases": (NOON,)}, NOW + 3 * HOUR),
        ({"interval_seconds": None}, None),
        ({"interval_seconds": 7 * 86_400, "name": "Another"}, NOW + 168 * HOUR),
    ],
    ids=["sooner", "overdue by now", "cron", "release", "by hand", "the same schedule"],
)
def test_a_changed_schedule_sets_the_next_turn_and_nothing_else_does(session, values, due_at):
    install(session, now=NOW + 2 * HOUR, **values)
    assert sources.state(session, "desk").due_at == due_at


def test_a_schedule_that_is_changed_keeps_the_pause_after_a_failure(session):
    sources.finish(session, "desk", now=NOW, due_at=NOW + HOUR, failures=3)
    install(session, now=NOW + 0.1 * HOUR, interval_seconds=86_400)
    assert sources.state(session, "desk").due_at == NOW + timedelta(minutes=20)
