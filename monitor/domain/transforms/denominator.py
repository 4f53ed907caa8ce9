"""Denominators: a value per head of another series, carried forward to its periods (heat.md 2)."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from monitor.domain.indicator import Indicator
from monitor.domain.series import Columns, SeriesKey, empty_columns
from monitor.domain.transforms.interval import ratio_bounds
from monitor.domain.transforms.track import Heads, Track

NAME = "per_capita"


def per_capita(track: Track, heads: Heads, *, series: str, per: float = 1.0) -> Heads:
    """Divide by the newest raw value of `series` whose period had begun when the value's own began.

    Times `per` (100000: a hundred thousand heads). Missing where none had begun or it is not above 0.
    """
    other = track.others.get(series)
    if other is None or not len(other.start):
        nothing = np.full(len(heads.value), np.nan)
        return replace(heads, value=nothing, low=nothing, high=nothing)
    place = np.searchsorted(other.start, track.start[heads.index], side="right") - 1
    carried = np.maximum(place, 0)
    heads_count = np.where((place >= 0) & (other.value[carried] > 0), other.value[carried], np.nan)
    low, high = ratio_bounds(heads.low, heads.high, other.low[carried], other.high[carried])
    with np.errstate(over="ignore"):
        return replace(heads, value=heads.value / heads_count * per, low=low * per, high=high * per)


def denominators(indicator: Indicator, series: str) -> dict[str, str]:
    """Return the keys of the other series an indicator reads for one of its own, by the name it gives them.

    A name without a unit means the same unit; a rehearsal divides by the real series.
    """
    unit = SeriesKey.parse(series).unit.partition("@")[0]
    names = [str(each.parameters["series"]) for each in indicator.transforms if each.name == NAME]
    return {name: name if ":" in name else f"{name}:{unit}" for name in names}


def columns_of(names: Mapping[str, str], columns: Mapping[str, Columns]) -> dict[str, Columns]:
    """Return the columns of named series; one that was never observed has none."""
    return {name: columns.get(key) or empty_columns() for name, key in names.items()}
