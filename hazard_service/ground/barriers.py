"""Hazards close moves, judged by exact geometry: a barrier never leaks and never swells.

A move is the straight segment between two cell centres. It is closed where it meets a hazard, outline included.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hazard_service.errors import SettingError
from hazard_service.ground.edges import (
    SEARCH_MARGIN,
    Edges,
    edges_of,
    gather_unsure,
    meets,
    part_in_strip,
    side_of,
    whole_between,
)
from hazard_service.ground.grid import Grid
from hazard_service.travel.moves import MOVES, OPPOSITE

# Cells worked out around the grid, so that moves across its edge are judged like any other: the 16 moves reach 2.
_PAD = 2

# A centre this near to a hazard's outline (m, along its row) is judged by shapely; rounding is a thousand times less.
_NEAR_M = 1e-6


@dataclass(frozen=True, eq=False)
class Barriers:
    """What hazards close on a grid.

    `closed_moves`: (rows, cols) uint16, bit k of a cell set where its move MOVES[k] is closed; set at both ends.
    `covered`: (rows, cols) bool, the centre lies in a hazard or on its outline; every move of such a cell is closed.
    """

    closed_moves: NDArray[np.uint16]
    covered: NDArray[np.bool_]


def covered_centres(geometries: Iterable[BaseGeometry | None], grid: Grid) -> NDArray[np.bool_]:
    """Cells whose centre lies in one of the geometries or on its outline: (rows, cols) bool.

    Geometries of any type in `grid.crs`; None and empty ones are left out, polygons must be valid.
    """
    xs, ys = _centres(grid, 0)
    return _covered(edges_of(geometries), xs, ys, grid.cell_m)


def close_moves(geometries: Iterable[BaseGeometry | None], grid: Grid, moves: int = 16) -> Barriers:
    """Close every move whose segment meets one of the geometries, exactly as shapely's `intersects` says.

    Geometries of any type in `grid.crs` (zero-width lines and points block too); None and empty ones are left
    out, polygons must be valid. Moves across the grid's edge are judged too. Raises SettingError unless `moves` is
    8 or 16.
    """
    if moves not in (8, 16):
        raise SettingError(f"moves is {moves}; use 8 or 16.")
    xs, ys = _centres(grid, _PAD)
    closed, covered = _close(edges_of(geometries), xs, ys, grid.cell_m, moves)
    inside = (slice(_PAD, -_PAD), slice(_PAD, -_PAD))
    return Barriers(np.ascontiguousarray(closed[inside]), np.ascontiguousarray(covered[inside]))


@dataclass(frozen=True, eq=False)
class HazardMoves:
    """What each hazard closes alone: entries first[i]:first[i + 1] belong to hazard i, its cells ascending, each once.

    `first`: (hazards + 1,). `cell`: (entries,) row-major cell of the grid. `bits`: (entries,) bit k set where the
    hazard meets move k of the cell, set at both ends, never 0. `covers`: (entries,) the centre lies in the hazard or on
    its outline.
    """

    first: NDArray[np.int64]
    cell: NDArray[np.int64]
    bits: NDArray[np.uint16]
    covers: NDArray[np.bool_]


def moves_closed_by(geometries: Iterable[BaseGeometry | None], grid: Grid, moves: int = 16) -> HazardMoves:
    """As `close_moves`, told apart by hazard: the same judgement, hazard by hazard, on the cells around each."""
    xs, ys = _centres(grid, _PAD)
    counts, cells, bits, covers = [0], [], [], []
    for geometry in geometries:
        rows, cols = _around(geometry, grid)
        closed, covered = _close(edges_of([geometry]), xs[cols], ys[rows], grid.cell_m, moves)
        row, col = np.nonzero(closed)
        grid_row, grid_col = row + rows.start - _PAD, col + cols.start - _PAD
        on = (grid_row >= 0) & (grid_row < grid.rows) & (grid_col >= 0) & (grid_col < grid.cols)
        counts.append(int(on.sum()))
        cells.append(grid_row[on] * grid.cols + grid_col[on])
        bits.append(closed[row[on], col[on]])
        covers.append(covered[row[on], col[on]])
    none = np.zeros(0, np.int64)
    return HazardMoves(
        np.cumsum(counts),
        np.concatenate([none, *cells]),
        np.concatenate([none.astype(np.uint16), *bits]),
        np.concatenate([none.astype(np.bool_), *covers]),
    )


def _around(geometry: BaseGeometry | None, grid: Grid) -> tuple[slice, slice]:
    """Rows and columns, counted on the padded grid, of every cell with a move that can meet a geometry."""
    if geometry is None or geometry.is_empty:
        return slice(0, 0), slice(0, 0)
    west, south, east, north = geometry.bounds
    (top, bottom), (left, right) = grid.cell_of([west, east], [north, south])
    margin = _PAD + 1
    rows = slice(max(top + _PAD - margin, 0), max(min(bottom + _PAD + margin + 1, grid.rows + 2 * _PAD), 0))
    cols = slice(max(left + _PAD - margin, 0), max(min(right + _PAD + margin + 1, grid.cols + 2 * _PAD), 0))
    return (rows, cols) if rows.start < rows.stop and cols.start < cols.stop else (slice(0, 0), slice(0, 0))


def _close(
    edges: Edges, xs: NDArray[np.float64], ys: NDArray[np.float64], cell_m: float, moves: int
) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """(closed moves, covered centres) of the cells with these centres."""
    covered = _covered(edges, xs, ys, cell_m)
    closed = np.zeros(covered.shape, dtype=np.uint16)
    if covered.size == 0:
        return closed, covered
    steps = np.array([(*MOVES[k], k, OPPOSITE[k]) for k in range(moves)], dtype=np.int64)
    _close_around(covered, steps, closed)
    half = steps[steps[:, 2] < steps[:, 3]]  # each segment once, walked southward or east
    unsure = gather_unsure(_close_crossed, 4, edges.xy, edges.part, xs, ys, cell_m, half, closed)
    _close_unsure(edges, xs, ys, half, unsure, closed)
    return closed, covered


def _centres(grid: Grid, pad: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x of the columns and y of the rows, `pad` more on every side; the very doubles of Grid.centre_xy."""
    xs, _ = grid.centre_xy(0, np.arange(-pad, grid.cols + pad))
    _, ys = grid.centre_xy(np.arange(-pad, grid.rows + pad), 0)
    return xs, ys


def _covered(edges: Edges, xs: NDArray[np.float64], ys: NDArray[np.float64], cell_m: float) -> NDArray[np.bool_]:
    covered = np.zeros((len(ys), len(xs)), dtype=np.bool_)
    if covered.size == 0:
        return covered
    unsure = gather_unsure(_fill_parts, 3, edges.xy, edges.first, edges.is_area, xs, ys, cell_m, covered)
    unsure = unsure[~covered[unsure[:, 1], unsure[:, 2]]]
    part, row, col = unsure.T
    hit = meets(edges, part, shapely.points(xs[col], ys[row]))
    covered[row[hit], col[hit]] = True
    return covered


def _close_unsure(
    edges: Edges,
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    half: NDArray[np.int64],
    unsure: NDArray[np.int64],
    closed: NDArray[np.uint16],
) -> None:
    """Ask shapely for every (part, row, column, line of `half`) that the kernel could not settle."""
    bit = (1 << half[:, 2]).astype(np.uint16)
    opposite_bit = (1 << half[:, 3]).astype(np.uint16)
    unsure = np.unique(unsure, axis=0)  # neighbouring edges share a vertex and ask twice
    unsure = unsure[closed[unsure[:, 1], unsure[:, 2]] & bit[unsure[:, 3]] == 0]
    part, row, col, step = unsure.T
    to_row, to_col = row + half[step, 0], col + half[step, 1]
    ends = np.stack([xs[col], ys[row], xs[to_col], ys[to_row]], axis=1).reshape(-1, 2, 2)
    hit = meets(edges, part, np.asarray(shapely.linestrings(ends)))
    np.bitwise_or.at(closed, (row[hit], col[hit]), bit[step[hit]])
    np.bitwise_or.at(closed, (to_row[hit], to_col[hit]), opposite_bit[step[hit]])


@njit(cache=True)
def _close_around(covered, steps, closed):  # type: ignore[no-untyped-def]
    """Close every move to and from covered centres."""
    rows, cols = covered.shape
    for row in range(rows):
        for col in range(cols):
            if covered[row, col]:
                for k in range(len(steps)):
                    closed[row, col] |= np.uint16(1 << steps[k, 2])
                    to_row, to_col = row + steps[k, 0], col + steps[k, 1]
                    if 0 <= to_row < rows and 0 <= to_col < cols:
                        closed[to_row, to_col] |= np.uint16(1 << steps[k, 3])


@njit(cache=True)
def _close_crossed(xy, part, xs, ys, cell_m, half, closed, unsure):  # type: ignore[no-untyped-def]
    """Close the moves that surely meet an edge; list (part, row, column, line of half) where unsure.

    An edge is walked row by row, so a long one visits the cells beside it and not its whole bounding box.
    """
    rows, cols = closed.shape
    margin_m = SEARCH_MARGIN * cell_m
    found = 0
    for e in range(len(xy)):
        x1, y1, x2, y2 = xy[e]
        north, south = (ys[0] - max(y1, y2)) / cell_m, (ys[0] - min(y1, y2)) / cell_m
        for k in range(len(half)):
            down, right = half[k, 0], half[k, 1]
            first, last = whole_between(north - down, south, 0, rows - 1 - down)
            for row in range(first, last + 1):
                west, east = part_in_strip(x1, y1, x2, y2, ys[row + down] - margin_m, ys[row] + margin_m)
                start, end = whole_between(
                    (west - xs[0]) / cell_m - max(right, 0),
                    (east - xs[0]) / cell_m - min(right, 0),
                    max(0, -right),
                    cols - 1 - max(right, 0),
                )
                for col in range(start, end + 1):
                    if closed[row, col] >> half[k, 2] & 1:
                        continue
                    answer = _segments_meet(xs[col], ys[row], xs[col + right], ys[row + down], x1, y1, x2, y2)
                    if answer == 1:
                        closed[row, col] |= np.uint16(1 << half[k, 2])
                        closed[row + down, col + right] |= np.uint16(1 << half[k, 3])
                    elif answer == 0:
                        if found < len(unsure):
                            unsure[found] = (part[e], row, col, k)
                        found += 1
    return found


@njit(cache=True)
def _segments_meet(ax, ay, bx, by, px, py, qx, qy):  # type: ignore[no-untyped-def]
    """1 where the segments a-b and p-q surely meet, -1 where they surely do not, 0 where rounding could decide."""
    if max(ax, bx) < min(px, qx) or max(px, qx) < min(ax, bx):
        return -1
    if max(ay, by) < min(py, qy) or max(py, qy) < min(ay, by):
        return -1
    p = side_of(ax, ay, bx, by, px, py)
    q = side_of(ax, ay, bx, by, qx, qy)
    if p == q and p != 0:
        return -1
    a = side_of(px, py, qx, qy, ax, ay)
    b = side_of(px, py, qx, qy, bx, by)
    if a == b and a != 0:
        return -1
    return 1 if p * q * a * b != 0 else 0


@njit(cache=True)
def _fill_parts(xy, first, is_area, xs, ys, cell_m, covered, unsure):  # type: ignore[no-untyped-def]
    """Set the centres that surely lie inside an area; list (part, row, column) of those near an outline.

    Even-odd rule along rows of centres, so the order and direction of rings never matter.
    """
    rows, cols = covered.shape
    found = 0
    for i in range(len(first) - 1):
        box = xy[first[i] : first[i + 1]]
        west = min(box[:, 0].min(), box[:, 2].min())
        east = max(box[:, 0].max(), box[:, 2].max())
        south = min(box[:, 1].min(), box[:, 3].min())
        north = max(box[:, 1].max(), box[:, 3].max())
        top, bottom = whole_between((ys[0] - north) / cell_m, (ys[0] - south) / cell_m, 0, rows - 1)
        start, end = whole_between((west - xs[0]) / cell_m, (east - xs[0]) / cell_m, 0, cols - 1)
        if top > bottom or start > end:
            continue
        marks = np.zeros((bottom - top + 1, end - start + 2), dtype=np.uint8)
        for e in range(first[i], first[i + 1]):
            _mark_crossings(xy[e], is_area[i], xs[start], ys[top : bottom + 1], cell_m, marks)
        for row in range(top, bottom + 1):
            inside = 0
            for col in range(start, end + 1):
                mark = marks[row - top, col - start]
                inside ^= mark & 1
                if mark & 2:
                    if found < len(unsure):
                        unsure[found] = (i, row, col)
                    found += 1
                elif inside:
                    covered[row, col] = True
    return found


@njit(cache=True)
def _mark_crossings(edge, is_area, x0, ys, cell_m, marks):  # type: ignore[no-untyped-def]
    """Mark, along every row of centres that one edge meets: 1 = inside and outside swap here, 2 = on or near the edge.

    Swaps count an edge's lower end and not its upper one, so that a vertex on a row counts once.
    """
    x1, y1, x2, y2 = edge
    south, north = min(y1, y2), max(y1, y2)
    width = marks.shape[1] - 1
    first, last = whole_between((ys[0] - north) / cell_m, (ys[0] - south) / cell_m, 0, len(ys) - 1)
    for row in range(first, last + 1):
        y = ys[row]
        if y < south or y > north:
            continue
        if south == north:
            west, east = min(x1, x2), max(x1, x2)
        else:
            west = x1 + (y - y1) / (y2 - y1) * (x2 - x1)
            east = west
        near_first = np.ceil(max((west - _NEAR_M - x0) / cell_m, 0.0))
        near_last = np.floor(min((east + _NEAR_M - x0) / cell_m, width - 1.0))
        for col in range(int(min(near_first, width)), int(max(near_last, -1.0)) + 1):
            marks[row, col] |= 2
        if is_area and south <= y < north:
            swap = min(max(np.floor((west - x0) / cell_m) + 1.0, 0.0), float(width))
            marks[row, int(swap)] ^= 1
