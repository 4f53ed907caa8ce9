"""A yardstick is laid on what was known, then stays where it is until it is laid anew (heat.md 3 and 8)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.clock import moment
from monitor.domain.errors import InvalidInput
from monitor.domain.normalisations.fit import fit
from monitor.domain.normalisations.normalise import normalise
from monitor.domain.normalisations.relative import PEERS_ONLY, RelativeNormalisation, Yardstick
from monitor.domain.normalisations.treatment import Treatment
from tests.domain.vectors import DAY, chain, columns, daily, data, indicator, model, row, score_days

OWN = [each for each in Yardstick if each not in PEERS_ONLY]
CONTINUOUS = [each for each in OWN if each is not Yardstick.RANK]


def yardstick(by, **given):
    """A yardstick over 100 days; a distance to reference starts from 1 January 1970."""
    if by is Yardstick.DISTANCE_TO_REFERENCE:
        given = {"reference_period": "1970-01-01"} | given
    return RelativeNormalisation(**{"by": by, "window_days": 100} | given)


def fitted(by, *values, **given):
    """A yardstick fitted to one value a day, as known when the last day ends."""
    return fit(yardstick(by, **given), daily(*values), indicator=indicator(), at=len(values) * DAY)


def pressures(normalisation, *values, low=None, high=None):
    column = np.array(values, dtype=float)
    low, high = (column if end is None else np.array([end], dtype=float) for end in (low, high))
    return normalise(normalisation, value=column, low=low, high=high)


def of(normalisation, *values):
    return pressures(normalisation, *values).value.tolist()


def test_minmax_goes_from_the_best_to_the_worst():
    found = fitted(Yardstick.MINMAX, 10, 30, 20, 50, 40)
    assert of(found, 10, 20, 50) == [0, 25, 100]
    assert found.fit.parameters == {"best": 10, "worst": 50}


def test_minmax_turns_where_lower_is_worse():
    found = fitted(Yardstick.MINMAX, 10, 30, 20, 50, 40, is_higher_worse=False)
    assert of(found, 10, 20, 50) == [100, 75, 0]
    assert found.fit.parameters == {"best": 50, "worst": 10}


def test_zscore_is_one_concern_a_standard_deviation():
    found = fitted(Yardstick.ZSCORE, 8, 9, 10, 11, 12)
    sd = np.sqrt(2.5)
    assert found.fit.parameters == pytest.approx({"mean": 10, "sd": sd})
    assert of(found, 5, 10, 10 + sd, 10 + 2 * sd, 10 + 4 * sd) == pytest.approx([0, 0, 25, 50, 100])


def test_zscore_may_go_between_other_deviations_and_the_other_way():
    found = fitted(Yardstick.ZSCORE, 8, 9, 10, 11, 12, calm_sd=-2, critical_sd=2, is_higher_worse=False)
    sd = np.sqrt(2.5)
    assert of(found, 10 + 2 * sd, 10, 10 - sd, 10 - 3 * sd) == pytest.approx([0, 50, 75, 100])


def test_percentile_is_the_share_of_better_values_straight_between():
    found = fitted(Yardstick.PERCENTILE, 1, 4, 2, 3, 5)
    assert of(found, 0, 1, 2, 2.5, 5, 9) == pytest.approx([0, 0, 25, 37.5, 100, 100])


def test_percentile_of_a_usual_zero_is_calm_and_of_the_worst_100():
    found = fitted(Yardstick.PERCENTILE, 0, 0, 0, 5, 5)
    assert of(found, 0, 5) == [0, 100]
    assert of(fitted(Yardstick.PERCENTILE, 9, 9, 9, 5, 7, is_higher_worse=False), 9, 7, 5) == [0, 75, 100]


def test_rank_is_the_share_of_better_values_in_steps():
    found = fitted(Yardstick.RANK, 1, 4, 2, 3, 5)
    assert of(found, 0, 1, 1.5, 2, 5, 5.1) == [0, 0, 20, 20, 80, 100]
    turned = fitted(Yardstick.RANK, 1, 4, 2, 3, 5, is_higher_worse=False)
    assert of(turned, 6, 5, 4.5, 4, 1, 0.9) == [0, 0, 20, 20, 80, 100]
    assert np.isnan(of(found, np.nan)[0])


def test_rank_carries_bounds():
    found = pressures(fitted(Yardstick.RANK, 1, 4, 2, 3, 5), 3, low=1.5, high=9)
    assert (found.low[0], found.value[0], found.high[0]) == (20, 40, 100)


def test_fraction_of_max_is_the_share_of_the_highest():
    assert of(fitted(Yardstick.FRACTION_OF_MAX, 5, 10, 20, 40, 30), 10, 40, 50, -1) == [25, 100, 100, 0]
    falling = fitted(Yardstick.FRACTION_OF_MAX, 5, 10, 20, 40, 30, is_higher_worse=False)
    assert of(falling, 10, 40, 0) == [75, 0, 100]
    assert falling.fit.parameters == {"max": 40}


def test_distance_to_reference_goes_from_the_reference_to_the_worst():
    found = fitted(Yardstick.DISTANCE_TO_REFERENCE, 10, 30, 20, 50, 0)
    assert of(found, 5, 10, 30, 50) == [0, 0, 50, 100]
    falling = fitted(Yardstick.DISTANCE_TO_REFERENCE, 10, 30, 20, 50, 0, is_higher_worse=False)
    assert of(falling, 10, 5, 0) == [0, 50, 100]


def test_a_reference_may_be_older_than_the_window():
    found = fitted(Yardstick.DISTANCE_TO_REFERENCE, 10, *[30] * 5, 50, window_days=5)
    assert found.fit.parameters == {"reference": 10, "worst": 50}


def test_a_value_beyond_what_was_seen_is_saturated():
    found = pressures(fitted(Yardstick.RANK, 1, 2, 3, 4, 5), 0, 1, 5, 6)
    assert found.saturated.tolist() == [True, False, False, True]


def test_a_fit_says_what_it_was_made_from():
    found = fitted(Yardstick.MINMAX, *range(20), window_days=7).fit
    assert (found.since, found.until, found.fitted_at) == (
        moment(13 * DAY),
        moment(20 * DAY),
        moment(20 * DAY),
    )
    assert (found.count, found.knots) == (7, ((13, 0), (19, 100)))


def test_a_fit_knows_nothing_of_later_values_and_revisions():
    early = daily(1, 2, 3, 4, 5)
    later = columns(
        *(row(day, value) for day, value in enumerate((1, 2, 3, 4, 5))),
        row(4, 500, known=9),
        row(5, 900),
        row(6, np.nan),
    )
    at = 5 * DAY
    stick = yardstick(Yardstick.MINMAX)
    assert fit(stick, later, indicator=indicator(), at=at) == fit(stick, early, indicator=indicator(), at=at)
    revised = fit(stick, later, indicator=indicator(), at=at, known_at=9 * DAY)
    assert revised.fit.knots == ((1, 0), (500, 100))


def test_a_fit_leaves_out_what_has_not_settled_or_is_missing():
    stick = yardstick(Yardstick.MINMAX)
    slow = indicator(settles_after_days=2)
    assert fit(stick, daily(*range(9)), indicator=slow, at=9 * DAY).fit.knots == ((0, 0), (6, 100))
    logs = indicator(transforms=chain(("log1p", {})))
    found = fit(stick, daily(-1, 0, 1, 2, 3, np.e - 1), indicator=logs, at=6 * DAY)
    assert found.fit.count == 5
    assert of(found, 0) == [0]


@pytest.mark.parametrize(
    "by,values,message",
    [
        (Yardstick.MINMAX, (1, 2, 3, 4), "the window holds 4 settled values, and a fit needs 5"),
        (Yardstick.MINMAX, (3,) * 6, "no value of the window is worse than 3"),
        (Yardstick.ZSCORE, (0.1,) * 6, "no value of the window is worse than 0.1"),
        (Yardstick.PERCENTILE, (3,) * 6, "no value of the window is worse than 3"),
        (Yardstick.RANK, (3,) * 6, "no value of the window is worse than 3"),
        (Yardstick.FRACTION_OF_MAX, (0, -1, -2, -3, -4), "the highest value of the window is 0"),
        (Yardstick.DISTANCE_TO_REFERENCE, (9, 1, 2, 3, 4), "no value of the window is worse than 9"),
    ],
)
def test_what_cannot_be_fitted_says_why(by, values, message):
    with pytest.raises(InvalidInput, match=message):
        fitted(by, *values)


def test_a_reference_nobody_knows_is_refused():
    with pytest.raises(InvalidInput, match="nothing is known of 1969"):
        fitted(Yardstick.DISTANCE_TO_REFERENCE, 1, 2, 3, 4, 5, reference_period="1969")


@pytest.mark.parametrize("by", OWN)
def test_an_unfitted_yardstick_refuses_to_score_and_names_the_placement(by):
    watched = indicator("a", normalisation=yardstick(by))
    seen = model({"d": {"a": 1}}, indicators=[watched])
    with pytest.raises(InvalidInput, match=f"mali/d/a:mali: {by} against own history is not fitted: fit it"):
        score_days(seen, data(a=daily(1)), 1)
    assert np.isnan(score_days(seen, {}, 1).pressure[0])


def test_a_new_value_never_rescales_old_pressures():
    watched = indicator("a", normalisation=fitted(Yardstick.PERCENTILE, 1, 2, 3, 4, 5))
    seen = model({"d": {"a": 1}}, indicators=[watched])
    before = score_days(seen, data(a=daily(1, 2, 3, 4, 5)), 2, 3, 4, 5).pressure
    after = score_days(seen, data(a=daily(1, 2, 3, 4, 5, 1000, -1000)), 2, 3, 4, 5).pressure
    assert before.tolist() == after.tolist()


@pytest.mark.parametrize(
    "wrong,message",
    [
        ({"window_days": 0}, "window_days must be above 0"),
        ({"calm_sd": 2, "critical_sd": 2}, "calm_sd 2 must be below critical_sd 2"),
        ({"reference_period": "2019"}, "reference_period goes with distance_to_reference"),
        ({"by": Yardstick.DISTANCE_TO_REFERENCE, "reference_period": ""}, "reference_period goes with"),
        ({"by": Yardstick.DISTANCE_TO_REFERENCE, "reference_period": "may"}, "a base period is written"),
        (
            {"fit": fitted(Yardstick.MINMAX, 1, 2, 3, 4, 5).fit, "is_higher_worse": False},
            "the fit was made for the other direction",
        ),
    ],
)
def test_a_yardstick_that_cannot_be_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        yardstick(**{"by": Yardstick.MINMAX} | wrong)


def test_a_long_past_keeps_few_knots_and_moves_no_pressure_by_more_than_one():
    values = np.sin(np.arange(3000) * 1.7) * 50 + np.arange(3000) % 7
    found = fitted(Yardstick.PERCENTILE, *values, window_days=4000)
    assert len(found.fit.knots) <= 210
    exact = np.arange(3000) / 2999 * 100
    assert np.abs(np.array(of(found, *np.sort(values))) - exact).max() <= 1


numbers = st.floats(-1000, 1000).map(lambda number: round(number, 2))
pasts = st.lists(numbers, min_size=5, max_size=12).filter(lambda past: max(past) - min(past) > 1)


def attempt(by, past, **given):
    """A fit where one can be made."""
    try:
        return fitted(by, *past, **given)
    except InvalidInput:
        return None


@given(st.sampled_from(OWN), pasts, numbers, numbers, st.booleans())
def test_pressure_lies_in_bounds_and_is_monotone(by, past, one, two, is_higher_worse):
    found = attempt(by, past, is_higher_worse=is_higher_worse)
    if found is not None:
        better, worse = sorted([one, two], reverse=not is_higher_worse)
        first, second = of(found, better, worse)
        assert 0 <= first <= second <= 100


@given(st.sampled_from(OWN), pasts, st.randoms())
def test_a_fit_does_not_depend_on_the_order_of_the_past(by, past, random):
    mixed = [past[0], *random.sample(past[1:], len(past) - 1)]
    one, other = attempt(by, past), attempt(by, mixed)
    assert (one is None) is (other is None)
    if one is not None:
        assert np.array(one.fit.knots) == pytest.approx(np.array(other.fit.knots))


@given(st.sampled_from(CONTINUOUS), pasts, numbers)
def test_a_small_step_of_the_value_never_makes_pressure_jump(by, past, value):
    found = attempt(by, past)
    if found is not None:
        near, there = of(found, value + 1e-9, value)
        assert near == pytest.approx(there, abs=1e-4)


@given(st.sampled_from(OWN), pasts, numbers, numbers, numbers, st.floats(0, 1))
def test_the_band_holds_the_pressure_of_every_value_between(by, past, one, two, three, share):
    found = attempt(by, past)
    if found is not None:
        low, value, high = sorted([one, two, three])
        inside = of(found, min(max(low + share * (high - low), low), high))[0]
        band = pressures(found, value, low=low, high=high)
        assert 0 <= band.low[0] <= inside <= band.high[0] <= 100


@given(pasts)
def test_the_worst_of_the_past_has_100_and_the_best_0(past):
    for by in (Yardstick.MINMAX, Yardstick.PERCENTILE):
        assert of(fitted(by, *past), min(past), max(past)) == [0, 100]


def test_the_own_past_may_be_treated_and_imputed_values_count_only_where_asked():
    past = daily(*range(1, 11), 100)
    stick = yardstick(Yardstick.MINMAX, treat=Treatment())
    found = fit(stick, past, indicator=indicator(), at=11 * DAY)
    assert of(found, 1, 5.5, 10, 100) == pytest.approx([0, 50, 100, 100])
    assert found.fit.treated.words == "1 winsorised"
    made_up = replace(past, imputed=np.array([False] * 10 + [True]))
    plain = yardstick(Yardstick.MINMAX)
    assert fit(plain, made_up, indicator=indicator(), at=11 * DAY).fit.parameters["worst"] == 10
    asked = replace(plain, counts_imputed=True)
    assert fit(asked, made_up, indicator=indicator(), at=11 * DAY).fit.parameters["worst"] == 100


def test_a_window_without_a_value_has_nothing_to_treat():
    with pytest.raises(InvalidInput, match="the window holds 0 settled values"):
        fit(yardstick(Yardstick.MINMAX, treat=Treatment()), daily(1), indicator=indicator(), at=0)
