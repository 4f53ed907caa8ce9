"""What the board makes of a subject's line: the sparkline and the moves, made anew only where they change.

Both rest on the line, which is kept (`kept_lines`), and on the time. Moves stay as they are until a moment a
whole number of days after some point; the sparkline ends with the hour.
"""

import numpy as np

from monitor.domain.chart import Spark, joined
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.scale import AlarmingEnd, Scale
from monitor.domain.scoring.momentum import Momentum
from monitor.domain.series import Ints
from monitor.services.overview.traces import blind_stretches, moves, traces
from monitor.storage.kept_lines import KeptLine

SPARK_DAYS = 90
_HOUR = 3600


def spark_of(kept: KeptLine, scale: Scale, *, now: int) -> Spark:
    """Return ninety days up to the end of this hour, as one value for as long as it is the same."""
    end = now + -now % _HOUR
    made: Spark | None = kept.made.get(Spark)
    if made is None or (made.end, made.scale) != (end, scale):
        published, reconstructed = traces(kept.line)
        start = end - SPARK_DAYS * DAY_SECONDS
        blind = tuple(part for part in blind_stretches(kept.line, until=end) if part[1] > start)
        line = joined(reconstructed, published)
        made = kept.made[Spark] = Spark(scale=scale, start=start, end=end, line=line, blind=blind)
    return made


def moves_of(kept: KeptLine, end: AlarmingEnd, *, now: int) -> tuple[Momentum, ...]:
    """Return the moves over 7 and 30 days, reckoned once for as long as they are the same."""
    since, until, made = kept.made.get((Momentum, end), (0, 0, ()))
    if not since <= now < until:
        made = moves(kept.line, end=end, now=now)
        kept.made[Momentum, end] = now, _changes_at(kept.line.at, now), made
    found: tuple[Momentum, ...] = made
    return found


def _changes_at(at: Ints, now: int) -> int:
    """Return the first second after `now` at which a point comes into a window of whole days, or leaves it.

    A point is in from a whole number of days after it, and out of the longest one a second later.
    """
    ahead = (np.concatenate([at, at + 1]) - now) % DAY_SECONDS
    ahead[ahead == 0] = DAY_SECONDS
    return now + int(ahead.min(initial=DAY_SECONDS))
