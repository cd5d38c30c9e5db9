"""Cards of communities and hazards, as plain text: sentences, facts, a table of walks. The page only lays them out."""

import datetime
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hazard_service.impact import words
from hazard_service.language import ENGLISH, Said, figure, joined, listed, plural, safety, said, spoken
from hazard_service.layers import Situation
from hazard_service.layers.kinds import counted, only
from hazard_service.settings import Settings
from hazard_service.vocabulary import LABELS, LIVELIHOOD_CLASSES, SERVICE_KINDS

Fact = list[str]
_CONTAMINATION = {
    "ap_mine": said("anti-personnel mines"),
    "av_mine": said("anti-vehicle mines"),
    "ied": said("improvised devices"),
    "cluster": said("cluster munitions"),
    "uxo": said("unexploded ordnance"),
    "axo": said("abandoned ordnance"),
    "booby_trap": said("booby traps"),
    "unknown": said("not known"),
}
_EXTENT = {
    "gps": said("measured by GPS"),
    "digitised": said("digitised from a map"),
    "estimated_circle": said("estimated: a circle stands for it"),
}


def missing(value: Any) -> bool:
    """Null in a row of plain values, or NaN in one of a frame."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def people(value: Any) -> Said:
    """ "1,240 people", or that nobody recorded them."""
    if missing(value):
        return said("people not recorded")
    return plural("{n:,} person", "{n:,} people", round(value))


def km2(value: float) -> Said:
    """Two figures of a km² are hectares: enough for a reader."""
    return said("{n:,.2f} km²", n=value) if value >= 0.005 or value == 0 else said("under 0.01 km²")


def roughly(people: float, of: float) -> Said:
    """ "about 1,200 of 2,400": two figures, because a raster of people knows no more; never a number under ten."""
    few = said("fewer than 10")
    if of < 10:
        return few
    free = float(f"{of:.1e}")
    if people < 10:
        return said("{few} of {free:,.0f}", few=few, free=free)
    return said("about {n:,.0f} of {free:,.0f}", n=float(f"{people:.1e}"), free=free)


def metres(value: float) -> Said:
    """Metres below a kilometre, kilometres above; never finer than the record."""
    return said("{n:,.0f} m", n=value) if value < 1000 else said("{n:,.1f} km", n=value / 1000)


def area(value_m2: Any) -> Said:
    """Square metres up to a hectare, then hectares, then km²."""
    if missing(value_m2):
        return said("not recorded")
    if value_m2 < 10_000:
        return said("{n:,.0f} m²", n=value_m2)
    if value_m2 < 1_000_000:
        return said("{n:,.1f} ha", n=value_m2 / 10_000)
    return said("{n:,.2f} km²", n=value_m2 / 1_000_000)


def percent(share: Any) -> Said:
    """ "7 %"; small shares are not rounded to nothing."""
    return said("not known") if missing(share) else words.percent(share)


def community_card(then: Any, now: Any, change: Any, situation: Situation) -> dict[str, Any]:
    """What the map says of one community on its first and last date, and what release gave in between.

    then, now: its rows of both assessments; change: its row of the comparison; situation: that of the last date.
    """
    settings, kinds = situation.programme.settings, situation.kinds
    return {
        "where": now.district if isinstance(now.district, str) else "",
        "gain": change.why if spoken() == ENGLISH else words.progress_sentence(change, settings),
        "first": found_of(then, settings, kinds),
        "last": found_of(now, settings, kinds),
        "free_km2": None if missing(now.free_reach_km2) else round(float(now.free_reach_km2), 2),
        "walks": walks(then, now, settings),
        "unrecorded": unrecorded(now),
    }


def found_of(row: Any, settings: Settings, kinds: Collection[str]) -> dict[str, Any]:
    """Why, and the facts: what was found for one community on one date."""
    # The frame has the sentence in English alone.
    why = row.why if spoken() == ENGLISH else words.why(row, settings, counted(kinds))
    return {"why": why, "facts": community_facts(row, settings, kinds)}


def community_facts(row: Any, settings: Settings, kinds: Collection[str]) -> list[Fact]:
    """Label and value of what was found for one community on one date (a row of Assessment.communities).

    kinds: the hazard kinds that were counted.
    """
    facts: list[Fact] = []
    nearest = said("Nearest recorded open hazard{only}", only=only(kinds))
    if not row.not_assessed and not missing(row.freedom):
        land = said("{reach} of {free}", reach=km2(row.reach_km2), free=km2(row.free_reach_km2))
        facts.append([said("Land within reach"), land])
        facts.append([said("Share of that land that is hazard itself"), percent(row.hazard_share)])
        if hasattr(row, "livelihood_held_back_km2"):
            facts.append([said("Livelihood land behind hazards"), _livelihood(row)])
        if hasattr(row, "people_in_reach_modelled"):
            in_reach = roughly(row.people_in_reach_modelled, row.free_people_in_reach_modelled)
            within = said("People within {minutes:g} minutes' walk (modelled)", minutes=settings.reach_min)
            facts.append([within, in_reach])
    if missing(row.nearest_hazard_m) or math.isinf(row.nearest_hazard_m):
        facts.append([nearest, said("none recorded")])
    else:
        far = metres(row.nearest_hazard_m)
        named = row.nearest_hazard_id
        facts.append([nearest, said("{distance} ({id})", distance=far, id=named) if named else far])
    rings = [ring for ring in settings.rings_m if ring > 0]
    counts = [figure(getattr(row, f"hazards_within_{ring:g}_m"), ",.0f") for ring in rings]
    distances = joined([metres(ring) for ring in rings], " / ")
    near = said("Open hazards within {distances}{only}", distances=distances, only=only(kinds))
    facts.append([near, joined(counts, " / ")])
    if row.start_moved_m > settings.cell_m:
        from_where = said("a point {distance} from the recorded one", distance=metres(row.start_moved_m))
        facts.append([said("Walks are measured from"), from_where])
    if row.at_most:
        less = safety("Much of this land lies outside the surveyed area: true freedom may be less")
        facts.append([said("At most"), less])
    if getattr(row, "at_least", False):
        more = safety("Hazards of this district could not be placed: more may be closed than is shown")
        facts.append([said("At least"), more])
    return facts


def _livelihood(row: Any) -> Said:
    """ "1.20 km² cropland, 0.30 km² pasture": what the free reach has and the reach has not."""
    held = {
        name: getattr(row, f"free_reach_{name}_km2") - getattr(row, f"reach_{name}_km2") for name in LIVELIHOOD_CLASSES
    }
    return land_words({name: land for name, land in held.items() if land > 0}) or said("none")


def land_words(land_km2: Mapping[str, float]) -> Said:
    """ "1.20 km² cropland, 0.30 km² pasture"."""
    parts = [said("{km2} {land:lower}", km2=km2(land), land=LABELS[name]) for name, land in land_km2.items()]
    return listed(parts)


def walks(before: Any, after: Any, settings: Settings) -> list[list[str]]:
    """Rows of the table of minutes: place and standard, with no hazards, before, after. Kinds with places alone."""
    return [
        [
            said("{service} (≤\u00a0{minutes:g})", service=LABELS[kind], minutes=settings.standard_min(kind)),
            _minutes(getattr(after, f"free_minutes_{kind}"), settings),
            _minutes(getattr(before, f"minutes_{kind}"), settings),
            _minutes(getattr(after, f"minutes_{kind}"), settings),
        ]
        for kind in SERVICE_KINDS
        if hasattr(after, f"minutes_{kind}")
    ]


def unrecorded(after: Any) -> str | None:
    """The services of which no place is recorded: no walk can be computed to them."""
    kinds = [said("{kind:lower}", kind=LABELS[kind]) for kind in SERVICE_KINDS if not hasattr(after, f"minutes_{kind}")]
    return said("No place of this kind is recorded: {kinds}.", kinds=kinds) if kinds else None


def _minutes(value: float, settings: Settings) -> Said:
    return said("over {minutes:g}", minutes=settings.longest_min) if missing(value) else figure(value, ".0f")


def hazard_card(row: dict[str, Any], releases: Sequence[str], near: Any) -> dict[str, Any]:
    """What is recorded of one hazard (a row of the programme's hazards), and what was released from it.

    near: the number of communities within the contact distance of what is open of it; missing where nothing is.
    """
    found = [_CONTAMINATION.get(word, word) for word in (row.get("contamination") or "unknown").split(";")]
    status = row.get("status") or "open"
    facts: list[Fact] = [
        [said("Class"), LABELS.get(row["kind"], row["kind"])],
        [said("Status at the data date"), LABELS.get(status, status)],
        [said("Contamination"), listed(found)],
        [said("Reported"), _day(row.get("reported_on"))],
    ]
    for label, name in ((said("Laid"), "laid_on"), (said("Closed"), "closed_on")):
        if row.get(name):
            facts.append([label, _day(row[name])])
    if row.get("extent_method"):
        facts.append([said("Outline"), _EXTENT.get(row["extent_method"], row["extent_method"])])
    if not missing(near):
        facts.append([said("Communities within the contact distance"), figure(near, ",")])
    return {"name": row.get("name") or "", "facts": facts, "releases": releases}


def release_text(row: dict[str, Any]) -> Said:
    """ "2014-05-02, Cleared (clearance), 1.2 ha"."""
    method = LABELS.get(row["method"], row["method"] or said("method not recorded"))
    return listed([_day(row["done_on"]), method, area(row["area_m2"])])


def _day(iso: str | None) -> Said:
    """A recorded date, ISO 8601 in a row of plain values."""
    return figure(datetime.date.fromisoformat(iso)) if iso else said("date not recorded")
