"""Many subjects scored at once have the bits of each scored alone."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.errors import InvalidInput
from monitor.domain.scoring import aggregate, compiled
from monitor.domain.scoring.compiled import compile_models
from monitor.domain.scoring.heat import score
from monitor.domain.subject import Floor
from tests.domain.scoring.test_stacked import LINES
from tests.domain.vectors import DAY, daily, data, indicator, model

METHODS = ("arithmetic", "geometric", "harmonic", "max", "worst_dominates")


@st.composite
def cases(draw):
    """Subjects of one tree with their own lines and weights, and their values; gaps only at the start."""
    method, scale = draw(st.sampled_from(METHODS)), draw(st.sampled_from(["risk", "standing"]))
    floors = draw(st.sampled_from([(), (Floor(placement="d/a:mali", reaches=60.0, pressure=70.0),)]))
    weight = st.sampled_from([1.0, 2.5, 0.1])
    models = [
        model(
            {"d": {"a": draw(weight), "b": draw(weight), "method": method}, "e": {"c": draw(weight)}},
            scale=scale,
            floors=floors,
            driver_weights={"d": draw(weight)},
            indicators=[indicator(name, normalisation=draw(st.sampled_from(LINES))) for name in "abc"],
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    days = draw(st.integers(1, 6))
    values = np.array(draw(st.lists(st.floats(0.5, 99), min_size=3 * len(models) * days,
                                    max_size=3 * len(models) * days)))  # fmt: skip
    values = values.reshape(3, len(models), days)
    for place in range(3):
        values[place, :, : draw(st.integers(0, days))] = np.nan
    return models, values


@settings(max_examples=200, deadline=None)
@given(cases(), st.sampled_from([1, compiled.TOGETHER]), st.sampled_from([0, 512]))
def test_at_once_is_the_same_as_each_alone(case, together, few):
    models, values = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "TOGETHER", together)
        found = compile_models(models).heats(values)
        patch.setattr(aggregate, "FEW_MOMENTS", few)
        for number, each in enumerate(models):
            series = {}
            for place, name in enumerate("abc"):
                row = values[place, number]
                first = int(np.isnan(row).sum())
                if first < len(row):
                    series[name] = daily(*row[first:], first=first)
            alone = score(each, data(**series), at=np.arange(1, values.shape[2] + 1) * DAY)
            np.testing.assert_array_equal(found.placements[:, number], alone.placements.pressure)
            np.testing.assert_array_equal(found.pressure[number], alone.pressure)
            np.testing.assert_array_equal(found.heat[number], alone.heat)


def test_another_shape_is_refused_by_name():
    first, other = model({"d": {"a": 1}}), model({"d": {"a": 1, "b": 1}})
    other = dataclasses.replace(other, subject=dataclasses.replace(other.subject, slug="niger"))
    with pytest.raises(InvalidInput, match="niger is not of the shape of mali"):
        compile_models([first, other])


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=1, max_size=9))
def test_a_sum_at_once_is_one_member_after_another(rows):
    terms = np.array(rows)
    np.testing.assert_array_equal(aggregate.add_up(terms, terms[0]), aggregate.add_up(iter(terms), terms[0]))
