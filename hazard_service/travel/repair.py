"""Walks repaired after some hazards open or close their moves and ways: only what changes is walked again (Numba).

The answer is the one a full search gives, to the last tick.
"""

import numpy as np
from numpy.typing import NDArray

from hazard_service.travel.closing import Changed
from hazard_service.travel.costs import level_cost, slope_factor
from hazard_service.travel.grounds import FASTEST_SLOPE, Ground, compiled
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
    stand. The opposite of each move is closed too and in the list. Moves opened at once do no harm: `walk_on` from
    them afterwards.
    """
    search.counter[TURN] += 1
    lost = _led_to(ground, clock, search, _first_lost(ground, clock, search, shut, lost_sources, towards), towards)
    spread(ground, clock, search, _from_beside(ground, clock, search, lost, opposite, towards), towards)


@compiled
def _first_lost(
    ground: Ground, clock: Clock, search: Search, shut: Changed, lost_sources: NDArray[np.int64], towards: bool
) -> NDArray[np.int64]:
    """Lost sources, and the vertices to which some shortest walk led over something closed; maybe more than once."""
    lost = np.empty(len(lost_sources) + len(shut.cells) * len(ground.step) + 2 * len(shut.ways), np.int64)
    count = 0
    for source in lost_sources:
        if search.minutes[source] == 0:
            lost[count] = source
            count += 1
    for i in range(len(shut.cells)):
        here = shut.cells[i]
        gone, start = shut.were_open[i] & ~np.int64(ground.open_moves[here]), np.int64(search.minutes[here])
        for move in range(len(ground.step)):
            if gone >> move & 1 and _leads(ground, clock, search, here, start, move, towards):
                lost[count] = here + ground.step[move]
                count += 1
    for i in range(len(shut.ways)):
        for here in shut.ends[i]:
            first, last = _entries_of(ground, here)
            for entry in range(first, last):
                start = np.int64(search.minutes[here])
                if ground.ways.way[entry] == shut.ways[i] and _way_leads(ground, clock, search, start, entry, towards):
                    lost[count] = ground.ways.to[entry]
                    count += 1
    return lost[:count]


@compiled
def _led_to(  # noqa: PLR0912 - one loop, for the reason below
    ground: Ground, clock: Clock, search: Search, first_lost: NDArray[np.int64], towards: bool
) -> NDArray[np.int64]:
    """The lost vertices and all that some shortest walk over one of them led to, each once; now not reached."""
    # Plain local arrays here and in `_from_beside`: with those of the tuples in calls all takes ten times as long.
    min_per_m, elevation_m, open_moves, ways, step, length_m, first_part, part_step = ground[:8]
    minutes, limit, fastest = search.minutes, clock.limit, np.float32(FASTEST_SLOPE if len(elevation_m) > 0 else 1.0)
    scale = (length_m * clock.ticks_per_min).astype(np.float32)
    half, quarter = scale * np.float32(0.5), scale * np.float32(0.25)
    lost, was = np.empty(1024, np.int64), np.empty(1024, np.int64)
    count = 0
    for vertex in first_lost:
        lost, was, count = _lose(clock, search, vertex, lost, was, count)
    turn = 0
    while turn < count:
        here, start = lost[turn], was[turn]
        turn += 1
        open_here = np.int64(open_moves[here])
        for move in range(len(step)):
            if open_here >> move & 1 == 0:
                continue
            to = here + step[move]
            end = np.int64(minutes[to])
            if not start < end <= limit:
                continue
            if move < 8:
                cost = (min_per_m[here] + min_per_m[to]) * half[move]
            elif move < 16:
                part = first_part[move]
                through = min_per_m[here + part_step[part + 1]] + min_per_m[here + part_step[part + 2]]
                cost = (min_per_m[here] + through + min_per_m[to]) * quarter[move]
            else:
                cost = level_cost(ground, clock.ticks_per_min, here, move)
            if cost * fastest > np.float32(end - start + 2):  # an exponential is dear
                continue
            if len(elevation_m) > 0:
                cost *= slope_factor(elevation_m[here], elevation_m[to], length_m[move], towards)
            if cost <= np.float32(limit) and start + np.int64(cost + np.float32(0.5)) == end:
                lost, was, count = _lose(clock, search, to, lost, was, count)
        if len(ways.is_hub) > 0 and ways.is_hub[here]:
            first, last = _entries_of(ground, here)
            for entry in range(first, last):
                if ways.is_open[ways.way[entry]] and _way_leads(ground, clock, search, start, entry, towards):
                    lost, was, count = _lose(clock, search, ways.to[entry], lost, was, count)
    return lost[:count]


@compiled
def _from_beside(  # noqa: PLR0912 - one loop, as above
    ground: Ground, clock: Clock, search: Search, lost: NDArray[np.int64], opposite: NDArray[np.int64], towards: bool
) -> NDArray[np.int64]:
    """Give lost vertices the ticks of the shortest walk whose last move or way comes from one that stands.

    Returns those that have one.
    """
    min_per_m, elevation_m, open_moves, ways, step, length_m, first_part, part_step = ground[:8]
    minutes, limit, fastest = search.minutes, clock.limit, np.float32(FASTEST_SLOPE if len(elevation_m) > 0 else 1.0)
    scale = (length_m * clock.ticks_per_min).astype(np.float32)
    half, quarter = scale * np.float32(0.5), scale * np.float32(0.25)
    found = np.empty(len(lost), np.int64)
    count = 0
    for vertex in lost:
        best, open_here = np.int64(limit + 1), np.int64(open_moves[vertex])
        for move in range(len(step)):
            there = vertex + step[move]
            if open_here >> move & 1 == 0 or minutes[there] >= best:
                continue
            if move < 8:
                cost = (min_per_m[there] + min_per_m[vertex]) * half[move]
            elif move < 16:
                part = first_part[opposite[move]]
                through = min_per_m[there + part_step[part + 1]] + min_per_m[there + part_step[part + 2]]
                cost = (min_per_m[there] + through + min_per_m[vertex]) * quarter[move]
            else:
                cost = level_cost(ground, clock.ticks_per_min, there, opposite[move])
            if cost * fastest > np.float32(best - minutes[there] + 2):
                continue
            if len(elevation_m) > 0:
                cost *= slope_factor(elevation_m[there], elevation_m[vertex], length_m[move], towards)
            if cost <= np.float32(limit):
                best = min(best, np.int64(minutes[there]) + np.int64(cost + np.float32(0.5)))
        if len(ways.is_hub) > 0 and ways.is_hub[vertex]:
            first, last = _entries_of(ground, vertex)
            for entry in range(first, last):
                there = ways.to[entry]
                if ways.is_open[ways.way[entry]] and minutes[there] < best:
                    best = min(best, np.int64(minutes[there]) + way_ticks(ground, clock, entry, not towards))
        if best <= limit:
            set_ticks(search, vertex, int(best))
            found[count] = vertex
            count += 1
    return found[:count]


@compiled
def _lose(
    clock: Clock, search: Search, vertex: int, lost: NDArray[np.int64], was: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Note a vertex and its minutes, and let it be not reached; once only, for then it reads beyond the limit."""
    if search.minutes[vertex] > clock.limit:
        return lost, was, count
    if count == len(lost):
        lost, was = np.concatenate((lost, lost)), np.concatenate((was, was))
    lost[count], was[count] = vertex, search.minutes[vertex]
    set_ticks(search, vertex, clock.limit + 1)
    return lost, was, count + 1


@compiled
def _entries_of(ground: Ground, vertex: int) -> tuple[int, int]:
    """Where the ways of a vertex begin and end."""
    ways = ground.ways
    if len(ways.is_hub) == 0 or not ways.is_hub[vertex]:
        return 0, 0
    beside = np.searchsorted(ways.hub, vertex)
    return ways.first[beside], ways.first[beside + 1]


@compiled
def _leads(ground: Ground, clock: Clock, search: Search, here: int, start: np.int64, move: int, towards: bool) -> bool:
    """Whether a shortest walk runs over this move from a vertex whose minutes are, or were, `start`."""
    end = np.int64(search.minutes[here + ground.step[move]])
    if not start < end <= clock.limit:
        return False
    return bool(start + move_ticks(ground, clock, here, move, towards) == end)


@compiled
def _way_leads(ground: Ground, clock: Clock, search: Search, start: np.int64, entry: int, towards: bool) -> bool:
    """Whether a shortest walk runs over this way from a vertex whose minutes are, or were, `start`."""
    end = np.int64(search.minutes[ground.ways.to[entry]])
    return bool(start < end <= clock.limit and start + way_ticks(ground, clock, entry, towards) == end)


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
