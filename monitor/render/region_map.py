"""The map of a country's admin-1 regions: greys for concern, hatching for contested, dots for incidents."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.chart import MapChart, RegionNote
from monitor.domain.series import Bools, Floats
from monitor.geo.outlines import Outline, outlines
from monitor.render.svg import r

WIDTH = 404
_PAD, _SMALL_AREA, _GRID = 6.0, 900.0, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionDrawing:
    """One region with its words; `is_small` regions are named beside a box only."""

    path: str
    shade: int
    is_known: bool
    is_hatched: bool
    name: str
    note: str
    x: str
    y: str
    is_small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MapDrawing:
    """A map ready to be written."""

    width: int
    height: int
    regions: tuple[RegionDrawing, ...]
    dots: tuple[tuple[str, str, str, bool], ...]
    marks: tuple[tuple[float, float, str], ...]
    says: str

    @property
    def is_empty(self) -> bool:
        """Whether no outline is known."""
        return not self.regions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plane:
    """A plain projection: degrees scaled by the cosine of the middle latitude."""

    west: float
    north: float
    a_degree: float
    squeeze: float

    def x(self, longitude: Floats) -> Floats:
        return _PAD + (longitude - self.west) * self.squeeze * self.a_degree

    def y(self, latitude: Floats) -> Floats:
        return _PAD + (self.north - latitude) * self.a_degree


def region_map(chart: MapChart) -> MapDrawing:
    """Draw the map."""
    found = outlines(chart.country)
    if not found:
        return MapDrawing(width=WIDTH, height=0, regions=(), dots=(), marks=(), says="No outlines are known.")
    everything = np.concatenate([ring for outline in found for ring in outline.rings])
    plane, height = _plane(everything)
    notes = {note.code: note for note in chart.notes}
    regions = tuple(_region(plane, outline, notes.get(outline.code)) for outline in found)
    return MapDrawing(
        width=WIDTH,
        height=height,
        regions=regions,
        dots=tuple(_dots(plane, chart)),
        marks=tuple(_marks(plane, found, notes)),
        says=_says(found, notes, len(chart.dots)),
    )


def _plane(points: Floats) -> tuple[_Plane, int]:
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    squeeze = float(np.cos(np.radians((south + north) / 2)))
    a_degree = (WIDTH - 2 * _PAD) / ((east - west) * squeeze)
    plane = _Plane(west=float(west), north=float(north), a_degree=float(a_degree), squeeze=squeeze)
    return plane, round(float((north - south) * a_degree) + 2 * _PAD)


def _region(plane: _Plane, outline: Outline, note: RegionNote | None) -> RegionDrawing:
    largest = max(outline.rings, key=lambda ring: abs(_area(ring)))
    centre = _label_point(largest)
    size = abs(_area(largest)) * plane.a_degree**2 * plane.squeeze
    return RegionDrawing(
        path="".join(_path(plane, ring) for ring in outline.rings),
        shade=0 if note is None else note.shade,
        is_known=note is not None,
        is_hatched=note is not None and note.is_hatched,
        name=outline.name,
        note="" if note is None else note.note,
        x=r(float(plane.x(centre[0:1])[0])),
        y=r(float(plane.y(centre[1:2])[0])),
        is_small=size < _SMALL_AREA,
    )


def _path(plane: _Plane, ring: Floats) -> str:
    xs, ys = plane.x(ring[:, 0]), plane.y(ring[:, 1])
    return "M" + "L".join(f"{r(x)} {r(y)}" for x, y in zip(xs[:-1], ys[:-1], strict=True)) + "Z"


def _area(ring: Floats) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2


def _centre(ring: Floats) -> Floats:
    x, y = ring[:, 0], ring[:, 1]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    whole = float(np.sum(cross)) * 3
    return np.array([np.sum((x[:-1] + x[1:]) * cross) / whole, np.sum((y[:-1] + y[1:]) * cross) / whole])


def _label_point(ring: Floats) -> Floats:
    """Return the point inside a ring with the most room for words, which are wider than high."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    steps = (np.arange(_GRID) + 0.5) / _GRID
    grid = np.stack(np.meshgrid(*(low[axis] + steps * (high - low)[axis] for axis in (0, 1))), axis=-1)
    points = grid.reshape(-1, 2)
    inside = points[_is_inside(points, ring)]
    if not len(inside):
        return _centre(ring)
    away = (inside[:, None, :] - ring[None, :, :]) * np.array([0.5, 1.0])
    room = np.sqrt((away**2).sum(axis=-1)).min(axis=1)
    best: Floats = inside[int(np.argmax(room))]
    return best


def _is_inside(points: Floats, ring: Floats) -> Bools:
    """Count the edges that a ray to the east crosses; an odd number is inside."""
    x, y = points[:, 0:1], points[:, 1:2]
    x0, y0, x1, y1 = ring[:-1, 0], ring[:-1, 1], ring[1:, 0], ring[1:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    is_inside: Bools = crossing.sum(axis=1) % 2 == 1
    return is_inside


def _dots(plane: _Plane, chart: MapChart) -> list[tuple[str, str, str, bool]]:
    """Circles grow with the root of deaths; those without are hollow and drawn first."""
    return [
        (
            r(float(plane.x(np.array([dot.longitude]))[0])),
            r(float(plane.y(np.array([dot.latitude]))[0])),
            r(min(2.0 + dot.killed**0.5 * 0.9, 9.0)),
            dot.killed > 0,
        )
        for dot in sorted(chart.dots, key=lambda each: each.killed)
    ]


def _marks(
    plane: _Plane, found: tuple[Outline, ...], notes: dict[str, RegionNote]
) -> list[tuple[float, float, str]]:
    marks = []
    for outline in found:
        note = notes.get(outline.code)
        if note is not None and note.mark:
            centre = _label_point(max(outline.rings, key=lambda ring: abs(_area(ring))))
            x, y = float(plane.x(centre[0:1])[0]), float(plane.y(centre[1:2])[0])
            marks.append((round(x - 36, 1), round(y + 17, 1), note.mark))
    return marks


def _says(found: tuple[Outline, ...], notes: dict[str, RegionNote], incidents: int) -> str:
    told = [f"{outline.name} {notes[outline.code].note}" for outline in found if outline.code in notes]
    regions = "; ".join(told) or ", ".join(outline.name for outline in found)
    return f"Regions: {regions}. {incidents} incidents."
