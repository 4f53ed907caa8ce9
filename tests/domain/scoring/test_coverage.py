"""Freshness and the shares built on it (heat.md 5)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.scoring.coverage import cover, freshness, trust
from tests.domain.vectors import DAY, indicator


@pytest.mark.parametrize("age,fresh", [(-3, 1), (0, 1), (10, 1), (12.5, 0.75), (20, 0), (99, 0)])
def test_freshness_falls_from_fresh_for_to_expiry(age, fresh):
    at, end = np.array([int((50 + age) * DAY)]), np.array([50 * DAY])
    assert freshness(indicator("a"), at=at, period_end=end).tolist() == [fresh]


def test_trust_halves_the_held_and_the_ungraded():
    assert trust(np.array([1.0, np.nan, 0.85]), held=np.array([True, False, False])).tolist() == [
        0.5,
        0.5,
        0.85,
    ]


member = st.tuples(st.floats(0.1, 10), st.booleans(), st.floats(0, 1), st.floats(0, 1), st.booleans())


def shares(members):
    weights, observed, fresh, grade, held = (np.array(column) for column in zip(*members, strict=True))
    return cover(
        weights,
        observed=observed[:, None],
        freshness=fresh[:, None],
        grade=grade[:, None],
        held=held[:, None],
    )


@given(st.lists(member, min_size=1, max_size=6))
def test_confidence_lies_between_nothing_and_coverage(members):
    found = shares(members)
    assert 0 <= found.confidence[0] <= found.coverage[0] + 1e-12
    assert found.coverage[0] <= 1 + 1e-12
    assert 0 <= found.carried[0] <= 1 + 1e-12


@given(st.lists(member, min_size=1, max_size=6), st.integers(0, 5))
def test_losing_a_placements_data_never_raises_coverage(members, place):
    place %= len(members)
    lost = [(*each[:1], number != place and each[1], *each[2:]) for number, each in enumerate(members)]
    assert shares(lost).coverage[0] <= shares(members).coverage[0]
