"""Surge and record rules, live and in the time machine: reckoned from the series itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.alerting.alert import DataHealth
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.rule import Measure, Rule, RuleKind
from monitor.domain.clock import Clock
from monitor.domain.observation import Reading
from monitor.domain.scale import Concern
from monitor.services.assess import assess, claim_assessment
from monitor.services.overview.rule_page import rule_page
from monitor.services.raise_alerts import raise_next
from monitor.services.time_machine import try_rule
from monitor.storage import alerts, observations, subjects
from monitor.storage.definitions import save_all
from monitor.storage.engine import open_database
from tests.factories import (
    DEATHS,
    FUEL,
    a_level_rule,
    a_placement,
    a_reading,
    a_rule,
    an_indicator,
    install_desk,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST = datetime(2024, 1, 20, tzinfo=UTC)
RULE = a_rule("deaths-surge", series=DEATHS, measure=Measure.SURGE, minimum=110.0)
CALM, WAVE = (50,) * 13, (50,) * 13 + (150, 300, 60, 55, 50, 50, 50, 50, 400)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        deaths = an_indicator("conflict-deaths", cadence_days=31.0, fresh_for_days=60.0,
                              expires_after_days=120.0)  # fmt: skip
        install_desk(session, indicators=(an_indicator(), deaths), rules=(RULE,), clock=Clock(), now=FIRST)
        yield session
    database.dispose()


def month(number):
    """The first of a month, counted from January 2024."""
    return datetime(2024 + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def live(session, values):
    """A desk to which each month's deaths come in on the 20th of the next; return the last such day."""
    for number, value in enumerate(values):
        now = month(number + 1).replace(day=20)
        reading = Reading(
            series=DEATHS, period_start=month(number), period_end=month(number + 1), value=float(value),
            known_at=now,
        )  # fmt: skip
        observations.add(session, [reading], source="feed", author="", note="", now=now)
        subjects.mark_due(session, ["goita"], now=now)
        claim = claim_assessment(session, now=now)
        assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
        raise_next(session, now=now)
    return now


def lived(session, rule="deaths-surge"):
    return sorted(
        (each.started_at, Concern(each.peak_concern))
        for each in alerts.recent_episodes(session, limit=50)
        if each.rule == rule
    )


def test_a_month_of_three_times_the_usual_fires_and_one_of_usual_does_not(session):
    now = live(session, CALM)
    assert lived(session) == []
    assert try_rule(session, "deaths-surge", since=FIRST, now=now).rules[0].new.firings == ()


def test_a_wave_is_one_episode_whose_worst_month_raises_it_and_the_next_is_another(session):
    live(session, WAVE)
    assert lived(session) == [
        (datetime(2025, 3, 20, tzinfo=UTC), Concern.CRITICAL),
        (datetime(2025, 11, 20, tzinfo=UTC), Concern.HIGH),
    ]


def test_the_time_machine_tells_what_was_told_live(session):
    now = live(session, WAVE)
    (rule,) = try_rule(session, "deaths-surge", since=FIRST, now=now).rules
    assert [(each.began_at, each.peak) for each in rule.new.firings] == lived(session)


def test_below_its_minimum_nothing_surges(session):
    live(session, tuple(value / 20 for value in WAVE))
    assert lived(session) == []


RECORD = a_rule("deaths-record", series=DEATHS, measure=Measure.RECORD_HIGH, minimum=100.0,
                keep_firing_seconds=0.0)  # fmt: skip
WAVES = (50,) * 12 + (120, 60, 130, 140, 60, 60, 60, 60, 60, 150, 60, 99, 160)


def test_a_record_high_is_told_once_in_half_a_year(session):
    save_all(session, [RECORD], author="amina", reason="test", effective_at=FIRST, now=FIRST)
    live(session, WAVES)
    found = [at for at, _ in lived(session, "deaths-record")]
    assert found == [datetime(2025, 2, 20, tzinfo=UTC), datetime(2025, 11, 20, tzinfo=UTC)]


def test_the_time_machine_tells_of_records_what_was_told_live(session):
    save_all(session, [RECORD], author="amina", reason="test", effective_at=FIRST, now=FIRST)
    now = live(session, WAVES)
    (rule,) = try_rule(session, "deaths-record", since=FIRST, now=now).rules
    assert [(each.began_at, each.peak) for each in rule.new.firings] == lived(session, "deaths-record")


def test_a_message_says_for_how_long_no_value_was_as_high(session):
    save_all(session, [RECORD], author="amina", reason="test", effective_at=FIRST, now=FIRST)
    live(session, WAVES[:13])
    [episode] = [each for each in alerts.recent_episodes(session, limit=5) if each.rule == "deaths-record"]
    firing = alerts.events(session, episode.id)[0]
    assert "conflict-deaths: 120, the highest for 397 d." in firing.body["summary"]


MOVES = a_level_rule("moves", kind=RuleKind.MOMENTUM, days=7, lowest_concern=Concern.HIGH)


def daily(session, values):
    """A desk that hears of a value each noon, and looks at midnight as well; return the last noon."""
    for number, value in enumerate(values):
        for now in (FIRST + number * DAY, FIRST + number * DAY + 12 * HOUR):
            if now.hour:
                reading = a_reading(float(value), ends=now, series=DEATHS, days=1)
                observations.add(session, [reading], source="feed", author="", note="", now=now)
            subjects.mark_due(session, ["goita"], now=now)
            claim = claim_assessment(session, now=now)
            assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
            raise_next(session, now=now)
    return now


def test_momentum_fires_when_pressure_rises_unusually_far_as_the_time_machine_says(session):
    save_all(session, [MOVES, a_placement(DEATHS)], author="a", reason="t", effective_at=FIRST, now=FIRST)
    now = daily(session, [200 + 3 * (day % 5) for day in range(40)] + [480, 490, 495])
    (tried,) = try_rule(session, "moves", since=FIRST, now=now).rules
    assert [(each.began_at, each.peak) for each in tried.new.firings] == lived(session, "moves")
    assert lived(session, "moves") == [(FIRST + 40 * DAY + 12 * HOUR, Concern.CRITICAL)]
    episode = next(each for each in alerts.recent_episodes(session) if each.rule == "moves")
    assert "times its usual spread in 7 days." in alerts.events(session, episode.id)[0].body["summary"]


SUM = a_rule("sum", kind=RuleKind.FORMULA, series="", formula=f"{DEATHS} + 2 * {FUEL}",
             enter={Concern.HIGH: 300.0, Concern.CRITICAL: 500.0}, keep_firing_seconds=0.0)  # fmt: skip


def test_a_formula_is_missing_until_all_are_observed_and_fires_by_its_own_edges(session):
    save_all(session, [SUM], author="amina", reason="test", effective_at=FIRST, now=FIRST)
    steps = ((DEATHS, 400.0), (FUEL, 120.0), (DEATHS, 90.0), (FUEL, 230.0), (DEATHS, 20.0), (FUEL, 10.0))
    for number, (key, value) in enumerate(steps):
        now = FIRST + number * DAY
        reading = a_reading(value, ends=now, days=1, series=key)
        observations.add(session, [reading], source="feed", author="", note="", now=now)
        subjects.mark_due(session, ["goita"], now=now)
        claim = claim_assessment(session, now=now)
        assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
        raise_next(session, now=now)
    found = [(each.started_at, each.ended_at, each.peak_concern) for each in told_of(session, "sum")]
    assert found == [(FIRST + DAY, FIRST + 5 * DAY, Concern.CRITICAL)]
    (tried,) = try_rule(session, "sum", since=FIRST, now=now).rules
    assert [(each.began_at, each.ended_at, each.peak) for each in tried.new.firings] == found
    events = alerts.events(session, told_of(session, "sum")[0].id)
    assert "sum: 640, critical from 500." in events[0].body["summary"]


def told_of(session, rule):
    return [each for each in reversed(alerts.recent_episodes(session, limit=50)) if each.rule == rule]


def test_a_formula_of_a_series_that_is_not_placed_sees_nothing(session):
    other = replace(SUM, formula="rain:mali + 1")
    save_all(session, [other], author="amina", reason="test", effective_at=FIRST, now=FIRST)
    now = live(session, CALM[:2])
    assert alerts.get(session, fingerprint("sum", "goita")).data_health is DataHealth.NO_DATA
    warnings = try_rule(session, "sum", since=FIRST, now=now).warnings
    assert "sum: goita has no placement of rain:mali, so it is never evaluated" in warnings


def test_a_blind_operand_is_hidden_behind_the_alert_of_its_formula(session):
    save_all(session, [SUM], author="amina", reason="test", effective_at=FIRST, now=FIRST)
    late = FIRST + 200 * DAY
    for key in (DEATHS, FUEL):
        reading = a_reading(400.0, ends=FIRST, days=1, series=key)
        observations.add(session, [reading], source="feed", author="", note="", now=FIRST)
    for now in (FIRST, late, late + timedelta(minutes=1)):
        subjects.mark_due(session, ["goita"], now=now)
        claim = claim_assessment(session, now=now)
        assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
        raise_next(session, now=now)
    assert alerts.get(session, fingerprint("SeriesBlind", FUEL)).concern is Concern.CRITICAL


def test_every_kind_of_rule_says_in_words_what_it_compares_and_is_drawn(session):
    save_all(session, [SUM, RECORD, MOVES], author="amina", reason="test", effective_at=FIRST, now=FIRST)
    now = live(session, CALM[:2])
    said = {slug: rule_page(session, slug, now=now) for slug in ("sum", "deaths-record", "moves", RULE.slug)}
    assert f"Fires when {DEATHS} + 2 * {FUEL} is at an edge or more: high at 300" in said["sum"].words[0]
    assert "conflict-deaths, Mali was never as high" in said["deaths-record"].words[0]
    assert "For 180 d after it told a concern, it tells only a worse one." in said["deaths-record"].words
    assert "pressure rose over 7 days" in said["moves"].words[0]
    assert "against its usual one (of 110 at least)" in said[RULE.slug].words[0]
    assert all(page.chart is not None and page.chart.edges for page in said.values())


def test_a_rehearsal_reads_its_own_series():
    assert replace(SUM, subject="goita@exercise-1").watches == {f"{DEATHS}@exercise-1", f"{FUEL}@exercise-1"}


@pytest.mark.parametrize(
    "values",
    [
        {"formula": "a:b + 1"}, {"kind": RuleKind.FORMULA, "series": "", "formula": "a:b + 1"},
        {"kind": RuleKind.FORMULA, "series": "", "formula": "a + 1", "enter": {Concern.HIGH: 1.0}},
        {"kind": RuleKind.MOMENTUM, "series": ""}, {"days": 7}, {"measure": Measure.MOMENTUM},
        {"measure": Measure.SURGE}, {"minimum": 5.0},
        {"measure": Measure.SURGE, "minimum": 5.0, "series": "", "kind": RuleKind.HEAT_LEVEL},
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(values):
    plain = Rule(slug="a", name="a", kind=RuleKind.THRESHOLD, subject="goita", series=DEATHS)
    with pytest.raises(ValueError, match="rule a: "):
        replace(plain, **values)


def test_a_message_says_how_many_times_the_usual_rate(session):
    live(session, WAVE[:14])
    [episode] = [each for each in alerts.recent_episodes(session, limit=5) if each.rule == "deaths-surge"]
    firing = alerts.events(session, episode.id)[0]
    assert "conflict-deaths: 3.3 times the usual rate." in firing.body["summary"]
