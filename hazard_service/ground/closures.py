"""Which ways of a route graph hazards close: a road they are drawn up to stays open, one they cross does not."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hazard_service.ground.routes import RouteGraph

_POLYGON = 3
_MULTI = 4

# An area that reaches less than this over a line, from one side, lies beside it: coordinates are not better known.
BESIDE_M = 1e-6

# The lines beside a segment are this much longer at both ends, so that a wall through a vertex cuts them too.
_LONGER_M = 1.0


def ways_closed_by(
    graph: RouteGraph, outlines: Iterable[BaseGeometry | None], stays_open: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The ways each hazard closes: `first` (hazards + 1,) int64 and `way` (entries,) int64.

    Hazard h closes way[first[h]:first[h + 1]], ascending. `outlines`: geometries of any type in the grid's CRS, as
    `impact.exposure.blocking` gives them, valid; None and empty ones close nothing. `stays_open`: (legs,) bool, legs
    that no hazard closes; links are closed all the same.

    Leg: closed by an area that its recorded line enters, and not by one it only touches or runs along, to within
    BESIDE_M; closed by a line or point nearer than BESIDE_M. Where the line enters, legs that only touch the area
    are closed too.
    Link: closed by whatever it meets, outline included. Only where the road runs beside an area, its links are
    judged from BESIDE_M off the node: on the free side they stay open, though the node lies on the outline.
    """
    parts, hazard, hazards = _parts_of(outlines)
    shapely.prepare(parts)
    leg, leg_part = _legs_closed(graph, parts)
    link, link_part = _links_closed(graph, parts, leg, leg_part)
    shut = ~stays_open[leg]
    way = np.concatenate([leg[shut], graph.legs + link])
    by = hazard[np.concatenate([leg_part[shut], link_part])]
    ways = max(len(graph.way_ends), 1)
    pairs = np.unique(by * ways + way)
    return np.searchsorted(pairs // ways, np.arange(hazards + 1)).astype(np.int64), pairs % ways


def _parts_of(outlines: Iterable[BaseGeometry | None]) -> tuple[NDArray[Any], NDArray[np.int64], int]:
    """Points, lines and polygons of the hazards, the hazard of each, and the number of hazards."""
    whole = list(outlines)
    parts = np.empty(len(whole), dtype=object)
    parts[:] = whole
    hazard = np.arange(len(parts))
    while (shapely.get_type_id(parts) >= _MULTI).any():
        parts, part = shapely.get_parts(parts, return_index=True)
        hazard = hazard[part]
    there = ~(shapely.is_missing(parts) | shapely.is_empty(parts))
    return parts[there], hazard[there], len(whole)


def _legs_closed(graph: RouteGraph, parts: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(leg, part) pairs, whether or not the leg stays open."""
    west, south, east, north = shapely.bounds(graph.leg_line).reshape(-1, 4).T
    around = shapely.box(west - BESIDE_M, south - BESIDE_M, east + BESIDE_M, north + BESIDE_M)
    leg, part = shapely.STRtree(parts).query(around)
    near = shapely.dwithin(parts[part], graph.leg_line[leg], BESIDE_M)
    leg, part = leg[near], part[near]

    closed = shapely.get_type_id(parts[part]) != _POLYGON
    asked = np.flatnonzero(~closed)
    pair, segment = _spread(*graph.leg_segments[leg[asked]].T)
    questions, question = np.unique(
        np.stack([part[asked][pair], segment], axis=1).reshape(-1, 2), axis=0, return_inverse=True
    )
    entered = _enters(parts[questions[:, 0]], graph.segment_xy[questions[:, 1]])[question.ravel()]
    closed[asked[pair[entered]]] = True
    return leg[closed], part[closed]


def _enters(areas: NDArray[Any], segment_xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether recorded segments enter areas, and would so if drawn BESIDE_M further to the left or to the right."""
    start, end = segment_xy[:, :2], segment_xy[:, 2:]
    enters = np.ones(len(areas), dtype=np.bool_)
    for aside_m, longer_m in ((0.0, 0.0), (BESIDE_M, _LONGER_M), (-BESIDE_M, _LONGER_M)):
        asked = np.flatnonzero(enters)
        ahead = (end - start)[asked]
        ahead /= np.hypot(ahead[:, 0], ahead[:, 1])[:, None]
        aside = aside_m * np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
        moved = np.stack([start[asked] + aside - longer_m * ahead, end[asked] + aside + longer_m * ahead], axis=1)
        lines = np.asarray(shapely.linestrings(moved), dtype=object)
        enters[asked] = shapely.intersects(areas[asked], lines) & ~shapely.touches(areas[asked], lines)
    return enters


def _links_closed(
    graph: RouteGraph, parts: NDArray[Any], closed_leg: NDArray[np.int64], closing_part: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(link, part) pairs; links counted from the first link."""
    x, y = graph.node_xy.T
    cell_m = graph.grid.cell_m
    node, part = shapely.STRtree(parts).query(shapely.box(x - cell_m, y - cell_m, x + cell_m, y + cell_m))
    link_node = graph.way_ends[graph.legs :, 0] - graph.cells
    pair, link = _spread(np.searchsorted(link_node, node), np.searchsorted(link_node, node, side="right"))
    part = part[pair]
    met = shapely.intersects(parts[part], _straight(graph.link_xy(link)))
    link, part = link[met], part[met]

    # Beside: an area that closes none of the legs that end in the link's node. Lines and points are met or not.
    entered = (graph.way_ends[closed_leg] - graph.cells) * len(parts) + closing_part[:, None]
    beside = ~np.isin(link_node[link] * len(parts) + part, entered)
    beside &= shapely.get_type_id(parts[part]) == _POLYGON
    asked = np.flatnonzero(beside)
    ends = graph.link_xy(link[asked])
    length_m = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    share = np.minimum(BESIDE_M / np.maximum(length_m, BESIDE_M), 0.5)
    ends[:, 0] += share[:, None] * (ends[:, 1] - ends[:, 0])
    closed = np.ones(len(link), dtype=np.bool_)
    closed[asked] = shapely.intersects(parts[part[asked]], _straight(ends))
    return link[closed], part[closed]


def _straight(ends: NDArray[np.float64]) -> NDArray[Any]:
    """Lines between pairs of points, (n, 2, 2); a point where both are one, as GEOS finds no line there."""
    shapes = np.asarray(shapely.points(ends[:, 0]), dtype=object)
    long = (ends[:, 0] != ends[:, 1]).any(axis=1)
    shapes[long] = shapely.linestrings(ends[long])
    return shapes


def _spread(first: NDArray[np.int64], last: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All members of ranges first..last - 1: the range each is of, and the member."""
    size = last - first
    owner = np.repeat(np.arange(len(size)), size)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size) + first[owner]
