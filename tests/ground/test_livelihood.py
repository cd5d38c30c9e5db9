"""Livelihood classes: drawn by hand, and against a slow reading of the same words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.ground.livelihood import livelihood_classes
from hazard_service.settings import LANDCOVER_KMH
from hazard_service.vocabulary import LIVELIHOOD_CLASSES, LIVELIHOOD_CODES, NO_LIVELIHOOD_CODES

NAN = np.nan


def classes_of(cover, walkable=None):
    cover = np.array(cover, dtype=np.float32)
    return livelihood_classes(cover, np.ones(cover.shape, bool) if walkable is None else np.array(walkable))


def test_each_code_is_in_one_group_and_every_speed_has_a_group():
    codes = [code for group in LIVELIHOOD_CODES.values() for code in group] + list(NO_LIVELIHOOD_CODES)
    assert sorted(codes) == sorted(LANDCOVER_KMH)
    assert tuple(LIVELIHOOD_CODES) == LIVELIHOOD_CLASSES


def test_classes_by_hand():
    cover = [
        [40, 40, 30, 20, 114, 122],
        [40, 50, 60, 70, 100, 90],
    ]
    classes, caveats = classes_of(cover)
    assert classes.dtype == np.uint8
    assert classes.tolist() == [[1, 1, 2, 2, 3, 3], [1, 5, 0, 0, 0, 4]]
    assert caveats == ()


def test_waters_edge_is_land_beside_water_by_side_or_corner():
    cover = [
        [40, 40, 40, 40, 40],
        [40, 50, 40, 40, 40],
        [40, 40, 80, 40, 40],
        [40, 40, 40, 40, 200],
    ]
    # The eight cells round the water at row 2, column 2, and the three round the sea in the corner; one is in both.
    assert classes_of(cover)[0].tolist() == [
        [1, 1, 1, 1, 1],
        [1, 4, 4, 4, 1],
        [1, 4, 0, 4, 4],
        [1, 4, 4, 4, 0],
    ]


def test_nobody_walks_no_data_and_bridges_are_no_livelihood_land():
    # Column 0: cropland that the programme's speeds close. Column 2: water, walkable on a bridge.
    classes, caveats = classes_of([[40, 40, 80, NAN, NAN]], [[False, True, True, True, True]])
    # A bank is water's edge even where the map does not say what grows on it.
    assert classes.tolist() == [[0, 4, 0, 4, 0]]
    assert caveats == ()


def test_codes_of_another_map_are_said():
    classes, caveats = classes_of([[10, 10, 95, 40]])
    assert classes.tolist() == [[0, 0, 0, 1]]
    assert caveats == ("Land cover of unknown class (10, 95): no livelihood land is told in 3 of 4 cells.",)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (4, 1)])
def test_narrow_grids(shape):
    assert (classes_of(np.full(shape, 80))[0] == 0).all()
    assert (classes_of(np.full(shape, 40))[0] == 1).all()


CODES = st.sampled_from([20, 30, 40, 50, 60, 80, 90, 116, 200, 7, NAN])


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.lists(st.tuples(CODES, st.booleans()), min_size=4, max_size=4), min_size=1, max_size=4))
def test_every_cell_by_the_words(rows):
    cover = np.array([[code for code, _ in row] for row in rows], dtype=np.float32)
    walkable = np.array([[walks for _, walks in row] for row in rows])
    found, _ = livelihood_classes(cover, walkable)
    for row, col in np.ndindex(cover.shape):
        around = cover[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2]
        words = [name for name, codes in LIVELIHOOD_CODES.items() if cover[row, col] in codes]
        expected = LIVELIHOOD_CLASSES.index(words[0]) + 1 if words else 0
        if ((around == 80) | (around == 200)).any():
            expected = 4
        if cover[row, col] in (80, 200) or not walkable[row, col]:
            expected = 0
        assert found[row, col] == expected
