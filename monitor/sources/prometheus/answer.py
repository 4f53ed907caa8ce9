"""Answers of Prometheus's HTTP API: values by labels and moments; errors and warnings in its own words."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer
from monitor.sources.parsing.bodies import json_of, object_of, shown

_MOST_VALUES = 500_000
_SHOWN = 300
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """One value: the labels of its series, when it was evaluated in epoch seconds. It may be nan or inf."""

    labels: Mapping[str, str]
    at: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an answer holds; `warnings` are Prometheus's own words."""

    samples: tuple[Sample, ...]
    warnings: tuple[str, ...] = ()
    histograms: int = 0


def told_by(answer: Answer, *, what: str) -> Told:
    """Return the values of an answer; SourceError if it is an error, no answer of this API, or too large."""
    body = object_of(json_of(answer, what=what), what=what)
    if body.get("status") != "success":
        raise _refusal(body, what=what)
    data = object_of(body.get("data"), what=f"the data of {what}")
    kind, result = data.get("resultType"), data.get("result")
    if kind in {"scalar", "vector", "matrix"} and isinstance(result, list):
        rows = [{"metric": {}, "value": result}] if kind == "scalar" else result
        samples, histograms = _samples(rows, what=what)
        warnings = body.get("warnings")
        words = tuple(str(each)[:_SHOWN] for each in warnings[:10]) if isinstance(warnings, list) else ()
        return Told(samples=samples, warnings=words, histograms=histograms)
    raise SourceError(f"{what} gives {shown(kind)}, where numbers are expected (scalar, vector or matrix)")


def _refusal(body: Mapping[str, Any], *, what: str) -> SourceError:
    if "status" not in body:
        return SourceError(f"{what} is no answer of Prometheus's API: it has no status")
    kind, words = (
        str(body.get("errorType", "error"))[:40],
        " ".join(str(body.get("error", "")).split())[:_SHOWN],
    )
    return SourceError(f"Prometheus refuses {what}: {kind}: {words}", permanent=kind == "bad_data")


def _samples(rows: Sequence[object], *, what: str) -> tuple[tuple[Sample, ...], int]:
    found: list[Sample] = []
    histograms = 0
    for place, row in enumerate(rows):
        where = f"{what}, result {place}"
        each = object_of(row, what=where)
        labels = object_of(each.get("metric", {}), what=f"the labels of {where}")
        named = {str(name): str(value) for name, value in labels.items()}
        histograms += "histogram" in each or "histograms" in each
        found.extend(Sample(named, at, value) for at, value in _pairs(each, what=where))
        if len(found) > _MOST_VALUES:
            raise SourceError(f"{what} has more than {_MOST_VALUES:,} values; ask for fewer", permanent=True)
    return tuple(found), histograms


def _pairs(each: Mapping[str, Any], *, what: str) -> Iterator[tuple[float, float]]:
    """Yield (moment, value) of one result."""
    pairs = each["values"] if "values" in each else [each["value"]] if "value" in each else []
    if not isinstance(pairs, list):
        raise SourceError(f"{what}: the values are no list but {shown(pairs)}")
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != _PAIR:
            raise SourceError(f"{what}: expected [moment, value], found {shown(pair)}")
        at, value = pair
        if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at) or abs(at) > 1e11:  # noqa: PLR2004
            raise SourceError(f"{what}: {shown(at)} is no moment in epoch seconds")
        yield float(at), _number(value, what=what)


def _number(text: object, *, what: str) -> float:
    """Read a value, which Prometheus gives as text: also NaN, +Inf and -Inf."""
    if isinstance(text, str) and len(text) <= _SHOWN and "_" not in text:
        try:
            return float(text)
        except ValueError:
            pass
    raise SourceError(f"{what}: {shown(text)} is no value, where a number as text is expected")
