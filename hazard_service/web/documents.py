"""Assessments and progress as JSON documents: totals, districts, communities, caveats. No geometry, no accident."""

from typing import Any, Final

import pandas as pd

from hazard_service.assessment import Assessment, Progress
from hazard_service.atlas.geojson import plain, rows
from hazard_service.atlas.layers import DISTRICT_COLUMNS, HAZARD_COLUMNS, community_columns
from hazard_service.impact.livelihood import GAIN_COLUMNS
from hazard_service.impact.people import PEOPLE_GAINED
from hazard_service.impact.rollup import PEOPLE_COLUMNS
from hazard_service.planning.answers import what_if_totals
from hazard_service.planning.whatif import WhatIf
from hazard_service.vocabulary import SERVICE_KINDS

PROGRESS_COLUMNS: Final = (
    "community_id", "name", "district", "people", "progress", "freed", "freed_firm", "expanded",
    "expanded_firm", "held_back_before", "held_back_after",
    "held_back_put_back", "gained_km2", "gained_share", *GAIN_COLUMNS, PEOPLE_GAINED,
    "livelihood_held_back_km2_before", "livelihood_held_back_km2_after", "reach_before_km2", "reach_after_km2",
    "reach_km2_before", "reach_km2_after", "freedom_before", "freedom_after", "services_regained",
    *(f"minutes_saved_{kind}" for kind in SERVICE_KINDS),
    "nearest_hazard_m", "hazards_within_contact", "why",
)  # fmt: skip

WHAT_IF_COLUMNS: Final = (
    "community_id", "name", "district", "people", "freed", "expanded", "gained_km2", "gained_share", *GAIN_COLUMNS,
    PEOPLE_GAINED, "services_regained", *(f"minutes_saved_{kind}" for kind in SERVICE_KINDS),
)  # fmt: skip


def assessment_document(assessment: Assessment) -> dict[str, Any]:
    """Everything `/api/assessment` answers."""
    communities = assessment.communities
    return {
        **_heading(assessment),
        "on": assessment.situation.on.isoformat(),
        "totals": plain(assessment.totals),
        "districts": rows(assessment.districts, [*DISTRICT_COLUMNS, *PEOPLE_COLUMNS]),
        "communities": rows(communities, community_columns(communities)),
        "unplaced": _unplaced(assessment),
        "caveats": list(assessment.caveats),
        "provenance": plain(assessment.provenance),
    }


def progress_document(progress: Progress) -> dict[str, Any]:
    """Everything `/api/progress` answers."""
    return {
        **_heading(progress.after),
        "from": progress.before.situation.on.isoformat(),
        "to": progress.after.situation.on.isoformat(),
        "totals": plain(progress.totals),
        "communities": rows(progress.communities, PROGRESS_COLUMNS),
        "newly_identified": rows(pd.DataFrame(progress.newly_identified), HAZARD_COLUMNS),
        "unplaced": _unplaced(progress.after),
        "caveats": list(progress.caveats),
        "provenance": plain(progress.after.provenance),
    }


def what_if_document(what_if: WhatIf, ids: list[str], frame: pd.DataFrame) -> dict[str, Any]:
    """Everything `/api/whatif` answers: the communities that the release would give something."""
    given = frame[(frame["gained_km2"] != 0) | frame["expanded"] | (frame["services_regained"] != "")]
    people = what_if.assessment.communities[["community_id", "name", "district", "people"]]
    return {
        **_heading(what_if.assessment),
        "on": what_if.assessment.situation.on.isoformat(),
        "state": "NOT RELEASED",
        "release": ids,
        "totals": what_if_totals(what_if, frame),
        "communities": rows(pd.concat([pd.DataFrame(people).loc[given.index], given], axis=1), WHAT_IF_COLUMNS),
        "caveats": list(what_if.caveats),
    }


def _heading(assessment: Assessment) -> dict[str, Any]:
    programme = assessment.situation.programme
    return {
        "programme": programme.name,
        "fictional": programme.fictional,
        "baseline_date": programme.baseline_date.isoformat(),
        "data_date": programme.data_date.isoformat(),
    }


def _unplaced(assessment: Assessment) -> list[dict[str, Any]]:
    return rows(assessment.situation.programme.unplaced, ["hazard_id", "kind", "district", "reason"])
