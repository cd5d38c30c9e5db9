"""Repair of geometry by what it stands for: a hazard never loses ground, a release never adds any.

All lengths are metres and all areas square metres: geometries come in the programme's equal-area CRS, with finite
coordinates. Repair methods disagree on invalid rings (shapely's make_valid by linework and by structure, and
buffer(0), are the three asked here); where they do, the ground stays closed and its area is told.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LinearRing, LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from hazard_service import overlay

# Below a square millimetre an area is the rounding of the arithmetic, not ground.
ROUNDING_M2 = 1e-6
CIRCLE_SIDES = 64
# A ring collapsed on one point keeps a line this long, because a line of no length is invalid and gets lost.
DOT_M = 0.001


@dataclass(frozen=True)
class Repaired:
    """What repair made of one geometry.

    polygon: valid, or None where nothing with an area is left.
    remnant: zero-width leftovers of a hazard that still block, or None; always None for a release.
    changed: False where the geometry was valid and passed as it came.
    kept_closed_m2: ground that only some methods call a hazard (or only some call released): it stays closed.
    """

    polygon: Polygon | MultiPolygon | None
    remnant: MultiLineString | None
    changed: bool
    kept_closed_m2: float


def repair_hazard(geometry: BaseGeometry | None) -> Repaired:
    """A valid hazard that covers all the ground its geometry can be read to cover.

    Per polygon: everything its outer ring winds round (non-zero winding number), with whatever any repair method
    adds, less its declared holes. A declared hole opens ground only as far as every method agrees on the hole's own
    shape and other holes do not cross it; a "hole" that lies outside its shell, or over all of it, is a ring in the
    wrong place and opens nothing. Polygons of one geometry are united. Spikes and collapsed rings, which have no
    area, and lines and points met in a collection, become the remnant.
    """
    if geometry is None or geometry.is_empty:
        return Repaired(None, None, False, 0.0)
    if isinstance(geometry, Polygon | MultiPolygon) and geometry.is_valid:
        return Repaired(geometry, None, False, 0.0)
    polygons, lines = _simple_parts(geometry)
    repaired = [_close_polygon(polygon) for polygon in polygons]
    ground = polygonal(overlay.union_all([closed for closed, _ in repaired]))
    loose = [*lines, *(line for _, leftovers in repaired for line in leftovers)]
    agreed = polygonal(shapely.intersection_all(_readings(MultiPolygon(polygons)))) if polygons else None
    kept_closed_m2 = 0.0
    if ground is not None:
        loose = [line for line in loose if not ground.covers(line)]
        kept_closed_m2 = ground.area if agreed is None else ground.difference(agreed).area
    return Repaired(ground, linear(overlay.union_all(loose)), True, float(kept_closed_m2))


def repair_release(geometry: BaseGeometry | None) -> Repaired:
    """A valid release that covers only the ground every repair method agrees on; polygon None if there is none."""
    if geometry is None or geometry.is_empty:
        return Repaired(None, None, False, 0.0)
    if isinstance(geometry, Polygon | MultiPolygon) and geometry.is_valid:
        return Repaired(geometry, None, False, 0.0)
    polygons, _ = _simple_parts(geometry)
    if not polygons:
        return Repaired(None, None, True, 0.0)
    readings = _readings(MultiPolygon(polygons))
    agreed = polygonal(shapely.intersection_all(readings))
    agreed_m2 = 0.0 if agreed is None else agreed.area
    return Repaired(agreed, None, True, float(max(0.0, *(reading.area - agreed_m2 for reading in readings))))


def equal_area_circle(point: Point, area_m2: float) -> Polygon:
    """A regular polygon of 64 sides about the point whose own area (not its circle's) is area_m2 > 0."""
    step = 2 * math.pi / CIRCLE_SIDES
    # A regular n-gon of circumradius R has the area n/2 · R² · sin(2π/n).
    radius_m = math.sqrt(2 * area_m2 / (CIRCLE_SIDES * math.sin(step)))
    angles = step * np.arange(CIRCLE_SIDES)
    return Polygon(np.column_stack([point.x + radius_m * np.cos(angles), point.y + radius_m * np.sin(angles)]))


def polygonal(geometry: BaseGeometry) -> Polygon | MultiPolygon | None:
    """The parts with an area, without lines and points; None if there are none."""
    parts = [part for part in _flat(geometry) if isinstance(part, Polygon) and part.area > 0]
    if len(parts) > 1:
        return MultiPolygon(parts)
    return parts[0] if parts else None


def linear(geometry: BaseGeometry) -> MultiLineString | None:
    """The parts with a length, without polygons and points; None if there are none."""
    parts = [part for part in _flat(geometry) if isinstance(part, LineString) and part.length > 0]
    return MultiLineString(parts) if parts else None


def _flat(geometry: BaseGeometry) -> list[BaseGeometry]:
    """The simple, non-empty parts, level by level: collections may be nested deeper than Python can recurse."""
    level, simple = np.array([geometry], dtype=object), list[BaseGeometry]()
    while len(level):
        nested = shapely.get_type_id(level) > shapely.GeometryType.POLYGON
        simple.extend(part for part in level[~nested] if not part.is_empty)
        level = shapely.get_parts(level[nested])
    return simple


def _simple_parts(geometry: BaseGeometry) -> tuple[list[Polygon], list[LineString]]:
    """Polygons, and everything else as lines."""
    polygons, lines = list[Polygon](), list[LineString]()
    for part in _flat(shapely.force_2d(geometry)):
        if isinstance(part, Polygon):
            polygons.append(part)
        else:
            lines.append(part if isinstance(part, LineString) and part.length > 0 else _dot(part))
    return polygons, lines


def _dot(geometry: BaseGeometry) -> LineString:
    x, y = shapely.get_coordinates(geometry)[0]
    return LineString([(x - DOT_M / 2, y), (x + DOT_M / 2, y)])


def _readings(geometry: BaseGeometry) -> list[BaseGeometry]:
    """The areas that the three repair methods read into a geometry; possibly empty."""
    readings = (
        shapely.make_valid(geometry, method="linework"),
        shapely.make_valid(geometry, method="structure", keep_collapsed=True),
        shapely.buffer(geometry, 0),
    )
    return [polygonal(reading) or Polygon() for reading in readings]


def _close_polygon(polygon: Polygon) -> tuple[BaseGeometry, list[BaseGeometry]]:
    """(ground closed by one polygon, possibly empty; linework of its outer ring that bounds no ground)."""
    if polygon.is_valid:
        return polygon, []
    wound, loose = _wind_round(shapely.get_coordinates(polygon.exterior))
    ground = overlay.union_all([wound, *_readings(polygon)])
    holes = _declared_holes(polygon.interiors, wound)
    return (ground if holes is None else ground.difference(holes)), loose


def _wind_round(ring_xy: NDArray[np.float64]) -> tuple[BaseGeometry, list[BaseGeometry]]:
    """(ground with a non-zero winding number, lines of the ring that bound none of it) for a closed (n, 2) ring."""
    noded = shapely.unary_union(LineString(ring_xy))
    if noded.length == 0:
        return Polygon(), [_dot(LineString(ring_xy))]
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner_xy = shapely.get_coordinates(shapely.point_on_surface(faces))
    faces = faces[np.array([_winding_number(ring_xy, x, y) != 0 for x, y in inner_xy], dtype=bool)]
    # Faces are cut from the noded lines themselves, so this difference meets equal coordinates only.
    loose = noded.difference(overlay.union_all(shapely.boundary(faces)))
    return overlay.union_all(faces), [line for line in _flat(loose) if line.length > 0]


def _winding_number(ring_xy: NDArray[np.float64], x: float, y: float) -> int:
    """How often a closed (n, 2) ring runs counter-clockwise round a point that is not on it (Sunday's crossings)."""
    start, end = ring_xy[:-1], ring_xy[1:]
    left = (end[:, 0] - start[:, 0]) * (y - start[:, 1]) - (x - start[:, 0]) * (end[:, 1] - start[:, 1])
    upward = (start[:, 1] <= y) & (end[:, 1] > y) & (left > 0)
    downward = (start[:, 1] > y) & (end[:, 1] <= y) & (left < 0)
    return int(upward.sum()) - int(downward.sum())


def _declared_holes(rings: Iterable[LinearRing], shell_ground: BaseGeometry) -> BaseGeometry | None:
    """The ground that the holes of a polygon open for certain; None if there is none."""
    holes = list[Polygon]()
    for ring in rings:
        hole = repair_release(Polygon(ring)).polygon
        if hole is None or shell_ground.intersection(hole).area <= ROUNDING_M2:
            continue
        if shell_ground.difference(hole).area > ROUNDING_M2:
            holes.extend(_simple_parts(hole)[0])
    if not holes:
        return None
    # Even-odd: an island drawn as a hole inside a hole, or ground where two holes cross, is read both ways.
    return polygonal(shapely.make_valid(MultiPolygon(holes), method="linework"))
