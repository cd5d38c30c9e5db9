"""One ground walked: reach, minutes to services, and a way out, for every community."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hazard_service.impact.freedom import Walk
from hazard_service.settings import Settings
from hazard_service.travel import Prepared, prepared_count, prepared_joined, prepared_minutes

# Bits of the class raster that reach is counted by.
_IN_HAZARD, _OUTSIDE_SURVEY = 1, 2


@dataclass(frozen=True, eq=False)
class Ground:
    """What a walker sees: prepared ground, and which cell centres lie in an open hazard ((rows, cols) bool)."""

    prepared: Prepared
    covered: np.ndarray

    @property
    def walkable(self) -> np.ndarray:
        """(rows, cols) bool."""
        return np.isfinite(self.prepared.ground.min_per_m).reshape(self.prepared.shape)


def walk(ground: Ground, starts: np.ndarray, places: Mapping[str, np.ndarray], settings: Settings) -> Walk:
    """Walk over one ground from and to every community.

    starts: (n, 2) start cells, -1 = none; places: (m, 2) cells of the usable places of each kind. A community
    whose start cell a hazard covers reaches nothing.
    """
    stuck = _covered_at(ground, starts) | (starts[:, 0] < 0)
    reached = reached_by_class(ground, starts, np.zeros(ground.prepared.shape, np.uint8), settings).sum(axis=1)
    minutes = {}
    for kind, cells in places.items():
        surface = service_minutes(ground, cells, settings)
        minutes[kind] = np.where(stuck, np.float32(np.inf), surface[starts[:, 0], starts[:, 1]])
    way_out = prepared_joined(ground.prepared, _edge_cells(ground))
    return Walk(reached, minutes, ~stuck & way_out[starts[:, 0], starts[:, 1]])


def service_minutes(ground: Ground, cells: np.ndarray, settings: Settings) -> np.ndarray:
    """(rows, cols) float32 minutes from each cell to the nearest of `cells`, (m, 2) rows and columns of places.

    inf beyond the longest standard, and where no place can be reached. A place whose cell a hazard covers is left out.
    """
    return _minutes(ground, cells[~_covered_at(ground, cells)], limit_min=settings.longest_min)


def reached_by_class(ground: Ground, starts: np.ndarray, classes: np.ndarray, settings: Settings) -> np.ndarray:
    """(n, 4) int64 cells within the reach time of each start, by class 0..3; none from a covered start."""
    moving = np.where(_covered_at(ground, starts)[:, None], -1, starts)
    return prepared_count(ground.prepared, moving, classes, limit_min=settings.reach_min, n_classes=4)


def free_reach_shares(
    free: Ground, starts: np.ndarray, in_hazard: np.ndarray, surveyed: np.ndarray, settings: Settings
) -> tuple[np.ndarray, np.ndarray]:
    """(n,) shares of each free reach that is hazard itself, and that lies outside the surveyed area; NaN = no reach."""
    classes = (in_hazard * _IN_HAZARD + ~surveyed * _OUTSIDE_SURVEY).astype(np.uint8)
    cells = reached_by_class(free, starts, classes, settings)
    total = cells.sum(axis=1)
    hazard, outside = cells[:, [1, 3]].sum(axis=1), cells[:, [2, 3]].sum(axis=1)
    nothing = np.full(len(total), np.nan)
    return (
        np.divide(hazard, total, out=nothing.copy(), where=total > 0),
        np.divide(outside, total, out=nothing, where=total > 0),
    )


def _minutes(ground: Ground, cells: np.ndarray, *, limit_min: float) -> np.ndarray:
    """(rows, cols) minutes to the nearest of `cells`."""
    return prepared_minutes(ground.prepared, cells, limit_min=limit_min, towards_sources=True)


def _covered_at(ground: Ground, cells: np.ndarray) -> np.ndarray:
    return np.asarray(ground.covered[cells[:, 0], cells[:, 1]] & (cells[:, 0] >= 0))


def _edge_cells(ground: Ground) -> np.ndarray:
    """Walkable cells on the grid's edge that no hazard covers."""
    edge = np.zeros(ground.prepared.shape, dtype=bool)
    edge[[0, -1], :] = True
    edge[:, [0, -1]] = True
    return np.argwhere(edge & ground.walkable & ~ground.covered)
