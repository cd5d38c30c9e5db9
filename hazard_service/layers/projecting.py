"""From a file's own coordinates to the programme's metre CRS: vertices one by one, long straight edges bent first."""

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely import GeometryCollection, LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from hazard_service.layers.placing import WGS84, Box

# Straight in longitude and latitude is not straight in metres: an edge of 0.01° bends by under 0.2 m off the equator.
STEP_DEGREES = 0.01
_MOST_STEPS = 1000


def metre_crs(box: Box) -> pyproj.CRS:
    """Lambert azimuthal equal-area about the centre of a box in degrees, rounded to 0.1°; metres."""
    lon, lat = round((box[0] + box[2]) / 2, 1), round((box[1] + box[3]) / 2, 1)
    return pyproj.CRS(f"+proj=laea +lat_0={lat:.1f} +lon_0={lon:.1f} +datum=WGS84 +units=m +no_defs")


def project(
    geometry: NDArray[np.object_], source: pyproj.CRS, target: pyproj.CRS
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """((n,) geometries in the target CRS, (n,) longest edge between two vertices of the source in metres).

    Nothing is repaired on the way (shapely.segmentize drops half of a bow tie, so it is not used here).
    """
    turned = moved(geometry, source, target)
    edges_m = longest_edges(turned)
    if source.is_geographic:
        long = longest_edges(geometry) > STEP_DEGREES
        bent = np.array([_bend(shape) for shape in geometry[long]], dtype=object)
        turned[long] = moved(bent, source, target)
    return turned, edges_m


def degrees_box(geometry: NDArray[np.object_], source: pyproj.CRS) -> Box:
    """West, south, east, north of all geometries together, in degrees."""
    xy = shapely.get_coordinates(moved(geometry, source, WGS84))
    west, south = xy.min(axis=0)
    east, north = xy.max(axis=0)
    return float(west), float(south), float(east), float(north)


def longest_edges(geometry: NDArray[np.object_]) -> NDArray[np.float64]:
    """(n,) length of the longest edge of each geometry in its own units; 0 for points and None."""
    parts, owner = flat_parts(geometry)
    is_polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, ring_part = shapely.get_rings(parts[is_polygon], return_index=True)
    lines = np.concatenate([rings, parts[~is_polygon]])
    line_owner = np.concatenate([owner[is_polygon][ring_part], owner[~is_polygon]])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    steps = np.hypot(*np.diff(xy, axis=0).T)
    within = line[1:] == line[:-1]
    longest = np.zeros(len(geometry))
    np.maximum.at(longest, line_owner[line[1:]][within], steps[within])
    return longest


def flat_parts(geometry: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """(simple parts with coordinates of all geometries however deeply nested, (m,) row each belongs to)."""
    parts, owner = shapely.get_parts(geometry, return_index=True)
    while (nested := shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        inner, row = shapely.get_parts(parts[nested], return_index=True)
        parts = np.concatenate([parts[~nested], inner])
        owner = np.concatenate([owner[~nested], owner[nested][row]])
    empty = shapely.is_empty(parts)
    return parts[~empty], owner[~empty]


def moved(geometry: NDArray[np.object_], source: pyproj.CRS, target: pyproj.CRS) -> NDArray[np.object_]:
    transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)
    xy = shapely.get_coordinates(geometry)
    x, y = transformer.transform(xy[:, 0], xy[:, 1])
    return np.asarray(shapely.set_coordinates(geometry.copy(), np.column_stack([x, y])), dtype=object)


def _bend(shape: BaseGeometry) -> BaseGeometry:
    """A shape with vertices added along its long edges."""
    parts = [_bend_part(part) for part in flat_parts(np.array([shape], dtype=object))[0]]
    if len(parts) == 1:
        return parts[0]
    if shape.geom_type == "MultiPolygon":
        return MultiPolygon([part for part in parts if isinstance(part, Polygon)])
    if shape.geom_type == "MultiLineString":
        return MultiLineString([part for part in parts if isinstance(part, LineString)])
    return GeometryCollection(parts)


def _bend_part(part: BaseGeometry) -> BaseGeometry:
    if part.geom_type == "Polygon":
        rings = [_bend_line(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
        return Polygon(rings[0], rings[1:])
    if part.geom_type in ("LineString", "LinearRing"):
        return LineString(_bend_line(shapely.get_coordinates(part)))
    return part


def _bend_line(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = np.diff(xy, axis=0)
    counts = np.clip(np.ceil(np.hypot(*steps.T) / STEP_DEGREES), 1, _MOST_STEPS).astype(np.int64)
    edge = np.repeat(np.arange(len(steps)), counts)
    along = (np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[edge]
    return np.concatenate([xy[edge] + along[:, None] * steps[edge], xy[-1:]])
