"""Distances and ground near communities, against arithmetic done by hand."""

import math

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from hazard_service.impact.exposure import accident_distances, exposure, rings_round

RINGS = (0.0, 500.0, 1000.0, 5000.0)


def near(communities, hazards, rings=RINGS, contact=1000.0):
    return exposure(communities, hazards, rings_round(communities, rings), contact)


def test_a_square_hazard_and_three_villages(draw_hazards, draw_communities):
    hazards = draw_hazards([box(0, 0, 100, 100)])
    villages = draw_communities([Point(50, 50), Point(400, 50), Point(50, 1100.0001)])
    found = near(villages, hazards)
    # 400 - 100 = 300 m; 1,100 - 100 = 1,000 m and a hair beyond.
    assert found["nearest_hazard_m"].tolist() == pytest.approx([0, 300, 1000], rel=1e-3)
    assert found["inside_hazard"].tolist() == [True, False, False]
    assert found["hazards_within_0_m"].tolist() == [1, 0, 0]
    assert found["hazards_within_500_m"].tolist() == [1, 1, 0]
    assert found["hazards_within_5000_m"].tolist() == [1, 1, 1]
    assert found["nearest_hazard_id"].tolist() == ["H0"] * 3
    assert found["hazard_km2_within_500_m"].tolist() == pytest.approx([0.01, 0.01, 0], abs=1e-9)


def test_ground_within_a_ring_is_dissolved_and_clipped(draw_hazards, draw_communities):
    # Two squares overlap by half: 2 × 1 km × 1 km - 0.5 km² = 1.5 km²; a wide hazard is clipped to the circle.
    hazards = draw_hazards([box(0, 0, 1000, 1000), box(500, 0, 1500, 1000)])
    village = draw_communities([Point(750, 500)])
    assert near(village, hazards)["hazard_km2_within_5000_m"].tolist() == pytest.approx([1.5])
    wide = draw_hazards([box(-9000, -9000, 9000, 9000)])
    assert near(village, wide)["hazard_km2_within_1000_m"][0] == pytest.approx(math.pi, rel=2e-4)


def test_a_community_polygon_counts_from_its_own_edge(draw_hazards, draw_communities):
    found = near(draw_communities([box(0, 0, 300, 300)]), draw_hazards([box(500, 0, 600, 100)]))
    assert found["nearest_hazard_m"][0] == pytest.approx(200, rel=1e-3)


def test_no_open_hazard(draw_hazards, draw_communities):
    found = near(draw_communities([Point(0, 0)]), draw_hazards([]))
    assert found["nearest_hazard_m"].isna().all()
    assert found["nearest_hazard_id"].tolist() == [None]
    assert not found["exposed"].any()
    assert found["hazards_within_5000_m"].tolist() == [0]


def test_a_zero_width_remnant_is_near_too(draw_hazards, draw_communities):
    spike = shapely.MultiLineString([[(100, 0), (900, 0)]])
    found = near(draw_communities([Point(1000, 0)]), draw_hazards([box(0, 0, 100, 100)], remnant=[spike]))
    assert found["nearest_hazard_m"][0] == pytest.approx(100, rel=1e-3)


@pytest.mark.parametrize("far_m", [0, 100_000, 500_000])
def test_geodesic_to_a_thousandth_far_from_the_projection_centre(metres, draw_hazards, draw_communities, far_m):
    """Oracle: pyproj's geodesic from a point of known longitude and latitude."""
    degrees = pyproj.Transformer.from_crs(metres, "EPSG:4326", always_xy=True)
    lon, lat = degrees.transform(far_m, far_m / 2)
    east, north, _ = pyproj.Geod(ellps="WGS84").fwd(lon, lat, 60, 900)
    x, y = pyproj.Transformer.from_crs("EPSG:4326", metres, always_xy=True).transform(east, north)
    spot = shapely.Point(x, y).buffer(0.001)
    found = near(draw_communities([Point(far_m, far_m / 2)]), draw_hazards([spot]))
    assert found["nearest_hazard_m"][0] == pytest.approx(900, rel=1e-3)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40), st.integers(1, 9)), min_size=1, max_size=8))
def test_rings_are_cumulative_and_row_order_never_matters(draw_hazards, draw_communities, squares):
    shapes = [box(x * 100, y * 100, x * 100 + side * 100, y * 100 + side * 100) for x, y, side in squares]
    villages = draw_communities([Point(0, 0), Point(1500, -700)])
    forward = near(villages, draw_hazards(shapes))
    counts = forward[[f"hazards_within_{ring:g}_m" for ring in RINGS]].to_numpy()
    ground = forward[[f"hazard_km2_within_{ring:g}_m" for ring in RINGS]].to_numpy()
    assert (np.diff(counts, axis=1) >= 0).all()
    assert (np.diff(ground, axis=1) >= -1e-9).all()
    backward = near(villages, draw_hazards(shapes).iloc[::-1].reset_index(drop=True))
    assert forward.drop(columns="nearest_hazard_id").to_numpy(float) == pytest.approx(
        backward.drop(columns="nearest_hazard_id").to_numpy(float)
    )
    assert forward["nearest_hazard_id"].tolist() == backward["nearest_hazard_id"].tolist()


def test_accidents_tell_what_the_record_misses(draw_hazards, metres):
    import geopandas as gpd

    hazards = draw_hazards([box(0, 0, 100, 100)])
    five, ten = [50] * 5, [200, 500] * 5
    spots = gpd.GeoDataFrame(geometry=[Point(x, 50) for x in (*five, *ten, *[5000] * 10)], crs=metres)
    shares = accident_distances(spots, hazards)
    assert list(shares.values()) == [0.2, 0.4, 0.4]
    # Four in a group could be worked out; none in a group tells of nobody.
    assert set(accident_distances(spots.iloc[1:], hazards).values()) == {None}
    assert list(accident_distances(spots.iloc[5:], hazards).values()) == [0.0, 0.5, 0.5]
    assert set(accident_distances(spots.head(0), hazards).values()) == {None}
