"""What the page draws: five documents; each feature has the view it is shown in (before, after, both) and its popup."""

from collections import defaultdict
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service import overlay
from hazard_service.assessment import Assessment, Progress, known_later
from hazard_service.atlas.geojson import Feature, collection, dump, features
from hazard_service.atlas.layers import hazard_features
from hazard_service.atlas.popups import community_facts, hazard_facts, people, release_text, unrecorded, walks
from hazard_service.layers import Situation
from hazard_service.vocabulary import LABELS

LAYERS: Final = ("districts", "routes", "hazards", "places", "communities")
# Routes break off this far before the position error of a hazard begins (DESIGN section 7).
BREAK_OFF_M: Final = 50.0
# A buffer's corners are chords that lie up to 0.12 % inside the true circle.
_ROUND: Final = 1.002
# The largest symbol, for communities of about 4,000 people and more.
_LARGEST_PX: Final = 16.0
_SMALLEST_PX: Final = 4.5


@lru_cache(maxsize=2)
def drawn(progress: Progress) -> dict[str, bytes]:
    """Layer name -> GeoJSON bytes of everything the map page draws."""
    programme = progress.after.situation.programme
    found = {
        "districts": district_features(programme.districts),
        "routes": _routes(progress),
        "hazards": _hazards(progress),
        "places": _places(programme.places),
        "communities": _communities(progress),
    }
    return {name: collection(found[name]) for name in LAYERS}


def radius_px(count: float | None) -> float:
    """Radius of a community's symbol: its area grows with the people; unknown people get the smallest."""
    if count is None or np.isnan(count):
        return _SMALLEST_PX
    return round(float(np.clip(0.25 * np.sqrt(count), _SMALLEST_PX, _LARGEST_PX)), 1)


def state_of(row: Any) -> str:
    """The class a community is drawn in: a key of `communities` in maps/styles.json."""
    if row.not_assessed:
        return "not_assessed"
    if row.held_back:
        return "held_back"
    return "exposed" if row.exposed else "neither"


def _communities(progress: Progress) -> list[Feature]:
    before, after = progress.before, progress.after
    properties = [
        _community(then, now, change, after.situation)
        for then, now, change in zip(
            before.communities.itertuples(),
            after.communities.itertuples(),
            progress.communities.itertuples(),
            strict=True,
        )
    ]
    frame = progress.communities.set_geometry(progress.communities.geometry.representative_point())
    return features(frame, frame["community_id"].tolist(), properties)


def _community(then: Any, now: Any, change: Any, after: Situation) -> dict[str, Any]:
    """One symbol: its size, its state and popup in either view, and what changed (after view alone)."""
    settings, kinds = after.programme.settings, after.kinds
    where = f"{now.district}, " if isinstance(now.district, str) else ""
    return {
        "title": now.name if isinstance(now.name, str) else str(now.community_id),
        "kicker": f"Community {now.community_id}: {where}{people(now.people)}",
        "radius": radius_px(now.people),
        "change": change.progress if change.progress in ("freed", "expanded", "uncertain", "worsened") else None,
        "gain": change.why,
        "before": {"state": state_of(then), "why": then.why, "facts": community_facts(then, settings, kinds)},
        "after": {"state": state_of(now), "why": now.why, "facts": community_facts(now, settings, kinds)},
        "walks": walks(then, now, settings),
        "unrecorded": unrecorded(now),
    }


def _hazards(progress: Progress) -> list[Feature]:
    """A feature that is the same on both dates is written once."""
    once: dict[bytes, Feature] = {}
    for view, assessment in (("before", progress.before), ("after", progress.after)):
        for feature in hazard_view(assessment):
            kept = once.setdefault(dump(feature), feature)
            kept["shown"] = "both" if "shown" in kept else view
    return [_with_shown(feature) for feature in once.values()]


def _with_shown(feature: Feature) -> Feature:
    shown = feature.pop("shown")
    return feature | {"properties": feature["properties"] | {"shown": shown}}


def hazard_view(assessment: Assessment) -> list[Feature]:
    """Every hazard on the assessment's date, by its state, with what its popup says."""
    found = hazard_features(assessment)
    kinds = dict(zip(*(assessment.situation.programme.hazards[name] for name in ("hazard_id", "kind")), strict=True))
    releases: dict[str, list[str]] = defaultdict(list)
    for feature in found:
        if feature["properties"]["state"] == "released":
            releases[feature["properties"]["hazard_id"]].append(release_text(feature["properties"]))
    return [_hazard(feature, kinds, sorted(releases[feature["properties"]["hazard_id"]])) for feature in found]


def _hazard(feature: Feature, kinds: dict[str, str], releases: list[str]) -> Feature:
    row = feature["properties"]
    hazard_id = row["hazard_id"]
    if row["state"] == "released":
        drawn_row = {
            "title": f"Released from hazard {hazard_id}",
            "kicker": f"Release {row['release_id']}",
            "kind": kinds.get(hazard_id, "unclassified"),
            "facts": [["Release", release_text(row)], ["Class of the hazard", LABELS[kinds[hazard_id]]]],
        }
    else:
        drawn_row = {
            "id": hazard_id,
            "title": f"Hazard {hazard_id}",
            "kicker": row.get("name") or "",
            "kind": row["kind"],
            "facts": hazard_facts(row, releases),
        }
    return feature | {"properties": drawn_row | {"state": row["state"]}}


def district_features(districts: GeoDataFrame) -> list[Feature]:
    """District lines with their names."""
    names = [
        {"title": name if isinstance(name, str) else str(code)}
        for name, code in zip(districts["name"], districts["district_code"], strict=True)
    ]
    return features(districts, districts["district_code"].tolist(), names)


def _places(places: GeoDataFrame) -> list[Feature]:
    properties = [
        {
            "title": row.name if isinstance(row.name, str) else LABELS[row.kind],
            "kicker": LABELS[row.kind],
            "kind": row.kind,
        }
        for row in places.itertuples(index=False)
    ]
    points = places.set_geometry(places.geometry.representative_point())
    return features(points, places["place_id"].tolist(), properties)


def _routes(progress: Progress) -> list[Feature]:
    """`broken_routes` of both views."""
    found = []
    for view, assessment in (("before", progress.before), ("after", progress.after)):
        broken = broken_routes(assessment.situation)
        found += features(broken, [f"{name}/{view}" for name in broken["route_id"]], [{"shown": view}] * len(broken))
    return [feature for feature in found if feature["geometry"] is not None]


def broken_routes(situation: Situation) -> GeoDataFrame:
    """Recorded routes less their parts near hazards: of the date, recorded later, and open at the data date."""
    programme = situation.programme
    now = programme.situation(programme.data_date).hazards
    near = [_outlines(frame) for frame in (situation.hazards, situation.not_counted, known_later(situation), now)]
    return break_off(programme.routes, np.concatenate(near), programme.settings.position_error_m + BREAK_OFF_M)


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
