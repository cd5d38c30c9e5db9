"""Recorded routes as a map may show them: broken off near hazards, never called safe."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service import overlay
from hazard_service.assessment import Assessment, known_later

# Routes break off this far before the position error of a hazard begins (DESIGN section 7).
BREAK_OFF_M: Final = 50.0
# A page rounds a line to a metre and drops corners within another (compact.fewer_corners).
_DRAWN_M: Final = 2.0
# A buffer's corners are chords that lie up to 0.12 % inside the true circle.
_ROUND: Final = 1.002


def broken_off(assessments: Sequence[Assessment]) -> list[np.ndarray]:
    """For each assessment (routes,) lines without their parts near hazards: those of its date, later and latest.

    Near: within the position error and BREAK_OFF_M of any hazard shown on the date or open on the data date.
    """
    programme = assessments[-1].situation.programme
    distance_m = programme.settings.position_error_m + BREAK_OFF_M + _DRAWN_M
    now = programme.situation(programme.data_date).hazards
    found = []
    for assessment in assessments:
        others = assessment.situation.not_counted
        near = [_outlines(frame) for frame in (assessment.hazards, others, known_later(assessment.situation), now)]
        found.append(break_off(programme.routes, np.concatenate(near), distance_m).geometry.to_numpy())
    return found


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
