"""History: the last values of a series, as the chart of a message shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.standing_events import standing_events
from monitor.domain.series import Columns, Floats, Ints

MOST_POINTS = 60
FEWEST_POINTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Values of a series by the end of their period (epoch seconds), oldest first, and its thresholds."""

    ends: Ints
    values: Floats
    edges: Mapping[str, float]


def charted_event(events: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the native event of a message whose values its chart shows: the worst that still stands.

    None where no alert in it is about the values of a series.
    """
    found = [
        each
        for each in standing_events(events)
        if each["data"].get("series") and each["data"].get("observation")
    ]
    return max(
        found, key=lambda each: (each["type"] != EventType.RESOLVED, each["data"]["concern"]), default=None
    )


def history_of(columns: Columns, *, until: float, edges: Mapping[str, float]) -> History | None:
    """Return the last values in force of periods that end by `until`; None if too few for a chart.

    Of several rows of a period the one of the highest revision counts, among those the latest.
    """
    is_past = columns.period_end <= until
    order = np.lexsort((columns.seq[is_past], columns.source_revision[is_past], columns.period_end[is_past]))
    ends, values = columns.period_end[is_past][order], columns.value[is_past][order]
    is_last = np.append(ends[1:] != ends[:-1], np.ones(min(1, len(ends)), dtype=np.bool_))
    is_shown = is_last & np.isfinite(values)
    ends, values = ends[is_shown][-MOST_POINTS:], values[is_shown][-MOST_POINTS:]
    return None if len(values) < FEWEST_POINTS else History(ends=ends, values=values, edges=dict(edges))
