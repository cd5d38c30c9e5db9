"""Friction by hand, and routes against shapely."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely import LineString, MultiLineString

from hazard_service.ground.friction import friction, minutes_per_metre, touched_cells
from hazard_service.ground.grid import Grid
from hazard_service.settings import Settings

CRS_M = CRS.from_proj4("+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs")
GRID = Grid(CRS_M, left_m=0.0, top_m=40.0, cell_m=10.0, rows=4, cols=5)


def oracle(lines):
    rows, cols = np.indices(GRID.shape)
    cells = shapely.box(cols * 10.0, 30.0 - rows * 10.0, cols * 10.0 + 10.0, 40.0 - rows * 10.0)
    return np.logical_or.reduce([shapely.intersects(cells, line) for line in lines])


def cells(*marked):
    mask = np.zeros(GRID.shape, dtype=bool)
    for row, col in marked:
        mask[row, col] = True
    return mask


def test_minutes_per_metre():
    assert minutes_per_metre(3.0) == pytest.approx(0.02)  # 3,000 m in 60 min
    assert minutes_per_metre(0.0) == np.inf


def test_no_land_cover_is_one_declared_speed_and_says_so():
    min_per_m, caveats = friction(GRID, Settings(), None, [])
    np.testing.assert_array_equal(min_per_m, np.full((4, 5), 0.02, dtype=np.float32))
    assert min_per_m.dtype == np.float32
    assert caveats == ("No land cover: off the routes every walk is at 3 km/h, and no water stops it.",)


def test_land_cover_routes_and_water():
    landcover = np.full(GRID.shape, 30, dtype=np.float32)  # herbaceous, 4.2 km/h
    landcover[:, 3] = 80  # a river
    landcover[0, 0], landcover[0, 1] = np.nan, 7
    min_per_m, caveats = friction(GRID, Settings(route_kmh=4.0), landcover, [LineString([(0.0, 5.0), (50.0, 5.0)])])
    expected = np.full(GRID.shape, 60 / 4200, dtype=np.float32)
    expected[:, 3] = np.inf
    expected[0, :2] = 0.02
    expected[3, :] = 60 / 4000  # the route: over the bridge too, and even where the meadow beside it is faster
    np.testing.assert_array_equal(min_per_m, expected)
    assert caveats == (
        "Land cover is missing in 1 of 20 cells and of a class without a speed (7) in 1; "
        "they are walked at the off-road speed, 3 km/h.",
    )


def test_complete_land_cover_has_no_caveat():
    assert friction(GRID, Settings(), np.full(GRID.shape, 40, dtype=np.float32), [])[1] == ()


def test_a_route_along_a_border_touches_the_cells_on_both_sides():
    touched = touched_cells([LineString([(12.0, 20.0), (28.0, 20.0)])], GRID)
    np.testing.assert_array_equal(touched, cells((1, 1), (1, 2), (2, 1), (2, 2)))


def test_a_route_that_ends_at_a_corner_touches_its_four_cells():
    touched = touched_cells([LineString([(15.0, 25.0), (20.0, 20.0)])], GRID)
    np.testing.assert_array_equal(touched, cells((1, 1), (1, 2), (2, 1), (2, 2)))


def test_a_diagonal_through_corners_touches_the_cells_beside_them():
    touched = touched_cells([LineString([(5.0, 35.0), (15.0, 25.0)])], GRID)
    np.testing.assert_array_equal(touched, cells((0, 0), (0, 1), (1, 0), (1, 1)))


def test_routes_off_the_grid_and_along_its_edge():
    assert not touched_cells([LineString([(-9.0, 50.0), (90.0, 60.0)]), None, LineString()], GRID).any()
    np.testing.assert_array_equal(
        touched_cells([LineString([(-5.0, 40.0), (10.0, 40.0)])], GRID), cells((0, 0), (0, 1))
    )


coordinate = st.one_of(
    st.floats(-15.0, 65.0).map(lambda value: round(value, 9)),
    st.integers(-2, 13).map(lambda step: step * 5.0),
    st.integers(1, 5).map(lambda step: float(np.nextafter(step * 10.0, 99.0))),
)
line = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=5, unique=True).map(LineString)


@settings(max_examples=300, deadline=None)
@given(st.lists(line, min_size=1, max_size=3))
def test_touched_cells_are_what_shapely_says(lines):
    # Where a line all but touches a corner, GEOS's answer for a rectangle may turn with the line's direction.
    expected, turned = oracle(lines), oracle([line.reverse() for line in lines])
    certain = expected == turned
    for found in (touched_cells(lines, GRID), touched_cells([MultiLineString(lines).reverse()], GRID)):
        np.testing.assert_array_equal(found[certain], expected[certain])


def test_a_line_that_all_but_touches_a_corner():
    line = LineString([(60.0, 50.00000000000001), (10.000000000000002, 0.0)])
    found, turned = touched_cells([line], GRID), touched_cells([line.reverse()], GRID)
    assert (found != turned).sum() <= 1
    assert found[0, 4]
