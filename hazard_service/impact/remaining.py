"""Hazards and their ground by district and kind: open on a date, or reported in a period."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from hazard_service import overlay
from hazard_service.impact.areas import Split, open_ground
from hazard_service.impact.balance import district_names, with_whole
from hazard_service.impact.exposure import blocking
from hazard_service.impact.period import NOT_RECORDED, ROUNDING_M2, Period
from hazard_service.impact.rollup import hazard_district, zone_areas, zones_of
from hazard_service.layers import Situation
from hazard_service.vocabulary import HAZARD_KINDS


def remaining(situation: Situation) -> pd.DataFrame:
    """What is open on the date: one row per district, then OUTSIDE, then WHOLE.

    district_code, name; K_areas and K_m2 for each hazard kind K; areas and m2, their sums. Ground is split at district
    lines, that under both SHA and CHA is CHA's; a hazard counts once, where its largest part lies.
    """
    hazards, zones = situation.hazards, zones_of(situation.programme.districts)
    districts = hazard_district(hazards.set_geometry(blocking(hazards), crs=hazards.crs), zones)
    return _by_kind(zones, hazards["kind"].to_numpy(), districts, open_ground(hazards))


def newly_identified(period: Period) -> pd.DataFrame:
    """As `remaining`, for hazards reported in the period and their ground that was not open before, closed since or
    not; areas and m2 are areas_new and new_m2 of the balance."""
    new = period.hazards[period.hazards["new"].notna()]
    fresh = {kind: overlay.difference(ground, period.opening) for kind, ground in open_ground(new).items()}
    return _by_kind(period.zones, new["kind"].to_numpy(), new["new"], fresh)


def open_by_operator(situation: Situation) -> pd.DataFrame:
    """Open hazards by district and organisation, rows with any: district_code, operator, areas, m2.

    The organisation is the hazard's own `operator`. Ground that hazards of two share counts once, under the first by
    name.
    """
    hazards, zones = situation.hazards, zones_of(situation.programme.districts)
    operators = hazards["operator"].fillna(NOT_RECORDED).to_numpy()
    districts = hazard_district(hazards.set_geometry(blocking(hazards), crs=hazards.crs), zones)
    taken: BaseGeometry = shapely.Polygon()
    split: Split = {}
    for operator in sorted(set(operators)):
        ground = overlay.union_all(hazards.geometry.to_numpy()[operators == operator])
        split[operator] = overlay.difference(ground, taken)
        taken = overlay.union_all([taken, ground])
    codes = district_names(zones)["district_code"].to_list()
    m2 = zone_areas(zones, split, {name: name for name in split}) * 1e6
    rows = [
        {"district_code": code, "operator": operator, "areas": int(count), "m2": float(m2[operator][row])}
        for operator in split
        for row, (code, count) in enumerate(zip(codes, _counts(districts[operators == operator], codes), strict=True))
        if count or m2[operator][row] >= ROUNDING_M2
    ]
    return pd.DataFrame(rows, columns=["district_code", "operator", "areas", "m2"])


def _by_kind(zones: GeoDataFrame, kinds: np.ndarray, districts: Iterable[str], split: Split) -> pd.DataFrame:
    rows, home = district_names(zones), pd.Series(districts, dtype=object).to_numpy()
    m2 = zone_areas(zones, split, {kind: f"{kind}_m2" for kind in HAZARD_KINDS}) * 1e6
    for kind in HAZARD_KINDS:
        rows[f"{kind}_areas"] = _counts(home[kinds == kind], rows["district_code"].to_list())
        rows[f"{kind}_m2"] = m2[f"{kind}_m2"]
    rows["areas"] = rows[[f"{kind}_areas" for kind in HAZARD_KINDS]].sum(axis=1)
    rows["m2"] = m2.sum(axis=1)
    return with_whole(rows)


def _counts(districts: np.ndarray, codes: list[str]) -> np.ndarray:
    """(codes,) how many of the districts are each code."""
    return np.bincount(pd.Index(codes).get_indexer(pd.Index(districts)), minlength=len(codes)).astype(np.int64)
