"""Suggested thresholds: quantiles of the past and target rates, each with what it would have done."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.suggestions.quantiles import (
    KnownLine,
    edge_evidence,
    firings,
    firings_by_edge,
    suggest_edge,
    suggest_thresholds,
)
from monitor.domain.suggestions.settled_past import Past
from tests.domain.months import month_start

HUNDRED = np.arange(101.0)


def a_past(values):
    numbers = range(len(values))
    return Past(
        start=np.array([month_start(number) for number in numbers], dtype=np.int64),
        end=np.array([month_start(number + 1) for number in numbers], dtype=np.int64),
        value=np.array(values, dtype=float),
    )


def a_line(values):
    at = np.array([month_start(number + 1) for number in range(len(values))], dtype=np.int64)
    return KnownLine(at=at, value=np.array(values, dtype=float), until=month_start(len(values) + 1))


def suggested(values, *, worse="higher", decimals=0):
    return suggest_thresholds(
        a_past(values), a_line(values), is_higher_worse=worse == "higher", decimals=decimals
    )


def by_rate(values, per_year, *, worse="higher", decimals=0):
    return suggest_edge(
        a_past(values),
        a_line(values),
        per_year=per_year,
        is_higher_worse=worse == "higher",
        decimals=decimals,
    )


def test_edges_are_quantiles_of_badness():
    found = suggested(HUNDRED)
    assert [(each.name, each.value) for each in found.edges] == [
        ("calm", 50), ("watch", 75), ("elevated", 90), ("high", 95), ("critical", 99),
    ]  # fmt: skip
    assert (found.thresholds.calm, found.thresholds.critical) == (50, 99)
    assert (found.count, found.since, found.until) == (101, month_start(0), month_start(101))


def test_where_lower_is_worse_the_edges_fall():
    assert [each.value for each in suggested(HUNDRED, worse="lower").edges] == [50, 25, 10, 5, 1]


def test_each_edge_says_how_often_it_was_reached_and_when_last():
    high = suggested(HUNDRED).edges[3]
    assert (high.quantile, high.reached, high.count) == (0.95, 6, 101)
    assert high.share == pytest.approx(6 / 101)
    assert high.last_reached == month_start(101)
    assert (high.firings, round(high.years, 1)) == (1, 8.4)
    assert high.per_year == pytest.approx(1 / high.years)


def test_edges_between_that_coincide_are_left_out():
    values = [0.0] * 60 + [1.0] * 35 + [2.0] * 6
    assert [(each.name, each.value) for each in suggested(values).edges] == [
        ("calm", 0), ("watch", 1), ("critical", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "values,said",
    [([1.0] * 23, "23 settled values are too few"), ([1.0] * 40, "the same"), ([], "0 settled")],
)
def test_where_there_is_too_little_it_says_so(values, said):
    found = suggested(values)
    assert said in found.reason
    assert (found.edges, found.thresholds) == ((), None)


def test_a_target_rate_gives_the_edge_with_that_many_firings():
    values = np.tile([0.0, 10.0, 0.0, 20.0, 0.0, 10.0, 0.0, 30.0, 0.0, 10.0, 0.0, 10.0], 5)
    edge = by_rate(values, 1).edges[0]
    assert (edge.value, edge.firings) == (30, 5)
    edge = by_rate(values, 2).edges[0]
    assert (edge.value, edge.firings) == (20, 10)


def test_a_rate_works_where_lower_is_worse():
    values = np.tile([50.0, 40.0, 50.0, 20.0, 50.0, 50.0], 10)
    edge = by_rate(values, 2, worse="lower").edges[0]
    assert (edge.value, edge.firings) == (20, 10)


def test_a_rate_that_no_edge_gives_is_refused_with_the_most_there_is():
    found = by_rate(HUNDRED, 6)
    assert "no edge would have fired so often (at most 1 in 8.4 years)" in found.reason


def test_a_rate_needs_values():
    assert "too few" in by_rate([1.0] * 10, 1).reason


def test_an_edge_is_rounded_so_that_its_value_still_reaches_it():
    values = np.tile([0.0, 7.77, 0.0, 1.0], 10)
    edge = by_rate(values, 3, decimals=1).edges[0]
    assert (edge.value, edge.firings) == (7.7, 10)


def test_an_edge_never_reached_has_no_last_time():
    edge = edge_evidence(a_past(HUNDRED), a_line([]), 500, name="high", is_higher_worse=True)
    assert (edge.reached, edge.last_reached, edge.firings, edge.years, edge.per_year) == (0, None, 0, 0, 0)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30))
def test_firings_of_all_edges_are_those_of_each(values):
    values = np.array(values, dtype=float)
    edges, counts = firings_by_edge(values)
    assert counts.tolist() == [firings(values, edge) for edge in edges]


@given(
    st.lists(st.floats(0, 1000, width=32), min_size=24, max_size=80),
    st.sampled_from(["higher", "lower"]),
    st.integers(0, 2),
)
def test_what_is_suggested_can_always_be_saved(values, worse, decimals):
    found = suggested(values, worse=worse, decimals=decimals)
    assert bool(found.reason) is (found.thresholds is None)
    if found.thresholds:
        assert found.thresholds.is_higher_worse is (worse == "higher")
        shares = [each.share for each in found.edges]
        assert shares == sorted(shares, reverse=True)


@given(st.lists(st.integers(0, 50), min_size=24, max_size=80), st.floats(0.2, 5))
def test_the_firings_told_are_those_of_the_edge_told(values, per_year):
    found = by_rate(values, per_year)
    for edge in found.edges:
        assert edge.firings == firings(np.array(values, dtype=float), edge.value)
        assert edge.firings >= per_year * edge.years / 2
