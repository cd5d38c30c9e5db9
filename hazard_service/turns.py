"""The walks over many grounds, each made from the one before: what did not change is not walked again.

The answers are those of `walked.walk_outlines`, to the last digit.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely

from hazard_service.ground.closures import ways_closed_by
from hazard_service.ground.routes import standing_open
from hazard_service.impact.freedom import Walk
from hazard_service.impact.walks import N_CLASSES, edge_cells, flat_land, walk_of
from hazard_service.layers import Programme
from hazard_service.pieces import Pieces, Ways, pieces_of, start_vertices
from hazard_service.repaired import Walker
from hazard_service.travel.kernel import processors
from hazard_service.travel.marks import Marks, count_marked, marks_at, marks_of
from hazard_service.travel.repair import reach_change
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
    """The walk of the n communities that a turn asked for.

    hazard_cells: (n,) int64 cells of each free reach that the turn's outlines cover.
    """

    walk: Walk
    hazard_cells: np.ndarray


def walks_in_turn(programme: Programme, turns: Sequence[Turn]) -> list[Turned]:
    """The walk of each turn, in their order: quick where little changes from one turn to the next."""
    if not turns:
        return []
    pieces, stands = _pieces(programme, turns)
    stuck = _stuck(programme, pieces, stands)
    with ThreadPoolExecutor(processors()) as pool:  # the walks hold no interpreter lock
        services = {kind: pool.submit(_minutes, programme, pieces, stands, kind) for kind in pieces.places}
        joined = pool.submit(_joined_to_edge, programme, pieces, stands, turns)
        minutes = {kind: np.where(stuck, np.float32(np.inf), task.result()) for kind, task in services.items()}
        out = joined.result()
    counts, covered = _reach(programme, pieces, stands, turns)
    counts[stuck] = 0
    terrain = terrain_of(programme)
    return [
        Turned(
            walk_of(
                counts[at, turn.rows],
                {kind: values[at, turn.rows] for kind, values in minutes.items()},
                ~stuck[at, turn.rows] & out[at, turn.rows] if turn.way_out else np.ones(len(turn.rows), dtype=bool),
                terrain,
            ),
            covered[at, turn.rows],
        )
        for at, turn in enumerate(turns)
    ]


def _pieces(programme: Programme, turns: Sequence[Turn]) -> tuple[Pieces, np.ndarray]:
    """Every different outline of the turns, and which stand in each turn, (turns, pieces) bool.

    An outline that closes other ways on another date, because a route came into use, is a piece of its own.
    """
    graph = terrain_of(programme).routes
    outlines, of_turn = _distinct_outlines(turns)
    first, way = ways_closed_by(graph, outlines, np.zeros(graph.legs, dtype=bool))
    number: dict[tuple[int, bytes], int] = {}
    of_outline: list[int] = []
    shut: list[np.ndarray] = []
    standing = []
    for turn, own in zip(turns, of_turn, strict=True):
        in_use = np.zeros(len(graph.way_ends), dtype=bool)
        in_use[: graph.legs] = standing_open(graph, programme.routes, turn.on)
        stands = []
        for outline in own:
            closes = way[first[outline] : first[outline + 1]]
            closes = closes[~in_use[closes]]
            key = (outline, closes.tobytes())
            if key not in number:
                number[key] = len(of_outline)
                of_outline.append(outline)
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


def _distinct_outlines(turns: Sequence[Turn]) -> tuple[np.ndarray, list[list[int]]]:
    """(every different outline of the turns, which of them each turn has)."""
    number: dict[bytes, int] = {}  # turn by turn: the outlines of all turns at once would be many times as many
    of_turn = [{number.setdefault(own, len(number)) for own in shapely.to_wkb(turn.outlines)} for turn in turns]
    return shapely.from_wkb(list(number)), [sorted(own) for own in of_turn]


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
    programme: Programme, pieces: Pieces, stands: np.ndarray, turns: Sequence[Turn]
) -> tuple[np.ndarray, np.ndarray]:
    """((turns, communities, N_CLASSES + 1) cells and people reached; (turns, communities) covered cells in free reach).

    Of the communities that each turn asks for; others read 0.
    """
    free, starts = free_ground(programme).prepared.ground, start_vertices(programme)
    clock, marks = clock_of(free, programme.settings.reach_min), _marks(pieces, len(free.open_moves))
    land = flat_land(terrain_of(programme))
    asked = np.zeros((len(turns), len(starts)), dtype=bool)
    for at, turn in enumerate(turns):
        asked[at, turn.rows] = starts[turn.rows] >= 0
    counts, covered = np.zeros((*asked.shape, N_CLASSES + 1), np.int64), np.zeros(asked.shape, np.int64)
    rows = iter(np.flatnonzero(asked.any(axis=0)).tolist())

    def work() -> None:
        walker = Walker(free, pieces.closures, clock, np.zeros(stands.shape[1], dtype=bool))
        while (row := next(rows, None)) is not None:
            at = np.flatnonzero(asked[:, row])
            counts[at, row], covered[at, row] = _reach_of(walker, int(starts[row]), stands[at], marks, land)

    workers = processors()
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work) for _ in range(workers)]:
            done.result()
    return counts, covered


def _reach_of(
    walker: Walker, start: int, stands: np.ndarray, marks: tuple[Marks, Marks], land: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """`_reach` of one community: its walk over free ground, repaired for each other set of pieces within that reach."""
    (closing, covering), (classes, parts) = marks, land
    kept = walker.walk([start], towards=False)
    reached = walker.reached()
    near = np.flatnonzero(marks_at(closing, reached))
    known: dict[bytes, tuple[np.ndarray, int]] = {}
    found = []
    for now in stands[:, near]:
        if (standing := now.tobytes()) not in known:
            walker.turn(near[now != walker.is_closed[near]], (), (), towards=False, kept=kept)
            reach = reach_change(walker.search, 0, walker.clock.limit, classes, N_CLASSES, parts)
            known[standing] = reach, count_marked(covering, walker.is_closed, reached)
        found.append(known[standing])
    walker.toggle(near[walker.is_closed[near]])
    return np.array([reach for reach, _ in found]), np.array([covered for _, covered in found])


def _marks(pieces: Pieces, vertices: int) -> tuple[Marks, Marks]:
    """The pieces that close a move or way at each vertex, and those that cover it."""
    closures = pieces.closures
    cells = np.split(closures.cell[closures.slot], closures.first[1:-1])
    ends = np.split(closures.way_ends[closures.way], closures.first_way[1:-1])
    closing = [np.concatenate([own, *both.T]) for own, both in zip(cells, ends, strict=True)]
    return marks_of(closing, vertices), marks_of(np.split(pieces.covered, pieces.covered_first[1:-1]), vertices)


def _joined_to_edge(programme: Programme, pieces: Pieces, stands: np.ndarray, turns: Sequence[Turn]) -> np.ndarray:
    """(turns, communities) bool: the piece of ground that holds the start reaches the grid's edge, where asked for.

    Whatever is joined with every piece closed is so in each turn; the others are looked for from there.
    """
    free, starts, closures = free_ground(programme).prepared.ground, start_vertices(programme), pieces.closures
    joined = np.ones((len(stands), len(starts)), dtype=bool)
    ground = Walker(free, closures, clock_of(free, 0.0), np.ones(stands.shape[1], dtype=bool))
    # Nobody leaves an edge cell that a hazard covers, so that it joins nothing.
    edge = edge_cells(free_ground(programme)) @ np.array([terrain_of(programme).grid.cols, 1])
    always = np.zeros(len(free.open_moves), dtype=bool)
    flood(ground.ground, edge, always)
    touched = np.unique(np.concatenate([closures.cell, closures.way_ends[closures.way].ravel()]))
    beside = touched[always[touched]]
    for at in [at for at, turn in enumerate(turns) if turn.way_out]:
        ground.toggle(np.flatnonzero(ground.is_closed != stands[at]))
        now = always.copy()
        flood(ground.ground, beside, now)
        joined[at] = now[starts]
    return joined
