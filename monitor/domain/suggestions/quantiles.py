"""Thresholds suggested from a series' own past: by its quantiles, or by how often an alert would fire.

Nothing is saved by itself: a suggestion is a proposal with its evidence. Quantiles are of the settled values
(type 7 of Hyndman and Fan 1996, The American Statistician 50: straight between neighbours). Firings are
counted on the history as it was known then: a firing begins where the value reaches the edge and ends where
it is better again.
"""

from dataclasses import dataclass, replace

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.series import Floats, Ints
from monitor.domain.spoken import number
from monitor.domain.suggestions.settled_past import Past
from monitor.domain.wording import msgid, say, say_many

# Which quantile of badness stands for which edge: the median is calm, one value in a hundred critical.
QUANTILES = {"calm": 0.5, "watch": 0.75, "elevated": 0.9, "high": 0.95, "critical": 0.99}
LEAST_VALUES = 24
YEAR_SECONDS = 365.25 * DAY_SECONDS
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLine:
    """A series' value at each moment at which it may have changed, as it was known then; `until` ends it."""

    at: Ints
    value: Floats
    until: int

    @property
    def years(self) -> float:
        """How long it is."""
        return (self.until - int(self.at[0])) / YEAR_SECONDS if len(self.at) else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeEvidence:
    """An edge and what it would have done: on the settled values, and as known then.

    `reached` of `count` settled values reached it, last the one that ended at `last_reached`; `firings` is
    how often it would have begun to fire in `years`.
    """

    name: str
    value: float
    reached: int
    count: int
    last_reached: int | None
    firings: int
    years: float
    quantile: float | None = None

    @property
    def share(self) -> float:
        """The part of the values that reached it."""
        return self.reached / self.count

    @property
    def per_year(self) -> float:
        """How many firings a year."""
        return self.firings / self.years if self.years > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Proposed edges with their evidence, or `reason` why none is proposed; `since` and `until` bound it."""

    count: int
    since: int | None
    until: int | None
    edges: tuple[EdgeEvidence, ...] = ()
    thresholds: Thresholds | None = None
    reason: str = ""


def suggest_thresholds(
    past: Past, line: KnownLine, *, is_higher_worse: bool, decimals: int = 0
) -> Suggestion:
    """Propose the quantiles of the past as edges; those between that coincide are left out."""
    blank = _blank(past)
    if len(past) < LEAST_VALUES:
        reason = say_many(
            "{n} settled value is too few: quantiles need {least}",
            "{n} settled values are too few: quantiles need {least}", len(past), least=LEAST_VALUES,
        )  # fmt: skip
        return replace(blank, reason=reason)
    sign = 1.0 if is_higher_worse else -1.0
    found = {
        name: round(sign * float(np.quantile(sign * past.value, quantile)), decimals)
        for name, quantile in QUANTILES.items()
    }
    if not sign * found["critical"] > sign * found["calm"]:
        return replace(
            blank, reason=say("half of the values and nearly all are the same: there is no edge to draw")
        )
    kept = _strictly(found, sign)
    edges = tuple(
        replace(
            edge_evidence(past, line, value, name=name, is_higher_worse=is_higher_worse),
            quantile=QUANTILES[name],
        )
        for name, value in kept.items()
    )
    return replace(blank, edges=edges, thresholds=Thresholds(**kept))


def suggest_edge(
    past: Past, line: KnownLine, *, per_year: float, is_higher_worse: bool, decimals: int = 0
) -> Suggestion:
    """Propose the edge that would have fired about so many separate times a year; one past value or better.

    The edge is sought from the worst value inwards, so that a rarer alert is always a worse value.
    """
    blank = _blank(past)
    if len(past) < LEAST_VALUES or not len(line.at):
        reason = say_many(
            "{n} settled value is too few: a rate needs {least}",
            "{n} settled values are too few: a rate needs {least}", len(past), least=LEAST_VALUES,
        )  # fmt: skip
        return replace(blank, reason=reason)
    wanted = per_year * line.years
    sign = 1.0 if is_higher_worse else -1.0
    edges, counts = firings_by_edge(sign * line.value)
    # From the worst edge to the one that fires most often; further in firings only merge.
    first = int(np.argmax(counts))
    near = np.abs(counts[first:] - wanted)
    place = first + len(near) - 1 - int(np.argmin(near[::-1]))
    if counts[place] < wanted / 2:
        reason = say(
            "no edge would have fired so often (at most {n} in {years} years)",
            n=int(counts[first]), years=number(line.years, 1),
        )  # fmt: skip
        return replace(blank, reason=reason)
    value = _rounded(float(edges[place]), sign, decimals)
    edge = edge_evidence(past, line, value, name=msgid("edge"), is_higher_worse=is_higher_worse)
    return replace(blank, edges=(edge,))


def edge_evidence(
    past: Past, line: KnownLine, value: float, *, name: str, is_higher_worse: bool
) -> EdgeEvidence:
    """Return what an edge would have done on a past."""
    sign = 1.0 if is_higher_worse else -1.0
    reached = sign * past.value >= sign * value
    return EdgeEvidence(
        name=name,
        value=value,
        reached=int(np.count_nonzero(reached)),
        count=len(past),
        last_reached=int(past.end[reached][-1]) if reached.any() else None,
        firings=firings(sign * line.value, sign * value),
        years=line.years,
    )


def firings(badness: Floats, edge: float) -> int:
    """Count how often values come to an edge or beyond; the first counts where it is there already."""
    is_there = badness >= edge
    return int(np.count_nonzero(is_there[1:] & ~is_there[:-1])) + int(is_there[:1].sum())


def firings_by_edge(badness: Floats) -> tuple[Floats, Ints]:
    """Return the distinct values, rising, and how often an edge at each would have fired."""
    edges = np.unique(badness)
    place = np.searchsorted(edges, badness)
    before = np.concatenate([[-1], place[:-1]])
    rises = place > before
    steps = np.zeros(len(edges) + 1, dtype=np.int64)
    np.add.at(steps, before[rises] + 1, 1)
    np.add.at(steps, place[rises] + 1, -1)
    return edges, np.cumsum(steps)[:-1]


def _blank(past: Past) -> Suggestion:
    ends = (int(past.start[0]), int(past.end[-1])) if len(past) else (None, None)
    return Suggestion(count=len(past), since=ends[0], until=ends[1])


def _strictly(edges: dict[str, float], sign: float) -> dict[str, float]:
    """Keep calm and critical, and of those between the ones that are worse than the last kept."""
    kept = {"calm": edges["calm"]}
    for name in ("watch", "elevated", "high"):
        if sign * kept[[*kept][-1]] < sign * edges[name] < sign * edges["critical"]:
            kept[name] = edges[name]
    return {**kept, "critical": edges["critical"]}


def _rounded(edge: float, sign: float, decimals: int) -> float:
    """Return the edge in the indicator's unit, rounded to the better side, so that its value reaches it."""
    fine = 10.0**decimals
    return sign * float(np.floor(edge * fine + _ROUNDING)) / fine
