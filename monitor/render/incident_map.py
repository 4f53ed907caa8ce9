"""The map of incidents: dots at points, a shade and a number in regions of which no more is known."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from monitor.domain.incident_picture import IncidentMap, Spot
from monitor.domain.series import Floats
from monitor.domain.spoken import listed
from monitor.domain.wording import msgid, say, say_many
from monitor.geo.outlines import Outline, outlines
from monitor.render.plane import PAD, Plane, label_point, plane_of, ring_area, ring_path, squeeze_at
from monitor.render.svg import r

WIDTH = 404
_MOST_HEIGHT, _LEAST_DEGREES, _SHADES = 440, 1.0, 2
# Names stand in regions while there are few; a region smaller than this carries none.
_NAMED, _ROOM = 14, 1500.0
_ALONE, _LABEL = 5.0, 30.0
_STEPS = (0.5, 1, 2, 5, 10, 20, 45)

_EAST_WEST, _NORTH_SOUTH = (msgid("E"), msgid("W")), (msgid("N"), msgid("S"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One region: its path, its shade from 0, and its words at a point."""

    path: str
    shade: int
    name: str
    number: str
    x: str
    y: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A circle; filled where people died."""

    x: str
    y: str
    size: str
    is_deadly: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Meridian:
    """A line of whole degrees where no outline is known, with its label."""

    path: str
    label: str
    x: str
    y: str
    is_parallel: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentMapDrawing:
    """A map ready to be written; `outside` incidents lie beyond its edges."""

    width: int
    height: int
    areas: tuple[Area, ...] = ()
    lines: tuple[Meridian, ...] = ()
    dots: tuple[Dot, ...] = ()
    outside: int = 0
    says: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw on."""
        return not self.areas and not self.lines


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What stays the same under all dots: the plane, and each region with its path and its words' point."""

    plane: Plane
    height: int
    regions: tuple[tuple[Outline, str, float, float, float], ...]


def incident_map(chart: IncidentMap) -> IncidentMapDrawing:
    """Draw a map on the outlines of its countries, or on lines of degrees where none is known."""
    ground = _ground(chart.countries)
    if ground is None:
        return _on_degrees(chart) if chart.spots else IncidentMapDrawing(width=WIDTH, height=0)
    dots, outside = drawn_dots(ground.plane, (WIDTH, ground.height), chart.spots)
    most = max((chart.in_region.get(each.code, 0) for each, *_ in ground.regions), default=0)
    has_names = len(ground.regions) <= _NAMED
    areas = tuple(
        Area(
            path=path, shade=_shade(chart.in_region.get(outline.code, 0), most),
            name=outline.name if has_names and room > _ROOM else "",
            number=str(chart.in_region.get(outline.code, "")), x=r(x), y=r(y),
        )
        for outline, path, x, y, room in ground.regions
    )  # fmt: skip
    return IncidentMapDrawing(
        width=WIDTH, height=ground.height, areas=areas, dots=dots, outside=outside,
        says=_says(chart, {each.code: each.name for each, *_ in ground.regions}),
    )  # fmt: skip


@lru_cache(maxsize=32)
def _ground(countries: tuple[str, ...]) -> _Ground | None:
    found = [outline for country in countries for outline in outlines(country)]
    if not found:
        return None
    plane, height = plane_of(np.concatenate([ring for each in found for ring in each.rings]), width=WIDTH)
    return _Ground(plane=plane, height=height, regions=tuple(_region(plane, each) for each in found))


def _region(plane: Plane, outline: Outline) -> tuple[Outline, str, float, float, float]:
    """Return a region with its path, where its words stand, and its size in square pixels."""
    largest = max(outline.rings, key=lambda ring: abs(ring_area(ring)))
    middle = label_point(largest)
    x, y = float(plane.x(middle[0:1])[0]), float(plane.y(middle[1:2])[0])
    path = "".join(ring_path(plane, ring) for ring in outline.rings)
    return outline, path, x, y, abs(ring_area(largest)) * plane.a_degree**2 * plane.squeeze


def _on_degrees(chart: IncidentMap) -> IncidentMapDrawing:
    points = np.array([(each.longitude, each.latitude) for each in chart.spots], dtype=np.float64)
    box = _box(points)
    plane, height = plane_of(box, width=WIDTH)
    dots, outside = drawn_dots(plane, (WIDTH, height), chart.spots)
    return IncidentMapDrawing(
        width=WIDTH, height=height, lines=tuple(_lines(plane, height, box)), dots=dots, outside=outside,
        says=_says(chart, {}),
    )  # fmt: skip


def _box(points: Floats) -> Floats:
    """Return two corners around points, with some room, and never higher than the picture may be."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum((high - low) * 0.06, _LEAST_DEGREES / 2)
    low, high = low - room, high + room
    squeeze = squeeze_at(float(low[1] + high[1]) / 2)
    missing = (high[1] - low[1]) * WIDTH / (_MOST_HEIGHT * squeeze) - (high[0] - low[0])
    if missing > 0:
        low[0], high[0] = low[0] - missing / 2, high[0] + missing / 2
    return np.array([low, high])


def _lines(plane: Plane, height: int, box: Floats) -> list[Meridian]:
    low, high = box
    step = next((each for each in _STEPS if (high - low).max() / each <= 6), _STEPS[-1])  # noqa: PLR2004
    found = []
    for degrees in np.arange(np.ceil(low[0] / step) * step, high[0], step):
        x = float(plane.x(np.array([degrees]))[0])
        found.append(
            Meridian(path=f"M{r(x)} {r(PAD)}V{r(height - PAD)}", label=_degrees(degrees, _EAST_WEST),
                     x=r(x + 3), y=r(height - PAD - 3), is_parallel=False)
        )  # fmt: skip
    for degrees in np.arange(np.ceil(low[1] / step) * step, high[1], step):
        y = float(plane.y(np.array([degrees]))[0])
        found.append(
            Meridian(path=f"M{r(PAD)} {r(y)}H{r(WIDTH - PAD)}", label=_degrees(degrees, _NORTH_SOUTH),
                     x=r(PAD + 2), y=r(y - 3), is_parallel=True)
        )  # fmt: skip
    return [each for each in found if float(each.x) + _LABEL <= WIDTH]


def _degrees(value: float, sides: tuple[str, str]) -> str:
    return f"{abs(value):g}°{'' if not value else say(sides[0] if value > 0 else sides[1])}"


def drawn_dots(plane: Plane, size: tuple[int, int], spots: tuple[Spot, ...]) -> tuple[tuple[Dot, ...], int]:
    """Return circles that grow with deaths, the deadliest last, and how many incidents are off the map."""
    found, outside = [], 0
    width, height = size
    for spot in sorted(spots, key=lambda each: each.killed):
        x = float(plane.x(np.array([spot.longitude]))[0])
        y = float(plane.y(np.array([spot.latitude]))[0])
        if 0 <= x <= width and 0 <= y <= height:
            least = _ALONE if len(spots) == 1 else 2.0
            radius = min(least + spot.killed**0.5 * 0.9, 9.0)
            found.append(Dot(x=r(x), y=r(y), size=r(radius), is_deadly=spot.killed > 0))
        else:
            outside += spot.incidents
    return tuple(found), outside


def _shade(number: int, most: int) -> int:
    """Return 0 for none, else 1 or 2: the upper half of what there is at most."""
    return 0 if not number else _SHADES if number * 2 > most else 1


def _says(chart: IncidentMap, names: dict[str, str]) -> str:
    dots = sum(each.incidents for each in chart.spots)
    regions = [f"{names[code]} {number}" for code, number in sorted(chart.in_region.items()) if code in names]
    incidents = say_many("{n} incident", "{n} incidents", dots)
    told = say_many(
        "{incidents} at {n} point.", "{incidents} at {n} points.", len(chart.spots), incidents=incidents
    )
    if not regions:
        return told
    alone = say("Known to the region alone: {regions}.", regions=listed(regions))
    return f"{told} {alone}"
