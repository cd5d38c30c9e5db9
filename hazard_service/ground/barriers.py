"""Hazards close moves, judged by exact geometry: a barrier never leaks and never swells.

A move is the straight segment between two cell centres. It is closed where it meets a hazard, outline included.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hazard_service.errors import SettingError
from hazard_service.ground.covering import covered_keys
from hazard_service.ground.crossing import by_key, close_together, closed_entries
from hazard_service.ground.edges import Edges, edges_of
from hazard_service.ground.grid import Grid
from hazard_service.travel.moves import MOVES


@dataclass(frozen=True, eq=False)
class Barriers:
    """What hazards close on a grid.

    `closed_moves`: (rows, cols) uint16, or uint32 for 32 moves; bit k of a cell set where its move MOVES[k] is closed;
    set at both ends.
    `covered`: (rows, cols) bool, the centre lies in a hazard or on its outline; every move of such a cell is closed.
    """

    closed_moves: NDArray[np.unsignedinteger[Any]]
    covered: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class HazardMoves:
    """What each hazard closes alone: entries first[i]:first[i + 1] belong to hazard i, its cells ascending, each once.

    A hazard that closes nothing on the grid has no entry, but its place in `first`.
    """

    first: NDArray[np.int64]  # (hazards + 1,)
    cell: NDArray[np.int64]  # (entries,) row-major cell on the grid
    bits: NDArray[np.uint32]  # (entries,) bit k set where the hazard meets move k of the cell; at both ends; never 0
    covers: NDArray[np.bool_]  # (entries,) the cell's centre lies in the hazard or on its outline
    shape: tuple[int, int]  # rows and columns of the grid


def covered_centres(geometries: Iterable[BaseGeometry | None], grid: Grid) -> NDArray[np.bool_]:
    """Cells whose centre lies in one of the geometries or on its outline: (rows, cols) bool.

    Geometries of any type in `grid.crs`; None and empty ones are left out, polygons must be valid.
    """
    xs, ys = _centres(grid, 0)
    covered = np.zeros(grid.rows * grid.cols, dtype=np.bool_)
    covered[covered_keys(edges_of(geometries), xs, ys, grid.cell_m) % covered.size] = True
    return covered.reshape(grid.shape)


def moves_closed_by(geometries: Iterable[BaseGeometry | None], grid: Grid, moves: int) -> HazardMoves:
    """The moves whose segment meets each geometry, exactly as shapely's `intersects` says, as if it were alone.

    Geometries of any type in `grid.crs`, one per hazard (zero-width lines and points block too); None and empty ones
    close nothing, polygons must be valid. Moves across the grid's edge are judged too. Raises SettingError unless
    `moves` is 8, 16 or 32. Time and memory grow with the cells that hazards cover or whose moves they meet.
    """
    edges, covered, found, around = _judged(geometries, grid, moves)
    key, bits = by_key(found)
    covers = np.zeros(len(key), dtype=np.bool_)
    covers[np.searchsorted(key, covered)] = True  # a covered centre has closed moves, hence an entry
    row, col = np.divmod(key, around[1])
    hazard, row = np.divmod(row, around[0])
    row, col = row - _pad(moves), col - _pad(moves)
    on_grid = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
    first = np.searchsorted(hazard[on_grid], np.arange(edges.given + 1))
    cell = row[on_grid] * grid.cols + col[on_grid]
    return HazardMoves(first.astype(np.int64), cell, bits[on_grid], covers[on_grid], grid.shape)


def close_moves(geometries: Iterable[BaseGeometry | None], grid: Grid, moves: int = 16) -> Barriers:
    """Close every move whose segment meets one of the geometries: the union of `moves_closed_by`, which see."""
    _, covered, found, around = _judged(geometries, grid, moves)
    closed = np.zeros(around, dtype=np.uint32 if moves > 16 else np.uint16)
    close_together(found, closed.ravel())
    centres = np.zeros(around, dtype=np.bool_)
    centres.ravel()[covered % centres.size] = True
    inside = slice(_pad(moves), -_pad(moves))
    return Barriers(closed[inside, inside].copy(), centres[inside, inside].copy())


def _judged(
    geometries: Iterable[BaseGeometry | None], grid: Grid, moves: int
) -> tuple[Edges, NDArray[np.int64], NDArray[np.int64], tuple[int, int]]:
    """(edges, `covered_keys`, `closed_entries`, rows and columns worked out: the grid's and `_pad` around it)."""
    if moves not in (8, 16, 32):
        raise SettingError(f"moves is {moves}; use 8, 16 or 32.")
    edges = edges_of(geometries)
    xs, ys = _centres(grid, _pad(moves))
    covered = covered_keys(edges, xs, ys, grid.cell_m)
    found = closed_entries(edges, covered, xs, ys, grid.cell_m, moves)
    return edges, covered, found, (len(ys), len(xs))


def _pad(moves: int) -> int:
    """Cells worked out around the grid, so that moves across its edge are judged like any other."""
    return max(max(step) for step in MOVES[:moves])


def _centres(grid: Grid, pad: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x of the columns and y of the rows, `pad` more on every side; the very doubles of Grid.centre_xy."""
    xs, _ = grid.centre_xy(0, np.arange(-pad, grid.cols + pad))
    _, ys = grid.centre_xy(np.arange(-pad, grid.rows + pad), 0)
    return xs, ys
