"""Every state that components can be in, made from the scales themselves, for the page of the style guide."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.chart import Entered, Flag, HeatChart, LedgerChart, LedgerLine, Spark, Strip, Trace
from monitor.domain.clock import DAY_SECONDS, ClockMode, epoch
from monitor.domain.scale import RISK, STANDING, UNKNOWN, AlarmingEnd, Concern, Scale
from monitor.domain.series import Floats
from monitor.services.overview.desk import desk
from monitor.services.overview.values import Change, DeskView, Standing

_DAYS = 90
_MIN_COVERAGE = 0.6
_BLIND = slice(50, 58)
_JOINTS = ("100", "150", "250", "350", "500")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleStates:
    """A scale with a standing in the middle of each level, one without a level, and its two pictures."""

    scale: Scale
    standings: tuple[Standing, ...]
    spark: Spark
    chart: HeatChart


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleGuide:
    """What the page shows beside tokens."""

    desk: DeskView
    scales: tuple[ScaleStates, ...]
    changes: tuple[Change, ...]
    strips: tuple[Strip, ...]
    empty: HeatChart
    ledger: LedgerChart
    concerns: tuple[Concern, ...]


def style_guide(session: Session, *, now: datetime) -> StyleGuide:
    """Return the states of every component; nothing of it is stored."""
    return StyleGuide(
        desk=desk(session, now=now),
        scales=tuple(_states(scale, now) for scale in (STANDING, RISK)),
        changes=tuple(
            Change(delta=delta, is_worse=is_worse, unusual_sd=abs(delta) / 2)
            for delta in (4.9, -4.9)
            for is_worse in (True, False)
        ),
        strips=(
            *(Strip(pressure=float(pressure), joints=_JOINTS) for pressure in (10, 35, 60, 85)),
            Strip(pressure=100.0, joints=_JOINTS, is_saturated=True),
            Strip(pressure=None, joints=_JOINTS),
        ),
        empty=_chart(STANDING, now, np.zeros(0)),
        ledger=_ledger(now.date()),
        concerns=tuple(Concern),
    )


def _states(scale: Scale, now: datetime) -> ScaleStates:
    heat = _wave()
    chart = _chart(scale, now, heat)
    known = tuple(_standing(scale, place, now) for place in range(len(scale.levels)))
    return ScaleStates(
        scale=scale,
        standings=(*known, _standing(scale, None, now)),
        spark=Spark(scale=scale, start=chart.start, end=chart.end, line=chart.published, blind=chart.blind),
        chart=chart,
    )


def _standing(scale: Scale, place: int | None, now: datetime) -> Standing:
    """Return a standing in the middle of a level; without one where nothing is known."""
    level = None if place is None else scale.levels[place]
    return Standing(
        slug=f"{scale.slug}-{UNKNOWN.lower() if place is None else place}",
        name=scale.name,
        kind=scale.slug,
        kind_words=scale.name,
        scale=scale,
        heat=None if level is None else (level.low + level.high) / 2,
        level=UNKNOWN if level is None else level.name,
        concern=None if level is None else level.concern,
        last_level=scale.levels[0].name,
        last_level_at=now,
        last_concern=scale.levels[0].concern,
        clock=ClockMode.LIVE,
        as_of=now,
        coverage=0.4 if level is None else 0.9,
        min_coverage=_MIN_COVERAGE,
        confidence=0.7,
        carried=0.0,
        is_exercise=False,
    )


def _wave() -> Floats:
    """A line through all levels, with a stretch in which there was none."""
    heat = 50 + 42 * np.sin(np.arange(_DAYS) / 12)
    heat[_BLIND] = np.nan
    return heat


def _chart(scale: Scale, now: datetime, heat: Floats) -> HeatChart:
    end = epoch(now)
    at = end - np.arange(len(heat), 0, -1, dtype=np.int64) * DAY_SECONDS
    line = Trace(at=at, heat=heat, low=heat - 4, high=heat + 4)
    half = len(heat) // 3
    parts = [
        Trace(at=at[part], heat=heat[part], low=line.low[part], high=line.high[part])
        for part in (slice(0, half), slice(half, None))
    ]
    is_there = len(heat) > 0
    return HeatChart(
        name=scale.name,
        scale=scale,
        start=end - _DAYS * DAY_SECONDS,
        end=end,
        published=parts[1],
        reconstructed=parts[0],
        flags=(Flag(at=int(at[20]), label="Event", when=""),) if is_there else (),
        entered=(Entered(at=int(at[30]), heat=float(heat[30]), level=""),) if is_there else (),
        blind=((int(at[_BLIND.start]), int(at[_BLIND.stop])),) if is_there else (),
        restated=Trace(at=at, heat=heat + 2, low=line.low, high=line.high) if is_there else None,
    )


def _ledger(today: date) -> LedgerChart:
    """Return one worsening driver with two parts, one of which eases, and one easing driver."""
    lines = (
        LedgerLine(name="Driver that worsens", delta=-6.0, is_driver=True),
        LedgerLine(name="Indicator that worsens", delta=-7.5, is_driver=False, depth=1),
        LedgerLine(name="Indicator that eases", delta=1.5, is_driver=False, depth=1, causes=("time",)),
        LedgerLine(name="Driver that eases", delta=2.0, is_driver=True, causes=("definition",)),
    )
    return LedgerChart(
        start=today - timedelta(days=_DAYS), end=today, start_heat=24.0, end_heat=20.0,
        start_level=STANDING.levels[1].name, end_level=STANDING.levels[1].name, delta=-4.0,
        alarming_end=AlarmingEnd.LOW, lines=lines,
    )  # fmt: skip
