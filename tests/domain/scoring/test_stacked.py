"""Series read together say what each says alone, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.errors import InvalidInput
from monitor.domain.normalisations.relative import RelativeNormalisation, Yardstick
from monitor.domain.scoring import heat
from monitor.domain.scoring.stacked import stack
from monitor.domain.scoring.view import is_plain
from monitor.domain.series import Columns, empty_columns
from tests.domain.vectors import (
    DAY,
    chain,
    columns,
    curve,
    daily,
    data,
    goalposts,
    indicator,
    model,
    row,
    score_days,
    steps,
    target_band,
    thresholds,
)

NAMES = "abcdef"
LINES = (
    thresholds(0, 20, 40, 60, 80),
    thresholds(90, 60, 50, 40, 5),
    curve((0, 0), (30, 50), (60, 80), (99, 100)),
    goalposts(85, 20),
    goalposts(1, 100, is_log=True),
    target_band(10, 20, 60, 90),
    steps((0, 10), (50, 90)),
)


def everything(found):
    """All arrays of scores by name, those of placements and drivers too."""
    parts = {"": found, "placements.": found.placements, "drivers.": found.drivers}
    arrays = {
        prefix + name: getattr(part, name)
        for prefix, part in parts.items()
        for name in type(part).__dataclass_fields__
        if isinstance(getattr(part, name), np.ndarray)
    }
    return arrays | {"placements.points": found.placements.points}


def assert_same_alone(a_model, its_data, at, known=None):
    """Score together, then with stacking switched off, and compare bits."""
    together = everything(heat.score(a_model, its_data, at=at, known_at=known))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heat, "stack", lambda *_args, **_given: ())
        alone = everything(heat.score(a_model, its_data, at=at, known_at=known))
    assert together.keys() == alone.keys()
    for name, expected in alone.items():
        assert together[name].shape == expected.shape, name
        assert np.array_equal(together[name], expected, equal_nan=expected.dtype.kind == "f"), name


def stacked_rows(a_model, its_data, *days):
    at = np.array(days) * DAY
    return [block.rows.tolist() for block in stack(a_model.placements, its_data, at=at, known=at)]


@st.composite
def series(draw):
    """A series that may be stacked or not: revised, withdrawn, late, bounded, ungraded, with gaps."""
    first, values = draw(st.integers(0, 6)), draw(st.lists(st.integers(0, 100), min_size=1, max_size=12))
    length = draw(st.sampled_from([1, 1, 3]))
    grade = draw(st.sampled_from([1.0, np.nan, 0.5]))
    rows = [row(first + length * place, value, length=length, grade=grade)
            for place, value in enumerate(values)]  # fmt: skip
    for change in draw(st.lists(st.sampled_from(["revised", "withdrawn", "bounds", "late", "early"]),
                                max_size=1)):  # fmt: skip
        which = draw(st.integers(0, len(rows) - 1))
        if change == "bounds":
            rows[which] |= {"low": rows[which]["value"] - 5.0, "high": rows[which]["value"] + 7.0}
        elif change in {"late", "early"}:
            rows[which] |= {"known_at": rows[which]["known_at"] + (2 if change == "late" else -1) * DAY}
        else:
            value = np.nan if change == "withdrawn" else 55.0
            rows.append(rows[which] | {"value": value, "source_revision": 1,
                                       "known_at": rows[-1]["known_at"] + DAY})  # fmt: skip
    return columns(*rows)


@st.composite
def cases(draw):
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    transforms = st.sampled_from([(), (), chain(("rolling_mean", {"window_days": 3}))])
    made = [
        indicator(
            name,
            normalisation=draw(st.sampled_from(LINES)),
            transforms=draw(transforms),
            settles_after_days=draw(st.sampled_from([0.0, 0.0, 2.0])),
        )
        for name in names
    ]
    shared = draw(series())
    its_data = {name: draw(st.one_of(st.just(shared), series())) for name in names}
    weights = {name: draw(st.sampled_from([1.0, 2.5])) for name in names}
    method = draw(st.sampled_from(["arithmetic", "geometric", "max", "worst_dominates"]))
    return model({"d": weights | {"method": method}}, indicators=made), data(**its_data)


@settings(max_examples=300, deadline=None)
@given(cases(), st.lists(st.integers(0, 40), min_size=1, max_size=30), st.booleans())
def test_together_is_the_same_as_alone(case, days, is_sorted):
    at = np.array(sorted(set(days)) if is_sorted else days) * DAY
    assert_same_alone(*case, at)
    assert_same_alone(*case, at, known=at[::-1].copy())


def test_series_on_one_grid_are_one_block():
    a_model = model({"d": {"a": 1, "b": 2, "c": 1}})
    its_data = data(a=daily(1, 2, 3), b=daily(5, 6, 7), c=daily(5, 6, 7, first=1))
    assert stacked_rows(a_model, its_data, 3) == [[0, 1], [2]]


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(columns(row(0, 1.0), row(1, 2.0), row(0, 3.0, known=2)), id="revised"),
        pytest.param(columns(row(0, 1.0, known=3), row(1, 2.0)), id="an older period known later"),
        pytest.param(columns(row(0, 1.0, low=0.0, high=2.0)), id="bounds"),
        pytest.param(columns(row(0, 1.0), row(1, np.nan)), id="withdrawn"),
        pytest.param(empty_columns(), id="nothing"),
    ],
)
def test_what_is_not_plain_is_left_alone(odd):
    its_data = data(a=daily(1, 2), b=odd)
    assert stacked_rows(model({"d": {"a": 1, "b": 1}}), its_data, 2) == [[0]]
    assert_same_alone(model({"d": {"a": 1, "b": 1}}), its_data, np.arange(6) * DAY)


def test_a_confirmed_value_is_left_alone():
    rows = daily(1, 2)
    fields = {name: getattr(rows, name) for name in Columns.__dataclass_fields__}
    confirmed = Columns(**fields | {"confirmed": np.array([False, True])})
    assert stacked_rows(model({"d": {"a": 1}}), data(a=confirmed), 2) == []


def test_what_has_not_settled_or_ended_is_left_alone():
    settling = model({"d": {"a": 1}}, indicators=[indicator("a", settles_after_days=2)])
    assert stacked_rows(settling, data(a=daily(9, 1)), 2) == []
    assert stacked_rows(settling, data(a=daily(9, 1)), 4) == [[0]]
    months = columns(row(0, 50.0, length=30, known=3))
    assert stacked_rows(model({"d": {"a": 1}}), data(a=months), 5) == []


def test_a_short_period_inside_a_long_one_waits_for_its_end():
    inside = columns(row(0, 50.0, length=9, known=1), row(1, 60.0, known=2))
    assert stacked_rows(model({"d": {"a": 1}}), data(a=inside), 3) == []
    assert_same_alone(model({"d": {"a": 1}}), data(a=inside), np.arange(12) * DAY)


def test_a_normalisation_that_is_not_fitted_is_named_as_ever():
    unfitted = indicator("a", normalisation=RelativeNormalisation(by=Yardstick.MINMAX, window_days=9))
    with pytest.raises(InvalidInput, match="d/a"):
        score_days(model({"d": {"a": 1}}, indicators=[unfitted]), data(a=daily(1)), 2)


def test_many_moments_on_few_rows_and_few_on_many():
    a_model, its_data = model({"d": {"a": 1, "b": 1}}), data(a=daily(1, 50, 99), b=daily(9, 9, 9))
    assert_same_alone(a_model, its_data, np.arange(0, 200) * DAY // 10)
    assert_same_alone(a_model, its_data, np.array([3, 1, 3]) * DAY)
    assert_same_alone(a_model, its_data, np.array([0]))
    assert_same_alone(a_model, its_data, np.array([], dtype=np.int64))


def test_shared_arrays_are_read_once_and_none_is_changed():
    first = daily(1, 2, 3)
    fields = {name: getattr(first, name) for name in Columns.__dataclass_fields__}
    second = Columns(**fields | {"value": np.array([7.0, 8.0, 9.0])})
    a_model, its_data = model({"d": {"a": 1, "b": 1}}), data(a=first, b=second)
    found = heat.score(a_model, its_data, at=np.arange(1, 4) * DAY)
    assert found.placements.seq.strides[0] == 0
    assert found.placements.value.tolist() == [[1, 2, 3], [7, 8, 9]]
    assert_same_alone(a_model, its_data, np.arange(1, 4) * DAY)


def test_a_plain_series_grows_at_its_end():
    assert is_plain(daily(1, 2, 3))
    assert not is_plain(columns(row(1, 1.0), row(0, 1.0)))
    assert not is_plain(columns(row(0, 1.0, known=5), row(1, 1.0, known=4)))
