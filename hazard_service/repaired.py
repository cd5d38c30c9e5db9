"""A walk that is repaired as outlines open or close, and put right again; one for each thread."""

from collections.abc import Collection

import numpy as np

from hazard_service.travel.closing import Changed, Closures, set_closed
from hazard_service.travel.grounds import Ground
from hazard_service.travel.repair import opposites, walk_on, walk_round
from hazard_service.travel.search import LOGGED, Clock, Search, new_search, set_sources, undo
from hazard_service.travel.spreading import spread


class Walker:
    """A ground of its own, which starts with some outlines closed, and the walk over it."""

    def __init__(self, free: Ground, closures: Closures, clock: Clock, is_closed: np.ndarray) -> None:
        """free: the ground with no hazard, left as it is. is_closed: (outlines of `closures`,) bool."""
        self.closures, self.clock = closures, clock
        own_ways = free.ways._replace(is_open=free.ways.is_open.copy())
        self.ground = free._replace(open_moves=free.open_moves.copy(), ways=own_ways)
        self.search: Search = new_search(free, clock, log=True)
        self.is_closed = is_closed.copy()
        if is_closed.any():
            set_closed(self.ground, closures, np.flatnonzero(is_closed), self.is_closed)

    def walk(self, sources: Collection[int], *, towards: bool) -> int:
        """Walk afresh; returns how many changes to keep when undoing what follows."""
        undo(self.search, 0)
        cells = np.unique(np.fromiter(sources, np.int64, len(sources)))
        cells = cells[np.isfinite(self.ground.min_per_m[cells])]
        set_sources(self.search, cells)
        spread(self.ground, self.clock, self.search, cells, towards)
        return int(self.search.counter[LOGGED])

    def release(self, outlines: np.ndarray, sources: Collection[int], *, towards: bool) -> None:
        """Repair the walk as if these outlines were released and `sources` were added."""
        self.is_closed[outlines] = False
        opened = set_closed(self.ground, self.closures, outlines, self.is_closed)
        walk_on(self.ground, self.clock, self.search, opened, np.fromiter(sources, np.int64, len(sources)), towards)

    def close(self, outlines: np.ndarray, lost_sources: Collection[int], *, towards: bool) -> None:
        """Repair the walk as if these outlines stood and `lost_sources` were none."""
        self.is_closed[outlines] = True
        shut = set_closed(self.ground, self.closures, outlines, self.is_closed)
        lost = np.fromiter(lost_sources, np.int64, len(lost_sources))
        walk_round(self.ground, self.clock, self.search, shut, lost, opposites(self.ground), towards)

    def back(self, outlines: np.ndarray, kept: int) -> None:
        """Undo a release or closing."""
        self.toggle(outlines)
        undo(self.search, kept)

    def toggle(self, outlines: np.ndarray) -> Changed:
        """Open those of these outlines that are closed and close the others; the walk stays as it was."""
        self.is_closed[outlines] = ~self.is_closed[outlines]
        return set_closed(self.ground, self.closures, outlines, self.is_closed)

    def turn(
        self, outlines: np.ndarray, lost: Collection[int], added: Collection[int], *, towards: bool, kept: int = 0
    ) -> None:
        """Toggle outlines, some sources `lost` and others `added`, and repair the walk.

        Of the changes noted only the first `kept` are kept. With those of a walk afresh over ground where all was open,
        which no repair goes beyond, the next walk can still put right again; otherwise this cannot be undone.
        What some outlines close and others open at once changes nothing, and costs nothing.
        """
        changed = self.toggle(outlines)
        gone, new = (np.fromiter(cells, np.int64, len(cells)) for cells in (lost, added))
        self.search.counter[LOGGED] = kept
        walk_round(self.ground, self.clock, self.search, changed, gone, opposites(self.ground), towards)
        self.search.counter[LOGGED] = kept
        walk_on(self.ground, self.clock, self.search, changed, new, towards)
        self.search.counter[LOGGED] = kept

    def reached(self) -> np.ndarray:
        """Vertices that the last walk afresh reached."""
        return self.search.log_vertex[: self.search.counter[LOGGED]]

    def minutes_at(self, vertices: np.ndarray, is_stuck: np.ndarray) -> np.ndarray:
        """(n,) float32 minutes at `vertices`, inf where not reached or stuck."""
        ticks = self.search.minutes[vertices]
        minutes = (ticks / self.clock.ticks_per_min).astype(np.float32)
        return np.where(is_stuck | (ticks > self.clock.limit), np.float32(np.inf), minutes)
