"""Answers to "what if these were released?", for any set of the open hazards of one situation."""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd

from hazard_service.errors import ParameterError
from hazard_service.impact.freedom import Walk, rows_of
from hazard_service.impact.gains import release_gain
from hazard_service.impact.walks import N_CLASSES
from hazard_service.planning.walker import N_COUNTS, Reach, Walker
from hazard_service.planning.whatif import WhatIf, open_cells, opened_places
from hazard_service.travel.kernel import processors
from hazard_service.travel.search import Clock


class Answerer:
    """Answers what-ifs of one situation, one at a time."""

    def __init__(self, what_if: WhatIf) -> None:
        self.what_if = what_if
        self._lock = threading.Lock()
        self._reaches = [Reach(what_if) for _ in range(processors())]
        self._services = {kind: Walker(what_if, what_if.service_clock, is_closed=True) for kind in what_if.places}
        self._kept = {
            kind: walker.walk(open_cells(what_if, kind, frozenset()), towards=True)
            for kind, walker in self._services.items()
        }
        self._met = _hazards_met(what_if)

    def release(self, hazard_ids: Iterable[str]) -> pd.DataFrame:
        """What releasing these open hazards together would give each community; the index is the community's row.

        Columns of `release_gain`. Raises ParameterError naming ids that are not open hazards.
        """
        hazards = self._rows(hazard_ids)
        with self._lock:
            return self.gains_of(hazards)

    def gains_of(self, hazards: np.ndarray, rows: np.ndarray | None = None) -> pd.DataFrame:
        """As `release`, for rows of hazards; of some communities only where `rows` says."""
        what_if = self.what_if
        everyone = np.arange(len(what_if.starts)) if rows is None else rows
        released = frozenset(hazards.tolist())
        is_stuck = np.array([bool(what_if.coverers[row] - released) for row in everyone]) | (
            what_if.starts[everyone] < 0
        )
        change = np.zeros((len(everyone), N_COUNTS), np.int64)
        touched = np.flatnonzero(~is_stuck & self._met[np.ix_(hazards, everyone)].any(axis=0))

        def walk(worker: int) -> None:
            for turn in touched[worker :: len(self._reaches)]:
                change[turn] = self._reaches[worker].change(int(everyone[turn]), hazards)

        if len(touched) > 1:  # the walks hold no interpreter lock
            with ThreadPoolExecutor(len(self._reaches)) as pool:
                list(pool.map(walk, range(len(self._reaches))))
        else:
            walk(0)
        minutes = {}
        for kind, walker in self._services.items():
            walker.release(hazards, opened_places(what_if, kind, hazards, released), towards=True)
            stuck = np.zeros(len(what_if.starts), bool)
            stuck[everyone] = is_stuck
            minutes[kind] = walker.minutes_at_starts(stuck)[everyone]
            walker.back(hazards, self._kept[kind])
        before = rows_of(what_if.closed, everyone)
        frame = gain_table(what_if, everyone, changed_walk(before, change, minutes), before)
        return frame.set_index(pd.Index(everyone, name="row"))

    def widens_enough(self, row: int, hazards: np.ndarray) -> bool:
        """Whether a community's reach alone would no longer hold it back, were these hazards released."""
        what_if = self.what_if
        reached, free = int(what_if.closed.reached_cells[row]), int(what_if.free.reached_cells[row])
        if what_if.starts[row] >= 0 and not what_if.coverers[row] - frozenset(hazards.tolist()):
            reached += int(self._reaches[0].change(row, hazards)[:N_CLASSES].sum())
        return free == 0 or reached / free >= what_if.assessment.situation.programme.settings.held_back_freedom

    def near(self, row: int) -> np.ndarray:
        """Rows of the hazards that a community's reach, or its walks to services, can meet."""
        services = _hazards_met_within(self.what_if, row, self.what_if.service_clock)
        return np.union1d(np.flatnonzero(self._met[:, row]), services)

    def _rows(self, hazard_ids: Iterable[str]) -> np.ndarray:
        known = pd.Index(self.what_if.assessment.hazards["hazard_id"])
        ids = list(dict.fromkeys(hazard_ids))
        found = known.get_indexer(ids)
        if unknown := [one for one, row in zip(ids, found, strict=True) if row < 0]:
            listed = ", ".join(f'"{one[:40]}"' for one in unknown[:5]) + (" and more" if len(unknown) > 5 else "")
            raise ParameterError(f"Not an open hazard on {self.what_if.assessment.situation.on}: {listed}.")
        return np.asarray(found, np.int64)


def gain_table(what_if: WhatIf, rows: np.ndarray, standing: Walk, put_back: Walk) -> pd.DataFrame:
    """`release_gain` for communities `rows` (one may stand several times): the walks have one entry a row."""
    settings = what_if.assessment.situation.programme.settings
    return release_gain(standing, put_back, rows_of(what_if.free, rows), what_if.starts[rows] >= 0, settings)


def changed_walk(walk: Walk, change: np.ndarray, minutes: dict[str, np.ndarray]) -> Walk:
    """A walk with (n, N_COUNTS) cells and people added to its reach and other minutes."""
    by_land = change[:, :N_CLASSES].reshape(len(change), 2, N_CLASSES // 2)
    livelihood = None if walk.livelihood_cells is None else walk.livelihood_cells + by_land.sum(axis=1)
    return Walk(
        reached_cells=walk.reached_cells + by_land.sum(axis=(1, 2)),
        minutes=minutes,
        reaches_edge=walk.reaches_edge,
        outside_cells=walk.outside_cells + by_land[:, 1].sum(axis=1),
        livelihood_cells=livelihood,
        people_parts=None if walk.people_parts is None else walk.people_parts + change[:, N_CLASSES],
    )


def what_if_totals(what_if: WhatIf, frame: pd.DataFrame) -> dict[str, Any]:
    """Counts and people of one what-if."""
    people = what_if.assessment.communities["people"].to_numpy()[frame.index]
    return {
        "freed": int(frame["freed"].sum()),
        "freed_people": int(np.nansum(people[frame["freed"].to_numpy()])),
        "expanded": int(frame["expanded"].sum()),
        "expanded_people": int(np.nansum(people[frame["expanded"].to_numpy()])),
        "gained_km2": round(float(np.nansum(frame["gained_km2"])), 6),
    }


def _hazards_met(what_if: WhatIf) -> np.ndarray:
    """(hazards, communities) bool: the hazard closes a move within the community's free reach, or covers its start."""
    met = np.zeros((what_if.hazards, len(what_if.starts)), bool)
    walker = Walker(what_if, what_if.reach_clock, is_closed=False)
    for row in np.flatnonzero(what_if.starts >= 0):
        walker.walk([int(what_if.starts[row])], towards=False)
        met[walker.met(), row] = True
        met[list(what_if.coverers[row]), row] = True
    return met


def _hazards_met_within(what_if: WhatIf, row: int, clock: Clock) -> np.ndarray:
    walker = Walker(what_if, clock, is_closed=False)
    walker.walk([int(what_if.starts[row])], towards=False)
    return walker.met()
