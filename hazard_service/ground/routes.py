"""Recorded routes as a graph of their own, joined to the walking grid by short straight links.

A walker moves from cell to cell, along a route from node to node, and between a node and the cells around it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from hazard_service.ground.friction import minutes_per_metre
from hazard_service.ground.grid import Grid
from hazard_service.ground.legs import MERGE_M, Legs, cut_lines
from hazard_service.settings import Settings
from hazard_service.travel.costs import there_and_back
from hazard_service.travel.grounds import Ways, ready_ways

# A node this near to the border of two cells lies in both: interpolation is good to a thousandth of this.
_BORDER_M = 1e-6

# The cells whose centres surround a node, as (row, column) of a block of two by two.
_BLOCK = ((0, 0), (0, 1), (1, 0), (1, 1))


@dataclass(frozen=True, eq=False)
class RouteGraph:
    """Ways beside the moves of the grid.

    Vertices: cells 0..cells-1 of the grid, row-major, then node i is vertex cells + i. Ways: first the legs along
    routes, then the links between a node (first end) and a cell (second end), node by node.

    `node_xy`: (nodes, 2) float64, m. `way_ends`: (ways, 2) int64 vertices. `way_min`: (ways,) float64 minutes on the
    level. `ways`: the same made ready for walking, all open, over the slope of the ground. `legs`: ways[:legs] are
    legs. `leg_route`: (legs,) int64, row of the routes frame. `leg_line`: (legs,) LineStrings, bent where the route is.
    `segment_xy`: (segments, 4) m, both ends of the routes' recorded segments; leg i runs on `leg_segments[i, 0]` up to
    and without `leg_segments[i, 1]`.
    """

    grid: Grid
    node_xy: NDArray[np.float64]
    way_ends: NDArray[np.int64]
    way_min: NDArray[np.float64]
    ways: Ways
    legs: int
    leg_route: NDArray[np.int64]
    leg_line: NDArray[Any]
    segment_xy: NDArray[np.float64]
    leg_segments: NDArray[np.int64]

    @property
    def cells(self) -> int:
        """Vertices that are cells."""
        return self.grid.rows * self.grid.cols

    def link_xy(self, links: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n, 2, 2) m: the node and the cell's centre that each of `links` joins, counted from the first link."""
        node, cell = self.way_ends[self.legs + links].T
        x, y = self.grid.centre_xy(cell // self.grid.cols, cell % self.grid.cols)
        return np.stack([self.node_xy[node - self.cells], np.stack([x, y], axis=1)], axis=1)


def route_graph(
    routes: GeoDataFrame,
    grid: Grid,
    min_per_m: NDArray[np.float32],
    settings: Settings,
    elevation_m: NDArray[np.float32] | None = None,
) -> RouteGraph:
    """The graph of the routes that lie on a grid.

    `routes`: lines in `grid.crs`. `min_per_m`: (rows, cols) minutes per metre off the routes, inf = not walkable.
    Legs are at most a cell long and walk at the route speed, over water too (bridges). Routes join where they share
    a vertex to the millimetre, and only there. A leg with an end off the grid is left out.

    A node is linked to each of the up to four cell centres around it whose cell, like the node's own, is walkable; a
    cell across a corner only where the whole block of four is. So no link crosses water, and a node over water has
    none: a bridge carries those who come along the route or from a node of its own on land. Minutes of a link: its
    metres in each cell at that cell's friction.

    `elevation_m`: (rows, cols), NaN = not known. A node's height is interpolated between the four centres around it;
    a way rises evenly from end to end and is level where either is not known.
    """
    legs = cut_lines(routes.geometry, grid.cell_m)
    kept, node = _on_grid(legs, grid)
    node_xy = legs.node_xy[node]
    number = np.full(len(legs.node_xy), -1)
    number[node] = np.arange(len(node))
    cells = grid.rows * grid.cols
    link_ends, link_m, link_min = _links(node_xy, grid, min_per_m)
    way_ends = np.vstack([cells + number[legs.ends[kept]], link_ends + np.array([cells, 0])])
    way_min = np.concatenate([legs.length_m[kept] * minutes_per_metre(settings.route_kmh), link_min])
    minutes = np.stack([way_min, way_min], axis=1)
    if elevation_m is not None:
        vertex_m = np.concatenate([elevation_m.ravel(), _heights(node_xy, grid, elevation_m)])
        length_m = np.maximum(np.concatenate([legs.length_m[kept], link_m]), MERGE_M)
        minutes = there_and_back(way_min, vertex_m[way_ends[:, 0]], vertex_m[way_ends[:, 1]], length_m)
    return RouteGraph(
        grid=grid,
        node_xy=node_xy,
        way_ends=way_ends,
        way_min=way_min,
        ways=ready_ways(cells, len(node_xy), way_ends, minutes),
        legs=len(kept),
        leg_route=legs.row[kept],
        leg_line=legs.line[kept],
        segment_xy=legs.segment_xy,
        leg_segments=legs.segments[kept],
    )


def standing_open(graph: RouteGraph, routes: GeoDataFrame, on: date | None) -> NDArray[np.bool_]:
    """(legs,) bool: legs of routes opened on or before a date; they stay open where they cross a hazard. None: none."""
    if on is None:
        return np.zeros(graph.legs, dtype=np.bool_)
    is_open = (routes["open_since"] <= pd.Timestamp(on)).to_numpy(dtype=bool)
    return np.asarray(is_open[graph.leg_route], dtype=np.bool_)


def _on_grid(legs: Legs, grid: Grid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Legs with both ends on the grid or its edge, and the nodes they end in, ascending."""
    x, y = legs.node_xy.T
    bottom_m, right_m = grid.top_m - grid.rows * grid.cell_m, grid.left_m + grid.cols * grid.cell_m
    inside = (x >= grid.left_m) & (x <= right_m) & (y >= bottom_m) & (y <= grid.top_m)
    kept = np.flatnonzero(inside[legs.ends].all(axis=1))
    return kept, np.unique(legs.ends[kept])


def _heights(node_xy: NDArray[np.float64], grid: Grid, elevation_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """(nodes,) m, bilinear between centres; beyond the outermost centres, theirs."""
    down = np.clip((grid.top_m - node_xy[:, 1]) / grid.cell_m - 0.5, 0, grid.rows - 1)
    right = np.clip((node_xy[:, 0] - grid.left_m) / grid.cell_m - 0.5, 0, grid.cols - 1)
    row, col = np.floor(down).astype(np.int64), np.floor(right).astype(np.int64)
    height_m = np.zeros(len(node_xy))
    for i, j in _BLOCK:
        share = np.abs(1 - i - (down - row)) * np.abs(1 - j - (right - col))
        corner_m = elevation_m[np.minimum(row + i, grid.rows - 1), np.minimum(col + j, grid.cols - 1)]
        height_m += np.where(share > 0, share * corner_m, 0.0)  # an unknown corner without a share says nothing
    return height_m.astype(np.float32)


def _links(
    node_xy: NDArray[np.float64], grid: Grid, min_per_m: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """(links, 2) node and cell, node by node, (links,) m and (links,) minutes."""
    down = (grid.top_m - node_xy[:, 1]) / grid.cell_m - 0.5
    right = (node_xy[:, 0] - grid.left_m) / grid.cell_m - 0.5
    row, col = np.floor(down).astype(np.int64), np.floor(right).astype(np.int64)
    at = np.stack([_to_border(down - row, grid.cell_m), _to_border(right - col, grid.cell_m)], axis=1)
    padded = np.pad(min_per_m.astype(np.float64), 1, constant_values=np.inf)
    block = np.stack([padded[row + 1 + i, col + 1 + j] for i, j in _BLOCK], axis=1).reshape(-1, 2, 2)

    is_open = np.stack([_may_link(at, np.isfinite(block), target) for target in _BLOCK], axis=1)
    minutes = np.stack([_link_min(at, block, target) for target in _BLOCK], axis=1)
    cell = np.stack([(row + i) * grid.cols + col + j for i, j in _BLOCK], axis=1)
    node, target = np.nonzero(is_open)
    x, y = grid.centre_xy(cell[node, target] // grid.cols, cell[node, target] % grid.cols)
    length_m = np.hypot(x - node_xy[node, 0], y - node_xy[node, 1])
    return np.stack([node, cell[node, target]], axis=1), length_m, length_m * minutes[node, target]


def _to_border(share: NDArray[np.float64], cell_m: float) -> NDArray[np.float64]:
    """Shares of the way from one centre to the next, put on the border between the two where they are as near."""
    return np.where(np.abs(share - 0.5) * cell_m <= _BORDER_M, 0.5, share)


def _may_link(at: NDArray[np.float64], walkable: NDArray[np.bool_], target: tuple[int, int]) -> NDArray[np.bool_]:
    """Whether nodes may be linked to one centre of their block. A node on a border lies in the cells on both sides."""
    may = np.zeros(len(at), dtype=np.bool_)
    for own in _BLOCK:
        is_own = ((at < 0.5) == (np.array(own) == 0)) | (at == 0.5)
        diagonal = own[0] != target[0] and own[1] != target[1]
        needed = list(_BLOCK) if diagonal else [own, target]
        may |= is_own.all(axis=1) & np.all([walkable[:, i, j] for i, j in needed], axis=0)
    return may


def _link_min(at: NDArray[np.float64], block: NDArray[np.float64], target: tuple[int, int]) -> NDArray[np.float64]:
    """Mean minutes per metre on the straight way to a centre; the share of the way in each cell weighs."""
    i, j = target
    # Share of the way after which it lies in the target's row, and in its column.
    in_row, in_col = (_border_at(at[:, axis], target[axis]) for axis in (0, 1))
    shares = {
        (1 - i, 1 - j): np.minimum(in_row, in_col),
        (1 - i, j): np.maximum(in_row - in_col, 0.0),
        (i, 1 - j): np.maximum(in_col - in_row, 0.0),
        (i, j): 1.0 - np.maximum(in_row, in_col),
    }
    total = np.zeros(len(at))
    for (row, col), share in shares.items():
        crossed = share > 0.0
        total[crossed] += share[crossed] * block[crossed, row, col]
    return total


def _border_at(start: NDArray[np.float64], end: int) -> NDArray[np.float64]:
    """Share of the way from `start` to `end` (0 or 1) at which it passes 1/2; 0 where it starts beyond."""
    beyond = (start >= 0.5) if end == 1 else (start <= 0.5)
    return np.where(beyond, 0.0, (0.5 - start) / np.where(beyond, 1.0, end - start))
