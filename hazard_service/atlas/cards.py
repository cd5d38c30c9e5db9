"""Cards of communities and hazards, as plain text: sentences, facts, a table of walks. The page only lays them out."""

import math
from collections.abc import Collection
from typing import Any

from hazard_service.impact import words
from hazard_service.layers import Situation
from hazard_service.layers.kinds import only
from hazard_service.settings import Settings
from hazard_service.vocabulary import LABELS, LIVELIHOOD_CLASSES, SERVICE_KINDS

Fact = list[str]
_CONTAMINATION = {
    "ap_mine": "anti-personnel mines",
    "av_mine": "anti-vehicle mines",
    "ied": "improvised devices",
    "cluster": "cluster munitions",
    "uxo": "unexploded ordnance",
    "axo": "abandoned ordnance",
    "booby_trap": "booby traps",
    "unknown": "not known",
}
_EXTENT = {
    "gps": "measured by GPS",
    "digitised": "digitised from a map",
    "estimated_circle": "estimated: a circle stands for it",
}


def missing(value: Any) -> bool:
    """Null in a row of plain values, or NaN in one of a frame."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def people(value: Any) -> str:
    """ "1,240 people", or that nobody recorded them."""
    if missing(value):
        return "people not recorded"
    return f"{value:,.0f} {'person' if round(value) == 1 else 'people'}"


def km2(value: float) -> str:
    """Two figures of a km² are hectares: enough for a reader."""
    return f"{value:,.2f} km²" if value >= 0.005 or value == 0 else "under 0.01 km²"


def roughly(people: float, of: float) -> str:
    """ "about 1,200 of 2,400": two figures, because a raster of people knows no more; never a number under ten."""
    few = "fewer than 10"
    now, free = (few if value < 10 else f"{float(f'{value:.1e}'):,.0f}" for value in (people, of))
    if free == few:
        return few
    return f"{now} of {free}" if now == few else f"about {now} of {free}"


def metres(value: float) -> str:
    """Metres below a kilometre, kilometres above; never finer than the record."""
    return f"{value:,.0f} m" if value < 1000 else f"{value / 1000:,.1f} km"


def area(value_m2: Any) -> str:
    """Square metres up to a hectare, then hectares, then km²."""
    if missing(value_m2):
        return "not recorded"
    if value_m2 < 10_000:
        return f"{value_m2:,.0f} m²"
    return f"{value_m2 / 10_000:,.1f} ha" if value_m2 < 1_000_000 else f"{value_m2 / 1_000_000:,.2f} km²"


def percent(share: Any) -> str:
    """ "7 %"; small shares are not rounded to nothing."""
    return "not known" if missing(share) else words.percent(share)


def community_card(then: Any, now: Any, change: Any, situation: Situation) -> dict[str, Any]:
    """What the map says of one community on its first and last date, and what release gave in between.

    then, now: its rows of both assessments; change: its row of the comparison; situation: that of the last date.
    """
    settings, kinds = situation.programme.settings, situation.kinds
    return {
        "where": now.district if isinstance(now.district, str) else "",
        "gain": change.why,
        "first": {"why": then.why, "facts": community_facts(then, settings, kinds)},
        "last": {"why": now.why, "facts": community_facts(now, settings, kinds)},
        "free_km2": None if missing(now.free_reach_km2) else round(float(now.free_reach_km2), 2),
        "walks": walks(then, now, settings),
        "unrecorded": unrecorded(now),
    }


def community_facts(row: Any, settings: Settings, kinds: Collection[str]) -> list[Fact]:
    """Label and value of what was found for one community on one date (a row of Assessment.communities).

    kinds: the hazard kinds that were counted.
    """
    facts, nearest = [], f"Nearest recorded open hazard{only(kinds)}"
    if not row.not_assessed and not missing(row.freedom):
        facts.append(["Land within reach", f"{km2(row.reach_km2)} of {km2(row.free_reach_km2)}"])
        facts.append(["Share of that land that is hazard itself", percent(row.hazard_share)])
        if hasattr(row, "livelihood_held_back_km2"):
            facts.append(["Livelihood land behind hazards", _livelihood(row)])
        if hasattr(row, "people_in_reach_modelled"):
            in_reach = roughly(row.people_in_reach_modelled, row.free_people_in_reach_modelled)
            facts.append([f"People within {settings.reach_min:g} minutes' walk (modelled)", in_reach])
    if missing(row.nearest_hazard_m) or math.isinf(row.nearest_hazard_m):
        facts.append([nearest, "none recorded"])
    else:
        named = f" ({row.nearest_hazard_id})" if row.nearest_hazard_id else ""
        facts.append([nearest, metres(row.nearest_hazard_m) + named])
    rings = [ring for ring in settings.rings_m if ring > 0]
    counts = " / ".join(f"{getattr(row, f'hazards_within_{ring:g}_m'):,.0f}" for ring in rings)
    facts.append([f"Open hazards within {' / '.join(metres(ring) for ring in rings)}{only(kinds)}", counts])
    if row.start_moved_m > settings.cell_m:
        facts.append(["Walks are measured from", f"a point {metres(row.start_moved_m)} from the recorded one"])
    if row.at_most:
        facts.append(["At most", "Much of this land lies outside the surveyed area: true freedom may be less"])
    if getattr(row, "at_least", False):
        facts.append(["At least", "Hazards of this district could not be placed: more may be closed than is shown"])
    return facts


def _livelihood(row: Any) -> str:
    """ "1.20 km² cropland, 0.30 km² pasture": what the free reach has and the reach has not."""
    held = {
        name: getattr(row, f"free_reach_{name}_km2") - getattr(row, f"reach_{name}_km2") for name in LIVELIHOOD_CLASSES
    }
    return ", ".join(f"{km2(land)} {LABELS[name].lower()}" for name, land in held.items() if land > 0) or "none"


def walks(before: Any, after: Any, settings: Settings) -> list[list[str]]:
    """Rows of the table of minutes: place and standard, with no hazards, before, after. Kinds with places alone."""
    return [
        [
            f"{LABELS[kind]} (≤\u00a0{settings.standard_min(kind):g})",
            _minutes(getattr(after, f"free_minutes_{kind}"), settings),
            _minutes(getattr(before, f"minutes_{kind}"), settings),
            _minutes(getattr(after, f"minutes_{kind}"), settings),
        ]
        for kind in SERVICE_KINDS
        if hasattr(after, f"minutes_{kind}")
    ]


def unrecorded(after: Any) -> str | None:
    """The services of which no place is recorded: no walk can be computed to them."""
    kinds = [LABELS[kind].lower() for kind in SERVICE_KINDS if not hasattr(after, f"minutes_{kind}")]
    return f"No place of this kind is recorded: {', '.join(kinds)}." if kinds else None


def _minutes(value: float, settings: Settings) -> str:
    return f"over {settings.longest_min:g}" if missing(value) else f"{value:.0f}"


def hazard_card(row: dict[str, Any], releases: list[str], near: Any) -> dict[str, Any]:
    """What is recorded of one hazard (a row of the programme's hazards), and what was released from it.

    near: the number of communities within the contact distance of what is open of it; missing where nothing is.
    """
    words = [_CONTAMINATION.get(word, word) for word in (row.get("contamination") or "unknown").split(";")]
    status = row.get("status") or "open"
    facts = [
        ["Class", LABELS.get(row["kind"], row["kind"])],
        ["Status at the data date", LABELS.get(status, status)],
        ["Contamination", ", ".join(words)],
        ["Reported", row.get("reported_on") or "date not recorded"],
    ]
    for label, name in (("Laid", "laid_on"), ("Closed", "closed_on")):
        if row.get(name):
            facts.append([label, str(row[name])])
    if row.get("extent_method"):
        facts.append(["Outline", _EXTENT.get(row["extent_method"], row["extent_method"])])
    if not missing(near):
        facts.append(["Communities within the contact distance", f"{near:,}"])
    return {"name": row.get("name") or "", "facts": facts, "releases": releases}


def release_text(row: dict[str, Any]) -> str:
    """ "2014-05-02, Cleared (clearance), 1.2 ha"."""
    method = LABELS.get(row["method"], row["method"] or "method not recorded")
    return f"{row['done_on'] or 'date not recorded'}, {method}, {area(row['area_m2'])}"
