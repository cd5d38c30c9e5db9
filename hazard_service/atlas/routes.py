"""Recorded routes as a map may show them: broken off near hazards, never called safe."""

from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service import overlay
from hazard_service.assessment import known_later
from hazard_service.layers import Situation

# Routes break off this far before the position error of a hazard begins (DESIGN section 7).
BREAK_OFF_M: Final = 50.0
# A page rounds a line to a metre and drops corners within another (compact.fewer_corners).
DRAWN_M: Final = 2.0
# A buffer's corners are chords that lie up to 0.12 % inside the true circle.
_ROUND: Final = 1.002


def broken_routes(situation: Situation, more_m: float = 0.0) -> GeoDataFrame:
    """Recorded routes less their parts near hazards: of the date, recorded later, and open at the data date.

    Near: within the position error, BREAK_OFF_M and `more_m`.
    """
    programme = situation.programme
    now = programme.situation(programme.data_date).hazards
    near = [_outlines(frame) for frame in (situation.hazards, situation.not_counted, known_later(situation), now)]
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


def _outlines(hazards: GeoDataFrame) -> np.ndarray:
    """Polygons and the zero-width remnants beside them."""
    remnants = hazards["remnant"].to_numpy(dtype=object)
    return np.concatenate([hazards.geometry.to_numpy(), remnants[~pd.isna(remnants)]])
