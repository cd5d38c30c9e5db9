"""People of a population raster, cell by cell: each of them once, on the grid or counted as outside it."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from hazard_service.errors import LayerError
from hazard_service.ground.barriers import covered_centres
from hazard_service.ground.grid import Grid
from hazard_service.layers.rasters import Pixels, read_windows

# A coarser pixel says nothing of who lives near a hazard.
_MOST_CELLS_A_SIDE = 200
_POINTS_AT_ONCE = 2_000_000
# More than live on the earth; `impact.people` relies on it.
_MOST_PEOPLE = 1e10


def people_per_cell(path: Path, grid: Grid) -> tuple[NDArray[np.float64], float]:
    """People in each cell, (rows, cols), and the people of the raster outside the grid; together all of the raster.

    The raster counts people per pixel (not per km²), in any CRS. A pixel's people are spread evenly over points at
    most half a cell apart and counted in the cells these fall in. Pixels of no data hold nobody; people over water
    stay where the raster puts them. Raises LayerError where a pixel holds less than nobody or is over 200 cells wide,
    where the raster counts more people than live on the earth, and what `read_windows` raises.
    """
    people = np.zeros(grid.rows * grid.cols)
    outside = 0.0
    for pixels in read_windows(path):
        if (pixels.values < 0).any():
            raise LayerError(
                f"{path.name} counts {np.nanmin(pixels.values):g} people in a pixel; "
                "state its no-data value, or correct it."
            )
        row, col = np.nonzero(pixels.values > 0)
        near = _may_meet(pixels, row, col, grid)
        outside += float(pixels.values[row[~near], col[~near]].sum())
        outside += _spread(pixels, row[near], col[near], grid, people, path.name)
    if not people.sum() + outside <= _MOST_PEOPLE:
        raise LayerError(
            f"{path.name} counts {people.sum() + outside:.3g} people, more than live on the earth; "
            "state its no-data value, or correct it."
        )
    return people.reshape(grid.shape), outside


def near_hazards(hazards: Iterable[BaseGeometry], grid: Grid, within_m: float) -> NDArray[np.bool_]:
    """(rows, cols) bool, the cell's centre lies within `within_m` of one of the geometries, in the plane of `grid.crs`.

    Rings are drawn with 64 segments a quarter circle, inside the true ring by at most 0.01 % of `within_m`.
    """
    return covered_centres(shapely.buffer(np.asarray(list(hazards)), within_m, quad_segs=64), grid)


def zone_of_cells(zones: Iterable[BaseGeometry], grid: Grid) -> NDArray[np.int32]:
    """(rows, cols) number of the zone that holds the cell's centre, the first on a border; their count = none."""
    shapes = list(zones)
    found = np.full(grid.shape, len(shapes), dtype=np.int32)
    for number, shape in enumerate(shapes):
        if shape.is_empty:
            continue
        west, south, east, north = shape.bounds
        (top, bottom), (left, right) = grid.cell_of([west, east], [north, south])
        top, left = max(int(top), 0), max(int(left), 0)
        rows, cols = min(int(bottom) + 1, grid.rows) - top, min(int(right) + 1, grid.cols) - left
        if rows <= 0 or cols <= 0:
            continue
        part = Grid(grid.crs, grid.left_m + left * grid.cell_m, grid.top_m - top * grid.cell_m, grid.cell_m, rows, cols)
        window = found[top : top + rows, left : left + cols]
        window[covered_centres([shape], part) & (window == len(shapes))] = number
    return found


def _may_meet(pixels: Pixels, row: NDArray[np.int64], col: NDArray[np.int64], grid: Grid) -> NDArray[np.bool_]:
    """(n,) bool, False for pixels that surely lie off the grid: a raster of a whole country is not projected whole."""
    right_m, bottom_m = grid.left_m + grid.cols * grid.cell_m, grid.top_m - grid.rows * grid.cell_m
    there = Transformer.from_crs(grid.crs, pixels.crs, always_xy=True)
    west, south, east, north = there.transform_bounds(grid.left_m, bottom_m, right_m, grid.top_m, densify_pts=51)
    if not np.isfinite([west, south, east, north]).all() or west > east:  # a pole, or 180° inside
        return np.ones(len(row), dtype=bool)
    cols, rows = ~pixels.transform @ (np.array([west, east, west, east]), np.array([south, south, north, north]))
    # Two pixels, and a hundredth for the bow of the edges between the points they are drawn by.
    spare_rows, spare_cols = 2 + 0.01 * np.ptp(rows), 2 + 0.01 * np.ptp(cols)
    return np.asarray(
        (row >= rows.min() - spare_rows)
        & (row <= rows.max() + spare_rows)
        & (col >= cols.min() - spare_cols)
        & (col <= cols.max() + spare_cols)
    )


def _spread(
    pixels: Pixels, row: NDArray[np.int64], col: NDArray[np.int64], grid: Grid, people: NDArray[np.float64], name: str
) -> float:
    """Adds the people of pixels to their cells; returns those off the grid."""
    if not len(row):
        return 0.0
    counts = pixels.values[row, col]
    x, y = _corners(pixels, row, col, grid)
    sides = np.array([[np.hypot(x[a] - x[b], y[a] - y[b]).max() for a, b in ends] for ends in _SIDES]).max(axis=1)
    if not sides.max() <= _MOST_CELLS_A_SIDE * grid.cell_m:
        raise LayerError(
            f"{name} has pixels of {sides.max() / 1000:,.0f} km, too coarse to say who lives near a hazard; "
            f"use a raster with pixels of at most {_MOST_CELLS_A_SIDE * grid.cell_m / 1000:g} km."
        )
    across, down = (max(int(np.ceil(side / (grid.cell_m / 2))), 1) for side in sides)
    outside = 0.0
    step = max(_POINTS_AT_ONCE // (across * down), 1)
    for start in range(0, len(row), step):
        part = slice(start, start + step)
        cell_row, cell_col = grid.cell_of(_points(x[:, part], across, down), _points(y[:, part], across, down))
        share = np.broadcast_to((counts[part] / (across * down))[:, None], cell_row.shape)
        on = (cell_row >= 0) & (cell_row < grid.rows) & (cell_col >= 0) & (cell_col < grid.cols)
        np.add.at(people, cell_row[on] * grid.cols + cell_col[on], share[on])
        outside += float(share[~on].sum())
    return outside


# Corners of a pixel: upper left, upper right, lower left, lower right; its sides across and down.
_CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
_SIDES = (((0, 1), (2, 3)), ((0, 2), (1, 3)))


def _corners(
    pixels: Pixels, row: NDArray[np.int64], col: NDArray[np.int64], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x and y of the four corners of each pixel, (4, n), m."""
    rows = np.array([row + down for down, _ in _CORNERS], dtype=np.float64)
    cols = np.array([col + right for _, right in _CORNERS], dtype=np.float64)
    here = Transformer.from_crs(pixels.crs, grid.crs, always_xy=True)
    to = pixels.transform
    x, y = here.transform(to.a * cols + to.b * rows + to.c, to.d * cols + to.e * rows + to.f)
    return np.asarray(x), np.asarray(y)


def _points(corners: NDArray[np.float64], across: int, down: int) -> NDArray[np.float64]:
    """(n, down × across) points spread evenly between the corners; straight lines bow by centimetres in a kilometre."""
    right = ((np.arange(across) + 0.5) / across)[None, None, :]
    low = ((np.arange(down) + 0.5) / down)[None, :, None]
    upper_left, upper_right, lower_left, lower_right = (values[:, None, None] for values in corners)
    upper = upper_left + right * (upper_right - upper_left)
    lower = lower_left + right * (lower_right - lower_left)
    return np.asarray(upper + low * (lower - upper)).reshape(corners.shape[1], down * across)
