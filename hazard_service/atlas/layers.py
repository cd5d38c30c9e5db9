"""The layers of one assessment for a GIS: communities, hazards, districts as GeoJSON. No accident is in any of them."""

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service import overlay
from hazard_service.assessment import Assessment, known_later
from hazard_service.atlas.geojson import Feature, collection, features, rows
from hazard_service.impact.livelihood import REACH_COLUMNS
from hazard_service.impact.people import PEOPLE_REACH_COLUMNS
from hazard_service.impact.rollup import PEOPLE_COLUMNS
from hazard_service.layers import Situation
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY, SERVICE_KINDS

COMMUNITY_COLUMNS: Final = (
    "community_id", "name", "district", "people", "women", "men", "girls", "boys",
    "held_back", "held_back_by", "exposed", "affected", "not_assessed", "inside_hazard", "enclosed",
    "freedom", "at_most", "at_least", "through_open_route",
    "hazard_share", "reach_km2", "free_reach_km2", "behind_hazards_km2",
    *(f"{column}_{kind}" for kind in SERVICE_KINDS for column in ("minutes", "free_minutes", "cut_off")),
    "nearest_hazard_m", "nearest_hazard_id", "start_moved_m", "why",
)  # fmt: skip
_RING_PREFIXES: Final = ("hazards_within_", "hazard_km2_within_")
HAZARD_COLUMNS: Final = (
    "hazard_id", "name", "kind", "contamination", "status", "laid_on", "reported_on", "closed_on", "extent_method",
    "area_reported_m2", "district", "cut_m2", "communities_within_contact",
)  # fmt: skip
DISTRICT_COLUMNS: Final = (
    "district_code", "name", "communities", "communities_with_people", "people", "held_back", "held_back_people",
    "exposed", "affected", "affected_people", "not_assessed", "hazards", "open_km2", "cha_km2", "sha_km2",
    "unclassified_km2", "released_km2", "cancelled_km2", "reduced_km2", "cleared_km2",
)  # fmt: skip
# What a closed hazard keeps beside its releases is shown from this area on; less is rounding of outlines.
_LEFT_M2: Final = 10.0


def communities_geojson(assessment: Assessment) -> bytes:
    """Every community with its results on the assessment's date, as UTF-8 GeoJSON."""
    frame = assessment.communities
    return collection(
        features(frame, frame["community_id"].tolist(), rows(frame, community_columns(frame))), **_members(assessment)
    )


def hazards_geojson(assessment: Assessment) -> bytes:
    """Every hazard recorded in the programme, as UTF-8 GeoJSON, by its `state` on the assessment's date.

    state: open, worked_on or suspended (what is still open), released, closed, not_counted (of a kind left out: no
    barrier here), or known_later: recorded only after the date, with `known_later` true, because a map of a past date
    must show it.
    """
    return collection(hazard_features(assessment), **_members(assessment))


def districts_geojson(assessment: Assessment) -> bytes:
    """Every district that has an outline, with its roll-up, as UTF-8 GeoJSON."""
    frame = assessment.districts
    frame = frame[~shapely.is_missing(frame.geometry.to_numpy())]
    found = features(frame, frame["district_code"].tolist(), rows(frame, [*DISTRICT_COLUMNS, *PEOPLE_COLUMNS]))
    return collection(found, **_members(assessment))


def community_columns(frame: pd.DataFrame) -> list[str]:
    """The columns of assessed communities that may leave the service: those named here and the distance rings."""
    return [
        *COMMUNITY_COLUMNS,
        *REACH_COLUMNS,
        *PEOPLE_REACH_COLUMNS,
        *(name for name in frame.columns if str(name).startswith(_RING_PREFIXES)),
    ]


def hazard_features(assessment: Assessment) -> list[Feature]:
    """The features of `hazards_geojson`, each with its state, area and geometry on the date."""
    frames = hazards_by_state(assessment.situation, assessment.hazards)
    return [*(feature for frame in frames for feature in _state_features(frame)), *_released_features(assessment)]


def hazards_by_state(situation: Situation, still_open: GeoDataFrame) -> tuple[GeoDataFrame, ...]:
    """Every recorded hazard with its `state` on the date: still open, not counted, recorded only later, closed.

    still_open: the situation's hazards. Status speaks of the data date alone, so before it all of them read `open`.
    """
    is_now = situation.on == situation.programme.data_date
    named = still_open["status"].where(still_open["status"].isin(["worked_on", "suspended"]), "open")
    return (
        still_open.assign(state=named if is_now else "open"),
        situation.not_counted.assign(state="not_counted"),
        known_later(situation).assign(state="known_later"),
        _closed(situation),
    )


def _closed(situation: Situation) -> GeoDataFrame:
    """What is left of hazards closed by the date beside their releases: closed by the record alone."""
    hazards = situation.programme.hazards
    known = ~(hazards["reported_on"] > pd.Timestamp(situation.on)) & hazards["kind"].isin(situation.kinds)
    gone = hazards[known & ~hazards["hazard_id"].isin(situation.hazards["hazard_id"])].assign(state="closed")
    pieces = situation.released.groupby("hazard_id").geometry
    taken = {name: overlay.union_all(part.to_numpy()) for name, part in pieces}
    nothing = shapely.Polygon()
    cutters = np.array([taken.get(name, nothing) for name in gone["hazard_id"]], dtype=object)
    left = gone.set_geometry(overlay.difference(gone.geometry.to_numpy(), cutters), crs=hazards.crs)
    return left[left.geometry.area >= _LEFT_M2].assign(remnant=None)


def _state_features(frame: GeoDataFrame) -> list[Feature]:
    """Areas, and beside them the zero-width lines left by repair, which still block."""
    state = [{"state": name, "known_later": name == "known_later"} for name in frame["state"]]
    area = [{"area_m2": round(float(value), 1)} for value in frame.geometry.area]
    values = [given | own | size for given, own, size in zip(rows(frame, HAZARD_COLUMNS), state, area, strict=True)]
    ids = frame["hazard_id"].tolist()
    found = features(frame, ids, values)
    line = ~shapely.is_missing(frame["remnant"].to_numpy(dtype=object))
    remnants = GeoDataFrame(geometry=frame["remnant"].to_numpy(dtype=object)[line], crs=frame.crs)
    lines = features(
        remnants,
        [f"{name}/line" for name, has in zip(ids, line, strict=True) if has],
        [given | {"area_m2": 0.0} for given, has in zip(values, line, strict=True) if has],
    )
    return [feature for feature in [*found, *lines] if feature["geometry"] is not None]


def _released_features(assessment: Assessment) -> list[Feature]:
    """The ground that releases took out of hazards by the date."""
    pieces = assessment.situation.released
    values = rows(pieces, ["release_id", "hazard_id", "method", "done_on"])
    areas = pieces.geometry.area.tolist()
    done = [
        given | {"state": "released", "known_later": False, "area_m2": round(area, 1)}
        for given, area in zip(values, areas, strict=True)
    ]
    ids = [f"{given['hazard_id']}/{given['release_id']}" for given in values]
    return [feature for feature in features(pieces, ids, done) if feature["geometry"] is not None]


def _members(assessment: Assessment) -> dict[str, Any]:
    """What travels with every layer: whose it is, the dates, and what it must not be used for."""
    situation = assessment.situation
    return {
        "programme": situation.programme.name,
        "fictional": situation.programme.fictional,
        "as_of": situation.on.isoformat(),
        "data_date": situation.programme.data_date.isoformat(),
        "warnings": [NOT_FOR_SAFETY, NO_RECORD],
    }
