"""The constant tables, against the geometry they stand for."""

import math

import pytest
import shapely

from hazard_service.travel import MOVES, OPPOSITE
from hazard_service.travel.moves import CORNERS, PARTS


def test_the_smaller_sets_are_prefixes():
    squared = [row * row + col * col for row, col in MOVES]
    assert set(squared[:8]) == {1, 2}
    assert set(squared[8:16]) == {5}
    assert set(squared[16:]) == {10, 13}
    assert len(set(MOVES)) == 32


@pytest.mark.parametrize("moves", [8, 16, 32])
def test_opposites_lie_in_the_same_set(moves):
    assert sorted(OPPOSITE[:moves]) == list(range(moves))
    for move, back in enumerate(OPPOSITE):
        assert MOVES[back] == (-MOVES[move][0], -MOVES[move][1])


@pytest.mark.parametrize("move", range(32))
def test_parts_and_corners_are_those_of_the_segment(move):
    rows, cols = MOVES[move]
    segment = shapely.LineString([(0, 0), (2 * cols, 2 * rows)])  # cells of side 2: every corner is a whole number
    shares, corners = {}, set()
    for row in range(-4, 5):
        for col in range(-4, 5):
            cell = shapely.box(2 * col - 1, 2 * row - 1, 2 * col + 1, 2 * row + 1)
            if segment.intersects(cell):
                share = segment.intersection(cell).length / segment.length
                if share > 1e-9:
                    shares[row, col] = share
                else:
                    corners.add((row, col))
    assert {(row, col): share for row, col, share in PARTS[move]} == pytest.approx(shares)
    assert set(CORNERS[move]) == corners
    assert math.fsum(share for _, _, share in PARTS[move]) == pytest.approx(1.0)
