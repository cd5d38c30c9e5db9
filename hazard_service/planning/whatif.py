"""One situation made ready for "what if these were released?": walks kept, and repaired for each answer."""

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from hazard_service.assessment import Assessment, free_ground, place_cells, terrain_of, walk_free
from hazard_service.errors import ParameterError
from hazard_service.ground.barriers import moves_closed_by
from hazard_service.ground.closures import ways_closed_by
from hazard_service.ground.routes import standing_open
from hazard_service.impact.exposure import blocking
from hazard_service.impact.freedom import Walk
from hazard_service.impact.gains import release_gain
from hazard_service.impact.people import parts_of
from hazard_service.impact.walks import land_classes
from hazard_service.travel.closing import Closures, met_by, ready_closures, set_closed
from hazard_service.travel.grounds import Ground
from hazard_service.travel.repair import opposites, reach_change, walk_on, walk_round
from hazard_service.travel.search import LOGGED, Clock, Search, clock_of, new_search, set_sources, undo
from hazard_service.travel.spreading import spread
from hazard_service.vocabulary import LIVELIHOOD_CLASSES

# Land classes of `impact.walks.land_classes`: each livelihood class and other land, in and outside the surveyed area.
N_CLASSES = 2 * (1 + len(LIVELIHOOD_CLASSES))
# A change of reach: cells of each class, then parts of a person (0 without a population raster).
N_COUNTS = N_CLASSES + 1


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Everything one situation needs for what-ifs; rows of hazards and communities as in the assessment's frames.

    blockers: by kind, the (m,) cells of its places and the hazards that meet each; coverers: by community, the hazards
    that cover its start cell. people_parts: by cell, see `impact.people`; (0,) without a population raster.
    closed, free: the walks with every open hazard, and with none.
    """

    assessment: Assessment
    closures: Closures
    free_ground: Ground
    starts: np.ndarray
    coverers: list[frozenset[int]]
    places: dict[str, list[tuple[int, frozenset[int]]]]
    classes: np.ndarray
    people_parts: np.ndarray
    reach_clock: Clock
    service_clock: Clock
    free: Walk

    @property
    def closed(self) -> Walk:
        return self.assessment.closed

    @property
    def hazards(self) -> int:
        return len(self.closures.first) - 1


def prepare_what_if(assessment: Assessment) -> WhatIf:
    """Judge what each open hazard of an assessment closes alone."""
    programme, settings = assessment.situation.programme, assessment.situation.programme.settings
    terrain, free = terrain_of(programme), free_ground(programme).prepared.ground
    graph = terrain.routes
    outlines = blocking(assessment.situation.hazards)
    alone = moves_closed_by(outlines, terrain.grid, settings.moves)
    hazard = np.repeat(np.arange(len(outlines)), np.diff(alone.first))
    covering = pd.Series(hazard[alone.covers]).groupby(alone.cell[alone.covers]).agg(frozenset)
    cols = terrain.grid.cols
    parts = parts_of(terrain.people)
    starts = np.where(terrain.community_start[:, 0] < 0, -1, terrain.community_start @ np.array([cols, 1]))
    return WhatIf(
        assessment=assessment,
        closures=ready_closures(
            (alone.first, alone.cell, alone.bits),
            ways_closed_by(graph, outlines, standing_open(graph, programme.routes, assessment.situation.on)),
            graph.way_ends,
            free,
        ),
        free_ground=free,
        starts=starts,
        coverers=[covering.get(start, frozenset()) for start in starts],
        places=_blocked_places(assessment, outlines, covering),
        classes=land_classes(terrain).ravel(),
        people_parts=np.zeros(0, np.int64) if parts is None else parts.ravel(),
        reach_clock=clock_of(free, settings.reach_min),
        service_clock=clock_of(free, settings.longest_min),
        free=walk_free(programme),
    )


def _blocked_places(
    assessment: Assessment, outlines: np.ndarray, covering: pd.Series
) -> dict[str, list[tuple[int, frozenset[int]]]]:
    """By kind: each placed place's cell, and the hazards that meet the place or cover its cell."""
    programme = assessment.situation.programme
    terrain = terrain_of(programme)
    place, hazard = shapely.STRtree(outlines).query(programme.places.geometry.to_numpy(), predicate="intersects")
    kinds = programme.places["kind"].to_numpy()
    found: dict[str, list[tuple[int, frozenset[int]]]] = {
        kind: [] for kind in place_cells(programme, terrain, terrain.place_start[:, 0] >= 0)
    }
    for row in np.flatnonzero(terrain.place_start[:, 0] >= 0):
        if kinds[row] in found:
            cell = int(terrain.place_start[row] @ np.array([terrain.grid.cols, 1]))
            met = frozenset(hazard[place == row].tolist()) | covering.get(cell, frozenset())
            found[kinds[row]].append((cell, met))
    return found


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


def gain_table(what_if: WhatIf, rows: np.ndarray, standing: Walk, put_back: Walk) -> pd.DataFrame:
    """`release_gain` for communities `rows` (one may stand several times): the walks have one entry a row."""
    settings = what_if.assessment.situation.programme.settings
    return release_gain(standing, put_back, rows_of(what_if.free, rows), what_if.starts[rows] >= 0, settings)


def rows_of(walk: Walk, rows: np.ndarray) -> Walk:
    """The walk of some communities, in this order."""
    return Walk(
        reached_cells=walk.reached_cells[rows],
        minutes={kind: minutes[rows] for kind, minutes in walk.minutes.items()},
        reaches_edge=walk.reaches_edge[rows],
        outside_cells=walk.outside_cells[rows],
        livelihood_cells=None if walk.livelihood_cells is None else walk.livelihood_cells[rows],
        people_parts=None if walk.people_parts is None else walk.people_parts[rows],
    )


def changed_walk(walk: Walk, change: np.ndarray, minutes: dict[str, np.ndarray]) -> Walk:
    """A walk with (n, N_COUNTS) cells and people added to its reach and other minutes."""
    by_land = change[:, :N_CLASSES].reshape(len(change), 2, -1)
    livelihood = None if walk.livelihood_cells is None else walk.livelihood_cells + by_land.sum(axis=1)
    return Walk(
        reached_cells=walk.reached_cells + by_land.sum(axis=(1, 2)),
        minutes=minutes,
        reaches_edge=walk.reaches_edge,
        outside_cells=walk.outside_cells + by_land[:, 1].sum(axis=1),
        livelihood_cells=livelihood,
        people_parts=None if walk.people_parts is None else walk.people_parts + change[:, N_CLASSES],
    )


class Answerer:
    """Answers what-ifs of one situation, one at a time."""

    def __init__(self, what_if: WhatIf) -> None:
        self.what_if = what_if
        self._lock = threading.Lock()
        self._reach = Walker(what_if, what_if.reach_clock, is_closed=True)
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
        for turn, row in enumerate(everyone):
            if not is_stuck[turn] and self._met[hazards, row].any():
                change[turn] = self._reach_change(row, hazards)
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

    def near(self, row: int) -> np.ndarray:
        """Rows of the hazards that a community's reach, or its walks to services, can meet."""
        services = _hazards_met_within(self.what_if, row, self.what_if.service_clock)
        return np.union1d(np.flatnonzero(self._met[:, row]), services)

    def _reach_change(self, row: int, hazards: np.ndarray) -> np.ndarray:
        what_if, start = self.what_if, int(self.what_if.starts[row])
        stuck_now = bool(what_if.coverers[row])
        kept = self._reach.walk([] if stuck_now else [start], towards=False)
        self._reach.release(hazards, [start] if stuck_now else [], towards=False)
        change = self._reach.change(kept)
        self._reach.back(hazards, kept)
        return change

    def _rows(self, hazard_ids: Iterable[str]) -> np.ndarray:
        known = pd.Index(self.what_if.assessment.hazards["hazard_id"])
        ids = list(dict.fromkeys(hazard_ids))
        found = known.get_indexer(ids)
        if unknown := [one for one, row in zip(ids, found, strict=True) if row < 0]:
            listed = ", ".join(f'"{one[:40]}"' for one in unknown[:5]) + (" and more" if len(unknown) > 5 else "")
            raise ParameterError(f"Not an open hazard on {self.what_if.assessment.situation.on}: {listed}.")
        return np.asarray(found, np.int64)


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


def open_cells(what_if: WhatIf, kind: str, released: frozenset[int]) -> set[int]:
    """Cells of the places of a kind that no hazard but the released ones meets."""
    return {cell for cell, blockers in what_if.places[kind] if not blockers - released}


def opened_places(what_if: WhatIf, kind: str, hazards: np.ndarray, released: frozenset[int]) -> set[int]:
    """Cells of the places of a kind that these releases open."""
    own = frozenset(hazards.tolist())
    return {cell for cell, blockers in what_if.places[kind] if blockers & own and not blockers - released}


def lost_places(what_if: WhatIf, kind: str, hazard: int) -> set[int]:
    """Cells without a place of a kind where this hazard stands alone."""
    places = what_if.places[kind]
    kept = {cell for cell, blockers in places if hazard not in blockers}
    return {cell for cell, blockers in places if hazard in blockers} - kept


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
