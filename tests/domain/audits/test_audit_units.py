"""The audit of an index across units: ranks, shifts, alphas, correlations."""

import numpy as np
import pytest

from monitor.domain.audits.audit_units import audit_units, ranks
from tests.domain.vectors import DAY, daily, data, flat, indicator, model, thresholds

UNITS = 12
VALUES = np.random.default_rng(2).uniform(5, 95, (3, UNITS)).round(1)


def a_unit(number, tree=None, **given):
    tree = tree or model({"one": {"a": 1, "b": 1}, "two": {"c": 2}})
    object.__setattr__(tree.subject, "slug", f"unit-{number:02}")
    series = dict(zip("abc", (daily(value) for value in VALUES[:, number]), strict=True)) | given
    return tree, data(**{name: rows for name, rows in series.items() if rows is not None}), DAY


@pytest.fixture(scope="module")
def found():
    return audit_units([a_unit(number) for number in range(UNITS)])


def test_where_cold_alarms_the_highest_heat_ranks_first_too_with_its_draws_and_shifts(found):
    tree = {"one": {"a": 1, "b": 1}, "two": {"c": 2}}
    standing = audit_units([a_unit(number, model(tree, scale="standing")) for number in range(UNITS)])
    assert [unit.subject for unit in standing.units] == [unit.subject for unit in reversed(found.units)]
    assert [unit.heat for unit in standing.units] == sorted(
        (unit.heat for unit in standing.units), reverse=True
    )
    assert [unit.rank for unit in standing.units] == list(range(1, UNITS + 1))
    assert all(unit.rank_low <= unit.rank <= unit.rank_high for unit in standing.units)
    assert [each.most_shift for each in standing.indicators] != [each.most_shift for each in found.indicators]
    assert [each.mean_shift for each in standing.indicators] == [each.mean_shift for each in found.indicators]


def test_units_are_ranked_by_heat_the_highest_first(found):
    wanted = (VALUES[0] + VALUES[1]) / 4 + VALUES[2] / 2
    order = np.argsort(-wanted)
    assert [unit.subject for unit in found.units] == [f"unit-{number:02}" for number in order]
    assert [unit.rank for unit in found.units] == list(range(1, UNITS + 1))
    assert all(unit.rank_low <= unit.rank <= unit.rank_high for unit in found.units)
    assert all(0 <= unit.keeping <= 1 for unit in found.units)


def test_correlations_and_alpha_are_across_units(found):
    assert found.levels == pytest.approx(np.corrcoef(VALUES))
    assert set(found.alphas) == {"", "one", "two"}
    assert found.alphas["two"] is None


def test_each_indicator_says_how_far_ranks_move_without_it(found):
    c = found.indicators[2]
    without = ranks(((VALUES[0] + VALUES[1]) / 2)[:, None])[:, 0]
    before = ranks(((VALUES[0] + VALUES[1]) / 4 + VALUES[2] / 2)[:, None])[:, 0]
    assert c.mean_shift == pytest.approx(np.abs(without - before).mean())
    assert abs(c.most_shift) == np.abs(without - before).max()
    assert (c.driver, c.indicator, c.observed, c.stated, c.effective) == ("two", "c", UNITS, 2, 0.5)


def test_twins_across_units_are_redundant():
    twins = [a_unit(number, b=daily(VALUES[0, number] + 1)) for number in range(UNITS)]
    assert [(pair.first, pair.second, pair.is_redundant) for pair in audit_units(twins).pairs] == [
        (0, 1, True)
    ]


def test_an_indicator_that_is_the_same_everywhere_or_beyond_its_edges_is_told():
    still = audit_units([a_unit(number, a=daily(150)) for number in range(UNITS)]).indicators[0]
    assert (still.never_moved, still.saturated, still.influence, still.skewness, still.kurtosis) == (
        True, 1.0, None, None, None,
    )  # fmt: skip
    assert still.unreached == ()


def test_a_threshold_no_unit_reached_is_named():
    own = {"a": thresholds(0, 10, 20, 96, 100)}
    trees = [
        a_unit(number, model({"one": {"a": 1, "b": 1}, "two": {"c": 2}}, normalisations=own))
        for number in range(UNITS)
    ]
    assert audit_units(trees).indicators[0].unreached == ("high", "critical")


def test_a_unit_without_data_is_not_ranked_and_a_missing_indicator_is_counted():
    units = [a_unit(number) for number in range(UNITS - 2)]
    units += [a_unit(10, a=None), a_unit(11, a=None, b=None, c=None)]
    found = audit_units(units)
    assert found.unranked == ("unit-11",)
    assert [each.observed for each in found.indicators] == [10, 11, 11]


def test_a_unit_with_only_the_left_out_indicator_comes_last_without_it():
    units = [a_unit(number) for number in range(UNITS - 1)] + [a_unit(11, b=None, c=None)]
    alone = audit_units(units).indicators[0]
    assert alone.most_shift >= 0


def test_no_units_with_data_are_an_empty_audit():
    found = audit_units([(flat(a=1), {}, DAY)])
    assert (found.units, found.indicators, found.unranked, found.alphas) == ((), (), ("mali",), {"": None})


def test_equal_heats_share_the_least_number():
    assert ranks(np.array([[5.0], [9.0], [5.0], [1.0]]))[:, 0].tolist() == [2, 1, 2, 4]


def test_an_index_can_be_built_on_other_indicators(found):
    assert indicator("a").slug == found.indicators[0].indicator
