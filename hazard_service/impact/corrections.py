"""Corrections: ground that left or joined the open hazards with no release and no report in the period, by hazard."""

from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from hazard_service import overlay
from hazard_service.impact.areas import less_earlier
from hazard_service.impact.balance import district_names
from hazard_service.impact.period import ROUNDING_M2, Period, period_of
from hazard_service.impact.rollup import zone_areas
from hazard_service.layers import Situation

BY_RECORD: Final = "closed by its record without a release"
UNDATED: Final = "closed by its record without a date or a release"
REST: Final = "closed by its record after a release took a part"
REMOVED: Final = "no longer on record"
SMALLER: Final = "outline redrawn smaller"
LARGER: Final = "outline redrawn larger"
REOPENED: Final = "open again, or added with an earlier date"


def corrections(before: Situation, after: Situation) -> pd.DataFrame:
    """One row per hazard and district: hazard_id, district_code, m2 (below 0: ground that left), why.

    They sum to corrected_up - corrected_down of the balance in every district. Ground of two such hazards stands under
    the one whose id comes first. Every hazard that the balance counts as closed by its record has a row, with 0 m²
    where other hazards or releases account for all of its ground.
    """
    return corrections_of(period_of(before, after))


def corrections_of(period: Period) -> pd.DataFrame:
    """As `corrections`, for a period at hand."""
    hazards, why = period.hazards.sort_values("hazard_id", ignore_index=True), _why(period)
    down = overlay.difference(period.left, overlay.union_all(period.pieces.geometry.to_numpy()))
    ends = period.after.hazards.set_index("hazard_id").geometry.reindex(hazards["hazard_id"])
    lost = _shared(period, hazards, hazards.geometry.to_numpy(), down)
    gained = _shared(period, hazards, ends.to_numpy(), period.added)
    listed = pd.concat(
        [
            lost.assign(m2=-lost["m2"], why=why["lost"].reindex(lost["hazard_id"]).to_numpy()),
            gained.assign(why=why["gained"].reindex(gained["hazard_id"]).to_numpy()),
            _without_ground(period, why, lost["hazard_id"]),
        ],
        ignore_index=True,
    )
    return listed.sort_values(["hazard_id", "district_code"], ignore_index=True)


def _shared(period: Period, hazards: GeoDataFrame, outlines: np.ndarray, ground: BaseGeometry) -> pd.DataFrame:
    """hazard_id, district_code and m2 of `ground` shared out among the outlines, each square metre to the first."""
    near = np.unique(shapely.STRtree(outlines).query(shapely.get_parts(ground), predicate="intersects")[1])
    shares = overlay.intersection(less_earlier(outlines[near]), ground)
    split = {str(at): share for at, share in enumerate(shares)}
    m2 = zone_areas(period.zones, split, {name: name for name in split}).to_numpy() * 1e6
    district, hazard = np.nonzero(m2 >= ROUNDING_M2)
    return pd.DataFrame(
        {
            "hazard_id": hazards["hazard_id"].to_numpy()[near[hazard]],
            "district_code": district_names(period.zones)["district_code"].to_numpy()[district],
            "m2": m2[district, hazard],
        }
    )


def _why(period: Period) -> pd.DataFrame:
    """By hazard id, what to say where its ground was lost and where it was gained."""
    hazards = period.hazards
    record = period.after.programme.hazards.set_index("hazard_id")["closed_on"]
    is_on_record = hazards["hazard_id"].isin(record.index).to_numpy()
    is_undated = record.reindex(hazards["hazard_id"]).isna().to_numpy()
    is_touched = (hazards["taken_m2"] > 0).to_numpy()
    lost = np.select(
        [~period.gone, ~is_on_record, is_touched, is_undated], [SMALLER, REMOVED, REST, UNDATED], default=BY_RECORD
    )
    counted = (hazards["opening"].notna() | hazards["new"].notna()).to_numpy()
    gained = np.where(counted, LARGER, REOPENED)
    return pd.DataFrame({"lost": lost, "gained": gained}, index=hazards["hazard_id"], dtype=object)


def _without_ground(period: Period, why: pd.DataFrame, listed: pd.Series) -> pd.DataFrame:
    """Hazards closed by their record of which no ground is a correction."""
    hazards = period.hazards
    rest = hazards[period.gone & ~period.gone_by_release & ~hazards["hazard_id"].isin(listed).to_numpy()]
    return pd.DataFrame(
        {
            "hazard_id": rest["hazard_id"],
            "district_code": rest["opening"].where(rest["opening"].notna(), rest["new"]),
            "m2": 0.0,
            "why": why["lost"].reindex(rest["hazard_id"]).to_numpy(),
        }
    )
