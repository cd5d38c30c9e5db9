"""Geometries as plain edges for the grid kernels, and two judges: a fast float test, and shapely where it is unsure.

Coordinates are never shifted or rounded: a predicate judged on moved vertices would be judged on another polygon.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_POLYGON = 3
_MULTI = 4

# Static error bound of the orientation determinant: (3 + 16 eps) eps with eps = 2**-53.
# J. R. Shewchuk, "Adaptive precision floating-point arithmetic and fast robust geometric predicates", 1997.
_ERROR_BOUND = 3.3306690738754716e-16

# Strips are searched this much wider (share of a cell), so that rounding in the search never hides a cell.
SEARCH_MARGIN = 0.01


@dataclass(frozen=True, eq=False)
class Edges:
    """Simple parts (points, lines, polygons) of geometries and their edges, in the order of the parts."""

    given: int  # geometries they come from, None and empty ones too
    parts: NDArray[Any]  # (n_parts,) shapely geometries
    is_area: NDArray[np.bool_]  # (n_parts,) polygons
    owner: NDArray[np.int64]  # (n_parts,) which of the given geometries a part comes from; never falls
    first: NDArray[np.int64]  # (n_parts + 1,) edges first[i]:first[i + 1] belong to part i
    xy: NDArray[np.float64]  # (n_edges, 4) x and y of both ends, m; a point is an edge without length
    part: NDArray[np.int64]  # (n_edges,)


def edges_of(geometries: Iterable[BaseGeometry | None]) -> Edges:
    """Split any geometries into simple parts and these into edges. None and empty geometries are left out."""
    given = list(geometries)
    owner = np.array([i for i, geometry in enumerate(given) if geometry is not None], dtype=np.int64)
    parts = np.array([given[i] for i in owner], dtype=object)
    while (shapely.get_type_id(parts) >= _MULTI).any():
        parts, whole = shapely.get_parts(parts, return_index=True)
        owner = owner[whole]
    filled = ~shapely.is_empty(parts)
    parts, owner = parts[filled], owner[filled]
    kind = shapely.get_type_id(parts)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    line_part = np.flatnonzero((kind > 0) & (kind < _POLYGON))
    path_part = np.concatenate([ring_part, line_part]).astype(np.int64)
    vertices, path = shapely.get_coordinates(np.concatenate([rings, parts[line_part]]), return_index=True)
    joined = path[1:] == path[:-1]
    point_part = np.flatnonzero(kind == 0)
    point_xy = shapely.get_coordinates(parts[point_part])
    xy = np.vstack([np.hstack([vertices[:-1][joined], vertices[1:][joined]]), np.hstack([point_xy, point_xy])])
    part = np.concatenate([path_part[path[:-1][joined]], point_part]).astype(np.int64)
    order = np.argsort(part, kind="stable")
    first = np.searchsorted(part[order], np.arange(len(parts) + 1)).astype(np.int64)
    return Edges(len(given), parts, kind == _POLYGON, owner, first, np.ascontiguousarray(xy[order]), part[order])


def meets(edges: Edges, part: NDArray[np.int64], shapes: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether `shapes[i]` meets part `part[i]`, outline included: shapely's word, which is exact and final."""
    shapely.prepare(edges.parts[np.unique(part)])
    return np.asarray(shapely.intersects(edges.parts[part], shapes), dtype=bool)


@njit(cache=True)
def roomier(table, rows):  # type: ignore[no-untyped-def]
    """`table` with room for that many rows: itself, or a copy at least twice as long."""
    if rows <= len(table):
        return table
    longer = np.empty((max(rows, 2 * len(table)), table.shape[1]), table.dtype)
    longer[: len(table)] = table
    return longer


@njit(cache=True)
def side_of(ax, ay, bx, by, px, py):  # type: ignore[no-untyped-def]
    """1 where p lies surely left of the line a to b, -1 surely right, 0 where rounding could decide."""
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    determinant = left - right
    bound = _ERROR_BOUND * (abs(left) + abs(right))
    if determinant > bound:
        return 1
    if determinant < -bound:
        return -1
    return 0


@njit(cache=True)
def part_in_strip(x1, y1, x2, y2, south, north):  # type: ignore[no-untyped-def]
    """West and east end of the part of an edge between two heights, m; good to rounding, for searching only."""
    rise = y2 - y1
    start, end = 0.0, 1.0
    if rise != 0.0:
        at_south = (south - y1) / rise
        at_north = (north - y1) / rise
        start = max(0.0, min(at_south, at_north))
        end = min(1.0, max(at_south, at_north))
    x_start = x1 + start * (x2 - x1)
    x_end = x1 + end * (x2 - x1)
    return min(x_start, x_end), max(x_start, x_end)


@njit(cache=True)
def whole_between(low, high, least, most):  # type: ignore[no-untyped-def]
    """First and last whole number in [low, high] widened by SEARCH_MARGIN and held to [least, most]."""
    first = np.ceil(min(max(low - SEARCH_MARGIN, least), most + 1.0))
    last = np.floor(max(min(high + SEARCH_MARGIN, most), least - 1.0))
    return int(first), int(last)
