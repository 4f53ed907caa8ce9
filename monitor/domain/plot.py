"""What an interactive chart is drawn from: the picture's values, and what is told of each point."""

from dataclasses import dataclass

from monitor.domain.chart import HeatChart, MomentumChart
from monitor.domain.series import Bools, Floats, Ints
from monitor.domain.suggestions.series_chart import SeriesChart


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPlot:
    """The whole heat line with momentum; at rising times the level, coverage and confidence (0 to 1)."""

    chart: HeatChart
    momentum: MomentumChart | None
    at: Ints
    level: tuple[str, ...]
    coverage: Floats
    confidence: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenances:
    """Where each value of a series comes from: one entry a period, empty words where nothing was said."""

    known_at: Ints
    revisions: Ints
    is_reconstructed: Bools
    grade: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPlot:
    """The whole history of a series, with the provenance of each value."""

    chart: SeriesChart
    provenances: Provenances
