"""Scoring: what is seen at a moment, how it ages, what is held and how it adds up (heat.md 1 to 5)."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.derivations.formula import Formula
from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import Transform
from monitor.domain.normalisations.normalisation import Unscored
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.scale import RISK
from monitor.domain.scoring.heat import Floor, change_moments, compile_model
from monitor.domain.scoring.scores import Scores
from tests.domain.vectors import (
    DAY,
    chain,
    columns,
    daily,
    data,
    flat,
    indicator,
    model,
    row,
    score_days,
    thresholds,
)


def heats(a_model, its_data, *days, **given):
    return score_days(a_model, its_data, *days, **given).heat.tolist()


def test_heat_is_pressure_on_risk_and_its_complement_on_standing():
    assert heats(flat(a=1), data(a=daily(30)), 1) == [30]
    assert heats(model({"d": {"a": 1}}, scale="standing"), data(a=daily(30)), 1) == [70]


def test_the_band_swaps_on_a_standing_scale():
    scores = score_days(model({"d": {"a": 1}}, scale="standing"), data(a=daily(30, low=20, high=50)), 1)
    assert (scores.heat_low[0], scores.heat_high[0]) == (50, 80)


def test_drivers_and_the_subject_combine_by_weight():
    tree = model({"d": {"a": 1, "b": 3}, "e": {"c": 1}}, driver_weights={"d": 3.0})
    scores = score_days(tree, data(a=daily(20), b=daily(60), c=daily(90)), 1)
    assert scores.drivers.pressure[:, 0].tolist() == [50, 90]
    assert scores.pressure[0] == 60


def test_one_of_two_never_observed_leaves_the_mean_and_halves_the_coverage():
    scores = score_days(flat(a=1, b=1), data(a=daily(30)), 1)
    assert (scores.pressure[0], scores.coverage[0], scores.confidence[0]) == (30, 0.5, 0.5)
    assert scores.placements.observed[:, 0].tolist() == [True, False]
    assert np.isnan(scores.placements.pressure[1, 0])
    assert scores.placements.seq[1, 0] == -1


def test_no_data_at_all_has_no_heat():
    scores = score_days(flat(a=1), {}, 1)
    assert np.isnan(scores.heat[0])
    assert (scores.coverage[0], scores.carried[0], scores.period[0]) == (0, 0, -1)


def test_a_subject_without_placements_has_no_heat():
    scores = score_days(model({"d": {}}), {}, 1)
    assert np.isnan(scores.heat[0])
    assert scores.coverage[0] == 0


def test_a_driver_without_placements_counts_nowhere():
    scores = score_days(model({"d": {"a": 1}, "e": {}}), data(a=daily(30)), 1)
    assert (scores.pressure[0], scores.coverage[0]) == (30, 1)


def test_a_value_is_seen_once_it_is_known_and_its_period_has_begun():
    its_data = data(a=columns(row(0, 10), row(2, 50, known=1.5)))
    assert heats(flat(a=1), its_data, 1, 1.75, 2) == [10, 10, 50]


def test_known_at_may_stand_apart_from_the_moment():
    its_data = data(a=columns(row(0, 10), row(1, 50), row(0, 20, known=9)))
    assert heats(flat(a=1), its_data, 0, 1, known=9) == [20, 50]
    assert heats(flat(a=1), its_data, 0, 1, known=1) == [10, 10]


def test_the_highest_revision_is_in_force_whatever_its_order():
    rows = columns(row(0, 10, source_revision=2), row(0, 20, source_revision=1, known=2), row(0, 30, known=3))
    assert heats(flat(a=1), data(a=rows), 1, 2, 3) == [10, 10, 10]


def test_a_revision_and_a_late_period_change_a_window_from_when_they_were_known():
    yearly = indicator("a", transforms=chain(("rolling_sum", {"window_days": 100})))
    rows = columns(row(0, 1), row(2, 4), row(1, 10, known=5), row(2, 5, known=6))
    tree = model({"d": {"a": 1}}, indicators=[yearly])
    assert heats(tree, data(a=rows), 1, 3, 5, 6) == [1, 5, 15, 16]


def test_a_withdrawn_period_gives_way_to_the_one_before():
    rows = columns(row(0, 10), row(1, 50), row(1, math.nan, known=3), row(0, math.nan, known=4))
    found = heats(flat(a=1), data(a=rows), 2, 3, 4)
    assert found[:2] == [50, 10]
    assert np.isnan(found[2])


def test_a_gap_carries_the_last_defined_value_on():
    changing = indicator("a", transforms=chain(("percent_change", {"window_days": 1})))
    rows = columns(row(0, 100), row(1, 150), row(30, 900))
    scores = score_days(model({"d": {"a": 1}}, indicators=[changing]), data(a=rows), 1, 2, 31)
    assert np.isnan(scores.heat[0])
    assert scores.heat[1:].tolist() == [50, 50]
    assert (scores.placements.raw[0, 2], scores.placements.period_end[0, 2]) == (900, 2 * DAY)


def test_ageing_lowers_coverage_and_never_heat():
    scores = score_days(flat(a=1), data(a=daily(30)), 11, 16, 21, 999)
    assert scores.heat.tolist() == [30] * 4
    assert scores.coverage.tolist() == [1, 0.5, 0, 0]
    assert scores.carried.tolist() == [0, 0, 1, 1]


def test_a_decaying_event_does_move_heat():
    fading = model(
        {"d": {"a": 1}}, indicators=[indicator("a", transforms=chain(("decay", {"half_life_days": 1})))]
    )
    assert heats(fading, data(a=daily(80)), 1, 2, 3) == [80, 40, 20]


def test_grades_change_confidence_and_the_ungraded_are_counted_apart():
    its_data = data(a=daily(30, grade=0.85), b=daily(30, grade=math.nan), c=daily(30, grade=0.5))
    scores = score_days(flat(a=2, b=1, c=1), its_data, 1)
    assert scores.confidence[0] == pytest.approx((2 * 0.85 + 0.5 + 0.5) / 4)
    assert scores.ungraded[0] == 0.5
    assert scores.placements.grade[:, 0].tolist() == [0.85, 0.5, 0.5]


SLOW = indicator("a", settles_after_days=5)


def test_a_provisional_rise_counts_at_once():
    scores = score_days(model({"d": {"a": 1}}, indicators=[SLOW]), data(a=columns(row(0, 30), row(8, 70))), 9)
    assert scores.heat[0] == 70
    assert (scores.placements.provisional[0, 0], scores.placements.held[0, 0]) == (True, False)


def test_a_provisional_fall_is_held_at_the_settled_value_until_it_settles():
    rows = columns(row(0, 70, low=60, high=80), row(8, 30))
    scores = score_days(model({"d": {"a": 1}}, indicators=[SLOW]), data(a=rows), 9, 13, 14)
    assert scores.heat.tolist() == [70, 70, 30]
    assert scores.heat_high.tolist() == [80, 80, 30]
    assert scores.placements.held[0].tolist() == [True, True, False]
    assert scores.confidence.tolist() == [0.5, 0.5, 1]
    assert scores.placements.value[0].tolist() == [70, 70, 30]
    assert scores.placements.raw[0].tolist() == [30, 30, 30]
    assert scores.placements.seq[0].tolist() == [1, 1, 2]
    assert scores.period.tolist() == [9 * DAY] * 3


def test_a_fall_from_one_provisional_value_to_another_is_not_held():
    rows = columns(row(0, 30), row(8, 70), row(9, 50))
    assert heats(model({"d": {"a": 1}}, indicators=[SLOW]), data(a=rows), 10) == [50]


def test_a_period_that_has_not_ended_is_provisional():
    rows = columns(row(0, 70), row(1, 30, length=30, known=2))
    assert heats(flat(a=1), data(a=rows), 2, 30.5, 31) == [70, 70, 30]


def test_a_floor_lifts_pressure_and_leaves_the_raw_value():
    floored = model({"d": {"a": 1, "b": 1}}, floors=[Floor(placement="d/a:mali", pressure=70)])
    scores = score_days(floored, data(a=daily(90, 100), b=daily(0)), 1, 2)
    assert scores.raw_pressure.tolist() == [45, 50]
    assert scores.pressure.tolist() == [45, 70]


def test_a_placement_may_have_thresholds_of_its_own():
    own = model({"d": {"a": 1}}, normalisations={"a": thresholds(100, 150, 250, 350, 500)})
    scores = score_days(own, data(a=daily(300, 600)), 1, 2)
    assert scores.heat.tolist() == [62.5, 100]
    assert scores.placements.saturated[0].tolist() == [False, True]


@pytest.mark.parametrize("of", ["pressure", "strength"])
@pytest.mark.parametrize("method", ["arithmetic", "geometric", "harmonic", "worst_dominates", "max", "min"])
def test_points_add_up_to_the_pressure(method, of):
    tree = model({"d": {"a": 1, "b": 2, "method": method}, "e": {"c": 1, "f": 1}}, method=method, of=of)
    its_data = data(a=daily(20, 0, 20), b=daily(60, 60, 20), c=daily(100, 10, 20))
    scores = score_days(tree, its_data, 1, 2, 3)
    assert np.nansum(scores.placements.points, axis=0) == pytest.approx(scores.raw_pressure, abs=1e-9)
    assert np.isnan(scores.placements.points[3]).all()


def test_the_two_of_a_tied_maximum_have_half_the_points_each():
    scores = score_days(model({"d": {"a": 1, "b": 1, "method": "max"}}), data(a=daily(80), b=daily(80)), 1)
    assert scores.placements.points[:, 0].tolist() == [40, 40]


def test_a_lens_replaces_the_weights_it_names():
    lens = WeightSet(subject="mali", name="war", weights={"mali/d/a:mali": 3.0})
    base = flat(a=1, b=1)
    placements = [placed.placement for placed in base.placements]
    seen = compile_model(
        base.subject, RISK, placements, {name: indicator(name) for name in "ab"}, weight_set=lens
    )
    assert [placed.weight for placed in seen.placements] == [3, 1]
    assert seen.effective_weights.tolist() == [0.75, 0.25]


@pytest.mark.parametrize("driver,series,missing", [("x", "a:mali", "driver"), ("d", "x:mali", "indicator")])
def test_a_placement_without_its_driver_or_indicator_is_refused(driver, series, missing):
    lost = Placement(subject="mali", driver=driver, series=series, weight=1)
    with pytest.raises(InvalidInput, match=f"its {missing} is not defined") as caught:
        compile_model(flat(a=1).subject, RISK, [lost], {"a": indicator("a")})
    assert caught.value.field == missing


def test_change_moments_are_known_times_and_midnights_within_the_span():
    its_data = data(a=columns(row(0, 1, known=0.5), row(1, 1, known=1.25), row(3, 1, known=2.25))) | {
        "other:mali": daily(5)
    }
    moments = change_moments(flat(a=1), its_data, start=DAY, end=3 * DAY)
    assert moments.tolist() == [DAY, DAY + DAY // 4, 2 * DAY, 3 * DAY]


def test_change_moments_without_data_are_midnights():
    assert change_moments(flat(a=1), {}, start=1, end=2 * DAY).tolist() == [DAY, 2 * DAY]


def arrays(scores, place):
    """Every array of the scores at one moment, flat."""
    for holder in (scores, scores.placements, scores.drivers):
        for each in dataclasses.fields(holder):
            values = getattr(holder, each.name)
            if isinstance(values, np.ndarray):
                yield each.name, values[..., place].tolist()


CHAINS = [
    (),
    (("decay", {"half_life_days": 3}),),
    (("rolling_sum", {"window_days": 4, "lag_days": 1}), ("log1p", {})),
    (("percent_change", {"window_days": 2}), ("rolling_mean", {"window_days": 3})),
]
value = st.one_of(st.just(math.nan), st.floats(0, 120))
rows = st.lists(st.tuples(st.integers(0, 9), value, st.integers(0, 12), st.integers(0, 2)), max_size=12).map(
    lambda found: columns(*(row(d, v, known=k, source_revision=r) for d, v, k, r in found))
)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, min_size=3, max_size=3), st.sampled_from(CHAINS), st.integers(0, 4))
def test_one_moment_at_a_time_has_the_same_bits_as_all_at_once(series, steps, settles):
    indicators = [indicator(name, transforms=chain(*steps), settles_after_days=settles) for name in "abc"]
    tree = model({"d": {"a": 1, "b": 2, "method": "geometric"}, "e": {"c": 0.7}}, indicators=indicators)
    its_data = data(**dict(zip("abc", series, strict=True)))
    days = [number / 2 for number in range(28)]
    together = score_days(tree, its_data, *days)
    for place, day in enumerate(days):
        alone: Scores = score_days(tree, its_data, day)
        for (name, one), (_, many) in zip(arrays(alone, 0), arrays(together, place), strict=True):
            assert np.array_equal(one, many, equal_nan=True), (name, day)


@settings(max_examples=60, deadline=None)
@given(rows, st.integers(0, 11))
def test_rows_known_later_do_not_change_what_was_seen(series, day):
    early = series.rows(series.known_at <= day * DAY)
    known = score_days(flat(a=1), data(a=early), day)
    seen = score_days(flat(a=1), data(a=series), day)
    assert np.array_equal(known.heat, seen.heat, equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, min_size=2, max_size=2), st.integers(1, 12))
def test_removing_a_series_never_raises_coverage(series, day):
    both = data(**dict(zip("ab", series, strict=True)))
    with_all = score_days(flat(a=1, b=1), both, day)
    without = score_days(flat(a=1, b=1), {"a:mali": both["a:mali"]}, day)
    assert without.coverage[0] <= with_all.coverage[0]
    assert without.confidence[0] <= with_all.confidence[0]


def test_a_forecast_is_never_scored_nor_reckoned_from():
    forecast, plain = indicator(is_forecast=True), indicator("b")
    with pytest.raises(InvalidInput, match="a:mali is a forecast, which is never scored"):
        model({"d": {"a": 1}}, indicators=(forecast,))
    per_head = dataclasses.replace(
        plain, transforms=(Transform(name="per_capita", parameters={"series": "a"}),)
    )
    with pytest.raises(InvalidInput, match="a:mali is a forecast"):
        model({"d": {"b": 1}}, indicators=(forecast, per_head))
    total = dataclasses.replace(plain, derived=Formula(text="a + 1"))
    with pytest.raises(InvalidInput, match="a:mali is a forecast"):
        model({"d": {"b": 1}}, indicators=(forecast, total))


def test_an_indicator_without_a_normalisation_is_placed_only_where_the_placement_has_one():
    bare = indicator(normalisation=Unscored())
    with pytest.raises(InvalidInput, match="indicator a has no normalisation"):
        model({"d": {"a": 1}}, indicators=(bare,))
    placed = model({"d": {"a": 1}}, indicators=(bare,), normalisations={"a": thresholds(0, 50)})
    assert heats(placed, data(a=daily(30)), 1) == [60]
