"""Grid extents worked out by hand."""

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS
from shapely import Point, Polygon

from hazard_service.errors import ProgrammeError, SettingError
from hazard_service.ground.grid import MAX_CELLS, Grid, grid_of
from hazard_service.settings import Settings

CRS_M = CRS.from_proj4("+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs")


def communities(*geometries):
    return gpd.GeoDataFrame(geometry=list(geometries), crs=CRS_M)


def test_extent_without_slope():
    # 1,000 + 120 min at 3 km/h = 6,000 + one cell of 50 = 7,050 m round the only community.
    grid = grid_of(communities(Point(10, 20)), Settings(), CRS_M, slope=False, routes=False)
    # west: 10 - 7,050 = -7,040 -> -7,050; east: 7,060 -> 7,100; north: 7,070 -> 7,100; south: -7,030 -> -7,050.
    assert (grid.left_m, grid.top_m, grid.shape) == (-7_050.0, 7_100.0, (283, 283))
    assert grid.crs == CRS_M


def test_extent_with_slope_and_routes():
    # Routes walk at 5 km/h: 1,000 + 2 h x 5,000 m x 1.192 + 50 = 12,970 m.
    grid = grid_of(communities(Point(0, 0)), Settings(), CRS_M, slope=True, routes=True)
    assert (grid.left_m, grid.top_m, grid.shape) == (-13_000.0, 13_000.0, (520, 520))


def test_extent_with_land_cover_takes_its_fastest_class_only_where_that_is_the_fastest():
    # 1,000 + 2 h x 6,000 m + 50 = 13,050 m, a whole number of cells: nothing is added.
    fast = grid_of(communities(Point(0, 0)), Settings(), CRS_M, slope=False, routes=True, landcover_kmh_max=6.0)
    assert (fast.left_m, fast.rows) == (-13_050.0, 522)
    slow = grid_of(communities(Point(0, 0)), Settings(), CRS_M, slope=False, routes=False, landcover_kmh_max=1.0)
    assert slow.left_m == -7_050.0


def test_extent_follows_the_settings_and_whole_geometries():
    settings = Settings(
        cell_m=100.0, reach_min=30.0, school_min=30.0, health_min=30.0, market_min=30.0, start_search_m=500.0
    )
    polygon = Polygon([(0, 0), (1_000, 0), (1_000, 300)])
    grid = grid_of(communities(polygon, Point(-70, 50)), settings, CRS_M, slope=False, routes=False)
    # 500 + half an hour at 3 km/h = 1,500 + 100 = 2,100 m.
    assert (grid.left_m, grid.top_m) == (-2_200.0, 2_400.0)
    assert grid.shape == (24 + 21, 22 + 31)


def test_centres_cells_and_transform():
    grid = Grid(CRS_M, left_m=-100.0, top_m=200.0, cell_m=50.0, rows=3, cols=4)
    x, y = grid.centre_xy([0, 2], [0, 3])
    np.testing.assert_array_equal(x, [-75.0, 75.0])
    np.testing.assert_array_equal(y, [175.0, 75.0])
    row, col = grid.cell_of([-75.0, 0.0, -100.1], [175.0, 150.0, 49.0])
    np.testing.assert_array_equal(row, [0, 1, 3])  # a point on a border belongs to the south and east
    np.testing.assert_array_equal(col, [0, 2, -1])
    assert tuple(grid.transform)[:6] == (50.0, 0.0, -100.0, 0.0, -50.0, 200.0)  # x = 50 col - 100, y = 200 - 50 row


def test_too_many_cells_are_refused():
    far_apart = communities(Point(0, 0), Point(900_000, 900_000))
    with pytest.raises(SettingError, match=r"334 million cells of 50 m, .* set cell_m to at least 65 m, or split"):
        grid_of(far_apart, Settings(), CRS_M, slope=False, routes=False)
    enough = grid_of(far_apart, Settings(cell_m=65.0), CRS_M, slope=False, routes=False)
    assert enough.rows * enough.cols <= MAX_CELLS


def test_no_community_is_refused():
    with pytest.raises(ProgrammeError, match="has no community to walk from"):
        grid_of(communities(), Settings(), CRS_M, slope=False, routes=False)
