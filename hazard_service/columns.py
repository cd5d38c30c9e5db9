"""The columns that leave the service, by collection and in order: title, unit, kind of value, and what it means.

One table feeds the schemas and queryables of OGC API - Features and the field descriptions of files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from hazard_service.vocabulary import (
    CUT_OFF,
    EXTENT_METHODS,
    HAZARD_KINDS,
    LIVELIHOOD_CLASSES,
    PEOPLE_GROUPS,
    PLACE_KINDS,
    RELEASE_METHODS,
    SERVICE_KINDS,
    STATUSES,
)

Kind = Literal["text", "number", "count", "flag", "date"]
_PLACE: Final = {"water": "water point", "school": "school", "health": "health post", "market": "market"}


@dataclass(frozen=True)
class Column:
    """What a column holds. Any value may be missing. words: all that a text may be, where they are few."""

    title: str
    unit: str
    kind: Kind
    description: str
    words: tuple[str, ...] = ()


def _text(title: str, description: str, words: tuple[str, ...] = ()) -> Column:
    return Column(title, "", "text", description, words)


def _flag(title: str, description: str) -> Column:
    return Column(title, "", "flag", description)


def _date(title: str, description: str) -> Column:
    return Column(title, "", "date", description)


def _number(title: str, unit: str, description: str) -> Column:
    return Column(title, unit, "number", description)


def _count(title: str, unit: str, description: str) -> Column:
    return Column(title, unit, "count", description)


# Every collection ends with these.
DATES: Final = MappingProxyType(
    {
        "as_of": _date("As of", "The date this row holds for."),
        "data_date": _date("Data date", "The date of the data. Do not rely on this row after 90 days from it."),
    }
)

HAZARDS: Final = MappingProxyType(
    {
        "hazard_id": _text("Hazard", "Id of the hazard area."),
        "name": _text("Name", "Name as recorded."),
        "kind": _text("Class", "SHA: suspected, CHA: confirmed hazardous area.", HAZARD_KINDS),
        "contamination": _text("Contamination", "What it is recorded to hold; several with ; between."),
        "status": _text("Status", "As recorded on the data date; it does not speak of earlier dates.", STATUSES),
        "laid_on": _date("Laid on", "When it was laid, if that is recorded."),
        "reported_on": _date("Reported on", "When it was reported; missing: it counts as always known."),
        "closed_on": _date("Closed on", "When the record closed it, which may be after the date asked for."),
        "extent_method": _text("Extent method", "How the outline was found.", EXTENT_METHODS),
        "area_reported_m2": _number("Area reported", "m²", "As recorded, not measured from the outline."),
        "district": _text("District code", "Code of the district as recorded."),
        "area_m2": _number("Area", "m²", "Of the geometry shown, on an equal-area projection."),
        "cut_m2": _number("Area taken", "m²", "What releases have taken from it by the date."),
        "communities_within_contact": _count(
            "Communities near", "communities", "Within the contact distance of what is still open."
        ),
        "has_line": _flag(
            "Has a line", "A line without width, left where a broken outline was mended, blocks too: see hazard_lines."
        ),
    }
)

RELEASED: Final = MappingProxyType(
    {
        "release_id": _text("Release", "Id of the release."),
        "hazard_id": _text("Hazard", "Id of the hazard area that this ground was taken out of."),
        "method": _text(
            "Method", "cancelled: non-technical survey, reduced: technical survey, cleared: clearance.", RELEASE_METHODS
        ),
        "done_on": _date(
            "Released on", "Handed over, or completed where no handover is recorded; missing: by the data date."
        ),
        "area_m2": _number("Area", "m²", "Of this piece. Pieces may overlap: ground released twice is in two."),
    }
)

_RECORDED: Final = {
    "community_id": _text("Community", "Id of the community."),
    "name": _text("Name", "Name as recorded."),
    "district": _text("District code", "Code of the district as recorded."),
    "people": _number("People", "people", "As recorded."),
    **{name: _number(name.capitalize(), "people", "As recorded.") for name in PEOPLE_GROUPS},
}
_MOVEMENT: Final = {
    "held_back": _flag("Held back", "Modelled: hazards take reach, or put a service beyond its standard."),
    "held_back_by": _text("Held back by", "Modelled: movement, or the services cut off; several with , between."),
    "exposed": _flag("Exposed", "Within the contact distance of an open hazard."),
    "affected": _flag("Affected", "Exposed or held back."),
    "not_assessed": _flag("Not assessed", "No walkable ground near it: neither free nor held back."),
    "inside_hazard": _flag("Inside a hazard", "Its own geometry meets an open hazard."),
    "enclosed": _flag("Enclosed", "Modelled: no way out of it without crossing a hazard."),
    "freedom": _number("Freedom", "share", "Modelled: reach divided by the reach without hazards."),
    "at_most": _flag("At most", "It reaches beyond the surveyed area, so freedom is an upper bound."),
    "at_least": _flag("At least", "Hazards of its district could not be placed: held back at least this much."),
    "through_open_route": _flag(
        "Through an open route", "Its walks use a route that a hazard crosses and that is recorded as in use."
    ),
    "hazard_share": _number("Hazard share", "share", "Modelled: part of its reach without hazards that is hazard."),
    "reach_km2": _number("Reach", "km²", "Modelled: land within the reach time, hazards as barriers."),
    "free_reach_km2": _number("Free reach", "km²", "Modelled: land within the reach time without hazards."),
    "behind_hazards_km2": _number("Behind hazards", "km²", "Modelled: free reach less reach."),
}
_NEAR: Final = {
    "nearest_hazard_m": _number("Nearest hazard", "m", "Distance to the nearest open hazard; 0 inside it."),
    "nearest_hazard_id": _text("Nearest hazard id", "Which hazard that is."),
    "start_moved_m": _number("Start moved", "m", "From the recorded point to where its walks start."),
    "why": _text("Why", "Modelled: the result in a sentence."),
}
_PEOPLE: Final = {
    "people_in_reach_modelled": _number(
        "People in reach", "people", "Modelled. Never add this up: neighbours reach the same people."
    ),
    "free_people_in_reach_modelled": _number("People in free reach", "people", "The same without hazards."),
}

PLACES: Final = MappingProxyType(
    {
        "place_id": _text("Place", "Id of the place."),
        "kind": _text("Kind", "What people walk there for.", PLACE_KINDS),
        "name": _text("Name", "Name as recorded."),
    }
)

ROUTES: Final = MappingProxyType(
    {
        "route_id": _text("Route", "Id of the route. It is broken off near hazards and is never called safe."),
        "class": _text("Class", "Class of the route as recorded."),
        "open_since": _date("In use since", "From then on it is recorded as in use where a hazard crosses it."),
    }
)

_DISTRICTS: Final = {
    "district_code": _text("District code", "Code of the district, or: outside districts."),
    "name": _text("Name", "Name as recorded."),
    "communities": _count("Communities", "communities", "On record."),
    "communities_with_people": _count("With people", "communities", "Those with a number of people on record."),
    "people": _number("People", "people", "Of the communities that have a number on record."),
    "held_back": _count("Held back", "communities", "Modelled: communities held back."),
    "held_back_people": _number("People held back", "people", "Modelled: people of the communities held back."),
    "exposed": _count("Exposed", "communities", "Within the contact distance of an open hazard."),
    "affected": _count("Affected", "communities", "Exposed or held back."),
    "affected_people": _number("People affected", "people", "People of the communities affected."),
    "not_assessed": _count("Not assessed", "communities", "Where nothing could be modelled."),
    "hazards": _count("Hazards", "hazards", "Open hazards, each counted once, where its largest part lies."),
    "open_km2": _number("Open", "km²", "Open hazard ground; what lies under several hazards counts once."),
    "cha_km2": _number("Confirmed", "km²", "Open ground that is confirmed, or both confirmed and suspected."),
    "sha_km2": _number("Suspected", "km²", "Open ground that is suspected alone. It overstates contamination."),
    "unclassified_km2": _number("Unclassified", "km²", "Open ground of no recorded class."),
    "released_km2": _number("Released", "km²", "Ground released by the date; released twice counts once."),
    "cancelled_km2": _number("Cancelled", "km²", "Released by non-technical survey."),
    "reduced_km2": _number("Reduced", "km²", "Released by technical survey."),
    "cleared_km2": _number("Cleared", "km²", "Released by clearance."),
}
_DISTRICT_PEOPLE: Final = {
    "people_modelled": _number("People (raster)", "people", "Modelled, by cell. Never added to people."),
    "people_exposed_modelled": _number(
        "People near hazards (raster)", "people", "Modelled: within the contact distance of an open hazard."
    ),
    "people_in_hazards_modelled": _number("People in hazards (raster)", "people", "Modelled: inside an open hazard."),
}

ACCIDENTS: Final = MappingProxyType(
    {
        "district_code": _text("District code", "Code of the district, or: outside districts."),
        "name": _text("Name", "Name as recorded."),
        "casualties": _count(
            "Casualties",
            "people",
            "Killed, injured and of unknown outcome in the 12 months to as_of. Missing: too few to be shown.",
        ),
    }
)


def community_columns(*, rings_m: Iterable[float], kinds: Iterable[str], land: bool, people: bool) -> dict[str, Column]:
    """Columns of assessed communities.

    rings_m: the distances of the settings; kinds: those of the places on record; land, people: whether the programme
    has land cover, and a population raster.
    """
    found = _RECORDED | _MOVEMENT
    there = set(kinds)
    for kind, place in _PLACE.items():
        if kind in there:
            found[f"minutes_{kind}"] = _number(
                f"Minutes to a {place}", "min",
                f"Modelled: one way to the nearest {place}, hazards as barriers. Missing: over the longest standard.",
            )  # fmt: skip
            found[f"free_minutes_{kind}"] = _number(f"Free minutes to a {place}", "min", "The same without hazards.")
        found[f"cut_off_{kind}"] = _text(
            f"Cut off from a {place}", "Modelled: whether hazards alone put it beyond its standard.", CUT_OFF
        )
    found |= _NEAR | (_reach_of_land() if land else {}) | (_PEOPLE if people else {})
    for ring_m in rings_m:
        found[f"hazards_within_{ring_m:g}_m"] = _count(
            f"Hazards within {ring_m:g} m", "hazards", "Open hazards within this distance."
        )
        found[f"hazard_km2_within_{ring_m:g}_m"] = _number(
            f"Hazard ground within {ring_m:g} m", "km²", "Open hazard ground; under several hazards it counts once."
        )
    return found


def district_columns(*, people: bool) -> dict[str, Column]:
    """Columns of rolled-up districts. people: whether the programme has a population raster."""
    return _DISTRICTS | (_DISTRICT_PEOPLE if people else {})


def gain_columns(*, kinds: Iterable[str], land: bool) -> dict[str, Column]:
    """Columns of hazards with what releasing each would give back; kinds, land: as in `community_columns`."""
    sums = _sums(set(kinds), land=land)
    return {
        **{name: HAZARDS[name] for name in ("hazard_id", "name", "kind", "status", "district", "area_m2")},
        "rank": _count("Rank", "", "1: its release alone would free most people. NOT RELEASED."),
        **{name: _led("", column, "if it alone were released") for name, column in sums.items()},
        "frees": _text("Frees", "Modelled: communities that its release alone would free."),
        "frees_together": _text("Frees together", "Modelled: communities freed only with other hazards, and which."),
        **{f"last_{name}": _led("Last: ", column, "if all others went first") for name, column in sums.items()},
    }


def _reach_of_land() -> dict[str, Column]:
    columns = {}
    for name in LIVELIHOOD_CLASSES:
        land = name.replace("_", " ")
        columns[f"reach_{name}_km2"] = _number(f"Reach: {land}", "km²", "Modelled: this land within reach.")
        columns[f"free_reach_{name}_km2"] = _number(f"Free reach: {land}", "km²", "The same without hazards.")
    columns["livelihood_held_back_km2"] = _number(
        "Livelihood land held back", "km²", "Modelled: livelihood land in the free reach that is not in the reach."
    )
    return columns


def _sums(kinds: set[str], *, land: bool) -> Mapping[str, Column]:
    sums = {
        "freed": _count("Freed", "communities", "Communities no longer held back"),
        "freed_people": _number("People freed", "people", "People of the communities no longer held back"),
        "expanded": _count("Movement wider", "communities", "Communities that move more widely"),
        "expanded_people": _number("People, movement wider", "people", "People of those that move more widely"),
        "gained_km2": _number("Reach gained", "km²", "Summed over communities: shared land counts for each"),
    }
    for name in (*LIVELIHOOD_CLASSES, "livelihood") if land else ():
        sums[f"gained_{name}_km2"] = _number(
            f"Gained: {name.replace('_', ' ')}", "km²", "This land, summed over communities"
        )
    for kind in (kind for kind in SERVICE_KINDS if kind in kinds):
        place = _PLACE[kind]
        sums[f"person_minutes_saved_{kind}"] = _number(
            f"Saved to a {place}", "person minutes", "People times minutes saved, where a walk existed before"
        )
        sums[f"newly_within_{kind}_people"] = _number(
            f"People newly near a {place}", "people", "People beyond its standard now and within it then"
        )
    return sums


def _led(lead: str, column: Column, when: str) -> Column:
    return Column(lead + column.title, column.unit, column.kind, f"Modelled, {when}: {column.description}.")
