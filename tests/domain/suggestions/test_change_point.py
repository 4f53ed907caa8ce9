"""Change points: exact against every partition and against ruptures 1.1.10, silent on noise."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.suggestions.change_point import LEAST_VALUES, change_points, segment

# Three means (0, 3, 1) with noise of one; ruptures 1.1.10 (Pelt l2 and KernelCPD linear, min_size 4) cuts it
# at 25 and 45 for penalties of 5, 13 and 30.
STEPPED = np.array([
    0.0, 0.3, -0.27, -0.89, -0.45, -0.99, 0.06, 1.34, -0.49, -0.62, 0.49, 0.36, 0.11, -0.93, -0.03, 0.7,
    -1.34, -0.46, -1.9, -1.29, -1.84, -0.24, -1.27, 0.27, 0.16, 2.81, 0.48, 2.46, 2.95, 3.11, 1.47, 2.52,
    2.02, 2.19, 4.06, 2.19, 2.97, 3.88, 2.42, 2.89, 3.11, 3.06, 1.77, 3.08, 4.36, -0.55, 1.86, 1.12, 0.36,
    3.0, 1.76, -0.2, 1.07, 1.58, 0.81, 1.68, 0.93, 1.67, 2.44, 0.32, 1.2, 0.54, 1.13, -0.19, 0.42, 0.8, 1.9,
    2.15, -0.32, 0.21, 1.65, -0.99, 0.54, 0.9, 2.26, 1.69, 0.67, 0.63, 0.75, 2.52,
])  # fmt: skip


@pytest.mark.parametrize("penalty", [5, 13, 30])
def test_the_partition_is_that_of_ruptures(penalty):
    assert segment(STEPPED, penalty=penalty) == (25, 45)


def brute(values, penalty, least):
    """The cost of the best of all partitions."""
    found = []
    for count in range(len(values) // least):
        for cuts in combinations(range(1, len(values)), count):
            edges = (0, *cuts, len(values))
            if all(last - first >= least for first, last in pairwise(edges)):
                found.append(cost(values, cuts, penalty))
    return min(found)


def cost(values, cuts, penalty):
    parts = [values[first:last] for first, last in pairwise((0, *cuts, len(values)))]
    return sum(((part - part.mean()) ** 2).sum() for part in parts) + penalty * len(cuts)


@given(st.lists(st.integers(-20, 20), min_size=8, max_size=14), st.floats(0.5, 200), st.integers(2, 4))
def test_no_partition_is_better(values, penalty, least):
    values = np.array(values, dtype=float)
    cuts = segment(values, penalty=penalty, least=least)
    assert all(last - first >= least for first, last in pairwise((0, *cuts, len(values))))
    assert cost(values, cuts, penalty) == pytest.approx(brute(values, penalty, least), abs=1e-6)


def test_a_step_comes_with_its_evidence():
    first, second = change_points(STEPPED)
    assert (first.index, first.count_before, first.count_after) == (25, 25, 20)
    assert (first.before, first.after) == pytest.approx((STEPPED[:25].mean(), STEPPED[25:45].mean()))
    assert first.strength > 1
    assert first.share >= 0.95
    assert second.index == 45


def test_counts_are_compared_by_ratio():
    calm, loud = [3, 5, 2, 4, 6, 3] * 4, [60, 20, 40, 90, 30, 45] * 2
    found = change_points(np.array(calm + loud, dtype=float))
    assert [each.index for each in found] == [24]


@pytest.mark.parametrize("resemblance,most", [(0.0, 2), (0.3, 6)], ids=["white", "wandering"])
def test_noise_alone_has_hardly_ever_a_step(resemblance, most):
    generator = np.random.default_rng(11)
    alarms = 0
    for _ in range(60):
        values = generator.normal(size=60)
        for place in range(1, 60):
            values[place] += resemblance * values[place - 1]
        alarms += bool(change_points(values))
    assert alarms <= most


def test_a_step_of_two_sd_is_found_near_its_place():
    generator = np.random.default_rng(12)
    found = [
        change_points(np.concatenate([generator.normal(0, 1, 30), generator.normal(2, 1, 30)]))
        for _ in range(40)
    ]
    assert sum(len(each) == 1 and abs(each[0].index - 30) <= 2 for each in found) >= 34


def test_the_same_series_gives_the_same_points():
    assert change_points(STEPPED) == change_points(STEPPED)


@pytest.mark.parametrize("values", [[1.0] * 40, [], [0.0, 9.0] * ((LEAST_VALUES - 1) // 2)])
def test_a_flat_or_short_series_has_none(values):
    assert change_points(np.array(values)) == ()


def test_a_series_that_stands_but_for_one_step_has_that_step():
    assert [each.index for each in change_points(np.array([5.0] * 20 + [50.0] * 20))] == [20]


def test_a_lone_spike_is_no_step():
    values = STEPPED[:25].copy()
    values[12] = 9.0
    assert change_points(values) == ()
