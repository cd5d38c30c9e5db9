"""Routes cut into legs and linked to cells, with lengths and minutes by hand."""

import datetime
import math
import random

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely import GeometryCollection, LineString, MultiLineString, Point

from hazard_service.ground.grid import Grid
from hazard_service.ground.routes import route_graph, standing_open
from hazard_service.settings import Settings

CRS_M = CRS.from_proj4("+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs")
GRID = Grid(CRS_M, left_m=0.0, top_m=40.0, cell_m=10.0, rows=4, cols=5)  # centres at 5, 15, ... m
LAND = np.full(GRID.shape, 0.02, dtype=np.float32)  # 3 km/h
ROUTE_MIN_PER_M = 0.012  # 5 km/h


def frame(*lines, open_since=None):
    dates = pd.to_datetime(pd.Series(open_since or [None] * len(lines)))
    return GeoDataFrame({"open_since": dates}, geometry=list(lines), crs=CRS_M)


def graph_of(*lines, min_per_m=LAND, grid=GRID):
    return route_graph(frame(*lines), grid, min_per_m, Settings())


def legs_by_place(graph):
    """Legs as coordinates, minutes and route: what must not depend on how nodes are numbered."""
    nodes = np.sort(graph.way_ends[: graph.legs] - graph.cells, axis=1)
    where = [tuple(sorted(map(tuple, graph.node_xy[pair].tolist()))) for pair in nodes]
    return sorted(zip(where, graph.way_min[: graph.legs].tolist(), strict=True))


def links_by_place(graph):
    node, cell = graph.way_ends[graph.legs :].T
    where = map(tuple, graph.node_xy[node - graph.cells].tolist())
    return sorted(zip(where, cell.tolist(), graph.way_min[graph.legs :].tolist(), strict=True))


def links_from(graph, x, y):
    """Cells (row, column) that the node at x, y is linked to, and minutes."""
    return {divmod(cell, GRID.cols): minutes for place, cell, minutes in links_by_place(graph) if place == (x, y)}


# --- legs -------------------------------------------------------------------------------------------------------------


def test_a_straight_route_is_cut_into_equal_legs_no_longer_than_a_cell():
    graph = graph_of(LineString([(5, 22), (30, 22)]))  # 25 m = three legs of 8 1/3 m
    assert graph.legs == 3
    assert sorted(graph.node_xy[:, 0]) == pytest.approx([5, 5 + 25 / 3, 5 + 50 / 3, 30])
    assert graph.way_min[:3] == pytest.approx(25 / 3 * ROUTE_MIN_PER_M)
    assert graph.leg_route.tolist() == [0, 0, 0]
    assert (graph.way_ends[:3] >= graph.cells).all()


def test_a_bend_lies_inside_a_leg_and_counts_with_its_length():
    graph = graph_of(LineString([(5, 22), (9, 22), (9, 25)]))  # 4 + 3 m in one leg
    assert graph.legs == 1
    assert graph.way_min[0] == pytest.approx(7 * ROUTE_MIN_PER_M)
    assert shapely.equals(graph.leg_line[0], LineString([(5, 22), (9, 22), (9, 25)]))
    assert graph.leg_segments.tolist() == [[0, 2]]
    assert graph.segment_xy.tolist() == [[5, 22, 9, 22], [9, 22, 9, 25]]


def test_a_cut_that_falls_on_a_vertex_is_the_vertex_and_belongs_to_both_sides_only_once():
    graph = graph_of(LineString([(5, 22), (15, 22), (15, 32)]))
    assert legs_by_place(graph) == [
        (((5.0, 22.0), (15.0, 22.0)), pytest.approx(0.12)),
        (((15.0, 22.0), (15.0, 32.0)), pytest.approx(0.12)),
    ]
    assert graph.leg_segments.tolist() == [[0, 1], [1, 2]]


def test_roads_join_where_they_share_a_vertex_and_only_there():
    shared = graph_of(LineString([(2, 22), (8, 22), (12, 22)]), LineString([(8, 18), (8, 22), (8, 26)]))
    assert len(shared.node_xy) == 5
    assert shared.legs == 4
    over = graph_of(LineString([(4, 22), (12, 22)]), LineString([(8, 18), (8, 26)]))  # no vertex where they cross
    assert len(over.node_xy) == 4
    assert over.legs == 2


def test_the_same_millimetre_is_one_point_and_two_are_two():
    near = graph_of(LineString([(2, 22), (8, 22)]), LineString([(8.0004, 22), (12, 22)]))
    assert len(near.node_xy) == 3
    assert near.leg_line[0].coords[-1] == near.leg_line[1].coords[0] or (
        near.leg_line[0].coords[0] == near.leg_line[1].coords[0]
    )
    assert len(graph_of(LineString([(2, 22), (8, 22)]), LineString([(8.002, 22), (12, 22)])).node_xy) == 4


@pytest.mark.parametrize(
    "nothing",
    [
        None,
        LineString(),
        MultiLineString(),
        LineString([(5, 5), (5, 5)]),
        LineString([(5, 5), (5.0001, 5), (5, 5)]),
        GeometryCollection([Point(5, 5)]),
        LineString([(500, 500), (600, 500)]),
    ],
)
def test_what_has_no_length_on_the_grid_is_no_route(nothing):
    alone = graph_of(nothing)
    assert (alone.legs, len(alone.node_xy), len(alone.way_ends)) == (0, 0, 0)
    beside = graph_of(nothing, LineString([(5, 22), (9, 22)]))
    assert beside.leg_route.tolist() == [1]
    assert len(beside.node_xy) == 2


def test_no_routes_at_all():
    assert graph_of().way_ends.shape == (0, 2)


def test_repeated_points_loops_and_self_crossings():
    graph = graph_of(LineString([(2, 22), (2, 22), (8, 22), (8, 22), (8, 22)]))
    assert (graph.legs, graph.way_min[0]) == (1, pytest.approx(6 * ROUTE_MIN_PER_M))
    ring = graph_of(LineString([(2, 22), (12, 22), (12, 32), (2, 32), (2, 22)]))
    assert (ring.legs, len(ring.node_xy)) == (4, 4)
    assert np.bincount(ring.way_ends[:4].ravel() - ring.cells).tolist() == [2, 2, 2, 2]
    eight = graph_of(LineString([(2, 22), (6, 26), (10, 22), (10, 30), (6, 26), (2, 30)]))  # (6, 26) passed twice
    assert np.bincount(eight.way_ends[: eight.legs].ravel() - eight.cells).max() == 4


def test_parts_of_a_multiline_are_roads_of_one_route():
    both = MultiLineString([[(2, 22), (8, 22)], [(8, 22), (8, 28)]])
    graph = graph_of(None, GeometryCollection([both, LineString([(20, 5), (25, 5)])]))
    assert graph.leg_route.tolist() == [1, 1, 1]
    assert len(graph.node_xy) == 5


def test_a_route_that_leaves_the_grid_keeps_the_legs_inside():
    graph = graph_of(LineString([(30, 22), (80, 22)]))  # the grid ends at x = 50, where a node lies
    assert graph.legs == 2
    assert graph.node_xy[:, 0].max() == 50.0
    assert set(links_from(graph, 50.0, 22.0)) == {(1, 4), (2, 4)}  # the block's other half is off the grid


def test_elevated_lines_are_walked_as_if_flat():
    assert graph_of(LineString([(2, 22, 0), (8, 22, 900)])).way_min[0] == pytest.approx(6 * ROUTE_MIN_PER_M)


def test_legs_stand_open_from_their_day_on():
    lines = [LineString([(2, y), (8, y)]) for y in (5, 15, 25)]
    routes = frame(*lines, open_since=["2004-05-01", None, "2010-01-01"])
    graph = route_graph(routes, GRID, LAND, Settings())
    for on, expected in ((datetime.date(2004, 4, 30), []), (datetime.date(2004, 5, 1), [0])):
        assert graph.leg_route[standing_open(graph, routes, on)].tolist() == expected
    assert set(graph.leg_route[standing_open(graph, routes, datetime.date(2020, 1, 1))]) == {0, 2}


# --- links ------------------------------------------------------------------------------------------------------------


def test_a_node_is_linked_to_the_four_centres_around_it():
    # (12, 22) lies in the cell of centre (15, 25), in the square of centres x 5..15, y 15..25.
    links = links_from(graph_of(LineString([(12, 22), (12, 26)])), 12.0, 22.0)
    assert set(links) == {(1, 0), (1, 1), (2, 0), (2, 1)}
    assert links[1, 1] == pytest.approx(math.hypot(3, 3) * 0.02)
    assert links[2, 0] == pytest.approx(math.hypot(7, 7) * 0.02)


def test_minutes_of_a_link_are_metres_in_each_cell_at_its_friction():
    ground = LAND.copy()
    ground[1, 0], ground[2, 1], ground[2, 0] = 0.03, 0.05, 0.07
    links = links_from(graph_of(LineString([(12, 23), (12, 26)]), min_per_m=ground), 12.0, 23.0)
    # West to (5, 25): 7 of 7 m sideways; 2 of them in the node's own cell, which ends at x = 10.
    assert links[1, 0] == pytest.approx(math.hypot(7, 2) * (2 / 7 * 0.02 + 5 / 7 * 0.03))
    # South to (15, 15): 8 m down; 3 in its own cell, which ends at y = 20.
    assert links[2, 1] == pytest.approx(math.hypot(3, 8) * (3 / 8 * 0.02 + 5 / 8 * 0.05))
    # Across to (5, 15): leaves its column after 2/7 of the way, its row after 3/8; between, it runs in (1, 0).
    assert links[2, 0] == pytest.approx(math.hypot(7, 8) * (2 / 7 * 0.02 + (3 / 8 - 2 / 7) * 0.03 + 5 / 8 * 0.07))


def test_a_node_on_a_centre_is_linked_to_it_at_no_cost():
    assert links_from(graph_of(LineString([(15, 25), (15, 29)])), 15.0, 25.0)[1, 1] == 0.0


def test_no_link_from_over_water_nor_across_it():
    ground = LAND.copy()
    ground[:, 2] = np.inf  # a river, x 20..30
    graph = graph_of(LineString([(14, 22), (36, 22)]), min_per_m=ground)  # 22 m = three legs
    assert {place for place, _, _ in links_by_place(graph)} == {(14.0, 22.0), (36.0, 22.0)}
    assert set(links_from(graph, 14.0, 22.0)) == {(1, 0), (1, 1), (2, 0), (2, 1)}
    assert set(links_from(graph, 36.0, 22.0)) == {(1, 3), (1, 4), (2, 3), (2, 4)}


def test_a_bridge_that_ends_on_the_border_of_the_water_is_linked_on_both_banks():
    ground = LAND.copy()
    ground[:, 2] = np.inf
    for line in (LineString([(20, 22), (30, 22)]), LineString([(30, 22), (20, 22)])):
        graph = graph_of(line, min_per_m=ground)
        assert set(links_from(graph, 20.0, 22.0)) == {(1, 1), (2, 1)}
        assert set(links_from(graph, 30.0, 22.0)) == {(1, 3), (2, 3)}


def test_a_corner_is_cut_only_where_all_four_cells_are_walkable():
    ground = LAND.copy()
    ground[2, 0] = np.inf
    links = links_from(graph_of(LineString([(12, 27), (12, 24)]), min_per_m=ground), 12.0, 24.0)
    assert set(links) == {(1, 0), (1, 1), (2, 1)}
    ground = LAND.copy()
    ground[1, 0] = np.inf  # beside the straight way from the own cell (1, 1) to (2, 0)
    links = links_from(graph_of(LineString([(12, 27), (12, 24)]), min_per_m=ground), 12.0, 24.0)
    assert set(links) == {(1, 1), (2, 1)}


# --- laws -------------------------------------------------------------------------------------------------------------

coordinate = st.one_of(
    st.floats(-5.0, 55.0).map(lambda value: round(value, 6)),
    st.integers(-1, 10).map(lambda step: step * 5.0),
)
line = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=5).map(LineString)
network = st.lists(line, min_size=1, max_size=4)
rivers = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=8)


def with_water(cells):
    ground = LAND.copy()
    for cell in cells:
        ground[cell] = np.inf
    return ground


@settings(max_examples=100, deadline=None)
@given(network, rivers, st.randoms(use_true_random=False))
@example([LineString([(0, 0), (10, 0), (0, 0)])], [], random.Random(0))
def test_order_of_routes_and_direction_of_lines_never_matter(lines, water, rng):
    turned = [shapely.reverse(one) if rng.random() < 0.5 else one for one in lines]
    rng.shuffle(turned)
    some, other = (graph_of(*given, min_per_m=with_water(water)) for given in (lines, turned))
    assert legs_by_place(some) == legs_by_place(other)
    assert links_by_place(some) == links_by_place(other)


@settings(max_examples=100, deadline=None)
@given(network, rivers)
def test_legs_are_the_lines_and_links_stay_on_land(lines, water):
    wide = Grid(CRS_M, left_m=-20.0, top_m=80.0, cell_m=10.0, rows=10, cols=10)
    whole = graph_of(*lines, grid=wide, min_per_m=np.full(wide.shape, 0.02, np.float32))
    drawn = sum(one.length for one in lines)
    assert whole.way_min[: whole.legs].sum() == pytest.approx(drawn * ROUTE_MIN_PER_M, rel=1e-3, abs=0.01)
    length_m = shapely.length(whole.leg_line)
    assert (length_m <= 10.0 + 1e-5).all()
    np.testing.assert_allclose(whole.way_min[: whole.legs], length_m * ROUTE_MIN_PER_M, rtol=1e-6)
    for leg, ends in zip(whole.leg_line, whole.way_ends[: whole.legs] - whole.cells, strict=True):
        assert [leg.coords[0], leg.coords[-1]] == [tuple(xy) for xy in whole.node_xy[ends].tolist()]

    ground = with_water(water)
    graph = graph_of(*lines, min_per_m=ground)
    links = shapely.linestrings(graph.link_xy(np.arange(len(graph.way_ends) - graph.legs)))
    for row, col in set(water):
        cell = shapely.box(col * 10, 30 - row * 10, col * 10 + 10, 40 - row * 10).buffer(-1e-5)
        assert not shapely.intersects(links, cell).any()
    assert np.isfinite(graph.way_min).all()
    assert (shapely.length(links) <= 10 * math.sqrt(2) + 1e-9).all()


def test_a_road_up_a_ramp_is_walked_at_toblers_speed_up_and_down():
    # Ten metres a cell of ten: heights rise 1 m a column eastward, a slope of 0.1 along the road.
    heights = np.broadcast_to(np.arange(GRID.cols, dtype=np.float32), GRID.shape).copy()
    y = 15.0  # through the centres
    graph = route_graph(frame(LineString([(5, y), (45, y)])), GRID, LAND, Settings(), np.ascontiguousarray(heights))
    level = 10 * 60 / 5000
    up, down = math.exp(3.5 * (0.15 - 0.05)), math.exp(3.5 * (0.05 - 0.05))
    legs = graph.way_ends[: graph.legs]
    for start, end, entry in ways_of(graph):
        if {start, end} in [set(leg) for leg in legs.tolist()]:
            rises = graph.node_xy[end - graph.cells, 0] > graph.node_xy[start - graph.cells, 0]
            assert graph.ways.min[entry] == pytest.approx(level * (up if rises else down), rel=1e-5)
            assert graph.ways.back_min[entry] == pytest.approx(level * (down if rises else up), rel=1e-5)


def test_unknown_heights_are_level():
    heights = np.full(GRID.shape, np.nan, dtype=np.float32)
    graph = route_graph(frame(LineString([(5, 22), (45, 22)])), GRID, LAND, Settings(), heights)
    level = graph.way_min.astype(np.float32)
    np.testing.assert_array_equal(graph.ways.min, level[graph.ways.way])
    np.testing.assert_array_equal(graph.ways.back_min, level[graph.ways.way])


def ways_of(graph):
    """(hub, other end, entry) of every entry."""
    ways = graph.ways
    for i, hub in enumerate(ways.hub):
        for entry in range(ways.first[i], ways.first[i + 1]):
            yield int(hub), int(ways.to[entry]), entry
