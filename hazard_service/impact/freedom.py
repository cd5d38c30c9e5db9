"""Freedom of movement: from cells reached and minutes walked to who is held back."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hazard_service.impact.livelihood import livelihood_columns
from hazard_service.impact.people import people_columns
from hazard_service.settings import Settings
from hazard_service.vocabulary import CUT_OFF, SERVICE_KINDS


@dataclass(frozen=True, eq=False)
class Walk:
    """What one ground lets each of n communities reach.

    reached_cells: (n,) int64, cells within the reach time; minutes: by service kind with a usable place,
    (n,) float32 to the nearest place, inf beyond the longest standard; reaches_edge: (n,) bool, the piece of
    ground that holds the start reaches the grid's edge. Of the reached cells, outside_cells ((n,) int64) lie outside
    the surveyed area, and livelihood_cells ((n, 6) int64) has other land, then each class of
    vocabulary.LIVELIHOOD_CLASSES; None without land cover. people_parts: (n,) int64 parts of a person within reach, see
    `impact.people`; None without a population raster.
    """

    reached_cells: np.ndarray
    minutes: Mapping[str, np.ndarray]
    reaches_edge: np.ndarray
    outside_cells: np.ndarray
    livelihood_cells: np.ndarray | None
    people_parts: np.ndarray | None


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


def movement(closed: Walk, free: Walk, has_start: np.ndarray, settings: Settings) -> pd.DataFrame:
    """Freedom and service columns, one row per community.

    freedom = reach on closed ground / reach on free ground, NaN where nothing is reached on free ground or the
    community has no start cell; minutes_K and free_minutes_K for each kind with a place; cut_off_K for the four
    service kinds; held_back; held_back_by; enclosed; with land cover the columns of `livelihood_columns`;
    with a population raster those of `people_columns`.
    """
    cell_km2 = settings.cell_m**2 / 1e6
    reach, free_reach = closed.reached_cells * cell_km2, free.reached_cells * cell_km2
    columns: dict[str, np.ndarray] = {
        "not_assessed": ~has_start,
        "reach_km2": np.where(has_start, reach, np.nan),
        "free_reach_km2": np.where(has_start, free_reach, np.nan),
        "behind_hazards_km2": np.where(has_start, free_reach - reach, np.nan),
        "freedom": share_of(closed.reached_cells, free.reached_cells, has_start),
    }
    for kind in free.minutes:
        columns[f"minutes_{kind}"] = _known(closed.minutes[kind])
        columns[f"free_minutes_{kind}"] = _known(free.minutes[kind])
    for kind in SERVICE_KINDS:
        columns[f"cut_off_{kind}"] = cut_off(kind, closed, free, has_start, settings)
    frame = pd.DataFrame(columns)
    reasons = {"movement": (frame["freedom"] < settings.held_back_freedom).to_numpy()}
    reasons |= {kind: (frame[f"cut_off_{kind}"] == "yes").to_numpy() for kind in SERVICE_KINDS}
    frame["held_back"] = np.logical_or.reduce(list(reasons.values()))
    frame["held_back_by"] = _join(reasons)
    frame["enclosed"] = has_start & ~closed.reaches_edge & free.reaches_edge
    return frame.assign(
        **livelihood_columns(closed.livelihood_cells, free.livelihood_cells, has_start, settings),
        **people_columns(closed.people_parts, free.people_parts, has_start),
    )


def cut_off(kind: str, closed: Walk, free: Walk, has_start: np.ndarray, settings: Settings) -> np.ndarray:
    """(n,) one of vocabulary.CUT_OFF. Meeting a standard is ≤."""
    yes, no, beyond, no_data = CUT_OFF
    if kind not in free.minutes:
        return np.full(len(has_start), no_data, dtype=object)
    standard = settings.standard_min(kind)
    within_closed, within_free = closed.minutes[kind] <= standard, free.minutes[kind] <= standard
    return np.select([~has_start, ~within_free, within_closed], [no_data, beyond, no], default=yes).astype(object)


def share_of(cells: np.ndarray, free_cells: np.ndarray, has_start: np.ndarray) -> np.ndarray:
    """(n,) cells / free_cells, NaN where nothing is reached. A ratio of whole cells: exact where a threshold is met."""
    nothing = np.full(len(cells), np.nan)
    return np.asarray(np.divide(cells, free_cells, out=nothing, where=has_start & (free_cells > 0)))


def _known(minutes: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(minutes), minutes.astype(float), np.nan)


def _join(reasons: Mapping[str, np.ndarray]) -> list[str]:
    names = list(reasons)
    table = np.column_stack(list(reasons.values()))
    return [", ".join(name for name, holds in zip(names, row, strict=True) if holds) for row in table]
