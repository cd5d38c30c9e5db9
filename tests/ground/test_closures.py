"""Which ways hazards close, drawn by hand, and walked with a plain Dijkstra over moves, legs and links."""

import datetime
import heapq
import math

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely import GeometryCollection, LineString, MultiLineString, MultiPolygon, Point, Polygon, box

from hazard_service.ground.barriers import close_moves
from hazard_service.ground.closures import BESIDE_M, ways_closed_by
from hazard_service.ground.grid import Grid
from hazard_service.ground.routes import route_graph, standing_open
from hazard_service.settings import Settings
from hazard_service.travel import prepare, prepared_minutes
from hazard_service.travel.moves import CORNERS, MOVES, PARTS

CRS_M = CRS.from_proj4("+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs")
GRID = Grid(CRS_M, left_m=0.0, top_m=80.0, cell_m=10.0, rows=8, cols=10)  # centres at 5, 15, ... m
LAND = np.full(GRID.shape, 0.02, dtype=np.float32)
ROAD = LineString([(0, 42), (100, 42)])  # ten legs of 10 m; nodes at 0, 10, ... 100


def frame(*lines, open_since=None):
    dates = pd.to_datetime(pd.Series(open_since or [None] * len(lines)))
    return GeoDataFrame({"open_since": dates}, geometry=list(lines), crs=CRS_M)


def graph_of(*lines, ground=LAND):
    return route_graph(frame(*lines), GRID, ground, Settings())


def closed_of(graph, hazards, stays_open=None):
    """(ways,) bool: closed by any of the hazards."""
    stays_open = np.zeros(graph.legs, dtype=bool) if stays_open is None else stays_open
    closed = np.zeros(len(graph.way_ends), dtype=bool)
    closed[ways_closed_by(graph, hazards, stays_open)[1]] = True
    return closed


def closed_legs(graph, hazards):
    """Where the closed legs begin and end along x."""
    lines = graph.leg_line[closed_of(graph, hazards)[: graph.legs]]
    return sorted((line.bounds[0], line.bounds[2]) for line in lines)


def cells_linked(graph, hazards, x, y):
    """(row, column) of the cells to which a node still has an open link."""
    node = graph.cells + int(np.argmin(np.hypot(graph.node_xy[:, 0] - x, graph.node_xy[:, 1] - y)))
    open_ends = graph.way_ends[~closed_of(graph, hazards)]
    return {divmod(int(cell), GRID.cols) for start, cell in open_ends if start == node and cell < graph.cells}


def walked(graph, ground, hazards, start, stays_open=None):
    """(rows, cols) minutes from a cell: heap Dijkstra over the eight moves and the open ways; slow and plain."""
    ways = {}
    for (a, b), minutes in zip(
        graph.way_ends[~closed_of(graph, hazards, stays_open)].tolist(),
        graph.way_min[~closed_of(graph, hazards, stays_open)].tolist(),
        strict=True,
    ):
        ways.setdefault(a, []).append((b, minutes))
        ways.setdefault(b, []).append((a, minutes))
    moves = close_moves(hazards, GRID, 8).closed_moves
    best = {start[0] * GRID.cols + start[1]: 0.0}
    queue = [(0.0, start[0] * GRID.cols + start[1])]
    while queue:
        now, here = heapq.heappop(queue)
        if now > best[here]:
            continue
        onward = list(ways.get(here, []))
        if here < graph.cells:
            onward += moves_from(here, moves, ground)
        for there, minutes in onward:
            if now + minutes < best.get(there, math.inf):
                best[there] = now + minutes
                heapq.heappush(queue, (now + minutes, there))
    flat = [best.get(cell, math.inf) for cell in range(graph.cells)]
    return np.array(flat).reshape(GRID.shape)


def moves_from(cell, closed, ground):
    row, col = divmod(cell, GRID.cols)
    for k, (down, right) in enumerate(MOVES[:8]):
        if not (0 <= row + down < GRID.rows and 0 <= col + right < GRID.cols) or closed[row, col] >> k & 1:
            continue
        crossed = [(r, c, share) for r, c, share in PARTS[k]] + [(r, c, 0.0) for r, c in CORNERS[k]]
        if all(np.isfinite(ground[row + r, col + c]) for r, c, _ in crossed):
            minutes = sum(share * ground[row + r, col + c] for r, c, share in crossed) * math.hypot(down, right) * 10
            yield (row + down) * GRID.cols + col + right, float(minutes)


# --- a road beside hazards --------------------------------------------------------------------------------------------

NORTH, SOUTH = box(-50, 42, 150, 200), box(-50, -100, 150, 42)  # both drawn up to the road, no gap left


def test_a_road_between_two_hazards_that_leave_no_gap_stays_open():
    graph = graph_of(ROAD)
    assert closed_legs(graph, [NORTH, SOUTH]) == []
    assert closed_of(graph, [NORTH, SOUTH])[graph.legs :].all()  # nobody may leave it


def test_people_walk_through_a_corridor_by_the_road_and_nowhere_else():
    hazards = [box(20, 42, 80, 200), box(20, -100, 80, 42)]
    road_min = walked(graph_of(ROAD), LAND, hazards, (3, 0))
    assert road_min[3, 9] < math.inf
    assert np.isinf(road_min[:, 2:8]).all()
    assert np.isinf(walked(graph_of(), LAND, hazards, (3, 0))[3, 9])
    # (5, 45) to node (10, 42), 80 m along the road to (90, 42), and up to (95, 45).
    expected = math.hypot(5, 3) * 0.02 * 2 + 80 * 0.012
    assert road_min[3, 9] == pytest.approx(expected, rel=1e-6)


def test_a_road_along_an_outline_keeps_its_links_on_the_free_side():
    graph = graph_of(ROAD)
    assert closed_legs(graph, [NORTH]) == []
    # (40, 42) on the border of two columns of cells: south of it the centres at y = 35, rows 4.
    assert cells_linked(graph, [NORTH], 40, 42) == {(4, 3), (4, 4)}
    assert cells_linked(graph, [SOUTH], 40, 42) == {(3, 3), (3, 4)}


@pytest.mark.parametrize("side", [1, -1])
def test_a_slanting_road_along_an_outline_is_open_at_every_node_whatever_rounding_does(side):
    start, end = np.array([3.1, 7.3]), np.array([93.7, 71.9])
    aside = side * np.array([start[1] - end[1], end[0] - start[0]])
    hazard = Polygon([start, end, end + aside, start + aside])
    road = LineString([start, end])
    for hazard_drawn in (hazard, shapely.segmentize(hazard, 3.7)):  # corners of its own along the road
        graph = graph_of(road)
        assert closed_legs(graph, [hazard_drawn]) == []
        closed = closed_of(graph, [hazard_drawn])[graph.legs :]
        ends = graph.link_xy(np.arange(len(closed)))
        across = np.linalg.det(np.stack([np.broadcast_to(end - start, ends[:, 1].shape), ends[:, 1] - start], axis=1))
        assert closed[shapely.intersects(hazard, shapely.points(ends[:, 1]))].all()
        sure = np.abs(across) > 1e-6
        beyond = sure & (across * side < 0) & ~shapely.intersects(hazard.buffer(0.01), shapely.points(ends[:, 1]))
        assert beyond.any()
        assert not closed[beyond].any()


def test_a_corner_that_touches_the_road_from_the_side_closes_no_leg():
    assert closed_legs(graph_of(ROAD), [Polygon([(35, 42), (30, 60), (40, 60)])]) == []


def test_a_side_road_that_meets_the_road_beside_a_hazard_stays_open():
    main, side = LineString([(0, 42), (50, 42), (100, 42)]), LineString([(50, 12), (50, 42)])
    assert closed_legs(graph_of(main, side), [NORTH]) == []
    assert len(closed_legs(graph_of(main, side), [SOUTH])) == 3


def test_a_hair_over_the_line_is_beside_and_a_hand_is_not():
    graph = graph_of(ROAD)
    assert closed_legs(graph, [box(32, 42 - BESIDE_M / 2, 38, 60)]) == []
    assert closed_legs(graph, [box(32, 42 - BESIDE_M * 2, 38, 60)]) == [(30, 40)]


def test_land_in_the_hole_of_a_hazard_is_land():
    ring = box(-50, -50, 150, 150) - box(10, 30, 90, 42)
    graph = graph_of(LineString([(20, 36), (80, 36)]), LineString([(20, 42), (80, 42)]))
    assert closed_legs(graph, [ring]) == []  # within the hole, and along its edge


# --- a road that hazards cross ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hazard",
    [
        box(33, -10, 37, 100),
        box(34.999, -10, 35, 100),
        box(35, -10, 35 + 1e-9, 100),
        LineString([(35, -10), (35, 100)]),
        LineString([(35, 42), (35, 100)]),  # a line left over that ends on the road
        LineString([(33, 42), (37, 42)]),  # and one along it
        Point(35, 42),
        GeometryCollection([MultiPolygon([box(60, 60, 70, 70)]), MultiLineString([[(35, 0), (36, 80)]])]),
        GeometryCollection([GeometryCollection([Point(35, 42)])]),
        box(33, 41, 37, 43),
    ],
)
def test_a_road_that_a_hazard_crosses_is_closed_there(hazard):
    assert hazard.is_valid
    assert closed_legs(graph_of(ROAD), [hazard]) == [(30, 40)]


@pytest.mark.parametrize("width_m", [1e-7, 1e-9, 0.1])
@pytest.mark.parametrize("lean_m", [0, 7, -7, 400, -400])
def test_a_wall_through_a_vertex_closes_the_road_however_thin_and_slanting(width_m, lean_m):
    graph = graph_of(LineString([(0, 42), (45, 42), (100, 42)]))
    middle, ahead = np.array([45.0, 42.0]), np.array([lean_m, 20.0])
    thick = np.array([width_m, 0.0])
    for corner in (middle, middle - thick, middle - thick / 2):
        wall = Polygon([corner - ahead, corner + ahead, corner + ahead + thick, corner - ahead + thick])
        assert closed_legs(graph, [wall]) != []


def test_walls_at_a_node_part_the_land_on_both_sides():
    for wall in (box(40, -10, 40 + 1e-9, 90), box(40 - 1e-9, -10, 40, 90), LineString([(40, -10), (40, 90)])):
        minutes = walked(graph_of(ROAD), LAND, [wall], (3, 0))
        assert np.isfinite(minutes[:, :4]).all()
        assert np.isinf(minutes[:, 4:]).all()


def test_a_road_into_a_hazard_ends_at_its_outline_and_nobody_steps_round_its_corner_there():
    hazard = box(40, 42, 60, 90)
    outside, inside = LineString([(36, 38), (40, 42)]), LineString([(40, 42), (44, 46)])  # in by the corner
    graph = graph_of(outside, inside)
    assert closed_legs(graph, [hazard]) == [(40, 44)]
    assert cells_linked(graph, [hazard], 36, 38) == {(3, 3), (4, 3), (4, 4)}  # not (3, 4), whose centre it covers
    assert cells_linked(graph, [hazard], 40, 42) == set()
    assert cells_linked(graph_of(outside), [hazard], 40, 42) == {(3, 3), (4, 3), (4, 4)}  # a road that stops there


def test_open_since_keeps_the_lane_open_and_its_verges_closed():
    routes = frame(ROAD, LineString([(0, 12), (100, 12)]), open_since=["2004-05-01", None])
    graph = route_graph(routes, GRID, LAND, Settings())
    wall = [box(33, -10, 57, 100)]
    before, after = (
        walked(graph, LAND, wall, (3, 0), standing_open(graph, routes, datetime.date(2004, month, 1)))
        for month in (4, 5)
    )
    assert np.isinf(before[:, 6:]).all()
    assert np.isfinite(after[:, 6:]).all()
    assert np.isinf(after[:, 4:5]).all()
    lane = standing_open(graph, routes, datetime.date(2020, 1, 1))
    closed = closed_of(graph, wall, lane)
    assert set(graph.leg_route[closed[: graph.legs]]) == {1}
    np.testing.assert_array_equal(closed[graph.legs :], closed_of(graph, wall)[graph.legs :])


# --- bridges ----------------------------------------------------------------------------------------------------------


def test_a_bridge_carries_over_water_and_the_river_leaks_nowhere():
    ground = LAND.copy()
    ground[:, 4:6] = np.inf  # x 40..60
    bridge = LineString([(38, 42), (62, 42)])
    along = LineString([(41, 2), (41, 78)])  # a route in the river, beside its bank
    assert np.isinf(walked(graph_of(ground=ground), ground, [], (3, 0))[:, 4:]).all()
    assert np.isinf(walked(graph_of(along, ground=ground), ground, [], (3, 0))[:, 4:]).all()
    over = walked(graph_of(bridge, along, ground=ground), ground, [], (3, 3))
    assert np.isinf(over[:, 4:6]).all()
    # (35, 45) to the bridge's end (38, 42), 24 m along it, and on to (65, 45).
    assert over[3, 6] == pytest.approx(2 * math.hypot(3, 3) * 0.02 + 24 * 0.012, rel=1e-6)
    assert np.isinf(walked(graph_of(bridge, ground=ground), ground, [box(49, 41, 50, 43)], (3, 0))[:, 4:]).all()


# --- bookkeeping ------------------------------------------------------------------------------------------------------


def test_entries_are_by_hazard_ascending_and_nothing_closes_nothing():
    graph = graph_of(ROAD)
    hazards = [None, box(33, 30, 37, 50), Polygon(), box(500, 500, 600, 600), box(13, 30, 37, 50)]
    first, way = ways_closed_by(graph, hazards, np.zeros(graph.legs, dtype=bool))
    assert (first.dtype, way.dtype) == (np.int64, np.int64)
    assert first.tolist()[:2] == [0, 0]
    assert first[2] == first[3] == first[4]
    for k in range(len(hazards)):
        entries = way[first[k] : first[k + 1]]
        assert (np.diff(entries) > 0).all()
        alone = ways_closed_by(graph, [hazards[k]], np.zeros(graph.legs, dtype=bool))[1]
        np.testing.assert_array_equal(entries, alone)
    for none in ([], [None]):
        assert ways_closed_by(graph, none, np.zeros(graph.legs, dtype=bool))[0].tolist() == [0] * (len(none) + 1)
    empty = graph_of()
    assert ways_closed_by(empty, hazards, np.zeros(0, dtype=bool))[1].size == 0


# --- laws -------------------------------------------------------------------------------------------------------------

metres = st.floats(-10.0, 110.0).map(lambda value: round(value, 6))
on_lattice = st.integers(-1, 11).map(lambda step: step * 10.0)
vertex = st.tuples(metres | on_lattice, metres | on_lattice)
road = st.lists(vertex, min_size=2, max_size=4).map(LineString)
areas = st.one_of(
    st.tuples(vertex, vertex, vertex).map(Polygon),
    st.tuples(vertex, st.floats(0.5, 40)).map(lambda drawn: Point(drawn[0]).buffer(drawn[1], quad_segs=3)),
    st.tuples(st.lists(vertex, min_size=2, max_size=3, unique=True), st.sampled_from([1e-4, 0.1, 3.0])).map(
        lambda drawn: LineString(drawn[0]).buffer(drawn[1], cap_style="flat")
    ),
    st.lists(vertex, min_size=4, max_size=6).map(lambda ring: shapely.make_valid(Polygon(ring))),
    st.lists(vertex, min_size=2, max_size=3, unique=True).map(LineString),
).filter(lambda shape: shape.is_valid and not shape.is_empty)


@settings(max_examples=100, deadline=None)
@given(st.lists(road, min_size=1, max_size=3), st.lists(areas, min_size=1, max_size=3))
def test_no_open_way_passes_a_hazard_and_every_closed_one_meets_its_own(roads, hazards):
    graph = graph_of(*roads)
    first, way = ways_closed_by(graph, hazards, np.zeros(graph.legs, dtype=bool))
    links = shapely.linestrings(graph.link_xy(np.arange(len(graph.way_ends) - graph.legs)))
    drawn = np.concatenate([graph.leg_line, links]).astype(object)
    off_road = shapely.linestrings(shortened(graph.link_xy(np.arange(len(links))), 2 * BESIDE_M))
    for k, hazard in enumerate(hazards):
        closed = np.isin(np.arange(len(drawn)), way[first[k] : first[k + 1]])
        assert (shapely.distance(drawn[closed], hazard) <= 2 * BESIDE_M).all()
        assert not shapely.intersects(off_road[~closed[graph.legs :]], hazard).any()
        for part in shapely.get_parts(shapely.get_parts(hazard)):
            # Along an outline open ways may run; through anything deeper or without width they do not.
            core = part.buffer(-2 * BESIDE_M) if part.geom_type == "Polygon" else part
            assert not shapely.intersects(drawn[~closed], core).any()


def shortened(ends, by_m):
    """Segments (n, 2, 2) that begin `by_m` later."""
    along = ends[:, 1] - ends[:, 0]
    length_m = np.maximum(np.hypot(*along.T), 1e-300)[:, None]
    return np.stack([ends[:, 0] + np.minimum(by_m / length_m, 0.9) * along, ends[:, 1]], axis=1)


@settings(max_examples=40, deadline=None)
@given(st.lists(road, min_size=1, max_size=3), st.lists(areas, max_size=3), areas)
@example([ROAD], [NORTH], SOUTH)
def test_more_hazards_never_open_a_way_nor_shorten_a_walk(roads, hazards, another):
    graph = graph_of(*roads)
    fewer, more = closed_of(graph, hazards), closed_of(graph, [*hazards, another])
    assert (more >= fewer).all()
    shorter, longer = (walked(graph, LAND, some, (0, 0)) for some in (hazards, [*hazards, another]))
    assert (longer >= shorter - 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(road, min_size=1, max_size=3), areas, vertex, st.floats(5, 60))
def test_releasing_part_of_a_hazard_closes_no_way(roads, hazard, centre, reach_m):
    graph = graph_of(*roads)
    part = hazard.difference(Point(centre).buffer(reach_m, quad_segs=2))
    assert (closed_of(graph, [part]) <= closed_of(graph, [hazard])).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(road, min_size=1, max_size=3), st.lists(areas, max_size=2), st.randoms(use_true_random=False))
def test_order_of_routes_and_direction_never_matter_to_a_walk(roads, hazards, rng):
    turned = [shapely.reverse(one) if rng.random() < 0.5 else one for one in roads]
    rng.shuffle(turned)
    some, other = (walked(graph_of(*lines), LAND, hazards, (0, 0)) for lines in (roads, turned))
    np.testing.assert_allclose(some, other, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(road, min_size=1, max_size=3), st.lists(areas, max_size=3), st.booleans())
@example([ROAD], [NORTH, SOUTH], False)
def test_the_kernel_walks_as_the_plain_dijkstra_does(roads, hazards, is_watery):
    ground = LAND.copy()
    if is_watery:
        ground[:, 4:6] = np.inf
    graph = graph_of(*roads, ground=ground)
    ways = graph.ways
    if len(graph.way_ends):
        ways = ways._replace(is_open=~closed_of(graph, hazards))
    closed_moves = close_moves(hazards, GRID, 8).closed_moves
    prepared = prepare(ground, GRID.cell_m, closed_moves=closed_moves, moves=8, ways=ways)
    for start in ((0, 0), (3, 3)):
        if np.isfinite(ground[start]):
            minutes = prepared_minutes(prepared, [start])
            np.testing.assert_allclose(minutes, walked(graph, ground, hazards, start), rtol=1e-5, atol=1e-5)
