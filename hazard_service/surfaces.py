"""Walk minutes to services and the closed ground of one date, as rasters: what a GIS user lays under other layers."""

import logging
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from hazard_service.errors import ParameterError
from hazard_service.ground.barriers import Barriers, close_moves, covered_centres
from hazard_service.ground.grid import Grid
from hazard_service.impact.exposure import blocking
from hazard_service.impact.summary import record_caveats
from hazard_service.impact.walks import Ground, reached_from, service_minutes
from hazard_service.language import said
from hazard_service.layers import Programme, Situation
from hazard_service.layers.situation import not_released, put_back
from hazard_service.provenance import provenance
from hazard_service.walked import closed_ground, free_ground, terrain_of

_LOG = logging.getLogger(__name__)

# Minutes are kept this much farther from hazards than the stated position error (DESIGN section 7).
KEEP_OFF_M = 50.0
# 1 % for distances that the equal-area plane stretches (within 1,800 km of its centre), 1 % for shapely's round
# corners, which are polygons inside the circle.
_ROUND_UP = 1.02

WALKABLE, IN_HAZARD, NOT_WALKABLE, PARTLY_CLOSED, NOT_COUNTED = range(5)
GROUND_CLASSES: Final = MappingProxyType(
    {
        WALKABLE: "walkable as recorded; not proof of safety",
        IN_HAZARD: "centre in an open hazard",
        NOT_WALKABLE: "not walkable, such as water",
        PARTLY_CLOSED: "centre outside, but at least one way from it meets an open hazard",
        NOT_COUNTED: "centre in a hazard on record that is no barrier here: recorded later, or of a kind not asked for",
    }
)


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Rasters of one situation on the programme's grid, row 0 in the north.

    minutes: by service kind with a placed place, (rows, cols) float32 minutes from each cell to the nearest place;
    NaN = no data: beyond `limit_min`, not reachable, or within `keep_off_m` of a hazard.
    ground: (rows, cols) uint8, one of GROUND_CLASSES.
    hazards: those open on the date, as barriers; not_counted: others on record, open on the date or the data date.
    """

    situation: Situation
    grid: Grid
    minutes: dict[str, NDArray[np.float32]]
    ground: NDArray[np.uint8]
    hazards: GeoDataFrame
    not_counted: GeoDataFrame
    limit_min: float
    keep_off_m: float
    caveats: tuple[str, ...]
    provenance: dict[str, Any]


def surfaces(situation: Situation) -> Surfaces:
    """Walk minutes to the nearest place of each kind over ground closed on the situation's date, and that ground.

    The walk is the assessment's own. Its minutes are then blanked near hazards: see `near_known_hazards`.
    """
    programme, settings = situation.programme, situation.programme.settings
    terrain = terrain_of(programme)
    outlines = blocking(situation.hazards)
    barriers = close_moves(outlines, terrain.grid, settings.moves)
    ground, places = closed_ground(programme, outlines, barriers, situation.on)
    keep_off_m = settings.position_error_m + KEEP_OFF_M
    blank = near_known_hazards(situation, terrain.grid, keep_off_m)
    minutes = {}
    for kind, cells in places.items():
        _LOG.info("%s: minutes to the nearest %s", situation.on, kind)
        walked = service_minutes(ground, cells, settings)
        minutes[kind] = np.where(blank | ~np.isfinite(walked), np.float32(np.nan), walked)
    others = _not_counted(situation)
    return Surfaces(
        situation=situation,
        grid=terrain.grid,
        minutes=minutes,
        ground=_ground_classes(barriers, ground.walkable, covered_centres(blocking(others), terrain.grid)),
        hazards=situation.hazards,
        not_counted=others,
        limit_min=settings.longest_min,
        keep_off_m=keep_off_m,
        caveats=tuple(dict.fromkeys([*record_caveats(situation), *terrain.caveats])),
        provenance=provenance(situation, terrain.grid),
    )


def near_known_hazards(situation: Situation, grid: Grid, keep_off_m: float) -> NDArray[np.bool_]:
    """Cells any part of which may lie in or within `keep_off_m` of a known hazard: (rows, cols) bool.

    Known are, whatever the date and the kinds asked for: every hazard on record that release has not taken whole by
    the data date, its outline uncut and closings by the record alone not believed; and every hazard open on the date
    asked. Only ground whose whole hazard was released, by the data date and on the date asked, shows minutes: where
    a part is still closed, the line between the two is itself only as good as the position error.
    """
    programme = situation.programme
    known = [*blocking(not_released(programme)), *blocking(_open_on(programme, situation.on))]
    # Judged by centres, so a cell's half diagonal is added: no part of a cell that shows minutes lies nearer.
    around = shapely.buffer(np.array(known, dtype=object), (keep_off_m + grid.cell_m * 0.5**0.5) * _ROUND_UP)
    return covered_centres(around, grid)


def _open_on(programme: Programme, on: Any) -> GeoDataFrame:
    """Outlines, uncut, of the hazards of every kind open on a date."""
    still_open = programme.situation(on).hazards["hazard_id"]
    return programme.hazards[programme.hazards["hazard_id"].isin(still_open)]


def _not_counted(situation: Situation) -> GeoDataFrame:
    """Hazards on record, open on the date or the data date, that are no barriers of this situation; as they stood."""
    others, programme = situation.not_counted, situation.programme
    now = programme.situation(programme.data_date).hazards
    later = now[~now["hazard_id"].isin([*situation.hazards["hazard_id"], *others["hazard_id"]])]
    return GeoDataFrame(pd.concat([others, later], ignore_index=True), crs=programme.crs) if len(later) else others


def _ground_classes(barriers: Barriers, walkable: NDArray[np.bool_], in_others: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(rows, cols) uint8; where several hold, the gravest: in a hazard, in one not counted, not walkable, partly."""
    return np.select(
        [barriers.covered, in_others, ~walkable, barriers.closed_moves != 0],
        [np.uint8(kind) for kind in (IN_HAZARD, NOT_COUNTED, NOT_WALKABLE, PARTLY_CLOSED)],
        default=np.uint8(WALKABLE),
    )


NO_REACH, REACHED, REGAINED, BEHIND = range(4)
REACH_CLASSES: Final = MappingProxyType(
    {
        REACHED: said("within reach on the ground as recorded"),
        REGAINED: said("within reach again by release"),
        BEHIND: said("behind hazards: within reach were there none"),
    }
)


def reach_classes(first: Situation, situation: Situation, community_id: str) -> NDArray[np.uint8]:
    """(rows, cols) uint8, REACH_CLASSES of one community on a date; NO_REACH beyond it, and near known hazards.

    first: an earlier situation; what release since gave back is REGAINED. The reaches are the assessment's own; no
    cell any part of which may lie within `keep_off_m` of a known hazard has a class. Raises ParameterError for an
    unknown community.
    """
    programme = situation.programme
    known = programme.communities["community_id"].tolist()
    if community_id not in known:
        raise ParameterError(f'There is no community "{community_id[:40]}"; give the id of one.')
    row = known.index(community_id)
    now = _reached(programme, blocking(situation.hazards), situation.on, row)
    grounds = put_back(first, situation) if first.on < situation.on else None
    before = now
    if grounds is not None:
        standing, with_put_back = (_reached(programme, blocking(one), situation.on, row) for one in grounds)
        before = now & ~(standing & ~with_put_back)
    free = _reached_on(free_ground(programme), row, programme)
    found = np.select([now & before, now, free], [np.uint8(REACHED), np.uint8(REGAINED), np.uint8(BEHIND)])
    keep_off_m = programme.settings.position_error_m + KEEP_OFF_M
    return np.where(near_known_hazards(situation, terrain_of(programme).grid, keep_off_m), np.uint8(NO_REACH), found)


def _reached(programme: Programme, outlines: NDArray[np.object_], on: date, row: int) -> NDArray[np.bool_]:
    barriers = close_moves(outlines, terrain_of(programme).grid, programme.settings.moves)
    return _reached_on(closed_ground(programme, outlines, barriers, on)[0], row, programme)


def _reached_on(ground: Ground, row: int, programme: Programme) -> NDArray[np.bool_]:
    return reached_from(ground, terrain_of(programme).community_start[row], programme.settings)
