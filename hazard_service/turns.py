"""The walks over many grounds, each made from the one before: what did not change is not walked again.

The answers are those of `walked.walk_outlines`, to the last digit.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import shapely

from hazard_service.ground.closures import ways_closed_by
from hazard_service.ground.routes import standing_open
from hazard_service.impact.freedom import Walk
from hazard_service.impact.people import parts_of
from hazard_service.impact.walks import N_CLASSES, edge_cells, land_classes, walk_of
from hazard_service.layers import Programme
from hazard_service.pieces import Pieces, Ways, pieces_of, start_vertices
from hazard_service.repaired import Walker
from hazard_service.travel import Counter, Prepared
from hazard_service.travel.grounds import Ground
from hazard_service.travel.kernel import processors
from hazard_service.travel.marks import marks_at, marks_of
from hazard_service.travel.search import clock_of, flood
from hazard_service.walked import free_ground, terrain_of


@dataclass(frozen=True, eq=False)
class Turn:
    """One ground to walk over: outlines ((m,) geometries in the grid's CRS), and the date its routes are in use on.

    `rows`: the communities that are asked for. `way_out`: whether `reaches_edge` is; if not, it reads True.
    """

    outlines: np.ndarray
    on: date | None
    rows: np.ndarray
    way_out: bool = False


@dataclass(frozen=True, eq=False)
class Turned:
    """The walk of the communities that a turn asked for, and which of all ((n,) bool) changed since the turn before.

    Not changed: nothing within the community's free reach opened or closed. In the first turn all have changed.
    """

    walk: Walk
    changed: np.ndarray


def walks_in_turn(programme: Programme, turns: Sequence[Turn]) -> list[Turned]:
    """The walk of each turn, in their order: quick where little changes from one turn to the next."""
    if not turns:
        return []
    pieces, stands = _pieces(programme, turns)
    stuck = _stuck(programme, pieces, stands)
    with ThreadPoolExecutor(processors()) as pool:  # the walks hold no interpreter lock
        services = {kind: pool.submit(_minutes, programme, pieces, stands, kind) for kind in pieces.places}
        reach = pool.submit(_reach, programme, pieces, stands, turns, stuck)
        joined = pool.submit(_joined_to_edge, programme, pieces, stands, turns)
        minutes = {kind: np.where(stuck, np.float32(np.inf), task.result()) for kind, task in services.items()}
        counts, changed = reach.result()
        out = joined.result()
    terrain = terrain_of(programme)
    return [
        Turned(
            walk_of(
                counts[at],
                {kind: values[at, turn.rows] for kind, values in minutes.items()},
                ~stuck[at, turn.rows] & out[at, turn.rows] if turn.way_out else np.ones(len(turn.rows), dtype=bool),
                terrain,
            ),
            changed[at],
        )
        for at, turn in enumerate(turns)
    ]


def _pieces(programme: Programme, turns: Sequence[Turn]) -> tuple[Pieces, np.ndarray]:
    """Every different outline of the turns, and which stand in each turn, (turns, pieces) bool.

    An outline that closes other ways on another date, because a route came into use, is a piece of its own.
    """
    graph = terrain_of(programme).routes
    every = np.concatenate([turn.outlines for turn in turns])
    codes, _ = pd.factorize(np.asarray(shapely.to_wkb(every), dtype=object))
    _, first_at = np.unique(codes, return_index=True)
    outlines = every[first_at]
    first, way = ways_closed_by(graph, outlines, np.zeros(graph.legs, dtype=bool))
    number: dict[tuple[int, bytes], int] = {}
    of_outline: list[int] = []
    shut: list[np.ndarray] = []
    standing = []
    for turn, own in zip(turns, np.split(codes, np.cumsum([len(turn.outlines) for turn in turns])[:-1]), strict=True):
        in_use = np.zeros(len(graph.way_ends), dtype=bool)
        in_use[: graph.legs] = standing_open(graph, programme.routes, turn.on)
        stands = []
        for outline in np.unique(own):
            closes = way[first[outline] : first[outline + 1]]
            closes = closes[~in_use[closes]]
            key = (int(outline), closes.tobytes())
            if key not in number:
                number[key] = len(of_outline)
                of_outline.append(int(outline))
                shut.append(closes)
            stands.append(number[key])
        standing.append(stands)
    ways: Ways = (
        np.cumsum([0, *(len(one) for one in shut)]).astype(np.int64),
        np.concatenate([np.zeros(0, np.int64), *shut]),
    )
    stands_at = np.zeros((len(turns), len(of_outline)), dtype=bool)
    for at, stands in enumerate(standing):
        stands_at[at, stands] = True
    return pieces_of(programme, outlines[np.array(of_outline, dtype=np.int64)], ways), stands_at


def _stuck(programme: Programme, pieces: Pieces, stands: np.ndarray) -> np.ndarray:
    """(turns, communities) bool: no start cell, or a piece that stands covers it."""
    stuck = np.tile(start_vertices(programme) < 0, (len(stands), 1))
    for row, coverers in enumerate(pieces.coverers):
        stuck[:, row] |= stands[:, list(coverers)].any(axis=1)
    return stuck


def _minutes(programme: Programme, pieces: Pieces, stands: np.ndarray, kind: str) -> np.ndarray:
    """(turns, communities) float32 minutes to the nearest place of a kind: one surface, repaired from turn to turn."""
    free, starts = free_ground(programme).prepared.ground, start_vertices(programme)
    walker = Walker(free, pieces.closures, clock_of(free, programme.settings.longest_min), stands[0])
    without_start = starts < 0

    def sources(at: int) -> set[int]:
        return {cell for cell, blockers in pieces.places[kind] if not stands[at, list(blockers)].any()}

    before = sources(0)
    walker.walk(before, towards=True)
    found = [walker.minutes_at(starts, without_start)]
    for at in range(1, len(stands)):
        now = sources(at)
        walker.turn(np.flatnonzero(stands[at - 1] != stands[at]), before - now, now - before, towards=True)
        found.append(walker.minutes_at(starts, without_start))
        before = now
    return np.array(found)


def _reach(
    programme: Programme, pieces: Pieces, stands: np.ndarray, turns: Sequence[Turn], stuck: np.ndarray
) -> tuple[list[np.ndarray], np.ndarray]:
    """(by turn, counts of the rows it asks for; (turns, communities) bool: changed since the turn before)."""
    terrain = terrain_of(programme)
    free, shape = free_ground(programme).prepared
    ground = Walker(free, pieces.closures, clock_of(free, 0.0), stands[0])
    amounts = parts_of(terrain.people)
    counter = Counter(
        Prepared(ground.ground, shape),
        land_classes(terrain),
        limit_min=programme.settings.reach_min,
        n_classes=N_CLASSES,
        amounts=amounts,
    )
    changed = _changed(programme, pieces, stands)
    is_old = np.ones(stuck.shape[1], dtype=bool)  # not counted since something in its reach changed
    counts = np.zeros((stuck.shape[1], N_CLASSES + (amounts is not None)), np.int64)
    found = []
    for at, turn in enumerate(turns):
        if at > 0:
            ground.toggle(np.flatnonzero(stands[at] != stands[at - 1]))
        is_old |= changed[at]
        again = turn.rows[is_old[turn.rows]]
        counts[again] = counter.count(np.where(stuck[at, again, None], -1, terrain.community_start[again]))
        is_old[again] = False
        found.append(counts[turn.rows])
    return found, changed


def _changed(programme: Programme, pieces: Pieces, stands: np.ndarray) -> np.ndarray:
    """(turns, communities) bool: something changed within the community's free reach; in the first turn all did."""
    free, starts = free_ground(programme).prepared.ground, start_vertices(programme)
    clock = clock_of(free, programme.settings.reach_min)
    marks = marks_of(_changes(free, pieces, stands), len(free.open_moves))
    changed = np.ones((len(stands), len(starts)), dtype=bool)
    rows = iter(np.flatnonzero(starts >= 0).tolist())

    def work() -> None:
        walker = Walker(free, pieces.closures, clock, np.zeros(stands.shape[1], dtype=bool))
        while (row := next(rows, None)) is not None:
            walker.walk([int(starts[row])], towards=False)
            changed[1:, row] = marks_at(marks, walker.reached())

    workers = processors()
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work) for _ in range(workers)]:
            done.result()
    return changed


def _changes(free: Ground, pieces: Pieces, stands: np.ndarray) -> list[np.ndarray]:
    """By turn from the second on, the vertices where a move or way opened or closed, or hazard ground came or went."""
    ground = Walker(free, pieces.closures, clock_of(free, 0.0), stands[0])
    covers = np.zeros(len(free.min_per_m), np.int32)  # pieces over each cell
    first, cells = pieces.covered_first, pieces.covered
    for piece in np.flatnonzero(stands[0]):
        covers[cells[first[piece] : first[piece + 1]]] += 1
    found = []
    for before, now in pairwise(stands):
        moved = np.flatnonzero(before != now)
        changed = ground.toggle(moved)
        under = np.unique(np.concatenate([np.zeros(0, np.int64), *(cells[first[p] : first[p + 1]] for p in moved)]))
        was_covered = covers[under] > 0
        for piece in moved:
            covers[cells[first[piece] : first[piece + 1]]] += 1 if now[piece] else -1
        came_or_went = under[was_covered != (covers[under] > 0)]
        found.append(np.unique(np.concatenate([changed.cells, changed.ends.ravel(), came_or_went])))
    return found


def _joined_to_edge(programme: Programme, pieces: Pieces, stands: np.ndarray, turns: Sequence[Turn]) -> np.ndarray:
    """(turns, communities) bool: the piece of ground that holds the start reaches the grid's edge, where asked for."""
    free, starts = free_ground(programme).prepared.ground, start_vertices(programme)
    joined = np.ones((len(stands), len(starts)), dtype=bool)
    asked = [at for at, turn in enumerate(turns) if turn.way_out]
    ground = Walker(free, pieces.closures, clock_of(free, 0.0), np.zeros(stands.shape[1], dtype=bool))
    # Nobody leaves an edge cell that a hazard covers, so that it joins nothing.
    edge = edge_cells(free_ground(programme)) @ np.array([terrain_of(programme).grid.cols, 1])
    for at in asked:
        ground.toggle(np.flatnonzero(ground.is_closed != stands[at]))
        joined[at] = flood(ground.ground, edge)[starts]
    return joined
