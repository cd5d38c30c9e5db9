"""The compiled part of a walk: which moves are open, and Dijkstra's search over them (Numba, arrays only)."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from hazard_service.travel.moves import CORNERS, MOVES, OPPOSITE, PARTS

_F = TypeVar("_F", bound=Callable[..., Any])
_Minutes = NDArray[np.float64]
_Cells = NDArray[np.int32]


def _compiled(function: _F) -> _F:
    """Numba without fastmath (inf and NaN carry meaning here), free of the interpreter lock, kept between runs."""
    return cast(_F, numba.njit(cache=True, nogil=True)(function))


class Ground(NamedTuple):
    """A grid made ready for searching: row-major flat arrays, and one table row per move or per part of a move.

    No move that is open leaves the array, so the search needs no bounds tests.
    """

    min_per_m: NDArray[np.float32]  # (cells,) inf where nobody walks
    elevation_m: NDArray[np.float64]  # (cells,) or (0,) if the ground is taken as flat
    open_moves: NDArray[np.uint32]  # (cells,) bit k set where move k can be walked
    step: NDArray[np.int64]  # (moves,) from a cell's index to the index its move ends in
    length_m: NDArray[np.float64]  # (moves,)
    first_part: NDArray[np.int64]  # (moves + 1,) where the parts of each move begin
    part_step: NDArray[np.int64]  # (parts,) from a cell's index to the index of a cell its move runs through
    part_m: NDArray[np.float64]  # (parts,) metres of the move inside that cell


class Search(NamedTuple):
    """Working memory of one search, used again after `count_and_forget`: every array is (cells,)."""

    minutes: NDArray[np.float64]  # inf where not reached (yet); 64 bits, as sums of 32 bits drift by 1e-4
    queue_minutes: NDArray[np.float64]  # a binary heap: cells reached but not yet walked on from, nearest first
    queue_cell: NDArray[np.int32]
    place: NDArray[np.int32]  # where a waiting cell stands in the queue
    reached: NDArray[np.int32]  # the cells reached, nearest first


def new_search(cells: int) -> Search:
    """Fresh working memory. Only `minutes` is written, so a small search touches little of the rest."""
    return Search(
        minutes=np.full(cells, np.inf),
        queue_minutes=np.empty(cells),
        queue_cell=np.empty(cells, np.int32),
        place=np.empty(cells, np.int32),
        reached=np.empty(cells, np.int32),
    )


def ready_ground(
    min_per_m: NDArray[np.float32],
    closed_moves: NDArray[np.uint32] | None,
    elevation_m: NDArray[np.float64] | None,
    cell_m: float,
    moves: int,
) -> Ground:
    """Ground from checked (rows, cols) arrays."""
    cols = min_per_m.shape[1]
    crossed = [[(row, col) for row, col, _ in PARTS[move]] + list(CORNERS[move]) for move in range(moves)]
    open_moves = _open_moves(
        min_per_m,
        np.zeros((0, 0), np.uint32) if closed_moves is None else closed_moves,
        np.array(MOVES[:moves]),
        np.array(OPPOSITE[:moves]),
        np.cumsum([0] + [len(cells) for cells in crossed]),
        np.array([cell for cells in crossed for cell in cells]),
    )
    length_m = np.array([math.hypot(row, col) * cell_m for row, col in MOVES[:moves]])
    parts = [(row * cols + col, share * length_m[k]) for k in range(moves) for row, col, share in PARTS[k]]
    return Ground(
        min_per_m=min_per_m.ravel(),
        elevation_m=np.zeros(0) if elevation_m is None else elevation_m.ravel(),
        open_moves=open_moves.ravel(),
        step=np.array([row * cols + col for row, col in MOVES[:moves]]),
        length_m=length_m,
        first_part=np.cumsum([0] + [len(PARTS[k]) for k in range(moves)]),
        part_step=np.array([step for step, _ in parts]),
        part_m=np.array([metres for _, metres in parts]),
    )


@_compiled
def _open_moves(
    min_per_m: NDArray[np.float32],
    closed_moves: NDArray[np.uint32],
    ends: NDArray[np.int64],
    opposite: NDArray[np.int64],
    first_crossed: NDArray[np.int64],
    crossed: NDArray[np.int64],
) -> NDArray[np.uint32]:
    """Bit k of a cell is set where move k stays on the array, is closed at neither end, and meets no unwalkable cell.

    `crossed` lists the cells a move runs through or touches at a corner; all lie in the box of its two ends, so they
    are on the array if its end is.
    """
    rows, cols = min_per_m.shape
    open_moves = np.zeros((rows, cols), np.uint32)
    for row in range(rows):
        for col in range(cols):
            bits = 0
            for move in range(len(ends)):
                end_row, end_col = row + ends[move, 0], col + ends[move, 1]
                is_open = 0 <= end_row < rows and 0 <= end_col < cols
                if is_open and closed_moves.size > 0:
                    away = closed_moves[row, col] >> move & 1
                    back = closed_moves[end_row, end_col] >> opposite[move] & 1
                    is_open = away == 0 and back == 0
                if is_open:
                    for cell in range(first_crossed[move], first_crossed[move + 1]):
                        if min_per_m[row + crossed[cell, 0], col + crossed[cell, 1]] == np.inf:
                            is_open = False
                            break
                if is_open:
                    bits |= 1 << move
            open_moves[row, col] = bits
    return open_moves


@_compiled
def spread(
    ground: Ground, search: Search, sources: NDArray[np.int64], limit_min: np.float32, towards_sources: bool
) -> int:
    """Dijkstra's search from the source cells: fills `search.minutes` and `search.reached`, returns how many reached.

    `search` must be fresh. A cell is reached when its minutes, rounded to 32 bits, are at most limit_min.
    Each cell waits in the queue once at most, so no array can overflow.
    """
    # Plain local arrays: numba counts references each time an array is taken out of a tuple, which triples the time.
    min_per_m, elevation_m, open_moves, step, length_m, first_part, part_step, part_m = ground
    minutes, queue_minutes, queue_cell, place, reached = search
    sloped = elevation_m.size > 0
    waiting = 0
    for source in sources:
        if min_per_m[source] < np.inf and minutes[source] > 0.0:  # a source named twice counts once
            minutes[source] = 0.0
            _rise(queue_minutes, queue_cell, place, waiting, source, 0.0)
            waiting += 1
    count = 0
    while waiting > 0:
        here, now = np.int64(queue_cell[0]), queue_minutes[0]
        waiting -= 1
        _sink(queue_minutes, queue_cell, place, waiting)
        reached[count] = here
        count += 1
        open_here = np.int64(open_moves[here])
        for move in range(len(step)):
            there = here + step[move]
            if open_here >> move & 1 == 0 or minutes[there] <= now:
                continue
            then = 0.0
            for part in range(first_part[move], first_part[move + 1]):
                then += part_m[part] * min_per_m[here + part_step[part]]
            if sloped:
                then *= _slope_factor(elevation_m[here], elevation_m[there], length_m[move], towards_sources)
            then += now
            if then < minutes[there] and np.float32(then) <= limit_min:
                if minutes[there] == np.inf:
                    at = waiting
                    waiting += 1
                else:
                    at = int(place[there])
                minutes[there] = then
                _rise(queue_minutes, queue_cell, place, at, there, then)
    return count


@_compiled
def _slope_factor(here_m: float, there_m: float, length_m: float, towards_sources: bool) -> float:
    """Tobler (1993): speed 6 exp(-3.5 |s + 0.05|) km/h at slope s = rise / run in the walking direction.

    Scaled so that level ground walks at the speed of its surface. A walk towards the sources runs against the search.
    """
    slope = (here_m - there_m if towards_sources else there_m - here_m) / length_m
    return 1.0 if math.isnan(slope) else math.exp(3.5 * (abs(slope + 0.05) - 0.05))


@_compiled
def _rise(queue_minutes: _Minutes, queue_cell: _Cells, place: _Cells, at: int, cell: int, minutes: float) -> None:
    """Put a cell in the queue at a place that is free or its own, and move it up to where it belongs."""
    while at > 0:
        above = (at - 1) >> 1
        if queue_minutes[above] <= minutes:
            break
        queue_minutes[at] = queue_minutes[above]
        queue_cell[at] = queue_cell[above]
        place[queue_cell[at]] = at
        at = above
    queue_minutes[at] = minutes
    queue_cell[at] = cell
    place[cell] = at


@_compiled
def _sink(queue_minutes: _Minutes, queue_cell: _Cells, place: _Cells, waiting: int) -> None:
    """Take the first of the queue away: the last takes its place and moves down to where it belongs."""
    cell, minutes = queue_cell[waiting], queue_minutes[waiting]
    at = 0
    while 2 * at + 1 < waiting:
        below = 2 * at + 1
        if below + 1 < waiting and queue_minutes[below + 1] < queue_minutes[below]:
            below += 1
        if queue_minutes[below] >= minutes:
            break
        queue_minutes[at] = queue_minutes[below]
        queue_cell[at] = queue_cell[below]
        place[queue_cell[at]] = at
        at = below
    queue_minutes[at] = minutes
    queue_cell[at] = cell
    place[cell] = at


@_compiled
def count_and_forget(search: Search, reached: int, classes: NDArray[np.uint8], counts: NDArray[np.int64]) -> None:
    """Count the reached cells by class into `counts` and make `search` fresh again; costs only the cells reached."""
    for cell in search.reached[:reached]:
        counts[classes[cell]] += 1
        search.minutes[cell] = np.inf
