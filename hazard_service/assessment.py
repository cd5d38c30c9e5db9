"""The whole story in a few calls: who is held back on a date, and what clearance has given back between two."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service.errors import ProgrammeError
from hazard_service.firmness import firmness
from hazard_service.ground.barriers import close_moves, covered_centres
from hazard_service.ground.population import near_hazards, zone_of_cells
from hazard_service.impact.areas import ground_of
from hazard_service.impact.exposure import accident_distances, blocking, exposure, rings_round
from hazard_service.impact.freedom import Walk, movement, share_of
from hazard_service.impact.gains import progress_of, release_gain
from hazard_service.impact.rollup import PEOPLE_COLUMNS, district_rows, in_district_of, zones_of
from hazard_service.impact.summary import caveats_of, progress_totals, reported_between, totals_of
from hazard_service.impact.walks import hazard_shares
from hazard_service.impact.words import progress_sentence, why
from hazard_service.language import said
from hazard_service.layers import Programme, Situation, open_programme
from hazard_service.layers.history import ended_by
from hazard_service.layers.kinds import counted
from hazard_service.layers.situation import put_back
from hazard_service.provenance import provenance
from hazard_service.walked import free_ground, terrain_of, through_open_route, walk_closed, walk_free, walk_outlines

_LOG = logging.getLogger(__name__)

__all__ = ["Assessment", "Progress", "assess", "compare", "open_programme"]


@dataclass(frozen=True, eq=False)
class Assessment:
    """One programme on one date: frames in the programme's metre CRS, totals, and the caveats that travel with them."""

    situation: Situation
    communities: GeoDataFrame
    hazards: GeoDataFrame
    districts: GeoDataFrame
    totals: dict[str, Any]
    caveats: tuple[str, ...]
    provenance: dict[str, Any]
    closed: Walk


@dataclass(frozen=True, eq=False)
class Progress:
    """What changed between two assessments, and what of it release gave."""

    before: Assessment
    after: Assessment
    communities: GeoDataFrame
    newly_identified: GeoDataFrame
    totals: dict[str, Any]
    caveats: tuple[str, ...]


def assess(situation: Situation) -> Assessment:
    """Who is near hazards, who is held back, and by what, on the situation's date."""
    programme, settings = situation.programme, situation.programme.settings
    outlines = blocking(situation.hazards)
    barriers = close_moves(outlines, terrain_of(programme).grid, settings.moves)
    _LOG.info("%s: walking with %s open hazards as barriers", situation.on, f"{len(situation.hazards):,}")
    closed = walk_closed(programme, outlines, barriers, situation.on)
    through = through_open_route(situation, barriers, closed)
    free, start = walk_free(programme), terrain_of(programme).community_start
    share = hazard_shares(free_ground(programme), start, barriers.covered, closed, free, settings)
    return assessed(situation, closed, through, share)


def assessed(situation: Situation, closed: Walk, through: np.ndarray, share: np.ndarray) -> Assessment:
    """As `assess`, with the walk over the closed ground at hand.

    through, share: (n,) what `through_open_route` and `hazard_shares` say of it.
    """
    programme, settings = situation.programme, situation.programme.settings
    terrain, free = terrain_of(programme), walk_free(programme)
    people = _carried(programme.communities, ["name", "district", "people", "women", "men", "girls", "boys"])
    near = exposure(programme.communities, situation.hazards, _rings_of(programme), settings.contact_m)
    has_start = _has_start(programme)
    moving = movement(closed, free, has_start, settings)
    communities = pd.concat([people, moving, near], axis=1)
    communities["start_moved_m"] = terrain.community_moved_m
    communities["through_open_route"] = through
    communities["hazard_share"] = share
    outside = share_of(free.outside_cells, free.reached_cells, has_start)
    communities["at_most"] = outside > settings.outside_survey_share
    communities["at_least"] = in_district_of(programme.unplaced["district"], programme.communities, programme.districts)
    communities["affected"] = communities["exposed"] | communities["held_back"]
    communities["why"] = [str(why(row, settings, counted(situation.kinds))) for row in communities.itertuples()]
    placed = GeoDataFrame(communities, geometry=programme.communities.geometry, crs=programme.crs)

    hazards = hazard_columns(situation.hazards, programme)
    modelled = _people_by_district(situation)
    districts = district_rows(programme.districts, placed, situation.hazards, *ground_of(situation), modelled)
    accidents = accident_distances(programme.accidents, programme.hazards)
    return Assessment(
        situation=situation,
        communities=placed,
        hazards=hazards,
        districts=districts,
        totals=totals_of(placed, districts, situation) | accidents,
        caveats=caveats_of(situation, terrain.caveats, placed, accidents),
        provenance=provenance(situation, terrain.grid),
        closed=closed,
    )


def known_later(situation: Situation) -> GeoDataFrame:
    """Hazards of every kind recorded only after the situation's date, whole: a map of a past date shows them too."""
    hazards = situation.programme.hazards
    return hazards[hazards["reported_on"] > pd.Timestamp(situation.on)]


def compare(before: Assessment, after: Assessment) -> Progress:
    """What release gave between two dates; hazards found late stand on both sides, so that only release frees."""
    programme = after.situation.programme
    if before.situation.programme is not programme or before.situation.kinds != after.situation.kinds:
        raise ProgrammeError("Only two assessments of the same programme and the same hazard kinds can be compared.")
    _LOG.info("walking with the releases from %s to %s put back", before.situation.on, after.situation.on)
    standing, with_put_back = (blocking(hazards) for hazards in put_back(before.situation, after.situation))
    is_all = len(standing) == len(after.situation.hazards)
    now = after.closed if is_all else walk_outlines(programme, standing, after.situation.on)
    gained = gain_of(programme, after.closed, now, walk_outlines(programme, with_put_back, after.situation.on))
    return compared(before, after, gained.assign(**firmness(after.situation, standing, with_put_back, gained)), now)


def gain_of(programme: Programme, closed: Walk, standing: Walk, with_put_back: Walk) -> pd.DataFrame:
    """`release_gain` of every community, from the walks over the later ground and `layers.situation.put_back`'s two."""
    has_start, settings, free = _has_start(programme), programme.settings, walk_free(programme)
    held_back = movement(closed, free, has_start, settings)["held_back"]
    return release_gain(standing, with_put_back, free, has_start, settings, held_back_now=held_back)


def compared(before: Assessment, after: Assessment, gained: pd.DataFrame, standing: Walk) -> Progress:
    """As `compare`, with the gains (`gain_of`, and `firmness`) and the walk over the standing ground at hand."""
    programme, settings = after.situation.programme, after.situation.programme.settings
    ended = ended_by(programme.communities, after.situation.on)
    # Nobody is freed who is no longer there.
    flags = ("freed", "expanded", "freed_firm", "expanded_firm")
    gained = gained.assign(**{name: gained[name] & (ended == "") for name in flags})
    classes = progress_of(
        gained,
        before=before.communities,
        after=after.communities,
        standing=standing,
        free=walk_free(programme),
        has_start=_has_start(programme),
        settings=settings,
    )
    people = _carried(programme.communities, ["name", "district", "people"])
    frame = pd.concat([people, gained, classes], axis=1)
    for when, assessment in (("before", before), ("after", after)):
        for column in ("held_back", "reach_km2", "freedom", "livelihood_held_back_km2"):
            if column in assessment.communities:
                frame[f"{column}_{when}"] = assessment.communities[column]
    frame["nearest_hazard_m"] = after.communities["nearest_hazard_m"]
    frame["hazards_within_contact"] = after.communities[f"hazards_within_{settings.contact_m:g}_m"]
    frame["ended"] = ended
    frame.loc[ended != "", "progress"] = "unchanged"
    frame.loc[ended != "", "newly_identified_holds_back"] = False
    frame["why"] = [str(progress_sentence(row, settings)) for row in frame.itertuples()]
    communities = GeoDataFrame(frame, geometry=programme.communities.geometry, crs=programme.crs)
    found = reported_between(programme, before.situation.on, after.situation)
    return Progress(
        before=before,
        after=after,
        communities=communities,
        newly_identified=found,
        totals=progress_totals(before, after, communities, found),
        caveats=(
            *after.caveats,
            *(
                said("On {date}: {text}", date=before.situation.on, text=text)
                for text in before.caveats
                if text not in after.caveats
            ),
        ),
    )


def _has_start(programme: Programme) -> np.ndarray:
    return np.asarray(terrain_of(programme).community_start[:, 0] >= 0)


def _people_by_district(situation: Situation) -> pd.DataFrame | None:
    """PEOPLE_COLUMNS by district, then outside them: each person where the cell's centre lies, once for any hazards."""
    programme = situation.programme
    terrain = terrain_of(programme)
    if terrain.people is None:
        return None
    outlines = blocking(situation.hazards)
    near = near_hazards(outlines, terrain.grid, programme.settings.contact_m)
    everywhere, inside = np.ones_like(near), covered_centres(outlines, terrain.grid)
    zone, zones = _district_of_cells(programme), len(zones_of(programme.districts)) + 1
    return pd.DataFrame(
        {
            name: np.bincount(zone[cells], weights=terrain.people[cells], minlength=zones)
            for name, cells in zip(PEOPLE_COLUMNS, (everywhere, near, inside), strict=True)
        }
    )


@lru_cache(maxsize=2)
def _rings_of(programme: Programme) -> dict[float, np.ndarray]:
    """The same on every date."""
    return rings_round(programme.communities, programme.settings.rings_m)


@lru_cache(maxsize=2)
def _district_of_cells(programme: Programme) -> np.ndarray:
    """(rows, cols) row of `district_rows` that each cell's centre lies in."""
    return zone_of_cells(zones_of(programme.districts).geometry, terrain_of(programme).grid)


def _carried(communities: GeoDataFrame, columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(communities[["community_id", *columns]])


def hazard_columns(hazards: GeoDataFrame, programme: Programme) -> GeoDataFrame:
    """Hazards of a situation with area_m2 and communities_within_contact; no walking."""
    hazards = hazards.copy()
    hazards["area_m2"] = hazards.geometry.area
    _, hazard = shapely.STRtree(blocking(hazards)).query(
        programme.communities.geometry.to_numpy(), predicate="dwithin", distance=programme.settings.contact_m
    )
    hazards["communities_within_contact"] = np.bincount(hazard, minlength=len(hazards))
    return hazards
