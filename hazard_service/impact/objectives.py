"""Objective 2 of the strategy: the most seriously affected communities, and for how many life has got wider and safer.

The cohort is chosen at the baseline and frozen: every member is accounted for at each later date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from hazard_service.impact.freedom import Walk
from hazard_service.impact.gains import release_gain
from hazard_service.settings import Settings
from hazard_service.vocabulary import BLOCKAGES, ENDINGS, SERVICE_KINDS

TARGET_SHARE: Final = 0.80
CASUALTY_TARGET_SHARE: Final = 0.50
SURVEYED, BY_MOVEMENT = "impact class", "severely held back (by movement: no survey)"
MEMBER_STATES: Final = ("met", "not met", "could not show a gain", "not measurable", *ENDINGS)


@dataclass(frozen=True, eq=False)
class Cohort:
    """rows: (n,) bool, the communities most seriously affected at the baseline. basis: SURVEYED or BY_MOVEMENT.

    could_gain: (n,) bool, would count as expanded were no hazard left, and has livelihood land or a surveyed blockage
    to regain. measurable: (n,) bool, has a freedom. knows_livelihoods: land cover or a survey tells of livelihoods; if
    not, nobody can be said to be mitigated. surveyed: how many communities have an impact class at the baseline.
    """

    rows: np.ndarray
    basis: str
    could_gain: np.ndarray
    measurable: np.ndarray
    knows_livelihoods: bool
    surveyed: int


def cohort_of(
    scores: pd.DataFrame,
    communities: pd.DataFrame,
    blockages: pd.DataFrame,
    ended: np.ndarray,
    closed: Walk,
    free: Walk,
    settings: Settings,
    *,
    is_surveyed_again: bool,
) -> Cohort:
    """The cohort of a baseline: `scores`, `communities` and `blockages` (surveyed) are its frames.

    is_surveyed_again: whether any survey is dated later; the baseline's alone cannot tell that a blockage was lifted.
    ended: (n,) `history.ended_by` the baseline; whoever has ended is in no cohort. closed, free: its walks over the
    ground with its hazards, and with none.
    Where the programme surveyed anybody, impact class high (with cohort_classes = 2 also medium). Where it surveyed
    nobody, the severely held back: freedom under severe_freedom, or a service cut off. The two are never mixed.
    """
    measurable = communities["freedom"].notna().to_numpy()
    if scores["impact_class"].notna().any():
        classes = ("high", "medium")[: settings.cohort_classes]
        rows, basis = scores["impact_class"].isin(classes).to_numpy(), SURVEYED
    else:
        rows, basis = severely_held_back(communities, settings), BY_MOVEMENT
    most = release_gain(free, closed, free, ~communities["not_assessed"].to_numpy(), settings)
    land = "livelihood_held_back_km2" in communities
    blocked = (blockages == 1).any(axis=1).to_numpy()
    if land:
        blocked = blocked | (communities["livelihood_held_back_km2"] * 100 >= settings.livelihood_least_ha).to_numpy()
    return Cohort(
        rows & (ended == ""),
        basis,
        most["expanded"].to_numpy() & blocked,
        measurable,
        land or is_surveyed_again,
        int(scores["impact_class"].notna().sum()),
    )


def severely_held_back(communities: pd.DataFrame, settings: Settings) -> np.ndarray:
    """(n,) bool: freedom under severe_freedom, or a service cut off."""
    cut = np.logical_or.reduce([(communities[f"cut_off_{kind}"] == "yes").to_numpy() for kind in SERVICE_KINDS])
    return np.asarray((communities["freedom"] < settings.severe_freedom).to_numpy() | cut)


def unsurveyed(surveyed: int, of: int) -> str:
    """What must stand beside every share of a cohort by survey, where not everybody was surveyed."""
    said = f"{surveyed:,} of {of:,} communities were surveyed at the baseline"
    return f"{said}; the others have no class and are in no share."


def mitigated(
    gained: pd.DataFrame, before: pd.DataFrame, then: pd.DataFrame, now: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    """mitigated, mitigated_by ("land", "survey", both or ""): risk to livelihoods mitigated since the baseline.

    Land: release gave back at least `mitigated_share` of the livelihood land held back at the baseline, and at least
    `livelihood_least_ha`. Survey: a blockage surveyed then is gone in a later, dated survey. gained: columns of
    `release_gain`; before: the baseline's communities; then, now: `score.blockages_on` of both dates.
    """
    by_land = np.zeros(len(before), dtype=bool)
    if "gained_livelihood_km2" in gained:
        regained, held = gained["gained_livelihood_km2"], before["livelihood_held_back_km2"]
        enough = (
            (held > 0)
            & (regained >= settings.mitigated_share * held)
            & (regained * 100 >= settings.livelihood_least_ha)
        )
        by_land = enough.to_numpy()
    blocked, lifted = then[list(BLOCKAGES)] == 1, now[list(BLOCKAGES)] == 0
    by_survey = (blocked & lifted).any(axis=1).to_numpy()
    why = [
        ", ".join(name for name, holds in (("land", a), ("survey", b)) if holds)
        for a, b in zip(by_land, by_survey, strict=True)
    ]
    return pd.DataFrame({"mitigated": by_land | by_survey, "mitigated_by": why})


def parts_of(expanded_firm: pd.Series, is_mitigated: pd.DataFrame, ended: np.ndarray) -> pd.DataFrame:
    """expanded, mitigated, mitigated_by, ended of each community on a date: what it has met of objective 2.

    is_mitigated: of `mitigated`. ended: (n,) of `history.ended_by`; a community that has ended has met nothing.
    """
    there = ended == ""
    return pd.DataFrame(
        {
            "expanded": expanded_firm.to_numpy() & there,
            "mitigated": is_mitigated["mitigated"].to_numpy() & there,
            "mitigated_by": is_mitigated["mitigated_by"].where(there, ""),
            "ended": ended,
        }
    )


def member_states(cohort: Cohort, parts: pd.DataFrame) -> np.ndarray:
    """(n,) one of MEMBER_STATES for members of the cohort, "" for the others; `parts`: of `parts_of`.

    Where nothing tells of livelihoods, nobody can be said to have met both parts or not: not measurable.
    """
    ended = parts["ended"].to_numpy(dtype=object)
    met = (parts["expanded"] & parts["mitigated"]).to_numpy()
    measurable = cohort.measurable & cohort.knows_livelihoods
    states = np.select(
        [~cohort.rows, ended != "", met & cohort.knows_livelihoods, ~measurable, ~cohort.could_gain],
        ["", ended, "met", "not measurable", "could not show a gain"],
        default="not met",
    )
    return np.asarray(states, dtype=object)


def objective_totals(cohort: Cohort, parts: pd.DataFrame) -> dict[str, Any]:
    """Members by state, both parts apart and together, and their shares of the whole cohort (null without members)."""
    states = member_states(cohort, parts)
    size = int(cohort.rows.sum())
    counted: Mapping[str, np.ndarray] = {
        "cohort_expanded": cohort.rows & parts["expanded"].to_numpy(),
        "cohort_mitigated": cohort.rows & parts["mitigated"].to_numpy(),
        "cohort_met": states == "met",
    }
    totals: dict[str, Any] = {
        "cohort": size,
        "cohort_basis": cohort.basis,
        "surveyed": cohort.surveyed,
        "target_share": TARGET_SHARE,
    }
    for name, holds in counted.items():
        if name != "cohort_expanded" and not cohort.knows_livelihoods:
            totals[name], totals[f"{name}_share"] = None, None
            continue
        totals[name] = int(holds.sum())
        totals[f"{name}_share"] = float(holds.sum() / size) if size else None
    for state in MEMBER_STATES[1:]:
        totals[f"cohort_{state.replace(' ', '_')}"] = int((states == state).sum())
    return totals
