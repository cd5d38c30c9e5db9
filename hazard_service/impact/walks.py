"""One ground walked: reach, minutes to services, and a way out, for every community."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hazard_service.impact.freedom import Walk, share_of
from hazard_service.impact.people import parts_of
from hazard_service.settings import Settings
from hazard_service.travel import Prepared, prepared_count, prepared_joined, prepared_minutes
from hazard_service.travel.kernel import processors
from hazard_service.vocabulary import LIVELIHOOD_CLASSES

_LIVELIHOODS = 1 + len(LIVELIHOOD_CLASSES)
# Classes of `land_classes`: each livelihood class and other land, in the surveyed area and outside it.
N_CLASSES = 2 * _LIVELIHOODS


@dataclass(frozen=True, eq=False)
class Ground:
    """What a walker sees: prepared ground, and which cell centres lie in an open hazard ((rows, cols) bool)."""

    prepared: Prepared
    covered: np.ndarray

    @property
    def walkable(self) -> np.ndarray:
        """(rows, cols) bool."""
        return np.isfinite(self.prepared.ground.min_per_m).reshape(self.prepared.shape)


class Land(Protocol):
    """What reach is counted by, the same on every date.

    livelihood: (rows, cols) uint8, vocabulary.LIVELIHOOD_CLASSES from 1 on, 0 = other; None without land cover.
    people: (rows, cols) float64 people per cell; None without a population raster. surveyed: (rows, cols) bool.
    """

    @property
    def livelihood(self) -> np.ndarray | None: ...
    @property
    def people(self) -> np.ndarray | None: ...
    @property
    def surveyed(self) -> np.ndarray: ...


def walk(ground: Ground, starts: np.ndarray, places: Mapping[str, np.ndarray], land: Land, settings: Settings) -> Walk:
    """Walk over one ground from and to every community.

    starts: (n, 2) start cells, -1 = none; places: (m, 2) cells of the usable places of each kind. A community
    whose start cell a hazard covers reaches nothing. Reach is walked once and counted by everything it is split by.
    """
    stuck = _covered_at(ground, starts) | (starts[:, 0] < 0)
    parts = parts_of(land.people)
    counts = reached_by_class(ground, starts, land_classes(land), settings, n_classes=N_CLASSES, amounts=parts)
    with ThreadPoolExecutor(processors()) as pool:  # the search holds no interpreter lock
        surfaces = pool.map(
            lambda cells: service_minutes(ground, cells, settings)[starts[:, 0], starts[:, 1]], places.values()
        )
        minutes = {kind: np.where(stuck, np.float32(np.inf), at) for kind, at in zip(places, surfaces, strict=True)}
    way_out = prepared_joined(ground.prepared, edge_cells(ground))
    return walk_of(counts, minutes, ~stuck & way_out[starts[:, 0], starts[:, 1]], land)


def walk_of(counts: np.ndarray, minutes: Mapping[str, np.ndarray], reaches_edge: np.ndarray, land: Land) -> Walk:
    """A walk from (n, N_CLASSES) cells by `land_classes`, with a population raster one column more: parts of people."""
    reached = counts[:, :N_CLASSES].reshape(-1, 2, _LIVELIHOODS)
    return Walk(
        reached_cells=reached.sum(axis=(1, 2)),
        minutes=minutes,
        reaches_edge=reaches_edge,
        outside_cells=reached[:, 1].sum(axis=1),
        livelihood_cells=None if land.livelihood is None else reached.sum(axis=1),
        people_parts=None if land.people is None else counts[:, -1],
    )


def service_minutes(ground: Ground, cells: np.ndarray, settings: Settings) -> np.ndarray:
    """(rows, cols) float32 minutes from each cell to the nearest of `cells`, (m, 2) rows and columns of places.

    inf beyond the longest standard, and where no place can be reached. A place whose cell a hazard covers is left out.
    """
    return _minutes(ground, cells[~_covered_at(ground, cells)], limit_min=settings.longest_min)


def reached_from(ground: Ground, start: np.ndarray, settings: Settings) -> np.ndarray:
    """(rows, cols) bool: cells within the reach time of one start cell, (2,); none where it is -1 or a hazard's."""
    if start[0] < 0 or ground.covered[start[0], start[1]]:
        return np.zeros(ground.prepared.shape, dtype=bool)
    return np.asarray(np.isfinite(minutes_from(ground, start[None], limit_min=settings.reach_min)))


def minutes_from(ground: Ground, starts: np.ndarray, *, limit_min: float) -> np.ndarray:
    """(rows, cols) float32 minutes to each cell from the nearest of some start cells, (m, 2); inf beyond the limit."""
    return prepared_minutes(ground.prepared, starts, limit_min=limit_min, towards_sources=False)


def land_classes(land: Land) -> np.ndarray:
    """(rows, cols) uint8: livelihood class, + 6 outside the surveyed area."""
    outside = np.where(land.surveyed, np.uint8(0), np.uint8(_LIVELIHOODS))
    return outside if land.livelihood is None else outside + land.livelihood


def flat_land(land: Land) -> tuple[np.ndarray, np.ndarray]:
    """(cells,) `land_classes`, and (cells,) int64 parts of people, (0,) without a population raster; row-major."""
    parts = parts_of(land.people)
    return land_classes(land).ravel(), np.zeros(0, np.int64) if parts is None else parts.ravel()


def reached_by_class(
    ground: Ground,
    starts: np.ndarray,
    classes: np.ndarray,
    settings: Settings,
    *,
    n_classes: int,
    amounts: np.ndarray | None = None,
) -> np.ndarray:
    """(n, n_classes) int64 cells within the reach time of each start, by class; none from a covered start.

    With `amounts` ((rows, cols) int64) one column more, their sum over these cells.
    """
    moving = np.where(_covered_at(ground, starts)[:, None], -1, starts)
    return prepared_count(
        ground.prepared, moving, classes, limit_min=settings.reach_min, n_classes=n_classes, amounts=amounts
    )


def hazard_shares(
    free_ground: Ground, starts: np.ndarray, in_hazard: np.ndarray, closed: Walk, free: Walk, settings: Settings
) -> np.ndarray:
    """(n,) share of each free reach that is hazard itself, NaN = no reach.

    No cell in a hazard is reached on closed ground: where both reaches are equal it is 0, and nothing is walked.
    """
    differs = closed.reached_cells < free.reached_cells
    moving = np.where(differs[:, None], starts, -1)
    hazard = reached_by_class(free_ground, moving, in_hazard.astype(np.uint8), settings, n_classes=2)[:, 1]
    return share_of(hazard, free.reached_cells, starts[:, 0] >= 0)


def _minutes(ground: Ground, cells: np.ndarray, *, limit_min: float) -> np.ndarray:
    """(rows, cols) minutes to the nearest of `cells`."""
    return prepared_minutes(ground.prepared, cells, limit_min=limit_min, towards_sources=True)


def _covered_at(ground: Ground, cells: np.ndarray) -> np.ndarray:
    return np.asarray(ground.covered[cells[:, 0], cells[:, 1]] & (cells[:, 0] >= 0))


def edge_cells(ground: Ground) -> np.ndarray:
    """Walkable cells on the grid's edge that no hazard covers."""
    edge = np.zeros(ground.prepared.shape, dtype=bool)
    edge[[0, -1], :] = True
    edge[:, [0, -1]] = True
    return np.argwhere(edge & ground.walkable & ~ground.covered)
