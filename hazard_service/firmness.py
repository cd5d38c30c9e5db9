"""Firm or uncertain: whether a gain still holds where every hazard is larger, and smaller, by its position error."""

import logging

import numpy as np
import pandas as pd
import shapely

from hazard_service.impact.exposure import blocking
from hazard_service.impact.freedom import Walk, movement, rows_of
from hazard_service.impact.gains import release_gain
from hazard_service.layers import Situation
from hazard_service.walked import terrain_of, walk_free, walk_outlines

_LOG = logging.getLogger(__name__)

# Buffers lie inside the true ones: by up to 1 % in dents, which GEOS smooths away, and 0.5 % on round corners.
_ROUND_UP = 1.02


def firmness(
    after: Situation, standing: np.ndarray, put_back: np.ndarray, gained: pd.DataFrame
) -> dict[str, np.ndarray]:
    """freed_firm and expanded_firm, (n,) bool: those of `gained` (`impact.gains.gains`) that hold at both errors.

    standing, put_back: outlines, in the programme's CRS, of the two grounds that `gained` compares. Only communities
    freed or expanded are walked again, from the same start cells and by the same rules.
    """
    freed, expanded = gained["freed"].to_numpy(copy=True), gained["expanded"].to_numpy(copy=True)
    rows = np.flatnonzero(freed | expanded)
    if len(rows) == 0:
        return {"freed_firm": freed, "expanded_firm": expanded}
    error_m = after.programme.settings.position_error_m
    _LOG.info("walking again with every hazard larger, then smaller, by %g m: %s communities", error_m, len(rows))
    for by_m in (error_m, -error_m):
        again = _gained_with(after, standing, put_back, rows, by_m)
        freed[rows] &= again["freed"]
        expanded[rows] &= again["expanded"]
    return {"freed_firm": freed, "expanded_firm": expanded}


def redrawn(outlines: np.ndarray, by_m: float) -> np.ndarray:
    """Polygons that cover the same ground, larger by `by_m` metres or, where that is negative, smaller.

    Larger by at least that much. Smaller is the ground as a whole: two outlines that share a border do not part there.
    Lines and points, which are what repair kept of a hazard without width, are never smaller than they are.
    """
    if by_m >= 0:
        return np.asarray(shapely.buffer(outlines, by_m * _ROUND_UP))
    parts = shapely.get_parts(shapely.get_parts(outlines))
    is_area = shapely.get_dimensions(parts) == 2
    inside = shapely.buffer(shapely.union_all(parts[is_area]), by_m * _ROUND_UP)
    left = shapely.get_parts(inside)
    return np.concatenate([left[~shapely.is_empty(left)], parts[~is_area]])


def _gained_with(
    after: Situation, standing: np.ndarray, put_back: np.ndarray, rows: np.ndarray, by_m: float
) -> pd.DataFrame:
    """`release_gain` of some communities over both grounds redrawn."""
    programme, settings = after.programme, after.programme.settings

    def walked(outlines: np.ndarray) -> Walk:
        return walk_outlines(programme, redrawn(outlines, by_m), after.on, rows)

    now, then, free = walked(standing), walked(put_back), rows_of(walk_free(programme), rows)
    has_start = terrain_of(programme).community_start[rows, 0] >= 0
    held_back_now = None
    if len(standing) < len(after.hazards):  # hazards laid since stand on the actual later ground only
        held_back_now = movement(walked(blocking(after.hazards)), free, has_start, settings)["held_back"]
    return release_gain(now, then, free, has_start, settings, held_back_now=held_back_now)
