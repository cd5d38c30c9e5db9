"""Walking times over a grid: the checks on what comes in, and the calls the rest of the service makes."""

import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hazard_service.errors import WalkError
from hazard_service.travel.grounds import Ground, Ways, no_ways, ready_ground
from hazard_service.travel.search import (
    Clock,
    Search,
    clock_of,
    flood,
    new_search,
    set_sources,
    to_minutes,
    was_refused,
)
from hazard_service.travel.spreading import count_from, spread

MOVE_SETS = (8, 16, 32)


def walk_minutes(
    min_per_m: ArrayLike,
    sources: ArrayLike,
    cell_m: float,
    *,
    closed_moves: ArrayLike | None = None,
    elevation_m: ArrayLike | None = None,
    moves: int = 16,
    limit_min: float = math.inf,
    towards_sources: bool = False,
) -> NDArray[np.float32]:
    """Shortest walking time between every cell and the source nearest in time.

    min_per_m: (rows, cols) minutes per metre on level ground; inf where nobody walks (water). Used as float32.
    sources: (n, 2) whole rows and columns; n may be 0. A source where nobody walks reaches nothing.
    cell_m: side of a cell, metres.
    closed_moves: (rows, cols) unsigned, bit k set where move k of `moves.MOVES` is closed. A move is closed if its bit
        is set at either end. Bits beyond `moves` are not read. Outside the array everything is closed.
    elevation_m: (rows, cols) metres; NaN where not known, and a move with such an end is level.
    moves: 8, 16 or 32 directions. Every cell a move runs through or touches at a corner must be finite in min_per_m.
    limit_min: cells further than this (by more than rounding adds, at most 1e-5 of it) stay inf and are not walked on
        from. Cells further than four million of the ground's shortest moves stay inf too.
    towards_sources: walk from the cells to the sources instead of away from them; differs on slopes only.

    Returns (rows, cols) float32 minutes; 0 at the sources, inf where not reached.
    Time of a move: its metres in each cell x that cell's min_per_m, summed, x exp(3.5 (|s + 0.05| - 0.05)) with s the
    rise between its ends / its length, signed in the walking direction (Tobler 1993, level = 1).
    Raises WalkError (a ValueError) where the arrays cannot be walked over.
    """
    prepared = prepare(min_per_m, cell_m, closed_moves=closed_moves, elevation_m=elevation_m, moves=moves)
    return prepared_minutes(prepared, sources, limit_min=limit_min, towards_sources=towards_sources)


def count_reached(
    min_per_m: ArrayLike,
    starts: ArrayLike,
    cell_m: float,
    classes: ArrayLike,
    *,
    closed_moves: ArrayLike | None = None,
    elevation_m: ArrayLike | None = None,
    moves: int = 16,
    limit_min: float,
    n_classes: int | None = None,
) -> NDArray[np.int64]:
    """Cells each start alone reaches within limit_min, counted by class; the same rules as `walk_minutes`.

    starts: (n, 2) whole rows and columns; row -1 means no start and counts nothing.
    classes: (rows, cols) uint8.
    n_classes: width of the answer; by default the highest class + 1.

    Returns (n, n_classes) int64. The starts are shared between threads, one per processor; each start costs only the
    cells it reaches.
    Raises WalkError (a ValueError) where the arrays cannot be walked over.
    """
    prepared = prepare(min_per_m, cell_m, closed_moves=closed_moves, elevation_m=elevation_m, moves=moves)
    return prepared_count(prepared, starts, classes, limit_min=limit_min, n_classes=n_classes)


class Prepared(NamedTuple):
    """Ground whose open moves are worked out once, for any number of walks over it."""

    ground: Ground
    shape: tuple[int, int]


def prepare(
    min_per_m: ArrayLike,
    cell_m: float,
    *,
    closed_moves: ArrayLike | None = None,
    elevation_m: ArrayLike | None = None,
    moves: int = 16,
    ways: Ways | None = None,
) -> Prepared:
    """Checked arrays, made ready once; the arguments are those of `walk_minutes`.

    ways: routes beside the grid, from `ready_ways`; walked where open, whatever lies under them.

    Arrays that are already float32, in rows and writeable are kept, not copied: leave them as they are while walking.
    (Others are copied, so that the compiled code meets one kind of array only.)
    """
    if moves not in MOVE_SETS:
        raise WalkError(f"moves is {moves}; use 8, 16 or 32.")
    if not isinstance(cell_m, Real) or not 0 < cell_m < math.inf:
        raise WalkError(f"cell_m is {cell_m}; give the side of a cell as a number of metres above 0.")
    friction = _friction(min_per_m)
    rows, cols = friction.shape
    bits = None if closed_moves is None else _bits(closed_moves, (rows, cols), moves)
    heights = None if elevation_m is None else _heights(elevation_m, (rows, cols))
    ways = no_ways() if ways is None else ways
    if 0 < len(ways.is_hub) < friction.size:
        raise WalkError(f"ways are of {len(ways.is_hub)} vertices, fewer than the {friction.size} cells; use one grid.")
    return Prepared(ready_ground(friction, bits, heights, float(cell_m), int(moves), ways), (rows, cols))


def prepared_minutes(
    prepared: Prepared, sources: ArrayLike, *, limit_min: float = math.inf, towards_sources: bool = False
) -> NDArray[np.float32]:
    """`walk_minutes` over prepared ground."""
    ground, shape = prepared
    cells = np.unique(_cells(sources, "source", shape))
    cells = cells[np.isfinite(ground.min_per_m[cells])]
    limit = _limit(limit_min)
    clock = clock_of(ground, limit)
    search = _spread_from(ground, clock, cells, towards_sources)
    if limit == math.inf and was_refused(search):  # further than 32 bits can count
        clock = clock_of(ground, limit, is_wide=True)
        search = _spread_from(ground, clock, cells, towards_sources)
    ticks = search.minutes[: ground.min_per_m.size]
    minutes = np.empty(ticks.shape, np.float32) if clock.is_wide else ticks.view(np.float32)
    to_minutes(ticks, clock.limit, clock.ticks_per_min, minutes)
    return minutes.reshape(shape)


def _spread_from(ground: Ground, clock: Clock, cells: NDArray[np.int64], towards_sources: bool) -> Search:
    search = new_search(ground, clock, log=False)
    set_sources(search, cells)
    spread(ground, clock, search, cells, bool(towards_sources))
    return search


def prepared_joined(prepared: Prepared, cells: ArrayLike) -> NDArray[np.bool_]:
    """(rows, cols) True where a cell can be walked to from one of `cells` ((n, 2) rows and columns), however long."""
    ground, shape = prepared
    joined = np.zeros(len(ground.open_moves), np.bool_)
    flood(ground, _cells(cells, "cell", shape), joined)
    return joined[: ground.min_per_m.size].reshape(shape)


def prepared_count(
    prepared: Prepared,
    starts: ArrayLike,
    classes: ArrayLike,
    *,
    limit_min: float,
    n_classes: int | None = None,
    amounts: ArrayLike | None = None,
) -> NDArray[np.int64]:
    """`count_reached` over prepared ground.

    amounts: (rows, cols) int64, such that no sum is over 64 bits. With them, one column more: their sum over the cells
        reached, in the same walk. Whole numbers, so that no order of work changes it.
    """
    ground, shape = prepared
    class_of = _classes(classes, shape)
    highest = int(class_of.max())
    width = highest + 1 if n_classes is None else n_classes
    if highest >= width:
        raise WalkError(f"classes holds class {highest} but n_classes is {n_classes}; raise n_classes above it.")
    cells = _cells(starts, "start", shape, none_allowed=True)
    clock = clock_of(ground, _limit(limit_min))
    amount_of = np.zeros(0, np.int64) if amounts is None else _amounts(amounts, shape)
    counts = np.zeros((len(cells), width + (amounts is not None)), np.int64)
    turns = iter(np.flatnonzero(cells >= 0).tolist())

    def work() -> None:
        search = new_search(ground, clock, log=True)
        for turn in _shared(turns):
            count_from(ground, clock, search, cells[turn : turn + 1], class_of, amount_of, counts[turn])

    # Python threads, not numba's: numba's default threading layer ends the process when two callers (two requests
    # to the map server) meet in it. The search holds no interpreter lock, so the threads do run side by side.
    workers = min(processors(), int((cells >= 0).sum()))
    if workers > 0:
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(work) for _ in range(workers)]:
                done.result()
    return counts


def processors() -> int:
    """Those this process may use, where the system says."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _shared(turns: Iterator[int]) -> Iterator[int]:
    """Each turn goes to one worker only: next() on a range iterator is one step under the interpreter lock."""
    while (turn := next(turns, None)) is not None:
        yield turn


def _friction(min_per_m: ArrayLike) -> NDArray[np.float32]:
    given = _numbers(min_per_m, "min_per_m")
    if given.ndim != 2 or given.size == 0:
        raise WalkError(f"min_per_m has shape {given.shape}; give rows and columns, at least one of each.")
    if given.size > np.iinfo(np.int32).max:
        raise WalkError(f"min_per_m has {given.size} cells, more than 32 bits can number; use larger cells.")
    with np.errstate(over="ignore"):  # so slow that 32 bits say inf: nobody walks there
        friction = np.require(given, np.float32, ["C", "W"])
    if not friction.min() > 0:  # NaN too
        row, col = np.argwhere(~(friction > 0))[0]
        raise WalkError(
            f"min_per_m is {friction[row, col]:g} at row {row}, column {col}; "
            "every cell needs minutes per metre above 0, or inf where nobody walks."
        )
    return friction


def _bits(closed_moves: ArrayLike, shape: tuple[int, int], moves: int) -> NDArray[Any]:
    given = np.asarray(closed_moves)
    if given.dtype.kind != "u" or given.dtype.itemsize * 8 < moves:
        raise WalkError(f"closed_moves is {given.dtype}; give unsigned whole numbers of at least {moves} bits.")
    _same_shape("closed_moves", given, shape)
    return np.require(given, np.uint32 if moves > 16 else np.uint16, ["C", "W"])


def _heights(elevation_m: ArrayLike, shape: tuple[int, int]) -> NDArray[np.float32]:
    given = _numbers(elevation_m, "elevation_m")
    _same_shape("elevation_m", given, shape)
    with np.errstate(over="ignore"):  # refused below
        heights = np.require(given, np.float32, ["C", "W"])
    endless = np.isinf(heights)
    if endless.any():
        row, col = np.argwhere(endless)[0]
        raise WalkError(
            f"elevation_m is {heights[row, col]:g} at row {row}, column {col}; use NaN where the height is not known."
        )
    return heights


def _classes(classes: ArrayLike, shape: tuple[int, int]) -> NDArray[np.uint8]:
    given = np.asarray(classes)
    if given.dtype != np.uint8:
        raise WalkError(f"classes is {given.dtype}; give uint8.")
    _same_shape("classes", given, shape)
    return np.array(given, order="C").ravel()


def _amounts(amounts: ArrayLike, shape: tuple[int, int]) -> NDArray[np.int64]:
    given = np.asarray(amounts)
    if given.dtype != np.int64:
        raise WalkError(f"amounts is {given.dtype}; give int64.")
    _same_shape("amounts", given, shape)
    return np.require(given, np.int64, ["C", "W"]).ravel()


def _cells(places: ArrayLike, word: str, shape: tuple[int, int], *, none_allowed: bool = False) -> NDArray[np.int64]:
    """Row-major cell indices of (n, 2) rows and columns; -1 for row -1 where that is allowed to mean none."""
    given = np.asarray(places)
    if given.size == 0:
        return np.zeros(0, np.int64)
    if given.ndim != 2 or given.shape[1] != 2 or given.dtype.kind not in "iu":
        raise WalkError(
            f"{word}s is {given.dtype} of shape {given.shape}; give one whole row and column for each {word}."
        )
    row, col = given.astype(np.int64).T
    absent = (row == -1) & none_allowed
    off = ((row < 0) | (row >= shape[0]) | (col < 0) | (col >= shape[1])) & ~absent
    if off.any():
        first = int(np.argmax(off))
        raise WalkError(
            f"{word} {first} is at row {row[first]}, column {col[first]}, "
            f"off the array of {shape[0]} rows and {shape[1]} columns; leave it out or widen the array."
        )
    return np.where(absent, -1, row * shape[1] + col)


def _limit(limit_min: float) -> float:
    if not isinstance(limit_min, Real) or not limit_min >= 0:
        raise WalkError(f"limit_min is {limit_min}; give a number of minutes, 0 or more.")
    return float(limit_min)


def _numbers(values: ArrayLike, name: str) -> NDArray[Any]:
    given = np.asarray(values)
    if given.dtype.kind not in "fiu":
        raise WalkError(f"{name} is {given.dtype}; give real numbers.")
    return given


def _same_shape(name: str, given: NDArray[Any], shape: tuple[int, int]) -> None:
    if given.shape != shape:
        raise WalkError(f"{name} has shape {given.shape} but min_per_m has {shape}; give both on the same grid.")
