"""Readings as columns: they are put in order by several keys, whatever the keys' range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.domain import reading_columns
from monitor.domain.reading_columns import ordered

SMALL = some.integers(-3, 3)
LARGE = some.sampled_from([-(1 << 62), -1, 0, 5, 1 << 61])
ROWS = some.lists(some.tuples(SMALL, SMALL | LARGE, some.just(7), SMALL), max_size=40)


@given(ROWS)
def test_rows_are_ordered_by_the_first_key_then_the_next_and_repeats_are_marked(rows):
    keys = [np.array([row[at] for row in rows], dtype=np.int64) for at in range(4)]
    order, repeats = ordered(*keys)
    assert order.tolist() == sorted(range(len(rows)), key=rows.__getitem__)
    found = [rows[at] for at in order]
    assert repeats.tolist() == [at > 0 and found[at] == found[at - 1] for at in range(len(found))]


@pytest.mark.parametrize("most", [1, 1 << 62])
def test_keys_that_do_not_fit_into_one_number_are_sorted_one_by_one(monkeypatch, most):
    monkeypatch.setattr(reading_columns, "_MOST_CODES", most)
    order, repeats = ordered(np.array([2, 1, 2, 1]), np.array([0, 9, 0, 8]))
    assert order.tolist() == [3, 1, 0, 2]
    assert repeats.tolist() == [False, False, False, True]
