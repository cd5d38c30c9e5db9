"""Which hazards were open at any time between two dates."""

import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from shapely import Polygon

from hazard_service.layers.history import closed_by, done_on, recorded
from hazard_service.layers.situation import Situation, situation_on
from hazard_service.vocabulary import HAZARD_KINDS

if TYPE_CHECKING:
    from hazard_service.layers.programme import Programme


def open_between(programme: "Programme", start: datetime.date, end: datetime.date) -> GeoDataFrame:
    """Hazards open on any day from start to end, as `Situation.hazards` has them at the end.

    Of a hazard that was open and is no longer, nothing is left: an empty polygon, and cut_m2 is 0 unless releases took
    it. Raises DateError as `situation_on` does.
    """
    then, now = situation_on(programme, start), situation_on(programme, end)
    hazards = recorded(programme, end, frozenset(HAZARD_KINDS))
    was_open = hazards["hazard_id"].isin([*then.hazards["hazard_id"], *_open_when_reported(hazards, now, start)])
    gone = hazards[was_open & ~hazards["hazard_id"].isin(now.hazards["hazard_id"])].reset_index(drop=True)
    gone = gone.assign(cut_m2=_released_m2(gone, now), remnant=None)
    gone = gone.set_geometry(np.full(len(gone), Polygon(), dtype=object), crs=programme.crs)
    return (
        GeoDataFrame(pd.concat([now.hazards, gone], ignore_index=True), crs=programme.crs) if len(gone) else now.hazards
    )


def _open_when_reported(hazards: GeoDataFrame, now: Situation, start: datetime.date) -> set[str]:
    """Ids of hazards reported after `start` that were open on the day they were reported.

    Release only takes ground, so these and those open at the start are all that were open at any time since.
    """
    programme = now.programme
    new = hazards[(hazards["reported_on"] > pd.Timestamp(start)).to_numpy()]
    new = new[~new["hazard_id"].isin(now.hazards["hazard_id"])]
    released = set(done_on(programme.releases).dropna().dt.date)
    found: set[str] = set()
    for day, own in new.groupby(new["reported_on"].dt.date):
        open_ids = own["hazard_id"][~closed_by(own, day, programme.data_date)]
        if day in released:  # a release of the very day may have taken it whole
            open_ids = open_ids[open_ids.isin(situation_on(programme, day).hazards["hazard_id"])]
        found |= set(open_ids)
    return found


def _released_m2(hazards: GeoDataFrame, now: Situation) -> np.ndarray:
    """(hazards,) m² that releases have taken; pieces that overlap count once."""
    pieces = now.released.dissolve("hazard_id").geometry.area
    return np.asarray(pieces.reindex(hazards["hazard_id"]).fillna(0.0), dtype=float)
