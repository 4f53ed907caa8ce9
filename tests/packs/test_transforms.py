"""Transforms a pack names: the known ones with their parameters, and what is said of others."""
# ruff: noqa: E501 - a case stands on one line with the message it must give

import pytest

from monitor.packs.nearest import nearest
from monitor.packs.transforms import transform_faults


@pytest.mark.parametrize(
    "name,parameters",
    [
        ("identity", {}),
        ("index", {"base_period": "2025-08"}),
        ("rolling_sum", {"window_days": 365}),
        ("rolling_sum", {"window_days": 365, "lag_days": 0}),
        ("winsorise", {"low": 0, "high": 1}),
        ("step", {"map": {"0": 10, "1": 60}}),
        ("boxcox", {"lambda": 0.5}),
        ("log_ct", {"low": 0, "high": 900}),
        ("weeks_above_baseline", {}),
        ("weeks_above_baseline", {"sd": 2, "window_weeks": 52, "lag_days": 7}),
        ("record_high", {"days": 1096}),
    ],
)
def test_a_known_transform_with_its_parameters(name, parameters):
    assert transform_faults(name, parameters) == []


@pytest.mark.parametrize(
    "name,parameters,expected",
    [
        ("rolling_som", {}, [("name", "no transform is called 'rolling_som'", "`rolling_sum`")]),
        ("decay", {}, [("half_life_days", "decay needs it", "a number of days above 0")]),
        (
            "decay",
            {"half_life_days": -1},
            [("half_life_days", "-1 cannot be used", "a number of days above 0")],
        ),
        ("identity", {"x": 1}, [("x", "identity has no parameter 'x'", "a defined one; there is none")]),
        ("winsorise", {"low": 2, "high": 1}, [("low", "low is not below high", "low below high")]),
        ("log_ct", {"low": 2, "high": 2}, [("low", "low is not below high", "low below high")]),
        (
            "boxcox",
            {"lamda": 1},
            [
                ("lambda", "boxcox needs it", "a number"),
                ("lamda", "boxcox has no parameter 'lamda'", "`lambda`"),
            ],
        ),
        ("record_high", {"days": -1}, [("days", "-1 cannot be used", "a number of days above 0")]),
        ("winsorise", {"low": "a", "high": 1}, [("low", "'a' cannot be used", "a number")]),
    ],
)
def test_what_is_wrong_with_a_transform(name, parameters, expected):
    assert transform_faults(name, parameters) == expected


@pytest.mark.parametrize(
    "name,known,expected",
    [
        ("vale", ["value", "low"], "`value`"),
        ("zzz", ["value", "low"], "one of low, value"),
        ("zzz", [], "a defined one; there is none"),
        ("?", [f"n{number:02}" for number in range(13)], "one of " + ", ".join(f"n{n:02}" for n in range(12)) + " ..."),
    ],
)  # fmt: skip
def test_the_nearest_known_name(name, known, expected):
    assert nearest(name, known) == expected
