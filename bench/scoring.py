"""Scoring: 50 series of ten years of days through `domain.heat.score`, against a plain Python loop."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.measure import Figure, compare, seconds
from bench.sample import DECADE_DAYS, columns_of, keys_of, model_of
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.normalisations.normalise import KNOT_PRESSURES
from monitor.domain.scoring.heat import score
from monitor.domain.scoring.model import Model, Placed
from monitor.domain.series import Columns, Ints

SERIES, SAMPLE = 50, 50
REVISED_SERIES, REVISED_DAYS = 10, 30
GOAL_SECONDS = 1.0


def run(folder: Path) -> list[Figure]:
    """Time a whole decade, its last moment alone, and a decade with a correction a month."""
    del folder
    model = model_of("leader", SERIES)
    columns = {key: columns_of(each, DECADE_DAYS) for each, key in enumerate(keys_of("leader", SERIES))}
    at = (np.arange(DECADE_DAYS, dtype=np.int64) + 1) * DAY_SECONDS
    plain = plain_series(model, columns)
    check_same(model, columns, at[::SAMPLE])
    return [
        compare(
            "score 50 series x 3,650 days",
            lambda: seconds(lambda: score(model, columns, at=at)),
            f"plain Python on every {SAMPLE}th day, x {SAMPLE}",
            lambda: seconds(lambda: plain_heats(plain, at[::SAMPLE])) * SAMPLE,
            runs=5,
            goal=GOAL_SECONDS,
        ),
        compare(
            "score the last of 3,650 days, 50 series",
            lambda: seconds(lambda: score(model, columns, at=at[-1:])),
            "plain Python for that day",
            lambda: seconds(lambda: plain_heats(plain, at[-1:])),
            runs=9, unit="ms", scale=1000,
        ),
        revised(at),
    ]  # fmt: skip


def revised(at: Ints) -> Figure:
    """Time a decade in which a past value of each series is corrected every month."""
    model, keys = model_of("leader", REVISED_SERIES), keys_of("leader", REVISED_SERIES)
    plain = {key: columns_of(each, DECADE_DAYS) for each, key in enumerate(keys)}
    corrected = {
        key: columns_of(each, DECADE_DAYS, revised_every=REVISED_DAYS) for each, key in enumerate(keys)
    }
    return compare(
        "score 10 series x 3,650 days, corrected monthly",
        lambda: seconds(lambda: score(model, corrected, at=at)),
        "the same without corrections",
        lambda: seconds(lambda: score(model, plain, at=at)),
        runs=3,
    )


def check_same(model: Model, columns: Mapping[str, Columns], at: Ints) -> None:
    """Refuse to compare two programs that do not say the same."""
    ours, plain = score(model, columns, at=at).heat, plain_heats(plain_series(model, columns), at)
    if not np.allclose(ours, plain, rtol=0, atol=1e-9):
        raise AssertionError("the plain loop computes another heat")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainSeries:
    """A placement and its rows as plain lists."""

    known: list[int]
    values: list[float]
    edges: list[float]
    pressures: list[float]
    driver: int
    weight: float
    driver_weight: float


def plain_series(model: Model, columns: Mapping[str, Columns]) -> list[PlainSeries]:
    """Return what the plain loop reads, prepared before the clock starts."""
    return [_plain(model, placed, columns[placed.placement.series]) for placed in model.placements]


def plain_heats(series: Sequence[PlainSeries], at: Ints) -> list[float]:
    """Compute heat as a plain loop: find the newest value, interpolate, two weighted means.

    Only the middle value: no bounds, freshness, coverage, revisions or points as `score` gives.
    """
    return [_plain_heat(series, int(moment)) for moment in at]


def _plain(model: Model, placed: Placed, rows: Columns) -> PlainSeries:
    normalisation = placed.normalisation
    if not isinstance(normalisation, ThresholdNormalisation):
        raise TypeError(placed.placement.slug)
    knots = normalisation.thresholds.knots
    return PlainSeries(
        known=rows.known_at.tolist(),
        values=rows.value.tolist(),
        edges=[value for _, value in knots],
        pressures=[KNOT_PRESSURES[name] for name, _ in knots],
        driver=placed.driver_index,
        weight=placed.weight,
        driver_weight=model.subject.drivers[placed.driver_index].weight,
    )


def _plain_heat(series: Sequence[PlainSeries], moment: int) -> float:
    totals: dict[int, tuple[float, float, float]] = {}
    for each in series:
        value = each.values[bisect_right(each.known, moment) - 1]
        total, weight, _ = totals.get(each.driver, (0.0, 0.0, 0.0))
        pressure = _interpolated(value, each.edges, each.pressures)
        totals[each.driver] = (total + each.weight * pressure, weight + each.weight, each.driver_weight)
    whole = sum(own for _, _, own in totals.values())
    return 100.0 - sum(own * total / weight for total, weight, own in totals.values()) / whole


def _interpolated(value: float, edges: list[float], pressures: list[float]) -> float:
    if value <= edges[0]:
        return pressures[0]
    if value >= edges[-1]:
        return pressures[-1]
    right = bisect_right(edges, value)
    part = (value - edges[right - 1]) / (edges[right] - edges[right - 1])
    return pressures[right - 1] + part * (pressures[right] - pressures[right - 1])
