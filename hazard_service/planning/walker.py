"""The walks of one thread over one situation: repaired for a release or a closing, and put right again."""

from collections.abc import Collection

import numpy as np

from hazard_service.planning.whatif import WhatIf
from hazard_service.travel.closing import met_by, set_closed
from hazard_service.travel.repair import opposites, reach_change, walk_on, walk_round
from hazard_service.travel.search import LOGGED, Clock, Search, new_search, set_sources, undo
from hazard_service.travel.spreading import spread
from hazard_service.vocabulary import LIVELIHOOD_CLASSES

# Land classes of `impact.walks.land_classes`: each livelihood class and other land, in and outside the surveyed area.
N_CLASSES = 2 * (1 + len(LIVELIHOOD_CLASSES))
# A change of reach: cells of each class, then parts of a person (0 without a population raster).
N_COUNTS = N_CLASSES + 1


class Walker:
    """The walks of one thread: its own open moves, repaired and put right again."""

    def __init__(self, what_if: WhatIf, clock: Clock, *, is_closed: bool) -> None:
        """`is_closed`: every hazard stands; otherwise none."""
        self.what_if, self.clock = what_if, clock
        free = what_if.free_ground
        own_ways = free.ways._replace(is_open=free.ways.is_open.copy())
        self.ground = free._replace(open_moves=free.open_moves.copy(), ways=own_ways)
        self.search: Search = new_search(free, clock, log=True)
        self.is_closed = np.full(what_if.hazards, is_closed)
        if is_closed:
            set_closed(self.ground, what_if.closures, np.arange(what_if.hazards), self.is_closed)

    def walk(self, sources: Collection[int], *, towards: bool) -> int:
        """Walk afresh; returns how many changes to keep when undoing what follows."""
        undo(self.search, 0)
        cells = np.unique(np.fromiter(sources, np.int64, len(sources)))
        cells = cells[np.isfinite(self.ground.min_per_m[cells])]
        set_sources(self.search, cells)
        spread(self.ground, self.clock, self.search, cells, towards)
        return int(self.search.counter[LOGGED])

    def release(self, hazards: np.ndarray, sources: Collection[int], *, towards: bool) -> None:
        """Repair the walk as if these hazards were released and `sources` were added."""
        self.is_closed[hazards] = False
        opened = set_closed(self.ground, self.what_if.closures, hazards, self.is_closed)
        walk_on(self.ground, self.clock, self.search, opened, np.fromiter(sources, np.int64, len(sources)), towards)

    def close(self, hazards: np.ndarray, lost_sources: Collection[int], *, towards: bool) -> None:
        """Repair the walk as if these hazards stood and `lost_sources` were none."""
        self.is_closed[hazards] = True
        shut = set_closed(self.ground, self.what_if.closures, hazards, self.is_closed)
        lost = np.fromiter(lost_sources, np.int64, len(lost_sources))
        walk_round(self.ground, self.clock, self.search, shut, lost, opposites(self.ground), towards)

    def back(self, hazards: np.ndarray, kept: int) -> None:
        """Undo a release or closing."""
        self.is_closed[hazards] = ~self.is_closed[hazards]
        set_closed(self.ground, self.what_if.closures, hazards, self.is_closed)
        undo(self.search, kept)

    def change(self, kept: int) -> np.ndarray:
        """(N_COUNTS,) cells and people that the repair added to the reach; negative where it took them."""
        what_if = self.what_if
        change = reach_change(self.search, kept, self.clock.limit, what_if.classes, N_CLASSES, what_if.people_parts)
        return np.asarray(change)

    def met(self) -> np.ndarray:
        """Rows of the hazards that close a move of a cell reached."""
        return np.flatnonzero(met_by(self.what_if.closures, self.search, self.clock.limit))

    def minutes_at_starts(self, is_stuck: np.ndarray) -> np.ndarray:
        """(communities,) float32 minutes, inf where not reached or stuck."""
        ticks = self.search.minutes[self.what_if.starts]
        minutes = (ticks / self.clock.ticks_per_min).astype(np.float32)
        return np.where(is_stuck | (ticks > self.clock.limit), np.float32(np.inf), minutes)


class Reach:
    """One thread's walks of reach with every hazard closed; the last community's walk is kept for the next set."""

    def __init__(self, what_if: WhatIf) -> None:
        self._what_if = what_if
        self._walker = Walker(what_if, what_if.reach_clock, is_closed=True)
        self._row, self._kept = -1, 0

    def change(self, row: int, hazards: np.ndarray) -> np.ndarray:
        """(N_COUNTS,) what a release adds to a community's reach; all hazards over its start are among the released."""
        walker, start, is_stuck = self._walker, int(self._what_if.starts[row]), bool(self._what_if.coverers[row])
        if row != self._row:
            self._row, self._kept = row, walker.walk([] if is_stuck else [start], towards=False)
        walker.release(hazards, [start] if is_stuck else [], towards=False)
        change = walker.change(self._kept)
        walker.back(hazards, self._kept)
        return change
