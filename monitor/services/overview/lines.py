"""What is drawn beside the published line: the restated one, and momentum below."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.chart import HeatChart, MomentumChart, Trace, joined
from monitor.domain.scale import UNKNOWN
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.momentum import momentum_line
from monitor.domain.series import Columns
from monitor.services.lines import restated
from monitor.services.overview.traces import before_floors, traces
from monitor.storage.heat_points import HeatLine

WEEK, MONTH = 7, 30


def with_restated(
    session: Session, chart: HeatChart, model: Model, columns: Mapping[str, Columns]
) -> HeatChart:
    """Return the chart with the restated line; a stretch without a level is a gap."""
    line = restated(session, model, columns, until=chart.end)
    has_level = np.array([level != UNKNOWN for level in line.levels], dtype=np.bool_)
    heat, low, high = (
        np.where(has_level, part, np.nan) for part in (line.heat, line.heat_low, line.heat_high)
    )
    return replace(chart, restated=Trace(at=line.at, heat=heat, low=low, high=high))


def momentum_picture(line: HeatLine, chart: HeatChart) -> MomentumChart | None:
    """Return momentum below a chart, of the heat before floors; None for a line without points."""
    whole = joined(*reversed(traces(before_floors(line, chart.scale.alarming_end))))
    if not len(whole):
        return None
    week, month = (momentum_line(whole.at, whole.heat, now=chart.end, days=days) for days in (WEEK, MONTH))
    unusual = float(month.unusual_sd[-1])
    return MomentumChart(
        start=chart.start,
        end=chart.end,
        at=month.at,
        week=week.change,
        month=month.change,
        month_sd=None if np.isnan(unusual) else unusual,
    )
