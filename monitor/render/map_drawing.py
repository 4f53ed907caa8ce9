"""The map of regions through time: greys by concern, no data left open, words inside, dots for incidents."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from monitor.domain.map_picture import MapCell, MapPicture, Told
from monitor.domain.series import Floats
from monitor.domain.wording import say, say_many
from monitor.geo.countries import drawn_countries
from monitor.geo.outlines import outlines
from monitor.geo.simplified import borders, simplified
from monitor.render.incident_map import Dot, drawn_dots
from monitor.render.plane import Plane, label_point, plane_of, ring_area, ring_path
from monitor.render.svg import r

MAP_WIDE, MAP_PHONE = 880, 358
# Lines are moved by no more than this; a name needs this many pixels a letter, and room above and below.
_PIXELS, _LETTER, _LINE = 2.0, 6.3, 26.0
_DIGIT, _STEP_DEGREES = 5.2, 0.1
# Half of a crossed box with its words.
_MARK = 34.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapArea:
    """A region or country: its path, what is told of it, and where its words stand.

    `name` and `words` are empty where they have no room; `says` is the whole sentence.
    """

    code: str
    path: str
    cell: MapCell
    name: str
    words: str
    x: str
    y: str
    mark_x: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPage:
    """A map ready to be written; `borders` are the countries' own lines."""

    width: int
    height: int
    areas: tuple[MapArea, ...]
    borders: tuple[str, ...]
    dots: tuple[Dot, ...]
    outside: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an area lies on the picture, with the room its words have."""

    code: str
    name: str
    path: str
    x: float
    y: float
    wide: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What stays the same under all months."""

    plane: Plane
    height: int
    places: tuple[_Place, ...]
    borders: tuple[str, ...]


def map_drawing(picture: MapPicture, width: int) -> MapPage:
    """Draw a map so many pixels wide."""
    ground = _ground(picture.countries, picture.is_by_country, width)
    dots, outside = drawn_dots(ground.plane, (width, ground.height), picture.spots)
    areas = tuple(_area(place, picture.cells.get(place.code)) for place in ground.places)
    return MapPage(
        width=width, height=ground.height, areas=areas, borders=ground.borders, dots=dots, outside=outside,
        says=_says(picture, ground),
    )  # fmt: skip


@lru_cache(maxsize=32)
def _ground(countries: tuple[str, ...], is_by_country: bool, width: int) -> _Ground:  # noqa: FBT001
    """Lay out the regions; lines are simplified to what so wide a picture can show."""
    everything = np.concatenate(
        [ring for code in countries for each in outlines(code) for ring in each.rings]
    )
    plane, height = plane_of(everything, width=width)
    degrees = _PIXELS / plane.a_degree
    edges = borders(countries, degrees=degrees)
    if is_by_country:
        named = {code: (drawn_countries()[code].name, edges[code]) for code in countries}
    else:
        rings = simplified(countries, degrees=degrees)
        named = {each.code: (each.name, rings[each.code]) for code in countries for each in outlines(code)}
    return _Ground(
        plane=plane,
        height=height,
        places=tuple(_place(plane, code, name, rings) for code, (name, rings) in named.items()),
        borders=tuple("".join(ring_path(plane, ring) for ring in edges[code]) for code in countries),
    )


def _place(plane: Plane, code: str, name: str, rings: tuple[Floats, ...]) -> _Place:
    largest = max(rings, key=lambda ring: abs(ring_area(ring)))
    middle = label_point(_dense(largest))
    wide, high = _room(plane, largest, middle)
    return _Place(
        code=code, name=name, path="".join(ring_path(plane, ring) for ring in rings),
        x=float(plane.x(middle[0:1])[0]), y=float(plane.y(middle[1:2])[0]), wide=wide, high=high,
    )  # fmt: skip


def _dense(ring: Floats) -> Floats:
    """Return a ring with points along its straight lines: how far it is away is measured to its points."""
    steps = np.maximum(1, np.ceil(np.abs(np.diff(ring, axis=0)).max(axis=1) / _STEP_DEGREES)).astype(int)
    shares = np.concatenate([np.arange(each) / each for each in steps])
    first = np.repeat(ring[:-1], steps, axis=0)
    found: Floats = first + shares[:, None] * np.repeat(np.diff(ring, axis=0), steps, axis=0)
    return np.concatenate([found, ring[-1:]])


def _room(plane: Plane, ring: Floats, middle: Floats) -> tuple[float, float]:
    """Return how far a ring's edges are apart through a point, across and down, in pixels."""
    xs, ys = plane.x(ring[:, 0]), plane.y(ring[:, 1])
    x, y = plane.x(middle[0:1])[0], plane.y(middle[1:2])[0]
    across = _crossings(ys, xs, y) - x
    down = _crossings(xs, ys, x) - y
    return _between(across), _between(down)


def _crossings(along: Floats, value: Floats, at: float) -> Floats:
    """Return where a ring crosses a line: `value` at the edges whose `along` lie on both sides of it."""
    first, second = along[:-1], along[1:]
    is_crossed = (first > at) != (second > at)
    share = (at - first[is_crossed]) / (second - first)[is_crossed]
    found: Floats = value[:-1][is_crossed] + share * (value[1:] - value[:-1])[is_crossed]
    return found


def _between(found: Floats) -> float:
    """Return twice the way to the nearer side."""
    before, after = found[found < 0], found[found >= 0]
    return 2 * float(min(-before.max(), after.min())) if len(before) and len(after) else 0.0


def _area(place: _Place, cell: MapCell | None) -> MapArea:
    cell = cell or MapCell(code=place.code)
    words = cell.words if cell.told is Told.VALUE else ""
    is_named = place.high >= _LINE and place.wide >= _LETTER * len(place.name)
    is_wide = place.wide >= _DIGIT * len(words) and place.high >= _DIGIT * 2
    return MapArea(
        code=place.code, path=place.path, cell=cell, name=place.name if is_named else "",
        words=words if is_wide else "", x=r(place.x), y=r(place.y), mark_x=r(max(2.0, place.x - _MARK)),
        says=f"{place.name}: {told_words(cell)}",
    )  # fmt: skip


def told_words(cell: MapCell) -> str:
    """Return what is told of a region, in words; what is missing is said, never nought."""
    words = {
        Told.VALUE: cell.words,
        Told.NOTHING: say("nothing told"),
        Told.NOT_YET: say("not known yet"),
        Told.OLD: say("last value too old"),
    }[cell.told]
    return f"{words}, {cell.mark}" if cell.mark else words


def _says(picture: MapPicture, ground: _Ground) -> str:
    """Return the map in a sentence: how many are told of, and what the darkest say."""
    told = [place for place in ground.places if _cell(picture, place).told is Told.VALUE]
    darkest = max((_cell(picture, place).shade for place in told), default=0)
    worst = [
        f"{place.name} {_cell(picture, place).words}"
        for place in told
        if _cell(picture, place).shade == darkest
    ]
    says = say("{told} of {all} areas have a value.", told=len(told), all=len(ground.places))
    if worst:
        says += " " + say("Darkest: {areas}.", areas="; ".join(worst[:6]))
    if picture.spots:
        dots = sum(each.incidents for each in picture.spots)
        says += " " + say_many("{n} incident at a point.", "{n} incidents at points.", dots)
    return says


def _cell(picture: MapPicture, place: _Place) -> MapCell:
    return picture.cells.get(place.code) or MapCell(code=place.code)
