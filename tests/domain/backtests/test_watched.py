"""What a rule would have seen: the same as live, as arrays and as the snapshot of one moment."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerting.alert import DataHealth
from monitor.domain.alerting.rule import Measure, RuleKind
from monitor.domain.alerting.seen import (
    LevelSeen,
    SeriesSeen,
    When,
    combined,
    level_snapshot,
    momentum_snapshot,
    unseen,
)
from monitor.domain.alerting.snapshot import formula_edges, level_edges, momentum_edges, threshold_edges
from monitor.domain.backtests.backtest import backtest, run_rules
from monitor.domain.backtests.firing import firings
from monitor.domain.backtests.watched import HEALTHS, Watched, health_codes, watched
from monitor.domain.clock import moment
from monitor.domain.derivations.formula import Formula
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.scale import Concern
from monitor.domain.scoring import heat, level
from tests.domain.vectors import DAY, daily, flat
from tests.domain.watch import HIGHER_WORSE
from tests.factories import a_level_rule, a_rule

WHEN = When(wall=moment(0))
MODEL = flat(a=1.0)
COLUMNS = {"a:mali": daily(10.0, 80.0, 95.0)}
NOT_ASSESSED = LevelSeen(concern=None, is_assessed=False, period=None, seq=0)
RULE = a_rule(subject="mali", series="a:mali")


def seen(rule=RULE, columns=COLUMNS, at=(1, 2, 3)):
    scores = heat.score(MODEL, columns, at=np.array(at) * DAY)
    stepped = level.levels(MODEL.scale, MODEL.subject.min_coverage, scores)
    return watched(rule, version=3, model=MODEL, columns=columns, scores=scores, levels=stepped)


@given(
    st.one_of(st.floats(), st.sampled_from([np.nan, np.inf, -np.inf, 5.0])),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.booleans(),
)
def test_the_health_of_arrays_is_that_of_snapshots(value, freshness, observed):
    one = Watched(
        rule=RULE, version=1, edges=threshold_edges(RULE, ThresholdNormalisation(thresholds=HIGHER_WORSE)),
        cadence_days=1.0, value=np.array([value]), pressure=np.array([50.0]), freshness=np.array([freshness]),
        observed=np.array([observed]), period=np.array([DAY]), seq=np.array([1]),
    )  # fmt: skip
    codes = health_codes(one.compared, freshness=one.freshness, observed=one.observed)
    assert HEALTHS[int(codes[0])] is one.snapshot(0, when=WHEN, at=0).sound_health


def test_a_threshold_rule_sees_value_period_and_the_order_in_which_it_became_known():
    found = seen()
    snapshot = found.snapshot(1, when=WHEN, at=2 * DAY)
    assert (snapshot.value, snapshot.period, snapshot.seq) == (80.0, 2 * DAY, 2)
    assert (snapshot.cadence_seconds, snapshot.is_ended) == (DAY, False)
    assert found.remembered(1) == (80.0, 2 * DAY)
    assert seen(replace(RULE, measure=Measure.PRESSURE)).compared.tolist() == [10.0, 80.0, 95.0]


def test_a_formula_sees_its_operands_together_as_a_snapshot_does():
    model = flat(a=1.0, b=1.0)
    columns = {"a:mali": daily(10.0, 80.0, 95.0), "b:mali": daily(5.0, first=1)}
    rule = a_rule(kind=RuleKind.FORMULA, subject="mali", series="", formula="a:mali / b:mali",
                  enter={Concern.HIGH: 4.0})  # fmt: skip
    at = np.array([1, 2, 3]) * DAY
    scores = heat.score(model, columns, at=at)
    stepped = level.levels(model.scale, model.subject.min_coverage, scores)
    given = {"version": 1, "model": model, "columns": columns, "scores": scores, "levels": stepped}
    found = watched(rule, **given)
    assert [found.snapshot(number, when=WHEN, at=0).value for number in range(3)] == [None, 16.0, 19.0]
    assert found.snapshot(0, when=WHEN, at=0).sound_health is DataHealth.NO_DATA
    assert found.period.tolist() == [DAY, 2 * DAY, 3 * DAY]
    assert watched(replace(rule, formula="a:mali + c:mali"), **given) is None
    seen = {
        name: SeriesSeen(
            value=value, pressure=None, freshness=fresh, is_observed=True, period_end=end, seq=end
        )
        for name, value, fresh, end in (("a:mali", 80.0, 1.0, 3), ("b:mali", 5.0, 0.5, 2))
    }
    both = combined(Formula(text=rule.formula), seen)
    assert (both.value, both.freshness, both.period_end, both.seq) == (16.0, 0.5, 3, 3)
    lower = formula_edges(replace(rule, enter={Concern.HIGH: 4.0, Concern.CRITICAL: 2.0}))
    assert (lower.is_higher_worse, formula_edges(rule).is_higher_worse) == (False, True)


def test_momentum_is_seen_with_the_level_and_is_blind_with_it():
    rule = a_level_rule(kind=RuleKind.MOMENTUM, days=7, subject="mali")
    columns = {"a:mali": daily(*[10.0 + 3 * (day % 5) for day in range(45)], 90.0)}
    found = seen(rule, columns, at=range(1, 47))
    last = found.snapshot(45, when=WHEN, at=0)
    assert last.value > momentum_edges(rule).by_concern[Concern.CRITICAL].enter == 3.0
    assert last.sound_health is DataHealth.OK
    assert found.snapshot(5, when=WHEN, at=0).sound_health is DataHealth.NO_DATA
    unknown = momentum_snapshot(momentum_edges(rule), NOT_ASSESSED, 5.0, when=WHEN)
    assert unknown.sound_health is DataHealth.NO_DATA


def test_a_level_rule_sees_the_concern_and_nothing_before_the_first_value():
    found = seen(a_level_rule(subject="mali"), at=(0, 1, 3))
    before, _, last = (found.snapshot(number, when=WHEN, at=0) for number in range(3))
    assert (before.value, before.health, before.period) == (None, DataHealth.STALE, None)
    assert (last.value, last.period, last.seq) == (4.0, 3 * DAY, 3)
    assert found.remembered(0) == (None, None)


def test_a_history_loaded_in_another_order_is_numbered_as_it_became_known():
    columns = COLUMNS["a:mali"]
    backward = replace(columns, seq=columns.seq[::-1].copy())
    assert seen(columns={"a:mali": backward}).seq.tolist() == [1, 2, 3]
    assert seen(columns={}).seq.tolist() == [0, 0, 0]


def test_a_series_that_is_not_placed_is_never_looked_at():
    rule = replace(RULE, series="b:mali")
    assert seen(rule) is None
    (course,) = backtest(MODEL, COLUMNS, [(rule, 1)], until=9 * DAY).courses
    assert (course.is_placed, course.events) == (False, ())
    assert unseen(when=WHEN).sound_health is DataHealth.NO_DATA


def test_what_was_never_assessed_is_no_data():
    nothing = LevelSeen(concern=None, is_assessed=False, period=None, seq=0)
    assert level_snapshot(level_edges(a_level_rule()), nothing, when=WHEN).health is DataHealth.NO_DATA


@pytest.mark.parametrize(
    "edit",
    [
        {"version": 4},
        {"ended_at": 5},
        {"value": np.array([10.0, 80.0, 96.0])},
        {"seq": np.array([1, 2, 4])},
    ],
)
def test_two_rules_are_the_same_only_if_all_they_saw_is(edit):
    found = seen()
    assert found.equals(seen())
    assert not found.equals(None)
    assert not found.equals(replace(found, **edit))


def test_without_a_moment_nothing_happens():
    nothing = seen(at=())
    (course,) = run_rules([nothing], np.zeros(0, dtype=np.int64), until=0)
    assert (course.events, course.is_placed) == ((), True)


def test_changes_of_health_are_no_firing():
    rule = replace(RULE, for_count=1)
    columns = {"a:mali": daily(10.0, 80.0, 120.0)}
    (course,) = backtest(MODEL, columns, [(rule, 1)], until=60 * DAY).courses
    kinds = [event.type.value for event in course.events]
    assert kinds.count("data_health.changed") == 2
    assert len(firings("fuel-high", course.events)) == 1
