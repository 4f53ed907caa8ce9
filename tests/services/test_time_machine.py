"""The time machine: what a draft would have done, by the code that runs live (heat.md 9)."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from monitor.domain.alerting import step as machine
from monitor.domain.alerting.rule import Measure
from monitor.domain.clock import Clock
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.event import Event
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import Concern
from monitor.domain.subject import Driver
from monitor.services.assess import assess, claim_assessment
from monitor.services.raise_alerts import raise_next
from monitor.services.time_machine import preview, try_rule
from monitor.storage import alerts, definitions, observations, series, subjects
from tests.factories import (
    DEATHS,
    FUEL,
    NOW,
    a_level_rule,
    a_placement,
    a_reading,
    a_rule,
    a_subject,
    an_indicator,
    install_desk,
)

DAY = timedelta(days=1)
RULE = a_rule(for_count=1, keep_firing_seconds=0.0)
VALUES = (100, 260, 360, 380, 300, 120, 100, 520, 90, 90, 150, 355, 345, 90)
COUP = Event(
    slug="coup", subjects=("goita",), title="Coup", starts_on=date(2025, 12, 9), when="9 December 2025",
    kind="coup", citation="brief", is_flag=True,
)  # fmt: skip


@pytest.fixture
def session(database):
    with database.write() as session:
        fuel = an_indicator(cadence_days=1.0)
        install_desk(
            session, indicators=(fuel, an_indicator("conflict-deaths")), rules=(RULE, a_level_rule()),
            clock=Clock(),
        )  # fmt: skip
        definitions.save(session, COUP, author="test", reason="test", effective_at=NOW, now=NOW)
        yield session


def live(session, *, values=VALUES, start=NOW):
    """A desk to which a value comes in every day, and the worker each time; return the day after the last."""
    for number, value in enumerate(values):
        now = start + number * DAY
        news = [a_reading(float(value), ends=now, days=1), a_reading(200.0, ends=now, days=1, series=DEATHS)]
        observations.add(session, news, source="feed", author="", note="", now=now)
        subjects.mark_due(session, ["goita"], now=now)
        claim = claim_assessment(session, now=now)
        assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
        raise_next(session, now=now)
    return now


def fuel_thresholds(**edges):
    before = Thresholds(calm=100, watch=150, elevated=250, high=350, critical=500)
    normalisation = ThresholdNormalisation(thresholds=replace(before, **edges))
    return an_indicator(cadence_days=1.0, normalisation=normalisation)


def dates(firings):
    return [(each.began_at.day, None if each.ended_at is None else each.ended_at.day) for each in firings]


def test_the_time_machine_tells_what_was_told_live(session):
    now = live(session)
    found = try_rule(session, "fuel-high", since=NOW - DAY, now=now)
    (rule,) = found.rules
    lived = [each for each in alerts.recent_episodes(session, limit=50) if each.rule == "fuel-high"]
    assert sorted((each.started_at, each.ended_at) for each in lived) == [
        (each.began_at, each.ended_at) for each in rule.new.firings
    ]
    assert dates(rule.new.firings) == [(2, 4), (7, 8), (11, 13)]
    assert rule.old == rule.new


def test_whoever_replaces_step_replaces_it_live_and_in_previews(session, monkeypatch):
    def deaf(alert, *_):
        return alert, ()

    monkeypatch.setattr(machine, "step", deaf)
    now = live(session)
    assert alerts.find_open(session) == []
    assert alerts.recent_episodes(session, limit=50) == []
    assert try_rule(session, "fuel-high", since=NOW - DAY, now=now).rules[0].new.firings == ()
    monkeypatch.undo()
    assert len(try_rule(session, "fuel-high", since=NOW - DAY, now=now).rules[0].new.firings) == 3


def test_a_lower_threshold_fires_earlier_and_more_often(session):
    now = live(session)
    found = preview(session, [fuel_thresholds(high=300)], since=NOW - DAY, now=now)
    (subject,) = found.subjects
    rule = next(each for each in subject.rules if each.rule == "fuel-high")
    assert dates(rule.old.firings) == [(2, 4), (7, 8), (11, 13)]
    assert dates(rule.new.firings) == [(2, 5), (7, 8), (11, 13)]
    assert (rule.gained, rule.lost, len(rule.kept)) == ((), (), 3)
    assert found.has_changed
    assert not np.array_equal(subject.old.heat, subject.new.heat)
    assert subject.old.at.tolist() == subject.new.at.tolist()


def test_a_draft_that_changes_a_rule_alone_leaves_the_line(session):
    now = live(session)
    found = preview(session, [replace(RULE, lowest_concern=Concern.CRITICAL)], since=NOW - DAY, now=now)
    (subject,) = found.subjects
    rule = next(each for each in subject.rules if each.rule == "fuel-high")
    assert (dates(rule.new.firings), dates(rule.lost)) == ([(7, 8)], [(2, 4), (11, 13)])
    assert np.array_equal(subject.old.heat, subject.new.heat)
    assert [lead.old_days for lead in rule.leads] == [-2.5]
    assert [lead.new_days for lead in rule.leads] == [None]


def test_a_weight_a_method_and_a_new_rule_are_previewed_together(session):
    now = live(session)
    heavier = Driver(slug="supply", name="Supply", weight=9.0)
    before = a_subject()
    draft = [
        replace(before, drivers=(heavier, before.drivers[1])),
        a_rule("fuel-pressure", measure=Measure.PRESSURE, enter={Concern.HIGH: 50.0}, keep_firing_seconds=0.0,
               for_count=1),
    ]  # fmt: skip
    (subject,) = preview(session, draft, since=NOW - DAY, now=now).subjects
    new = next(each for each in subject.rules if each.rule == "fuel-pressure")
    assert new.old.firings == ()
    assert dates(new.gained) == [(1, 5), (7, 8), (11, 13)]
    assert subject.old_changes != subject.new_changes


def test_case_1_an_edit_that_ends_an_open_alert_says_so(session):
    now = live(session, values=(100, 400))
    found = preview(session, [fuel_thresholds(high=450)], now=now)
    assert "this edit resolves 2 open alerts (fuel-high and level)" in found.subjects[0].warnings
    calm = live(session, values=(300,), start=now + DAY)
    found = preview(session, [fuel_thresholds(high=260)], now=calm)
    assert "this edit opens 1 alert (fuel-high)" in found.subjects[0].warnings


def test_of_the_past_nothing_is_said_to_be_open_now(session):
    now = live(session, values=(100, 400))
    found = preview(session, [fuel_thresholds(high=450)], until=now - timedelta(hours=1), now=now + DAY)
    assert not any("resolves" in each for each in found.subjects[0].warnings)


def test_warnings_of_rules_that_never_fire_or_always_do(session):
    now = live(session, values=[value for value in (100, 400) for _ in range(1)] * 20)
    every = [replace(RULE, enter={Concern.HIGH: 600.0})]
    (subject,) = preview(session, every, since=NOW - DAY, now=now).subjects
    assert "fuel-high would never have fired: the worst value was 400, it begins at 600" in subject.warnings
    found = try_rule(session, "fuel-high", since=NOW - DAY, now=now)
    assert any(each.startswith("fuel-high would have flapped 1 time:") for each in found.warnings)
    same = replace(RULE, enter={Concern.HIGH: 300.0}, exit={Concern.HIGH: 300.0})
    (subject,) = preview(session, [same], since=NOW - DAY, now=now).subjects
    assert any(each.startswith("fuel-high ends where it begins") for each in subject.warnings)
    off = preview(session, [replace(RULE, is_enabled=False)], since=NOW - DAY, now=now).subjects[0]
    assert "fuel-high is disabled, so it never fires" in off.warnings
    moved = preview(session, [replace(RULE, series="bread:mali")], since=NOW - DAY, now=now).subjects[0]
    assert any("has no placement of bread:mali" in each for each in moved.warnings)


def test_values_beyond_the_last_edge_are_pointed_out(session):
    now = live(session, values=(100, 400, 400, 400))
    found = preview(session, [fuel_thresholds(high=300, critical=350)], since=NOW - DAY, now=now)
    assert any(each.startswith(f"{FUEL}: beyond its last edge on ") for each in found.subjects[0].warnings)


def test_a_new_placement_changes_the_line_from_its_first_value(session):
    now = live(session)
    definitions.save(session, an_indicator("bread"), author="t", reason="t", effective_at=NOW, now=NOW)
    series.ensure(session, ["bread:mali"])
    (subject,) = preview(session, [a_placement("bread:mali")], since=NOW - DAY, now=now).subjects
    assert subject.new is not None


def test_a_series_that_was_ended_fires_no_more(session):
    now = live(session, values=(100, 400, 400))
    series.end(session, FUEL, at=now)
    found = try_rule(session, "fuel-high", since=NOW - DAY, now=now + DAY)
    assert [each.resolution for each in found.rules[0].new.firings] == ["disabled"]


def test_what_the_draft_does_not_touch_is_refused(session):
    now = live(session, values=(100,))
    with pytest.raises(NotFound, match="the draft does not touch mali; it touches goita"):
        preview(session, [fuel_thresholds(high=300)], now=now, only="mali")
    with pytest.raises(NotFound, match="there is no rule fuel-low"):
        try_rule(session, "fuel-low", now=now)
    with pytest.raises(InvalidInput, match="must end after it begins"):
        try_rule(session, "fuel-high", since=now + DAY, now=now)
    assert preview(session, [COUP], now=now).subjects == ()
