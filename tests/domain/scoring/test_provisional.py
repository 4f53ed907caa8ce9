"""Provisional rows: what runs on or is young never calms, what is confirmed counts (heat.md 5)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.ledgers.ledger import Cause, Moment, ledger
from monitor.domain.scoring.heat import score
from monitor.domain.series import Columns
from tests.domain.vectors import DAY, columns, indicator, model, row

SLOW = indicator("a", settles_after_days=5, fresh_for_days=30, expires_after_days=60)
TREE = model({"d": {"a": 1}}, indicators=[SLOW])


def told(*rows, confirmed=()):
    """Rows of a series, those at some places confirmed."""
    made = columns(*rows)
    marks = np.isin(np.arange(len(made)), confirmed)
    names = [name for name in Columns.__slots__ if name != "confirmed"]
    return {"a:mali": Columns(**{name: getattr(made, name) for name in names}, confirmed=marks)}


def heat_at(data, day):
    return score(TREE, data, at=np.array([int(day * DAY)]))


def test_a_running_period_is_held_at_the_newest_that_ended_though_that_is_provisional():
    data = told(row(0, 30.0), row(8, 70.0), row(9, 5.0, length=10, known=9.5))
    found = heat_at(data, 10)
    assert (found.heat[0], bool(found.placements.held[0, 0])) == (70.0, True)


def test_a_running_period_is_held_at_the_settled_one_where_the_ended_one_is_held_too():
    data = told(row(0, 30.0), row(8, 10.0), row(9, 5.0, length=10, known=9.5))
    found = heat_at(data, 10)
    assert (found.heat[0], found.placements.period_end[0, 0]) == (30.0, DAY)


def test_a_running_period_counts_when_it_ends_above_the_settled_one():
    data = told(row(0, 30.0), row(8, 70.0), row(9, 50.0, length=3, known=9.5))
    assert [float(heat_at(data, day).heat[0]) for day in (10, 11.9, 12)] == [70.0, 70.0, 50.0]


def test_before_anything_ended_a_running_period_is_all_there_is():
    found = heat_at(told(row(0, 40.0, length=10, known=2)), 3)
    assert (found.heat[0], bool(found.placements.held[0, 0])) == (40.0, False)


def test_a_confirmed_row_counts_and_is_no_longer_provisional():
    rows = (row(0, 60.0), row(9, 20.0))
    held, counted = heat_at(told(*rows), 10), heat_at(told(*rows, confirmed=[1]), 10)
    assert (held.heat[0], counted.heat[0]) == (60.0, 20.0)
    assert (bool(held.placements.provisional[0, 0]), bool(counted.placements.provisional[0, 0])) == (
        True,
        False,
    )
    assert counted.confidence[0] == 2 * held.confidence[0]


def test_a_confirmation_of_an_older_row_makes_it_the_one_to_hold_at():
    rows = (row(0, 60.0), row(8, 30.0), row(9, 10.0))
    assert heat_at(told(*rows, confirmed=[1]), 10).heat[0] == 30.0


def test_a_confirmed_period_that_runs_on_counts_beside_one_that_ended():
    data = told(row(0, 70.0), row(0, 10.0, length=3, known=2), confirmed=[1])
    assert heat_at(data, 2).heat[0] == 10.0
    assert score(TREE, data, at=np.array([1, 2, 9]) * DAY).heat.tolist() == [70.0, 10.0, 10.0]


def test_a_confirmation_counts_from_when_it_was_given_and_a_revision_withdraws_it():
    rows = (row(0, 60.0), row(9, 20.0), row(9, 20.0, known=11), row(9, 25.0, known=12))
    data = told(*rows, confirmed=[2])
    assert [float(heat_at(data, day).heat[0]) for day in (10, 11, 12)] == [60.0, 20.0, 60.0]


def test_the_ledger_names_a_confirmation():
    data = told(row(0, 60.0), row(9, 20.0), row(9, 20.0, known=11), confirmed=[2])
    found = ledger(
        Moment(model=TREE, columns=data, at=11 * DAY, known_at=10 * DAY),
        Moment(model=TREE, columns=data, at=11 * DAY),
    )
    assert [(term.cause, term.heat_delta) for term in found.terms] == [(Cause.CONFIRMATION, -40.0)]


def test_the_ledger_names_time_where_a_period_ended():
    data = told(row(0, 30.0), row(8, 70.0), row(9, 50.0, length=3, known=9.5))
    found = ledger(
        Moment(model=TREE, columns=data, at=11 * DAY), Moment(model=TREE, columns=data, at=12 * DAY)
    )
    assert [(term.cause, term.heat_delta) for term in found.terms] == [(Cause.TIME, -20.0)]


A_ROW = st.builds(
    lambda start, length, value, delay, is_confirmed: (start, length, value, delay, is_confirmed),
    st.integers(0, 20), st.integers(1, 8), st.floats(0, 100), st.integers(-3, 9), st.booleans(),
)  # fmt: skip


def random_data(rows):
    made = [
        row(start, value, length=length, known=max(start, start + length + delay))
        for start, length, value, delay, _ in rows
    ]
    return told(*made, confirmed=[place for place, each in enumerate(rows) if each[-1]])


@given(rows=st.lists(A_ROW, min_size=1, max_size=12), days=st.tuples(st.integers(0, 40), st.integers(0, 40)))
def test_terms_add_up_whatever_runs_on_is_revised_or_confirmed(rows, days):
    data, (first, last) = random_data(rows), sorted(days)
    found = ledger(
        Moment(model=TREE, columns=data, at=first * DAY), Moment(model=TREE, columns=data, at=last * DAY)
    )
    assert sum(term.heat_delta for term in found.terms) == pytest.approx(found.delta_heat, abs=1e-9)


@given(rows=st.lists(A_ROW, min_size=1, max_size=12))
def test_one_moment_and_many_give_the_same_bits(rows):
    data, days = random_data(rows), np.arange(40) * DAY
    many = score(TREE, data, at=days)
    for place, at in enumerate(days):
        one = score(TREE, data, at=np.array([at]))
        assert np.array_equal(one.heat, many.heat[place : place + 1], equal_nan=True)
        assert one.placements.held[0, 0] == many.placements.held[0, place]


@given(
    rows=st.lists(A_ROW, min_size=1, max_size=8),
    place=st.integers(0, 7),
    more=st.floats(0, 50),
    day=st.integers(1, 40),
)
def test_a_worse_value_never_lowers_the_pressure(rows, place, more, day):
    place %= len(rows)
    start, length, value, *rest = rows[place]
    worse = [*rows[:place], (start, length, min(value + more, 100.0), *rest), *rows[place + 1 :]]
    was, now = (heat_at(random_data(each), day).heat[0] for each in (rows, worse))
    assert np.isnan(was) or now >= was
