"""What a reader of any result must know about the data it rests on, as sentences."""

from collections.abc import Mapping

import pandas as pd
from geopandas import GeoDataFrame

from hazard_service.layers.schema import TABLES, WORLDWIDE

_ABSENT = {
    "routes": "No routes are recorded: everybody walks off road.",
    "accidents": "No accidents are recorded: what the record of hazards misses cannot be measured.",
    "districts": "No districts are recorded: everything counts as outside districts.",
    "releases": "No releases are recorded: nothing can be counted as given back.",
}
_NAMES_SHOWN = 5


def data_caveats(
    frames: Mapping[str, GeoDataFrame],
    findings: pd.DataFrame,
    unplaced: pd.DataFrame,
    *,
    fictional: bool,
    kept_closed_m2: float,
    opens_nothing: int,
) -> tuple[str, ...]:
    """Sentences on what was repaired, refused or never recorded, the gravest first."""
    sentences = ["This programme is fictional."] if fictional else []
    sentences += _unplaced(unplaced)
    sentences += _swapped(findings)
    sentences += _hazards(frames["hazards"], findings, kept_closed_m2)
    sentences += _releases(findings, opens_nothing)
    for layer in ("communities", "places", "routes", "accidents", "districts", *TABLES, *WORLDWIDE):
        lost = findings[(findings["layer"] == layer) & (findings["action"] == "refused")]
        if len(lost):
            sentences.append(f"{len(lost):,} rows of {layer} could not be used; see the check report.")
    return (*sentences, *(words for layer, words in _ABSENT.items() if not len(frames[layer])))


def _unplaced(unplaced: pd.DataFrame) -> list[str]:
    if not len(unplaced):
        return []
    by_district = unplaced["district"].fillna("no district recorded").value_counts(sort=False).sort_index()
    listed = [f"{name} {count}" for name, count in by_district.items()][:_NAMES_SHOWN]
    more = f" and {len(by_district) - _NAMES_SHOWN} more districts" if len(by_district) > _NAMES_SHOWN else ""
    return [
        f"Hazards that could not be placed and are in no map, area or walk: {len(unplaced):,} "
        f"(by district: {', '.join(listed)}{more})."
    ]


def _swapped(findings: pd.DataFrame) -> list[str]:
    found = findings[findings["rule"] == "axes_swapped"].drop_duplicates(["layer", "file"])
    return [
        f"The axes of {row.layer} in {row.file} were swapped, because only so does it lie near the other layers."
        for row in found.itertuples()
    ]


def _hazards(hazards: GeoDataFrame, findings: pd.DataFrame, kept_closed_m2: float) -> list[str]:
    sentences = []
    count = findings[findings["layer"] == "hazards"]["rule"].value_counts()
    if invalid := count.get("invalid_geometry", 0) + count.get("unclosed_ring", 0):
        sentences.append(
            f"Hazards with invalid outlines that were repaired, losing no ground: {invalid:,} of {len(hazards):,}."
        )
    if kept_closed_m2 >= 1:
        sentences.append(
            f"Ground that stays closed because methods of repair do not agree on it: {kept_closed_m2:,.0f} m²."
        )
    if points := count.get("point_with_area", 0) + count.get("point_without_area", 0):
        sentences.append(f"Hazards recorded as points and closed as circles: {points:,} of {len(hazards):,}.")
    if lines := count.get("wrong_geometry_type", 0) + count.get("collapsed_geometry", 0):
        sentences.append(f"Hazards recorded without an area and closed as corridors or collections: {lines:,}.")
    unclassified = int((hazards["kind"] == "unclassified").sum())
    if unclassified:
        sentences.append(f"Hazards neither suspected (SHA) nor confirmed (CHA): {unclassified:,} of {len(hazards):,}.")
    unknown = int((hazards["contamination"] == "unknown").sum())
    if unknown:
        sentences.append(f"Hazards whose contamination is not recorded: {unknown:,} of {len(hazards):,}.")
    return sentences


def _releases(findings: pd.DataFrame, opens_nothing: int) -> list[str]:
    refused = findings[(findings["layer"] == "releases") & (findings["action"] == "refused")]
    sentences = []
    if len(refused):
        listed = ", ".join(map(str, refused["id"].head(_NAMES_SHOWN)))
        more = f" and {len(refused) - _NAMES_SHOWN} more" if len(refused) > _NAMES_SHOWN else ""
        sentences.append(f"Releases that could not be used and open nothing: {len(refused):,} ({listed}{more}).")
    if opens_nothing:
        sentences.append(f"Releases that meet no hazard they could open: {opens_nothing:,}; they open nothing.")
    return sentences
