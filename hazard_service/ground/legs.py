"""Recorded lines cut into legs no longer than a cell, joined where they share a point."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

# Points of lines that round to the same millimetre are one point: there roads join.
MERGE_M = 0.001

# A cut this near to a recorded vertex is made at the vertex: interpolation is good to a thousandth of this.
_ROUNDING_M = 1e-6

_LINES = (1, 2)
_MULTI = 4


@dataclass(frozen=True, eq=False)
class Legs:
    """Lines cut into legs: nodes, and what runs between two of them.

    `node_xy`: (nodes, 2) m. `ends`: (legs, 2) int64 nodes. `length_m`: (legs,). `line`: (legs,) LineStrings with the
    recorded vertices they pass, from node to node. `row`: (legs,) int64, the geometry each was cut from.
    `segment_xy`: (segments, 4), both ends of every recorded segment, never interpolated; leg i runs on
    `segments[i, 0]` up to and without `segments[i, 1]`.
    """

    node_xy: NDArray[np.float64]
    ends: NDArray[np.int64]
    length_m: NDArray[np.float64]
    line: NDArray[Any]
    row: NDArray[np.int64]
    segment_xy: NDArray[np.float64]
    segments: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Paths:
    """Lines between the points where they end or share a vertex, each in one direction whichever way it was drawn."""

    place: NDArray[np.int64]  # (vertices,) row of place_xy
    along_m: NDArray[np.float64]  # (vertices,) from the path's first vertex
    path: NDArray[np.int64]  # (vertices,) ascending
    row: NDArray[np.int64]  # (paths,) the geometry it comes from
    place_xy: NDArray[np.float64]  # (places, 2) in ascending order

    @property
    def first(self) -> NDArray[np.int64]:
        """(paths + 1,) vertices first[i]:first[i + 1] belong to path i."""
        return np.searchsorted(self.path, np.arange(len(self.row) + 1)).astype(np.int64)


def cut_lines(geometries: Iterable[BaseGeometry | None], step_m: float) -> Legs:
    """Cut lines into legs of at most `step_m`: equal ones between two points where lines end or share a vertex.

    Lines that cross without a shared vertex are not joined there: one may be a bridge over the other. None, empty
    geometries, parts that are no lines and lines without length are left out.
    """
    paths = _paths(geometries)
    first = paths.first
    start, end = first[:-1], first[1:] - 1
    total_m = paths.along_m[end]
    count = np.maximum(np.ceil(total_m / step_m), 1.0).astype(np.int64)
    leg_first = np.concatenate([[0], np.cumsum(count)])
    cut_path = np.repeat(np.arange(len(count)), count - 1)
    cut_rank = np.arange(len(cut_path)) - np.repeat(np.cumsum(count - 1) - (count - 1), count - 1) + 1
    cut_m = cut_rank * (total_m / count)[cut_path]

    points = _merged(paths, cut_path, cut_m)
    place, node = np.unique(np.concatenate([paths.place[start], paths.place[end]]), return_inverse=True)
    ends = np.empty((leg_first[-1], 2), dtype=np.int64)
    ends[leg_first[:-1], 0], ends[leg_first[1:] - 1, 1] = node[: len(start)], node[len(start) :]
    leg = leg_first[cut_path] + cut_rank
    ends[leg, 0] = ends[leg - 1, 1] = len(place) + np.arange(len(cut_path))

    inner = paths.path[1:] == paths.path[:-1]
    xy = paths.place_xy[paths.place]
    return Legs(
        node_xy=np.vstack([paths.place_xy[place], points.xy[points.is_cut]]),
        ends=ends,
        length_m=np.repeat(total_m / count, count),
        line=points.lines(),
        row=np.repeat(paths.row, count),
        segment_xy=np.hstack([xy[:-1][inner], xy[1:][inner]]),
        segments=points.segments(),
    )


@dataclass(frozen=True, eq=False)
class _Points:
    """Vertices and cuts of all paths in the order one meets them, and the pieces of positive length between them."""

    xy: NDArray[np.float64]
    is_cut: NDArray[np.bool_]
    piece: NDArray[np.int64]  # (pieces,) the point each begins at; it ends at the next
    leg: NDArray[np.int64]  # (pieces,) ascending
    segment: NDArray[np.int64]  # (pieces,) the recorded segment it lies on

    def lines(self) -> NDArray[Any]:
        """(legs,) LineStrings."""
        last = self._last()
        coordinates = np.empty((len(self.piece) + len(last), 2))
        owner = np.empty(len(coordinates), dtype=np.int64)
        starts, ends = np.arange(len(self.piece)) + self.leg, last + np.arange(len(last)) + 1
        coordinates[starts], owner[starts] = self.xy[self.piece], self.leg
        coordinates[ends], owner[ends] = self.xy[self.piece[last] + 1], np.arange(len(last))
        return np.asarray(shapely.linestrings(coordinates, indices=owner), dtype=object)

    def segments(self) -> NDArray[np.int64]:
        """(legs, 2) first segment of each leg, and the one after its last."""
        last = self._last()
        first = np.concatenate([[0], last[:-1] + 1]).astype(np.int64)[: len(last)]
        return np.stack([self.segment[first], self.segment[last] + 1], axis=1)

    def _last(self) -> NDArray[np.int64]:
        return np.flatnonzero(np.diff(self.leg, append=-1))


def _merged(paths: _Paths, cut_path: NDArray[np.int64], cut_m: NDArray[np.float64]) -> _Points:
    """Cuts put among the vertices. Every path has a vertex before and one after each of its cuts."""
    path = np.concatenate([paths.path, cut_path])
    along_m = np.concatenate([paths.along_m, cut_m])
    is_cut = np.arange(len(path)) >= len(paths.path)
    order = np.lexsort((is_cut, along_m, path))
    path, along_m, is_cut = path[order], along_m[order], is_cut[order]
    before = np.cumsum(~is_cut) - 1

    xy = paths.place_xy[paths.place[before]]
    here, ahead = before[is_cut], before[is_cut] + 1
    reach_m, gap_m = along_m[is_cut] - paths.along_m[here], paths.along_m[ahead] - paths.along_m[here]
    share = np.where(reach_m < _ROUNDING_M, 0.0, np.where(gap_m - reach_m < _ROUNDING_M, 1.0, reach_m / gap_m))
    there = paths.place_xy[paths.place[ahead]]
    between = xy[is_cut] + share[:, None] * (there - xy[is_cut])
    # Not by arithmetic: a + (b - a) need not be b.
    xy[is_cut] = np.where(share[:, None] == 1.0, there, between)
    along_m[is_cut] = np.where(
        share == 0.0, paths.along_m[here], np.where(share == 1.0, paths.along_m[ahead], along_m[is_cut])
    )
    piece = np.flatnonzero((path[1:] == path[:-1]) & (along_m[1:] > along_m[:-1]))
    return _Points(xy, is_cut, piece, path[piece] + np.cumsum(is_cut)[piece], before[piece] - path[piece])


def _paths(geometries: Iterable[BaseGeometry | None]) -> _Paths:
    lines, row = _lines_of(geometries)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    place, place_xy = _places(xy)
    moved = np.concatenate([[True], (line[1:] != line[:-1]) | (place[1:] != place[:-1])])[: len(line)]
    place, line = place[moved], line[moved]
    has_length = (np.bincount(line, minlength=len(lines)) > 1)[line]
    place, line = place[has_length], line[has_length]

    changes = line[1:] != line[:-1]
    is_end = np.concatenate([[True], changes])[: len(line)] | np.concatenate([changes, [True]])[: len(line)]
    kept = np.flatnonzero(is_end | (np.bincount(place)[place] > 1))
    same = line[kept[1:]] == line[kept[:-1]]
    start, end = kept[:-1][same], kept[1:][same]

    # One direction whichever way a line was drawn, so that its nodes fall on the same doubles.
    loop = place[start] == place[end]
    backward = np.where(loop, place[end - 1] < place[start + 1], place[end] < place[start])
    size = end - start + 1
    path = np.repeat(np.arange(len(size)), size)
    step = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    place = place[np.where(backward[path], end[path] - step, start[path] + step)]
    return _Paths(place, _along(place_xy[place], path), path, row[line[start]], place_xy)


def _lines_of(geometries: Iterable[BaseGeometry | None]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Simple lines, and the position of the geometry each is part of."""
    parts = np.array(list(geometries), dtype=object)
    row = np.arange(len(parts))
    while (shapely.get_type_id(parts) >= _MULTI).any():
        parts, part = shapely.get_parts(parts, return_index=True)
        row = row[part]
    is_line = np.isin(shapely.get_type_id(parts), _LINES) & ~shapely.is_empty(parts)
    return parts[is_line], row[is_line]


def _places(xy: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The place of each point, and one point for each place: of those in its millimetre the least, as recorded."""
    millimetre = np.round(xy / MERGE_M)
    order = np.lexsort((xy[:, 1], xy[:, 0], millimetre[:, 1], millimetre[:, 0]))
    ranked = millimetre[order]
    is_new = np.concatenate([[True], (ranked[1:] != ranked[:-1]).any(axis=1)])[: len(xy)]
    place = np.empty(len(xy), dtype=np.int64)
    place[order] = np.cumsum(is_new) - 1
    return place, xy[order][is_new]


@njit(cache=True)
def _along(xy, path):  # type: ignore[no-untyped-def]
    """Metres along its path to each vertex. Summed path by path, so that no other path adds to the rounding."""
    along_m = np.zeros(len(xy))
    for i in range(1, len(xy)):
        if path[i] == path[i - 1]:
            along_m[i] = along_m[i - 1] + math.hypot(xy[i, 0] - xy[i - 1, 0], xy[i, 1] - xy[i - 1, 1])
    return along_m
