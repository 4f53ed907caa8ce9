"""Forms of normalisation in a pack: read into values, written back the same, refused with their key."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.domain.normalisations.normalisation import Unscored
from monitor.domain.normalisations.relative import Fit, RelativeNormalisation, Yardstick
from monitor.packs.normalisations import ONE_OF
from monitor.packs.read_pack import read_pack
from monitor.packs.write_pack import write_pack
from tests.domain.vectors import curve, goalposts, steps, target_band, thresholds
from tests.indices import guide_files, pack_of, small_index

TINY = Path(__file__).parents[1] / "data" / "packs" / "tiny"
YEARS = {"since": datetime(2020, 1, 1, tzinfo=UTC), "until": datetime(2025, 1, 1, tzinfo=UTC)}
FIT = Fit(
    **YEARS,
    fitted_at=YEARS["until"],
    count=60,
    knots=((4, 0), (90.5, 100)),
    parameters={"best": 4, "worst": 90.5},
)
FITTED = (
    'relative = { by = "minmax", window_days = 1826, fit = { since = 2020-01-01T00:00:00Z, '
    "until = 2025-01-01T00:00:00Z, fitted_at = 2025-01-01T00:00:00Z, count = 60, "
    "knots = [[4, 0], [90.5, 100]], parameters = { best = 4, worst = 90.5 } } }"
)
FORMS = [
    ("thresholds = { calm = 9, critical = 1 }", thresholds(9, 1)),
    ("steps = [[0, 0], [1, 100]]", steps((0, 0), (1, 100))),
    ("goalposts = { low = 85, high = 20 }", goalposts(85, 20)),
    ("goalposts = { low = 75000, high = 100, is_log = true }", goalposts(75_000, 100, is_log=True)),
    ("curve = [[0, 0], [10, 60.5], [40, 100]]", curve((0, 0), (10, 60.5), (40, 100))),
    ("target_band = { outer_low = 1, low = 2, high = 2, outer_high = 9 }", target_band(1, 2, 2, 9)),
    ('relative = { by = "rank", window_days = 90, is_higher_worse = false }',
     RelativeNormalisation(by=Yardstick.RANK, window_days=90, is_higher_worse=False)),
    (FITTED,
     RelativeNormalisation(by=Yardstick.MINMAX, window_days=1826, fit=FIT)),
]  # fmt: skip
OLD = "thresholds = { calm = 0, watch = 10, critical = 100 }"
EDGES = "enter = { elevated = 40, critical = 90 }\nexit = { critical = 80 }\n"
OWN = "thresholds = { calm = 0, critical = 200 }"


def read(tmp_path, form, *, old=OLD, rule=""):
    """The tiny pack with another form in place of the thresholds of its first indicator or placement."""
    folder = Path(shutil.copytree(TINY, tmp_path / "tiny"))
    text = (TINY / "pack.toml").read_text()
    assert old in text
    assert EDGES in text
    (folder / "pack.toml").write_text(text.replace(old, form, 1).replace(EDGES, rule))
    return read_pack(folder)


@pytest.mark.parametrize("form,expected", FORMS)
def test_a_form_is_read_for_an_indicator(tmp_path, form, expected):
    assert read(tmp_path, form).pack.indicators[0].normalisation == expected


@pytest.mark.parametrize("form,expected", FORMS)
def test_a_form_is_read_for_a_placement(tmp_path, form, expected):
    assert read(tmp_path, form, old=OWN).pack.placements[0].normalisation == expected


@pytest.mark.parametrize("form,expected", FORMS)
def test_a_form_is_written_as_it_was_read(tmp_path, form, expected):
    pack = replace(read(tmp_path, form).pack, geo=())
    pack = replace(pack, placements=(replace(pack.placements[0], normalisation=expected),))
    pack = replace(pack, weight_sets=(), rules=(), statements=(), events=())
    write_pack(pack, tmp_path / "again")
    assert read_pack(tmp_path / "again").pack == pack


@pytest.mark.parametrize(
    "form,key,message",
    [
        ("goalposts = { low = 5, high = 5 }", "goalposts", "low and high are both 5"),
        ("goalposts = { low = 0, high = 5, is_log = true }", "goalposts", "a logarithm needs posts above 0"),
        ("goalposts = { low = 5 }", "goalposts.high", "is missing (expected where pressure is 100)"),
        ("curve = [[0, 0], [2, 50], [1, 100]]", "curve", "a curve takes finite values in rising order"),
        ("curve = []", "curve", "a curve needs at least two points"),
        ("target_band = { outer_low = 3, low = 2, high = 2, outer_high = 9 }", "target_band", "rises"),
        ("curve = [[0, 0], [1, 1]]\nsteps = [[0, 0]]", "curve", "steps is given too (expected one of"),
    ],
)
def test_what_cannot_score_names_its_key(tmp_path, form, key, message):
    (found,) = map(str, read(tmp_path, form).problems)
    assert f"indicator.fuel-price.{key}: " in found
    assert message in found


@pytest.mark.parametrize(
    "form,is_refused",
    [
        ("goalposts = { low = 0, high = 100 }", False),
        ("goalposts = { low = 100, high = 0 }", True),
        ("curve = [[0, 0], [100, 100]]", False),
        ("curve = [[0, 100], [100, 0]]", True),
        ("target_band = { outer_low = 1, low = 2, high = 2, outer_high = 9 }", False),
        ('relative = { by = "rank", window_days = 9 }', False),
        ('relative = { by = "rank", window_days = 9, is_higher_worse = false }', True),
    ],
)
def test_edges_of_a_rule_go_the_way_its_indicator_goes(tmp_path, form, is_refused):
    found = [str(each) for each in read(tmp_path, form, rule=EDGES).problems]
    assert bool(found) is is_refused
    assert all("rule.fuel" in each for each in found)


UNFITTED = 'relative = { by = "rank", window_days = 9 }'


@pytest.mark.parametrize(
    "old,name", [(OLD, "indicator.fuel-price"), (OWN, "placement.leader/supply/fuel-price")]
)
def test_a_yardstick_without_a_fit_is_warned_of_where_it_would_score(tmp_path, old, name):
    (found,) = map(str, read(tmp_path, UNFITTED, old=old).warnings)
    assert name in found
    assert "is not fitted: it cannot score until a fit is saved" in found


class TestAnIndicatorWithoutOne:
    """`people` of the guide's index, which others are only divided by."""

    def test_is_good_placed_nowhere_and_is_written_as_it_was_read(self, tmp_path):
        pack = small_index(tmp_path)
        people = next(each for each in pack.indicators if each.slug == "people")
        assert people.normalisation == Unscored()
        write_pack(pack, tmp_path / "again")
        again = read_pack(tmp_path / "again").pack
        assert next(each for each in again.indicators if each.slug == "people") == people

    def test_is_refused_where_it_is_placed(self, tmp_path):
        placed = read(tmp_path, "")
        assert [str(each).partition(" ")[2] for each in placed.problems] == [
            "indicator.fuel-price.thresholds: is missing (expected " + ONE_OF + ", since it is placed)"
        ]

    def test_may_be_placed_with_a_normalisation_of_the_placements_own(self, tmp_path):
        placed = guide_files()
        placed["pack.toml"] = placed["pack.toml"].replace(
            'series = "debt:{unit}"', 'series = "people:{unit}"\ngoalposts = { low = 0, high = 200 }'
        )
        pack = pack_of(tmp_path / "links", placed)
        assert any(each.series == "people:ALB" for each in pack.placements)
