"""Which moves each hazard meets: every move of the centres it covers, and every segment that its edges cross."""

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from hazard_service.ground.edges import SEARCH_MARGIN, Edges, meets, part_in_strip, roomier, side_of, whole_between
from hazard_service.travel.moves import MOVES, OPPOSITE


def closed_entries(
    edges: Edges,
    covered: NDArray[np.int64],
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    cell_m: float,
    moves: int,
) -> NDArray[np.int64]:
    """Lines (key, bits): a cell with moves that a geometry meets, and the bits of those moves, set at both ends.

    Keys, and `covered` (the covered centres, ascending), are `owner * cells + row * cols + col` on the grid of centres
    `xs` (eastward) and `ys` (southward), m. A key may come more than once, in any order. Moves off that grid are
    judged for covered centres only.
    """
    steps = np.array([(*MOVES[k], 1 << k, 1 << OPPOSITE[k]) for k in range(moves)], dtype=np.int64)
    half = steps[steps[:, 2] < steps[:, 3]]  # each segment once, walked southward or east
    owners = np.arange(edges.given + 1)
    edge_first = edges.first[np.searchsorted(edges.owner, owners)]
    bits = np.zeros((len(ys), len(xs)), dtype=np.uint32)
    covered_first = np.searchsorted(covered, owners * bits.size)
    # Room for every cell of the grid: systems hand out memory for what is written, not for what is asked.
    touched = np.empty(bits.size, dtype=np.int64)
    entries, unsure = _close_each(
        edges.xy, edges.part, edge_first, covered, covered_first, xs, ys, cell_m, steps, half, bits, touched
    )
    return np.concatenate([entries, _settled(edges, xs, ys, unsure, half)])


def _settled(
    edges: Edges,
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    unsure: NDArray[np.int64],
    half: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Ask shapely for every (part, row, column, line of `half`) that the kernel could not settle: more entries."""
    part, row, col, line = np.unique(unsure, axis=0).T  # neighbouring edges share a vertex and ask twice
    to_row, to_col = row + half[line, 0], col + half[line, 1]
    ends = np.stack([xs[col], ys[row], xs[to_col], ys[to_row]], axis=1).reshape(-1, 2, 2)
    hit = meets(edges, part, np.asarray(shapely.linestrings(ends)))
    owner_row = edges.owner[part] * len(ys)
    here = np.stack([(owner_row + row) * len(xs) + col, half[line, 2]], axis=1)
    there = np.stack([(owner_row + to_row) * len(xs) + to_col, half[line, 3]], axis=1)
    return np.concatenate([here[hit], there[hit]])


def by_key(entries: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Ascending keys of `closed_entries`, each once, and the union of the bits given for them."""
    key = entries[:, 0]
    order = np.argsort(key, kind="stable")  # all but the settled come hazard by hazard
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    return key[first], np.bitwise_or.reduceat(entries[order, 1], first).astype(np.uint32)


@njit(cache=True)
def close_together(entries, closed):  # type: ignore[no-untyped-def]
    """Set in `closed` ((cells,) unsigned) the bits of all `closed_entries`, whichever geometry they come from."""
    for entry in range(len(entries)):
        closed[entries[entry, 0] % len(closed)] |= closed.dtype.type(entries[entry, 1])


@njit(cache=True)
def _close_each(  # type: ignore[no-untyped-def]
    xy, part, edge_first, covered, covered_first, xs, ys, cell_m, steps, half, bits, touched
):
    """Entries (key, bits) of every hazard in turn, and what is unsure: (part, row, column, line of half).

    `bits` is zero on entry and again after each hazard; `touched` lists the cells where it is not.
    """
    entries = np.empty((1024, 2), np.int64)
    unsure = np.empty((1024, 4), np.int64)
    found, n_unsure = 0, 0
    for h in range(len(edge_first) - 1):
        own = slice(edge_first[h], edge_first[h + 1])
        inside = covered[covered_first[h] : covered_first[h + 1]] - h * bits.size
        n = _close_around(inside, steps, bits, touched)
        n, n_unsure, unsure = _close_crossed(
            xy[own], part[own], xs, ys, cell_m, half, bits, touched, n, unsure, n_unsure
        )
        entries = roomier(entries, found + n)
        for cell in touched[:n]:
            row, col = divmod(cell, len(xs))
            entries[found] = (h * bits.size + cell, np.int64(bits[row, col]))
            bits[row, col] = 0
            found += 1
    return entries[:found], unsure[:n_unsure]


@njit(cache=True)
def _close(bits, touched, n, row, col, more):  # type: ignore[no-untyped-def]
    """Close moves of a cell; returns how many cells are touched."""
    if bits[row, col] == 0:
        touched[n] = row * bits.shape[1] + col
        n += 1
    bits[row, col] |= np.uint32(more)
    return n


@njit(cache=True)
def _close_around(covered, steps, bits, touched):  # type: ignore[no-untyped-def]
    """Close every move to and from covered centres."""
    rows, cols = bits.shape
    every = np.uint32(0)
    for k in range(len(steps)):
        every |= np.uint32(steps[k, 2])
    n = 0
    for cell in covered:
        n = _close(bits, touched, n, cell // cols, cell % cols, every)
    for cell in covered:
        row, col = divmod(cell, cols)
        for k in range(len(steps)):
            to_row, to_col = row + steps[k, 0], col + steps[k, 1]
            if 0 <= to_row < rows and 0 <= to_col < cols and bits[to_row, to_col] != every:
                n = _close(bits, touched, n, to_row, to_col, steps[k, 3])
    return n


@njit(cache=True)
def _close_crossed(  # type: ignore[no-untyped-def]
    xy, part, xs, ys, cell_m, half, bits, touched, n, unsure, n_unsure
):
    """Close the moves that surely meet an edge; list (part, row, column, line of half) where unsure.

    An edge is walked row by row, so a long one visits the cells beside it and not its whole bounding box.
    """
    rows, cols = bits.shape
    margin_m = SEARCH_MARGIN * cell_m
    for e in range(len(xy)):
        x1, y1, x2, y2 = xy[e]
        north, south = (ys[0] - max(y1, y2)) / cell_m, (ys[0] - min(y1, y2)) / cell_m
        for k in range(len(half)):
            down, right, bit, opposite_bit = half[k]
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
                    if bits[row, col] & bit:
                        continue
                    answer = _segments_meet(xs[col], ys[row], xs[col + right], ys[row + down], x1, y1, x2, y2)
                    if answer == 1:
                        n = _close(bits, touched, n, row, col, bit)
                        n = _close(bits, touched, n, row + down, col + right, opposite_bit)
                    elif answer == 0:
                        unsure = roomier(unsure, n_unsure + 1)
                        unsure[n_unsure] = (part[e], row, col, k)
                        n_unsure += 1
    return n, n_unsure, unsure


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
