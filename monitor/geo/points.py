"""Points in regions: a tree of the outlines that packs bring, asked for many points at once."""

from functools import lru_cache

import numpy as np
import shapely

from monitor.domain.series import Floats
from monitor.geo.outlines import Outline, all_outlines


def regions_at(longitude: Floats, latitude: Floats) -> list[Outline | None]:
    """Return the region each point (degrees) lies in; None in none that a pack brings.

    Of two regions around a point, as one inside another, it lies in the smaller.
    """
    tree, regions = _tree()
    found: list[Outline | None] = [None] * len(longitude)
    points, places = tree.query(shapely.points(longitude, latitude))
    # The tree compares boxes; its own predicate prepares each point and not the shapes, which is slow.
    is_in = shapely.intersects_xy(tree.geometries[places], longitude[points], latitude[points])
    points, places = points[is_in], places[is_in]
    # Regions are numbered from the largest: of several the last one stays.
    order = np.argsort(places, kind="stable")
    for point, place in zip(points[order].tolist(), places[order].tolist(), strict=True):
        found[point] = regions[place]
    return found


def _shape(outline: Outline) -> shapely.Geometry:
    return shapely.make_valid(shapely.multipolygons([shapely.polygons(ring) for ring in outline.rings]))


@lru_cache(maxsize=1)
def _tree() -> tuple[shapely.STRtree, list[Outline]]:
    """Return a tree of prepared shapes, the largest first, and the regions in the same order."""
    shapes = [
        (
            shapely.make_valid(shapely.multipolygons([shapely.polygons(ring) for ring in outline.rings])),
            outline,
        )
        for outline in all_outlines().values()
    ]
    shapes.sort(key=lambda pair: (-pair[0].area, pair[1].code))
    for shape, _ in shapes:
        shapely.prepare(shape)
    return shapely.STRtree([shape for shape, _ in shapes]), [outline for _, outline in shapes]
