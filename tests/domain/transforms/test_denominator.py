"""A value per head: its denominator is carried forward, dated, and named by the ledger (heat.md 2)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.ledgers.ledger import Cause, Moment, ledger
from monitor.domain.normalisations.fit import fit
from monitor.domain.normalisations.relative import RelativeNormalisation, Yardstick
from monitor.domain.scoring.heat import change_moments
from monitor.domain.transforms.denominator import denominators
from tests.domain.vectors import DAY, at_end, chain, columns, daily, data, indicator, model, row, score_days

PER_HEAD = ("per_capita", {"series": "people"})
PER_100 = ("per_capita", {"series": "people", "per": 100})
WATCHED = indicator("a", transforms=chain(PER_100))
SEEN = model({"d": {"a": 1}}, indicators=[WATCHED])


def people(*rows):
    return {"people": columns(*rows)}


def test_a_value_is_divided_by_the_newest_denominator_begun_when_its_period_began():
    given = people(row(0, 10, length=5), row(5, 20, length=5), row(10, 40, length=5))
    assert at_end(columns(row(7, 60)), PER_HEAD, others=given)[0] == 3
    assert at_end(columns(row(5, 60)), PER_HEAD, others=given)[0] == 3
    assert at_end(columns(row(4, 60, length=3)), PER_HEAD, others=given)[0] == 6


def test_a_denominator_is_carried_forward_however_old():
    assert at_end(columns(row(5000, 60)), PER_100, others=people(row(0, 20))) == (300, 300, 300)


@pytest.mark.parametrize(
    "others", [None, {}, {"people": daily(1).rows(np.zeros(0, int))}, people(row(9, 5)), people(row(0, 0))]
)
def test_a_value_without_a_denominator_above_zero_is_missing(others):
    assert np.isnan(at_end(columns(row(7, 60)), PER_HEAD, others=others)).all()


def test_bounds_combine_opposite_ends():
    rows = columns(row(7, 60, low=40, high=80))
    assert at_end(rows, PER_HEAD, others=people(row(0, 10, low=8, high=20))) == (6, 2, 10)
    assert at_end(rows, PER_HEAD, others=people(row(0, 10, low=0, high=20))) == (6, -np.inf, np.inf)


def test_it_stands_anywhere_in_a_chain():
    rows = columns(row(0, 10), row(1, 20))
    summed = ("rolling_sum", {"window_days": 5})
    halves = people(row(0, 1), row(1, 2))
    assert at_end(rows, PER_HEAD, summed, others=halves)[0] == 20
    assert at_end(rows, summed, PER_HEAD, others=halves)[0] == 15


@pytest.mark.parametrize(
    "name,series,expected",
    [
        ("people", "a:mali", {"people": "people:mali"}),
        ("people", "a:mali@exercise-1", {"people": "people:mali"}),
        ("people:world", "a:mali", {"people:world": "people:world"}),
    ],
)
def test_a_denominator_without_a_unit_has_the_same_unit(name, series, expected):
    assert (
        denominators(indicator("a", transforms=chain(("per_capita", {"series": name}))), series) == expected
    )
    assert denominators(indicator("a"), series) == {}


def test_a_model_names_every_series_it_reads():
    assert SEEN.series == ["a:mali", "people:mali"]
    assert model({"d": {"a": 1}}).series == ["a:mali"]


def test_a_subject_is_scored_by_what_was_known_of_the_denominator():
    seen = data(a=daily(5, 5, 5), people=columns(row(0, 10, known=1), row(0, 20, known=3)))
    assert score_days(SEEN, seen, 1, 2, 3).placements.value[0].tolist() == [50, 50, 25]
    assert score_days(SEEN, seen, 1, 2, known=3).placements.value[0].tolist() == [25, 25]
    assert np.isnan(score_days(SEEN, data(a=daily(5)), 1).pressure[0])


def test_a_withdrawn_denominator_gives_way_to_the_one_before():
    seen = data(a=daily(5, 5, 5), people=columns(row(0, 10), row(1, 20), row(1, np.nan, known=3)))
    assert score_days(SEEN, seen, 2, 3).placements.value[0].tolist() == [25, 50]


def test_one_moment_is_the_same_path_as_many():
    seen = data(a=daily(*range(9)), people=columns(*(row(day, 10 + day, known=day + 2) for day in range(5))))
    many = score_days(SEEN, seen, *range(1, 12)).placements.value[0]
    single = [score_days(SEEN, seen, day).placements.value[0, 0] for day in range(1, 12)]
    assert np.array_equal(many, single, equal_nan=True)


def test_heat_may_change_when_a_denominator_becomes_known():
    seen = data(a=daily(5), people=columns(row(0, 10, known=0.5)))
    found = change_moments(SEEN, seen, start=1, end=DAY)
    assert found.tolist() == [DAY // 2, DAY]


def explained(before, after, *, was=SEEN, now=SEEN):
    """The causes between two (day, columns), with their share of heat."""
    moments = (
        Moment(model=each, columns=given, at=day * DAY)
        for each, (day, given) in ((was, before), (now, after))
    )
    found = ledger(*moments)
    assert sum(term.heat_delta for term in found.terms) == pytest.approx(found.delta_heat, abs=1e-9)
    return {term.cause: term.heat_delta for term in found.terms}


def test_the_ledger_names_a_revised_and_a_new_denominator():
    base = data(a=columns(row(2, 5)), people=columns(row(0, 10)))
    revised = base | data(people=columns(row(0, 10), row(0, 20, known=4)))
    newer = base | data(people=columns(row(0, 10), row(1, 20, known=4)))
    assert explained((3, base), (5, base)) == {}
    assert explained((3, base), (5, revised)) == {Cause.REVISION: -25}
    assert explained((3, base), (5, newer)) == {Cause.OBSERVATION: -25}


def test_the_ledger_tells_a_denominator_from_another_definition():
    base = data(a=columns(row(2, 5)), people=columns(row(0, 10)), homes=columns(row(0, 20)))
    by_home = indicator("a", transforms=chain(("per_capita", {"series": "homes", "per": 100})))
    other = model({"d": {"a": 1}}, indicators=[by_home])
    assert explained((3, base), (3, base), now=other) == {Cause.DEFINITION: -25}


def test_a_fit_divides_by_what_was_known_then():
    stick = RelativeNormalisation(by=Yardstick.MINMAX, window_days=90)
    given = people(row(0, 10), row(0, 20, known=9))
    found = fit(stick, daily(1, 2, 3, 4, 5), indicator=WATCHED, at=5 * DAY, others=given)
    assert found.fit.knots == ((10, 0), (50, 100))


boxes = st.tuples(st.integers(-50, 50), st.integers(-50, 50), st.integers(-50, 50), st.floats(0, 1))
heads = st.tuples(st.integers(1, 50), st.integers(1, 50), st.integers(1, 50), st.floats(0, 1))


@given(boxes, heads)
def test_the_band_holds_every_ratio_between(own, other):
    (low, value, high), (least, middle, most) = sorted(own[:3]), sorted(other[:3])
    given = people(row(0, middle, low=least, high=most))
    found = at_end(columns(row(1, value, low=low, high=high)), PER_HEAD, others=given)
    inside = (low + own[3] * (high - low)) / (least + other[3] * (most - least))
    assert found[1] - 1e-9 <= min(found[0], inside)
    assert max(found[0], inside) <= found[2] + 1e-9


@given(st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_more_heads_never_raise_and_more_cases_never_lower(value, more, count):
    def ratio(cases, divisor):
        return at_end(columns(row(1, cases)), PER_HEAD, others=people(row(0, divisor)))[0]

    assert ratio(value, count + more) <= ratio(value, count) <= ratio(value + more, count)
