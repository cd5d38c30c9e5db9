"""The grounds of a programme, walked: free of hazards, or closed by some outlines."""

import logging
from datetime import date
from functools import lru_cache

import numpy as np
import shapely

from hazard_service.ground.barriers import Barriers, close_moves
from hazard_service.ground.closures import ways_closed_by
from hazard_service.ground.routes import standing_open
from hazard_service.ground.terrain import Terrain, prepare_terrain
from hazard_service.impact.exposure import blocking
from hazard_service.impact.freedom import Walk
from hazard_service.impact.walks import Ground, walk
from hazard_service.layers import Programme, Situation
from hazard_service.travel import Prepared, prepare
from hazard_service.vocabulary import SERVICE_KINDS

_LOG = logging.getLogger(__name__)


@lru_cache(maxsize=2)
def terrain_of(programme: Programme) -> Terrain:
    """Grid, friction and start cells: the same for every date of a programme, so made once."""
    _LOG.info("preparing the walking grid of %s", programme.name)
    return prepare_terrain(programme)


@lru_cache(maxsize=2)
def free_ground(programme: Programme) -> Ground:
    """The ground with no hazard at all."""
    return Ground(_prepared(programme, None, None), np.zeros(terrain_of(programme).grid.shape, dtype=bool))


def _prepared(programme: Programme, closed_moves: np.ndarray | None, open_ways: np.ndarray | None) -> Prepared:
    terrain = terrain_of(programme)
    ways = terrain.routes.ways
    return prepare(
        terrain.min_per_m,
        terrain.grid.cell_m,
        closed_moves=closed_moves,
        elevation_m=terrain.elevation_m,
        moves=programme.settings.moves,
        ways=ways if open_ways is None else ways._replace(is_open=open_ways),
    )


@lru_cache(maxsize=2)
def walk_free(programme: Programme) -> Walk:
    """The walk over free ground, the same on every date."""
    terrain = terrain_of(programme)
    _LOG.info("walking with no hazard at all")
    return walk(
        free_ground(programme),
        terrain.community_start,
        place_cells(programme, terrain, usable=terrain.place_start[:, 0] >= 0),
        terrain,
        programme.settings,
    )


def walk_outlines(programme: Programme, outlines: np.ndarray, on: date, rows: np.ndarray | None = None) -> Walk:
    """The walk over ground that outlines close, with the routes in use on a date; of the communities `rows` alone."""
    terrain = terrain_of(programme)
    barriers = close_moves(outlines, terrain.grid, programme.settings.moves)
    ground, places = closed_ground(programme, outlines, barriers, on)
    starts = terrain.community_start if rows is None else terrain.community_start[rows]
    return walk(ground, starts, places, terrain, programme.settings)


def walk_closed(programme: Programme, outlines: np.ndarray, barriers: Barriers, on: date | None) -> Walk:
    """As `walk_outlines`, of every community, with the barriers at hand."""
    ground, places = closed_ground(programme, outlines, barriers, on)
    terrain = terrain_of(programme)
    return walk(ground, terrain.community_start, places, terrain, programme.settings)


def closed_ground(
    programme: Programme, outlines: np.ndarray, barriers: Barriers, on: date | None
) -> tuple[Ground, dict[str, np.ndarray]]:
    """Ground that outlines close, and by service kind the (m, 2) cells of the places that can be reached there.

    `outlines`: (m,) geometries in the grid's CRS; `barriers` are theirs. A place that
    meets a hazard is no destination; a kind all of whose places do keeps its name, with no cell. Routes opened by the
    date `on` stay open where they cross a hazard; with None none does.
    """
    terrain = terrain_of(programme)
    graph = terrain.routes
    is_open = np.ones(len(graph.way_ends), dtype=bool)
    is_open[ways_closed_by(graph, outlines, standing_open(graph, programme.routes, on))[1]] = False
    usable = terrain.place_start[:, 0] >= 0
    places = programme.places.geometry.to_numpy()
    usable[shapely.STRtree(outlines).query(places, predicate="intersects")[0]] = False
    ground = Ground(_prepared(programme, barriers.closed_moves, is_open), barriers.covered)
    return ground, place_cells(programme, terrain, usable)


def place_cells(programme: Programme, terrain: Terrain, usable: np.ndarray) -> dict[str, np.ndarray]:
    """Cells of the usable places of each service kind that has a placed place at all."""
    kinds = programme.places["kind"].to_numpy()
    placed = terrain.place_start[:, 0] >= 0
    return {
        kind: terrain.place_start[usable & (kinds == kind)]
        for kind in SERVICE_KINDS
        if (placed & (kinds == kind)).any()
    }


def through_open_route(situation: Situation, barriers: Barriers, closed: Walk) -> np.ndarray:
    """(n,) bool: reach or minutes that lead over a route where a hazard crosses it, open there because it is in use."""
    programme, outlines = situation.programme, blocking(situation.hazards)
    if not routes_in_use_are_crossed(programme, outlines, situation.on):
        return np.zeros(len(programme.communities), dtype=bool)
    return lead_over_routes_in_use(closed, walk_closed(programme, outlines, barriers, None))


def routes_in_use_are_crossed(programme: Programme, outlines: np.ndarray, on: date | None) -> bool:
    """Whether a route stays open where one of the outlines crosses it."""
    graph = terrain_of(programme).routes
    in_use = standing_open(graph, programme.routes, on)
    crossed = ways_closed_by(graph, outlines, np.zeros_like(in_use))[1]
    return bool(in_use[crossed[crossed < graph.legs]].any())


def lead_over_routes_in_use(closed: Walk, without: Walk) -> np.ndarray:
    """(n,) bool: a walk that differs `without` the routes in use, open where hazards cross them."""
    differs = (closed.reached_cells != without.reached_cells) | (closed.reaches_edge != without.reaches_edge)
    for kind, minutes in closed.minutes.items():
        differs |= minutes != without.minutes[kind]
    return np.asarray(differs)
