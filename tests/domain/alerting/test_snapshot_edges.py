"""Where concerns begin and end: rules of their own, thresholds in force, levels, steps (alerting.md 1.2)."""

import pytest

from monitor.domain.alerting.alert import DataHealth
from monitor.domain.alerting.rule import RuleKind
from monitor.domain.alerting.snapshot import Edge, Measure, data_health, level_edges, threshold_edges
from monitor.domain.indicator import StepNormalisation, ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import Concern
from tests.domain.vectors import curve, goalposts, target_band
from tests.domain.watch import HIGHER_WORSE, LOWER_WORSE
from tests.factories import a_level_rule, a_rule


def edges(thresholds=HIGHER_WORSE, **rule):
    normalisation = ThresholdNormalisation(thresholds=thresholds)
    return threshold_edges(a_rule(**{"lowest_concern": Concern.WATCH, **rule}), normalisation)


@pytest.mark.parametrize(
    "thresholds, exits", [(HIGHER_WORSE, (145, 240, 340, 485)), (LOWER_WORSE, (82, 62, 42, 22))]
)
def test_the_default_exit_is_a_tenth_of_the_way_to_the_next_milder_threshold(thresholds, exits):
    found = edges(thresholds).by_concern
    assert [edge.exit for edge in found.values()] == pytest.approx(exits)


def test_the_next_milder_threshold_may_be_one_below_the_rules_lowest_concern():
    assert edges(lowest_concern=Concern.CRITICAL).by_concern == {Concern.CRITICAL: Edge(enter=500, exit=485)}


def test_thresholds_left_out_are_passed_over():
    found = edges(Thresholds(calm=100, critical=500)).by_concern
    assert found == {Concern.CRITICAL: Edge(enter=500, exit=460)}


def test_a_rules_own_edges_win():
    found = edges(enter={Concern.CRITICAL: 95.0}, exit={Concern.CRITICAL: 80.0}).by_concern
    assert found == {Concern.CRITICAL: Edge(enter=95, exit=80)}


def test_an_own_edge_below_every_threshold_leaves_where_it_enters():
    assert edges(enter={Concern.CRITICAL: 95.0}).by_concern[Concern.CRITICAL] == Edge(enter=95, exit=95)


def test_an_own_edge_leaves_towards_the_next_milder_threshold():
    assert edges(enter={Concern.CRITICAL: 450.0}).by_concern[Concern.CRITICAL] == Edge(enter=450, exit=440)


@pytest.mark.parametrize("thresholds, wrong", [(HIGHER_WORSE, 600.0), (LOWER_WORSE, 10.0)])
def test_an_exit_on_the_wrong_side_counts_as_the_enter(thresholds, wrong):
    edge = edges(thresholds, exit={Concern.CRITICAL: wrong}).by_concern[Concern.CRITICAL]
    assert edge.exit == edge.enter


def test_steps_are_compared_by_pressure():
    rule = a_rule(lowest_concern=Concern.HIGH)
    found = threshold_edges(rule, StepNormalisation(steps=((0, 0), (1, 100))))
    assert found.measure is Measure.PRESSURE
    assert found.by_concern[Concern.HIGH] == Edge(enter=75, exit=72.5)
    assert found.compared(value=1.0, pressure=100.0) == 100.0


@pytest.mark.parametrize("steps, is_higher_worse", [(((0, 0), (1, 100)), True), (((0, 100), (1, 0)), False)])
def test_steps_under_a_rules_own_edges_are_compared_by_value(steps, is_higher_worse):
    found = threshold_edges(a_rule(enter={Concern.HIGH: 1.0}), StepNormalisation(steps=steps))
    assert (found.measure, found.is_higher_worse) == (Measure.VALUE, is_higher_worse)
    assert found.compared(value=1.0, pressure=100.0) == 1.0


@pytest.mark.parametrize(
    "normalisation", [goalposts(0, 10), curve((0, 0), (1, 100)), target_band(0, 1, 2, 3)]
)
def test_what_has_no_thresholds_is_compared_by_pressure(normalisation):
    found = threshold_edges(a_rule(lowest_concern=Concern.HIGH), normalisation)
    assert (found.measure, found.is_higher_worse) == (Measure.PRESSURE, True)


@pytest.mark.parametrize(
    "normalisation,enter,is_higher_worse",
    [
        (goalposts(0, 10), 7.0, True),
        (goalposts(10, 0), 3.0, False),
        (curve((0, 100), (10, 0)), 3.0, False),
        (target_band(0, 4, 6, 10), 8.0, True),
        (target_band(0, 4, 6, 10), 2.0, False),
    ],
)
def test_a_rules_own_edges_watch_the_worse_side(normalisation, enter, is_higher_worse):
    found = threshold_edges(a_rule(enter={Concern.HIGH: enter}), normalisation)
    assert (found.measure, found.is_higher_worse) == (Measure.VALUE, is_higher_worse)


def test_a_level_enters_and_leaves_each_concern_at_itself():
    found = level_edges(a_level_rule(lowest_concern=Concern.HIGH))
    assert found.by_concern == {Concern.HIGH: Edge(enter=3, exit=3), Concern.CRITICAL: Edge(enter=4, exit=4)}


@pytest.mark.parametrize(
    "freshness, is_observed, is_failing, health",
    [
        (1.0, True, False, DataHealth.OK),
        (0.4, True, False, DataHealth.AGEING),
        (0.0, True, False, DataHealth.STALE),
        (0.0, False, False, DataHealth.NO_DATA),
        (1.0, True, True, DataHealth.ERROR),
    ],
)
def test_the_health_of_data(freshness, is_observed, is_failing, health):
    assert data_health(freshness=freshness, is_observed=is_observed, is_failing=is_failing) is health


def test_a_rule_may_compare_the_pressure_of_an_indicator_with_thresholds():
    rule = a_rule(measure=Measure.PRESSURE, enter={Concern.HIGH: 60.0}, exit={Concern.HIGH: 60.0})
    found = threshold_edges(rule, ThresholdNormalisation(thresholds=LOWER_WORSE))
    assert (found.measure, found.is_higher_worse) == (Measure.PRESSURE, True)
    assert found.by_concern == {Concern.HIGH: Edge(enter=60, exit=60)}
    assert found.compared(value=12.0, pressure=80.0) == 80.0


def test_a_rule_on_pressure_without_edges_takes_the_quarters():
    found = threshold_edges(
        a_rule(measure=Measure.PRESSURE, lowest_concern=Concern.HIGH),
        ThresholdNormalisation(thresholds=LOWER_WORSE),
    )
    assert found.by_concern == {
        Concern.HIGH: Edge(enter=75, exit=72.5), Concern.CRITICAL: Edge(enter=100, exit=97.5),
    }  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [
        {"measure": Measure.CONCERN},
        {"kind": RuleKind.HEAT_LEVEL, "series": "", "measure": Measure.PRESSURE},
    ],
)
def test_only_a_threshold_rule_has_a_measure(values):
    with pytest.raises(ValueError, match="only a threshold rule has a measure"):
        a_rule(**values)
