"""Small worlds drawn by hand, with the minutes written as arithmetic."""

import math

import numpy as np
import pytest

from hazard_service.travel import MOVES, OPPOSITE, walk_minutes

# Cells of 50 m. Off-road at 3 km/h a cell takes a minute; on the road at 5 km/h 0.6; in forest at 1.5 km/h 2; in a
# swamp 20, which is what keeps a walk on the cells a test is about.
FRICTION = {".": 0.02, "=": 0.012, "f": 0.04, "s": 0.4, "~": math.inf}
CELL_M = 50.0
R2, R5, R10, R13 = math.sqrt(2), math.sqrt(5), math.sqrt(10), math.sqrt(13)


def draw(picture: str) -> np.ndarray:
    return np.array([[FRICTION[cell] for cell in line] for line in picture.split()], np.float32)


def no_bits(world: np.ndarray) -> np.ndarray:
    return np.zeros(world.shape, np.uint32)


OPEN_5 = draw("..... ..... ..... ..... .....")
OPEN_9 = np.full((9, 9), 0.02, np.float32)


def test_open_ground_16_moves():
    minutes = walk_minutes(OPEN_5, [(2, 2)], CELL_M)
    assert minutes.dtype == np.float32
    assert minutes == pytest.approx(
        np.array(
            [
                [2 * R2, R5, 2, R5, 2 * R2],
                [R5, R2, 1, R2, R5],
                [2, 1, 0, 1, 2],
                [R5, R2, 1, R2, R5],
                [2 * R2, R5, 2, R5, 2 * R2],
            ]
        )
    )


def test_open_ground_8_moves():
    minutes = walk_minutes(OPEN_5, [(2, 2)], CELL_M, moves=8)
    assert minutes[0, 1] == pytest.approx(1 + R2)
    assert minutes[0, 0] == pytest.approx(2 * R2)


def test_open_ground_32_moves():
    minutes = walk_minutes(OPEN_9, [(4, 4)], CELL_M, moves=32)
    assert minutes[5, 7] == pytest.approx(R10)
    assert minutes[1, 2] == pytest.approx(R13)
    assert minutes[0, 0] == pytest.approx(4 * R2)
    assert minutes[0, 3] == pytest.approx(R10 + 1)


def test_each_cell_counts_by_its_share_of_a_straight_and_a_diagonal_move():
    world = draw("=fsss s.sss sssss sssss sssss")
    minutes = walk_minutes(world, [(0, 0)], CELL_M)
    assert minutes[0, 1] == pytest.approx(50 * (0.012 / 2 + 0.04 / 2))
    assert minutes[1, 1] == pytest.approx(50 * R2 * (0.012 / 2 + 0.02 / 2))
    assert minutes[1, 0] == pytest.approx(50 * (0.012 / 2 + 0.4 / 2))


def test_each_cell_counts_by_its_share_of_a_1_2_move():
    world = draw("=fsss s..ss sssss sssss sssss")
    minutes = walk_minutes(world, [(0, 0)], CELL_M)
    direct = 50 * R5 * (0.012 + 0.04 + 0.02 + 0.02) / 4
    by_the_diagonal = 50 * R2 * (0.012 + 0.02) / 2 + 50 * 0.02
    assert by_the_diagonal < direct  # the shortest walk is not always the straightest
    assert minutes[1, 2] == pytest.approx(by_the_diagonal)
    closed = no_bits(world)
    closed[0, 0] = 1 << MOVES.index((1, 1))
    assert walk_minutes(world, [(0, 0)], CELL_M, closed_moves=closed)[1, 2] == pytest.approx(direct)


def only(move: tuple[int, int], world: np.ndarray, start: tuple[int, int]) -> float:
    """Minutes to the end of one move with every other move away from its start closed."""
    closed = no_bits(world)
    closed[start] = 0xFFFFFFFF ^ (1 << MOVES.index(move))
    end = start[0] + move[0], start[1] + move[1]
    return float(walk_minutes(world, [start], CELL_M, closed_moves=closed, moves=32)[end])


def test_each_cell_counts_by_its_share_of_a_1_3_and_a_2_3_move():
    world = OPEN_9.copy()
    world[4, 4:8] = [0.01, 0.02, 0.4, 0.4]
    world[5, 4:8] = [0.4, 0.03, 0.04, 0.05]
    world[6, 6:8] = [0.06, 0.07]
    assert only((1, 3), world, (4, 4)) == pytest.approx(50 * R10 * (0.01 / 6 + 0.02 / 3 + 0.04 / 3 + 0.05 / 6))
    assert only((2, 3), world, (4, 4)) == pytest.approx(
        50 * R13 * (0.01 / 6 + 0.02 / 12 + 0.03 / 4 + 0.04 / 4 + 0.06 / 12 + 0.07 / 6)
    )
    # The same worlds turned over: each mirror of the move has the mirrored shares.
    assert only((3, 1), world.T, (4, 4)) == pytest.approx(only((1, 3), world, (4, 4)))
    assert only((-2, 3), world[::-1], (4, 4)) == pytest.approx(only((2, 3), world, (4, 4)))
    assert only((-3, -2), world.T[::-1, ::-1], (4, 4)) == pytest.approx(only((2, 3), world, (4, 4)))


def test_a_road_through_forest():
    world = draw("fffff fffff ===== fffff fffff")
    minutes = walk_minutes(world, [(2, 0)], CELL_M)
    assert minutes[2, 4] == pytest.approx(4 * 0.6)
    assert minutes[1, 4] == pytest.approx(3 * 0.6 + 50 * R2 * (0.012 + 0.04) / 2)  # leave the road late, slantwise


@pytest.mark.parametrize(
    ("world", "move", "minutes"),
    [
        (".~... ..... ..... ..... .....", (1, 1), 2),  # a corner of the water: round it by (1, 0)
        ("..... ~.... ..... ..... .....", (1, 1), 2),
        (".~... ~.... ..... ..... .....", (1, 1), math.inf),
        (".~... ..... ..... ..... .....", (1, 2), 3),  # through the water: (1, 0), then two to the right
        ("..... .~... ..... ..... .....", (1, 2), 3),
        ("..~.. ..... ..... ..... .....", (1, 2), R5),  # meets no corner of these two cells
        ("..... ~.... ..... ..... .....", (1, 2), R5),
    ],
)
def test_no_move_passes_through_water_or_past_its_corner(world, move, minutes):
    assert walk_minutes(draw(world), [(0, 0)], CELL_M)[move] == pytest.approx(minutes)


@pytest.mark.parametrize(
    ("move", "wet", "is_open"),
    [
        ((1, 3), (0, 1), False),
        ((1, 3), (1, 2), False),
        ((1, 3), (0, 2), False),  # a corner
        ((1, 3), (1, 1), False),  # a corner
        ((1, 3), (0, 3), True),
        ((1, 3), (1, 0), True),
        ((2, 3), (0, 1), False),
        ((2, 3), (1, 1), False),
        ((2, 3), (1, 2), False),
        ((2, 3), (2, 2), False),
        ((2, 3), (0, 2), True),
        ((2, 3), (1, 0), True),
        ((2, 3), (1, 3), True),
        ((2, 3), (2, 1), True),
    ],
)
def test_water_on_the_longest_moves(move, wet, is_open):
    for down in (1, -1):
        for right in (1, -1):
            for turned in (False, True):
                order = -1 if turned else 1
                row, col = (down * wet[0], right * wet[1])[::order]
                heading = (down * move[0], right * move[1])[::order]
                world = OPEN_9.copy()
                world[4 + row, 4 + col] = math.inf
                expected = math.hypot(*move) if is_open else math.inf
                assert only(heading, world, (4, 4)) == pytest.approx(expected)


def test_water_is_never_reached_and_a_source_in_it_reaches_nothing():
    world = draw("..... ..~.. ..... ..... .....")
    assert walk_minutes(world, [(0, 0)], CELL_M)[1, 2] == math.inf
    assert np.isinf(walk_minutes(world, [(1, 2)], CELL_M)).all()
    two = walk_minutes(world, [(1, 2), (0, 0)], CELL_M)
    np.testing.assert_array_equal(two, walk_minutes(world, [(0, 0)], CELL_M))


def test_no_sources_reach_nothing():
    for none in ([], np.empty((0, 2), np.int64)):
        assert np.isinf(walk_minutes(OPEN_5, none, CELL_M)).all()


def test_a_river_without_a_bridge_cuts_the_world():
    world = draw("....~.... " * 9)
    minutes = walk_minutes(world, [(4, 0)], CELL_M, moves=32)
    assert np.isfinite(minutes[:, :4]).all()
    assert np.isinf(minutes[:, 4:]).all()


@pytest.mark.parametrize("end", ["start", "finish", "both"])
def test_a_move_is_closed_by_its_bit_at_either_end(end):
    world = draw("..... " * 5)
    move = MOVES.index((0, 1))
    closed = no_bits(world)
    if end != "finish":
        closed[2, 1] |= 1 << move
    if end != "start":
        closed[2, 2] |= 1 << OPPOSITE[move]
    there = walk_minutes(world, [(2, 1)], CELL_M, closed_moves=closed)
    back = walk_minutes(world, [(2, 2)], CELL_M, closed_moves=closed)
    assert there[2, 2] == back[2, 1] == pytest.approx(1 + R2)  # straight on to the next row, then slantwise


def wall_with_a_gap(width: int) -> np.ndarray:
    """9x9 bits of a wall of no width between columns 4 and 5, open to the straight move of row 0 only."""
    closed = np.zeros((9, 9), np.uint32)
    for row in range(9):
        for col in range(9):
            for k, (down, right) in enumerate(MOVES[:width]):
                crosses = (col <= 4) != (col + right <= 4)
                if crosses and not (row == 0 and down == 0):
                    closed[row, col] |= 1 << k
    return closed


@pytest.mark.parametrize("moves", [8, 16, 32])
def test_a_thin_wall_is_walked_round(moves):
    minutes = walk_minutes(OPEN_9, [(8, 4)], CELL_M, closed_moves=wall_with_a_gap(moves), moves=moves)
    assert minutes[8, 5] == pytest.approx(8 + 1 + 8)
    assert minutes[0, 5] == pytest.approx(8 + 1)


def test_bits_beyond_the_moves_in_use_are_not_read():
    beyond = np.full((5, 5), 0xFF00, np.uint16)
    closed = walk_minutes(OPEN_5, [(2, 2)], CELL_M, closed_moves=beyond, moves=8)
    np.testing.assert_array_equal(closed, walk_minutes(OPEN_5, [(2, 2)], CELL_M, moves=8))
    narrow = walk_minutes(OPEN_5, [(2, 2)], CELL_M, closed_moves=np.zeros((5, 5), np.uint8), moves=8)
    np.testing.assert_array_equal(closed, narrow)


def test_a_cell_with_every_move_closed_is_not_entered_but_friction_under_it_counts():
    world = draw("..... ..... ..f.. ..... .....")
    closed = np.zeros((5, 5), np.uint16)
    closed[2, 2] = 0xFFFF
    minutes = walk_minutes(world, [(2, 1)], CELL_M, closed_moves=closed)
    assert minutes[2, 2] == math.inf
    assert minutes[3, 3] == pytest.approx(min(50 * R5 * (0.02 + 0.04 + 0.02 + 0.02) / 4, R2 + 1))
    from_inside = walk_minutes(world, [(2, 2)], CELL_M, closed_moves=closed)
    assert from_inside[2, 2] == 0
    assert np.isinf(np.delete(from_inside.ravel(), 12)).all()


UP = math.exp(3.5 * (0.1 + 0.05 - 0.05))  # 5 m up on 50 m
DOWN = math.exp(3.5 * (abs(-0.1 + 0.05) - 0.05))  # 5 m down: 1, as fast as level ground
RAMP = np.tile(5.0 * np.arange(9), (9, 1))  # rises to the right


def test_slope_is_signed_in_the_walking_direction():
    assert pytest.approx(1.0) == DOWN
    minutes = walk_minutes(OPEN_9, [(4, 4)], CELL_M, elevation_m=RAMP)
    assert minutes[4, 5:] == pytest.approx(UP * np.arange(1, 5))
    assert minutes[4, :4] == pytest.approx(DOWN * np.arange(4, 0, -1))
    assert minutes[5, 4] == pytest.approx(1.0)
    aslant = 5 / (50 * R2)
    assert minutes[5, 5] == pytest.approx(R2 * math.exp(3.5 * aslant))
    assert minutes[5, 3] == pytest.approx(R2 * math.exp(3.5 * (abs(-aslant + 0.05) - 0.05)))
    assert minutes[5, 6] == pytest.approx(R5 * math.exp(3.5 * 10 / (50 * R5)))


def test_a_gentle_way_down_is_faster_than_level_ground():
    minutes = walk_minutes(OPEN_9, [(4, 4)], CELL_M, elevation_m=RAMP / 2)
    assert minutes[4, 3] == pytest.approx(math.exp(3.5 * (0 - 0.05)))


def test_towards_sources_turns_the_slope_round():
    minutes = walk_minutes(OPEN_9, [(4, 4)], CELL_M, elevation_m=RAMP, towards_sources=True)
    assert minutes[4, 5:] == pytest.approx(DOWN * np.arange(1, 5))
    assert minutes[4, :4] == pytest.approx(UP * np.arange(4, 0, -1))


def test_unknown_height_is_level():
    heights = RAMP.copy()
    heights[4, 5] = math.nan
    row = walk_minutes(OPEN_9[4:5], [(0, 4)], CELL_M, elevation_m=heights[4:5])
    assert row[0, 5:] == pytest.approx(np.array([1, 2, 2 + UP, 2 + 2 * UP]))


def test_a_cliff_too_steep_for_numbers_is_not_climbed():
    heights = np.zeros((9, 9))
    heights[:, 5:] = 1e6
    up = walk_minutes(OPEN_9, [(4, 4)], CELL_M, elevation_m=heights)
    assert np.isinf(up[:, 5:]).all()


def test_a_limit_is_met_not_passed():
    minutes = walk_minutes(OPEN_9, [(4, 0)], CELL_M, limit_min=3)
    assert minutes[4, 3] == pytest.approx(3)
    assert minutes[4, 4] == math.inf
    only_here = walk_minutes(OPEN_9, [(4, 0)], CELL_M, limit_min=0)
    assert only_here[4, 0] == 0
    assert np.isfinite(only_here).sum() == 1


def test_the_corners_of_the_array_are_its_end():
    one = walk_minutes(np.full((1, 1), 0.02, np.float32), [(0, 0)], CELL_M, moves=32)
    assert one.tolist() == [[0.0]]
    strip = walk_minutes(np.full((2, 9), 0.02, np.float32), [(0, 0)], CELL_M, moves=32)
    assert strip[0] == pytest.approx(np.arange(9.0))
    assert strip[1, 8] == pytest.approx(R10 + 5)
