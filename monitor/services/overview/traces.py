"""Heat points as lines to draw: origins apart, stretches without a level as gaps."""

import numpy as np

from monitor.domain.chart import Trace, joined
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.momentum import Momentum, momenta
from monitor.domain.scale import UNKNOWN
from monitor.domain.series import Bools
from monitor.storage.heat_points import HeatLine, Origin

# How much of the past says whether a move over 30 days is unusual; the board reads no more.
LINE_DAYS = 400


def traces(line: HeatLine) -> tuple[Trace, Trace]:
    """Return the published line and the reconstructed one."""
    is_published = np.array([origin is Origin.PUBLISHED for origin in line.origins], dtype=np.bool_)
    return _trace(line, is_published), _trace(line, ~is_published)


def blind_stretches(line: HeatLine, *, until: int) -> tuple[tuple[int, int], ...]:
    """Return the spans in which the level was Unknown, from one point to the next."""
    found: list[tuple[int, int]] = []
    for place, level in enumerate(line.levels):
        end = int(line.at[place + 1]) if place + 1 < len(line) else until
        start = int(line.at[place])
        if level != UNKNOWN or end <= start:
            continue
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def moves(line: HeatLine, *, now: int) -> tuple[Momentum, ...]:
    """Return the moves over 7 and 30 days, judged by the same stretch of the past on every page."""
    whole = joined(*reversed(traces(line)))
    keep = whole.at >= now - LINE_DAYS * DAY_SECONDS
    return momenta(whole.at[keep], whole.heat[keep], now=now)


def _trace(line: HeatLine, keep: Bools) -> Trace:
    """A point without a level is a gap: what was not judged is not drawn as heat."""
    has_level = np.array([level != UNKNOWN for level in line.levels], dtype=np.bool_)
    heat = np.where(has_level, line.heat, np.nan)
    return Trace(
        at=line.at[keep],
        heat=heat[keep],
        low=np.where(has_level, line.heat_low, np.nan)[keep],
        high=np.where(has_level, line.heat_high, np.nan)[keep],
    )
