"""What stands behind a number: the rule in words, its parameters, the data it rests on, and who or what it counts."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from hazard_service.errors import ParameterError
from hazard_service.impact.areas import ground_of
from hazard_service.layers import Programme
from hazard_service.series.casualties import CASUALTY_MONTHS
from hazard_service.series.rows import Series, series


@dataclass(frozen=True)
class Rule:
    """How a number of the last row is counted. `words` may name settings in braces; `counts` picks what it counts."""

    words: str
    settings: tuple[str, ...]
    counts: Callable[[Series], GeoDataFrame] | None


@dataclass(frozen=True, eq=False)
class Explanation:
    """One number explained. counted: the communities or hazards it counts, None where single records never leave.

    data_version: of every input file, the scheme among them; the same version gives the same number.
    """

    name: str
    value: float | None
    on: str
    words: str
    settings: Mapping[str, float]
    data_version: str
    software: str
    command: str
    counted: GeoDataFrame | None


def explain(found: Series, name: str) -> Explanation:
    """Explain a number of a series' last date. Raises ParameterError for a name that is not one of RULES."""
    if name not in RULES:
        raise ParameterError(f"Nothing is called {name[:40]} here; numbers that are explained: {', '.join(RULES)}.")
    rule, programme, row = RULES[name], found.programme, found.rows.iloc[-1]
    settings = {one: getattr(programme.settings, one) for one in rule.settings}
    value = row[name]
    return Explanation(
        name=name,
        value=None if value is None or pd.isna(value) else float(value),
        on=str(row["on"]),
        words=rule.words.format(baseline=programme.baseline_date, on=row["on"], months=CASUALTY_MONTHS, **settings),
        settings=settings,
        data_version=data_version(programme),
        software=str(found.last.after.provenance["software"]),
        command=f"hazard-service explain FOLDER {name} --step {found.step}",
        counted=rule.counts(found) if rule.counts else None,
    )


def data_version(programme: Programme) -> str:
    """The first 16 digits of the SHA-256 over the checksums of every input file, in the order of their names."""
    lines = "\n".join(f"{name} {digest}" for name, digest in sorted(programme.sources.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def replayed(programme: Programme, saved: Mapping[str, Any]) -> bool:
    """Whether a saved explanation (name, value, data_version, step) comes out again to the last digit.

    Raises ParameterError where the data are not those it was saved from.
    """
    if (now := data_version(programme)) != saved["data_version"]:
        raise ParameterError(f"Saved from data version {saved['data_version']}, this is {now}: the data have changed.")
    return bool(explain(series(programme, saved["step"]), saved["name"]).value == saved["value"])


def _communities(column: str) -> Callable[[Series], GeoDataFrame]:
    """The communities of the last comparison for which a column holds."""

    def counted(found: Series) -> GeoDataFrame:
        communities = found.last.communities
        return _named(communities[communities[column].astype(bool)])

    return counted


def _progress(word: str) -> Callable[[Series], GeoDataFrame]:
    def counted(found: Series) -> GeoDataFrame:
        communities = found.last.communities
        return _named(communities[communities["progress"] == word])

    return counted


def _members(holds: Callable[[pd.DataFrame], Any]) -> Callable[[Series], GeoDataFrame]:
    """Members of the first cohort for which a test holds."""

    def counted(found: Series) -> GeoDataFrame:
        members = found.members[found.members["cohort"] == 1]
        ids = members["community_id"][np.asarray(holds(members), dtype=bool)]
        communities = found.last.communities
        return _named(communities[communities["community_id"].isin(ids)])

    return counted


def _named(communities: GeoDataFrame) -> GeoDataFrame:
    return communities[["community_id", "name", "district", "people", "progress", "why", "geometry"]].reset_index(
        drop=True
    )


def _exposed(found: Series) -> GeoDataFrame:
    is_exposed = found.last.after.communities["exposed"].to_numpy()
    return _named(found.last.communities[is_exposed])


def _open_hazards(found: Series) -> GeoDataFrame:
    hazards = found.last.after.hazards
    return hazards[["hazard_id", "kind", "status", "area_m2", "geometry"]].reset_index(drop=True)


def _released(found: Series) -> GeoDataFrame:
    """Released ground by method, dissolved, as it is measured."""
    _, by_method = ground_of(found.last.after.situation)
    methods = [method for method, ground in by_method.items() if not ground.is_empty]
    pieces = [by_method[method] for method in methods]
    frame = GeoDataFrame({"method": methods}, geometry=pieces, crs=found.programme.crs)
    return frame.assign(area_m2=frame.geometry.area)


RULES: Final = MappingProxyType(
    {
        "held_back": Rule(
            "Communities on {on} with less than {held_back_freedom:.0%} of the land within {reach_min:g} "
            "minutes' walk that they would have with no hazard, or cut off by hazards from a service that would"
            " be within its standard time.",
            ("held_back_freedom", "reach_min", "water_min", "school_min", "health_min", "market_min"),
            _communities("held_back_after"),
        ),
        "exposed": Rule("Communities within {contact_m:g} m of an open hazard on {on}.", ("contact_m",), _exposed),
        "freed": Rule(
            "Communities held back on the ground of {on} with every release since {baseline} put back, not held"
            " back on it as it is, that gained at least {freed_gain_share:.0%} of their free reach or a service"
            " nearer by {regained_min:g} minutes; and still so with every hazard {position_error_m:g} m larger "
            "and smaller.",
            ("freed_gain_share", "regained_min", "position_error_m", "held_back_freedom", "reach_min"),
            _progress("freed"),
        ),
        "expanded": Rule(
            "Communities, not among the freed, to which release since {baseline} gave at least "
            "{expanded_gain_share:.0%} of their free reach or a service nearer by {regained_min:g} minutes; "
            "firm as the freed are.",
            ("expanded_gain_share", "regained_min", "position_error_m", "reach_min"),
            _progress("expanded"),
        ),
        "uncertain": Rule(
            "Communities whose gain counts as recorded, but not with every hazard {position_error_m:g} m "
            "larger, or not with every hazard that much smaller.",
            ("position_error_m",),
            _progress("uncertain"),
        ),
        "worsened": Rule(
            "Communities newly held back since {baseline}, or with {expanded_gain_share:.0%} of free reach "
            "less, or a service newly lost, where a hazard laid since costs them reach or minutes.",
            ("expanded_gain_share",),
            _progress("worsened"),
        ),
        "cohort": Rule(
            "The most seriously affected communities, frozen at {baseline}: by impact class where the programme"
            " surveyed, else by less freedom than {severe_freedom:.0%} or a service cut off.",
            ("cohort_classes", "severe_freedom", "contact_m", "victim_within_m"),
            _members(lambda members: members["cohort"] == 1),
        ),
        "cohort_expanded": Rule(
            "Members of the cohort whose freedom of movement is wider by release since {baseline}, firm; the "
            "freed among them.",
            ("expanded_gain_share", "regained_min", "position_error_m"),
            _members(lambda members: members["expanded"]),
        ),
        "cohort_mitigated": Rule(
            "Members of the cohort to which release gave back at least {mitigated_share:.0%} of the livelihood "
            "land held back at {baseline} and at least {livelihood_least_ha:g} ha, or a blockage surveyed then "
            "was found lifted by a later survey.",
            ("mitigated_share", "livelihood_least_ha"),
            _members(lambda members: members["mitigated"]),
        ),
        "cohort_met": Rule(
            "Members of the cohort for which both hold: movement wider (firm) and risk to livelihoods mitigated.",
            ("mitigated_share", "livelihood_least_ha", "expanded_gain_share", "position_error_m"),
            _members(lambda members: members["state"] == "met"),
        ),
        "open_km2": Rule(
            "Ground of the hazards open on {on}, less what was released, overlaps counted once, in square "
            "kilometres on an equal-area projection.",
            (),
            _open_hazards,
        ),
        "released_km2": Rule(
            "Ground that releases handed over by {on} took out of hazards; ground released twice counts once, "
            "under the earlier release.",
            (),
            _released,
        ),
        "casualties_12_months": Rule(
            "People killed, injured or of unknown outcome in accidents of the {months} months up to {on}. "
            "Single accidents never leave the service.",
            (),
            None,
        ),
    }
)
