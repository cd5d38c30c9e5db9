"""Walks repaired after some hazards open or close their moves and ways: only what changes is walked again (Numba).

The answer is the one a full search gives, to the last tick.
"""

import numpy as np
from numpy.typing import NDArray

from hazard_service.travel.closing import Changed
from hazard_service.travel.costs import level_cost, slope_factor
from hazard_service.travel.grounds import Ground, compiled
from hazard_service.travel.moves import OPPOSITE
from hazard_service.travel.search import LOGGED, TURN, Clock, Search, set_ticks
from hazard_service.travel.spreading import spread


@compiled
def walk_on(
    ground: Ground, clock: Clock, search: Search, opened: Changed, sources: NDArray[np.int64], towards: bool
) -> None:
    """After moves and ways were opened and `sources` added: minutes only fall."""
    search.counter[TURN] += 1
    seeds = np.empty(len(opened.cells) + opened.ends.size + len(sources), np.int64)
    count = 0
    for vertices in (opened.cells, opened.ends.ravel()):
        for vertex in vertices:
            if search.minutes[vertex] <= clock.limit:
                seeds[count] = vertex
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
    shut: Changed,
    lost_sources: NDArray[np.int64],
    opposite: NDArray[np.int64],
    towards: bool,
) -> None:
    """After moves and ways were closed and some sources lost: minutes only rise.

    Every vertex that a shortest walk over something closed, or from a lost source, led to is walked anew; others
    stand. The opposite of each move is closed too and in the list.
    """
    search.counter[TURN] += 1
    lost = _lost(ground, clock, search, shut, lost_sources, towards)
    for vertex in lost:
        set_ticks(search, vertex, clock.limit + 1)
    seeds = np.empty(len(lost), np.int64)
    count = 0
    for vertex in lost:
        best = _from_beside(ground, clock, search, vertex, opposite, towards)
        if best <= clock.limit:
            set_ticks(search, vertex, best)
            seeds[count] = vertex
            count += 1
    spread(ground, clock, search, seeds[:count], towards)


@compiled
def _from_beside(
    ground: Ground, clock: Clock, search: Search, vertex: int, opposite: NDArray[np.int64], towards: bool
) -> int:
    """Ticks of the shortest walk to a vertex whose last move or way comes from a vertex that stands."""
    minutes, step, ways = search.minutes, ground.step, ground.ways
    open_here, best = np.int64(ground.open_moves[vertex]), clock.limit + 1
    for move in range(len(step)):
        there = vertex + step[move]
        if open_here >> move & 1 and minutes[there] < best:
            best = min(best, minutes[there] + move_ticks(ground, clock, there, opposite[move], towards))
    first, last = _entries_of(ground, vertex)
    for entry in range(first, last):
        there = ways.to[entry]
        if ways.is_open[ways.way[entry]] and minutes[there] < best:
            best = min(best, minutes[there] + way_ticks(ground, clock, entry, not towards))
    return best


@compiled
def _lost(
    ground: Ground, clock: Clock, search: Search, shut: Changed, lost_sources: NDArray[np.int64], towards: bool
) -> NDArray[np.int64]:
    """Lost sources, and the vertices that some shortest walk led to over something closed or from a lost vertex."""
    lost, is_lost = np.empty(1024, np.int64), {np.int64(-1)}
    count = 0
    for source in lost_sources:
        if search.minutes[source] == 0:
            lost, count = _add(lost, count, is_lost, source)
    for i in range(len(shut.cells)):
        gone = shut.were_open[i] & ~np.int64(ground.open_moves[shut.cells[i]])
        here = shut.cells[i]
        lost, count = _add_over_moves(ground, clock, search, here, gone, towards, lost, count, is_lost)
    for i in range(len(shut.ways)):
        for here in shut.ends[i]:
            lost, count = _add_over_ways(ground, clock, search, here, shut.ways[i], towards, lost, count, is_lost)
    turn = 0
    while turn < count:
        here = lost[turn]
        turn += 1
        open_here = np.int64(ground.open_moves[here])
        lost, count = _add_over_moves(ground, clock, search, here, open_here, towards, lost, count, is_lost)
        lost, count = _add_over_ways(ground, clock, search, here, -1, towards, lost, count, is_lost)
    return lost[:count]


@compiled
def _add_over_moves(
    ground: Ground,
    clock: Clock,
    search: Search,
    here: int,
    moves: np.int64,
    towards: bool,
    lost: NDArray[np.int64],
    count: int,
    is_lost: set[np.int64],
) -> tuple[NDArray[np.int64], int]:
    """Add the vertices that a shortest walk led to from here over some moves (bits)."""
    for move in range(len(ground.step)):
        if moves >> move & 1 and _leads(ground, clock, search, here, move, towards):
            lost, count = _add(lost, count, is_lost, here + ground.step[move])
    return lost, count


@compiled
def _add_over_ways(
    ground: Ground,
    clock: Clock,
    search: Search,
    here: int,
    only: int,
    towards: bool,
    lost: NDArray[np.int64],
    count: int,
    is_lost: set[np.int64],
) -> tuple[NDArray[np.int64], int]:
    """Add the vertices that a shortest walk led to from here over one way, or over any open one (-1)."""
    ways = ground.ways
    first, last = _entries_of(ground, here)
    for entry in range(first, last):
        chosen = ways.way[entry] == only if only >= 0 else ways.is_open[ways.way[entry]]
        if chosen and _way_leads(ground, clock, search, here, entry, towards):
            lost, count = _add(lost, count, is_lost, ways.to[entry])
    return lost, count


@compiled
def _entries_of(ground: Ground, vertex: int) -> tuple[int, int]:
    """Where the ways of a vertex begin and end."""
    ways = ground.ways
    if len(ways.is_hub) == 0 or not ways.is_hub[vertex]:
        return 0, 0
    beside = np.searchsorted(ways.hub, vertex)
    return ways.first[beside], ways.first[beside + 1]


@compiled
def _leads(ground: Ground, clock: Clock, search: Search, here: int, move: int, towards: bool) -> bool:
    """Whether a shortest walk runs over this move."""
    start, end = search.minutes[here], search.minutes[here + ground.step[move]]
    return bool(start < end <= clock.limit and start + move_ticks(ground, clock, here, move, towards) == end)


@compiled
def _way_leads(ground: Ground, clock: Clock, search: Search, here: int, entry: int, towards: bool) -> bool:
    """Whether a shortest walk runs over this way."""
    start, end = search.minutes[here], search.minutes[ground.ways.to[entry]]
    return bool(start < end <= clock.limit and start + way_ticks(ground, clock, entry, towards) == end)


@compiled
def _add(values: NDArray[np.int64], count: int, known: set[np.int64], value: int) -> tuple[NDArray[np.int64], int]:
    """Append a value not yet known."""
    if value in known:
        return values, count
    known.add(np.int64(value))
    if count == len(values):
        longer = np.empty(2 * count, np.int64)
        longer[:count] = values
        values = longer
    values[count] = value
    return values, count + 1


@compiled
def move_ticks(ground: Ground, clock: Clock, here: int, move: int, towards: bool) -> np.int64:
    """Ticks of one open move, as `spread` counts them; beyond the clock's limit, just beyond it."""
    cost = level_cost(ground, clock.ticks_per_min, here, move)
    if len(ground.elevation_m) > 0:
        there = here + ground.step[move]
        cost *= slope_factor(ground.elevation_m[here], ground.elevation_m[there], ground.length_m[move], towards)
    if cost > np.float32(clock.limit):
        return np.int64(clock.limit + 1)
    return np.int64(cost + np.float32(0.5))


@compiled
def way_ticks(ground: Ground, clock: Clock, entry: int, towards: bool) -> np.int64:
    """Ticks from a hub over one of its ways, by the very arithmetic of `spread`; beyond the limit, just beyond it."""
    minutes = ground.ways.back_min[entry] if towards else ground.ways.min[entry]
    cost = max(np.float32(minutes * clock.ticks_per_min), np.float32(1.0))
    return np.int64(clock.limit + 1) if cost > np.float32(clock.limit) else np.int64(cost + np.float32(0.5))


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
