"""The layers and tables of a programme: their columns, and what kind of thing each column holds."""

from types import MappingProxyType
from typing import Final

from hazard_service.vocabulary import BLOCKAGES

# id: text that names a row, or a row of another layer. text: as it stands. date, number: parsed. flag: 0, 1 or missing.
# kind, status, place, extent, contamination, method, ending, fact: words of vocabulary.py.
HAZARDS: Final = {
    "hazard_id": "id", "name": "text", "kind": "kind", "laid_on": "date", "contamination": "contamination",
    "status": "status", "reported_on": "date", "closed_on": "date", "extent_method": "extent",
    "area_reported_m2": "number", "district": "id", "operator": "text",
}  # fmt: skip
# A flag beside these: a date of report or laying that was left out because it lies after the data date. When such a
# hazard was found nobody knows.
DATED_AFTER_ALL: Final = "dated_after_all"
# Columns of hazards that leave the service in no file.
WITHIN: Final = ("remnant", DATED_AFTER_ALL)
RELEASES: Final = {
    "release_id": "id", "hazard_id": "id", "method": "method", "completed_on": "date", "handed_over_on": "date",
    "depth_cm": "number", "ap_mines": "number", "av_mines": "number", "submunitions": "number", "uxo": "number",
    "operator": "text",
}  # fmt: skip
COMMUNITIES: Final = {
    "community_id": "id", "name": "text", "district": "id", "people": "number", "women": "number", "men": "number",
    "girls": "number", "boys": "number", "ended_on": "date", "ended_how": "ending",
    **dict.fromkeys(BLOCKAGES, "flag"),
}  # fmt: skip
PLACES: Final = {"place_id": "id", "kind": "place", "name": "text"}
ROUTES: Final = {"route_id": "id", "class": "text", "open_since": "date"}
ACCIDENTS: Final = {
    "accident_id": "id", "community_id": "id", "date": "date", "device": "device", "killed": "number",
    "injured": "number", "unknown": "number", "sex": "text", "age_group": "text",
}  # fmt: skip
DISTRICTS: Final = {"district_code": "id", "name": "text", "level": "text", "parent": "id"}
SURVEYS: Final = {
    "survey_id": "id", "community_id": "id", "surveyed_on": "date", **dict.fromkeys(BLOCKAGES, "flag"),
}  # fmt: skip
BENEFICIARIES: Final = {
    "beneficiary_id": "id", "release_id": "id", "community_id": "id", "women": "number", "men": "number",
    "girls": "number", "boys": "number",
}  # fmt: skip
COUNTRIES: Final = {
    "fact_id": "id", "iso3": "text", "name": "text", "fact": "fact", "value": "text", "dated_on": "date",
    "source": "text",
}  # fmt: skip
COUNTRY_BOUNDARIES: Final = {"iso3": "text", "name": "text"}

# The first column of each layer is its id.
LAYERS: Final = MappingProxyType(
    {
        "communities": COMMUNITIES,
        "hazards": HAZARDS,
        "releases": RELEASES,
        "places": PLACES,
        "routes": ROUTES,
        "accidents": ACCIDENTS,
        "districts": DISTRICTS,
    }
)
# Layers without geometry.
TABLES: Final = MappingProxyType({"surveys": SURVEYS, "beneficiaries": BENEFICIARIES, "countries": COUNTRIES})
# Layers that may lie anywhere on the earth: kept in longitude and latitude, and no part of a programme's ground.
WORLDWIDE: Final = MappingProxyType({"country_boundaries": COUNTRY_BOUNDARIES})
COLUMNS: Final = MappingProxyType({**LAYERS, **TABLES, **WORLDWIDE})
REQUIRED: Final = ("communities", "hazards")
COORDINATES: Final = ("longitude", "latitude")


def id_column(layer: str) -> str:
    """The column that holds the ids of a layer or table."""
    return next(iter(COLUMNS[layer]))
