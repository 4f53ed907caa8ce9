"""Which values of an imported file do not pass the quality gates of their series."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.gates import Limits, Quarantined, limits_of
from monitor.domain.reading_columns import ReadingColumns
from monitor.domain.series import Bools, Floats, Ints
from monitor.services.judge_readings import gate_warnings
from monitor.storage import series, snapshot

# So many readings are judged at once, series by series: a change of layout is looked for among them.
_AT_ONCE = 50_000


def doubt_import(
    session: Session, columns: ReadingColumns, *, now: datetime
) -> Iterator[tuple[int, Quarantined]]:
    """Yield the place of each value that does not pass, and why.

    Values of a series that has none yet are judged one by one only where its limits ask for it.
    """
    for part in _parts(columns, _judged(session, columns)):
        readings = list(columns.readings(part))
        places = {id(reading): at for at, reading in zip(part, readings, strict=True)}
        for each in gate_warnings(session, readings, now=now):
            yield places[id(each.reading)], each


def _judged(session: Session, columns: ReadingColumns) -> Bools:
    """Which series have to be looked at: those with a past, and those whose limits values may not keep to."""
    past = series.with_rows(session, columns.series)
    indicators = snapshot.current(session).indicators
    limits = {slug: limits_of(indicator) for slug, indicator in indicators.items()}
    asked = [limits.get(key.partition(":")[0], Limits()) for key in columns.series]
    has_steps = [each.step is not None or each.step_percent is not None for each in asked]
    low = np.array([-np.inf if each.low is None else each.low for each in asked])
    high = np.array([np.inf if each.high is None else each.high for each in asked])
    found = np.array([key in past for key in columns.series], dtype=np.bool_) | np.array(
        has_steps, dtype=np.bool_
    )
    if np.isfinite(low).any() or np.isfinite(high).any():
        found[columns.series_index[_outside(columns, low, high)]] = True
    return found


def _outside(columns: ReadingColumns, low: Floats, high: Floats) -> Bools:
    """Which readings have a number outside the limits of their series, given by series."""
    least, most = low[columns.series_index], high[columns.series_index]
    outside = np.zeros(len(columns), dtype=np.bool_)
    for numbers in (columns.value, columns.low, columns.high):
        outside |= (numbers < least) | (numbers > most)
    return outside


def _parts(columns: ReadingColumns, is_judged: Bools) -> Iterator[list[int]]:
    """Yield the places of the readings to be judged, whole series at a time."""
    chosen = np.flatnonzero(is_judged[columns.series_index]) if len(columns) else np.zeros(0, dtype=np.int64)
    order: Ints = chosen[np.argsort(columns.series_index[chosen], kind="stable")]
    borders = np.flatnonzero(np.diff(columns.series_index[order])) + 1
    begun = 0
    for border in [*borders.tolist(), len(order)]:
        if border - begun >= _AT_ONCE or border == len(order):
            if border > begun:
                yield order[begun:border].tolist()
            begun = border
