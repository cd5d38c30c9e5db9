"""Start cells: where each community's or place's walk begins, the same on every date, ground and what-if."""

import numpy as np
from geopandas import GeoSeries
from numpy.typing import NDArray

from hazard_service.ground.grid import Grid


def start_cells(
    geometries: GeoSeries,
    grid: Grid,
    walkable: NDArray[np.bool_],
    ever_covered: NDArray[np.bool_],
    search_m: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Row and column of each geometry's start cell, (n, 2), -1 = none; and how far it moved, (n,) m, NaN = none.

    The nearest walkable cell, from its centre to the geometry's representative point, within `search_m`, whose
    centre no hazard of any date covers; failing that the nearest walkable one. Ties: lower row, then column.
    `walkable` and `ever_covered`: (rows, cols) bool. Geometries in `grid.crs`.
    """
    points = geometries.representative_point()
    cells = np.full((len(points), 2), -1, dtype=np.int64)
    moved_m = np.full(len(points), np.nan)
    never_covered = walkable & ~ever_covered
    for i, (x, y) in enumerate(zip(points.x, points.y, strict=True)):
        found = _nearest(grid, never_covered, x, y, search_m) or _nearest(grid, walkable, x, y, search_m)
        if found is not None:
            cells[i, 0], cells[i, 1], moved_m[i] = found
    return cells, moved_m


def _nearest(
    grid: Grid, allowed: NDArray[np.bool_], x: float, y: float, search_m: float
) -> tuple[int, int, float] | None:
    """Row, column and distance (m) of the nearest allowed centre within the search, or None."""
    (first_row, last_row), (first_col, last_col) = grid.cell_of(
        [x - search_m, x + search_m], [y + search_m, y - search_m]
    )
    rows = np.arange(max(first_row, 0), min(last_row + 1, grid.rows))
    cols = np.arange(max(first_col, 0), min(last_col + 1, grid.cols))
    if len(rows) == 0 or len(cols) == 0:
        return None
    centre_x, centre_y = grid.centre_xy(rows[:, None], cols[None, :])
    distance2 = (centre_x - x) ** 2 + (centre_y - y) ** 2
    window = allowed[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    distance2 = np.where(window & (distance2 <= search_m**2), distance2, np.inf)
    best = int(np.argmin(distance2))  # the first of equals: lower row, then column
    row, col = divmod(best, len(cols))
    if np.isinf(distance2[row, col]):
        return None
    return int(rows[row]), int(cols[col]), float(np.sqrt(distance2[row, col]))
