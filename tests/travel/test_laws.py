"""Laws that hold in every world."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hazard_service.settings import settings_table
from hazard_service.travel import MOVES, walk_minutes

CELL_M = 50.0
LAW = settings(derandomize=True, deadline=None, max_examples=40, database=None)
FRICTION = st.sampled_from([0.02, 0.012, 0.04, 0.03, math.inf])
HEIGHT_M = st.sampled_from([0.0, 3.0, 8.0, 20.0, -6.0, math.nan])
BITS = st.integers(0, 2**32 - 1)


@st.composite
def worlds(draw, sloped=None):
    """A small world: arguments of walk_minutes, and two cells in it."""
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    sparse = [draw(hnp.arrays(np.uint32, shape, elements=BITS, fill=st.just(0))) for _ in range(2)]
    world = {
        "min_per_m": draw(hnp.arrays(np.float32, shape, elements=FRICTION.map(np.float32), fill=st.just(0.02))),
        "cell_m": CELL_M,
        "closed_moves": sparse[0] & sparse[1],
        "moves": draw(st.sampled_from([8, 16, 32])),
    }
    if draw(st.booleans()) if sloped is None else sloped:
        world["elevation_m"] = draw(hnp.arrays(np.float64, shape, elements=HEIGHT_M))
    cell = st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1))
    return world, draw(cell), draw(cell)


def permuted(bits: np.ndarray, turn) -> np.ndarray:
    """Bits of a world turned by `turn`, which takes a move to its image."""
    result = np.zeros_like(bits)
    for k, move in enumerate(MOVES):
        result |= (bits >> np.uint32(k) & np.uint32(1)) << np.uint32(MOVES.index(turn(*move)))
    return result


@LAW
@given(worlds(), BITS)
def test_opening_moves_never_lengthens_a_walk(drawn, kept):
    world, a, b = drawn
    before = walk_minutes(sources=[a, b], **world)
    opened = {**world, "closed_moves": world["closed_moves"] & np.uint32(kept)}
    after = walk_minutes(sources=[a, b], **opened)
    assert (after <= before).all()
    everything = walk_minutes(sources=[a, b], **{**world, "closed_moves": None})
    assert (everything <= after).all()


@LAW
@given(worlds())
def test_releasing_everything_equals_free_ground(drawn):
    world, a, _ = drawn
    none_closed = {**world, "closed_moves": np.zeros_like(world["closed_moves"])}
    np.testing.assert_array_equal(
        walk_minutes(sources=[a], **none_closed), walk_minutes(sources=[a], **{**world, "closed_moves": None})
    )


@LAW
@given(worlds(sloped=False))
def test_there_and_back_take_as_long_where_slope_is_off(drawn):
    world, a, b = drawn
    there, back = walk_minutes(sources=[a], **world)[b], walk_minutes(sources=[b], **world)[a]
    if a != b or np.isfinite(world["min_per_m"][a]):
        assert there == pytest.approx(back, rel=1e-5)


@LAW
@given(worlds(sloped=True))
def test_towards_the_source_is_the_walk_from_the_other_end(drawn):
    world, a, b = drawn
    there = walk_minutes(sources=[a], **world)[b]
    assert walk_minutes(sources=[b], towards_sources=True, **world)[a] == pytest.approx(there, rel=1e-5)


@LAW
@given(worlds(), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=4), st.randoms())
def test_many_sources_are_the_least_of_each_in_any_order(drawn, where, random):
    world, a, b = drawn
    rows, cols = world["min_per_m"].shape
    sources = [a, b, a] + [(min(int(r * rows), rows - 1), min(int(c * cols), cols - 1)) for r, c in where]
    together = walk_minutes(sources=sources, **world)
    least = np.minimum.reduce([walk_minutes(sources=[source], **world) for source in sources])
    np.testing.assert_array_equal(together, least)
    random.shuffle(sources)
    np.testing.assert_array_equal(together, walk_minutes(sources=sources, **world))


@LAW
@given(worlds(), st.floats(0, 20))
def test_a_limit_only_hides_what_lies_beyond_it(drawn, limit):
    world, a, _ = drawn
    full = walk_minutes(sources=[a], **world)
    reached = full[np.isfinite(full)].tolist()
    for limit_min in [limit, *reached[:: max(1, len(reached) // 5)]]:  # limits met exactly too
        limited = walk_minutes(sources=[a], limit_min=limit_min, **world)
        np.testing.assert_array_equal(limited, np.where(full <= np.float32(limit_min), full, np.inf))


@LAW
@given(
    worlds(),
    st.sampled_from(
        [
            (np.transpose, lambda row, col: (col, row)),
            (np.flipud, lambda row, col: (-row, col)),
            (np.fliplr, lambda row, col: (row, -col)),
        ]
    ),
)
def test_a_world_turned_over_has_its_answer_turned_over(drawn, way):
    world, a, b = drawn
    turn_array, turn_move = way
    sources = np.zeros(world["min_per_m"].shape, bool)
    sources[a] = sources[b] = True
    turned = {key: turn_array(value) if isinstance(value, np.ndarray) else value for key, value in world.items()}
    turned["closed_moves"] = permuted(turned["closed_moves"], turn_move)
    straight = walk_minutes(sources=np.argwhere(sources), **world)
    answer = walk_minutes(sources=np.argwhere(turn_array(sources)), **turned)
    np.testing.assert_allclose(answer, turn_array(straight), rtol=1e-6)


@LAW
@given(worlds())
def test_what_comes_in_is_left_as_it_was_and_its_layout_does_not_matter(drawn):
    world, a, _ = drawn
    arrays = {key: value for key, value in world.items() if isinstance(value, np.ndarray)}
    copies = {key: value.copy() for key, value in arrays.items()}
    answer = walk_minutes(sources=[a], **world)
    for key, copy in copies.items():
        np.testing.assert_array_equal(arrays[key], copy)
    odd = {key: np.asfortranarray(copy.astype(copy.dtype.newbyteorder())) for key, copy in copies.items()}
    for array in odd.values():
        array.setflags(write=False)
    np.testing.assert_array_equal(answer, walk_minutes(sources=[a], **{**world, **odd}))


WORST = {8: 0.083, 16: 0.03, 32: 0.014}


@pytest.mark.parametrize(("moves", "worst"), WORST.items())
def test_direction_error_on_open_flat_ground(moves, worst):
    minutes = walk_minutes(np.full((241, 241), 0.02, np.float32), [(120, 120)], CELL_M, moves=moves)
    bearing = np.radians(np.arange(0, 360, 0.5))
    row, col = np.rint(118 * np.sin(bearing)).astype(int), np.rint(118 * np.cos(bearing)).astype(int)
    over = minutes[120 + row, 120 + col] / np.hypot(row, col) - 1
    assert over.min() > -1e-6  # never faster than the crow flies
    assert over.max() < worst


def test_the_help_of_the_setting_states_these_bounds():
    told = next(row["help"] for row in settings_table() if row["name"] == "moves")
    assert re.findall(r"([\d.]+) %", told) == [f"{100 * worst:g}" for worst in WORST.values()]


@pytest.mark.parametrize("heights", [None, "level", "ramp"])
def test_a_winding_way_is_walked_to_its_end_however_long(heights):
    # One cell wide and 3 rows up and down again: far more moves than 32 bits of time are first set out for.
    rows, cols = 61, 79
    min_per_m = np.full((rows, cols), np.inf, np.float32)
    min_per_m[:, ::2] = 0.02
    min_per_m[0, 1::4] = min_per_m[-1, 3::4] = 0.02
    elevation_m = None if heights is None else np.zeros((rows, cols), np.float32)
    if heights == "ramp":
        elevation_m += np.arange(rows, dtype=np.float32)[:, None]
    minutes = walk_minutes(min_per_m, [(rows - 1, 0)], 50.0, elevation_m=elevation_m, moves=8)
    assert np.isfinite(minutes[np.isfinite(min_per_m)]).all()
    if heights != "ramp":
        # Up or down 39 columns of 60 steps, 39 crossings of two; the last column is entered at the top.
        assert minutes[0, -1] == pytest.approx((39 * 60 + 39 * 2) * 50 * 0.02, rel=1e-5)
