"""Suggest thresholds of a series from its own past, with the evidence; nothing is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.clock import moment
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.suggestions.quantiles import (
    EdgeEvidence,
    Suggestion,
    edge_evidence,
    suggest_edge,
    suggest_thresholds,
)
from monitor.domain.wording import say
from monitor.services.one_series import OneSeries

USUAL_RATE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdSuggestions:
    """What the past proposes beside what is in force; `reason` says why nothing can be.

    `by_quantiles` are whole thresholds, `by_rate` one edge that would have fired about `per_year` times.
    """

    in_force: tuple[EdgeEvidence, ...]
    by_quantiles: Suggestion | None
    by_rate: Suggestion | None
    per_year: float
    reason: str = ""


def threshold_suggestions(one: OneSeries, *, per_year: float = USUAL_RATE) -> ThresholdSuggestions:
    """Return suggestions for a series as it was known at its subjects' time."""
    is_higher_worse = one.is_higher_worse
    reason = _reason(one)
    if reason or is_higher_worse is None:
        return ThresholdSuggestions(
            in_force=(), by_quantiles=None, by_rate=None, per_year=per_year, reason=reason
        )
    past, line = one.past, one.line()
    shared: Mapping[str, Any] = {"is_higher_worse": is_higher_worse, "decimals": one.indicator.decimals}
    return ThresholdSuggestions(
        in_force=_in_force(one),
        by_quantiles=suggest_thresholds(past, line, **shared),
        by_rate=suggest_edge(past, line, per_year=per_year, **shared),
        per_year=per_year,
    )


def as_data(found: ThresholdSuggestions) -> dict[str, Any]:
    """Return suggestions as plain values, for programs."""
    return {
        "reason": found.reason,
        "in_force": [_edge(each) for each in found.in_force],
        "by_quantiles": None if found.by_quantiles is None else _suggestion(found.by_quantiles),
        "per_year": found.per_year,
        "by_rate": None if found.by_rate is None else _suggestion(found.by_rate),
    }


def _reason(one: OneSeries) -> str:
    if one.indicator.words:
        return say("it says a state in words: its pressures are set word by word")
    if one.is_higher_worse is None:
        return say("both ways are worse: quantiles of one side say nothing")
    return ""


def _in_force(one: OneSeries) -> tuple[EdgeEvidence, ...]:
    """Return what the thresholds in force did on the same past; nothing where others score."""
    normalisation = one.indicator.normalisation
    past = one.past
    if not isinstance(normalisation, ThresholdNormalisation) or not len(past):
        return ()
    thresholds, line = normalisation.thresholds, one.line()
    return tuple(
        edge_evidence(past, line, value, name=name, is_higher_worse=thresholds.is_higher_worse)
        for name, value in thresholds.knots
    )


def _suggestion(found: Suggestion) -> dict[str, Any]:
    return {
        "reason": found.reason,
        "count": found.count,
        "since": None if found.since is None else rfc3339(moment(found.since)),
        "until": None if found.until is None else rfc3339(moment(found.until)),
        "edges": [_edge(each) for each in found.edges],
    }


def _edge(found: EdgeEvidence) -> dict[str, Any]:
    return {
        "name": found.name,
        "value": found.value,
        "quantile": found.quantile,
        "reached": found.reached,
        "count": found.count,
        "share": found.share,
        "last_reached": None if found.last_reached is None else rfc3339(moment(found.last_reached)),
        "firings": found.firings,
        "per_year": found.per_year,
    }
