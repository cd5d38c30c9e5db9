"""Outlines in a page: never smaller than recorded, and read back as they were written."""

import numpy as np
import pytest
import shapely
from geopandas import GeoSeries
from hypothesis import given
from hypothesis import strategies as st

from hazard_service.atlas.compact import OUTWARD_M, STEPS_PER_DEGREE, encoded, outward
from hazard_service.layers import open_programme
from hazard_service.shelves import sample_folder


@st.composite
def shapes(draw):
    """Stars of 3 to 30 corners, some thin as a hair, some with a hole."""
    count = draw(st.integers(3, 30))
    angles = np.sort(draw(st.lists(st.floats(0, 6.28), min_size=count, max_size=count, unique=True)))
    lengths = np.array(draw(st.lists(st.floats(1, 3000), min_size=count, max_size=count)))
    flat = draw(st.sampled_from([1.0, 0.001]))
    x, y = draw(st.floats(-40_000, 40_000)), draw(st.floats(-40_000, 40_000))
    star = shapely.Polygon(np.column_stack([x + lengths * np.cos(angles), y + flat * lengths * np.sin(angles)]))
    star = shapely.make_valid(star)
    return shapely.difference(star, shapely.Point(x, y).buffer(lengths.min() / 3)) if flat == 1.0 else star


@given(shapes())
def test_never_smaller_than_recorded(world, metres, shape):
    areas = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0]
    if not areas:
        return
    recorded = np.array([shapely.MultiPolygon(areas)], dtype=object)
    drawn = world.decoded(encoded(outward(recorded, metres)[0]))
    assert shapely.make_valid(drawn).covers(GeoSeries(recorded, crs=metres).to_crs("EPSG:4326").iloc[0])


def test_the_sample_is_drawn_hardly_larger_and_with_fewer_corners(world):
    programme = open_programme(sample_folder())
    recorded = programme.hazards.geometry.to_numpy()
    drawn = outward(recorded, programme.crs)
    back = GeoSeries([world.decoded(encoded(shape)) for shape in drawn], crs="EPSG:4326").to_crs(programme.crs)
    assert back.is_valid.all()
    grown = [shapely.hausdorff_distance(a, b) for a, b in zip(back, recorded, strict=True)]
    assert np.median(grown) < 2 * OUTWARD_M
    assert shapely.get_num_coordinates(drawn).sum() < shapely.get_num_coordinates(recorded).sum()
    assert (back.area >= programme.hazards.geometry.area).all()


def test_by_hand(world, metres):
    """A square of 1,000 m at the origin of the metres (40° W, 35° N), grown by 3 m to the sides: half of it is 503 m.

    A degree of latitude is 110,941 m there, so 503 m are 453 steps; one of longitude 91,288 m: 551 steps.
    """
    shape = outward(np.array([shapely.box(-500, -500, 500, 500)], dtype=object), metres)[0]
    west, south, east, north = np.rint(np.array(world.decoded(encoded(shape)).bounds) * STEPS_PER_DEGREE)
    sides = [west + 4_000_000, south - 3_500_000, east + 4_000_000, north - 3_500_000]
    assert sides == pytest.approx([-551, -453, 551, 453], abs=2)  # fewer corners: up to 1.5 m to either side


def test_lines_and_points_stay_as_they_are(metres):
    line = shapely.LineString([(0, 0), (100, 0)])
    ((steps,),) = encoded(outward(np.array([line], dtype=object), metres)[0])
    assert len(steps) == 4
    assert steps[:2] == [-4_000_000, 3_500_000]
    assert steps[2:] == [pytest.approx(110, abs=1), 0]
    assert encoded(shapely.Polygon()) == []
