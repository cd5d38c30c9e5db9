"""Recorded routes as anybody may see them: broken off near hazards, never called safe (DESIGN section 7)."""

from typing import Final

import numpy as np
import shapely
from geopandas import GeoDataFrame

from hazard_service import overlay
from hazard_service.impact.exposure import blocking
from hazard_service.layers import Situation

# Routes break off this far before the position error of a hazard begins.
BREAK_OFF_M: Final = 50.0
# A buffer's corners are chords that lie up to 0.12 % inside the true circle.
_ROUND: Final = 1.002


def routes_shown(situation: Situation, known_later: GeoDataFrame, more_m: float = 0.0) -> GeoDataFrame:
    """The programme's routes without their parts near hazards; an empty line where nothing is left.

    Near: within the position error, BREAK_OFF_M and `more_m` of any hazard open on the date, of `known_later`
    (those recorded only since) or open on the data date.
    """
    programme = situation.programme
    now = programme.situation(programme.data_date).hazards
    near = [blocking(frame) for frame in (situation.hazards, situation.not_counted, known_later, now)]
    distance_m = programme.settings.position_error_m + BREAK_OFF_M + more_m
    return break_off(programme.routes, np.concatenate(near), distance_m)


def break_off(routes: GeoDataFrame, hazards: np.ndarray, distance_m: float) -> GeoDataFrame:
    """Routes less everything within `distance_m` of the hazard geometries (same metre CRS)."""
    tree = shapely.STRtree(hazards)
    lines = routes.geometry.to_numpy().copy()
    route, hazard = tree.query(lines, predicate="dwithin", distance=distance_m * _ROUND)
    for at in np.unique(route):
        near = shapely.buffer(hazards[hazard[route == at]], distance_m * _ROUND)
        lines[at] = overlay.difference(lines[at], overlay.union_all(near))
    return routes.set_geometry(lines, crs=routes.crs)
