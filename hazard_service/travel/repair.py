"""Walks repaired after some hazards open or close their moves: only what changes is walked again (Numba, arrays only).

The answer is the one a full search gives, to the last tick.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hazard_service.travel.grounds import FASTEST_SLOPE, Ground, compiled
from hazard_service.travel.moves import OPPOSITE
from hazard_service.travel.search import LOGGED, TURN, Clock, Search, set_ticks, slope_factor, spread


class Closures(NamedTuple):
    """Which moves which hazards close: entries by hazard, and by cell, so that ground closed twice stays closed."""

    first: NDArray[np.int64]  # (hazards + 1,) where the entries of each hazard begin
    slot: NDArray[np.int64]  # (entries,) place in `cell` of the entry's cell
    bits: NDArray[np.int64]  # (entries,) moves closed
    hazard: NDArray[np.int64]  # (entries,)
    cell: NDArray[np.int64]  # (cells,) every cell with an entry, ascending
    first_entry: NDArray[np.int64]  # (cells + 1,) where the entries of each cell begin in `entry`
    entry: NDArray[np.int64]  # (entries,) entries by cell
    free_moves: NDArray[np.int64]  # (cells,) open moves with no hazard at all


def ready_closures(first: NDArray[np.int64], cell: NDArray[np.int64], bits: NDArray[Any], free: Ground) -> Closures:
    """Closures from what each hazard closes alone: entries first[i]:first[i + 1] are hazard i's cells and bits."""
    cells, slot = np.unique(cell, return_inverse=True)
    entry = np.argsort(slot, kind="stable")
    return Closures(
        first=first,
        slot=slot,
        bits=bits.astype(np.int64),
        hazard=np.repeat(np.arange(len(first) - 1), np.diff(first)),
        cell=cells,
        first_entry=np.searchsorted(slot[entry], np.arange(len(cells) + 1)),
        entry=entry,
        free_moves=free.open_moves[cells].astype(np.int64),
    )


@compiled
def set_moves(
    ground: Ground, closures: Closures, hazards: NDArray[np.int64], is_closed: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Open and close the moves of some hazards' cells, as `is_closed` ((hazards,) of all) now says.

    Returns the cells changed and the moves that were open there.
    """
    open_moves = ground.open_moves
    first, slot, bits, hazard, cell, first_entry, entry, free_moves = closures
    most = 0
    for one in hazards:
        most += first[one + 1] - first[one]
    cells, were = np.empty(most, np.int64), np.empty(most, np.int64)
    count = 0
    for one in hazards:
        for own in range(first[one], first[one + 1]):
            place = slot[own]
            now = free_moves[place]
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
def met_by(closures: Closures, search: Search, limit: int) -> NDArray[np.bool_]:
    """(hazards,) closes a move of a cell that the search has reached."""
    met = np.zeros(len(closures.first) - 1, np.bool_)
    for place in range(len(closures.cell)):
        if search.minutes[closures.cell[place]] <= limit:
            for own in closures.entry[closures.first_entry[place] : closures.first_entry[place + 1]]:
                met[closures.hazard[own]] = True
    return met


@compiled
def walk_on(
    ground: Ground, clock: Clock, search: Search, opened: NDArray[np.int64], sources: NDArray[np.int64], towards: bool
) -> None:
    """After moves of the cells `opened` were opened and `sources` added: minutes only fall."""
    search.counter[TURN] += 1
    seeds = np.empty(len(opened) + len(sources), np.int64)
    count = 0
    for cell in opened:
        if search.minutes[cell] <= clock.limit:
            seeds[count] = cell
            count += 1
    for source in sources:
        if ground.min_per_m[source] < np.inf and search.minutes[source] > 0:
            set_ticks(search, source, 0)
            seeds[count] = source
            count += 1
    spread(ground, clock, search, seeds[:count], towards)


@compiled
def walk_round(
    ground: Ground,
    clock: Clock,
    search: Search,
    shut: NDArray[np.int64],
    were_open: NDArray[np.int64],
    lost_sources: NDArray[np.int64],
    opposite: NDArray[np.int64],
    towards: bool,
) -> None:
    """After moves of the cells `shut` were closed and some sources lost: minutes only rise.

    Every vertex that a shortest walk over a closed move, or from a lost source, led to is walked anew; others stand.
    The opposite of each move is closed too and in the list. Grounds with routes are not repaired this way.
    """
    minutes, open_moves, step = search.minutes, ground.open_moves, ground.step
    search.counter[TURN] += 1
    lost = _lost(ground, clock, search, shut, were_open, lost_sources, towards)
    for vertex in lost:
        set_ticks(search, vertex, clock.limit + 1)
    seeds = np.empty(len(lost), np.int64)
    count = 0
    for vertex in lost:
        open_here = np.int64(open_moves[vertex])
        best = clock.limit + 1
        for move in range(len(step)):
            there = vertex + step[move]
            if open_here >> move & 1 and minutes[there] < best:
                best = min(best, minutes[there] + move_ticks(ground, clock, there, opposite[move], towards))
        if best <= clock.limit:
            set_ticks(search, vertex, best)
            seeds[count] = vertex
            count += 1
    spread(ground, clock, search, seeds[:count], towards)


@compiled
def _lost(
    ground: Ground,
    clock: Clock,
    search: Search,
    shut: NDArray[np.int64],
    were_open: NDArray[np.int64],
    lost_sources: NDArray[np.int64],
    towards: bool,
) -> NDArray[np.int64]:
    """Lost sources, and the vertices that some shortest walk led to over a closed move or from a lost vertex."""
    open_moves, step = ground.open_moves, ground.step
    lost = np.empty(1024, np.int64)
    is_lost = {np.int64(-1)}
    count = 0
    for source in lost_sources:
        if search.minutes[source] == 0 and source not in is_lost:
            lost, count = _append(lost, count, source)
            is_lost.add(source)
    for i in range(len(shut)):
        gone = were_open[i] & ~np.int64(open_moves[shut[i]])
        for move in range(len(step)):
            there = shut[i] + step[move]
            if gone >> move & 1 and there not in is_lost and _leads(ground, clock, search, shut[i], move, towards):
                lost, count = _append(lost, count, there)
                is_lost.add(there)
    turn = 0
    while turn < count:
        here = lost[turn]
        turn += 1
        open_here = np.int64(open_moves[here])
        for move in range(len(step)):
            there = here + step[move]
            if open_here >> move & 1 and there not in is_lost and _leads(ground, clock, search, here, move, towards):
                lost, count = _append(lost, count, there)
                is_lost.add(there)
    return lost[:count]


@compiled
def _leads(ground: Ground, clock: Clock, search: Search, here: int, move: int, towards: bool) -> bool:
    """Whether a shortest walk runs over this move."""
    start, end = search.minutes[here], search.minutes[here + ground.step[move]]
    return bool(start < end <= clock.limit and start + move_ticks(ground, clock, here, move, towards) == end)


@compiled
def _append(values: NDArray[np.int64], count: int, value: int) -> tuple[NDArray[np.int64], int]:
    if count == len(values):
        longer = np.empty(2 * count, np.int64)
        longer[:count] = values
        values = longer
    values[count] = value
    return values, count + 1


@compiled
def move_ticks(ground: Ground, clock: Clock, here: int, move: int, towards: bool) -> np.int64:
    """Ticks of one open move, by the very arithmetic of `spread`; beyond the clock's limit, just beyond it."""
    min_per_m, first, step = ground.min_per_m, ground.first_part, ground.part_step
    there = here + ground.step[move]
    scale = np.float32(ground.length_m[move] * clock.ticks_per_min)
    if move < 8:
        cost = (min_per_m[here] + min_per_m[there]) * (scale * np.float32(0.5))
    elif move < 16:
        through = min_per_m[here + step[first[move] + 1]] + min_per_m[here + step[first[move] + 2]]
        cost = (min_per_m[here] + through + min_per_m[there]) * (scale * np.float32(0.25))
    else:
        cost = np.float32(0.0)
        for part in range(first[move], first[move + 1]):
            cost += ground.part_share[part] * min_per_m[here + step[part]]
        cost *= scale
    if len(ground.elevation_m) > 0:
        if cost * np.float32(FASTEST_SLOPE) > np.float32(clock.limit):
            return np.int64(clock.limit + 1)
        cost *= slope_factor(ground.elevation_m[here], ground.elevation_m[there], ground.length_m[move], towards)
    if cost > np.float32(clock.limit):
        return np.int64(clock.limit + 1)
    return np.int64(cost + np.float32(0.5))


def opposites(ground: Ground) -> NDArray[np.int64]:
    """(moves,) the move back of each move."""
    return np.array(OPPOSITE[: len(ground.step)])


@compiled
def reach_change(
    search: Search,
    since: int,
    limit: int,
    classes: NDArray[np.uint8],
    n_classes: int,
    amounts: NDArray[np.int64],
) -> NDArray[np.int64]:
    """(n_classes + 1,) cells reached now and not before, less those reached before only, since `since` changes.

    The last is the same of `amounts` ((cells,), or (0,): none, and the last is 0).
    """
    counts = np.zeros(n_classes + 1, np.int64)
    for change in range(since, search.counter[LOGGED]):
        vertex = search.log_vertex[change]
        if vertex < len(classes):
            now, before = search.minutes[vertex] <= limit, search.log_minutes[change] <= limit
            change_here = np.int64(now) - np.int64(before)
            counts[classes[vertex]] += change_here
            if len(amounts) > 0:
                counts[-1] += change_here * amounts[vertex]
    return counts
