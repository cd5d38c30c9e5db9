"""The fixed part of a programme's ground: rasters, surveyed area, start cells and what the caveats say."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from pyproj import CRS
from shapely import LineString, MultiLineString, Point, box

from hazard_service.ground.terrain import prepare_terrain
from hazard_service.settings import Settings

CRS_M = CRS.from_proj4("+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs")
# 200 m + 12 min at 1 km/h = 200 m + one cell of 100 m = 500 m round the communities; routes and land cover add to it.
SETTINGS = Settings(
    cell_m=100.0,
    start_search_m=200.0,
    reach_min=12.0,
    water_min=12.0,
    school_min=12.0,
    health_min=12.0,
    market_min=12.0,
    offroad_kmh=1.0,
    route_kmh=1.0,
    landcover_kmh={30: 1.0, 80: 0.0},
)


def layer(*geometries, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs=CRS_M)


def programme(**changes):
    """One community in the middle of a grid of ten by ten cells, top left corner (-500, 500)."""
    parts = {
        "settings": SETTINGS,
        "crs": CRS_M,
        "hazards": layer(remnant=pd.Series([], dtype=object)),
        "releases": layer(),
        "communities": layer(Point(0, 0), community_id=["c1"], name=["Kamen"]),
        "places": layer(place_id=[], name=[]),
        "routes": layer(),
        "accidents": layer(),
        "districts": layer(),
        "elevation": None,
        "landcover": None,
        "population": None,
    }
    return SimpleNamespace(**{**parts, **changes})


def write_raster(path, values, left_m=-500.0, top_m=500.0, nodata=-9999.0):
    transform = rasterio.Affine(100.0, 0.0, left_m, 0.0, -100.0, top_m)
    values = np.asarray(values, dtype="float32")
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": values.shape[0], "width": values.shape[1]}
    with rasterio.open(path, "w", crs=CRS_M.to_wkt(), transform=transform, nodata=nodata, **profile) as file:
        file.write(values, 1)
    return path


def test_a_programme_with_communities_only():
    terrain = prepare_terrain(programme())
    assert (terrain.grid.left_m, terrain.grid.top_m, terrain.grid.shape) == (-500.0, 500.0, (10, 10))
    np.testing.assert_array_equal(terrain.min_per_m, np.full((10, 10), 0.06, dtype=np.float32))
    assert terrain.elevation_m is None
    assert terrain.livelihood is None
    np.testing.assert_array_equal(terrain.community_start, [[4, 4]])
    np.testing.assert_allclose(terrain.community_moved_m, [np.hypot(50, 50)])
    assert terrain.place_start.shape == (0, 2)
    assert terrain.caveats == (
        "No elevation: every walk is computed as if the ground were flat.",
        "No land cover: off the routes every walk is at 1 km/h, and no water stops it.",
        "No land cover: livelihood land is not measured.",
    )


def test_rasters_are_read_onto_the_grid_and_gaps_are_counted(tmp_path):
    # Twelve by twelve cells cover the grid, which slope makes wider: 200 + 200 x 1.192 + 100 = 538.4 m -> 600 m.
    heights = np.add.outer(np.zeros(12), np.arange(12) * 10.0)
    cover = np.full((12, 12), 30.0)
    cover[:, 8] = 80  # a river
    cover[0, 0] = -9999
    cover[11, 11] = 7
    terrain = prepare_terrain(
        programme(
            elevation=write_raster(tmp_path / "elevation.tif", heights, -600.0, 600.0),
            landcover=write_raster(tmp_path / "landcover.tif", cover, -600.0, 600.0),
            routes=layer(LineString([(-650, -20), (650, -20)])),
        )
    )
    assert terrain.grid.shape == (12, 12)
    np.testing.assert_allclose(terrain.elevation_m, heights)
    expected = np.where(cover == 80, np.inf, 0.06)
    np.testing.assert_array_equal(terrain.min_per_m, expected.astype(np.float32))
    # The route is a graph beside the grid: over the bridge too, at 5 km/h and the slope of its ground.
    assert terrain.routes.legs == 11  # of 100 m, from -550 to 550 m; the two beyond the grid are left out
    pasture, water_edge = 2, 4
    classes = np.where((cover == 30), pasture, 0)
    classes[:, [7, 9]] = water_edge
    np.testing.assert_array_equal(terrain.livelihood, classes)
    assert terrain.caveats == (
        "Land cover is missing in 1 of 144 cells and of a class without a speed (7) in 1; "
        "they are walked at the off-road speed, 1 km/h.",
        "Land cover of unknown class (7): no livelihood land is told in 1 of 144 cells.",
    )


def test_missing_elevation_is_counted(tmp_path):
    heights = np.full((12, 12), 100.0)
    heights[4, 5] = -9999
    elevation = write_raster(tmp_path / "elevation.tif", heights, -600.0, 600.0)
    terrain = prepare_terrain(programme(elevation=elevation))
    missing = int(np.isnan(terrain.elevation_m).sum())
    assert missing >= 1
    assert (
        terrain.caveats[0] == f"Elevation is missing in {missing} of 144 cells; they are walked as if they were flat."
    )


def test_start_cells_avoid_every_hazard_of_any_date_and_its_remnants():
    hazards = layer(
        box(-90, 10, -10, 90),  # covers the centre of (4, 4)
        None,
        remnant=[None, MultiLineString([[(0, 50), (100, 50)]])],  # runs through the centre of (4, 5)
    )
    terrain = prepare_terrain(programme(hazards=hazards))
    np.testing.assert_array_equal(terrain.community_start, [[5, 4]])


def test_communities_and_places_without_a_start_are_named(tmp_path):
    cover = np.full((40, 40), 80.0)
    cover[20, 20] = 30  # one dry cell, round (50, -50)
    landcover = write_raster(tmp_path / "landcover.tif", cover, -2_000.0, 2_000.0)
    far = [Point(1_000 + 10 * i, 1_000) for i in range(7)]
    names = [*"ABCDE", None, "G"]
    terrain = prepare_terrain(
        programme(
            landcover=landcover,
            communities=layer(Point(0, 0), *far, community_id=[f"c{i}" for i in range(8)], name=["Kamen", *names]),
            places=layer(Point(60, -60), Point(-450, 0), place_id=["p1", "p2"], name=["Well", None]),
        )
    )
    assert (terrain.community_start[0] >= 0).all()
    assert (terrain.community_start[1:] == -1).all()
    assert np.isnan(terrain.community_moved_m[1:]).all()
    np.testing.assert_array_equal(terrain.place_start[:, 0] >= 0, [True, False])
    assert terrain.caveats[1:] == (
        "7 communities have no walkable cell within 200 m and cannot be assessed: A, B, C, D, E and 2 more.",
        "1 place has no walkable cell within 200 m and is no destination: p2.",
    )


def test_surveyed_is_the_union_of_the_districts():
    districts = layer(box(-500, -500, -200, 500), box(-200, 0, 0, 500))
    surveyed = prepare_terrain(programme(districts=districts)).surveyed
    expected = np.zeros((10, 10), dtype=bool)
    expected[:, :3] = True
    expected[:5, 3:5] = True
    np.testing.assert_array_equal(surveyed, expected)


def test_without_districts_surveyed_is_the_hull_of_all_layers():
    terrain = prepare_terrain(
        programme(
            hazards=layer(box(-300, -300, -200, -200), remnant=[None]),
            routes=layer(LineString([(-300, 300), (300, 300)])),
            places=layer(Point(300, -300)),
            # An accident stretches no hull: its place could be worked out from what the hull changes.
            accidents=layer(Point(450, -450)),
        )
    )
    expected = np.zeros((10, 10), dtype=bool)
    expected[2:8, 2:8] = True
    np.testing.assert_array_equal(terrain.surveyed, expected)


@pytest.mark.parametrize("on_its_own", [Point(0, 0), box(-10, -10, 10, 10)])
def test_one_community_alone_is_a_hull_without_area(on_its_own):
    terrain = prepare_terrain(programme(communities=layer(on_its_own, community_id=["c1"], name=["Kamen"])))
    assert not terrain.surveyed.any()
