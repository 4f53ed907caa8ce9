"""Heat points as lines to draw: origins apart, stretches without a level as gaps."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from monitor.domain.chart import Trace, joined
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.scale import FULL, UNKNOWN, AlarmingEnd
from monitor.domain.scoring.momentum import Momentum, momenta
from monitor.domain.series import Bools
from monitor.storage.heat_points import HeatLine, Origin

T = TypeVar("T")

# How much of the past says whether a move over 30 days is unusual; the board reads no more.
LINE_DAYS = 400
# A subject that is watched has a point a day: where two lie further apart, nobody looked in between.
LONGEST_SILENCE = 2 * DAY_SECONDS


def traces(line: HeatLine) -> tuple[Trace, Trace]:
    """Return the published line and the reconstructed one."""
    line = with_silences(line)
    is_published = np.array([origin is Origin.PUBLISHED for origin in line.origins], dtype=np.bool_)
    return _trace(line, is_published), _trace(line, ~is_published)


def blind_stretches(line: HeatLine, *, until: int) -> tuple[tuple[int, int], ...]:
    """Return the spans in which the level was Unknown, or nobody looked, from one point to the next."""
    line = with_silences(line)
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


def with_silences(line: HeatLine) -> HeatLine:
    """Put an Unknown point a day after each published one that the next follows much later.

    An archive set live a year on did not stay at its last heat: there was none. Reconstructed points come
    only where something changed, and their spans say nothing.
    """
    is_published = np.array([origin is Origin.PUBLISHED for origin in line.origins[:-1]], dtype=np.bool_)
    places = np.flatnonzero((np.diff(line.at) > LONGEST_SILENCE) & is_published) + 1
    if not len(places):
        return line
    nothing = dict.fromkeys(("heat", "heat_low", "heat_high", "raw_pressure"), np.nan)
    nothing |= dict.fromkeys(("coverage", "confidence", "carried"), 0.0)
    return HeatLine(
        at=np.insert(line.at, places, line.at[places - 1] + DAY_SECONDS),
        seq=np.insert(line.seq, places, line.seq[places - 1]),
        levels=_inserted(line.levels, places.tolist(), UNKNOWN),
        concerns=_inserted(line.concerns, places.tolist(), None),
        origins=_inserted(line.origins, places.tolist(), Origin.PUBLISHED),
        **{name: np.insert(getattr(line, name), places, value) for name, value in nothing.items()},
    )


def moves(line: HeatLine, *, end: AlarmingEnd, now: int) -> tuple[Momentum, ...]:
    """Return the moves over 7 and 30 days, judged by the same stretch of the past on every page.

    They are those of the heat before floors: a floor would hide what moves below it (heat.md 4).
    """
    whole = joined(*reversed(traces(before_floors(line, end))))
    keep = whole.at >= now - LINE_DAYS * DAY_SECONDS
    return momenta(whole.at[keep], whole.heat[keep], now=now)


def before_floors(line: HeatLine, end: AlarmingEnd) -> HeatLine:
    """Return the line with the heat its inputs alone give."""
    raw = FULL - line.raw_pressure if end is AlarmingEnd.LOW else line.raw_pressure
    return replace(line, heat=raw)


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


def _inserted(items: Sequence[T], places: Sequence[int], item: T) -> tuple[T, ...]:
    """Return the items with another before each of these places."""
    found = list(items)
    for place in reversed(places):
        found.insert(place, item)
    return tuple(found)
