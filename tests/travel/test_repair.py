"""A repaired walk equals one walked afresh, to the last tick."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.travel.grounds import Ground, ready_ground
from hazard_service.travel.moves import MOVES, OPPOSITE
from hazard_service.travel.repair import opposites, reach_change, ready_closures, set_moves, walk_on, walk_round
from hazard_service.travel.search import clock_of, new_search, set_sources, spread, undo

CELL_M = 50.0
HAZARDS = 4


def world(seed: int, moves: int, *, sloped: bool):
    """Random friction with some water, perhaps slope, and what each of four hazards closes, symmetric."""
    random = np.random.default_rng(seed)
    shape = (11, 9)
    min_per_m = random.uniform(0.01, 0.05, shape).astype(np.float32)
    min_per_m[random.random(shape) < 0.05] = np.inf
    elevation_m = random.uniform(0, 30, shape).astype(np.float32) if sloped else None
    bits = np.zeros((HAZARDS, *shape), np.uint32)
    for hazard in range(HAZARDS):
        for row, col, move in random.integers(0, (*shape, moves), (60, 3)):
            to_row, to_col = row + MOVES[move][0], col + MOVES[move][1]
            if 0 <= to_row < shape[0] and 0 <= to_col < shape[1]:
                bits[hazard, row, col] |= np.uint32(1 << move)
                bits[hazard, to_row, to_col] |= np.uint32(1 << OPPOSITE[move])
    return min_per_m, elevation_m, bits


def grounds(seed: int, moves: int, *, sloped: bool):
    """(free ground, a function from closed hazards to ground, closures)."""
    min_per_m, elevation_m, bits = world(seed, moves, sloped=sloped)
    kind = np.uint32 if moves > 16 else np.uint16

    def closed_by(is_closed) -> Ground:
        union = np.bitwise_or.reduce(bits[is_closed], axis=0, initial=0, dtype=np.uint32).astype(kind)
        return ready_ground(min_per_m, union, elevation_m, CELL_M, moves)

    free = ready_ground(min_per_m, None, elevation_m, CELL_M, moves)
    flat = bits.reshape(HAZARDS, -1)
    hazard, cell = np.nonzero(flat)
    first = np.searchsorted(hazard, np.arange(HAZARDS + 1))
    return free, closed_by, ready_closures(first, cell, flat[hazard, cell], free)


def walked(ground, clock, sources, towards):
    search = new_search(ground, clock, log=True)
    set_sources(search, sources)
    spread(ground, clock, search, sources, towards)
    return search


def walkable(ground, cells):
    return np.array([cell for cell in cells if np.isfinite(ground.min_per_m[cell])], np.int64)


cases = pytest.mark.parametrize(
    ("moves", "sloped", "towards"),
    [(8, False, False), (16, False, False), (16, True, False), (16, True, True), (32, True, True)],
)


@cases
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    limit=st.sampled_from([6.0, 15.0, 60.0]),
    released=st.sets(st.integers(0, 3), min_size=1),
)
def test_release_repairs_to_a_fresh_walk(moves, sloped, towards, seed, limit, released):
    free, closed_by, closures = grounds(seed, moves, sloped=sloped)
    is_closed = np.ones(HAZARDS, bool)
    ground, clock, sources = closed_by(is_closed), clock_of(free, limit), walkable(free, [5, 40])
    search = walked(ground, clock, sources, towards)
    before, logged = search.minutes.copy(), int(search.counter[0])
    is_closed[list(released)] = False
    changed, _ = set_moves(ground, closures, np.array(sorted(released)), is_closed)
    added = walkable(free, [77])
    walk_on(ground, clock, search, changed, added, towards)
    fresh = walked(closed_by(is_closed), clock, np.concatenate([sources, added]), towards)
    np.testing.assert_array_equal(search.minutes, fresh.minutes)
    assert (search.minutes <= before).all()
    gained = np.count_nonzero((before > clock.limit) & (search.minutes <= clock.limit))
    amounts = np.random.default_rng(seed).integers(0, 2**40, len(before))
    sums = (amounts[search.minutes <= clock.limit].sum(), amounts[before <= clock.limit].sum())
    change = reach_change(search, logged, clock.limit, np.zeros(99, np.uint8), 1, amounts[:99])
    assert change.tolist() == [gained, sums[0] - sums[1]]
    undo(search, logged)
    np.testing.assert_array_equal(search.minutes, before)
    set_moves(ground, closures, np.array(sorted(released)), np.ones(HAZARDS, bool))
    np.testing.assert_array_equal(ground.open_moves, closed_by(np.ones(HAZARDS, bool)).open_moves)


@cases
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6), limit=st.sampled_from([6.0, 15.0, 60.0]), shut=st.sets(st.integers(0, 3), min_size=1)
)
def test_closing_repairs_to_a_fresh_walk(moves, sloped, towards, seed, limit, shut):
    free, closed_by, closures = grounds(seed, moves, sloped=sloped)
    is_closed = np.zeros(HAZARDS, bool)
    ground, clock, sources = closed_by(is_closed), clock_of(free, limit), walkable(free, [5, 40, 77])
    search = walked(ground, clock, sources, towards)
    before, logged = search.minutes.copy(), int(search.counter[0])
    is_closed[list(shut)] = True
    changed, were = set_moves(ground, closures, np.array(sorted(shut)), is_closed)
    lost = walkable(free, [77])
    walk_round(ground, clock, search, changed, were, lost, opposites(ground), towards)
    fresh = walked(closed_by(is_closed), clock, walkable(free, [5, 40]), towards)
    np.testing.assert_array_equal(search.minutes, fresh.minutes)
    assert (search.minutes >= before).all()
    undo(search, logged)
    np.testing.assert_array_equal(search.minutes, before)
