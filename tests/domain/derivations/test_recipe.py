"""Tests of the change ledger on formulas: news and revisions are those of the operands, and add up."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.derivations.derive import Inputs, ModelColumns
from monitor.domain.derivations.derived import plan
from monitor.domain.derivations.formula import Formula
from monitor.domain.derivations.recipe import recipe_of
from monitor.domain.ledgers.ledger import Moment, ledger
from monitor.domain.normalisations.normalisation import GoalpostNormalisation
from monitor.domain.scale import RISK
from monitor.domain.scoring.model import compile_model
from monitor.domain.scoring.view import observed, visible
from tests.domain.derivations.test_carry import DAY, columns_of, tables
from tests.factories import a_placement, a_subject, an_indicator

POSTS = GoalpostNormalisation(low=-20.0, high=20.0)


def indicators(text="a + b", inner="c * 2"):
    found = {slug: an_indicator(slug, normalisation=POSTS) for slug in "abc"}
    found["d"] = an_indicator("d", derived=Formula(text=inner), normalisation=POSTS)
    return found | {"sum": an_indicator("sum", derived=Formula(text=text), normalisation=POSTS)}


def moment(found, operands, day):
    model = compile_model(a_subject(scale="risk"), RISK, [a_placement("sum:x", driver="supply")], found)
    stored = {f"{name}:x": each for name, each in operands.items() if f"{name}:x" in model.series}
    columns = ModelColumns(model.plan.derived, Inputs(stored=stored))
    return Moment(model=model, columns=columns, at=day * DAY)


def causes(operands, first, last, **texts):
    found = indicators(**texts)
    terms = ledger(moment(found, operands, first), moment(found, operands, last)).terms
    return {str(term.cause): round(term.heat_delta, 6) for term in terms}


def test_a_late_operand_is_news_not_a_revision_of_what_it_was_carried_to():
    operands = {
        "a": columns_of([(3, 4, 4, 0, 1, 1.0)]),
        "b": columns_of([(0, 1, 1, 0, 100, 5.0), (2, 3, 6, 0, 101, 9.0)]),
    }
    assert causes(operands, 5, 7) == {"observation": 10.0}


def test_a_revised_operand_is_a_revision():
    operands = {
        "a": columns_of([(3, 4, 4, 0, 1, 1.0)]),
        "b": columns_of([(0, 1, 1, 0, 100, 5.0), (0, 1, 6, 1, 101, 9.0)]),
    }
    assert causes(operands, 5, 7) == {"revision": 10.0}


def test_both_at_once_are_told_apart():
    operands = {
        "a": columns_of([(3, 4, 4, 0, 1, 1.0), (5, 6, 6, 0, 2, 3.0)]),
        "b": columns_of([(0, 1, 1, 0, 100, 5.0), (0, 1, 6, 1, 101, 9.0)]),
    }
    assert causes(operands, 5, 7) == {"observation": 5.0, "revision": 10.0}


def test_an_edited_formula_is_a_definition_edit():
    operands = {"a": columns_of([(3, 4, 4, 0, 1, 1.0)]), "b": columns_of([(0, 1, 1, 0, 100, 5.0)])}
    before = moment(indicators(), operands, 7)
    after = moment(indicators(text="a - b"), operands, 7)
    (term,) = ledger(before, after).terms
    assert (str(term.cause), term.heat_delta) == ("definition", pytest.approx(-25.0))


def test_a_series_that_came_to_be_reckoned_is_a_definition_edit():
    operands = {"a": columns_of([(3, 4, 4, 0, 1, 1.0)]), "b": columns_of([(0, 1, 1, 0, 100, 5.0)])}
    plain = indicators() | {"sum": an_indicator("sum", normalisation=POSTS)}
    before = replace(moment(plain, operands, 7), columns={"sum:x": columns_of([(3, 4, 4, 0, 9, 2.0)])})
    (term,) = ledger(before, moment(indicators(), operands, 7)).terms
    assert (str(term.cause), term.heat_delta) == ("definition", pytest.approx(10.0))


def test_a_recipe_reaches_down_to_what_is_no_formula():
    found = recipe_of(plan(["sum:x"], indicators(text="a + d")), "sum:x")
    assert found.leaves == ("a:x", "c:x")
    assert list(found.formulas) == ["d:x", "sum:x"]
    assert recipe_of(plan(["a:x"], indicators()), "a:x").leaves == ()


@settings(max_examples=150)
@given(tables(), st.tuples(st.integers(0, 25), st.integers(0, 25)).map(sorted))
def test_the_terms_add_up_on_formulas_of_formulas(operands, days):
    found = indicators(text="max(a, -3) + d - b")
    before, after = (moment(found, operands, day) for day in days)
    answer = ledger(before, after)
    assert sum(term.heat_delta for term in answer.terms) == pytest.approx(answer.delta_heat, abs=1e-9)
    assert (answer.delta_heat == 0) or answer.terms


@settings(max_examples=60)
@given(tables(), st.integers(0, 25))
def test_leaves_reckoned_at_once_are_the_columns_of_that_moment(operands, day):
    found = indicators(text="a + d")
    one = moment(found, operands, day)
    recipe = recipe_of(one.model.plan, "sum:x")
    seen = {
        key: observed(visible(one.columns[key], at=day * DAY, known_at=day * DAY)) for key in recipe.leaves
    }
    own = observed(visible(one.columns["sum:x"], at=day * DAY, known_at=day * DAY))
    reckoned = recipe.reckon(seen)
    assert np.array_equal(own.value, reckoned.value)
    assert np.array_equal(own.period_start, reckoned.period_start)
