"""Bytes of features. Oracle: the map's own writing of the same frames, and json."""

import json
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.atlas.geojson import geometries, rows
from hazard_service.feature_bytes import feature_bytes, geometry_bytes, plain_columns, property_bytes, shown_geometries

VALUES = {
    "text": st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    "number": st.none() | st.floats(width=32),
    "count": st.integers(-(2**40), 2**40),
    "flag": st.booleans(),
    "date": st.none() | st.dates().map(str),
}

SHAPES = [
    shapely.Point(-40.12345678, 35.00000004), shapely.Polygon(), None, shapely.box(-1, -1, 1, 1),
    shapely.difference(shapely.box(0, 0, 3, 3), shapely.box(1, 1, 2, 2)), shapely.LineString([(-0.0, 0), (1e-9, 1)]),
    shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]), shapely.from_wkt("POINT Z (1 2 3)"),
    shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]), shapely.GeometryCollection([shapely.box(0, 0, 1, 1)]),
    shapely.MultiPolygon([shapely.difference(shapely.box(0, 0, 3, 3), shapely.box(1, 1, 2, 2))]),
]  # fmt: skip


@given(st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_law_properties_are_as_the_map_writes_them(cells):
    frame = pd.DataFrame(cells)
    frame["number"] = frame["number"].astype(float)
    frame["date"] = np.array([row["date"] or "NaT" for row in cells], dtype="datetime64[s]")
    written = [json.loads(text) for text in property_bytes(plain_columns(frame), range(len(frame)))]
    for one, told in zip(written, rows(frame, list(VALUES)), strict=True):
        number, expected = one.pop("number"), told.pop("number")
        assert one == told
        assert number == expected or math.isclose(number, expected, rel_tol=1e-12)


def test_counts_that_may_be_missing_are_null():
    frame = pd.DataFrame({"casualties": pd.array([7, None], dtype="Int64")})
    assert property_bytes(plain_columns(frame), [0, 1]) == [b'{"casualties":7}', b'{"casualties":null}']


def test_geometries_are_as_the_map_writes_them():
    degrees = gpd.GeoDataFrame(geometry=SHAPES, crs="EPSG:4326")
    written = geometry_bytes(shown_geometries(np.array(SHAPES, dtype=object), 7))
    assert [json.loads(text) for text in written] == json.loads(json.dumps(geometries(degrees)))


def test_outer_rings_go_anticlockwise_in_any_axis_order():
    clockwise = shapely.Polygon([(0, 0), (0, 2), (2, 2), (2, 0)], [[(0.5, 0.5), (1, 0.5), (1, 1), (0.5, 1)]])
    shown = shown_geometries(np.array([clockwise], dtype=object), 7)
    (swapped,) = geometry_bytes(shown, swap_axes=True)
    ring, hole = json.loads(swapped)["coordinates"]
    back = shapely.Polygon([point[::-1] for point in ring], [[point[::-1] for point in hole]])
    assert shapely.is_ccw(back.exterior)
    assert not shapely.is_ccw(back.interiors[0])


def test_ids_are_escaped():
    (text,) = feature_bytes(['"},<\u2028é'], [b"null"], [b"{}"])
    assert json.loads(text) == {"type": "Feature", "id": '"},<\u2028é', "geometry": None, "properties": {}}


@pytest.mark.parametrize("decimals", [7, 3])
def test_areas_that_cross_themselves_are_drawn_anew_and_stay_of_their_type(decimals):
    """A hole that pokes out of its square by two steps of the grid, as a projection can leave it."""
    hole = [(1, 1), (2, 5 + 2 * 10.0**-decimals), (3, 1)]
    area = shapely.Polygon([(0, 0), (5, 0), (5, 5), (0, 5)], [hole])
    for drawn in (area, shapely.MultiPolygon([area]), shapely.MultiPolygon([area, shapely.box(9, 9, 10, 10)])):
        assert not shapely.is_valid(drawn)
        shown, nothing = shown_geometries(np.array([drawn, None], dtype=object), decimals)
        assert shapely.is_valid(shown)
        assert shown.geom_type in ("MultiPolygon", drawn.geom_type)
        assert shown.area == pytest.approx(drawn.area, rel=1e-3)
        assert nothing is None


def test_an_area_narrower_than_the_grid_is_shown_crossed_rather_than_not_at_all():
    needle = shapely.Polygon([(0, 0), (100, 0.0001), (100, 0.0002)])
    (shown,) = shown_geometries(np.array([needle], dtype=object), 3)
    assert shown is not None
    assert shapely.distance(shown, shapely.Point(100, 0)) < 1e-3
