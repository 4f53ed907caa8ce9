"""Indices for tests: the one of the guide, read from the guide itself, and a synthetic one of any size."""

import csv
import re
from pathlib import Path

import numpy as np

from monitor.packs.read_pack import read_pack

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "indices.md"


def guide_files():
    """The files that docs/indices.md builds, by name, exactly as they stand there."""
    text = GUIDE.read_text(encoding="utf-8")
    units, figures = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    tables = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    return {
        "units.csv": units,
        "data.csv": figures,
        "pack.toml": "\n".join(tables),
        "SOURCES.md": "# made up",
    }


def small_index(folder):
    """The pack of the guide."""
    return pack_of(folder / "links", guide_files())


def pack_of(folder, files):
    """Write these files and SOURCES.md to a folder, and read the pack."""
    folder.mkdir()
    for name, text in (files | {"SOURCES.md": "# made up"}).items():
        (folder / name).write_text(text, encoding="utf-8")
    found = read_pack(folder)
    assert list(map(str, found.problems)) == []
    return found.pack


# Normalisation by turns, with what it asks for; `{low}` and `{high}` are ends of the values.
METHODS = (
    ("minmax", "range = [1, 100]"),
    ("zscore", "calm_sd = -5, critical_sd = 5"),
    ("percentile", "range = [1, 100]"),
    ("borda", "range = [1, 100]"),
    ("fraction_of_max", "range = [1, 100]"),
    ("distance_to_reference", 'range = [1, 100], reference_unit = "{best}"'),
    ("scaled", "range = [1, 100], posts = [0, 60]"),
)
AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "power")


class Synthetic:
    """Units x indicators of skewed figures with gaps, three levels, groups, and methods by turns."""

    def __init__(self, units=51, indicators=49, *, seed=7):
        """Draw the figures."""
        generator = np.random.default_rng(seed)
        self.units = [f"U{number:02d}" for number in range(units)]
        self.groups = [("North", "South", "East")[number % 3] for number in range(units)]
        self.indicators = [f"ind-{number:02d}" for number in range(indicators)]
        self.values = np.round(np.exp(generator.normal(2, 1, (units, indicators))), 4)
        self.values[generator.random(self.values.shape) < 0.03] = np.nan
        self.methods = [METHODS[number % len(METHODS)][0] for number in range(indicators)]
        # A share of the highest, a reference and posts are of values for which more is better.
        one_way = {"fraction_of_max", "distance_to_reference", "scaled"}
        self.is_good = [
            method in one_way or number % 4 != 0 for number, method in enumerate(self.methods)
        ]  # fmt: skip
        self.pillars = [number % 7 for number in range(indicators)]
        self.pillar_weights = [1.0 + number % 3 for number in range(7)]

    def best(self, column):
        """The unit with the highest value."""
        return self.units[int(np.nanargmax(self.values[:, column]))]

    def pack(self, folder):
        """Write the pack as a person would, and read it."""
        where = {"units.csv": self._units(), "data.csv": self._data(), "pack.toml": self._toml()}
        return pack_of(folder / "synthetic", where)

    def _units(self):
        lines = (f"{unit},Unit {unit},{group}" for unit, group in zip(self.units, self.groups, strict=True))
        return "\n".join(["unit,name,group", *lines]) + "\n"

    def _data(self):
        lines = (
            ",".join([unit, *("NA" if np.isnan(value) else repr(value) for value in row)])
            for unit, row in zip(self.units, self.values.tolist(), strict=True)
        )
        return "\n".join([",".join(["unit", *self.indicators]), *lines]) + "\n"

    def _toml(self):
        text = """
[pack]
slug = "synthetic"
name = "Synthetic"
version = "1"
licence = "CC0-1.0"
data_until = 2023-01-02T00:00:00Z
[[citation]]
slug = "made"
title = "Made"
publisher = "Tests"
licence = "CC0-1.0"
note = "drawn"
[[source]]
slug = "table"
name = "Table"
kind = "manual"
licence = "CC0-1.0"
attribution = "Made"
[[history]]
file = "data.csv"
source = "table"
citation = "made"
layout = "wide"
period = "2022"
[[subject]]
for_each = "units.csv"
slug = "s-{unit}"
name = "{name}"
kind = "country"
scale = "standing"
method = "geometric"
of = "strength"
min_coverage = 0
"""
        for half in range(2):
            text += f'[[subject.driver]]\nslug = "half-{half}"\nname = "Half {half}"\nof = "strength"\n'
        for pillar in range(7):
            text += (
                f'[[subject.driver]]\nslug = "p{pillar}"\nname = "P{pillar}"\nparent = "half-{pillar % 2}"\n'
                f'weight = {self.pillar_weights[pillar]}\nmethod = "{AGGREGATIONS[pillar % 4]}"\n'
                'of = "strength"\npower = 2\n'
            )
            for column, slug in enumerate(self.indicators):
                if self.pillars[column] == pillar:
                    text += f'[[subject.driver.placement]]\nseries = "{slug}:{{unit}}"\n'
        return text + "".join(self._indicator(column) for column in range(len(self.indicators)))

    def _indicator(self, column):
        given = dict(METHODS)[self.methods[column]].format(best=self.best(column)) if (
            "{best}" in dict(METHODS)[self.methods[column]]
        ) else dict(METHODS)[self.methods[column]]  # fmt: skip
        worse = "false" if self.is_good[column] else "true"
        treat = ", treat = { }" if column % 2 == 0 and self.methods[column] != "scaled" else ""
        return f"""
[[indicator]]
slug = "{self.indicators[column]}"
name = "Indicator {column}"
unit = "points"
source = "table"
cadence_days = 365
fresh_for_days = 400
expires_after_days = 800
relative = {{ by = "{self.methods[column]}", against = "peers", of = "strength", is_higher_worse = {worse}, \
counts_imputed = true, fits_at_install = true, {given}{treat} }}
imputation = {{ by = "group_mean" }}
"""


def table_of(text):
    """A CSV text as its header after the first three columns, and numbers by unit."""
    header, *rows = csv.reader(text.splitlines())
    return header[3:], {row[0]: [float(cell) if cell else np.nan for cell in row[3:]] for row in rows}
