"""Barriers judged by shapely, not by the grid: every bit, on awkward polygons."""

import math
from collections import deque

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely import GeometryCollection, LineString, MultiLineString, MultiPolygon, Point, Polygon

from hazard_service.errors import SettingError
from hazard_service.ground.barriers import close_moves, covered_centres, moves_closed_by
from hazard_service.ground.grid import Grid
from hazard_service.travel.moves import MOVES, OPPOSITE

CRS_M = CRS.from_proj4("+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs")
SMALL = Grid(CRS_M, left_m=-40.0, top_m=40.0, cell_m=10.0, rows=7, cols=8)  # centres at -35, -25, ... m


def oracle(geometries, grid, moves):
    """Slow and obviously right: every segment and every centre asked of every geometry, one grid at a time."""
    kept = [geometry for geometry in geometries if geometry is not None]
    rows, cols = np.indices(grid.shape)
    start_x, start_y = grid.centre_xy(rows, cols)
    closed = np.zeros(grid.shape, dtype=np.uint16)
    for k in range(moves):
        end_x, end_y = grid.centre_xy(rows + MOVES[k][0], cols + MOVES[k][1])
        segments = shapely.linestrings(np.stack([np.stack([start_x, end_x], -1), np.stack([start_y, end_y], -1)], -1))
        for geometry in kept:
            closed |= np.where(shapely.intersects(segments, geometry), np.uint16(1 << k), np.uint16(0))
    covered = np.zeros(grid.shape, dtype=bool)
    for geometry in kept:
        covered |= shapely.covers(geometry, shapely.points(start_x, start_y))
    return closed, covered


def assert_exact(geometries, grid=SMALL, moves=16):
    barriers = close_moves(geometries, grid, moves)
    closed, covered = oracle(geometries, grid, moves)
    assert barriers.closed_moves.dtype == np.uint16
    np.testing.assert_array_equal(barriers.closed_moves, closed)
    np.testing.assert_array_equal(barriers.covered, covered)
    np.testing.assert_array_equal(covered_centres(geometries, grid), covered)
    return barriers


def open_steps(closed, row, col, moves=16):
    for k in range(moves):
        to_row, to_col = row + MOVES[k][0], col + MOVES[k][1]
        if 0 <= to_row < closed.shape[0] and 0 <= to_col < closed.shape[1] and not closed[row, col] >> k & 1:
            yield to_row, to_col


def flooded(closed, start):
    """Cells that open moves lead to from `start`."""
    seen = np.zeros(closed.shape, dtype=bool)
    seen[start] = True
    queue = deque([start])
    while queue:
        for cell in open_steps(closed, *queue.popleft()):
            if not seen[cell]:
                seen[cell] = True
                queue.append(cell)
    return seen


# --- shapes -----------------------------------------------------------------------------------------------------------

# To the nanometre: on lengths like 1e-212 m shapely's own answer depends on the direction of a line.
metres = st.floats(-60.0, 60.0).map(lambda value: round(value, 9))
on_lattice = st.integers(-12, 12).map(lambda step: step * 5.0)  # cell borders and centres alike


@st.composite
def a_rounding_off(draw):
    """A lattice coordinate, or its neighbour among the doubles, where a float test alone must fail."""
    value = draw(on_lattice)
    return float(np.nextafter(value, draw(st.sampled_from([-math.inf, math.inf])))) if value else value


coordinate = st.one_of(metres, on_lattice, a_rounding_off())
vertex = st.tuples(coordinate, coordinate)


@st.composite
def blob(draw):
    """A star round a centre, perhaps with a smaller star as its hole."""
    x, y = draw(st.tuples(metres, metres))
    spokes = draw(st.integers(3, 14))
    reach = np.array(draw(st.lists(st.floats(1.0, 45.0), min_size=spokes, max_size=spokes)))
    angle = np.arange(spokes) * 2 * np.pi / spokes + draw(st.floats(0.0, 6.0))
    spoke = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    shell = np.array([x, y]) + spoke * reach[:, None]
    hole = np.array([x, y]) + spoke * reach[:, None] * draw(st.floats(0.1, 0.99))
    return Polygon(shell, [hole] if draw(st.booleans()) else None)


@st.composite
def box_with_hole(draw):
    """Boxes whose outlines run along cell borders or through centres."""
    x1, x2 = sorted(draw(st.lists(on_lattice, min_size=2, max_size=2, unique=True)))
    y1, y2 = sorted(draw(st.lists(on_lattice, min_size=2, max_size=2, unique=True)))
    box = shapely.box(x1, y1, x2, y2)
    if x2 - x1 > 10 and y2 - y1 > 10 and draw(st.booleans()):
        return box.difference(shapely.box(x1 + 5, y1 + 5, x2 - 5, y2 - 5))
    return box


@st.composite
def thin_wall(draw):
    # To the millimetre: shapely's buffer divides by zero on segments of next to no length.
    ends = st.tuples(*[(metres | on_lattice).map(lambda value: round(value, 3))] * 2)
    wall = LineString(draw(st.lists(ends, min_size=2, max_size=4, unique=True)))
    return wall.buffer(draw(st.sampled_from([1e-7, 0.01, 0.5, 3.0])), cap_style="flat", join_style="mitre")


@st.composite
def whatever_repair_leaves(draw):
    """A ring drawn at random, repaired: polygons, multipolygons touching at points, and lines left over."""
    ring = draw(st.lists(vertex, min_size=3, max_size=7, unique=True))
    return shapely.make_valid(Polygon(ring))


sliver = st.tuples(vertex, vertex, vertex).filter(lambda ring: len(set(ring)) == 3).map(Polygon)
lines = st.lists(vertex, min_size=2, max_size=4, unique=True).map(LineString)
hazard = st.one_of(
    blob(), box_with_hole(), thin_wall(), whatever_repair_leaves(), sliver, lines, vertex.map(Point), st.none()
).filter(lambda geometry: geometry is None or geometry.is_valid)


# --- exactness --------------------------------------------------------------------------------------------------------


@settings(max_examples=400, deadline=None)
@given(st.lists(hazard, max_size=4), st.sampled_from([8, 16]))
@example([shapely.box(-35, -15, 5, 25)], 16)  # outline through centres
@example([shapely.box(-30, -20, 10, 30)], 16)  # outline along cell borders
@example([LineString([(-35, 35), (35, -35)])], 16)  # a line along diagonal moves, through their centres
@example([LineString([(-100, 5.0), (100, np.nextafter(5.0, 6.0))])], 8)  # a hair above a row of centres
@example([Point(-25, 25), Point(-20, 25), Point(-20.0, np.nextafter(25.0, 26.0))], 16)
def test_every_move_and_centre_is_what_shapely_says(hazards, moves):
    assert_exact(hazards, moves=moves)


@settings(max_examples=60, deadline=None)
@given(st.lists(hazard, min_size=1, max_size=3))
def test_far_from_the_origin_with_cells_that_are_no_round_numbers(hazards):
    cell_m = 10.0 / 3.0
    grid = Grid(CRS_M, left_m=3_000_001 * cell_m, top_m=1_500_007 * cell_m, cell_m=cell_m, rows=9, cols=8)
    moved = [shapely.transform(g, lambda xy: xy / 3 + (grid.left_m + 13, grid.top_m - 15)) for g in hazards if g]
    assert_exact([geometry for geometry in moved if geometry.is_valid], grid)


@settings(max_examples=60, deadline=None)
@given(st.lists(hazard, max_size=4))
def test_both_ends_agree_that_a_move_is_closed(hazards):
    closed = close_moves(hazards, SMALL).closed_moves
    for k, (down, right) in enumerate(MOVES[:16]):
        for row, col in np.ndindex(SMALL.shape):
            to_row, to_col = row + down, col + right
            if 0 <= to_row < SMALL.rows and 0 <= to_col < SMALL.cols:
                assert closed[row, col] >> k & 1 == closed[to_row, to_col] >> OPPOSITE[k] & 1


@settings(max_examples=60, deadline=None)
@given(st.lists(hazard, max_size=4), st.randoms(use_true_random=False))
def test_order_of_hazards_parts_rings_and_vertices_never_matters(hazards, random):
    def turned(polygon):
        rings = [list(ring.coords)[:-1] for ring in (polygon.exterior, *polygon.interiors)]
        turns = [random.randrange(len(ring)) for ring in rings]
        rings = [ring[turn:] + ring[:turn] for ring, turn in zip(rings, turns, strict=True)]
        shell, *holes = [ring[:: random.choice([1, -1])] for ring in rings]
        return Polygon(shell, random.sample(holes, len(holes)))

    parts = [part for g in hazards if g is not None for part in shapely.get_parts(g)]
    others = [turned(part) if isinstance(part, Polygon) else part for part in parts]
    random.shuffle(others)
    expected, got = close_moves(hazards, SMALL), close_moves([GeometryCollection(others)], SMALL)
    np.testing.assert_array_equal(got.closed_moves, expected.closed_moves)
    np.testing.assert_array_equal(got.covered, expected.covered)


@settings(max_examples=60, deadline=None)
@given(st.lists(hazard, max_size=3), st.lists(hazard, max_size=3))
def test_hazards_together_close_what_each_closes_and_no_more(some, others):
    both = close_moves([*some, *others], SMALL).closed_moves
    each = close_moves(some, SMALL).closed_moves | close_moves(others, SMALL).closed_moves
    np.testing.assert_array_equal(both, each)


@settings(max_examples=60, deadline=None)
@given(hazard)
def test_eight_moves_are_the_first_bits_of_sixteen(geometry):
    eight, sixteen = (close_moves([geometry], SMALL, moves).closed_moves for moves in (8, 16))
    np.testing.assert_array_equal(eight, sixteen & 0xFF)


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_nothing_closes_nothing():
    for nothing in ([], [None], [Polygon()], [GeometryCollection()]):
        barriers = assert_exact(nothing)
        assert not barriers.closed_moves.any()
        assert not barriers.covered.any()


def test_a_centre_in_a_hazard_closes_its_sixteen_moves_and_no_other_through_its_corners():
    # 4 m round the centre of (3, 3), 2 m short of its cell's border: what other moves pass, passes.
    barriers = assert_exact([Point(-5, 5).buffer(4.0)])
    assert barriers.covered.sum() == 1
    assert barriers.closed_moves[3, 3] == 0xFFFF
    assert barriers.closed_moves[2, 3] >> MOVES.index((1, 0)) & 1
    assert not barriers.closed_moves[2, 3] >> MOVES.index((0, 1)) & 1


def test_a_dot_between_centres_closes_only_the_moves_through_it():
    # On the border midway between (3, 3) and (3, 4): the move across and the two knight's moves through it.
    barriers = assert_exact([Point(0, 5)])
    closed = {
        (r, c, MOVES[k]) for r, c in np.ndindex(SMALL.shape) for k in range(16) if barriers.closed_moves[r, c] >> k & 1
    }
    assert closed == {
        (3, 3, (0, 1)), (3, 4, (0, -1)),
        (2, 3, (2, 1)), (4, 4, (-2, -1)), (2, 4, (2, -1)), (4, 3, (-2, 1)),
    }  # fmt: skip
    assert not barriers.covered.any()


def test_hazards_wholly_off_the_grid_close_at_most_moves_across_its_edge():
    assert not assert_exact([shapely.box(500, 500, 900, 900), Point(1e9, -1e9).buffer(5)]).closed_moves.any()
    assert assert_exact([shapely.box(41, -60, 44, 60)]).closed_moves.any()
    barriers = assert_exact([shapely.box(-1e7, -1e7, 1e7, 1e7)])
    assert (barriers.closed_moves == 0xFFFF).all()
    assert barriers.covered.all()


def test_a_thin_diagonal_wall_separates():
    wall = LineString([(-200.0, -171.3), (200.0, 187.1)]).buffer(0.001, cap_style="flat")
    for barrier in (wall, LineString([(-200.0, -171.3), (200.0, 187.1)])):
        closed = assert_exact([barrier]).closed_moves
        rows, cols = np.indices(SMALL.shape)
        x, y = SMALL.centre_xy(rows, cols)
        above = y + 171.3 > (x + 200.0) * (187.1 + 171.3) / 400.0
        np.testing.assert_array_equal(flooded(closed, (0, 0)), above)
        np.testing.assert_array_equal(flooded(closed, (6, 7)), ~above)


def test_a_ring_encloses_and_the_ground_in_its_hole_stays_walkable():
    ring = Point(-3.0, 4.0).buffer(27.0).difference(Point(-3.0, 4.0).buffer(26.9))
    barriers = assert_exact([ring])
    assert not barriers.covered.any()
    rows, cols = np.indices(SMALL.shape)
    within = shapely.contains_xy(Point(-3.0, 4.0).buffer(26.95), *SMALL.centre_xy(rows, cols))
    assert within.sum() > 9
    np.testing.assert_array_equal(flooded(barriers.closed_moves, (3, 3)), within)
    np.testing.assert_array_equal(flooded(barriers.closed_moves, (0, 0)), ~within)


def test_two_polygons_touching_at_a_point_leave_no_gap_and_a_hair_apart_they_do():
    # Their corners meet at (0, 10), midway on the one move from south-west to north-east: (3, 3) to (2, 4).
    left, right = shapely.box(-90, 10, 0, 90), shapely.box(0, -90, 90, 10)
    together = assert_exact([MultiPolygon([left, right])]).closed_moves
    assert not flooded(together, (6, 0))[0, 7]
    hair = 1e-9
    apart = [shapely.box(-90, 10 + hair, -hair, 90), shapely.box(hair, -90, 90, 10 - hair)]
    assert flooded(assert_exact(apart).closed_moves, (6, 0))[0, 7]


def test_remnant_lines_and_several_parts_block_like_any_hazard():
    cross = MultiLineString([[(-90, 1), (90, 2)], [(1, -90), (2, 90)]])
    closed = assert_exact([cross, None]).closed_moves
    assert flooded(closed, (0, 0)).sum() == 4 * 4


def test_only_eight_or_sixteen_moves():
    with pytest.raises(SettingError, match=r"^moves is 32; use 8 or 16\.$"):
        close_moves([], SMALL, 32)


def test_closed_ground_agrees_with_polygon_area_within_three_percent():
    random = np.random.default_rng(7)
    grid = Grid(CRS_M, left_m=0.0, top_m=10_000.0, cell_m=50.0, rows=200, cols=200)
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    hazards = []
    for x, y in random.uniform(700, 9_300, (120, 2)):
        reach = random.uniform(60, 350) * random.uniform(0.6, 1.4, 60)
        hazards.append(Polygon(np.stack([x + reach * np.cos(angle), y + reach * np.sin(angle)], axis=1)))
    hazards = [geometry for geometry in hazards if geometry.is_valid]
    assert len(hazards) > 100
    closed_m2 = close_moves(hazards, grid).covered.sum() * grid.cell_m**2
    assert closed_m2 == pytest.approx(shapely.union_all(hazards).area, rel=0.03)


def test_a_country_of_hazards_is_exact_too():
    """Long walls and big blobs over many cells: the walk along an edge misses none. A sample of moves is asked."""
    random = np.random.default_rng(11)
    grid = Grid(CRS_M, left_m=-5_000.0, top_m=4_000.0, cell_m=50.0, rows=160, cols=200)
    walls = [LineString(random.uniform(-6_000, 6_000, (2, 2))).buffer(0.2, cap_style="flat") for _ in range(12)]
    blobs = [
        Point(xy).buffer(size, quad_segs=3)
        for xy, size in zip(random.uniform(-5e3, 5e3, (20, 2)), range(5, 805, 40), strict=True)
    ]
    flat = [LineString([(-9_000, 1.0), (9_000, 1.5)]), LineString([(3.0, -9_000), (3.5, 9_000)])]
    assert_exact([*walls, *blobs, *flat], grid, 8)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), moves=st.sampled_from([8, 16]))
def test_what_each_hazard_closes_is_what_it_closes_alone_and_together_it_is_all(seed, moves):
    random = np.random.default_rng(seed)
    grid = Grid(CRS.from_epsg(3035), 100.0, 900.0, 50.0, 12, 14)
    centres = random.uniform((0, 200), (900, 1000), (6, 2))  # some over the edge, some beyond it
    shapes = [shapely.Point(x, y).buffer(random.uniform(1, 120), quad_segs=3) for x, y in centres]
    shapes += [None, shapely.LineString(centres[:2]), shapely.MultiPolygon(), shapely.Point(125.0, 875.0)]
    alone = moves_closed_by(shapes, grid, moves)
    union = np.zeros(grid.rows * grid.cols, np.uint16)
    covered = np.zeros(grid.rows * grid.cols, bool)
    for i, shape in enumerate(shapes):
        own = slice(alone.first[i], alone.first[i + 1])
        expected = close_moves([shape], grid, moves)
        assert list(alone.cell[own]) == list(np.flatnonzero(expected.closed_moves))
        assert (alone.bits[own] == expected.closed_moves.ravel()[alone.cell[own]]).all()
        assert (alone.covers[own] == expected.covered.ravel()[alone.cell[own]]).all()
        np.bitwise_or.at(union, alone.cell[own], alone.bits[own])
        covered[alone.cell[own][alone.covers[own]]] = True
    together = close_moves(shapes, grid, moves)
    np.testing.assert_array_equal(union.reshape(grid.shape), together.closed_moves)
    np.testing.assert_array_equal(covered.reshape(grid.shape), together.covered)
