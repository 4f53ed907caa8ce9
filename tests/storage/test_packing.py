"""Packed columns come back to the bit, in as few bytes as their numbers need."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.series import Columns, empty_columns
from monitor.storage.packing import pack, unpack

DAY = 86_400
TIMES = ("period_start", "period_end", "known_at", "source_revision", "seq")
NUMBERS = ("value", "low", "high", "grade")
WHOLE = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(0, 300), st.just(DAY))
REAL = st.one_of(
    st.floats(), st.floats(0, 1000).map(lambda value: round(value, 2)), st.sampled_from([0.85, 1.0, np.nan])
)


def columns(count=3, **given):
    blank = np.full(count, np.nan)
    values = {
        "period_start": np.arange(count) * DAY, "period_end": np.arange(1, count + 1) * DAY,
        "known_at": np.arange(1, count + 1) * DAY, "source_revision": np.zeros(count, dtype=np.int64),
        "seq": np.arange(1, count + 1), "value": np.arange(count, dtype=np.float64), "low": blank,
        "high": blank, "grade": np.full(count, 0.85),
    }  # fmt: skip
    return Columns(**(values | {name: np.asarray(array) for name, array in given.items()}))


def assert_same(found, expected):
    for name in Columns.__dataclass_fields__:
        ours, theirs = getattr(found, name), getattr(expected, name)
        assert ours.dtype == theirs.dtype
        assert ours.tobytes() == theirs.tobytes()


def size(**given):
    """Bytes that one column takes beyond what it takes where all its numbers are alike."""
    (name,) = given
    alike = np.full_like(given[name], given[name][0])
    return len(pack(columns(len(alike), **given))) - len(pack(columns(len(alike), **{name: alike})))


@given(st.data())
def test_any_columns_come_back_to_the_bit(data):
    count = data.draw(st.integers(0, 30))
    whole = {name: np.array(data.draw(st.lists(WHOLE, min_size=count, max_size=count)), dtype=np.int64)
             for name in TIMES}  # fmt: skip
    real = {name: np.array(data.draw(st.lists(REAL, min_size=count, max_size=count)), dtype=np.float64)
            for name in NUMBERS}  # fmt: skip
    confirmed = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)), dtype=np.bool_)
    given_columns = Columns(**whole, **real, confirmed=confirmed)
    assert_same(unpack(pack(given_columns), count), given_columns)


def test_columns_without_a_row_come_back_empty():
    assert len(unpack(pack(empty_columns()), 0)) == 0


@pytest.mark.parametrize("value", [-0.0, 5e-324, np.inf, 1 / 3, 2.0**52 + 0.5])
def test_numbers_at_the_ends_of_what_there_is_come_back(value):
    expected = columns(40, value=np.arange(40) * 1.0 + value)
    expected.value[3] = value
    assert_same(unpack(pack(expected), 40), expected)


def test_days_in_a_row_take_no_room():
    assert size(period_start=np.arange(1000) * DAY) == 0


def test_days_with_gaps_take_two_bytes_each():
    assert size(known_at=np.cumsum(np.arange(1000) % 3 + 1) * DAY) == 2000


def test_a_few_different_numbers_take_a_byte_each():
    grades = np.where(np.arange(1000) % 7 < 3, 0.85, np.nan)
    assert size(grade=grades) == 1000 + 16


def test_numbers_with_few_places_take_as_much_as_whole_ones():
    values = np.round(np.random.default_rng(1).uniform(50, 90, 1000), 3)
    assert size(value=values) == 2000


def test_other_numbers_are_kept_as_they_are():
    assert size(value=np.random.default_rng(1).uniform(0, 1, 1000)) == 8000


def test_times_that_series_share_are_one_array():
    first, second = (unpack(pack(columns(50, value=np.arange(50.0) + more)), 50) for more in (1, 2))
    assert first.period_start is second.period_start
    assert not first.period_start.flags.writeable
