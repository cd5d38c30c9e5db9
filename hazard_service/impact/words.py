"""Sentences that say why, for people who read a map."""

import math
from typing import Any, Final

from hazard_service.language import Said, figure, joined, safety, said
from hazard_service.settings import Settings
from hazard_service.vocabulary import SERVICE_KINDS

_SERVICE = {
    "water": said("water"),
    "school": said("a school"),
    "health": said("a health post"),
    "market": said("a market"),
}
# A walk that came back is named by the service alone.
_WALK_TO = {"water": said("water"), "school": said("school"), "health": said("health"), "market": said("market")}

NOT_RECORDED: Final = said("not recorded")


def percent(share: float) -> Said:
    """A share as readers see it: 0.25 is "25 %"; a small share is not rounded to nothing."""
    return said("under 1 %") if 0 < share < 0.01 else said("{n:.0f} %", n=100 * share)


def people_of(communities: int, people: float) -> Said:
    """ "1,240"; "not recorded" where there are communities and no people: none known is not the same as nobody."""
    return NOT_RECORDED if communities and not people else figure(people, ",.0f")


def freedom_sentence(row: Any, settings: Settings, hazards: str) -> Said:
    """ "7 % of the land within 60 minutes' walk (1.8 km²) is behind hazards." `hazards`: what is counted as one."""
    if row.not_assessed or math.isnan(row.freedom):
        return said("Not assessed: no walkable ground within reach of the place where this community is recorded.")
    behind = 1.0 - row.freedom
    values = {"minutes": settings.reach_min, "km2": row.behind_hazards_km2, "hazards": hazards}
    if row.behind_hazards_km2 == 0:
        return said("None of the land within {minutes:g} minutes' walk is behind recorded {hazards}.", **values)
    if row.at_most:
        return said(
            "At least {share} of the land within {minutes:g} minutes' walk ({km2:.2f} km²) is behind {hazards}.",
            share=percent(behind),
            **values,
        )
    return said(
        "{share} of the land within {minutes:g} minutes' walk ({km2:.2f} km²) is behind {hazards}.",
        share=said("Under 1 %") if 0 < behind < 0.01 else percent(behind),
        **values,
    )


def why(row: Any, settings: Settings, hazards: str) -> Said:
    """Why a community is held back, or that it is not; modelled, and saying so. `hazards`: as `freedom_sentence`."""
    sentences = [freedom_sentence(row, settings, hazards)]
    for kind in SERVICE_KINDS:
        if getattr(row, f"cut_off_{kind}") == "yes":
            sentences.append(_service_sentence(row, kind, settings))
    if row.inside_hazard:
        sentences.append(said("It lies inside a recorded hazard."))
    if row.through_open_route:
        sentences.append(safety("Its reach or a walk leads over a recorded route in use that crosses a hazard."))
    if row.enclosed:
        sentences.append(said("Hazards and water close every way out of it."))
    return joined(sentences)


def _service_sentence(row: Any, kind: str, settings: Settings) -> Said:
    free, now = getattr(row, f"free_minutes_{kind}"), getattr(row, f"minutes_{kind}")
    if math.isnan(now):
        walk = said("now over {minutes:g}, or no way at all", minutes=settings.longest_min)
    else:
        walk = said("now {minutes:.0f}", minutes=now)
    return said(
        "Cut off from {service}: {free:.0f} minutes' walk if no hazard stood in the way, {walk} (standard "
        "{standard:g}).",
        service=_SERVICE[kind],
        free=free,
        walk=walk,
        standard=settings.standard_min(kind),
    )


_ENDED: Final = {
    "merged": said("On record as merged with another community: in no count of what release gave."),
    "split": said("On record as split up: in no count of what release gave."),
    "lost": said("On record as lost: in no count of what release gave."),
}


def progress_sentence(row: Any, settings: Settings) -> Said:
    """What release gave one community."""
    if row.ended:
        return _ENDED[row.ended]
    if row.progress == "not_assessed":
        return said("Not assessed.")
    parts: list[Said] = []
    if row.gained_km2 > 0:
        parts.append(said("Release gave back {km2:.2f} km² within reach", km2=row.gained_km2))
    if row.services_regained:
        services = [_WALK_TO[kind] for kind in row.services_regained.split(", ")]
        parts.append(
            said("and the walk to: {services}", services=services)
            if parts
            else said("Release gave back the walk to: {services}", services=services)
        )
    if row.progress == "worsened":
        parts.append(
            said("but hazards laid since close more") if parts else said("Hazards laid since close more ground")
        )
    if row.newly_identified_holds_back:
        parts.append(
            said("hazards found since are now known to close more")
            if parts
            else said("Hazards found since are now known to close more")
        )
    sentence = said("{parts}.", parts=parts or [said("No change by release")])
    if row.progress != "uncertain":
        return sentence
    doubt = said(
        "Uncertain: it would not count if the outlines are {metres:g} m off.", metres=settings.position_error_m
    )
    return joined([sentence, doubt])


def number_of(count: float, one: str, many: str) -> str:
    """A whole number of things in English: "1 area", "2,000 areas"."""
    return f"{count:,.0f} {one if count == 1 else many}"
