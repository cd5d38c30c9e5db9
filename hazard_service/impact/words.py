"""Sentences that say why, for people who read a map."""

import math
from typing import Any, Final

from hazard_service.settings import Settings
from hazard_service.vocabulary import SERVICE_KINDS

_SERVICE = {"water": "water", "school": "a school", "health": "a health post", "market": "a market"}

NOT_RECORDED: Final = "not recorded"


def percent(share: float) -> str:
    """A share as readers see it: 0.25 is "25 %"; a small share is not rounded to nothing."""
    return "under 1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def people_of(communities: int, people: float) -> str:
    """ "1,240"; "not recorded" where there are communities and no people: none known is not the same as nobody."""
    return NOT_RECORDED if communities and not people else f"{people:,.0f}"


def freedom_sentence(row: Any, settings: Settings, hazards: str) -> str:
    """ "7 % of the land within 60 minutes' walk (1.8 km²) is behind hazards." `hazards`: what is counted as one."""
    if row.not_assessed or math.isnan(row.freedom):
        return "Not assessed: no walkable ground within reach of the place where this community is recorded."
    behind = 1.0 - row.freedom
    at_least = "at least " if row.at_most else ""
    if row.behind_hazards_km2 == 0:
        return f"None of the land within {settings.reach_min:g} minutes' walk is behind recorded {hazards}."
    sentence = (
        f"{at_least}{percent(behind)} of the land within {settings.reach_min:g} minutes' walk "
        f"({row.behind_hazards_km2:.2f} km²) is behind {hazards}."
    )
    return sentence[0].upper() + sentence[1:]


def why(row: Any, settings: Settings, hazards: str) -> str:
    """Why a community is held back, or that it is not; modelled, and saying so. `hazards`: as `freedom_sentence`."""
    sentences = [freedom_sentence(row, settings, hazards)]
    for kind in SERVICE_KINDS:
        if getattr(row, f"cut_off_{kind}") == "yes":
            sentences.append(_service_sentence(row, kind, settings))
    if row.inside_hazard:
        sentences.append("It lies inside a recorded hazard.")
    if row.through_open_route:
        sentences.append("Its reach or a walk leads over a recorded route in use that crosses a hazard.")
    if row.enclosed:
        sentences.append("Hazards and water close every way out of it.")
    return " ".join(sentences)


def _service_sentence(row: Any, kind: str, settings: Settings) -> str:
    free, now = getattr(row, f"free_minutes_{kind}"), getattr(row, f"minutes_{kind}")
    walk = f"now {now:.0f}" if not math.isnan(now) else f"now over {settings.longest_min:g}, or no way at all"
    return (
        f"Cut off from {_SERVICE[kind]}: {free:.0f} minutes' walk if no hazard stood in the way, {walk} "
        f"(standard {settings.standard_min(kind):g})."
    )


def progress_sentence(row: Any, settings: Settings) -> str:
    """What release gave one community."""
    if row.progress == "not_assessed":
        return "Not assessed."
    parts = []
    if row.gained_km2 > 0:
        parts.append(f"Release gave back {row.gained_km2:.2f} km² within reach")
    if row.services_regained:
        parts.append(f"{'and ' if parts else 'Release gave back '}the walk to: {row.services_regained}")
    if row.progress == "worsened":
        parts.append("but hazards laid since close more" if parts else "Hazards laid since close more ground")
    if row.newly_identified_holds_back:
        parts.append(
            "hazards found since are now known to close more"
            if parts
            else "Hazards found since are now known to close more"
        )
    sentence = (", ".join(parts) if parts else "No change by release") + "."
    if row.progress == "uncertain":
        sentence += f" Uncertain: it would not count if the outlines are {settings.position_error_m:g} m off."
    return sentence
