"""What a search for shortest walks counts in and works with: whole ticks, buckets of time (Numba, arrays only).

Minutes are counted in whole ticks, so that sums never drift, any order of work gives the same answer to the last bit,
and a repaired answer equals one computed afresh.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hazard_service.travel.grounds import Ground, compiled

# How many of the least moves a walk may take in 32 bits and in 64, and the bits of the least move's ticks: rounding
# a move to whole ticks is off by under 2**-17.
_NARROW_MOVES: Final = 2**15
_WIDE_MOVES: Final = 2**22
_LEAST_BITS: Final = 16
_MOST_BITS: Final = 23  # as many as a 32-bit float tells apart

# Counters of a search.
LOGGED, TURN, REFUSED, AT, WAITING, USED, FREE = range(7)

# Waiting vertices are kept in chunks of this many 32-bit places: the first holds where the bucket's chunk before ends
# (-1 = none), or, in a chunk not used, the next such chunk. So what waits together lies together.
CHUNK: Final = 64


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
    bucket: NDArray[np.int32]  # (buckets,) where in `entries` the last vertex waiting in each stands, -1 = none waits
    entries: NDArray[np.int32]  # waiting vertices, in chunks
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
        entries=np.empty(128 * CHUNK, np.int32),
        log_vertex=np.empty(logged, np.int32),
        log_minutes=np.empty(logged, ticks),
        changed_on=np.zeros(vertices if log else 0, np.int32),
        counter=np.array([0, 1, 0, 0, 0, 0, 0], np.int64),
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
def undo(search: Search, logged: int) -> None:
    """Give back the minutes changed since `logged` changes were noted, and begin a new turn."""
    minutes, log_vertex, log_minutes, counter = search.minutes, search.log_vertex, search.log_minutes, search.counter
    for change in range(counter[LOGGED] - 1, logged - 1, -1):
        minutes[log_vertex[change]] = log_minutes[change]
    counter[LOGGED] = logged
    counter[TURN] += 1


@compiled
def to_minutes(ticks: NDArray[Any], limit: int, ticks_per_min: float, minutes: NDArray[np.float32]) -> None:
    """Minutes from ticks, inf where not reached; `minutes` may share the memory of 32-bit ticks."""
    for vertex in range(len(minutes)):
        walked = ticks[vertex]
        minutes[vertex] = np.float32(walked / ticks_per_min) if walked <= limit else np.float32(np.inf)


@compiled
def flood(ground: Ground, seeds: NDArray[np.int64], joined: NDArray[np.bool_]) -> None:
    """Mark what is joined to a seed by open moves and ways, however long the walk; not beyond what is marked already.

    joined: (vertices,), written to. Seeds are walked on from though they are marked.
    """
    open_moves, ways, step = ground.open_moves, ground.ways, ground.step
    is_hub, hub, first_way, way_to, way, _, _, way_open = ways
    waiting = np.empty(len(seeds) + len(open_moves), np.int32)
    count = 0
    for seed in seeds:
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
