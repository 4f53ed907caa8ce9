"""Explain: every number of the tree follows from the printed ones by plain arithmetic, for every method."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.clock import DAY_SECONDS as DAY
from monitor.domain.derivations.derive import Inputs, ModelColumns
from monitor.domain.derivations.formula import Formula
from monitor.domain.explanations.explain import explain
from monitor.domain.explanations.reckoning import combined, normalised
from monitor.domain.normalisations.normalise import CURVES
from monitor.domain.normalisations.relative import Fit, RelativeNormalisation, Yardstick
from monitor.domain.placement import Placement
from monitor.domain.scale import RISK
from monitor.domain.scoring.aggregate import METHODS
from monitor.domain.scoring.heat import compile_model, score
from monitor.domain.scoring.level import LevelState, levels
from monitor.domain.series import Columns
from monitor.domain.subject import Aggregation, Driver, Floor, Side, Subject
from monitor.domain.transforms.transform import TRANSFORMS
from monitor.domain.transforms.working import workings
from tests.domain.vectors import (
    chain,
    columns,
    curve,
    daily,
    goalposts,
    indicator,
    model,
    row,
    steps,
    target_band,
    thresholds,
)  # fmt: skip

NAMES = {"ln": math.log, "exp": math.exp, "max": max, "min": min}


def calculated(formula):
    """Type a printed formula into a pocket calculator."""
    for printed, python in (
        ("[", "("),
        ("]", ")"),
        (" x ", " * "),
        ("^", "**"),
        ("2 ** -(", "2 ** -1 ** 1 * ("),
    ):
        formula = formula.replace(printed, python)
    return eval(formula.replace("2 ** -1 ** 1 * (", "2 ** -("), {"__builtins__": {}}, NAMES)


def close(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9)


# ------------------------------------------------------------------------------------------ transforms


VALUES = (12.0, 15.0, 9.0, 22.0, 18.0, 31.0, 27.0, 16.0)


def worked(*chained, values=VALUES, at=None, others=None, **given):
    own = indicator("a", transforms=chain(*chained), **given)
    rows = daily(*values)
    moment = int(rows.period_end[-1]) if at is None else int(at * DAY)
    return workings(own, rows, row=len(rows) - 1, at=moment, others=others)


@pytest.mark.parametrize(
    "step",
    [
        ("identity", {}),
        ("percent_change", {"window_days": 3}),
        ("rolling_sum", {"window_days": 5}),
        ("rolling_mean", {"window_days": 4}),
        ("annualise", {}),
        ("log1p", {}),
        ("log_ct", {"low": 5, "high": 40}),
        ("boxcox", {"lambda": 0}),
        ("boxcox", {"lambda": 0.5}),
        ("decay", {"half_life_days": 3}),
    ],
)
def test_what_a_transform_did_can_be_typed_in(step):
    [found] = worked(step, at=10.5)
    assert found.before == 16.0
    assert calculated(found.formula) == close(found.after)


def test_a_chain_hands_each_result_on():
    first, second, third = worked(
        ("rolling_sum", {"window_days": 3}), ("percent_change", {"window_days": 1}), ("annualise", {})
    )
    assert (first.before, first.after) == (16.0, 31.0 + 27.0 + 16.0)
    assert second.before == first.after
    assert second.used[0].value == 18.0 + 31.0 + 27.0
    assert (third.before, third.after) == (second.after, close(second.after * 365.25))


def test_a_value_per_head_names_the_series_and_its_value():
    [found] = worked(
        ("per_capita", {"series": "people", "per": 100}), others={"people": daily(4.0, 8.0, first=0)}
    )
    [used] = found.used
    assert (used.series, used.value) == ("people", 8.0)
    assert calculated(found.formula) == close(found.after) == 200.0
    [early] = worked(("per_capita", {"series": "people"}), others={"people": daily(4.0, first=90)})
    [never] = worked(("per_capita", {"series": "people"}))
    for nothing in (early, never):
        assert (math.isnan(nothing.after), nothing.used) == (True, ())
        assert nothing.formula == "no value of people had begun by then"


def test_an_index_lists_the_values_of_its_base():
    [found] = worked(("index", {"base_period": "1970-01-03"}))
    assert [each.value for each in found.used] == [9.0]
    assert found.after == close(16.0 / 9.0 * 100)


def test_weeks_above_a_baseline_list_the_window():
    values = (*(float(4 + number % 3) for number in range(20)), 30.0)
    own = indicator("a", transforms=chain(("weeks_above_baseline", {"window_weeks": 20})), fresh_for_days=14,
                    expires_after_days=30)  # fmt: skip
    rows = columns(*(row(7 * number, value, length=7) for number, value in enumerate(values)))
    [found] = workings(own, rows, row=len(rows) - 1, at=int(rows.period_end[-1]))
    own_values = [each.value for each in found.used]
    edge = statistics.mean(own_values) + 2 * statistics.stdev(own_values)
    assert sum(each.weight for each in found.used if each.value > edge) == close(found.after) == 1.0


def test_a_record_names_the_last_value_as_high():
    [found] = worked(("record_high", {"days": 30}))
    assert [each.value for each in found.used] == [27.0]
    assert (8 * DAY - found.used[0].period_end) / DAY == close(found.after) == 1.0
    [never] = worked(("record_high", {"days": 30}), values=(1.0, 2.0, 3.0))
    assert (never.used, never.after) == ((), 3.0)


def test_clipping_and_steps_say_their_ends():
    [clipped] = worked(("winsorise", {"low": 0, "high": 10}))
    assert (clipped.after, clipped.formula) == (10.0, "16, at least 0 and at most 10")
    [stepped] = worked(("step", {"map": {"0": 5, "10": 60}}))
    assert (stepped.after, stepped.formula) == (60.0, "16 reaches the step 10")
    [below] = worked(("step", {"map": {"20": 5, "30": 60}}))
    assert (below.after, below.formula) == (5.0, "16 reaches the step 20")


def test_a_first_value_has_nothing_to_be_compared_with():
    [found] = worked(("percent_change", {"window_days": 3}), values=(5.0,))
    assert (math.isnan(found.after), found.used) == (True, ())
    assert "no earlier value" in found.formula


def test_every_transform_has_a_working():
    from monitor.domain.transforms import working

    assert set(working._WORKINGS) == set(TRANSFORMS)


# ------------------------------------------------------------------------------------------ normalisation


def relative(by, knots, *, is_higher_worse=True):
    from datetime import UTC, datetime

    fit = Fit(since=datetime(2020, 1, 1, tzinfo=UTC), until=datetime(2021, 1, 1, tzinfo=UTC),
              fitted_at=datetime(2021, 1, 1, tzinfo=UTC), count=len(knots), knots=knots)  # fmt: skip
    return RelativeNormalisation(by=by, window_days=365, is_higher_worse=is_higher_worse, fit=fit)


LINES = {
    "thresholds": thresholds(100, 150, 250, 350, 500),
    "falling thresholds": thresholds(100, 80, 60, 40, 20),
    "goalposts": goalposts(20, 85),
    "log goalposts": goalposts(100, 75000, is_log=True),
    "curve": curve((0, 10), (50, 40), (100, 90)),
    "target band": target_band(0, 40, 60, 100),
    "percentile": relative(Yardstick.PERCENTILE, ((1.0, 0.0), (40.0, 50.0), (90.0, 100.0))),
}
ALL_METHODS = {each.method for each in LINES.values()} | {"steps"}


@given(name=st.sampled_from(sorted(LINES)), value=st.floats(-50, 90_000))
def test_a_pressure_follows_from_its_two_knots(name, value):
    found = normalised(LINES[name], value)
    assert found.pressure == float(CURVES[LINES[name].method](LINES[name]).pressure(np.array([value]))[0])
    if found.lower == found.upper:
        assert found.pressure == close(found.lower[1])
    else:
        assert calculated(found.formula) == close(found.pressure)
        assert found.lower[0] <= found.compared <= found.upper[0]


@pytest.mark.parametrize(
    "normalisation,value,reached",
    [
        (steps((0, 10), (5, 60)), 7.0, (5, 60)),
        (steps((0, 10), (5, 60)), -1.0, (0, 10)),
        (relative(Yardstick.RANK, ((1.0, 20.0), (2.0, 60.0), (3.0, 100.0))), 2.5, (2.0, 60.0)),
        (relative(Yardstick.RANK, ((1.0, 20.0), (2.0, 60.0), (3.0, 100.0))), 9.0, (3.0, 100.0)),
        (
            relative(Yardstick.RANK, ((1.0, 100.0), (2.0, 60.0), (3.0, 20.0)), is_higher_worse=False),
            1.5,
            (2.0, 60.0),
        ),
    ],
)
def test_a_step_is_named(normalisation, value, reached):
    found = normalised(normalisation, value)
    assert (found.lower, found.pressure) == (reached, reached[1])


@pytest.mark.parametrize("is_higher_worse,value", [(True, 0.5), (False, 9.0)])
def test_a_rank_no_worse_than_any_has_no_pressure(is_higher_worse, value):
    knots = ((1.0, 20.0), (2.0, 60.0), (3.0, 100.0))
    knots = knots if is_higher_worse else tuple((edge, 120 - pressure) for edge, pressure in knots)
    found = normalised(relative(Yardstick.RANK, knots, is_higher_worse=is_higher_worse), value)
    assert (found.pressure, found.lower[1]) == (0.0, 0.0)


def test_every_form_of_normalisation_is_written_out():
    assert set(CURVES) - {"unscored"} == ALL_METHODS


# ------------------------------------------------------------------------------------------ aggregation


@given(
    method=st.sampled_from(METHODS),
    of=st.sampled_from(Side),
    power=st.sampled_from([-2.0, 0.0, 0.5, 3.0]),
    members=st.lists(st.tuples(st.floats(1, 99), st.floats(0.1, 5)), min_size=1, max_size=6),
)
def test_a_mean_can_be_typed_in(method, of, power, members):
    from monitor.domain.scoring.aggregate import combine

    aggregation = Aggregation(method=method, of=of, power=power)
    pressures, weights = (np.array(part)[:, None] for part in zip(*members, strict=True))
    found = combined(aggregation, members, float(combine(aggregation, pressures, weights)[0]))
    if method in {"max", "min"} and len(members) == 1:
        formula = found.formula.replace("max(", "(").replace("min(", "(")
        assert calculated(formula) == close(found.pressure)
    else:
        assert calculated(found.formula) == pytest.approx(found.pressure, rel=1e-7, abs=1e-7)


def test_a_group_without_anything_seen_says_so():
    assert combined(Aggregation(), [], 0.0).formula == "no member was ever observed"
    many = combined(Aggregation(), [(50.0, 1.0)] * 61, 50.0)
    assert many.formula == "arithmetic mean of the 61 members below"


# ------------------------------------------------------------------------------------------ the whole tree


def told(tree, data, at, *, state=None, known=None):
    scores = score(tree, data, at=np.array([at * DAY]), known_at=np.array([(known or at) * DAY]))
    stepped = levels(tree.scale, tree.subject.min_coverage, scores, state)
    return explain(tree, data, scores, levels=stepped, state=state, provenance={}), scores


def recomputed(group):
    """The pressure of a group from those of its members, in plain Python."""
    present = [
        (each.pressure, each.weight)
        for each in (*group.placements, *group.groups)
        if each.pressure is not None
    ]
    whole = sum(weight for _, weight in present)
    if group.combined.method == "geometric":
        return math.exp(sum(weight * math.log(value) for value, weight in present) / whole)
    if group.combined.method == "max":
        return max(value for value, _ in present)
    return sum(value * weight for value, weight in present) / whole


TREE = {
    "economy": {"fuel": 2.0, "bread": 1.0},
    "force": {"method": "geometric", "deaths": 1.0, "raids": 3.0},
    "north": {"method": "max", "gao": 1.0, "kidal": 1.0},
}


def a_tree(**fields):
    names = ("fuel", "bread", "deaths", "raids", "gao", "kidal")
    own = [
        indicator(name, fresh_for_days=5 + number, settles_after_days=2) for number, name in enumerate(names)
    ]
    return model(
        TREE, indicators=own, parents={"north": "force"}, driver_weights={"economy": 2.0, "north": 0.5},
        **fields,
    )  # fmt: skip


def some_data():
    return {
        "fuel:mali": columns(row(0, 30.0, grade=0.85), row(3, 62.0)),
        "bread:mali": columns(row(1, 20.0, grade=np.nan)),
        "deaths:mali": columns(row(0, 80.0), row(7, 40.0, grade=0.4)),
        "raids:mali": columns(row(0, 55.0, low=50.0, high=70.0)),
        "gao:mali": columns(row(2, 12.0)),
    }


def test_the_tree_adds_up_from_its_own_numbers():
    found, scores = told(a_tree(), some_data(), 9)
    for group in (found.top, *found.top.groups, *found.top.groups[1].groups):
        assert recomputed(group) == close(group.pressure)
        assert calculated(group.combined.formula.replace("max(12)", "12")) == close(group.pressure)
        assert sum(each.share for each in (*group.placements, *group.groups)) == close(1.0)
    assert [group.slug for group in found.top.groups] == ["economy", "force"]
    assert [group.slug for group in found.top.groups[1].groups] == ["north"]
    assert calculated(found.heat_formula) == found.heat == float(scores.heat[0])
    assert (found.raw_pressure, found.pressure) == (found.top.pressure, found.pressure)


def test_coverage_and_confidence_are_the_printed_sums():
    found, scores = told(a_tree(), some_data(), 9)
    nodes = found.placements
    assert sum(node.effective for node in nodes) == close(1.0)
    assert sum(node.effective * node.freshness for node in nodes) == close(found.coverage)
    trusted = sum(node.effective * node.freshness * (node.trust or 0.0) for node in nodes)
    assert trusted == close(found.confidence) == float(scores.confidence[0])
    assert calculated(found.coverage_formula) == close(found.coverage)
    assert calculated(found.confidence_formula) == close(found.confidence)


def test_freshness_follows_from_the_age():
    found, _ = told(a_tree(), some_data(), 14)
    for node in found.placements:
        if node.is_observed:
            rest = (node.expires_after_days - node.age_days) / (node.expires_after_days - node.fresh_for_days)
            assert node.freshness == close(min(max(rest, 0.0), 1.0))


def test_a_held_fall_and_an_absent_series_are_shown_as_such():
    found, _ = told(a_tree(), some_data(), 9)
    by_slug = {node.slug.rpartition("/")[2]: node for node in found.placements}
    deaths, kidal = by_slug["deaths:mali"], by_slug["kidal:mali"]
    assert (deaths.is_held, deaths.raw, deaths.period_end, deaths.newest_end) == (True, 80.0, DAY, 8 * DAY)
    assert deaths.trust == 0.5
    assert (kidal.is_observed, kidal.pressure, kidal.share, kidal.steps) == (False, None, 0.0, ())
    assert sum(node.points for node in found.placements if node.points is not None) == close(
        found.raw_pressure
    )


def test_floors_are_shown_with_what_they_lift():
    floors = (Floor(placement="force/deaths:mali", pressure=70.0, reaches=75.0),
              Floor(placement="force/raids:mali", pressure=90.0))  # fmt: skip
    found, _ = told(a_tree(floors=floors), some_data(), 9)
    assert [(each.is_reached, each.lifts, each.found) for each in found.floors] == [
        (True, True, 80.0), (False, False, close(55.0)),
    ]  # fmt: skip
    assert (found.pressure, found.raw_pressure < 70.0) == (70.0, True)


@pytest.mark.parametrize(
    "state,at,level,because",
    [
        (None, 9, "Heated", "heat lies in Heated"),
        (
            LevelState(level="Burning", last_known="Burning"),
            9,
            "Burning",
            "Burning is left only 2 points past",
        ),
        (None, 60, "Unknown", "coverage 0 is below 0.6"),
        (None, 0, "Unknown", "no data"),
    ],
)
def test_the_level_says_why(state, at, level, because):
    found, _ = told(a_tree(), some_data(), at, state=state)
    assert found.level.level == level
    assert because in found.level.because
    assert found.level.edges[1] == ("Simmering", 20.0)


def test_without_data_there_is_nothing_to_reckon():
    found, _ = told(a_tree(), {}, 9)
    assert (found.heat, found.heat_formula, found.coverage_formula) == (None, "no data, no heat", "0")
    assert found.top.combined is None


def test_a_standing_is_the_complement():
    found, _ = told(a_tree(scale="standing"), some_data(), 9)
    assert found.heat == 100 - found.pressure == calculated(found.heat_formula)


def test_an_imputed_value_is_scored_and_counts_nothing_in_coverage():
    data = some_data()
    filled = columns(row(2, 44.0))
    names = [name for name in Columns.__slots__ if name != "imputed"]
    data["kidal:mali"] = Columns(**{name: getattr(filled, name) for name in names}, imputed=np.array([True]))
    found, scores = told(a_tree(), data, 9)
    [kidal] = [node for node in found.placements if node.series == "kidal:mali"]
    assert (kidal.is_observed, kidal.is_imputed, kidal.pressure, kidal.freshness) == (False, True, 44.0, 0.0)
    assert recomputed(found.top) == close(found.raw_pressure)
    assert calculated(found.coverage_formula) == close(float(scores.coverage[0]))


def test_a_formula_names_what_it_read():
    subject = Subject(
        slug="mali",
        name="Mali",
        kind="country",
        scale="risk",
        drivers=(Driver(slug="d", name="d", weight=1.0),),
    )
    troops = indicator("troops", source="", derived=Formula(text="french + wagner"))
    indicators = {each.slug: each for each in (troops, indicator("french"), indicator("wagner"))}
    placement = Placement(subject="mali", driver="d", series="troops:mali", weight=1.0)
    tree = compile_model(subject, RISK, [placement], indicators)
    stored = {"french:mali": columns(row(0, 30.0)), "wagner:mali": columns(row(1, 12.0), row(4, 20.0))}
    found, _ = told(tree, ModelColumns(tree.plan.derived, Inputs(stored=stored)), 6)
    [node] = found.placements
    assert (node.raw, [(each.series, each.value) for each in node.operands]) == (
        50.0, [("french:mali", 30.0), ("wagner:mali", 20.0)],
    )  # fmt: skip


def test_a_denominator_is_read_as_it_was_known():
    per_head = indicator("a", transforms=chain(("per_capita", {"series": "people:mali"})))
    tree = model({"d": {"a": 1}}, indicators=[per_head])
    data = {"a:mali": columns(row(5, 80.0)), "people:mali": columns(row(0, 2.0), row(0, 4.0, known=20))}
    early, late = (told(tree, data, at)[0].placements[0] for at in (8, 25))
    assert [calculated(node.steps[0].formula) for node in (early, late)] == [40.0, 20.0]
    assert [node.value for node in (early, late)] == [40.0, 20.0]
