"""Districts: each community, person, hazard and square metre counted once; rows sum to the whole."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service.impact.areas import Split, disjoint, km2, shared_areas, split_by
from hazard_service.impact.exposure import blocking
from hazard_service.vocabulary import OUTSIDE, RELEASE_METHODS, WHOLE

# People of a population raster by district: all on the grid, within the contact distance of an open hazard, in one.
PEOPLE_COLUMNS: Final = ("people_modelled", "people_exposed_modelled", "people_in_hazards_modelled")


def district_of(features: GeoDataFrame, districts: GeoDataFrame) -> np.ndarray:
    """(n,) district code of each feature, or OUTSIDE: its own column where that code exists, else the district
    that covers it."""
    own, codes = features["district"].to_numpy(dtype=object), districts["district_code"].to_numpy(dtype=object)
    known = np.isin(own.astype(str), codes.astype(str))
    return np.where(known, own, district_at(features, districts))


def district_at(features: GeoDataFrame, districts: GeoDataFrame) -> np.ndarray:
    """(n,) code of the district that covers each feature's representative point, or OUTSIDE; on a border the lowest."""
    codes = districts["district_code"].to_numpy(dtype=object)
    found = np.full(len(features), OUTSIDE, dtype=object)
    order = np.argsort(codes)[::-1]
    point, district = shapely.STRtree(districts.geometry.to_numpy()[order]).query(
        shapely.point_on_surface(features.geometry.to_numpy()), predicate="intersects"
    )
    for at, code in sorted(zip(point, codes[order][district], strict=True), key=lambda pair: pair[1], reverse=True):
        found[at] = code
    return found


def in_district_of(codes: pd.Series, communities: GeoDataFrame, districts: GeoDataFrame) -> np.ndarray:
    """(n,) bool, the community lies in one of the districts or in a part of one, by its own column or by place.

    Where a code is missing or unknown to both layers nobody can be left out: True for all.
    """
    wanted = set(codes.dropna().astype(str))
    own = communities["district"].astype("object").fillna("").astype(str).to_numpy()
    known = {*districts["district_code"].astype(str), *own}
    if codes.isna().any() or wanted - known:
        return np.ones(len(communities), dtype=bool)
    parents = dict(zip(districts["district_code"].astype(str), districts["parent"].astype(str), strict=True))
    while parts := {code for code, parent in parents.items() if parent in wanted} - wanted:
        wanted |= parts
    by_place = district_of(communities, districts).astype(str)
    return np.isin(own, list(wanted)) | np.isin(by_place, list(wanted))


def hazard_district(hazards: GeoDataFrame, districts: GeoDataFrame) -> np.ndarray:
    """(n,) code of the district that holds the largest part of each hazard, or OUTSIDE; ties to the lowest code."""
    outlines, zones = hazards.geometry.to_numpy(), districts.geometry.to_numpy()
    found = np.full(len(hazards), OUTSIDE, dtype=object)
    zone, hazard, m2 = shared_areas(zones, outlines)
    pairs = pd.DataFrame({"hazard": hazard, "code": districts["district_code"].to_numpy(dtype=object)[zone], "m2": m2})
    inside = pairs.groupby("hazard")["m2"].sum()
    most_outside = shapely.area(outlines[inside.index]) - inside
    largest = pairs.sort_values(["hazard", "m2", "code"], ascending=[True, False, True]).drop_duplicates("hazard")
    for at, code, area_m2 in largest.itertuples(index=False):
        # A hazard in one district only by its edge still lies where its largest part lies: outside.
        if area_m2 >= most_outside[at]:
            found[at] = code
    return found


def zones_of(districts: GeoDataFrame) -> GeoDataFrame:
    """The districts that rows are for, in their order, no ground in two of them."""
    return disjoint(_finest(districts), "district_code")


def district_rows(
    districts: GeoDataFrame,
    communities: GeoDataFrame,
    hazards: GeoDataFrame,
    opened: Split,
    freed: Split,
    people: pd.DataFrame | None = None,
) -> GeoDataFrame:
    """One row per district, then OUTSIDE, then WHOLE.

    `communities` is the assessed frame; `opened`, `freed`: see `areas.ground_of`. Areas are split at district lines;
    all frames in one equal-area CRS.
    `people`: PEOPLE_COLUMNS of each of `zones_of` and of the rest; None = no population raster, and no such column.
    """
    zones = zones_of(districts)
    codes = [*zones["district_code"], OUTSIDE]
    rows = pd.DataFrame({"district_code": codes, "name": [*zones["name"], OUTSIDE]})
    home = _row_of(district_of(communities, zones), codes)
    for name, value in _community_counts(communities).items():
        rows[name] = np.bincount(home, weights=value, minlength=len(codes))
    lies_in = hazard_district(hazards.set_geometry(blocking(hazards)), zones)
    rows["hazards"] = np.bincount(_row_of(lies_in, codes), minlength=len(codes))
    by_kind = zone_areas(zones, opened, {"CHA": "cha_km2", "SHA": "sha_km2", "unclassified": "unclassified_km2"})
    by_method = zone_areas(zones, freed, {method: f"{method}_km2" for method in RELEASE_METHODS})
    rows["open_km2"] = by_kind.sum(axis=1)
    rows = rows.join(by_kind)
    rows["released_km2"] = by_method.sum(axis=1)
    rows = rows.join(by_method)
    if people is not None:
        rows = rows.join(people)
    whole = rows.drop(columns=["district_code", "name"]).sum().to_frame().T
    rows = pd.concat([rows, whole.assign(district_code=WHOLE, name=WHOLE)], ignore_index=True)
    counts = [*_community_counts(communities), "hazards"]
    rows[counts] = rows[counts].round(0).astype("int64")
    return GeoDataFrame(rows, geometry=[*zones.geometry, None, None], crs=districts.crs)


def _finest(districts: GeoDataFrame) -> GeoDataFrame:
    """The districts of the deepest level, so that no ground is in two rows; all of them where no level is a number."""
    level = pd.to_numeric(districts["level"], errors="coerce")
    return districts[level == level.max()] if level.notna().any() else districts


def _row_of(names: np.ndarray, codes: list[str]) -> np.ndarray:
    """(n,) row of each district code."""
    return pd.Index(codes).get_indexer(pd.Index(names))


def _community_counts(communities: GeoDataFrame) -> Mapping[str, pd.Series]:
    people = communities["people"].fillna(0)
    yes = {name: communities[name].astype(bool) for name in ("held_back", "exposed", "affected", "not_assessed")}
    return {
        "communities": pd.Series(1, index=communities.index),
        "communities_with_people": communities["people"].notna().astype(int),
        "people": people,
        **{name: flag.astype(int) for name, flag in yes.items()},
        "held_back_people": people.where(yes["held_back"], 0),
        "affected_people": people.where(yes["affected"], 0),
    }


def zone_areas(zones: GeoDataFrame, split: Split, names: Mapping[str, str]) -> pd.DataFrame:
    """km² by zone of each part of `split` in `names` (part: column), with a last row for what lies in none."""
    inside = split_by(zones, split)
    whole = pd.Series({name: km2(ground) for name, ground in split.items()})
    outside = (whole - inside.sum()).clip(lower=0)
    table = pd.concat([inside, outside.to_frame().T], ignore_index=True)
    return table.rename(columns=dict(names))[list(names.values())]
