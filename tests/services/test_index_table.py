"""An index of COINr's size gives what plain numpy gives, level by level, and so does the guide's own."""

import numpy as np
import pytest

from monitor.domain.errors import NotFound
from monitor.services.index_files import index_files
from monitor.services.index_table import index_table, list_indices
from monitor.services.install_pack import install_pack
from monitor.storage.engine import open_database
from tests.factories import NOW
from tests.indices import Synthetic, small_index, table_of


@pytest.fixture
def database(sqlite_url):
    opened = open_database(sqlite_url)
    yield opened
    opened.dispose()


def installed(database, pack):
    with database.write() as session:
        install_pack(session, pack, author="test", now=NOW)
    with database.read() as session:
        return index_table(session, pack.slug, now=NOW)


def skew(x):
    n, d = len(x), x - x.mean()
    return np.sqrt(n) * (d**3).sum() / (d**2).sum() ** 1.5 * np.sqrt(n * (n - 1)) / (n - 2)


def kurt(x):
    n, d = len(x), x - x.mean()
    plain = n * (d**4).sum() / (d**2).sum() ** 2
    return ((n + 1) * (plain - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))


def is_good_shape(x):
    return abs(skew(x)) < 2 or kurt(x) < 3.5


def treat(x):
    """COINr's default: up to five winsorised, else the logarithm of the original."""
    if is_good_shape(x):
        return x
    y, high, low = x.copy(), [], []
    while not is_good_shape(y) and len(high) + len(low) < 5:
        if skew(y) >= 0:
            high = np.flatnonzero(y == y.max())
            y[high] = np.delete(y, high).max()
        else:
            low = np.flatnonzero(y == y.min())
            y[low] = np.delete(y, low).min()
    return y if is_good_shape(y) else np.log(x - x.min() + 0.01 * (x.max() - x.min()))


def normalise(x, method, *, is_good, reference):
    """COINr's functions on 1 to 100 (z-scores: mean 50, sd 10), values turned where less is better."""
    x = x if is_good else -x
    rank = np.array([np.sum(x < value) for value in x])
    if method == "zscore":
        return 50 + 10 * (x - x.mean()) / x.std(ddof=1)
    share = {
        "minmax": lambda: (x - x.min()) / (x.max() - x.min()),
        "percentile": lambda: rank / (len(x) - 1),
        "borda": lambda: rank / (len(x) - 1),
        "fraction_of_max": lambda: x / x.max(),
        "distance_to_reference": lambda: (x - x.min()) / (x[reference] - x.min()),
        "scaled": lambda: x / 60,
    }[method]()
    return 1 + 99 * np.clip(share, 0, 1)


def mean(scores, weights, method):
    weights = np.array(weights)[:, None]
    g, inverse = {
        "arithmetic": (lambda x: x, lambda x: x),
        "geometric": (np.log, np.exp),
        "harmonic": (lambda x: 1 / x, lambda x: 1 / x),
        "power": (np.square, np.sqrt),
    }[method]
    return inverse((weights * g(np.array(scores))).sum(axis=0) / weights.sum())


def reference(made):
    """Every level reckoned anew: imputed values, indicators' scores, pillars, halves, index."""
    values = made.values.copy()
    for group in set(made.groups):
        own = np.array([each == group for each in made.groups])
        for column in range(values.shape[1]):
            gap = own & np.isnan(values[:, column])
            values[gap, column] = np.nanmean(made.values[own, column])
    scores = []
    for column, method in enumerate(made.methods):
        x = values[:, column]
        x = treat(x) if column % 2 == 0 and method != "scaled" else x
        place = made.units.index(made.best(column))
        scores.append(normalise(x, method, is_good=made.is_good[column], reference=place))
    pillars = [
        mean([scores[c] for c in range(len(scores)) if made.pillars[c] == pillar],
             [1] * made.pillars.count(pillar), ("arithmetic", "geometric", "harmonic", "power")[pillar % 4])
        for pillar in range(7)
    ]  # fmt: skip
    halves = [
        mean([pillars[p] for p in range(half, 7, 2)], [made.pillar_weights[p] for p in range(half, 7, 2)],
             "arithmetic")
        for half in range(2)
    ]  # fmt: skip
    return (
        values,
        np.array(scores).T,
        np.array(pillars).T,
        np.array(halves).T,
        mean(halves, [1, 1], "geometric"),
    )


def test_an_index_of_coinrs_size_equals_plain_numpy_at_every_level(database, tmp_path):
    made = Synthetic()
    files = index_files(installed(database, made.pack(tmp_path)))
    values, scores, pillars, halves, index = reference(made)
    for name, expected, columns in (
        ("indicators-value.csv", values, made.indicators),
        ("indicators-heat.csv", scores, made.indicators),
        ("drivers-2-heat.csv", pillars, [f"p{number}" for number in range(7)]),
        ("drivers-1-heat.csv", halves, ["half-0", "half-1"]),
    ):
        header, found = table_of(files[name])
        places = [header.index(column) for column in columns]
        rows = np.array([np.array(found[unit])[places] for unit in made.units])
        assert rows == pytest.approx(expected, rel=1e-9, abs=1e-9), name
    lines = dict(line.split(",", 1) for line in files["index.csv"].splitlines()[1:])
    heats = [float(lines[unit].split(",")[3]) for unit in made.units]
    assert heats == pytest.approx(index.tolist(), rel=1e-9)
    ranks = [int(lines[unit].split(",")[4]) for unit in made.units]
    assert ranks == [int(np.sum(index > value)) + 1 for value in index]


def test_what_was_imputed_is_marked_and_counts_as_not_observed(database, tmp_path):
    made = Synthetic(12, 14)
    table = installed(database, made.pack(tmp_path))
    order = [made.units.index(each.unit) for each in table.units]
    places = [made.indicators.index(column.key) for column in table.indicators]
    gaps = np.isnan(made.values)[order][:, places]
    assert (table.imputed == gaps).all()
    assert np.isnan(table.raw[gaps]).all()
    weights = np.array([column.effective_weight for column in table.indicators])
    shares = gaps.astype(float) @ weights
    assert [each.imputed for each in table.units] == pytest.approx(shares.tolist())
    assert [each.coverage for each in table.units] == pytest.approx((1 - shares).tolist())
    assert {each.group for each in table.units} == {"North", "South", "East"}
    # What was imputed is there, as it is when COINr aggregates.
    assert all((level.present == 1).all() for level in table.drivers)


def test_the_index_of_the_guide_is_what_the_guide_says(database, tmp_path):
    table = installed(database, small_index(tmp_path))
    found = {each.unit: each for each in table.units}
    keys = [column.key for column in table.indicators]
    heat = {unit.unit: dict(zip(keys, row, strict=True))
            for unit, row in zip(table.units, table.heat.tolist(), strict=True)}  # fmt: skip
    # Ports: five values with the mean 56.75 for Bhutan, whose rank is 2 of 5; debt: (120 - 74) / (120 - 40).
    assert heat["BTN"]["ports"] == pytest.approx(1 + 99 * 0.25)
    assert heat["ALB"]["debt"] == pytest.approx(1 + 99 * 46 / 80)
    roads = {"ALB": 18 / 2.8, "BTN": 18 / 0.8, "CHL": 77 / 19.5, "DNK": 75 / 5.9, "EGY": 65 / 109}
    low, high = min(roads.values()), max(roads.values())
    for unit, value in roads.items():
        assert heat[unit]["roads"] == pytest.approx(1 + 99 * (value - low) / (high - low))
    transport = (heat["ALB"]["roads"] + heat["ALB"]["ports"]) / 2
    assert found["ALB"].heat == pytest.approx(
        np.exp((2 * np.log(transport) + np.log(heat["ALB"]["debt"])) / 3)
    )
    assert min(table.units, key=lambda each: each.rank).unit == "DNK"


def test_an_index_may_be_scored_at_any_moment_as_known_then(database, tmp_path):
    pack = small_index(tmp_path)
    installed(database, pack)
    with database.read() as session:
        unknown = index_table(session, "links", now=NOW, as_of=pack.data_until.replace(year=2022))
        assert {each.heat for each in unknown.units} == {None}
        early = index_table(session, "links", now=NOW, at=pack.data_until.replace(year=2021))
        assert {each.heat for each in early.units} == {None}
        assert {each.rank for each in early.units} == {None}
        assert {each.level for each in early.units} == {"Unknown"}
        (head,) = list_indices(session)
        assert (head.template, head.subjects) == ("links", 5)
        assert head.groups == ("Africa", "America", "Asia", "Europe")
        with pytest.raises(NotFound, match="there is no index moon"):
            index_table(session, "moon", now=NOW)


def test_the_structure_says_what_every_column_is(database, tmp_path):
    text = index_files(installed(database, small_index(tmp_path)))["structure.csv"]
    assert text.splitlines()[:3] == [
        "table,column,name,parent,weight,effective_weight",
        "drivers-1,transport,Transport,,2,0.6666666666666666",
        "drivers-1,money,Money,,1,0.3333333333333333",
    ]
