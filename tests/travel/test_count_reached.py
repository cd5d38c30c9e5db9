"""Many starts at once, against one walk each."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.errors import WalkError
from hazard_service.travel import count_reached, prepare, prepared_count, walk_minutes

CELL_M = 50.0


@pytest.mark.parametrize("moves", [8, 16, 32])
@pytest.mark.parametrize("sloped", [False, True])
def test_each_start_alone_as_walk_minutes_has_it(moves, sloped):
    random = np.random.default_rng(moves + sloped)
    shape = (60, 80)
    min_per_m = random.choice([0.012, 0.02, 0.04, math.inf], shape, p=[0.2, 0.5, 0.2, 0.1]).astype(np.float32)
    closed = random.integers(0, 2**32, shape, dtype=np.uint32) & random.integers(0, 2**32, shape, dtype=np.uint32)
    world = {
        "closed_moves": np.where(random.random(shape) < 0.3, closed, 0).astype(np.uint32),
        "elevation_m": random.normal(0, 6, shape) if sloped else None,
        "moves": moves,
        "limit_min": 15.0,
    }
    classes = random.integers(0, 4, shape, dtype=np.uint8)
    starts = random.integers(0, shape, (50, 2))
    starts[[3, 17]] = -1, -1
    counts = count_reached(min_per_m, starts, CELL_M, classes, **world)
    assert counts.dtype == np.int64
    assert counts.shape == (50, 4)
    for start, count in zip(starts, counts, strict=True):
        if start[0] == -1:
            assert not count.any()
            continue
        reached = walk_minutes(min_per_m, [start], CELL_M, **world) <= 15.0
        np.testing.assert_array_equal(count, np.bincount(classes[reached], minlength=4))


def test_by_hand():
    open_ground = np.full((9, 9), 0.02, np.float32)
    inner = np.zeros((9, 9), np.uint8)
    inner[4, 4] = 1
    starts = [(4, 4), (-1, 7), (0, 0)]
    counts = count_reached(open_ground, starts, CELL_M, inner, limit_min=1.0)
    assert counts.tolist() == [[4, 1], [0, 0], [3, 0]]
    slantwise = count_reached(open_ground, starts, CELL_M, inner, limit_min=1.5)
    assert slantwise.tolist() == [[8, 1], [0, 0], [4, 0]]
    wide = count_reached(open_ground, starts, CELL_M, inner, limit_min=1.0, n_classes=3)
    assert wide.tolist() == [[4, 1, 0], [0, 0, 0], [3, 0, 0]]


def test_a_start_where_nobody_walks_or_with_every_move_closed():
    ground = np.full((5, 5), 0.02, np.float32)
    ground[0, 0] = math.inf
    closed = np.zeros((5, 5), np.uint16)
    closed[2, 2] = 0xFFFF
    classes = np.zeros((5, 5), np.uint8)
    counts = count_reached(ground, [(0, 0), (2, 2)], CELL_M, classes, closed_moves=closed, limit_min=60.0)
    assert counts.tolist() == [[0], [1]]


def test_no_starts():
    ground = np.full((5, 5), 0.02, np.float32)
    counts = count_reached(ground, [], CELL_M, np.full((5, 5), 2, np.uint8), limit_min=60.0)
    assert counts.shape == (0, 3)


def test_amounts_by_hand():
    """One cell and its four neighbours in a minute; in a corner, two neighbours."""
    ground = prepare(np.full((3, 3), 0.02, np.float32), CELL_M)
    amounts = np.array([[1, 20, 1], [300, 4000, 50_000], [1, 600_000, 1]])
    starts, classes = [(1, 1), (-1, -1), (0, 0)], np.zeros((3, 3), np.uint8)
    found = prepared_count(ground, starts, classes, limit_min=1.0, n_classes=2, amounts=amounts)
    assert found.tolist() == [[5, 0, 654_320], [0, 0, 0], [3, 0, 321]]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), limit=st.sampled_from([0.0, 5.0, 60.0]), sloped=st.booleans())
def test_amounts_are_summed_over_the_cells_that_walking_times_reach(seed, limit, sloped):
    random = np.random.default_rng(seed)
    shape = (14, 11)
    min_per_m = random.choice([0.012, 0.02, 0.04, math.inf], shape, p=[0.2, 0.5, 0.2, 0.1]).astype(np.float32)
    closed = np.where(random.random(shape) < 0.3, random.integers(0, 2**16, shape), 0).astype(np.uint16)
    elevation_m = random.normal(0, 6, shape) if sloped else None
    amounts, classes = random.integers(-(2**50), 2**50, shape), random.integers(0, 3, shape, dtype=np.uint8)
    starts = random.integers(0, shape, (9, 2))
    ground = prepare(min_per_m, CELL_M, closed_moves=closed, elevation_m=elevation_m)
    found = prepared_count(ground, starts, classes, limit_min=limit, n_classes=3, amounts=amounts)
    for start, row in zip(starts, found, strict=True):
        times = walk_minutes(
            min_per_m, [start], CELL_M, closed_moves=closed, elevation_m=elevation_m, limit_min=math.inf
        )
        # A walk of 5 minutes is met by 5.00001: see `walk_minutes`.
        reached = times <= limit * (1 + 1e-6)
        assert row.tolist() == [*np.bincount(classes[reached], minlength=3), amounts[reached].sum()]


@pytest.mark.parametrize(
    ("amounts", "sentence"),
    [
        (np.zeros((5, 5)), "amounts is float64; give int64."),
        (
            np.zeros((5, 4), np.int64),
            "amounts has shape (5, 4) but min_per_m has (5, 5); give both on the same grid.",
        ),
    ],
)
def test_amounts_refused(amounts, sentence):
    ground = prepare(np.full((5, 5), 0.02, np.float32), CELL_M)
    with pytest.raises(WalkError) as refused:
        prepared_count(ground, [(0, 0)], np.zeros((5, 5), np.uint8), limit_min=1.0, amounts=amounts)
    assert str(refused.value) == sentence
