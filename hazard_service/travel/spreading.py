"""The walk itself: buckets of time worked one after the other (Numba, arrays only)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hazard_service.travel.costs import slope_factor
from hazard_service.travel.grounds import FASTEST_SLOPE, Ground, compiled
from hazard_service.travel.processor import fetch_ahead, lowest_bit
from hazard_service.travel.search import (
    AT,
    CHUNK,
    FREE,
    LOGGED,
    REFUSED,
    TURN,
    USED,
    WAITING,
    Clock,
    Search,
    set_sources,
    undo,
)

# Added to |3.5 s + 0.175| at slope s: one plus Tobler's exponent, less what rounding may add.
LEAST: Final = np.float32(1.0 - 0.175 - 1e-5)


@compiled
def spread(ground: Ground, clock: Clock, search: Search, seeds: NDArray[np.int64], towards_sources: bool) -> None:
    """Walk on from the seeds, vertices whose minutes stand, until no minutes can fall further.

    A bucket is worked until it is empty, so that the order inside it never matters; a vertex waits anew in each lower
    bucket its minutes fall to, and is passed over in those it has left.
    """
    entries, counter = search.entries, search.counter
    counter[AT], counter[WAITING], counter[USED], counter[FREE] = len(search.bucket), 0, 0, -1
    for seed in seeds:
        if counter[USED] + CHUNK > len(entries):
            entries = _longer(entries)
        _await(search.bucket, entries, counter, seed, search.minutes[seed] >> clock.shift)
    while not _walk(ground, clock, search, entries, towards_sources):
        entries = _longer(entries)


@compiled
def _await(
    bucket: NDArray[np.int32], entries: NDArray[np.int32], counter: NDArray[np.int64], vertex: int, to: int
) -> None:
    """Let a seed wait in a bucket; `_walk` repeats it for all others."""
    top = np.int64(bucket[to])
    if top & (CHUNK - 1) == CHUNK - 1:
        entries[counter[USED]] = top
        top = counter[USED]
        counter[USED] += CHUNK
    entries[top + 1] = vertex
    bucket[to] = top + 1
    counter[WAITING] += 1
    counter[AT] = min(counter[AT], to)


@compiled
def _walk(  # noqa: PLR0912, PLR0915 - one loop: a call that takes arrays, inlined or not, doubles the time
    ground: Ground, clock: Clock, search: Search, entries: NDArray[np.int32], towards_sources: bool
) -> bool:
    """Work the buckets until nothing waits (True), or until `entries` may not have room for one vertex more (False).

    First the moves that may shorten a walk are told from the others with no branch, as a processor cannot foresee how
    each comparison falls; one or two of 8 or 16 are left. This, the chunks and fetching ahead take 30-44 ns a cell of
    8 moves where a plain loop over lists took 52-74, and 46 ns in a window where it took 123.
    """
    # Plain local arrays: numba counts references each time an array is taken out of a tuple, which triples the time.
    min_per_m, elevation_m, open_moves, ways, step, length_m, first_part, part_step, part_share, _, _ = ground
    minutes, bucket, _, log_vertex, log_minutes, changed_on, counter = search
    is_hub, hub, first_way, way_to, way, there_min, back_min, way_open = ways
    way_min = back_min if towards_sources else there_min
    ticks_per_min, limit, shift, _ = clock
    scale = (length_m * ticks_per_min).astype(np.float32)
    half, quarter = scale * np.float32(0.5), scale * np.float32(0.25)
    steep_per_m = np.float32(3.5) / (-length_m if towards_sources else length_m)
    has_ways, sloped, logged = len(is_hub) > 0, len(elevation_m) > 0, len(changed_on) > 0
    own_m, fastest = np.float32(0.0), np.float32(FASTEST_SLOPE if sloped else 1.0)
    reach = 1 if len(step) == 8 else 2 if len(step) == 16 else 3  # rows, of the longest move
    cells, width, inside = len(min_per_m), step[2], reach * step[2] + reach
    costs, friction = np.empty(32, np.float32), np.empty(9, np.float32)
    at, waiting, used, free = counter[AT], counter[WAITING], counter[USED], counter[FREE]
    noted, turn, refused = counter[LOGGED], counter[TURN], np.int64(0)
    while waiting > 0:
        top = np.int64(bucket[at])
        if top < 0:
            at += 1
            continue
        here = np.int64(entries[top])
        first = last = 0
        if has_ways and is_hub[here]:
            beside = np.searchsorted(hub, here)
            first, last = first_way[beside], first_way[beside + 1]
        if used + (len(step) + last - first) * CHUNK > len(entries):
            break
        waiting -= 1
        if top & (CHUNK - 1) == 1:  # the last of its chunk
            bucket[at] = entries[top - 1]
            entries[top - 1] = free
            free = top - 1
        else:
            bucket[at] = top - 1
        # What waits a few places on is fetched now: at 9 million cells a quarter of the time less.
        soon = np.int64(entries[top - 4 if top > 4 else 0])
        if inside <= soon < cells - inside:
            for row in range(-reach, reach + 1):
                fetch_ahead(minutes, soon + row * width)
                fetch_ahead(min_per_m, soon + row * width)
                if sloped:
                    fetch_ahead(elevation_m, soon + row * width)
            fetch_ahead(open_moves, soon)
        now = np.int64(minutes[here])
        if now >> shift != at:
            continue
        open_here = np.int64(open_moves[here])
        closer = unreached = np.int64(0)  # bits of moves
        if open_here != 0:
            own = min_per_m[here]
            rest = open_here
            if inside <= here < cells - inside:  # closed moves are on the array too, and may be looked at
                rest = open_here >> 16 << 16
                for move in range(8):
                    there = np.uint64(here + step[move])
                    old = np.int64(minutes[there])
                    friction[move] = min_per_m[there]
                    cost = (own + friction[move]) * half[move]
                    costs[move] = cost
                    closer |= np.int64(cost * fastest <= np.float32(old - now)) << move
                    unreached |= np.int64(old > limit) << move
                if len(step) > 8:
                    friction[8] = friction[0]
                    for move in range(8, 16):  # each between two of the 8
                        there = np.uint64(here + step[move])
                        old = np.int64(minutes[there])
                        through = friction[move - 8] + friction[move - 7]
                        cost = (own + through + min_per_m[there]) * quarter[move]
                        costs[move] = cost
                        closer |= np.int64(cost * fastest <= np.float32(old - now)) << move
                        unreached |= np.int64(old > limit) << move
            for move in range(len(step) if rest != 0 else 0):
                if rest >> move & 1 == 0:
                    continue
                if move < 8:
                    cost = (own + min_per_m[here + step[move]]) * half[move]
                elif move < 16:
                    part = first_part[move]
                    through = min_per_m[here + part_step[part + 1]] + min_per_m[here + part_step[part + 2]]
                    cost = (own + through + min_per_m[here + step[move]]) * quarter[move]
                else:
                    cost = np.float32(0.0)
                    for part in range(first_part[move], first_part[move + 1]):
                        cost += part_share[part] * min_per_m[here + part_step[part]]
                    cost *= scale[move]
                costs[move] = cost
                old = np.int64(minutes[here + step[move]])
                closer |= np.int64(cost * fastest <= np.float32(old - now)) << move
                unreached |= np.int64(old > limit) << move
            closer &= open_here
            if sloped:  # an exponential is dear: exp(x) >= 1 + x tells half of those left that need none
                own_m = elevation_m[here]
                left = closer
                while left != 0:
                    move = lowest_bit(left)
                    left &= left - 1
                    there = np.uint64(here + step[move])
                    least = abs((elevation_m[there] - own_m) * steep_per_m[move] + np.float32(0.175)) + LEAST
                    closer &= ~(np.int64(costs[move] * least > np.float32(minutes[there] - now)) << move)
            refused |= unreached & open_here & ~closer
        while closer != 0 or first < last:
            if closer != 0:
                move = lowest_bit(closer)
                closer &= closer - 1
                to = here + step[move]
                cost = costs[move]
                if sloped:
                    cost *= slope_factor(own_m, elevation_m[to], length_m[move], towards_sources)
            else:  # a way beside the grid
                first += 1
                if not way_open[way[first - 1]]:
                    continue
                to = way_to[first - 1]
                # At least a tick, so that no two vertices lead to each other when a walk is repaired.
                cost = max(np.float32(way_min[first - 1] * ticks_per_min), np.float32(1.0))
            old = np.int64(minutes[to])
            # Compared as floats first: a cost may be beyond any whole number.
            then = now + np.int64(cost + np.float32(0.5)) if cost <= np.float32(old - now) else old
            if then >= old:
                refused |= np.int64(old > limit)
                continue
            later = then >> shift
            # Minutes of an earlier turn stand, but nothing waits for them.
            is_new = logged and changed_on[to] != turn
            waits = later == old >> shift and later != at and old <= limit and not is_new
            if is_new:
                changed_on[to] = turn
                log_vertex[noted] = to
                log_minutes[noted] = old
                noted += 1
            minutes[to] = then
            top = np.int64(bucket[later])
            if top & (CHUNK - 1) == CHUNK - 1:  # nothing waits there, or the chunk is full
                if waits:
                    continue
                begin = free
                if begin >= 0:
                    free = np.int64(entries[begin])
                else:
                    begin = used
                    used += CHUNK
                entries[begin] = top
                top = begin
            # No branch: what waits already is written beyond the top, where it does not count.
            entries[top + 1] = to
            bucket[later] = top + (not waits)
            waiting += not waits
    counter[AT], counter[WAITING], counter[USED], counter[FREE] = at, waiting, used, free
    counter[LOGGED] = noted
    if refused != 0:
        counter[REFUSED] = 1
    return bool(waiting == 0)


@compiled
def _longer(entries: NDArray[np.int32]) -> NDArray[np.int32]:
    """Twice the room, the same beginning."""
    longer = np.empty(2 * len(entries), entries.dtype)
    longer[: len(entries)] = entries
    return longer


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
