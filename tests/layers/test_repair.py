"""Repair judged by areas worked out by hand, and by what it must never do."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from hazard_service.layers.repair import equal_area_circle, repair_hazard, repair_release

BOWTIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


def readings(geometry):
    """The three repair methods asked independently of the module under test."""
    return {
        "linework": shapely.make_valid(geometry),
        "structure": shapely.make_valid(geometry, method="structure", keep_collapsed=True),
        "buffer(0)": shapely.buffer(geometry, 0),
    }


def same_ground(one, other):
    return shapely.area(shapely.symmetric_difference(one, other)) < 1e-6


def test_valid_geometry_passes_unchanged():
    for geometry in (box(0, 0, 1, 1), MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)])):
        for repair in (repair_hazard, repair_release):
            repaired = repair(geometry)
            assert repaired.polygon is geometry
            assert (repaired.remnant, repaired.changed, repaired.kept_closed_m2) == (None, False, 0.0)


@pytest.mark.parametrize("repair", [repair_hazard, repair_release])
@pytest.mark.parametrize("nothing", [None, Polygon(), GeometryCollection()])
def test_nothing_gives_nothing(repair, nothing):
    repaired = repair(nothing)
    assert (repaired.polygon, repaired.remnant, repaired.changed) == (None, None, False)


def test_a_bowtie_hazard_keeps_both_wings_and_a_bowtie_release_only_one():
    # Each wing is a triangle of base 10 and height 5: 25 m². buffer(0) loses one of them.
    hazard, release = repair_hazard(BOWTIE), repair_release(BOWTIE)
    assert hazard.polygon.area == pytest.approx(50)
    assert hazard.kept_closed_m2 == pytest.approx(25)
    assert release.polygon.area == pytest.approx(25)
    assert release.kept_closed_m2 == pytest.approx(25)
    assert (hazard.remnant, release.remnant) == (None, None)


def test_a_figure_eight_keeps_both_loops():
    eight = Polygon([(0, 0), (4, 0), (4, 4), (8, 4), (8, 8), (4, 8), (4, 4), (0, 4)])
    assert same_ground(repair_hazard(eight).polygon, shapely.union(box(0, 0, 4, 4), box(4, 4, 8, 8)))


def test_ground_wound_twice_stays_closed_where_even_odd_loses_it():
    # The ring crosses itself and winds twice round the square (2,2)-(6,6).
    ring = Polygon([(0, 0), (6, 0), (6, 6), (2, 6), (2, 2), (8, 2), (8, 8), (0, 8)])
    assert readings(ring)["linework"].area == pytest.approx(44)
    hazard, release = repair_hazard(ring), repair_release(ring)
    assert hazard.polygon.area == pytest.approx(60)  # 8 × 8 less the 2 × 2 corner at (6, 0)
    assert hazard.kept_closed_m2 == pytest.approx(16)
    assert release.polygon.area == pytest.approx(44)


def test_a_ring_drawn_twice_round_is_one_polygon():
    corners = [(0, 0), (5, 0), (5, 5), (0, 5)]
    assert same_ground(repair_hazard(Polygon(corners * 2)).polygon, box(0, 0, 5, 5))


def test_a_spike_becomes_a_remnant_that_meets_its_polygon():
    spiked = Polygon([(0, 0), (10, 0), (10, 10), (5, 10), (5, 20), (5, 10), (0, 10)])
    hazard = repair_hazard(spiked)
    assert same_ground(hazard.polygon, box(0, 0, 10, 10))
    assert hazard.remnant.equals(LineString([(5, 10), (5, 20)]))
    assert hazard.remnant.geom_type == "MultiLineString"
    assert hazard.remnant.intersects(hazard.polygon)
    assert repair_release(spiked).remnant is None


def test_a_spike_into_its_own_ground_leaves_no_remnant():
    spiked = Polygon([(0, 0), (10, 0), (10, 10), (5, 10), (5, 4), (5, 10), (0, 10)])
    assert repair_hazard(spiked).remnant is None


def test_a_collapsed_ring_is_all_remnant():
    for collapsed in (Polygon([(0, 0), (10, 0), (20, 0)]), Polygon([(0, 0), (20, 0), (0, 0)])):
        hazard = repair_hazard(collapsed)
        assert hazard.polygon is None
        assert hazard.remnant.equals(LineString([(0, 0), (20, 0)]))
        assert repair_release(collapsed).polygon is None


def test_a_ring_collapsed_on_one_point_is_not_lost():
    hazard = repair_hazard(Polygon([(3, 4)] * 4))
    assert hazard.polygon is None
    assert hazard.remnant.is_valid
    assert hazard.remnant.intersects(Point(3, 4))
    assert hazard.remnant.length == pytest.approx(0.001)


def test_a_hole_that_crosses_the_shell_opens_only_what_lies_inside():
    # The hole (8,4)-(12,6) sticks out of the 10 × 10 shell: 2 × 2 m of it are inside.
    crossing = Polygon(box(0, 0, 10, 10).exterior, [box(8, 4, 12, 6).exterior])
    for repaired in (repair_hazard(crossing), repair_release(crossing)):
        assert same_ground(repaired.polygon, box(0, 0, 10, 10) - box(8, 4, 12, 6))
        assert repaired.remnant is None
    assert repair_hazard(crossing).kept_closed_m2 == pytest.approx(0)


def test_an_invalid_hole_opens_only_what_every_method_agrees_on():
    # The hole is a bowtie of two wings of 9 m²; buffer(0) sees one of them.
    holed = Polygon(box(0, 0, 10, 10).exterior, [[(2, 2), (8, 8), (8, 2), (2, 8)]])
    hazard = repair_hazard(holed)
    assert hazard.polygon.area == pytest.approx(91)
    assert hazard.kept_closed_m2 == pytest.approx(9)
    assert repair_release(holed).polygon.area == pytest.approx(82)


def test_a_valid_hole_in_ground_wound_twice_stays_open():
    ring = [(0, 0), (6, 0), (6, 6), (2, 6), (2, 2), (8, 2), (8, 8), (0, 8)]
    holed = repair_hazard(Polygon(ring, [box(3, 3, 5, 5).exterior])).polygon
    assert holed.area == pytest.approx(60 - 4)
    assert not holed.intersects(Point(4, 4))


def test_an_island_drawn_as_a_hole_in_a_hole_stays_closed():
    nested = Polygon(box(0, 0, 10, 10).exterior, [box(1, 1, 9, 9).exterior, box(4, 4, 6, 6).exterior])
    hazard = repair_hazard(nested)
    assert hazard.polygon.area == pytest.approx(100 - 64 + 4)
    assert hazard.kept_closed_m2 == pytest.approx(4)


def test_holes_that_touch_along_a_line_both_open():
    holed = Polygon(box(0, 0, 10, 10).exterior, [box(2, 2, 4, 4).exterior, box(4, 2, 6, 4).exterior])
    assert repair_hazard(holed).polygon.area == pytest.approx(100 - 8)


def test_a_hole_outside_its_shell_or_round_it_is_a_misplaced_ring_and_opens_nothing():
    apart = Polygon(box(0, 0, 10, 10).exterior, [box(20, 4, 22, 6).exterior])
    assert same_ground(repair_hazard(apart).polygon, shapely.union(box(0, 0, 10, 10), box(20, 4, 22, 6)))
    swapped = Polygon(box(2, 2, 8, 8).exterior, [box(0, 0, 10, 10).exterior])
    assert same_ground(repair_hazard(swapped).polygon, box(0, 0, 10, 10))
    assert repair_release(swapped).polygon is None


def test_overlapping_parts_are_united():
    overlapping = MultiPolygon([box(0, 0, 4, 4), box(2, 0, 6, 4)])
    assert same_ground(repair_hazard(overlapping).polygon, box(0, 0, 6, 4))


def test_a_part_is_not_a_hole_in_another_part():
    within = MultiPolygon([box(0, 0, 10, 10), box(2, 2, 4, 4)])
    assert same_ground(repair_hazard(within).polygon, box(0, 0, 10, 10))


def test_a_collection_keeps_polygons_and_turns_the_rest_into_remnants():
    outside, point = LineString([(4, 4), (9, 9)]), Point(7, 1)
    inner = GeometryCollection([LineString([(1, 1), (2, 2)]), outside, Point(1, 1), point])
    hazard = repair_hazard(GeometryCollection([box(0, 0, 4, 4), inner]))
    assert same_ground(hazard.polygon, box(0, 0, 4, 4))
    assert hazard.changed
    assert hazard.remnant.covers(outside)
    assert hazard.remnant.intersects(point)
    assert hazard.remnant.length == pytest.approx(outside.length + 0.001)
    assert same_ground(repair_release(GeometryCollection([box(0, 0, 4, 4), inner])).polygon, box(0, 0, 4, 4))


def test_lines_alone_are_all_remnant_of_a_hazard_and_nothing_of_a_release():
    line = LineString([(0, 0), (5, 5)])
    assert repair_hazard(line).polygon is None
    assert repair_hazard(line).remnant.equals(line)
    assert (repair_release(line).polygon, repair_release(line).changed) == (None, True)


def test_deep_collections_need_no_recursion():
    nested = box(0, 0, 2, 2)
    for _ in range(3000):
        nested = GeometryCollection([nested])
    assert same_ground(repair_hazard(nested).polygon, box(0, 0, 2, 2))


def test_heights_are_dropped_in_repair():
    high = Polygon([(0, 0, 5), (10, 10, 5), (10, 0, 5), (0, 10, 5)])
    assert not repair_hazard(high).polygon.has_z


@pytest.mark.parametrize("area_m2", [1.0, 2827.5, 4.0e6])
def test_the_circle_has_the_area_itself(area_m2):
    circle = equal_area_circle(Point(1000, -2000), area_m2)
    assert circle.area == pytest.approx(area_m2, rel=1e-9)
    assert circle.is_valid
    assert len(circle.exterior.coords) == 65
    assert (circle.centroid.x, circle.centroid.y) == pytest.approx((1000, -2000))
    # Its corners stand out of the true circle by no more than 0.1 %.
    assert circle.bounds[2] - 1000 == pytest.approx(math.sqrt(area_m2 / math.pi), rel=1e-3)


corner = st.tuples(st.integers(0, 12), st.integers(0, 12))
rings = st.lists(corner, min_size=3, max_size=9).map(Polygon)


@settings(deadline=None)
@given(st.lists(rings, min_size=1, max_size=3))
def test_repair_of_hazards_covers_and_of_releases_is_covered_by_every_method(parts):
    geometry = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    hazard = repair_hazard(geometry)
    release = repair_release(geometry).polygon or Polygon()
    ground = hazard.polygon or Polygon()
    assert ground.is_valid
    assert release.is_valid
    assert release.difference(ground).area < 1e-6
    assert hazard.kept_closed_m2 < ground.area + 1e-6
    # A hazard is read part by part: linework joins the lines of collapsed parts to ground that no part winds round.
    for reading in (reading for part in parts for reading in _areas_read(part)):
        assert reading.difference(ground).area < 1e-6
    for reading in _areas_read(geometry):
        assert release.difference(reading).area < 1e-6
    # No line of any outer ring is lost: each lies in the ground or in the remnant, to a micron.
    barrier = shapely.union_all([piece for piece in (hazard.polygon, hazard.remnant) if piece is not None])
    outlines = [LineString(part.exterior.coords) for part in parts if part.length > 0]
    assert all(outline.difference(barrier.buffer(1e-6)).length < 1e-6 for outline in outlines)


@settings(deadline=None)
@given(rings, st.integers(0, 2**32 - 1))
def test_points_the_ring_winds_round_are_closed(polygon, seed):
    ring_xy = shapely.get_coordinates(polygon.exterior)
    ground = repair_hazard(polygon).polygon or Polygon()
    for x, y in np.random.default_rng(seed).uniform(0, 12, (5, 2)):
        # The winding number as the sum of the angles under which the edges are seen.
        angles = np.unwrap(np.arctan2(ring_xy[:, 1] - y, ring_xy[:, 0] - x))
        if round(float(angles[-1] - angles[0]) / (2 * math.pi)) != 0:
            assert ground.intersects(Point(x, y))


@settings(deadline=None)
@given(rings)
def test_the_direction_of_a_ring_does_not_matter(polygon):
    ground = repair_hazard(polygon).polygon or Polygon()
    assert same_ground(repair_hazard(shapely.reverse(polygon)).polygon or Polygon(), ground)


def _areas_read(geometry):
    for reading in readings(geometry).values():
        parts = shapely.get_parts(shapely.get_parts([reading]))
        yield shapely.union_all([part for part in parts if part.geom_type == "Polygon"])
