"""The figures of a series by district: the assessment's own, and what its communities and hazards add up to there."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from hazard_service.assessment import Assessment, Progress
from hazard_service.impact.objectives import Cohort
from hazard_service.impact.period import ROUNDING_M2
from hazard_service.impact.rollup import district_of, hazard_district, zones_of
from hazard_service.vocabulary import OUTSIDE, WHOLE

_CLASSES = ("freed", "expanded", "uncertain", "worsened")


def baseline_districts(before: Assessment, cohort: Cohort, state: tuple[str, ...]) -> pd.DataFrame:
    """As `district_rows`, on the baseline, since when nothing has changed yet."""
    nobody = np.zeros(len(before.communities), dtype=bool)
    met = dict.fromkeys(("cohort_expanded", "cohort_mitigated", "cohort_met"), nobody)
    flags = dict.fromkeys(_CLASSES, nobody) | {"cohort": cohort.rows} | _told(met, cohort)
    land = nobody.astype(float) if "livelihood_held_back_km2" in before.communities else None
    return _by_district(before, state, flags, land, before.hazards.iloc[:0])


def district_rows(progress: Progress, cohort: Cohort, standing: pd.DataFrame, state: tuple[str, ...]) -> pd.DataFrame:
    """on, district_code, name, the columns `state` of the assessment's districts, and what changed since the baseline.

    A community is in the district that its record or its place says, a hazard newly identified in the one with most of
    it. standing: `series.Series.standing` of the date. Ground outside districts has a row where there is any.
    """
    communities = progress.communities
    flags = {name: (communities["progress"] == name).to_numpy() for name in _CLASSES} | {"cohort": cohort.rows}
    met = {
        "cohort_expanded": cohort.rows & standing["expanded"].to_numpy(),
        "cohort_mitigated": cohort.rows & standing["mitigated"].to_numpy(),
        "cohort_met": (standing["state"] == "met").to_numpy(),
    }
    has_land = "gained_livelihood_km2" in communities
    land = communities["gained_livelihood_km2"].fillna(0.0).to_numpy() if has_land else None
    return _by_district(progress.after, state, flags | _told(met, cohort), land, progress.newly_identified)


def _told(met: Mapping[str, np.ndarray], cohort: Cohort) -> dict[str, np.ndarray | None]:
    """None for what cannot be told where nothing is known of livelihoods, as in the whole."""
    return {name: flag if cohort.knows_livelihoods or name == "cohort_expanded" else None for name, flag in met.items()}


def _by_district(
    assessment: Assessment,
    state: tuple[str, ...],
    flags: Mapping[str, np.ndarray | None],
    regained_km2: np.ndarray | None,
    found: GeoDataFrame,
) -> pd.DataFrame:
    """The assessment's districts with counts of some flags of communities, their land regained, and hazards found."""
    table = pd.DataFrame(assessment.districts[["district_code", "name", *state]])
    zones = zones_of(assessment.situation.programme.districts)
    home = district_of(assessment.communities, zones)
    for name, holds in flags.items():
        table[name] = None if holds is None else _summed(table, home, holds).astype(int)
    table["newly_identified"] = _summed(table, hazard_district(found, zones), np.ones(len(found))).astype(int)
    table["livelihood_regained_km2"] = None if regained_km2 is None else _summed(table, home, regained_km2)
    table.insert(0, "on", assessment.situation.on)
    # Ground outside districts is the whole less its parts: under a square centimetre it is their rounding.
    is_nothing = (table[list(state)] < ROUNDING_M2 / 1e6).all(axis=1)
    return table[(table["district_code"] != OUTSIDE) | ~is_nothing]


def _summed(table: pd.DataFrame, districts: np.ndarray, values: np.ndarray) -> "pd.Series[float]":
    """Values added up by district, one a row of the table; all of them in WHOLE."""
    sums = pd.Series(np.asarray(values, dtype=float)).groupby(np.asarray(districts)).sum()
    own = table["district_code"].map(sums).fillna(0.0)
    own[table["district_code"] == WHOLE] = float(np.sum(values))
    return own
