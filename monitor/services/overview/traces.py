"""Heat points as lines to draw: origins apart, stretches without a level as gaps."""

import numpy as np

from monitor.domain.chart import Trace
from monitor.domain.scale import UNKNOWN
from monitor.domain.series import Bools
from monitor.storage.heat_points import HeatLine, Origin


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
