"""Ground made ready for walking: which moves are open, and what each costs. Compiled once, arrays only."""

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from hazard_service.errors import WalkError
from hazard_service.travel.moves import CORNERS, MOVES, OPPOSITE, PARTS

_F = TypeVar("_F", bound=Callable[..., Any])

# Tobler's walker is fastest down a slope of -0.05, by this factor on the minutes of level ground.
FASTEST_SLOPE: Final = math.exp(-3.5 * 0.05)


def compiled(function: _F) -> _F:
    """Numba without fastmath (inf and NaN carry meaning here), free of the interpreter lock, kept between runs."""
    return cast(_F, numba.njit(cache=True, nogil=True)(function))


class Ways(NamedTuple):
    """Routes as a graph beside the grid: vertices 0..cells-1 are the cells, row-major, the others route nodes.

    A way joins two vertices and stands in the list of both.
    """

    is_hub: NDArray[np.bool_]  # (vertices,) a way begins here; (0,) where there are no routes
    hub: NDArray[np.int64]  # (hubs,) these vertices, ascending
    first: NDArray[np.int64]  # (hubs + 1,) where the ways of each hub begin
    to: NDArray[np.int64]  # (entries,) vertex at the other end
    way: NDArray[np.int64]  # (entries,) number of the way
    min: NDArray[np.float32]  # (entries,) minutes from the hub to the other end
    back_min: NDArray[np.float32]  # (entries,) and from there to the hub; differs on slopes only
    is_open: NDArray[np.bool_]  # (ways,)


class Ground(NamedTuple):
    """A grid as row-major flat arrays, one table row per move, and the ways beside it.

    No move that is open leaves the array, so that a search needs no bounds tests. The arrays that came in are kept,
    not copied.
    """

    min_per_m: NDArray[np.float32]  # (cells,) inf where nobody walks
    elevation_m: NDArray[np.float32]  # (cells,), or (0,) where the ground is taken as flat
    open_moves: NDArray[Any]  # (vertices,) uint16, uint32 for 32 moves; bit k set where move k can be walked
    ways: Ways
    step: NDArray[np.int64]  # (moves,) from a cell's index to the index its move ends in
    length_m: NDArray[np.float32]  # (moves,)
    first_part: NDArray[np.int64]  # (moves + 1,) where the parts of each move begin
    part_step: NDArray[np.int64]  # (parts,) from a cell's index to the index of a cell its move runs through
    part_share: NDArray[np.float32]  # (parts,) share of the move's length in that cell
    cell_m: float
    least_min: float  # no move on the grid takes less


def ready_ground(
    min_per_m: NDArray[np.float32],
    closed_moves: NDArray[Any] | None,
    elevation_m: NDArray[np.float32] | None,
    cell_m: float,
    moves: int,
    ways: Ways,
) -> Ground:
    """Ground from checked (rows, cols) arrays."""
    cols = min_per_m.shape[1]
    vertices = max(min_per_m.size, len(ways.is_hub))
    bits = np.uint32 if moves > 16 else np.uint16
    open_moves = np.zeros(vertices, bits)
    least_min_per_m = _open_moves(
        min_per_m,
        np.zeros((0, 0), bits) if closed_moves is None else closed_moves,
        np.array(MOVES[:moves]),
        np.array(OPPOSITE[:moves]),
        *_crossing_moves(moves),
        open_moves[: min_per_m.size].reshape(min_per_m.shape),
    )
    fastest = 1.0 if elevation_m is None else FASTEST_SLOPE
    return Ground(
        min_per_m=min_per_m.ravel(),
        elevation_m=np.zeros(0, np.float32) if elevation_m is None else elevation_m.ravel(),
        open_moves=open_moves,
        ways=ways,
        step=np.array([row * cols + col for row, col in MOVES[:moves]]),
        length_m=np.array([math.hypot(row, col) * cell_m for row, col in MOVES[:moves]], np.float32),
        first_part=np.cumsum([0] + [len(PARTS[k]) for k in range(moves)]),
        part_step=np.array([row * cols + col for k in range(moves) for row, col, _ in PARTS[k]]),
        part_share=np.array([share for k in range(moves) for _, _, share in PARTS[k]], np.float32),
        cell_m=cell_m,
        least_min=float(least_min_per_m) * cell_m * fastest,
    )


def no_ways() -> Ways:
    """Ground without routes."""
    none, no_minutes = np.zeros(0, np.int64), np.zeros(0, np.float32)
    return Ways(
        np.zeros(0, np.bool_), none, np.zeros(1, np.int64), none, none, no_minutes, no_minutes, np.zeros(0, np.bool_)
    )


def ready_ways(cells: int, nodes: int, ends: NDArray[np.int64], minutes: NDArray[np.float64]) -> Ways:
    """Ways, all open, from (ways, 2) vertices and (ways, 2) minutes, there and back.

    Raises WalkError (a ValueError) where minutes are none, or less than nothing.
    """
    if not (np.isfinite(minutes) & (minutes >= 0)).all():
        raise WalkError(
            f"A way takes {minutes[~(minutes >= 0)].min(initial=math.inf)} minutes; give 0 or more for each."
        )
    if len(ends) == 0:
        return no_ways()
    start, to = ends.T.ravel(), ends[:, ::-1].T.ravel()
    way = np.tile(np.arange(len(ends)), 2)
    order = np.lexsort((to, start))
    hub, first = np.unique(start[order], return_index=True)
    is_hub = np.zeros(cells + nodes, np.bool_)
    is_hub[hub] = True
    return Ways(
        is_hub=is_hub,
        hub=hub,
        first=np.append(first, len(start)),
        to=to[order],
        way=way[order],
        min=minutes.T.ravel().astype(np.float32)[order],
        back_min=minutes[:, ::-1].T.ravel().astype(np.float32)[order],
        is_open=np.ones(len(ends), np.bool_),
    )


def _crossing_moves(moves: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(offsets, 2) rows and columns from a move's start to a cell it crosses or passes at the corner; bits that do."""
    crossing: dict[tuple[int, int], int] = {}
    for move in range(moves):
        for row, col in {(row, col) for row, col, _ in PARTS[move]} | set(CORNERS[move]):
            crossing[row, col] = crossing.get((row, col), 0) | 1 << move
    return np.array(list(crossing)), np.array(list(crossing.values()))


@compiled
def _open_moves(
    min_per_m: NDArray[np.float32],
    closed_moves: NDArray[Any],
    ends: NDArray[np.int64],
    opposite: NDArray[np.int64],
    offsets: NDArray[np.int64],
    crossing: NDArray[np.int64],
    open_moves: NDArray[Any],
) -> float:
    """Set bit k of a cell where move k stays on the array, is closed at neither end, and meets no unwalkable cell.

    Returns the least minutes per metre. Only cells at the array's edge, with a closed bit or unwalkable cost more
    than a copy.
    """
    rows, cols = min_per_m.shape
    every = (1 << len(ends)) - 1
    _stay_on_array(ends, open_moves)
    least = np.inf
    for row in range(rows):
        for col in range(cols):
            if closed_moves.size > 0 and np.int64(closed_moves[row, col]) & every != 0:
                closed = np.int64(closed_moves[row, col]) & np.int64(open_moves[row, col])
                open_moves[row, col] = np.int64(open_moves[row, col]) & ~closed
                for move in range(len(ends)):
                    if closed >> move & 1:
                        to_row, to_col = row + ends[move, 0], col + ends[move, 1]
                        there = np.int64(open_moves[to_row, to_col])
                        open_moves[to_row, to_col] = there & ~(1 << opposite[move])
            if min_per_m[row, col] < np.inf:
                least = min(least, min_per_m[row, col])
            else:
                _close_across(row, col, offsets, crossing, open_moves)
    return least


@compiled
def _stay_on_array(ends: NDArray[np.int64], open_moves: NDArray[Any]) -> None:
    """Open every move that ends on the array."""
    rows, cols = open_moves.shape
    open_moves[:] = (1 << len(ends)) - 1
    for row in range(rows):
        inside = 3 <= row < rows - 3
        for col in range(cols):
            if inside and 3 <= col < cols - 3:
                continue
            bits = 0
            for move in range(len(ends)):
                if 0 <= row + ends[move, 0] < rows and 0 <= col + ends[move, 1] < cols:
                    bits |= 1 << move
            open_moves[row, col] = bits


@compiled
def _close_across(
    row: int, col: int, offsets: NDArray[np.int64], crossing: NDArray[np.int64], open_moves: NDArray[Any]
) -> None:
    """Close every move that crosses one unwalkable cell or passes its corner."""
    for i in range(len(offsets)):
        from_row, from_col = row - offsets[i, 0], col - offsets[i, 1]
        if 0 <= from_row < open_moves.shape[0] and 0 <= from_col < open_moves.shape[1]:
            open_moves[from_row, from_col] = np.int64(open_moves[from_row, from_col]) & ~crossing[i]
