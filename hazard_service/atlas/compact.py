"""Outlines as a page carries them: whole numbers, each the step from the corner before; never smaller than recorded."""

from typing import Any, Final

import numpy as np
import pyproj
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray

# A hundred-thousandth of a degree is about a metre.
STEPS_PER_DEGREE: Final = 100_000
_GRID: Final = 1 / STEPS_PER_DEGREE
# Outlines are drawn up to about twice this larger than recorded, to be carried with fewer corners.
OUTWARD_M: Final = 3.0
_TRIES: Final = 4

Rings = list[list[list[int]]]


def outward(outlines: NDArray[np.object_], crs: pyproj.CRS) -> NDArray[np.object_]:
    """(n,) outlines in longitude and latitude with few corners, each covering the recorded one; checked, not assumed.

    Areas grow by OUTWARD_M and lose corners within half of it; where rounding still cuts into the recorded outline, it
    grows more, and at last to its hull. Lines and points (zero-width remnants) keep their corners.
    """
    recorded = _degrees(outlines, crs)
    drawn = shapely.set_precision(recorded, _GRID, mode="pointwise")
    left = np.flatnonzero(shapely.get_dimensions(outlines) == 2)
    by_m = OUTWARD_M
    for turn in range(_TRIES + 1):
        shapes = outlines[left] if turn < _TRIES else shapely.convex_hull(outlines[left])
        larger = shapely.buffer(shapes, by_m, quad_segs=2)
        fewer = shapely.simplify(larger, by_m / 2 if turn < _TRIES else 0.0)
        drawn[left] = shapely.set_precision(_degrees(fewer, crs), _GRID)
        left = left[~shapely.covers(drawn[left], recorded[left])]
        by_m *= 2
    return drawn


def fewer_corners(shapes: NDArray[np.object_], crs: pyproj.CRS, within_m: float = OUTWARD_M / 2) -> NDArray[np.object_]:
    """(n,) shapes in longitude and latitude with fewer corners, to either side: for ground that is not closed."""
    return np.asarray(shapely.set_precision(_degrees(shapely.simplify(shapes, within_m), crs), _GRID))


def encoded(shape: Any) -> Rings:
    """The parts of a shape in degrees, each a list of rings (of a line: itself): first corner, then steps.

    A ring is [lon, lat, step, step, ...] in STEPS_PER_DEGREE; a polygon's closing corner is left out.
    """
    found = []
    for part in shapely.get_parts(shape):
        if shapely.is_empty(part):
            continue
        is_area = part.geom_type == "Polygon"
        found.append([_steps(ring, closed=is_area) for ring in (_rings(part) if is_area else [part])])
    return found


def _rings(polygon: Any) -> list[Any]:
    return [polygon.exterior, *polygon.interiors]


def _steps(line: Any, *, closed: bool) -> list[int]:
    corners = np.rint(shapely.get_coordinates(line) * STEPS_PER_DEGREE).astype(np.int64)
    corners = corners[:-1] if closed else corners
    steps = np.diff(corners, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    found: list[int] = steps.ravel().tolist()
    return found


def _degrees(shapes: NDArray[np.object_], crs: pyproj.CRS) -> NDArray[np.object_]:
    return np.asarray(GeoSeries(shapes, crs=crs).to_crs("EPSG:4326").to_numpy(), dtype=object)
