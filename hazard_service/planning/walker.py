"""The walks of one thread over one situation: repaired for a release or a closing, and put right again."""

import numpy as np

from hazard_service import repaired
from hazard_service.impact.walks import N_CLASSES
from hazard_service.planning.whatif import WhatIf
from hazard_service.travel.closing import met_by
from hazard_service.travel.repair import reach_change
from hazard_service.travel.search import Clock

# A change of reach: cells of each class, then parts of a person (0 without a population raster).
N_COUNTS = N_CLASSES + 1


class Walker(repaired.Walker):
    """The walks of one thread: its own open moves, repaired and put right again."""

    def __init__(self, what_if: WhatIf, clock: Clock, *, is_closed: bool) -> None:
        """`is_closed`: every hazard stands; otherwise none."""
        super().__init__(what_if.free_ground, what_if.closures, clock, np.full(what_if.hazards, is_closed))
        self.what_if = what_if

    def change(self, kept: int) -> np.ndarray:
        """(N_COUNTS,) cells and people that the repair added to the reach; negative where it took them."""
        what_if = self.what_if
        change = reach_change(self.search, kept, self.clock.limit, what_if.classes, N_CLASSES, what_if.people_parts)
        return np.asarray(change)

    def met(self) -> np.ndarray:
        """Rows of the hazards that close a move of a cell reached."""
        return np.flatnonzero(met_by(self.closures, self.search, self.clock.limit))

    def minutes_at_starts(self, is_stuck: np.ndarray) -> np.ndarray:
        """(communities,) float32 minutes, inf where not reached or stuck."""
        return self.minutes_at(self.what_if.starts, is_stuck)


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
