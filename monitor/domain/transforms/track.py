"""Tracks and heads: a series along its chain of transforms, and its newest value at some moments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from monitor.domain.series import Bools, Columns, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A series at one stage of its chain: one entry a period, each as seen when it was the newest.

    `others` are the raw series its transforms divide by, by the name the transform gives them. An
    `imputed` entry is a value of the indicator already: transforms leave it as it is.
    """

    start: Ints
    end: Ints
    value: Floats
    low: Floats
    high: Floats
    others: Mapping[str, "Track"] = field(default_factory=dict)
    imputed: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The newest value at each of some moments: its row, the moment (epoch seconds), value and bounds."""

    index: Ints
    at: Ints
    value: Floats
    low: Floats
    high: Floats


def track_of(rows: Columns, others: Mapping[str, Columns] | None = None) -> Track:
    """Return the raw stage; a bound that is not given is the value."""
    low = np.where(np.isnan(rows.low), rows.value, rows.low)
    high = np.where(np.isnan(rows.high), rows.value, rows.high)
    return Track(
        start=rows.period_start,
        end=rows.period_end,
        value=rows.value,
        low=low,
        high=high,
        others={name: track_of(each) for name, each in (others or {}).items()},
        imputed=rows.imputed,
    )


def own_heads(track: Track) -> Heads:
    """Return each entry of a track as the newest value at its own period's end."""
    index = np.arange(len(track.value))
    return Heads(index=index, at=track.end, value=track.value, low=track.low, high=track.high)


def each(heads: Heads, function: Callable[[Floats], Floats]) -> Heads:
    """Apply a rising function to the value and both bounds."""
    return replace(heads, value=function(heads.value), low=function(heads.low), high=function(heads.high))
