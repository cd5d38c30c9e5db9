"""The start cell rule by hand."""

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS
from shapely import Point, Polygon

from hazard_service.ground.grid import Grid
from hazard_service.ground.starts import start_cells

CRS_M = CRS.from_proj4("+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs")
GRID = Grid(CRS_M, left_m=0.0, top_m=5_000.0, cell_m=100.0, rows=50, cols=50)


def start_of(geometry, walkable=None, ever_covered=None, search_m=1_000.0):
    everywhere, nowhere = np.ones(GRID.shape, dtype=bool), np.zeros(GRID.shape, dtype=bool)
    cells, moved_m = start_cells(
        gpd.GeoSeries([geometry], crs=CRS_M),
        GRID,
        everywhere if walkable is None else walkable,
        nowhere if ever_covered is None else ever_covered,
        search_m,
    )
    return tuple(cells[0].tolist()), moved_m[0]


def mask(value, *cells):
    """All cells `value`, but for the ones named."""
    array = np.full(GRID.shape, value)
    for row, col in cells:
        array[row, col] = not value
    return array


def test_the_cell_a_community_stands_in():
    assert start_of(Point(2_010, 2_940)) == ((20, 20), pytest.approx(np.hypot(40, 10)))


def test_a_polygon_starts_from_its_representative_point():
    hollow = Polygon([(0, 0), (1_000, 0), (1_000, 1_000), (900, 1_000), (900, 100), (0, 100)])
    inside = hollow.representative_point()
    cell, moved_m = start_of(hollow)
    x, y = GRID.centre_xy(*cell)
    assert moved_m == inside.distance(Point(x, y)) <= np.hypot(50, 50)


def test_ties_go_to_the_lower_row_then_the_lower_column():
    corner = Point(2_000, 3_000)  # where (19, 19), (19, 20), (20, 19) and (20, 20) meet
    assert start_of(corner)[0] == (19, 19)
    assert start_of(corner, walkable=mask(True, (19, 19)))[0] == (19, 20)
    assert start_of(corner, walkable=mask(True, (19, 19), (19, 20)))[0] == (20, 19)


def test_a_centre_some_hazard_once_covered_is_avoided_while_another_is_near():
    centre = Point(2_050, 2_950)
    assert start_of(centre, ever_covered=mask(False, (20, 20))) == ((19, 20), 100.0)
    only = mask(True, (25, 20))
    assert start_of(centre, ever_covered=only) == ((25, 20), 500.0)


def test_failing_that_the_nearest_walkable_cell_though_covered():
    centre = Point(2_050, 2_950)
    assert start_of(centre, ever_covered=mask(True)) == ((20, 20), 0.0)
    assert start_of(centre, walkable=mask(False, (22, 20), (20, 23)), ever_covered=mask(True)) == ((22, 20), 200.0)


def test_the_search_ends_at_its_radius_measured_to_the_centre():
    centre = Point(2_050, 2_950)
    assert start_of(centre, walkable=mask(False, (30, 20))) == ((30, 20), 1_000.0)
    cell, moved_m = start_of(centre, walkable=mask(False, (31, 20), (30, 21), (27, 28)))
    assert cell == (-1, -1)
    assert np.isnan(moved_m)
    # A cell beyond the radius that no hazard covers does not win over a covered one within it.
    assert start_of(centre, walkable=mask(False, (31, 20), (24, 20)), ever_covered=mask(False, (24, 20)))[0] == (24, 20)


def test_none_off_the_grid_or_in_the_sea():
    assert start_of(Point(2_050, 2_950), walkable=mask(False))[0] == (-1, -1)
    assert start_of(Point(-9_000, 2_950))[0] == (-1, -1)
    assert start_of(Point(-40, 2_950)) == ((20, 0), 90.0)


def test_nobody_to_place():
    cells, moved_m = start_cells(gpd.GeoSeries([], crs=CRS_M), GRID, mask(True), mask(False), 1_000.0)
    assert cells.shape == (0, 2)
    assert moved_m.shape == (0,)


def test_the_search_agrees_with_looking_at_every_cell():
    random = np.random.default_rng(3)
    walkable = random.random(GRID.shape) < 0.02
    ever_covered = random.random(GRID.shape) < 0.5
    rows, cols = np.indices(GRID.shape)
    for x, y in random.uniform(-500, 5_500, (200, 2)):
        cell, moved_m = start_of(Point(x, y), walkable, ever_covered)
        distance = np.hypot(*(np.array(GRID.centre_xy(rows, cols)) - np.array([x, y])[:, None, None]))
        free = np.where(walkable & ~ever_covered & (distance <= 1_000), distance, np.inf)
        other = np.where(walkable & (distance <= 1_000), distance, np.inf)
        best = free if np.isfinite(free).any() else other
        if np.isinf(best).all():
            assert cell == (-1, -1)
        else:
            assert cell == np.unravel_index(np.argmin(best), best.shape)
            assert moved_m == pytest.approx(best.min())
