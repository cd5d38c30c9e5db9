"""Which cell centres each hazard covers: runs between the crossings of rows of centres, the doubtful ones by shapely.

Only rows and cells inside a part or beside its outline are visited, so a long thin hazard costs no bounding box.
"""

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from hazard_service.ground.edges import Edges, meets, roomier, whole_between

# A centre this near to a hazard's outline (m, along its row) is judged by shapely; rounding is a thousand times less.
_NEAR_M = 1e-6


def covered_keys(edges: Edges, xs: NDArray[np.float64], ys: NDArray[np.float64], cell_m: float) -> NDArray[np.int64]:
    """Centres that lie in a geometry or on its outline, for each geometry: (n,) ascending.

    Entries are `owner * cells + row * cols + col` on the grid of centres `xs` (eastward) and `ys` (southward), m; the
    same one again where parts of one geometry overlap.
    """
    runs = _runs(edges.xy, edges.first, edges.is_area, xs, ys, cell_m)
    is_sure = runs[:, 4] == 1
    part, row, col = _cells_of(runs[is_sure])
    doubtful_part, doubtful_row, doubtful_col = _cells_of(runs[~is_sure])
    hit = meets(edges, doubtful_part, np.asarray(shapely.points(xs[doubtful_col], ys[doubtful_row])))
    part = np.concatenate([part, doubtful_part[hit]])
    row = np.concatenate([row, doubtful_row[hit]])
    col = np.concatenate([col, doubtful_col[hit]])
    return np.sort((edges.owner[part] * len(ys) + row) * len(xs) + col, kind="stable")


def _cells_of(runs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Part, row and column of every cell of the runs."""
    length = runs[:, 3] - runs[:, 2]
    before = np.cumsum(length) - length
    col = np.arange(length.sum()) + np.repeat(runs[:, 2] - before, length)
    return np.repeat(runs[:, 0], length), np.repeat(runs[:, 1], length), col


@njit(cache=True)
def _runs(xy, first, is_area, xs, ys, cell_m):  # type: ignore[no-untyped-def]
    """Lines (part, row, first column, column after the last, 1 = surely inside or 0 = near the outline).

    Even-odd rule along rows of centres, so the order and direction of rings never matter.
    """
    events = np.empty((1024, 1), np.int64)
    runs = np.empty((1024, 5), np.int64)
    found = 0
    for i in range(len(first) - 1):
        n = 0
        for e in range(first[i], first[i + 1]):
            n, events = _note_crossings(xy[e], is_area[i], xs, ys, cell_m, events, n)
        events[:n, 0].sort()
        inside, start, previous = False, 0, -1
        for event in events[:n, 0]:
            is_near = event & 1 == 1
            if is_near and event == previous:
                continue
            previous = event
            row, col = divmod(event >> 1, len(xs) + 1)
            runs = roomier(runs, found + 2)
            if inside and col > start:
                runs[found] = (i, row, start, col, 1)
                found += 1
            start = col
            if is_near:
                runs[found] = (i, row, col, col + 1, 0)
                found += 1
                start = col + 1
            else:
                inside = not inside
    return runs[:found]


@njit(cache=True)
def _note_crossings(edge, is_area, xs, ys, cell_m, events, n):  # type: ignore[no-untyped-def]
    """Add what one edge does to the rows of centres: 2 * (row, column) inside and outside swap here, + 1 on or near it.

    Swaps count an edge's lower end and not its upper one, so that a vertex on a row counts once. Those beside the
    grid are noted at its sides, so that every row has an even number of them.
    """
    x1, y1, x2, y2 = edge
    south, north = min(y1, y2), max(y1, y2)
    cols = len(xs)
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
        near_first = int(np.ceil(min(max((west - _NEAR_M - xs[0]) / cell_m, 0.0), float(cols))))
        near_last = int(np.floor(max(min((east + _NEAR_M - xs[0]) / cell_m, cols - 1.0), -1.0)))
        events = roomier(events, n + max(near_last - near_first + 1, 0) + 1)
        for col in range(near_first, near_last + 1):
            events[n, 0] = 2 * (row * (cols + 1) + col) + 1
            n += 1
        if is_area and south <= y < north:
            swap = int(min(max(np.floor((west - xs[0]) / cell_m) + 1.0, 0.0), float(cols)))
            events[n, 0] = 2 * (row * (cols + 1) + swap)
            n += 1
    return n, events
