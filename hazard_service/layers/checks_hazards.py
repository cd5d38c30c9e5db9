"""What the geometry of hazards and releases becomes: valid polygons, in the programme's metre CRS.

A hazard never loses ground: points become circles, lines and collapsed polygons corridors, invalid outlines close all
they can be read to hold. A release never gains any: what is not a polygon opens nothing.
"""

import math
from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from hazard_service import overlay
from hazard_service.layers.checks_shapes import LINES, POLYGONS
from hazard_service.layers.findings import LayerRows
from hazard_service.layers.projecting import flat_parts
from hazard_service.layers.repair import Repaired, equal_area_circle, polygonal, repair_hazard, repair_release

_POINTS = (GeometryType.POINT, GeometryType.MULTIPOINT)
_COLLECTION = GeometryType.GEOMETRYCOLLECTION
# A polygon narrower than this on average is a line: flat in degrees, and bent a little by projection.
FLAT_M = 0.05


def shape_hazards(rows: LayerRows, position_error_m: float) -> float:
    """Makes every hazard a valid polygon and adds the column `remnant` (zero-width leftovers, or None).

    Returns the m² that stay closed because methods of repair do not agree on them.
    """
    collection = shapely.get_type_id(rows.geometry) == _COLLECTION
    rows.geometry[collection] = [_unwrapped(shape) for shape in rows.geometry[collection]]
    kind = shapely.get_type_id(rows.geometry)
    rows.put("remnant", [None] * len(kind))
    _circles(rows, np.isin(kind, _POINTS), position_error_m)
    line = np.isin(kind, LINES)
    rows.geometry[line] = [corridor(shape, position_error_m) for shape in rows.geometry[line]]
    corridor_m = f"a corridor of {position_error_m:g} m to either side"
    rows.flag(line, "wrong_geometry_type", "repaired", f"It is a line; it is closed as {corridor_m}.")
    mixed = kind == _COLLECTION
    rows.flag(
        collection, "wrong_geometry_type", "repaired",
        "It is a collection; all that is in it is closed, points and lines with the ground round them.",
    )  # fmt: skip
    bands = _part_bands(rows, mixed, position_error_m)
    invalid = np.isin(kind, POLYGONS) & ~shapely.is_valid(rows.geometry)
    mended = _mend(rows, invalid | mixed, repair_hazard)
    rows.flag(invalid, "invalid_geometry", "repaired", _invalid_details(mended, invalid, "closed"))
    remnants, drawn = rows.column("remnant").copy(), rows.geometry.copy()
    for at in np.flatnonzero(invalid | mixed):
        rows.geometry[at], remnants[at] = mended[at].polygon, mended[at].remnant
        if bands[at] is not None:
            rows.geometry[at] = polygonal(overlay.union_all([rows.geometry[at], bands[at]]))
    collapsed = _is_flat(rows.geometry)
    for at in np.flatnonzero(collapsed):
        left = [shape for shape in (rows.geometry[at], remnants[at]) if shape is not None]
        whole = shapely.GeometryCollection(left) if left else shapely.convex_hull(drawn[at])
        rows.geometry[at], remnants[at] = corridor(whole, position_error_m), None
    rows.put("remnant", remnants)
    rows.flag(collapsed, "collapsed_geometry", "repaired", f"It has no area; it is closed as {corridor_m}.")
    beside = np.array([line is not None for line in remnants], dtype=bool)
    lines_m = [line.length for line in remnants[beside]]
    rows.flag(
        beside, "collection_after_repair", "repaired",
        [f"Repair left {length:,.1f} m of lines beside the polygon; they stay closed." for length in lines_m],
    )  # fmt: skip
    return _kept_closed_m2(mended)


def shape_releases(rows: LayerRows) -> float:
    """Makes every release a valid polygon; release_without_polygon is refused.

    Returns the m² that stay closed because methods of repair do not agree on them.
    """
    kind = shapely.get_type_id(rows.geometry)
    mixed = kind == _COLLECTION
    invalid = np.isin(kind, POLYGONS) & ~shapely.is_valid(rows.geometry)
    mended = _mend(rows, invalid | mixed, repair_release)
    none = ~np.isin(kind, (*POLYGONS, _COLLECTION))
    for at in np.flatnonzero(invalid | mixed):
        rows.geometry[at] = mended[at].polygon
    none |= _is_flat(rows.geometry)
    rows.flag(mixed & ~none, "wrong_geometry_type", "repaired", "It is a collection; only its polygons open ground.")
    rows.flag(invalid & ~none, "invalid_geometry", "repaired", _invalid_details(mended, invalid & ~none, "opened"))
    rows.refuse(none, "release_without_polygon", "It has no usable polygon; the release opens nothing.")
    return _kept_closed_m2(mended)


def corridor(shape: BaseGeometry, half_width_m: float) -> Polygon | MultiPolygon:
    """The ground within half_width_m of a shape and all that it goes round, because a hazard may be drawn by its
    outline alone."""
    band = polygonal(shapely.buffer(shape, half_width_m))
    parts = [Polygon(part.exterior) for part in shapely.get_parts(band)]
    whole = polygonal(overlay.union_all(parts))
    return whole if whole is not None else Polygon()


def _unwrapped(collection: BaseGeometry) -> BaseGeometry:
    """A collection of nothing but points, or nothing but lines, as what it is; any other as it stands."""
    parts, _ = flat_parts(np.array([collection], dtype=object))
    kind = shapely.get_type_id(parts)
    if (kind == GeometryType.POINT).all():
        return MultiPoint(parts)
    return MultiLineString(list(parts)) if np.isin(kind, LINES).all() else collection


def _part_bands(rows: LayerRows, mixed: NDArray[np.bool_], position_error_m: float) -> NDArray[np.object_]:
    """(n,) the ground round points and lines met in collections, which are left with their polygons; else None.

    A reported area is of the whole collection, so its points are circles of the position error.
    """
    bands = np.full(len(mixed), None, dtype=object)
    for at in np.flatnonzero(mixed):
        parts, _ = flat_parts(rows.geometry[[at]])
        ground = shapely.get_type_id(parts) == GeometryType.POLYGON
        rows.geometry[at] = shapely.GeometryCollection(list(parts[ground]))
        if not ground.all():
            bands[at] = overlay.union_all([_band(part, position_error_m) for part in parts[~ground]])
    return bands


def _band(part: BaseGeometry, position_error_m: float) -> BaseGeometry:
    if isinstance(part, Point):
        return equal_area_circle(part, math.pi * position_error_m**2)
    return corridor(part, position_error_m)


def _circles(rows: LayerRows, point: NDArray[np.bool_], position_error_m: float) -> None:
    """point_with_area: a circle of that area about each point. point_without_area: of the position error."""
    area_m2 = rows.frame["area_reported_m2"].to_numpy(dtype=float)
    with_area = point & (area_m2 > 0)
    smallest_m2 = math.pi * position_error_m**2
    for at in np.flatnonzero(point):
        size = area_m2[at] if with_area[at] else smallest_m2
        circles = [equal_area_circle(spot, size) for spot in shapely.get_parts(rows.geometry[at]) if not spot.is_empty]
        rows.geometry[at] = polygonal(overlay.union_all(circles))
    rows.flag(
        with_area, "point_with_area", "repaired",
        [f"It is a point with an area; it is closed as a circle of {size:,.0f} m²." for size in area_m2[with_area]],
    )  # fmt: skip
    rows.flag(
        point & ~with_area, "point_without_area", "repaired",
        f"It is a point without an area; it is closed as a circle {position_error_m:g} m round it.",
    )  # fmt: skip


def _is_flat(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """(n,) bool: without an area to speak of; None too."""
    wide = shapely.area(geometry) > shapely.length(geometry) / 2 * FLAT_M
    return np.asarray(~wide, dtype=bool)


def _kept_closed_m2(mended: NDArray[np.object_]) -> float:
    return float(sum(found.kept_closed_m2 for found in mended if found is not None))


def _mend(
    rows: LayerRows, where: NDArray[np.bool_], repair: Callable[[BaseGeometry | None], Repaired]
) -> NDArray[np.object_]:
    mended = np.full(len(where), None, dtype=object)
    for at in np.flatnonzero(where):
        mended[at] = repair(rows.geometry[at])
    return mended


def _invalid_details(mended: NDArray[np.object_], where: NDArray[np.bool_], done: str) -> list[str]:
    said = "all ground that it can be read to hold is closed" if done == "closed" else (
        "only the ground that every reading agrees on is opened"
    )  # fmt: skip
    return [
        f"Its outline crosses or touches itself; {said}"
        + (f" ({found.kept_closed_m2:,.0f} m² in doubt stay closed)." if found.kept_closed_m2 >= 0.5 else ".")
        for found in mended[where]
    ]
