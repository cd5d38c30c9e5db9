"""Firm or uncertain: whether a gain still holds where every hazard is larger, and smaller, by its position error."""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from hazard_service.impact.exposure import blocking
from hazard_service.impact.freedom import Walk, movement, rows_of
from hazard_service.impact.gains import release_gain
from hazard_service.layers import Situation
from hazard_service.settings import Settings
from hazard_service.walked import terrain_of, walk_free, walk_outlines

# Shapes drawn before, by what they were drawn from: most outlines are the same on other grounds and dates.
Drawn = dict[tuple[bytes | float, ...], BaseGeometry]

_LOG = logging.getLogger(__name__)

# Buffers lie inside the true ones: by up to 1 % in dents, which GEOS smooths away, and 0.5 % on round corners.
_ROUND_UP = 1.02

# Borders shared but for rounding leave hairlines in a union, and shrinking would tear them open: coordinates are
# rounded to this before, which closes them.
_SEAM_M = 0.01


def firmness(
    after: Situation, standing: np.ndarray, put_back: np.ndarray, gained: pd.DataFrame
) -> dict[str, np.ndarray]:
    """freed_firm and expanded_firm, (n,) bool: those of `gained` (`impact.gains.gains`) that hold at both errors.

    standing, put_back: outlines, in the programme's CRS, of the two grounds that `gained` compares. Only communities
    freed or expanded are walked again, from the same start cells and by the same rules.
    """
    rows = gaining(gained)
    if len(rows) == 0:
        return firm(gained, rows, [])
    _LOG.info("walking again with every hazard larger, then smaller, by its position error: %s communities", len(rows))
    again = []
    for by_m in position_errors_m(after.programme.settings):
        grounds = redrawn_grounds(after, standing, put_back, by_m=by_m)
        walks = [walk_outlines(after.programme, outlines, after.on, rows) for outlines in grounds]
        again.append(gained_again(after, rows, walks))
    return firm(gained, rows, again)


def gaining(gained: pd.DataFrame) -> np.ndarray:
    """Rows of the communities whose gain is to be walked again: freed or expanded."""
    return np.flatnonzero(gained["freed"] | gained["expanded"])


def position_errors_m(settings: Settings) -> tuple[float, float]:
    """By how much every hazard is redrawn: larger, and smaller."""
    return settings.position_error_m, -settings.position_error_m


def redrawn_grounds(
    after: Situation, standing: np.ndarray, put_back: np.ndarray, *, by_m: float, drawn: Drawn | None = None
) -> tuple[np.ndarray, ...]:
    """Outlines of both grounds redrawn; a third where hazards laid since stand on the actual later ground only.

    drawn: kept for other dates.
    """
    drawn = {} if drawn is None else drawn
    grounds = [standing, put_back]
    if len(standing) < len(after.hazards):
        grounds.append(blocking(after.hazards))
    return tuple(redrawn(outlines, by_m, drawn) for outlines in grounds)


def gained_again(after: Situation, rows: np.ndarray, walks: Sequence[Walk]) -> pd.DataFrame:
    """`release_gain` of communities `rows` over `redrawn_grounds`, walked."""
    programme, settings = after.programme, after.programme.settings
    free, has_start = rows_of(walk_free(programme), rows), terrain_of(programme).community_start[rows, 0] >= 0
    held_back_now = None
    if len(walks) > 2:
        held_back_now = movement(walks[2], free, has_start, settings)["held_back"]
    return release_gain(walks[0], walks[1], free, has_start, settings, held_back_now=held_back_now)


def firm(gained: pd.DataFrame, rows: np.ndarray, again: Sequence[pd.DataFrame]) -> dict[str, np.ndarray]:
    """freed_firm and expanded_firm: true in `gained` and, for `rows`, each time `again`."""
    freed, expanded = gained["freed"].to_numpy(copy=True), gained["expanded"].to_numpy(copy=True)
    for redone in again:
        freed[rows] &= redone["freed"]
        expanded[rows] &= redone["expanded"]
    return {"freed_firm": freed, "expanded_firm": expanded}


def redrawn(outlines: np.ndarray, by_m: float, drawn: Drawn | None = None) -> np.ndarray:
    """Polygons that cover the same ground, larger by `by_m` metres or, where that is negative, smaller.

    Larger by at least that much. Smaller is the ground as a whole: two outlines that share a border do not part there.
    Lines and points, which are what repair kept of a hazard without width, are never smaller than they are.
    """
    drawn = {} if drawn is None else drawn
    if by_m >= 0:
        return _buffered(outlines, by_m * _ROUND_UP, drawn)
    parts = shapely.get_parts(shapely.get_parts(outlines))
    is_area = shapely.get_dimensions(parts) == 2
    inside = _buffered(_without_seams(parts[is_area], drawn), by_m * _ROUND_UP, drawn)
    left = shapely.get_parts(inside)
    return np.concatenate([left[~shapely.is_empty(left)], parts[~is_area]])


def _without_seams(areas: np.ndarray, drawn: Drawn) -> np.ndarray:
    """The same ground, those areas united that meet or all but meet; most stand alone and stay as they are."""
    one, other = shapely.STRtree(areas).query(areas, predicate="dwithin", distance=_SEAM_M)
    groups, group = connected_components(coo_array((np.ones(len(one)), (one, other)), shape=(len(areas),) * 2))
    size = np.bincount(group, minlength=groups)
    together = [_united(areas[group == one], drawn) for one in np.flatnonzero(size > 1)]
    return np.concatenate([areas[size[group] == 1], np.array(together, dtype=object)])


def _buffered(outlines: np.ndarray, by_m: float, drawn: Drawn) -> np.ndarray:
    keys = [(by_m, outline) for outline in shapely.to_wkb(outlines)]
    new = [at for at, key in enumerate(keys) if key not in drawn]
    drawn |= zip([keys[at] for at in new], shapely.buffer(outlines[new], by_m), strict=True)
    return np.array([drawn[key] for key in keys], dtype=object)


def _united(areas: np.ndarray, drawn: Drawn) -> BaseGeometry:
    key = tuple(shapely.to_wkb(areas))
    if key not in drawn:
        drawn[key] = shapely.union_all(areas, grid_size=_SEAM_M)
    return drawn[key]
