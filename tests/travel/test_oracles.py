"""Against slower programs that are easier to believe."""

import heapq
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.graph import MCP_Geometric

from hazard_service.travel import MOVES, walk_minutes

CELL_M = 50.0


def crossed_cells(move: tuple[int, int]) -> list[tuple[int, int, float]]:
    """Every cell the segment of a move meets, with its share of the segment (0 at a corner), by exact geometry."""
    down, right = move
    segment = shapely.LineString([(1, 1), (1 + 2 * right, 1 + 2 * down)])  # cells of side 2, on whole numbers
    met = []
    for row in range(min(0, down), max(0, down) + 1):
        for col in range(min(0, right), max(0, right) + 1):
            cell = shapely.box(2 * col, 2 * row, 2 * col + 2, 2 * row + 2)
            if segment.intersects(cell):
                met.append((row, col, segment.intersection(cell).length / segment.length))
    return met


CROSSED = {move: crossed_cells(move) for move in MOVES}


def oracle(min_per_m, sources, cell_m, *, closed_moves=None, elevation_m=None, moves=16, towards_sources=False):
    """A plain Dijkstra's search over cells, move by move, in float64."""
    rows, cols = min_per_m.shape
    minutes = np.full((rows, cols), math.inf)
    heap = []
    for row, col in sources:
        if math.isfinite(min_per_m[row, col]):
            minutes[row, col] = 0.0
            heap.append((0.0, row, col))
    done = set()
    while heap:
        now, row, col = heapq.heappop(heap)
        if (row, col) in done:
            continue
        done.add((row, col))
        for k in range(moves):
            down, right = MOVES[k]
            to_row, to_col = row + down, col + right
            if not (0 <= to_row < rows and 0 <= to_col < cols):
                continue
            back = MOVES.index((-down, -right))
            if closed_moves is not None and (
                int(closed_moves[row, col]) >> k & 1 or int(closed_moves[to_row, to_col]) >> back & 1
            ):
                continue
            met = [(float(min_per_m[row + r, col + c]), share) for r, c, share in CROSSED[down, right]]
            if any(math.isinf(friction) for friction, _ in met):
                continue
            length_m = cell_m * math.hypot(down, right)
            cost = length_m * sum(share * friction for friction, share in met)
            if elevation_m is not None:
                rise_m = float(elevation_m[to_row, to_col]) - float(elevation_m[row, col])
                slope = (-rise_m if towards_sources else rise_m) / length_m
                cost *= 1.0 if math.isnan(slope) else math.exp(3.5 * (abs(slope + 0.05) - 0.05))
            if now + cost < minutes[to_row, to_col]:
                minutes[to_row, to_col] = now + cost
                heapq.heappush(heap, (now + cost, to_row, to_col))
    return minutes


@settings(derandomize=True, deadline=None, max_examples=60, database=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([8, 16, 32]),
    st.booleans(),
    st.sampled_from([None, np.uint32, np.uint64]),
    st.booleans(),
)
def test_against_a_plain_search(seed, moves, sloped, bits, towards_sources):
    random = np.random.default_rng(seed)
    shape = tuple(random.integers(2, 13, 2))
    min_per_m = random.choice([0.012, 0.02, 0.024, 0.04, math.inf], shape, p=[0.2, 0.4, 0.2, 0.1, 0.1])
    world = {"moves": moves, "towards_sources": towards_sources}
    if sloped:
        world["elevation_m"] = np.where(random.random(shape) < 0.1, math.nan, random.normal(400, 12, shape))
    if bits is not None:
        closed = np.full(shape, 2**32 - 1, np.uint64)
        for _ in range(random.integers(1, 5)):  # from half of the moves closed to few
            closed &= random.integers(0, 2**32, shape, dtype=np.uint64)
        world["closed_moves"] = closed.astype(bits)
    sources = np.argwhere(random.random(shape) < 2 / min_per_m.size)
    min_per_m = min_per_m.astype(np.float32)
    expected = oracle(min_per_m, sources.tolist(), CELL_M, **world)
    np.testing.assert_allclose(walk_minutes(min_per_m, sources, CELL_M, **world), expected, rtol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_against_scikit_image_without_barriers(seed):
    random = np.random.default_rng(seed)
    shape = (40, 55)
    min_per_m = random.uniform(0.01, 0.05, shape).astype(np.float32)
    sources = random.integers(0, shape, (3, 2))
    expected, _ = MCP_Geometric(min_per_m.astype(np.float64) * CELL_M, fully_connected=True).find_costs(sources)
    np.testing.assert_allclose(walk_minutes(min_per_m, sources, CELL_M, moves=8), expected, rtol=1e-6)


def test_long_walks_do_not_drift():
    minutes = walk_minutes(np.full((1, 20_000), 0.0123, np.float32), [(0, 0)], CELL_M)
    expected = float(np.float32(0.0123)) * CELL_M * np.arange(20_000)
    np.testing.assert_allclose(minutes[0], expected, rtol=1e-6)
