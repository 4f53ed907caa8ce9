"""Explain: the whole tree adds up from its own printed numbers, floors, held and absent series included."""

import math

import numpy as np
import pytest

from monitor.domain.clock import DAY_SECONDS as DAY
from monitor.domain.derivations.derive import Inputs, ModelColumns
from monitor.domain.derivations.formula import Formula
from monitor.domain.explanations.explain import explain
from monitor.domain.placement import Placement
from monitor.domain.scale import RISK
from monitor.domain.scoring.heat import compile_model, score
from monitor.domain.scoring.level import LevelState, levels
from monitor.domain.series import Columns
from monitor.domain.subject import Driver, Floor, Subject
from tests.domain.explanations.typed import calculated, close
from tests.domain.vectors import (
    chain,
    columns,
    indicator,
    model,
    row,
)  # fmt: skip


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
