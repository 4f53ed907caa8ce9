"""Levels go towards concern at once and towards calm only after dwelling past the edge (heat.md 6)."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.scale import RISK, STANDING, UNKNOWN, Concern
from monitor.domain.scoring.level import LevelReason, LevelState, levels


def line(*heats, periods=None, coverage=None):
    """What stepping reads of scores: one moment a second, one input period a moment unless given."""
    count = len(heats)
    return SimpleNamespace(
        at=np.arange(count),
        heat=np.array(heats, dtype=float),
        coverage=np.array(coverage or [1.0] * count),
        period=np.array(periods or range(count)),
    )


def names(*heats, scale=RISK, state=None, **given):
    return list(levels(scale, 0.6, line(*heats, **given), state).names)


def test_every_level_and_edge_of_risk():
    assert names(0, 19.9, 20, 40, 60, 80, 100) == [
        "Calm", "Calm", "Simmering", "Heated", "Burning", "Blazing", "Blazing",
    ]  # fmt: skip


def test_every_level_and_edge_of_standing():
    assert names(100, 80.1, 80, 60, 40, 20, 0, scale=STANDING) == [
        "Hot", "Hot", "Warm", "Mild", "Cool", "Cold", "Cold",
    ]  # fmt: skip


def test_concern_stands_beside_the_level():
    found = levels(STANDING, 0.6, line(10, 50, coverage=[1, 0.5]))
    assert found.concerns == (Concern.CRITICAL, None)


@pytest.mark.parametrize("scale,heats", [(RISK, (81, 79, 79, 79)), (STANDING, (19, 21, 21, 21))])
def test_within_the_margin_a_level_stays(scale, heats):
    assert len(set(names(*heats, scale=scale))) == 1


@pytest.mark.parametrize("scale,heats", [(RISK, (81, 77, 77)), (STANDING, (19, 23, 23))])
def test_past_the_margin_it_falls_after_two_input_periods(scale, heats):
    found = names(*heats, scale=scale)
    assert found[0] == found[1] != found[2]


def test_the_same_input_period_counts_once():
    assert names(81, 77, 77, 77, periods=[1, 2, 2, 3])[1:] == ["Blazing", "Blazing", "Burning"]


def test_a_return_within_the_margin_starts_the_dwelling_anew():
    assert names(81, 77, 79, 77, 77)[1:] == ["Blazing", "Blazing", "Blazing", "Burning"]


def test_each_edge_dwells_for_itself():
    assert names(81, 70, 10, 10) == ["Blazing", "Blazing", "Burning", "Calm"]


def test_a_rise_forgets_what_dwelt():
    assert names(81, 77, 85, 77, 77)[2:] == ["Blazing", "Blazing", "Burning"]


def test_no_data_and_low_coverage_are_unknown():
    assert names(math.nan, 50, 50, coverage=[0, 0.59, 0.6]) == [UNKNOWN, UNKNOWN, "Heated"]


def test_the_last_known_level_and_its_time_are_kept():
    state = levels(RISK, 0.6, line(85, 50, coverage=[1, 0.1])).state
    assert (state.level, state.last_known, state.last_known_at) == (UNKNOWN, "Blazing", 0)


def test_coverage_regained_goes_on_from_the_last_known_level():
    assert names(85, 10, 10, 10, coverage=[1, 0, 1, 1]) == ["Blazing", UNKNOWN, "Blazing", "Calm"]


def test_changes_name_their_reason():
    found = levels(RISK, 0.6, line(10, 50, 10, 10, 10, 10, coverage=[1, 1, 1, 1, 0, 1])).changes
    assert [(change.at, change.from_level, change.to_level, change.reason) for change in found] == [
        (0, UNKNOWN, "Calm", LevelReason.FIRST),
        (1, "Calm", "Heated", LevelReason.CROSSED_UP),
        (3, "Heated", "Calm", LevelReason.CROSSED_DOWN),
        (4, "Calm", UNKNOWN, LevelReason.COVERAGE_LOST),
        (5, UNKNOWN, "Calm", LevelReason.COVERAGE_REGAINED),
    ]
    assert (found[0].from_concern, found[0].to_concern, found[0].heat) == (None, Concern.NORMAL, 10)


def test_a_change_to_no_data_has_no_heat():
    assert levels(RISK, 0.6, line(10, math.nan, coverage=[1, 0])).changes[1].heat is None


def test_a_level_of_another_scale_is_not_carried_on():
    state = LevelState(level="Cold", last_known="Cold", last_known_at=0)
    found = levels(RISK, 0.6, line(10), state)
    assert found.names == ("Calm",)
    assert found.changes[0].reason is LevelReason.FIRST


def test_an_edited_scale_may_know_more_levels_than_dwelt():
    state = LevelState(level="Blazing", last_known="Blazing", last_known_at=0, dwelt=((), (1,)))
    assert names(30, 30, state=state, periods=[2, 3]) == ["Simmering", "Simmering"]


heat = st.one_of(st.just(math.nan), st.floats(0, 100))


@given(
    st.sampled_from([RISK, STANDING]), st.lists(st.tuples(heat, st.integers(0, 3)), max_size=20), st.data()
)
def test_stepping_in_two_calls_equals_one(scale, points, data):
    heats, periods = [each[0] for each in points], [each[1] for each in points]
    cut = data.draw(st.integers(0, len(points)))
    whole = levels(scale, 0.6, line(*heats, periods=periods))
    first = levels(scale, 0.6, line(*heats[:cut], periods=periods[:cut]))
    rest = line(*heats[cut:], periods=periods[cut:])
    rest.at = rest.at + cut
    second = levels(scale, 0.6, rest, first.state)
    assert first.names + second.names == whole.names
    assert first.changes + second.changes == whole.changes
    assert second.state == whole.state


@given(st.sampled_from([RISK, STANDING]), st.lists(st.floats(0, 100), max_size=20))
def test_a_level_is_never_calmer_than_the_heat_itself(scale, heats):
    for found, value in zip(levels(scale, 0.6, line(*heats)).concerns, heats, strict=True):
        assert found >= scale.level_for(value).concern
