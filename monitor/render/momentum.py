"""Momentum as a small picture below the heat line: change over a week and over a month."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.chart import MomentumChart
from monitor.domain.series import Floats
from monitor.domain.spoken import number, signed
from monitor.domain.wording import say
from monitor.render.heat_chart import Layout
from monitor.render.svg import Frame, r, stepped

HEIGHT, TOP, BOTTOM = 76, 8, 68
_LEAST = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentumDrawing:
    """The picture ready to be written, in the width of the heat line above it."""

    layout: Layout
    height: int
    week: str
    month: str
    zero: str
    grid: tuple[tuple[str, str], ...]
    last: tuple[str, str]
    says: str


def momentum_chart(chart: MomentumChart, layout: Layout) -> MomentumDrawing:
    """Draw the changes around zero, on one scale for both."""
    inside = (chart.at >= chart.start) & (chart.at <= chart.end)
    at, week, month = chart.at[inside], chart.week[inside], chart.month[inside]
    reach = _reach(week, month)
    frame = Frame(
        left=layout.left, right=layout.right, top=TOP, bottom=BOTTOM, start=chart.start, end=chart.end
    )

    def y(values: Floats) -> Floats:
        return frame.y(50 + values / reach * 50)

    last = float(month[-1]) if len(month) and not np.isnan(month[-1]) else None
    return MomentumDrawing(
        layout=layout,
        height=HEIGHT,
        week=stepped(frame.x(at), y(week), until=frame.right),
        month=stepped(frame.x(at), y(month), until=frame.right),
        zero=r(frame.y1(50)),
        grid=((f"+{number(reach)}", r(frame.y1(100))), (f"\N{MINUS SIGN}{number(reach)}", r(frame.y1(0)))),
        last=("", "") if last is None else (signed(last), r(frame.y1(50 + last / reach * 50))),
        says=_says(chart, last),
    )


def _reach(*parts: Floats) -> float:
    """Return the largest change on either side, in whole fives."""
    known = np.concatenate([part[~np.isnan(part)] for part in parts])
    largest = float(np.max(np.abs(known), initial=_LEAST))
    return float(np.ceil(largest / _LEAST) * _LEAST)


def _says(chart: MomentumChart, last: float | None) -> str:
    if last is None:
        return say("Momentum: the line is too short to tell.")
    if chart.month_sd is None:
        return say("Momentum: {change} over the last 30 days.", change=signed(last))
    return say(
        "Momentum: {change} over the last 30 days, {times} of its usual spread.",
        change=signed(last), times=number(abs(chart.month_sd), 1),
    )  # fmt: skip
