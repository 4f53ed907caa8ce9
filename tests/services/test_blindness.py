"""Sources cut off one by one: heat stays, coverage and confidence fall, then Unknown; nothing resolves."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.packs.read_pack import read_pack
from monitor.paths import packs_folder
from monitor.services.assess import assess, claim_assessment
from monitor.services.cut_source import cut_source
from monitor.services.exercise import advance_exercise, start_exercise
from monitor.services.install_pack import install_pack
from monitor.services.raise_alerts import raise_next
from monitor.storage import alerts, heat_points, subjects
from monitor.storage.engine import open_database
from monitor.storage.heat_points import Origin

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 23, tzinfo=UTC)
START, END = datetime(2025, 6, 2, tzinfo=UTC), datetime(2025, 11, 5, tzinfo=UTC)
COPY = "assimi-goita@exercise-1"
SOURCES = ("mali-desk", "goita-brief", "ucdp-monthly")


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_pack(session, read_pack(packs_folder() / "mali").pack, author="test", now=NOW)
        start_exercise(session, "assimi-goita", runs_from=START, runs_until=END, speed=86400.0, now=NOW)
        yield session
    database.dispose()


def play_until(session, day):
    now = NOW + timedelta(seconds=(day - START).days)
    while True:
        claim = claim_assessment(session, now=now)
        if claim is not None:
            assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
        elif raise_next(session, now=now) is None and not advance_exercise(session, "exercise-1", now=now):
            return heat_points.last(session, [COPY])[COPY]


def cut(session, source):
    cut_source(session, f"{source}@exercise-1", is_cut=True, actor="test", reason="drill", now=NOW)


def open_alerts_of(session):
    return {alert.fingerprint for alert in alerts.find_open(session, [COPY])}


def test_cut_off_sources_make_him_unknown_and_resolve_nothing(session):
    before = play_until(session, datetime(2025, 6, 5, tzinfo=UTC))
    points = [before]
    opened = open_alerts_of(session)
    assert opened
    for number, source in enumerate(SOURCES):
        cut(session, source)
        points.append(play_until(session, datetime(2025, 6, 6 + number, tzinfo=UTC)))
    last = play_until(session, END)

    assert all(abs(point.heat - before.heat) < 0.5 for point in points)
    line = heat_points.line(session, COPY, since=datetime(2025, 6, 9, tzinfo=UTC), origin=Origin.PUBLISHED)
    assert (line.coverage[1:] <= line.coverage[:-1]).all()
    assert last.confidence < before.confidence
    assert last.coverage < 0.60
    assert last.level == "Unknown"
    assert last.concern is None
    assert last.heat == pytest.approx(before.heat, abs=2.0)
    state = subjects.state(session, COPY)
    assert state.level_state.last_known in {"Mild", "Cool"}
    assert open_alerts_of(session) >= opened
