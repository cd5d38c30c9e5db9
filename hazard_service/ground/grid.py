"""The walking grid: one per programme, the same for every date, ground and what-if."""

import math
from dataclasses import dataclass

import numpy as np
from affine import Affine
from geopandas import GeoDataFrame
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from hazard_service.errors import ProgrammeError, SettingError
from hazard_service.settings import Settings

# Tobler's walker is fastest at a slope of -0.05: exp(3.5 * 0.05) = 1.1912 times the speed on the flat.
DOWNHILL_GAIN = 1.192

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
    kmh = max(settings.offroad_kmh, landcover_kmh_max, settings.route_kmh if routes else 0.0)
    walk_m = settings.longest_min / 60.0 * kmh * 1000.0 * (DOWNHILL_GAIN if slope else 1.0)
    cell_m = float(settings.cell_m)
    margin_m = settings.start_search_m + walk_m + cell_m
    west, south, east, north = communities.total_bounds
    first_col, last_col = math.floor((west - margin_m) / cell_m), math.ceil((east + margin_m) / cell_m)
    first_row, last_row = math.floor((south - margin_m) / cell_m), math.ceil((north + margin_m) / cell_m)
    rows, cols = last_row - first_row, last_col - first_col
    if rows * cols > MAX_CELLS:
        least_m = cell_m * math.sqrt(rows * cols / MAX_CELLS)
        raise SettingError(
            f"The walking grid would need {rows * cols / 1e6:,.0f} million cells of {cell_m:g} m, "
            f"more than {MAX_CELLS / 1e6:,.0f} million; set cell_m to at least {math.ceil(least_m):g} m, "
            "or split the programme."
        )
    return Grid(crs, first_col * cell_m, last_row * cell_m, cell_m, rows, cols)
