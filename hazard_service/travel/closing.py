"""Which moves and ways which hazards close, so that any set of them can be opened or closed (Numba, arrays only)."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hazard_service.travel.grounds import Ground, compiled
from hazard_service.travel.search import Search


class Closures(NamedTuple):
    """Entries by hazard, and by cell or way, so that what is closed twice stays closed when one hazard opens."""

    first: NDArray[np.int64]  # (hazards + 1,) where the entries of each hazard begin
    slot: NDArray[np.int64]  # (entries,) place in `cell` of the entry's cell
    bits: NDArray[np.int64]  # (entries,) moves closed
    hazard: NDArray[np.int64]  # (entries,)
    cell: NDArray[np.int64]  # (cells,) every cell with an entry, ascending
    first_entry: NDArray[np.int64]  # (cells + 1,) where the entries of each cell begin in `entry`
    entry: NDArray[np.int64]  # (entries,) entries by cell
    free_moves: NDArray[np.int64]  # (cells,) open moves with no hazard at all
    first_way: NDArray[np.int64]  # (hazards + 1,) where the ways that each hazard closes begin in `way`
    way: NDArray[np.int64]  # (way entries,)
    first_closer: NDArray[np.int64]  # (ways + 1,) where the hazards that close each way begin in `closer`
    closer: NDArray[np.int64]  # (way entries,) hazards
    way_ends: NDArray[np.int64]  # (ways, 2) vertices


class Changed(NamedTuple):
    """What an opening or closing changed."""

    cells: NDArray[np.int64]  # (n,) cells whose open moves changed
    were_open: NDArray[np.int64]  # (n,) their open moves before
    ways: NDArray[np.int64]  # (m,) ways that opened or closed
    ends: NDArray[np.int64]  # (m, 2) their vertices


def ready_closures(
    moves: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]],
    ways: tuple[NDArray[np.int64], NDArray[np.int64]],
    way_ends: NDArray[np.int64],
    free: Ground,
) -> Closures:
    """Closures from what each hazard closes alone.

    moves: first, cell, bits: entries first[i]:first[i + 1] are hazard i's cells and bits. ways: first, way: likewise.
    """
    first, cell, bits = moves
    first_way, way = ways
    cells, slot = np.unique(cell, return_inverse=True)
    entry, way_entry = np.argsort(slot, kind="stable"), np.argsort(way, kind="stable")
    return Closures(
        first=first,
        slot=slot,
        bits=bits.astype(np.int64),
        hazard=np.repeat(np.arange(len(first) - 1), np.diff(first)),
        cell=cells,
        first_entry=np.searchsorted(slot[entry], np.arange(len(cells) + 1)),
        entry=entry,
        free_moves=free.open_moves[cells].astype(np.int64),
        first_way=first_way,
        way=way,
        first_closer=np.searchsorted(way[way_entry], np.arange(len(way_ends) + 1)),
        closer=np.repeat(np.arange(len(first_way) - 1), np.diff(first_way))[way_entry],
        way_ends=way_ends,
    )


@compiled
def set_closed(ground: Ground, closures: Closures, hazards: NDArray[np.int64], is_closed: NDArray[np.bool_]) -> Changed:
    """Open and close the moves and ways of some hazards, as `is_closed` ((hazards,) of all) now says."""
    cells, were = _set_moves(ground, closures, hazards, is_closed)
    ways = _set_ways(ground, closures, hazards, is_closed)
    ends = np.empty((len(ways), 2), np.int64)
    for i in range(len(ways)):
        ends[i] = closures.way_ends[ways[i]]
    return Changed(cells, were, ways, ends)


@compiled
def _set_moves(
    ground: Ground, closures: Closures, hazards: NDArray[np.int64], is_closed: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cells changed, and the moves that were open there."""
    open_moves, cell, hazard, bits = ground.open_moves, closures.cell, closures.hazard, closures.bits
    first, slot, first_entry, entry = closures.first, closures.slot, closures.first_entry, closures.entry
    most = 0
    for one in hazards:
        most += first[one + 1] - first[one]
    cells, were = np.empty(most, np.int64), np.empty(most, np.int64)
    count = 0
    for one in hazards:
        for own in range(first[one], first[one + 1]):
            place = slot[own]
            now = closures.free_moves[place]
            for other in entry[first_entry[place] : first_entry[place + 1]]:
                if is_closed[hazard[other]]:
                    now &= ~bits[other]
            here = cell[place]
            if now != np.int64(open_moves[here]):
                cells[count], were[count] = here, np.int64(open_moves[here])
                count += 1
                open_moves[here] = now
    return cells[:count], were[:count]


@compiled
def _set_ways(
    ground: Ground, closures: Closures, hazards: NDArray[np.int64], is_closed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Ways that opened or closed."""
    is_open, first, way = ground.ways.is_open, closures.first_way, closures.way
    most = 0
    for one in hazards:
        most += first[one + 1] - first[one]
    changed = np.empty(most, np.int64)
    count = 0
    for one in hazards:
        for here in way[first[one] : first[one + 1]]:
            now = True
            for other in closures.closer[closures.first_closer[here] : closures.first_closer[here + 1]]:
                if is_closed[other]:
                    now = False
            if now != is_open[here]:
                is_open[here] = now
                changed[count] = here
                count += 1
    return changed[:count]


@compiled
def met_by(closures: Closures, search: Search, limit: int) -> NDArray[np.bool_]:
    """(hazards,) closes a move of a cell, or a way at a vertex, that the search has reached."""
    met = np.zeros(len(closures.first) - 1, np.bool_)
    for place in range(len(closures.cell)):
        if search.minutes[closures.cell[place]] <= limit:
            for own in closures.entry[closures.first_entry[place] : closures.first_entry[place + 1]]:
                met[closures.hazard[own]] = True
    for one in range(len(met)):
        for way in closures.way[closures.first_way[one] : closures.first_way[one + 1]]:
            start, end = closures.way_ends[way]
            if search.minutes[start] <= limit or search.minutes[end] <= limit:
                met[one] = True
                break
    return met
