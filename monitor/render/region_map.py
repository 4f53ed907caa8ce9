"""The map of a country's admin-1 regions: greys for concern, hatching for contested, dots for incidents."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.chart import MapChart, RegionNote
from monitor.domain.spoken import parted
from monitor.domain.wording import say, say_many
from monitor.geo.outlines import Outline, outlines
from monitor.render.plane import Plane, label_point, plane_of, ring_area, ring_path
from monitor.render.svg import r

WIDTH = 404
_SMALL_AREA = 900.0


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


def region_map(chart: MapChart) -> MapDrawing:
    """Draw the map."""
    found = outlines(chart.country)
    if not found:
        return MapDrawing(
            width=WIDTH, height=0, regions=(), dots=(), marks=(), says=say("No outlines are known.")
        )
    everything = np.concatenate([ring for outline in found for ring in outline.rings])
    plane, height = plane_of(everything, width=WIDTH)
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


def _region(plane: Plane, outline: Outline, note: RegionNote | None) -> RegionDrawing:
    largest = max(outline.rings, key=lambda ring: abs(ring_area(ring)))
    centre = label_point(largest)
    size = abs(ring_area(largest)) * plane.a_degree**2 * plane.squeeze
    return RegionDrawing(
        path="".join(ring_path(plane, ring) for ring in outline.rings),
        shade=0 if note is None else note.shade,
        is_known=note is not None,
        is_hatched=note is not None and note.is_hatched,
        name=outline.name,
        note="" if note is None else note.note,
        x=r(float(plane.x(centre[0:1])[0])),
        y=r(float(plane.y(centre[1:2])[0])),
        is_small=size < _SMALL_AREA,
    )


def _dots(plane: Plane, chart: MapChart) -> list[tuple[str, str, str, bool]]:
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
    plane: Plane, found: tuple[Outline, ...], notes: dict[str, RegionNote]
) -> list[tuple[float, float, str]]:
    marks = []
    for outline in found:
        note = notes.get(outline.code)
        if note is not None and note.mark:
            centre = label_point(max(outline.rings, key=lambda ring: abs(ring_area(ring))))
            x, y = float(plane.x(centre[0:1])[0]), float(plane.y(centre[1:2])[0])
            marks.append((round(x - 36, 1), round(y + 17, 1), note.mark))
    return marks


def _says(found: tuple[Outline, ...], notes: dict[str, RegionNote], incidents: int) -> str:
    told = [f"{outline.name} {notes[outline.code].note}" for outline in found if outline.code in notes]
    regions = parted(told) or ", ".join(outline.name for outline in found)
    return say_many(
        "Regions: {regions}. {n} incident.", "Regions: {regions}. {n} incidents.", incidents, regions=regions
    )
