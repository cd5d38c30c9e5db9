"""What each of some outlines closes alone, so that any set of them can be opened or closed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from hazard_service.ground.barriers import moves_closed_by
from hazard_service.layers import Programme
from hazard_service.travel.closing import Closures, ready_closures
from hazard_service.walked import free_ground, place_cells, terrain_of

Ways = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Outlines on a programme's ground, by their rows.

    covered[covered_first[i]:covered_first[i + 1]]: row-major cells whose centres outline i covers.
    coverers: by community, the outlines that cover its start cell. places: by service kind, each placed place's cell
    and the outlines that meet the place or cover its cell.
    """

    closures: Closures
    covered_first: np.ndarray
    covered: np.ndarray
    coverers: list[frozenset[int]]
    places: dict[str, list[tuple[int, frozenset[int]]]]


def pieces_of(programme: Programme, outlines: np.ndarray, ways: Ways) -> Pieces:
    """Judge what each outline closes: moves and places by its geometry, `ways` as `closures.ways_closed_by` gives them.

    outlines: (m,) geometries in the grid's CRS.
    """
    terrain = terrain_of(programme)
    alone = moves_closed_by(outlines, terrain.grid, programme.settings.moves)
    outline = np.repeat(np.arange(len(outlines)), np.diff(alone.first))
    starts, places = start_vertices(programme), terrain.place_start @ np.array([terrain.grid.cols, 1])
    matters = alone.covers & np.isin(alone.cell, np.concatenate([starts, places]))
    covering = pd.Series(outline[matters]).groupby(alone.cell[matters]).agg(frozenset)
    return Pieces(
        closures=ready_closures(
            (alone.first, alone.cell, alone.bits),
            ways,
            terrain.routes.way_ends,
            free_ground(programme).prepared.ground,
        ),
        covered_first=np.searchsorted(outline[alone.covers], np.arange(len(outlines) + 1)),
        covered=alone.cell[alone.covers],
        coverers=[covering.get(start, frozenset()) for start in starts],
        places=_blocked_places(programme, outlines, covering),
    )


def start_vertices(programme: Programme) -> np.ndarray:
    """(communities,) row-major start cells, -1 = none."""
    terrain = terrain_of(programme)
    starts = terrain.community_start
    return np.where(starts[:, 0] < 0, -1, starts @ np.array([terrain.grid.cols, 1]))


def _blocked_places(
    programme: Programme, outlines: np.ndarray, covering: pd.Series
) -> dict[str, list[tuple[int, frozenset[int]]]]:
    terrain = terrain_of(programme)
    place, outline = shapely.STRtree(outlines).query(programme.places.geometry.to_numpy(), predicate="intersects")
    meeting = pd.Series(outline).groupby(place).agg(frozenset)
    kinds = programme.places["kind"].to_numpy()
    found: dict[str, list[tuple[int, frozenset[int]]]] = {
        kind: [] for kind in place_cells(programme, terrain, terrain.place_start[:, 0] >= 0)
    }
    for row in np.flatnonzero(terrain.place_start[:, 0] >= 0):
        if kinds[row] in found:
            cell = int(terrain.place_start[row] @ np.array([terrain.grid.cols, 1]))
            met = meeting.get(row, frozenset()) | covering.get(cell, frozenset())
            found[kinds[row]].append((cell, met))
    return found
