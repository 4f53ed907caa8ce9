"""What ran live is what a replay of the stored data gives, whatever idle looks lay between."""

import random
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations, product

import pytest
from hypothesis import settings

from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.scale import Concern
from monitor.services.assess import assess, claim_assessment
from monitor.services.raise_alerts import raise_next
from monitor.services.time_machine import try_rule
from monitor.storage import alerts, observations, subjects
from monitor.storage.engine import open_database
from tests.factories import FUEL, a_level_rule, a_reading, a_rule, an_indicator, install_desk

FIRST = datetime(2025, 11, 3, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
RULES = (
    a_rule("waits", for_seconds=5 * 3600.0, for_count=1, keep_firing_seconds=30 * 3600.0),
    a_rule("counts", lowest_concern=Concern.WATCH, for_count=2, keep_firing_seconds=0.0),
    a_rule("locks", lowest_concern=Concern.WATCH, for_count=1, lockout_seconds=4 * 86_400.0),
    a_level_rule("level"),
)
VALUES = (100, 100, 160, 245, 260, 343, 360, 495, 520)


# `make properties` lives through 200 of them.
HISTORIES = 204 if settings.default.max_examples >= 1_000 else 5


@contextmanager
def install(url):
    database = open_database(url)
    with database.write() as session:
        fuel = an_indicator(cadence_days=1.0, fresh_for_days=2.0, expires_after_days=3.0)
        install_desk(session, indicators=(fuel, an_indicator("conflict-deaths")), rules=RULES, now=FIRST)
        yield session
    database.dispose()


@pytest.fixture
def session(database_url):
    with install(database_url) as session:
        yield session


def history(seed):
    """Causes in order: a value of a day, known hours later; revisions and withdrawals; days without any."""
    rng = random.Random(seed)
    causes = []
    for day in range(16):
        ends, known = FIRST + day * DAY, FIRST + day * DAY + rng.randint(0, 5) * HOUR
        if rng.random() < 0.15:
            continue
        value = float(rng.choice(VALUES))
        causes.append(a_reading(value, ends=ends, days=1, known_at=known))
        if rng.random() < 0.3:
            other = None if rng.random() < 0.3 else float(rng.choice(VALUES))
            revised = replace(causes[-1], value=other, known_at=known + 7 * HOUR, source_revision=1)
            causes.append(revised)
    return sorted(causes, key=lambda reading: reading.known_at)


def live(session, causes, *, idle):
    """Let each cause come in, every midnight and timer, and idle hours after it; return the last moment."""
    end = causes[-1].known_at + 5 * DAY
    moments = {reading.known_at: [] for reading in causes}
    for reading in causes:
        moments[reading.known_at].append(reading)
    midnight = FIRST.replace(hour=0) + DAY
    while midnight <= end:
        moments.setdefault(midnight, [])
        midnight += DAY
    # Nothing changes within hours of a value but what its timers bring: these looks are idle.
    for reading, hours in product(causes, range(1, idle + 1)):
        moments.setdefault(reading.known_at + hours * HOUR, [])
    for now in sorted(moments):
        hear_timers(session, before=now)
        if moments[now]:
            observations.add(session, moments[now], source="feed", author="", note="", now=now)
        if now >= causes[0].known_at:
            look(session, now)
    return max(moments)


def look(session, now):
    subjects.mark_due(session, ["goita"], now=now)
    claim = claim_assessment(session, now=now)
    assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
    raise_next(session, now=now)


def hear_timers(session, *, before):
    while (due := subjects.state(session, "goita").alerts_due_at) is not None and due < before:
        raise_next(session, now=due)


def said(events):
    return [(event.type.value, event.at, int(event.concern), event.reason) for event in events]


@pytest.mark.parametrize("seed,idle", [(1, 0), (2, 3)])
def test_a_live_run_and_its_replay_tell_the_same(session, seed, idle):
    assert told_alike(session, seed, idle=idle) > len(RULES)
    assert alerts.find(session, fingerprint("waits", FUEL)) is not None


@pytest.mark.parametrize("seed", range(4, HISTORIES))
def test_more_live_runs_and_their_replays_tell_the_same(sqlite_url, seed):
    with install(sqlite_url) as session:
        told_alike(session, seed, idle=seed % 4)


def told_alike(session, seed, *, idle):
    """Compare what each rule told live with what its replay tells; count it."""
    now = live(session, history(seed), idle=idle)
    told = 0
    for rule in RULES:
        name = fingerprint(rule.slug, rule.series or rule.subject)
        lived = in_order(alerts.recent_events(session, fingerprint=name, limit=500))
        [course] = try_rule(session, rule.slug, since=FIRST - DAY, now=now).run.courses
        assert said(lived) == said(in_order(course.events))
        told += len(lived)
    return told


def in_order(events):
    return sorted(
        events, key=lambda event: (event.at, event.episode_id == event.fingerprint, event.event_seq)
    )


@pytest.mark.parametrize("order", list(permutations(range(3)))[1:])
def test_case_11_the_order_in_which_revisions_arrive_does_not_change_where_it_ends(session, order):
    ends = FIRST + DAY
    revisions = [
        a_reading(value, ends=ends, days=1, known_at=ends + HOUR, source_revision=number)
        for number, value in enumerate((520.0, 100.0, 360.0))
    ]
    look_at(session, a_reading(100.0, ends=FIRST, days=1), now=FIRST)
    for place, number in enumerate(order):
        look_at(session, revisions[number], now=ends + (place + 1) * HOUR)
    alert = alerts.find(session, fingerprint("counts", FUEL))
    assert (alert.value, alert.concern) == (360.0, Concern.NORMAL)
    assert alert.pending.keys() == {Concern.WATCH, Concern.ELEVATED, Concern.HIGH}


def look_at(session, reading, *, now):
    observations.add(session, [reading], source="feed", author="", note="", now=now)
    look(session, now)
