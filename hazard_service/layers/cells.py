"""How large the walking grid is, and which size of cell a programme that states none walks on."""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from hazard_service.language import said
from hazard_service.settings import Settings

# Tobler's walker is fastest at a slope of -0.05: exp(3.5 * 0.05) = 1.1912 times the speed on the flat.
DOWNHILL_GAIN = 1.192

USUAL_CELL_M, FINE_CELL_M, COARSEST_CELL_M = 50.0, 25.0, 100.0
# A surface over this many cells takes some ten seconds and a few gigabytes.
MOST_CELLS = 40_000_000
# Four times the cells are four times the time: taken where the whole is quick all the same.
MOST_FINE_CELLS = 10_000_000


def grid_extent(
    bounds: Sequence[float], settings: Settings, cell_m: float, *, slope: bool, routes: bool, landcover_kmh_max: float
) -> tuple[int, int, int, int]:
    """(first column, last row, rows, columns) of the grid round `bounds` (west, south, east, north, m), in whole cells.

    `bounds` are those of the communities, widened by the start search, the longest walk at top speed and one cell, so
    that no window of a walk is cut. It depends on no hazard, hence on no date. `landcover_kmh_max` is the fastest
    land-cover class, 0 without land cover.
    """
    kmh_max = max(settings.offroad_kmh, landcover_kmh_max, settings.route_kmh if routes else 0.0)
    walk_m = settings.longest_min / 60.0 * kmh_max * 1000.0 * (DOWNHILL_GAIN if slope else 1.0)
    margin_m = settings.start_search_m + walk_m + cell_m
    west, south, east, north = bounds
    first_col, last_col = math.floor((west - margin_m) / cell_m), math.ceil((east + margin_m) / cell_m)
    first_row, last_row = math.floor((south - margin_m) / cell_m), math.ceil((north + margin_m) / cell_m)
    return first_col, last_row, last_row - first_row, last_col - first_col


def choose_cell(
    hazards: GeoDataFrame,
    communities: GeoDataFrame,
    settings: Settings,
    *,
    slope: bool,
    routes: bool,
    landcover_kmh_max: float,
) -> tuple[float, str]:
    """(side of a cell in m, why), from all hazards on record: so it is the same for every date, kind and what-if.

    50 m. 25 m where most hazards are narrower than 50 m and the finer grid stays small. Where 50 m make more than
    MOST_CELLS: the smallest multiple of 5 m that does not, up to 100 m.
    """

    def cells_of(cell_m: float) -> int:
        *_, rows, cols = grid_extent(
            communities.total_bounds,
            settings,
            cell_m,
            slope=slope,
            routes=routes,
            landcover_kmh_max=landcover_kmh_max,
        )
        return rows * cols

    if cells_of(USUAL_CELL_M) > MOST_CELLS:
        sizes = [size_m for size_m in np.arange(55.0, COARSEST_CELL_M, 5.0) if cells_of(size_m) <= MOST_CELLS]
        cell_m = float(sizes[0]) if sizes else COARSEST_CELL_M
        return cell_m, said(
            "{cell_m:g} m would make {n:,.0f} million cells", cell_m=USUAL_CELL_M, n=cells_of(USUAL_CELL_M) / 1e6
        )
    if not len(hazards):
        return USUAL_CELL_M, said("the usual size")
    width_m = float(np.median(widths_m(hazards.geometry.to_numpy())))
    half_are = said("half of the hazards are under {width_m:,.0f} m wide", width_m=width_m)
    if width_m >= USUAL_CELL_M:
        return USUAL_CELL_M, said("the usual size; {half_are}", half_are=half_are)
    fine = said("{cell_m:g} m make {n:,.1f} million cells", cell_m=FINE_CELL_M, n=cells_of(FINE_CELL_M) / 1e6)
    if cells_of(FINE_CELL_M) <= MOST_FINE_CELLS:
        return FINE_CELL_M, said("{half_are}, and {fine}", half_are=half_are, fine=fine)
    most = MOST_FINE_CELLS / 1e6
    return USUAL_CELL_M, said("{half_are}, but {fine}, over {n:,.0f} million", half_are=half_are, fine=fine, n=most)


def widths_m(polygons: NDArray[np.object_]) -> NDArray[np.float64]:
    """(n,) width of each polygon, m: the shorter side of the rectangle of its area and perimeter.

    A strip's own width; for what is rounder than any rectangle of its area, the side of the square of that area.
    """
    area_m2, half_round_m = shapely.area(polygons), shapely.length(polygons) / 2.0
    # The sides w ≤ l of the rectangle: w + l = half its perimeter, w l = its area.
    longer_less_shorter = np.sqrt(np.maximum(half_round_m**2 - 4.0 * area_m2, 0.0))
    longer_m = np.maximum((half_round_m + longer_less_shorter) / 2.0, np.sqrt(area_m2))
    return np.asarray(np.divide(area_m2, longer_m, out=np.zeros(len(polygons)), where=longer_m > 0))
