"""Tests of laying series side by side: full vintages, bit for bit what each moment knew."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.derivations.carry import combine, in_force
from monitor.domain.derivations.formula import Formula
from monitor.domain.scoring.view import observed, visible
from monitor.domain.series import Columns

DAY = 86400
SUM = Formula(text="a + b")
MIXED = Formula(text="max(a, 3) / (b - 2) + exp(a / 50) * c ** 2")


def columns_of(rows):
    """Rows are (start day, end day, known day, revision, seq, value[, half width[, grade]])."""
    filled = [(*row, *(0.0, np.nan)[len(row) - 6 :]) for row in rows]
    start, end, known, revision, seq, value, half, grade = zip(*filled, strict=True) if filled else ((),) * 8
    whole = [np.array(each, dtype=np.int64) for each in (start, end, known, revision, seq)]
    value, half = np.array(value, dtype=np.float64), np.array(half, dtype=np.float64)
    return Columns(
        period_start=whole[0] * DAY, period_end=whole[1] * DAY, known_at=whole[2] * DAY,
        source_revision=whole[3], seq=whole[4], value=value,
        low=np.where(half > 0, value - half, np.nan), high=np.where(half > 0, value + half, np.nan),
        grade=np.array(grade, dtype=np.float64),
    )  # fmt: skip


def seen(columns, day, *, at=10_000):
    return observed(visible(columns, at=at * DAY, known_at=day * DAY))


def known_by(columns, day):
    return columns.rows(columns.known_at <= day * DAY)


def test_a_period_of_either_operand_gives_a_period_of_the_result():
    monthly = columns_of([(0, 30, 30, 0, 1, 10.0), (30, 60, 60, 0, 2, 20.0)])
    irregular = columns_of([(5, 6, 6, 0, 3, 1.0)])
    found = seen(combine({"a": monthly, "b": irregular}, SUM.evaluate), 100)
    assert (found.period_start // DAY).tolist() == [5, 30]
    assert (found.period_end // DAY).tolist() == [6, 60]
    assert found.value.tolist() == [11.0, 21.0]


def test_the_period_ends_when_the_first_of_those_under_way_ends():
    weekly = columns_of([(363, 370, 370, 0, 1, 10.0), (370, 377, 377, 0, 2, 20.0)])
    yearly = columns_of([(365, 730, 200, 0, 3, 1.0)])
    found = seen(combine({"a": weekly, "b": yearly}, SUM.evaluate), 1000)
    assert (found.period_start // DAY).tolist() == [365, 370]
    assert (found.period_end // DAY).tolist() == [370, 377]


def test_it_ages_from_the_oldest_operand_and_has_the_worst_grade():
    first = columns_of([(0, 30, 30, 0, 1, 10.0, 0.0, 0.85), (30, 60, 60, 0, 2, 20.0, 0.0, 1.0)])
    second = columns_of([(0, 10, 10, 0, 3, 1.0, 0.0, 0.7)])
    found = seen(combine({"a": first, "b": second}, SUM.evaluate), 100)
    assert (found.oldest_end // DAY).tolist() == [10, 10]
    assert found.grade.tolist() == [0.7, 0.7]


def test_a_never_observed_operand_makes_the_result_missing():
    one = columns_of([(0, 30, 30, 0, 1, 10.0)])
    assert len(combine({"a": one, "b": columns_of([])}, SUM.evaluate)) == 0
    late = columns_of([(10, 11, 50, 0, 2, 1.0)])
    found = combine({"a": one, "b": late}, SUM.evaluate)
    assert len(seen(found, 49)) == 0
    assert seen(found, 50).value.tolist() == [11.0]


def test_a_division_by_zero_is_missing_until_the_divisor_is_revised():
    one = columns_of([(0, 30, 30, 0, 1, 10.0)])
    other = columns_of([(0, 30, 30, 0, 2, 0.0), (0, 30, 40, 1, 3, 5.0)])
    found = combine({"a": one, "b": other}, Formula(text="a / b").evaluate)
    assert len(seen(found, 39)) == 0
    assert seen(found, 40).value.tolist() == [2.0]
    assert seen(found, 40).seq.tolist() == [3]


def test_a_withdrawn_operand_withdraws_the_periods_that_rested_on_it():
    one = columns_of([(0, 30, 30, 0, 1, 10.0), (30, 60, 60, 0, 2, 20.0)])
    other = columns_of([(0, 30, 30, 0, 3, 1.0), (0, 30, 70, 1, 4, np.nan)])
    found = combine({"a": one, "b": other}, SUM.evaluate)
    assert seen(found, 69).value.tolist() == [11.0, 21.0]
    assert len(seen(found, 70)) == 0


def test_a_late_operand_revises_what_it_was_carried_to():
    daily = columns_of([(day, day + 1, day + 1, 0, day + 1, float(day)) for day in range(5)])
    slow = columns_of([(0, 1, 1, 0, 100, 100.0), (2, 3, 5, 0, 101, 200.0)])
    found = combine({"a": daily, "b": slow}, SUM.evaluate)
    assert seen(found, 4).value.tolist() == [100.0, 101.0, 102.0, 103.0]
    assert seen(found, 5).value.tolist() == [100.0, 101.0, 202.0, 203.0, 204.0]
    assert seen(found, 5).seq.tolist() == [100, 2, 101, 101, 101]


def test_what_is_carried_may_lie_far_back_behind_rows_that_were_withdrawn():
    given_once = [(day, day + 1, day + 1, 0, 10 + day, 1.0) for day in range(1, 41)]
    taken_back = [(day, day + 1, 60, 1, 100 + day, np.nan) for day in range(1, 41)]
    one = columns_of([(0, 1, 1, 0, 1, 7.0), *given_once, *taken_back])
    other = columns_of([(41, 42, 42, 0, 200, 1.0), (41, 42, 70, 1, 201, 2.0)])
    found = combine({"a": one, "b": other}, SUM.evaluate)
    assert [seen(found, day).value.tolist() for day in (59, 60, 70)] == [[2.0], [8.0], [9.0]]


rows = st.lists(
    st.tuples(
        st.integers(0, 12), st.integers(1, 6), st.integers(0, 25), st.integers(0, 2),
        st.sampled_from([np.nan, 0.0, 1.0, 2.0, 3.0, 7.5, -4.0]),
        st.sampled_from([0.0, 0.5]), st.sampled_from([np.nan, 0.4, 0.85]),
    ),
    max_size=9,
)  # fmt: skip


@st.composite
def tables(draw):
    """Three operands with rows in one commit order, known at any time."""
    taken = [draw(rows) for _ in range(3)]
    numbers = draw(st.permutations(range(1, sum(map(len, taken)) + 1)))
    found, used = [], 0
    for part in taken:
        own = sorted(numbers[used : used + len(part)])
        used += len(part)
        found.append(
            columns_of([
                (start, start + length, known, revision, seq, value, half, grade)
                for seq, (start, length, known, revision, value, half, grade) in zip(own, part, strict=True)
            ])
        )  # fmt: skip
    return dict(zip("abc", found, strict=True))


def same(one, other, *, but=()):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in Columns.__slots__
        if name not in but
    )


@settings(max_examples=150)
@given(tables(), st.lists(st.integers(0, 25), min_size=1, max_size=3))
def test_as_of_any_moment_it_equals_evaluating_what_was_known_then(operands, days):
    for formula in (SUM, MIXED):
        read = {name: operands[name] for name in formula.operands}
        found = combine(read, formula.evaluate)
        for day in days:
            direct = in_force({name: seen(each, day) for name, each in read.items()}, formula.evaluate)
            own = seen(found, day)
            assert same(own, direct, but=("known_at", "seq", "source_revision"))
            cut = seen(
                combine({name: known_by(each, day) for name, each in read.items()}, formula.evaluate), day
            )
            assert same(own, cut)


@settings(max_examples=100)
@given(tables())
def test_a_row_is_written_only_where_something_changed(operands):
    found = combine(operands, MIXED.evaluate)
    assert (np.diff(found.seq) >= 0).all()
    for start, end in set(zip(found.period_start, found.period_end, strict=True)):
        own = found.rows((found.period_start == start) & (found.period_end == end))
        own = own.rows(np.argsort(own.known_at, kind="stable"))
        assert (np.diff(own.source_revision) > 0).all()
        assert (np.diff(own.known_at) > 0).all()
        assert not np.isnan(own.value[0])
        assert not (np.isnan(own.value[1:]) & np.isnan(own.value[:-1])).any()
