"""A repaired walk equals one walked afresh, to the last tick."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.travel.closing import ready_closures, set_closed
from hazard_service.travel.grounds import Ground, no_ways, ready_ground, ready_ways
from hazard_service.travel.moves import MOVES, OPPOSITE
from hazard_service.travel.repair import opposites, reach_change, walk_on, walk_round
from hazard_service.travel.search import clock_of, new_search, set_sources, undo
from hazard_service.travel.spreading import spread

CELL_M = 50.0
SHAPE = (11, 9)
NODES = 12
HAZARDS = 4


def world(seed: int, moves: int, *, sloped: bool):
    """Random friction with some water, perhaps slope, and what each of four hazards closes, symmetric."""
    random = np.random.default_rng(seed)
    shape = SHAPE
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


def routes(seed: int):
    """Random ways between cells and a dozen nodes, some of no length; (hazards, ways) which hazard closes which."""
    random = np.random.default_rng(seed + 1)
    ends = random.integers(0, SHAPE[0] * SHAPE[1] + NODES, (40, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    minutes = random.choice([0.0, 1e-9, 0.1, 1.0, 7.5], (len(ends), 2)) * random.uniform(0.5, 1.5, (len(ends), 2))
    closes = random.random((HAZARDS, len(ends))) < 0.4
    return ready_ways(SHAPE[0] * SHAPE[1], NODES, ends, minutes), ends, closes


def grounds(seed: int, moves: int, *, sloped: bool, routed: bool):
    """(free ground, a function from closed hazards to ground, closures)."""
    min_per_m, elevation_m, bits = world(seed, moves, sloped=sloped)
    kind = np.uint32 if moves > 16 else np.uint16
    ways, ends, closes = routes(seed)

    def closed_by(is_closed) -> Ground:
        union = np.bitwise_or.reduce(bits[is_closed], axis=0, initial=0, dtype=np.uint32).astype(kind)
        still_open = ways._replace(is_open=~closes[is_closed].any(axis=0))
        return ready_ground(min_per_m, union, elevation_m, CELL_M, moves, still_open if routed else no_ways())

    free = closed_by(np.zeros(HAZARDS, bool))
    flat = bits.reshape(HAZARDS, -1)
    hazard, cell = np.nonzero(flat)
    first = np.searchsorted(hazard, np.arange(HAZARDS + 1))
    by_hazard, way = np.nonzero(closes) if routed else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    first_way = np.searchsorted(by_hazard, np.arange(HAZARDS + 1))
    closing = (first, cell, flat[hazard, cell]), (first_way, way), ends if routed else ends[:0]
    return free, closed_by, ready_closures(*closing, free)


def walked(ground, clock, sources, towards):
    search = new_search(ground, clock, log=True)
    set_sources(search, sources)
    spread(ground, clock, search, sources, towards)
    return search


def walkable(ground, cells):
    return np.array([cell for cell in cells if np.isfinite(ground.min_per_m[cell])], np.int64)


cases = pytest.mark.parametrize(
    ("moves", "sloped", "towards", "routed"),
    [
        (8, False, False, False),
        (16, False, False, False),
        (16, True, False, False),
        (16, True, True, False),
        (32, True, True, False),
        (8, False, False, True),
        (16, True, False, True),
        (16, True, True, True),
    ],
)


@cases
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    limit=st.sampled_from([6.0, 15.0, 60.0]),
    released=st.sets(st.integers(0, 3), min_size=1),
)
def test_release_repairs_to_a_fresh_walk(moves, sloped, towards, routed, seed, limit, released):
    free, closed_by, closures = grounds(seed, moves, sloped=sloped, routed=routed)
    is_closed = np.ones(HAZARDS, bool)
    ground, clock, sources = closed_by(is_closed), clock_of(free, limit), walkable(free, [5, 40])
    search = walked(ground, clock, sources, towards)
    before, logged = search.minutes.copy(), int(search.counter[0])
    is_closed[list(released)] = False
    changed = set_closed(ground, closures, np.array(sorted(released)), is_closed)
    added = walkable(free, [77])
    walk_on(ground, clock, search, changed, added, towards)
    fresh = walked(closed_by(is_closed), clock, np.concatenate([sources, added]), towards)
    np.testing.assert_array_equal(search.minutes, fresh.minutes)
    assert (search.minutes <= before).all()
    then, now = (before <= clock.limit)[:99], (search.minutes <= clock.limit)[:99]
    amounts = np.random.default_rng(seed).integers(0, 2**40, 99)
    change = reach_change(search, logged, clock.limit, np.zeros(99, np.uint8), 1, amounts)
    assert change.tolist() == [np.count_nonzero(now & ~then), amounts[now].sum() - amounts[then].sum()]
    undo(search, logged)
    np.testing.assert_array_equal(search.minutes, before)
    set_closed(ground, closures, np.array(sorted(released)), np.ones(HAZARDS, bool))
    closed = closed_by(np.ones(HAZARDS, bool))
    np.testing.assert_array_equal(ground.open_moves, closed.open_moves)
    np.testing.assert_array_equal(ground.ways.is_open, closed.ways.is_open)


@cases
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6), limit=st.sampled_from([6.0, 15.0, 60.0]), shut=st.sets(st.integers(0, 3), min_size=1)
)
def test_closing_repairs_to_a_fresh_walk(moves, sloped, towards, routed, seed, limit, shut):
    free, closed_by, closures = grounds(seed, moves, sloped=sloped, routed=routed)
    is_closed = np.zeros(HAZARDS, bool)
    ground, clock, sources = closed_by(is_closed), clock_of(free, limit), walkable(free, [5, 40, 77])
    search = walked(ground, clock, sources, towards)
    before, logged = search.minutes.copy(), int(search.counter[0])
    is_closed[list(shut)] = True
    changed = set_closed(ground, closures, np.array(sorted(shut)), is_closed)
    lost = walkable(free, [77])
    walk_round(ground, clock, search, changed, lost, opposites(ground), towards)
    fresh = walked(closed_by(is_closed), clock, walkable(free, [5, 40]), towards)
    np.testing.assert_array_equal(search.minutes, fresh.minutes)
    assert (search.minutes >= before).all()
    undo(search, logged)
    np.testing.assert_array_equal(search.minutes, before)
