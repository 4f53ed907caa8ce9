"""The threshold strip: four greys on the axis of pressure, a needle at the value."""

from dataclasses import dataclass

from monitor.domain.chart import Strip
from monitor.domain.scale import FULL
from monitor.render.svg import r

WIDTH = 196
_GAP = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StripDrawing:
    """A strip ready to be written."""

    height: int
    cells: tuple[tuple[str, str], ...]
    joints: tuple[tuple[str, str, str], ...]
    needle: str


def strip(value: Strip, *, width: int = WIDTH) -> StripDrawing:
    """Draw a strip; one without joints (states, fading events) is lower."""
    cell = width / 4
    anchors = ("start", "middle", "middle", "middle", "end")
    return StripDrawing(
        height=24 if value.joints else 13,
        cells=tuple((r(number * cell), r(cell - _GAP)) for number in range(4)),
        joints=tuple(
            (r(number * cell), text, anchor)
            for number, (text, anchor) in enumerate(zip(value.joints, anchors, strict=False))
            if text
        ),
        needle="" if value.pressure is None else _needle(value.pressure, width),
    )


def _needle(pressure: float, width: int) -> str:
    x = min(max(pressure / FULL * width, 4.2), width - 4.2)
    return f"M{r(x)} 11.5l-4.2-7.5V.6h8.4v3.4z"
