"""The hazards and releases on the land of the communities that a number counts: what may have made it what it is."""

from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd
import rasterio.features
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from hazard_service.assessment import Assessment, known_later
from hazard_service.impact.corrections import corrections_of
from hazard_service.impact.exposure import blocking
from hazard_service.impact.period import Period
from hazard_service.impact.walks import minutes_from
from hazard_service.layers import Situation
from hazard_service.series.moment import Moment
from hazard_service.walked import free_ground, terrain_of

# What counts as released without a date, in the rows of its ground.
UNDATED: Final = "without a date"
OPEN, LAID, RELEASED, KNOWN_LATER = "open", "laid since", "released since", "known only later"
COLUMNS: Final = ("hazard_id", "what", "kind", "status", "area_m2", "geometry")


def beside(assessment: Assessment, communities: pd.Series) -> GeoDataFrame:
    """COLUMNS of the hazards open on the date, and of the ground released since the baseline, on the land of some
    communities: `land_of` them, and within the contact distance. `communities`: their ids.

    A hazard is whole here, and what releases took of it is a row each. In the programme's CRS.
    """
    programme = assessment.situation.programme
    rows = np.flatnonzero(programme.communities["community_id"].isin(communities))
    homes = shapely.buffer(programme.communities.geometry.to_numpy()[rows], programme.settings.contact_m)
    there = shapely.STRtree([*land_of(assessment, rows), *homes])
    baseline = pd.Timestamp(programme.baseline_date)
    hazards, released = assessment.hazards, assessment.situation.released
    laid = (hazards["laid_on"] > baseline).to_numpy()
    hazards = hazards.assign(what=np.where(laid, LAID, OPEN), status=status_on(assessment.situation)).set_geometry(
        blocking(hazards), crs=programme.crs
    )
    since = released[(released["done_on"] > baseline) | released["done_on"].isna()]
    whose = programme.hazards.set_index("hazard_id")["kind"].reindex(since["hazard_id"]).to_numpy()
    since = since.assign(what=RELEASED, kind=whose, status=since["method"], area_m2=since.geometry.area)
    found = pd.concat([_meeting(frame, there)[list(COLUMNS)] for frame in (hazards, since)], ignore_index=True)
    return GeoDataFrame(found, crs=programme.crs)


def pieces_of(pieces: GeoDataFrame, methods: Collection[str], at: Moment) -> GeoDataFrame:
    """COLUMNS of what releases took of each hazard, by the methods that are counted; `what` names the release. Pieces
    may lie over each other: they are dissolved where they are counted."""
    wanted = pieces["done_on"].isna() if UNDATED in set(methods) else pieces["method"].isin(methods)
    own = pieces[wanted]
    kind = at.found.programme.hazards.set_index("hazard_id")["kind"].reindex(own["hazard_id"]).to_numpy()
    told = own.assign(what="release " + own["release_id"].astype(str), kind=kind, status=own["method"])
    return told.assign(area_m2=own.geometry.area)[list(COLUMNS)].reset_index(drop=True)


def corrected_hazards(period: Period) -> GeoDataFrame:
    """COLUMNS of the hazards that the corrections of a period are of, whole; `what` says why."""
    listed = corrections_of(period).drop_duplicates("hazard_id").set_index("hazard_id")["why"]
    hazards = period.hazards[period.hazards["hazard_id"].isin(listed.index)]
    told = hazards.assign(
        what=listed.reindex(hazards["hazard_id"]).to_numpy(), status=None, area_m2=hazards.geometry.area
    )
    return told[list(COLUMNS)].reset_index(drop=True)


def status_on(situation: Situation) -> "pd.Series[str]":
    """Of each hazard open on the date. The record's status speaks of the data date alone: before it all are open."""
    status: pd.Series[str] = situation.hazards["status"]
    return status if situation.on == situation.programme.data_date else status.where(status.isna(), "open")


def later_known(assessment: Assessment) -> GeoDataFrame:
    """COLUMNS of the hazards recorded only after the date, everywhere in the programme, whole, as `KNOWN_LATER`."""
    hazards = known_later(assessment.situation)
    found = hazards.assign(what=KNOWN_LATER, area_m2=hazards.geometry.area)
    return found.set_geometry(blocking(hazards), crs=hazards.crs)[list(COLUMNS)].reset_index(drop=True)


def land_of(assessment: Assessment, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    """Polygons of the land within the longest of all standard times of some communities, were there no hazard."""
    programme = assessment.situation.programme
    terrain = terrain_of(programme)
    starts = terrain.community_start[rows]
    minutes = minutes_from(free_ground(programme), starts[starts[:, 0] >= 0], limit_min=programme.settings.longest_min)
    reached = np.isfinite(minutes)
    shapes = rasterio.features.shapes(reached.astype(np.uint8), mask=reached, transform=terrain.grid.transform)
    return np.array([shapely.geometry.shape(shape) for shape, _ in shapes], dtype=object)


def touching(frame: GeoDataFrame, ground: GeoDataFrame) -> GeoDataFrame:
    """The rows that meet some ground, in their order."""
    return _meeting(frame, shapely.STRtree(ground.geometry.to_numpy())).reset_index(drop=True)


def _meeting(frame: GeoDataFrame, there: shapely.STRtree) -> GeoDataFrame:
    hits = np.unique(there.query(frame.geometry.to_numpy(), predicate="intersects")[0])
    return frame.iloc[hits]
