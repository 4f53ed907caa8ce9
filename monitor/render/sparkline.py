"""The sparkline of a board row: ninety days, 0 to 100, bands, wedge, the last point in its hue."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from markupsafe import Markup, escape

from monitor.domain.chart import Spark, hue
from monitor.domain.scale import Scale
from monitor.domain.spoken import number
from monitor.domain.wording import say, tongue
from monitor.render.svg import Frame, r, stepped, wedge

WIDTH, HEIGHT = 232, 38
_RIGHT, _TOP, _BOTTOM, _DOT = 214.0, 1.0, 37.0, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One level's wash; the hue is that of the band's middle."""

    hue: int
    y: str
    height: str
    name: str
    concern: str
    middle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkDrawing:
    """A sparkline ready to be written."""

    bands: tuple[Band, ...]
    line: str
    wedge: str
    dot: tuple[str, str] | None
    hue: int
    blind: tuple[tuple[str, str], ...]
    says: str


def bands(scale: Scale, frame: Frame) -> tuple[Band, ...]:
    """Return the washes of a scale's levels."""
    return tuple(
        Band(
            hue=hue((level.low + level.high) / 2),
            y=r(frame.y1(level.high)),
            height=r(frame.y1(level.low) - frame.y1(level.high)),
            name=say(level.name),
            concern=level.concern.said,
            middle=frame.y1((level.low + level.high) / 2),
        )
        for level in scale.levels
    )


def sparkline_svg(spark: Spark) -> Markup:
    """Return a sparkline as it is written, made once for as long as the value is in use, in each language."""
    kept = _drawn.setdefault(spark, {})
    found = kept.get(tongue().code)
    if found is None:
        found = kept[tongue().code] = _svg(sparkline(spark))
    return found


def _svg(drawn: SparkDrawing) -> Markup:
    parts = [
        f'<rect class="wash{band.hue}" x="0" width="{_RIGHT:.0f}" y="{band.y}" height="{band.height}"/>'
        for band in drawn.bands
    ]
    parts += [
        f'<rect x="{x}" y="1" width="{width}" height="36" fill="url(#hat)"/>' for x, width in drawn.blind
    ]
    parts.append(f'<path class="l thin" d="{drawn.line}"/>')
    if drawn.dot is not None:
        dot = f'd="M{drawn.dot[0]} {drawn.dot[1]}h.01"'
        parts.append(f'<path class="dp0" {dot}/><path class="dp s{drawn.hue}" {dot}/>')
    parts.append(f'<path class="ink" opacity=".85" d="{drawn.wedge}"/></svg>')
    head = (
        f'<svg class="spark" preserveAspectRatio="none" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(drawn.says)}">\n'
    )
    return Markup(head + "".join(parts))  # noqa: S704 (numbers, and the label escaped)


def sparkline(spark: Spark) -> SparkDrawing:
    """Draw a sparkline."""
    frame = Frame(left=0, right=_RIGHT - _DOT, top=_TOP, bottom=_BOTTOM, start=spark.start, end=spark.end)
    line = spark.line.within(spark.start, spark.end)
    known = np.flatnonzero(~np.isnan(line.heat))
    last = int(known[-1]) if len(known) else None
    return SparkDrawing(
        bands=bands(spark.scale, frame),
        line=stepped(frame.x(line.at), frame.y(line.heat), until=frame.right),
        wedge=wedge(x=217, width=5, top=_TOP, bottom=_BOTTOM, alarming_end=spark.scale.alarming_end),
        dot=None if last is None else _dot(frame, spark, last),
        hue=1 if last is None else hue(float(line.heat[last])),
        blind=tuple(_stretch(frame, stretch) for stretch in spark.blind),
        says=_says(line.heat[known].tolist()),
    )


def _dot(frame: Frame, spark: Spark, last: int) -> tuple[str, str]:
    line = spark.line.within(spark.start, spark.end)
    at = spark.end if last == len(line) - 1 else int(line.at[last + 1])
    return r(frame.x1(at)), r(frame.y1(float(line.heat[last])))


def _stretch(frame: Frame, stretch: tuple[int, int]) -> tuple[str, str]:
    left = max(frame.x1(stretch[0]), 0.0)
    right = _RIGHT if stretch[1] >= frame.end else frame.x1(stretch[1])
    return r(left), r(max(right - left, 1.0))


def _says(heat: list[float]) -> str:
    if not heat:
        return say("90 days: no values yet")
    return say(
        "90 days: from {first} to {last}, low {low}, high {high}",
        first=number(heat[0]), last=number(heat[-1]), low=number(min(heat)), high=number(max(heat)),
    )  # fmt: skip


_drawn: WeakKeyDictionary[Spark, dict[str, Markup]] = WeakKeyDictionary()
