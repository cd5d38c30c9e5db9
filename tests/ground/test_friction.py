"""Friction by hand."""

import numpy as np
import pytest
from pyproj import CRS

from hazard_service.ground.friction import friction, minutes_per_metre
from hazard_service.ground.grid import Grid
from hazard_service.settings import Settings

CRS_M = CRS.from_proj4("+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs")
GRID = Grid(CRS_M, left_m=0.0, top_m=40.0, cell_m=10.0, rows=4, cols=5)


def test_minutes_per_metre():
    assert minutes_per_metre(3.0) == pytest.approx(0.02)  # 3,000 m in 60 min
    assert minutes_per_metre(0.0) == np.inf


def test_no_land_cover_is_one_declared_speed_and_says_so():
    min_per_m, caveats = friction(GRID, Settings(), None)
    np.testing.assert_array_equal(min_per_m, np.full((4, 5), 0.02, dtype=np.float32))
    assert min_per_m.dtype == np.float32
    assert caveats == ("No land cover: off the routes every walk is at 3 km/h, and no water stops it.",)


def test_land_cover_and_water():
    landcover = np.full(GRID.shape, 30, dtype=np.float32)  # herbaceous, 4.2 km/h
    landcover[:, 3] = 80  # a river
    landcover[0, 0], landcover[0, 1] = np.nan, 7
    min_per_m, caveats = friction(GRID, Settings(), landcover)
    expected = np.full(GRID.shape, 60 / 4200, dtype=np.float32)
    expected[:, 3] = np.inf
    expected[0, :2] = 0.02
    np.testing.assert_array_equal(min_per_m, expected)
    assert caveats == (
        "Land cover is missing in 1 of 20 cells and of a class without a speed (7) in 1; "
        "they are walked at the off-road speed, 3 km/h.",
    )


def test_complete_land_cover_has_no_caveat():
    assert friction(GRID, Settings(), np.full(GRID.shape, 40, dtype=np.float32))[1] == ()
