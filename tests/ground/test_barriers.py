"""Barriers judged by shapely, not by the grid: every bit, on awkward polygons."""

import math
from collections import deque
from functools import lru_cache

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


@lru_cache
def segments(grid, k):
    """Move k of every cell as a line from centre to centre."""
    rows, cols = np.indices(grid.shape)
    start_x, start_y = grid.centre_xy(rows, cols)
    end_x, end_y = grid.centre_xy(rows + MOVES[k][0], cols + MOVES[k][1])
    return shapely.linestrings(np.stack([np.stack([start_x, end_x], -1), np.stack([start_y, end_y], -1)], -1))


def oracle(geometry, grid, moves):
    """Slow and obviously right: every segment and every centre of the grid asked of one geometry."""
    rows, cols = np.indices(grid.shape)
    start_x, start_y = grid.centre_xy(rows, cols)
    closed = np.zeros(grid.shape, dtype=np.uint32)
    if geometry is None:
        return closed, closed > 0
    for k in range(moves):
        closed |= np.where(shapely.intersects(segments(grid, k), geometry), np.uint32(1 << k), np.uint32(0))
    return closed, shapely.covers(geometry, shapely.points(start_x, start_y))


def alone(each, hazard):
    """Closed moves and covered centres of one hazard as full grids, from its entries."""
    own = slice(each.first[hazard], each.first[hazard + 1])
    assert (np.diff(each.cell[own]) > 0).all()
    assert each.bits[own].all()
    closed, covered = np.zeros(each.shape, dtype=np.uint32), np.zeros(each.shape, dtype=bool)
    closed.flat[each.cell[own]] = each.bits[own]
    covered.flat[each.cell[own]] = each.covers[own]
    return closed, covered


def assert_exact(geometries, grid=SMALL, moves=16):
    """Judge what each geometry closes, and what they close together, by the oracle; returns the latter."""
    each, barriers = moves_closed_by(geometries, grid, moves), close_moves(geometries, grid, moves)
    assert len(each.first) == len(geometries) + 1
    together_closed, together_covered = np.zeros(grid.shape, dtype=np.uint32), np.zeros(grid.shape, dtype=bool)
    for i, geometry in enumerate(geometries):
        closed, covered = oracle(geometry, grid, moves)
        got_closed, got_covered = alone(each, i)
        np.testing.assert_array_equal(got_closed, closed)
        np.testing.assert_array_equal(got_covered, covered)
        together_closed |= closed
        together_covered |= covered
    assert barriers.closed_moves.dtype == {8: np.uint16, 16: np.uint16, 32: np.uint32}[moves]
    np.testing.assert_array_equal(barriers.closed_moves, together_closed)
    np.testing.assert_array_equal(barriers.covered, together_covered)
    np.testing.assert_array_equal(covered_centres(geometries, grid), together_covered)
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
@given(st.lists(hazard, max_size=4), st.sampled_from([8, 16, 32]))
@example([shapely.box(-35, -15, 5, 25)], 32)  # outline through centres
@example([shapely.box(-30, -20, 10, 30)], 32)  # outline along cell borders
@example([LineString([(-35, 35), (35, -35)])], 32)  # a line along diagonal moves, through their centres
@example([LineString([(-35, 35), (25, -5)]), LineString([(-35, 35), (-15, -25)])], 32)  # along the longest moves
@example([shapely.box(-90, 40.5, 90, 69), shapely.box(67, -90, 69, 90)], 32)  # off the grid, met by moves that leave it
@example([LineString([(-100, 5.0), (100, np.nextafter(5.0, 6.0))])], 8)  # a hair above a row of centres
@example([Point(-25, 25), Point(-20, 25), Point(-20.0, np.nextafter(25.0, 26.0))], 32)
def test_every_move_and_centre_is_what_shapely_says(hazards, moves):
    assert_exact(hazards, moves=moves)


@settings(max_examples=60, deadline=None)
@given(st.lists(hazard, min_size=1, max_size=3), st.sampled_from([8, 16, 32]))
def test_far_from_the_origin_with_cells_that_are_no_round_numbers(hazards, moves):
    cell_m = 10.0 / 3.0
    grid = Grid(CRS_M, left_m=3_000_001 * cell_m, top_m=1_500_007 * cell_m, cell_m=cell_m, rows=9, cols=8)
    moved = [shapely.transform(g, lambda xy: xy / 3 + (grid.left_m + 13, grid.top_m - 15)) for g in hazards if g]
    assert_exact([geometry for geometry in moved if geometry.is_valid], grid, moves)


@settings(max_examples=60, deadline=None)
@given(st.lists(hazard, max_size=4))
def test_both_ends_agree_that_a_move_is_closed(hazards):
    closed = close_moves(hazards, SMALL, 32).closed_moves
    for k, (down, right) in enumerate(MOVES):
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
@given(st.lists(hazard, max_size=5), st.sampled_from([8, 16, 32]))
@example([None, shapely.box(-35, -15, 5, 25), shapely.box(-35, -15, 5, 25), Polygon(), Point(-25, 25)], 16)
def test_what_each_hazard_closes_does_not_depend_on_its_neighbours(hazards, moves):
    each = moves_closed_by(hazards, SMALL, moves)
    by_itself = [moves_closed_by([geometry], SMALL, moves) for geometry in hazards]
    np.testing.assert_array_equal(np.diff(each.first), [len(one.cell) for one in by_itself])
    for field in ("cell", "bits", "covers"):
        expected = [value for one in by_itself for value in getattr(one, field)]
        np.testing.assert_array_equal(getattr(each, field), expected)


@settings(max_examples=60, deadline=None)
@given(hazard)
def test_smaller_sets_of_moves_are_the_first_bits_of_larger_ones(geometry):
    eight, sixteen, thirty_two = (close_moves([geometry], SMALL, moves).closed_moves for moves in (8, 16, 32))
    np.testing.assert_array_equal(sixteen, thirty_two & 0xFFFF)
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


def test_entries_by_hand():
    # A dot on a border, nothing, a box round one centre: the last closes its own moves and those of eight neighbours.
    each = moves_closed_by([Point(0, 5), None, shapely.box(-7, 3, -3, 7)], SMALL, 8)
    assert each.shape == (7, 8)
    assert each.first.tolist() == [0, 2, 2, 11]
    assert each.cell.tolist() == [3 * 8 + 3, 3 * 8 + 4, *[8 * row + col for row in (2, 3, 4) for col in (2, 3, 4)]]
    one_bit = [1 << MOVES.index(move) for move in ((0, 1), (0, -1))]
    towards = [(1, 1), (1, 0), (1, -1), (0, 1), None, (0, -1), (-1, 1), (-1, 0), (-1, -1)]
    assert each.bits.tolist() == [*one_bit, *[0xFF if move is None else 1 << MOVES.index(move) for move in towards]]
    assert np.flatnonzero(each.covers).tolist() == [6]
    assert (each.first.dtype, each.cell.dtype, each.bits.dtype) == (np.int64, np.int64, np.uint32)


def test_one_hazard_of_many_kinds_of_parts_is_judged_as_one():
    mixed = GeometryCollection(
        [
            MultiPolygon([shapely.box(-38, 20, -20, 38), shapely.box(-20, 2, -2, 20)]),  # corners touch
            GeometryCollection([LineString([(-40, -40), (40, 3)]), Point(25, 25)]),
            shapely.box(-30, 10, -10, 30),  # overlaps both boxes
        ]
    )
    wholes = [mixed, None, Point(25, 25).buffer(30).difference(Point(25, 25).buffer(12))]
    for moves in (8, 16, 32):
        # The oracle asks one part after the other: GEOS judges overlapping parts of a collection as invalid.
        each = moves_closed_by(wholes, SMALL, moves)
        parts = close_moves([*mixed.geoms[0].geoms, *mixed.geoms[1].geoms, mixed.geoms[2]], SMALL, moves)
        np.testing.assert_array_equal(alone(each, 0)[0], parts.closed_moves)
        np.testing.assert_array_equal(alone(each, 0)[1], parts.covered)
        assert_exact([*mixed.geoms[0].geoms, mixed.geoms[0], *mixed.geoms[1].geoms, wholes[2]], moves=moves)


def test_only_eight_sixteen_or_thirty_two_moves():
    with pytest.raises(SettingError, match=r"^moves is 12; use 8, 16 or 32\.$"):
        moves_closed_by([], SMALL, 12)


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
