"""Transforms a pack names: the known ones with their parameters, and what is said of others."""
# ruff: noqa: E501 - a case stands on one line with the message it must give

import shutil
from pathlib import Path

import pytest

from monitor.packs.nearest import nearest
from monitor.packs.read_pack import read_pack
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
        ("per_capita", {"series": "population"}),
        ("per_capita", {"series": "population:MLI", "per": 100_000}),
        ("log_ct", {"low": 0, "high": 900}),
        ("weeks_above_baseline", {}),
        ("weeks_above_baseline", {"sd": 2, "window_weeks": 52, "lag_days": 7}),
        ("record_high", {"days": 1096}),
        ("surge", {"minimum": 100}),
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
        (
            "per_capita",
            {"series": "People"},
            [("series", "'People' cannot be used", "a series or an indicator")],
        ),
        ("per_capita", {"series": 5}, [("series", "5 cannot be used", "a series or an indicator")]),
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


TINY = Path(__file__).parents[1] / "data" / "packs" / "tiny"
PER_CAPITA = '[[indicator.transform]]\nname = "per_capita"\nseries = "{}"\n\n'


def read(tmp_path, series):
    """The tiny pack with its first indicator divided by a series."""
    folder = Path(shutil.copytree(TINY, tmp_path / "tiny"))
    text = (folder / "pack.toml").read_text()
    second = '[[indicator]]\nslug = "parties"'
    (folder / "pack.toml").write_text(text.replace(second, PER_CAPITA.format(series) + second, 1))
    return read_pack(folder)


@pytest.mark.parametrize("series", ["parties", "parties:mali"])
def test_a_pack_may_divide_by_its_own_series(tmp_path, series):
    found = read(tmp_path, series)
    assert (found.problems, found.warnings) == ((), ())
    assert found.pack.indicators[0].transforms[1].parameters == {"series": series}


def test_a_denominator_nobody_defines_is_refused(tmp_path):
    (found,) = map(str, read(tmp_path, "partes").problems)
    assert "indicator.fuel-price.transform.2.series: no indicator 'partes' (expected `parties`)" in found


def test_a_denominator_without_values_is_warned_of(tmp_path):
    (found,) = map(str, read(tmp_path, "parties:niger").warnings)
    assert (
        found
        == "pack.toml series.parties:niger: is read for others though placed nowhere; it has no history, and no source fetches it"
    )


def test_a_denominator_that_is_no_series_is_one_fault(tmp_path):
    (found,) = map(str, read(tmp_path, "Parties").problems)
    assert "transform.2.series" in found
