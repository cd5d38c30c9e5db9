"""The search for shortest walks over ready ground: buckets of time, whole ticks (Numba, arrays only).

Minutes are counted in whole ticks, so that sums never drift, any order of work gives the same answer to the last bit,
and a repaired answer equals one computed afresh.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hazard_service.travel.grounds import FASTEST_SLOPE, Ground, compiled

# How many of the least moves a walk may take in 32 bits and in 64, and the bits of the least move's ticks: rounding
# a move to whole ticks is off by under 2**-17.
_NARROW_MOVES: Final = 2**15
_WIDE_MOVES: Final = 2**22
_LEAST_BITS: Final = 16
_MOST_BITS: Final = 23  # as many as a 32-bit float tells apart

# Counters of a search.
LOGGED, TURN, REFUSED = range(3)


class Clock(NamedTuple):
    """How minutes are counted: in ticks, and in buckets of 2**shift ticks."""

    ticks_per_min: float
    limit: int  # ticks; not reached reads limit + 1
    shift: int
    is_wide: bool  # 64 bits

    @property
    def buckets(self) -> int:
        return (self.limit >> self.shift) + 1


class Search(NamedTuple):
    """Working memory of searches over one ground, used again after `undo`. Only `minutes` is filled beforehand."""

    minutes: NDArray[Any]  # (vertices,) ticks
    bucket: NDArray[np.int32]  # (buckets,) first entry waiting in each, -1 = none
    entry_vertex: NDArray[np.int32]  # (entries,) waiting vertices, in lists
    entry_next: NDArray[np.int32]
    log_vertex: NDArray[np.int32]  # (2 * vertices,) vertices whose minutes changed, and what they were; or (0,): no log
    log_minutes: NDArray[Any]
    changed_on: NDArray[np.int32]  # (vertices,) the turn in which a vertex was logged last; or (0,)
    counter: NDArray[np.int64]


def clock_of(ground: Ground, limit_min: float, *, is_wide: bool = False) -> Clock:
    """Ticks as fine as the walk's length allows; no walk is followed beyond 2**22 of the ground's least moves.

    The limit is met by walks longer by no more than rounding can have added to them.
    """
    if not math.isfinite(ground.least_min):  # nobody walks anywhere
        return Clock(1.0, 0, 0, False)
    is_wide = is_wide or _NARROW_MOVES * ground.least_min < limit_min < math.inf
    # Far enough for any but winding ways; where it is not, the search says so and is run again in 64 bits.
    narrow = min(_NARROW_MOVES, 64 + 8 * math.isqrt(len(ground.open_moves))) if limit_min == math.inf else _NARROW_MOVES
    longest_min = min(limit_min, (_WIDE_MOVES if is_wide else narrow) * ground.least_min)
    bits = 62 if is_wide else 31
    moves = max(longest_min / ground.least_min, 1.0) * 1.001
    shift = min(_MOST_BITS if not is_wide else 38, bits - math.ceil(math.log2(moves)))
    ticks_per_min = 2.0**shift * (1 + 2.0**-22) / ground.least_min
    limit = longest_min * ticks_per_min * (1 + 2.0 ** -(shift + 1) + 2.0**-22)
    return Clock(ticks_per_min, min(int(limit), 2**bits - 2), shift, is_wide)


def new_search(ground: Ground, clock: Clock, *, log: bool) -> Search:
    """Fresh working memory; with `log`, one that can be undone."""
    vertices = len(ground.open_moves)
    ticks = np.int64 if clock.is_wide else np.int32
    logged = 2 * vertices if log else 0  # one search and one repair of it
    return Search(
        minutes=np.full(vertices, clock.limit + 1, ticks),
        bucket=np.full(clock.buckets, -1, np.int32),
        entry_vertex=np.empty(4096, np.int32),
        entry_next=np.empty(4096, np.int32),
        log_vertex=np.empty(logged, np.int32),
        log_minutes=np.empty(logged, ticks),
        changed_on=np.zeros(vertices if log else 0, np.int32),
        counter=np.array([0, 1, 0], np.int64),
    )


def was_refused(search: Search) -> bool:
    """Whether a walk ended because it grew longer than the clock counts."""
    return bool(search.counter[REFUSED])


@compiled
def set_sources(search: Search, sources: NDArray[np.int64]) -> None:
    """Vertices walks start from."""
    for source in sources:
        set_ticks(search, source, 0)


@compiled
def set_ticks(search: Search, vertex: int, ticks: int) -> None:
    """Set one vertex's minutes."""
    _write(search.minutes, search.log_vertex, search.log_minutes, search.changed_on, search.counter, vertex, ticks)


@compiled
def _write(
    minutes: NDArray[Any],
    log_vertex: NDArray[np.int32],
    log_minutes: NDArray[Any],
    changed_on: NDArray[np.int32],
    counter: NDArray[np.int64],
    vertex: int,
    ticks: int,
) -> None:
    """Set a vertex's minutes; in a search with a log, note once a turn what they were."""
    if len(changed_on) > 0 and changed_on[vertex] != counter[TURN]:
        changed_on[vertex] = counter[TURN]
        log_vertex[counter[LOGGED]] = vertex
        log_minutes[counter[LOGGED]] = minutes[vertex]
        counter[LOGGED] += 1
    minutes[vertex] = ticks


@compiled
def spread(  # noqa: PLR0912, PLR0915 - one loop: calls inside it would cost a third of the time
    ground: Ground, clock: Clock, search: Search, seeds: NDArray[np.int64], towards_sources: bool
) -> None:
    """Walk on from the seeds, vertices whose minutes stand, until no minutes can fall further.

    A bucket is worked until it is empty, so that the order inside it never matters; a vertex waits anew in each lower
    bucket its minutes fall to, and is passed over in those it has left.
    """
    # Plain local arrays: numba counts references each time an array is taken out of a tuple, which triples the time.
    min_per_m, elevation_m, open_moves, ways, step, length_m, first_part, part_step, part_share, _, _ = ground
    minutes, bucket, entry_vertex, entry_next, log_vertex, log_minutes, changed_on, counter = search
    is_hub, hub, first_way, way_to, way, there_min, back_min, way_open = ways
    way_min = back_min if towards_sources else there_min
    ticks_per_min, limit, shift, _ = clock
    scale = (length_m * ticks_per_min).astype(np.float32)
    half, quarter = scale * np.float32(0.5), scale * np.float32(0.25)
    sloped, logged, fastest = len(elevation_m) > 0, len(changed_on) > 0, np.float32(FASTEST_SLOPE)
    fewest = min(len(step), 16)
    free, used, waiting, at = -1, 0, 0, len(bucket)
    for seed in seeds:
        if used == len(entry_vertex):
            entry_vertex, entry_next = _longer(entry_vertex), _longer(entry_next)
        entry_vertex[used], entry_next[used] = seed, bucket[minutes[seed] >> shift]
        bucket[minutes[seed] >> shift] = used
        used, waiting, at = used + 1, waiting + 1, min(at, minutes[seed] >> shift)
    while waiting > 0:
        entry = int(bucket[at])
        if entry < 0:
            at += 1
            continue
        here = np.int64(entry_vertex[entry])
        bucket[at] = entry_next[entry]
        entry_next[entry] = free
        free = entry
        waiting -= 1
        now = minutes[here]
        if now >> shift != at:
            continue
        open_here = np.int64(open_moves[here])
        last = first = 0
        if len(is_hub) > 0 and is_hub[here]:
            beside = np.searchsorted(hub, here)
            first, last = first_way[beside], first_way[beside + 1]
        for turn in range(first - last, len(step) if open_here != 0 else 0):
            if turn < 0:  # a way beside the grid
                if not way_open[way[last + turn]]:
                    continue
                there = way_to[last + turn]
                old = minutes[there]
                # At least a tick, so that no two vertices lead to each other when a walk is repaired.
                cost = max(np.float32(way_min[last + turn] * ticks_per_min), np.float32(1.0))
            else:
                if open_here >> turn & 1 == 0:
                    continue
                there = here + step[turn]
                old = minutes[there]
                if old <= now:
                    continue
                if turn < 8:
                    cost = (min_per_m[here] + min_per_m[there]) * half[turn]
                elif turn < fewest:
                    part = first_part[turn]
                    through = min_per_m[here + part_step[part + 1]] + min_per_m[here + part_step[part + 2]]
                    cost = (min_per_m[here] + through + min_per_m[there]) * quarter[turn]
                else:
                    cost = np.float32(0.0)
                    for part in range(first_part[turn], first_part[turn + 1]):
                        cost += part_share[part] * min_per_m[here + part_step[part]]
                    cost *= scale[turn]
                if sloped:
                    if cost * fastest >= np.float32(old - now):
                        continue
                    cost *= slope_factor(elevation_m[here], elevation_m[there], length_m[turn], towards_sources)
            if not cost < np.float32(old - now):
                if old > limit:
                    counter[REFUSED] = 1
                continue
            then = now + np.int64(cost + np.float32(0.5))
            if then >= old:
                continue
            to = then >> shift
            # Minutes of an earlier turn stand, but nothing waits for them.
            waits = to == old >> shift and to != at and old <= limit
            if logged:
                waits = waits and changed_on[there] == counter[TURN]
                _write(minutes, log_vertex, log_minutes, changed_on, counter, there, then)
            else:
                minutes[there] = then
            if waits:
                continue
            if free >= 0:
                entry = free
                free = entry_next[entry]
            else:
                if used == len(entry_vertex):
                    entry_vertex, entry_next = _longer(entry_vertex), _longer(entry_next)
                entry = used
                used += 1
            entry_vertex[entry] = there
            entry_next[entry] = bucket[to]
            bucket[to] = entry
            waiting += 1


@compiled
def undo(search: Search, logged: int) -> None:
    """Give back the minutes changed since `logged` changes were noted, and begin a new turn."""
    minutes, log_vertex, log_minutes, counter = search.minutes, search.log_vertex, search.log_minutes, search.counter
    for change in range(counter[LOGGED] - 1, logged - 1, -1):
        minutes[log_vertex[change]] = log_minutes[change]
    counter[LOGGED] = logged
    counter[TURN] += 1


@compiled
def count_from(
    ground: Ground,
    clock: Clock,
    search: Search,
    start: NDArray[np.int64],
    classes: NDArray[np.uint8],
    amounts: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    """Count by class the cells that one start reaches; costs only those. `search` is fresh before and after.

    With `amounts` ((cells,), or (0,): none) the last of `counts` is their sum over these cells.
    """
    if ground.min_per_m[start[0]] == np.inf:
        return
    set_sources(search, start)
    spread(ground, clock, search, start, False)
    for vertex in search.log_vertex[: search.counter[LOGGED]]:
        if vertex < len(classes):
            counts[classes[vertex]] += 1
            if len(amounts) > 0:
                counts[-1] += amounts[vertex]
    undo(search, 0)


@compiled
def to_minutes(ticks: NDArray[Any], limit: int, ticks_per_min: float, minutes: NDArray[np.float32]) -> None:
    """Minutes from ticks, inf where not reached; `minutes` may share the memory of 32-bit ticks."""
    for vertex in range(len(minutes)):
        walked = ticks[vertex]
        minutes[vertex] = np.float32(walked / ticks_per_min) if walked <= limit else np.float32(np.inf)


@compiled
def flood(ground: Ground, seeds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(vertices,) joined to a seed by open moves and ways, however long the walk."""
    open_moves, ways, step = ground.open_moves, ground.ways, ground.step
    is_hub, hub, first_way, way_to, way, _, _, way_open = ways
    joined = np.zeros(len(open_moves), np.bool_)
    waiting = np.empty(len(open_moves), np.int32)
    count = 0
    for seed in seeds:
        if not joined[seed]:
            joined[seed] = True
            waiting[count] = seed
            count += 1
    while count > 0:
        count -= 1
        here = np.int64(waiting[count])
        open_here = np.int64(open_moves[here])
        for move in range(len(step)):
            if open_here >> move & 1 and not joined[here + step[move]]:
                joined[here + step[move]] = True
                waiting[count] = here + step[move]
                count += 1
        if len(is_hub) > 0 and is_hub[here]:
            beside = np.searchsorted(hub, here)
            for entry in range(first_way[beside], first_way[beside + 1]):
                if way_open[way[entry]] and not joined[way_to[entry]]:
                    joined[way_to[entry]] = True
                    waiting[count] = way_to[entry]
                    count += 1
    return joined


@compiled
def _longer(entries: NDArray[np.int32]) -> NDArray[np.int32]:
    """Twice the room, the same beginning."""
    longer = np.empty(2 * len(entries), entries.dtype)
    longer[: len(entries)] = entries
    return longer


@compiled
def slope_factor(here_m: np.float32, there_m: np.float32, length_m: np.float32, towards_sources: bool) -> np.float32:
    """Tobler (1993): speed 6 exp(-3.5 |s + 0.05|) km/h at slope s = rise / run in the walking direction.

    Scaled so that level ground walks at the speed of its surface. A walk towards the sources runs against the search.
    """
    slope = (here_m - there_m if towards_sources else there_m - here_m) / length_m
    return np.float32(1.0) if math.isnan(slope) else np.float32(math.exp(3.5 * (abs(slope + 0.05) - 0.05)))


@compiled
def there_and_back(
    level_min: NDArray[np.float64],
    start_m: NDArray[np.float32],
    end_m: NDArray[np.float32],
    length_m: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(n, 2) minutes from start to end, and from end to start, of what takes `level_min` on the level.

    start_m, end_m: elevations of the ends, NaN = not known; length_m: above 0.
    """
    minutes = np.empty((len(level_min), 2))
    for i in range(len(level_min)):
        length = np.float32(length_m[i])
        minutes[i, 0] = level_min[i] * slope_factor(start_m[i], end_m[i], length, False)
        minutes[i, 1] = level_min[i] * slope_factor(end_m[i], start_m[i], length, False)
    return minutes
