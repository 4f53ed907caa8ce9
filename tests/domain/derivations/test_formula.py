"""Tests of formulas: what can be read, what is refused and where, and bounds that hold the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.derivations.formula import Band, Formula, FormulaError


def band(value, low=None, high=None):
    ends = (value if low is None else low), (value if high is None else high)
    return Band(value=np.array([value]), low=np.array([ends[0]]), high=np.array([ends[1]]))


def result(text, **bands):
    found = Formula(text=text).evaluate(bands)
    return found.value[0], found.low[0], found.high[0]


def value(text, **numbers):
    return result(text, **{name: band(float(number)) for name, number in numbers.items()})[0]


def test_a_hyphen_belongs_to_the_name_and_a_minus_has_spaces():
    assert Formula(text="french-troops + wagner-troops").operands == ("french-troops", "wagner-troops")
    assert Formula(text="a - b -c").operands == ("a", "b", "c")
    assert Formula(text="a-b").operands == ("a-b",)


def test_names_may_be_words_of_python_and_series_of_other_units():
    assert Formula(text="import + is / deaths:ML07").operands == ("import", "is", "deaths:ML07")
    assert Formula(text="`2g-coverage` * 2 + min").operands == ("2g-coverage", "min")


def test_each_operand_is_named_once_in_order():
    assert Formula(text="b + a * b").operands == ("b", "a")


def test_operands_without_a_unit_have_that_of_the_series_and_rehearsals_their_own():
    formula = Formula(text="deaths / population:mali")
    assert formula.keys("rate:ML07") == {"deaths": "deaths:ML07", "population:mali": "population:mali"}
    assert formula.keys("rate:ML07@exercise-1") == {
        "deaths": "deaths:ML07@exercise-1",
        "population:mali": "population:mali@exercise-1",
    }


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a + 2 * b", 12.0),
        ("(a + 2) * b", 20.0),
        ("-a ** 2", -4.0),
        ("+a - -b", 7.0),
        ("a ** -1", 0.5),
        ("a ** 0.5 * 1e2", 100 * 2**0.5),
        ("min(a, b, 1)", 1.0),
        ("max(a, b)", 5.0),
        ("abs(a - b)", 3.0),
        ("log(exp(a))", 2.0),
        ("sqrt(a * 8)", 4.0),
        ("if_else(a > b, 1, b)", 5.0),
        ("if_else(a <= 2, a, b)", 2.0),
        ("if_else(a >= 3, a, b)", 5.0),
        ("if_else(a < b, a, b)", 2.0),
        ("a +\n  b", 7.0),
    ],
)
def test_it_reckons(text, expected):
    assert value(text, a=2, b=5) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "text, said, line, column",
    [
        ("", "the formula is empty", 1, 1),
        ("3 * 2", "names no indicator", 1, 1),
        ("a +", "cannot be read", 1, 4),
        ("a +\n  b *", "cannot be read", 2, 6),
        ("(a + 2", "is not closed", 1, 1),
        ("a b", "cannot be read", 1, 3),
        ("a ** b", "an exponent must be a number", 1, 6),
        ("2 + foo(a)", "has no place in a formula", 1, 5),
        ("a.real", "has no place in a formula", 1, 1),
        ("a[0]", "has no place in a formula", 1, 1),
        ("a < 3", "has no place in a formula", 1, 1),
        ("a or b", "cannot be read", 1, 3),
        ("a + 'x'", "expected a number", 1, 5),
        ("a + 1e301", "too large", 1, 5),
        ("Deaths + a", "'Deaths' is no indicator", 1, 1),
        ("a + é", "'é' cannot be read", 1, 5),
        ("log(a, 2)", "log takes 1", 1, 1),
        ("min(a)", "min takes 2 or more", 1, 1),
        ("if_else(a, 1, 2)", "begins with a comparison", 1, 9),
        ("if_else(1 < a < 2, 1, 2)", "begins with a comparison", 1, 9),
        ("if_else(a == 2, 1, 2)", "begins with a comparison", 1, 9),
        ("a" + "+a" * 600, "at most 1000 characters", 1, 1001),
        ("-" * 300 + "a", "at most 200 parts", 1, 201),
        ("(" * 400 + "a" + ")" * 400, "cannot be read", 1, 200),
    ],
)
def test_a_fault_is_named_with_its_place(text, said, line, column):
    with pytest.raises(FormulaError, match=said) as caught:
        Formula(text=text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert f"(line {caught.value.line}, column {caught.value.column})" in str(caught.value)


def test_the_caret_stands_under_the_place():
    with pytest.raises(FormulaError) as caught:
        Formula(text="a +\n  b ** c")
    assert str(caught.value).splitlines()[1:] == ["      b ** c", "           ^"]


def test_a_fault_of_an_operand_points_at_it():
    fault = Formula(text="a + b-c").fault("b-c", "no indicator 'b-c'")
    assert (fault.line, fault.column) == (1, 5)


@pytest.mark.parametrize(
    "text", ["a / (a - 2)", "log(a - 2)", "sqrt(1 - a)", "(a - 4) ** 0.5", "(a - 2) ** -1"]
)
def test_what_is_not_defined_is_missing(text):
    assert np.isnan(result(text, a=band(2.0, 1.0, 3.0))).all()


def test_a_missing_operand_makes_it_missing():
    assert np.isnan(result("max(a, b)", a=band(2.0), b=band(np.nan))).all()
    assert np.isnan(result("if_else(a > 0, 1, 2)", a=band(np.nan))).all()


def test_what_overflows_is_missing():
    assert np.isnan(value("exp(a * 1000)", a=2))


def test_differences_and_ratios_combine_opposite_ends():
    one, two = band(10.0, 8.0, 13.0), band(4.0, 2.0, 5.0)
    assert result("a - b", a=one, b=two) == (6.0, 3.0, 11.0)
    assert result("a / b", a=one, b=two) == (2.5, 1.6, 6.5)
    assert result("a / -b", a=one, b=two) == (-2.5, -6.5, -1.6)
    assert result("-a", a=one) == (-10.0, -13.0, -8.0)


def test_a_divisor_that_may_be_zero_leaves_the_result_unbounded():
    assert result("1 / a", a=band(1.0, -1.0, 2.0)) == (1.0, -np.inf, np.inf)


def test_an_even_power_and_abs_fold_at_zero():
    assert result("a ** 2", a=band(1.0, -3.0, 2.0)) == (1.0, 0.0, 9.0)
    assert result("abs(a)", a=band(-1.0, -3.0, -0.5)) == (1.0, 0.5, 3.0)
    assert result("a ** 3", a=band(-1.0, -3.0, 2.0)) == (-1.0, -27.0, 8.0)
    assert result("a ** 0", a=band(-1.0, -3.0, 2.0)) == (1.0, 1.0, 1.0)


def test_where_the_bounds_leave_a_choice_open_it_may_be_either():
    open_one = band(2.0, 1.0, 4.0)
    assert result("if_else(a < 3, 10, 20)", a=open_one) == (10.0, 10.0, 20.0)
    assert result("if_else(a < 5, 10, 20)", a=open_one) == (10.0, 10.0, 10.0)
    assert result("if_else(a < 1, 10, 20)", a=open_one) == (20.0, 20.0, 20.0)


TEXTS = (
    "a + b", "a - b", "a * b", "a / b", "a * b - a / 3", "min(a, b, 1)", "max(a, -b)", "abs(a - b)",
    "a ** 2 - b ** 3", "a ** -2", "a ** 0.5 + b", "log(a) * b", "exp(a / 10) - sqrt(b)",
    "if_else(a < b, a, -b)",
)  # fmt: skip
ends = st.tuples(*(st.floats(-20, 20).map(lambda each: round(each, 3)) for _ in range(3))).map(sorted)
shares = st.floats(0, 1)


@settings(max_examples=300)
@given(st.sampled_from(TEXTS), ends, ends, shares, shares)
def test_the_truth_anywhere_in_the_operands_bounds_lies_within_the_result(text, one, two, first, second):
    formula = Formula(text=text)
    bands = {"a": band(one[1], one[0], one[2]), "b": band(two[1], two[0], two[2])}
    found = formula.evaluate(bands)
    truth = {
        "a": band(min(max(one[0] + first * (one[2] - one[0]), one[0]), one[2])),
        "b": band(min(max(two[0] + second * (two[2] - two[0]), two[0]), two[2])),
    }
    true = formula.evaluate(truth).value[0]
    if np.isfinite(found.value[0]):
        assert found.low[0] <= found.value[0] <= found.high[0]
        if np.isfinite(true):
            slack = 1e-9 * max(1.0, abs(true))
            assert found.low[0] - slack <= true <= found.high[0] + slack


@settings(max_examples=200)
@given(st.sampled_from(TEXTS), st.lists(st.tuples(ends, ends), min_size=1, max_size=20))
def test_one_value_and_many_give_the_same_bits(text, pairs):
    formula = Formula(text=text)

    def reckon(part):
        stacked = {
            name: Band(
                value=np.array([each[place][1] for each in part]),
                low=np.array([each[place][0] for each in part]),
                high=np.array([each[place][2] for each in part]),
            )
            for place, name in enumerate("ab")
        }  # fmt: skip
        return formula.evaluate(stacked)

    many = reckon(pairs)
    for place, pair in enumerate(pairs):
        alone = reckon([pair])
        for name in ("value", "low", "high"):
            assert np.array_equal(getattr(alone, name)[0], getattr(many, name)[place], equal_nan=True)
