"""The walking grid: one per programme, the same for every date, ground and what-if."""

import math
from dataclasses import dataclass

import numpy as np
from affine import Affine
from geopandas import GeoDataFrame
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from hazard_service.errors import ProgrammeError, SettingError
from hazard_service.layers.cells import grid_extent
from hazard_service.settings import Settings

MAX_CELLS = 200_000_000


@dataclass(frozen=True)
class Grid:
    """Square cells in a metre CRS; row 0 is the north, column 0 the west.

    `left_m` and `top_m` are the outer corner of cell (0, 0), both multiples of `cell_m`.
    """

    crs: CRS
    left_m: float
    top_m: float
    cell_m: float
    rows: int
    cols: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.cols

    @property
    def transform(self) -> Affine:
        """Column and row to x and y, as raster files want it."""
        return Affine(self.cell_m, 0.0, self.left_m, 0.0, -self.cell_m, self.top_m)

    def centre_xy(self, row: ArrayLike, col: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Centres of cells, m, in the shape of `row` and `col`. Rows and columns beyond the grid are answered too."""
        x = self.left_m + (np.asarray(col, dtype=np.float64) + 0.5) * self.cell_m
        y = self.top_m - (np.asarray(row, dtype=np.float64) + 0.5) * self.cell_m
        return x, y

    def cell_of(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of points in m, perhaps off the grid; between cells, the southern and eastern one."""
        col = np.floor((np.asarray(x, dtype=np.float64) - self.left_m) / self.cell_m)
        row = np.floor((self.top_m - np.asarray(y, dtype=np.float64)) / self.cell_m)
        return row.astype(np.int64), col.astype(np.int64)


def grid_of(
    communities: GeoDataFrame,
    settings: Settings,
    crs: CRS,
    *,
    slope: bool,
    routes: bool,
    landcover_kmh_max: float = 0.0,
) -> Grid:
    """The grid that holds every walk any result needs, so that no window is ever cut.

    Extent: bounds of the communities (in `crs`, m) widened by the start search, the longest walk at top speed
    and one cell, out to whole multiples of the cell. It depends on no hazard, hence on no date.
    `landcover_kmh_max` is the fastest land-cover class, 0 without land cover.
    Raises ProgrammeError without communities, SettingError where the grid would exceed MAX_CELLS.
    """
    if len(communities) == 0:
        raise ProgrammeError("The programme has no community to walk from; add at least one to the communities layer.")
    cell_m = float(settings.cell_m)
    first_col, last_row, rows, cols = grid_extent(
        communities.total_bounds, settings, cell_m, slope=slope, routes=routes, landcover_kmh_max=landcover_kmh_max
    )
    if rows * cols > MAX_CELLS:
        least_m = cell_m * math.sqrt(rows * cols / MAX_CELLS)
        raise SettingError(
            f"The walking grid would need {rows * cols / 1e6:,.0f} million cells of {cell_m:g} m, "
            f"more than {MAX_CELLS / 1e6:,.0f} million; set cell_m to at least {math.ceil(least_m):g} m, "
            "or split the programme."
        )
    return Grid(crs, first_col * cell_m, last_row * cell_m, cell_m, rows, cols)
