"""A plain projection of degrees on a picture, and the geometry of rings on it."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.series import Bools, Floats
from monitor.render.svg import r

PAD = 6.0
_GRID = 24
_LEAST_SQUEEZE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """A plain projection: degrees scaled by the cosine of the middle latitude."""

    west: float
    north: float
    a_degree: float
    squeeze: float

    def x(self, longitude: Floats) -> Floats:
        """Pixels of degrees east."""
        return PAD + (longitude - self.west) * self.squeeze * self.a_degree

    def y(self, latitude: Floats) -> Floats:
        """Pixels of degrees north."""
        return PAD + (self.north - latitude) * self.a_degree


def plane_of(points: Floats, *, width: int) -> tuple[Plane, int]:
    """Return a plane that holds all points (longitude, latitude), and its height in pixels."""
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    squeeze = squeeze_at(float(south + north) / 2)
    a_degree = (width - 2 * PAD) / ((east - west) * squeeze)
    plane = Plane(west=float(west), north=float(north), a_degree=float(a_degree), squeeze=squeeze)
    return plane, round(float((north - south) * a_degree) + 2 * PAD)


def squeeze_at(latitude: float) -> float:
    """Return how long a degree east is beside one north; near a pole it is taken as longer than it is."""
    return max(_LEAST_SQUEEZE, float(np.cos(np.radians(latitude))))


def ring_path(plane: Plane, ring: Floats) -> str:
    """Return a ring as a closed path."""
    xs, ys = plane.x(ring[:, 0]), plane.y(ring[:, 1])
    return "M" + "L".join(f"{r(x)} {r(y)}" for x, y in zip(xs[:-1], ys[:-1], strict=True)) + "Z"


def ring_area(ring: Floats) -> float:
    """Return the area inside a ring in square degrees, negative where it runs clockwise."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2


def _centre(ring: Floats) -> Floats:
    x, y = ring[:, 0], ring[:, 1]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    whole = float(np.sum(cross)) * 3
    return np.array([np.sum((x[:-1] + x[1:]) * cross) / whole, np.sum((y[:-1] + y[1:]) * cross) / whole])


def label_point(ring: Floats) -> Floats:
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
