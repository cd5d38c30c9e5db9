"""Friction: minutes per metre on the flat, from land cover and routes. Hazards have no part in it."""

import math
from collections.abc import Iterable

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hazard_service.ground.edges import (
    SEARCH_MARGIN,
    edges_of,
    gather_unsure,
    meets,
    part_in_strip,
    side_of,
    whole_between,
)
from hazard_service.ground.grid import Grid
from hazard_service.settings import Settings


def friction(
    grid: Grid,
    settings: Settings,
    landcover: NDArray[np.float32] | None,
    routes: Iterable[BaseGeometry | None],
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Minutes per metre, (rows, cols) float32, inf = not walkable; and the caveats that go with it.

    `landcover`: (rows, cols) classes, NaN = no data; None = the off-road speed everywhere. A class of speed 0
    (water) is not walkable; no data and classes without a speed walk at the off-road speed and are counted.
    `routes`: lines in `grid.crs`. Every cell one touches walks at the route speed, even where land cover is
    faster, and over water.
    """
    min_per_m = np.full(grid.shape, minutes_per_metre(settings.offroad_kmh), dtype=np.float32)
    caveats: tuple[str, ...] = (
        f"No land cover: off the routes every walk is at {settings.offroad_kmh:g} km/h, and no water stops it.",
    )
    if landcover is not None:
        known = np.zeros(grid.shape, dtype=bool)
        for code, kmh in settings.landcover_kmh.items():
            here = landcover == code
            min_per_m[here] = minutes_per_metre(kmh)
            known |= here
        caveats = _unknown_cover(landcover, known, settings)
    min_per_m[touched_cells(routes, grid)] = minutes_per_metre(settings.route_kmh)
    return min_per_m, caveats


def minutes_per_metre(kmh: float) -> float:
    """Friction of a walking speed: 60 / (1000 km/h); inf where the speed is 0."""
    return 60.0 / (1000.0 * kmh) if kmh > 0 else math.inf


def touched_cells(lines: Iterable[BaseGeometry | None], grid: Grid) -> NDArray[np.bool_]:
    """Cells that one of the lines touches, if only at an edge or corner: (rows, cols) bool, exact.

    A line along the border of two rows of cells touches both; GDAL's `all_touched` may miss either.
    """
    edges = edges_of(lines)
    x_sides = grid.left_m + np.arange(grid.cols + 1) * grid.cell_m
    y_sides = grid.top_m - np.arange(grid.rows + 1) * grid.cell_m
    touched = np.zeros(grid.shape, dtype=np.bool_)
    unsure = gather_unsure(_touch, 3, edges.xy, edges.part, x_sides, y_sides, grid.cell_m, touched)
    unsure = np.unique(unsure[~touched[unsure[:, 1], unsure[:, 2]]], axis=0)
    part, row, col = unsure.T
    cells = shapely.box(x_sides[col], y_sides[row + 1], x_sides[col + 1], y_sides[row])
    hit = meets(edges, part, np.asarray(cells))
    touched[row[hit], col[hit]] = True
    return touched


def _unknown_cover(landcover: NDArray[np.float32], known: NDArray[np.bool_], settings: Settings) -> tuple[str, ...]:
    unknown = int(np.count_nonzero(~known))
    if unknown == 0:
        return ()
    missing = int(np.count_nonzero(np.isnan(landcover)))
    classes = np.unique(landcover[~known & ~np.isnan(landcover)])
    listed = f" ({', '.join(f'{code:g}' for code in classes[:5])}{', …' if len(classes) > 5 else ''})"
    return (
        f"Land cover is missing in {missing:,} of {known.size:,} cells and of a class without a speed"
        f"{listed if len(classes) else ''} in {unknown - missing:,}; "
        f"they are walked at the off-road speed, {settings.offroad_kmh:g} km/h.",
    )


@njit(cache=True)
def _touch(xy, part, x_sides, y_sides, cell_m, touched, unsure):  # type: ignore[no-untyped-def]
    """Set the cells that surely meet an edge; list (part, row, column) where rounding could decide."""
    rows, cols = touched.shape
    margin_m = SEARCH_MARGIN * cell_m
    found = 0
    for e in range(len(xy)):
        x1, y1, x2, y2 = xy[e]
        north, south = (y_sides[0] - max(y1, y2)) / cell_m, (y_sides[0] - min(y1, y2)) / cell_m
        first, last = whole_between(north - 1.0, south, 0, rows - 1)
        for row in range(first, last + 1):
            west, east = part_in_strip(x1, y1, x2, y2, y_sides[row + 1] - margin_m, y_sides[row] + margin_m)
            west, east = (west - x_sides[0]) / cell_m, (east - x_sides[0]) / cell_m
            start, end = whole_between(west - 1.0, east, 0, cols - 1)
            for col in range(start, end + 1):
                if touched[row, col]:
                    continue
                answer = _meets_cell(x1, y1, x2, y2, x_sides[col], y_sides[row + 1], x_sides[col + 1], y_sides[row])
                if answer == 1:
                    touched[row, col] = True
                elif answer == 0:
                    if found < len(unsure):
                        unsure[found] = (part[e], row, col)
                    found += 1
    return found


@njit(cache=True)
def _meets_cell(x1, y1, x2, y2, west, south, east, north):  # type: ignore[no-untyped-def]
    """1 where a segment surely meets a cell, sides included, -1 where it surely does not, 0 where unsure.

    They meet where their bounding boxes do and the cell's corners are not all on one side of the segment's line.
    """
    if max(x1, x2) < west or min(x1, x2) > east or max(y1, y2) < south or min(y1, y2) > north:
        return -1
    left, right = 0, 0
    for x, y in ((west, south), (east, south), (east, north), (west, north)):
        side = side_of(x1, y1, x2, y2, x, y)
        left += side == 1
        right += side == -1
    if left > 0 and right > 0:
        return 1
    return -1 if left == 4 or right == 4 else 0
