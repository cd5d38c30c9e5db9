"""Impact score of each community by a scheme: the Landmine Impact Survey's form, or any sum of weight x points."""

import datetime
import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from hazard_service.impact.casualties import given_to_communities, in_window
from hazard_service.impact.exposure import blocking, pairs_within
from hazard_service.layers import Programme, Situation
from hazard_service.layers.schemes import CLASSES, Scheme
from hazard_service.vocabulary import BLOCKAGES

MINES: Final = ("ap_mine", "av_mine", "ied", "booby_trap")
UXO: Final = ("uxo", "cluster", "axo")
# What the walk and the land cover can tell of a blockage: hazards hold back land of these classes, or cut off from
# these services. The others are told by people alone.
MODELLED: Final = {
    "rainfed_cropland": ("cropland",),
    "fixed_pasture": ("pasture",),
    "other_water": ("water_edge",),
    "housing": ("built_up",),
    "non_agricultural_land": ("forest",),
    "drinking_water": ("water",),
    "other_infrastructure": ("school", "health", "market"),
}
NO_CLASS: Final = "none"


def scores(situation: Situation, communities: GeoDataFrame) -> pd.DataFrame:
    """One row per community of an assessment (`communities` is its frame).

    impact_score, impact_class: from surveyed blockages, null where nobody surveyed the community by then;
    impact_score_modelled, impact_class_modelled: from modelled ones, never added to the surveyed. blockages and
    blockages_modelled name them; victims are those of the scheme's window; explanation says how the surveyed score,
    or without one the modelled, adds up. The last two are for operators: victims could be worked out from them.
    """
    programme, scheme = situation.programme, situation.programme.scheme
    frame = _contamination(situation)
    accidents = in_window(programme.accidents, situation.on, scheme.window_months)
    victims = given_to_communities(accidents, programme.communities, programme.settings.victim_within_m)
    frame = frame.join(victims)
    surveyed = blockages_on(programme, situation.on)
    modelled = _modelled_blockages(communities, programme.settings.livelihood_least_ha)
    is_surveyed = surveyed.notna().any(axis=1)
    for suffix, blocked in (("", surveyed), ("_modelled", modelled)):
        points = pd.concat([frame, blocked.fillna(0).astype(int)], axis=1)
        score = scored(points, scheme)
        classes = score.map(lambda value: class_of(value, scheme))
        if suffix == "":
            score, classes = score.where(is_surveyed), classes.where(is_surveyed, None)
        frame[f"impact_score{suffix}"], frame[f"impact_class{suffix}"] = score, classes
        frame[f"blockages{suffix}"] = [
            ", ".join(name for name in BLOCKAGES if row[name] == 1) for _, row in blocked.iterrows()
        ]
    frame["explanation"] = [
        explained(row, scheme, "" if known else "_modelled")
        for row, known in zip(frame.to_dict("records"), is_surveyed, strict=True)
    ]
    return frame.drop(columns=["killed", "injured"])


def blockages_on(programme: Programme, on: datetime.date) -> pd.DataFrame:
    """(n, 10) 1 blocked, 0 not, NaN not surveyed: of each blockage the last answer by the date.

    The answers of dated surveys go before that of the communities' layer; a survey that left it blank did not ask.
    """
    known = programme.communities[list(BLOCKAGES)].astype(float).reset_index(drop=True)
    surveys = programme.surveys
    dated = surveys[(surveys["surveyed_on"] <= pd.Timestamp(on))].sort_values(["surveyed_on", "survey_id"])
    last = dated.astype(dict.fromkeys(BLOCKAGES, float)).groupby("community_id")[list(BLOCKAGES)].last()
    newer = last.reindex(programme.communities["community_id"]).set_axis(known.index)
    return newer.where(newer.notna(), known)


def scored(points: pd.DataFrame, scheme: Scheme) -> "pd.Series[float]":
    """Sum of weight x points; "once" counts 1 where there is any, "count" each."""
    total = pd.Series(0.0, index=points.index)
    for factor in scheme.factors:
        counted = points[factor.what].astype(float)
        total += factor.weight * (counted if factor.points == "count" else (counted > 0).astype(float))
    return total


def class_of(score: float, scheme: Scheme) -> str:
    """high, medium, low or none; half points round up before."""
    rounded = math.floor(score + 0.5)
    return next((name for name in CLASSES if rounded >= scheme.classes[name] and rounded > 0), NO_CLASS)


def explained(row: Mapping[Any, Any], scheme: Scheme, suffix: str) -> str:
    """ "2 mines + 3 blockages + 2 x 1 victims = 7, medium"; for operators."""
    weight = {factor.what: factor for factor in scheme.factors}
    parts = [f"{weight[name].weight:g} {name}" for name in ("mines", "uxo") if name in weight and row[name]]
    blocked = [name for name in row[f"blockages{suffix}"].split(", ") if name in weight]
    if blocked:
        kind = "modelled blockages" if suffix else "blockages"
        parts.append(f"{sum(weight[name].weight for name in blocked):g} {kind}")
    for name in ("victims", "killed", "injured", "hazards"):
        if name in weight and row[name]:
            factor = weight[name]
            counted = row[name] if factor.points == "count" else 1
            parts.append(f"{factor.weight:g} x {counted} {name}")
    score, word = row[f"impact_score{suffix}"], row[f"impact_class{suffix}"]
    return f"{' + '.join(parts) or '0'} = {score:g}, {word if word != NO_CLASS else 'no class'}"


def _contamination(situation: Situation) -> pd.DataFrame:
    """mines, uxo (0 or 1), unknown_only and hazards (counted) of the hazards open within the contact distance."""
    programme, hazards = situation.programme, situation.hazards
    homes = programme.communities.geometry.to_numpy()
    home, hazard, metres = pairs_within(homes, blocking(hazards), programme.settings.contact_m, programme.crs)
    near = metres <= programme.settings.contact_m
    home, hazard = home[near], hazard[near]
    words = [set(str(text).split(";")) for text in hazards["contamination"].fillna("unknown")]

    def any_of(kinds: tuple[str, ...]) -> np.ndarray:
        holds = np.array([bool(own & set(kinds)) for own in words], dtype=bool)
        return (np.bincount(home, holds[hazard], minlength=len(homes)) > 0).astype(int)

    frame = pd.DataFrame({"mines": any_of(MINES), "uxo": any_of(UXO)})
    frame["hazards"] = np.bincount(home, minlength=len(homes))
    frame["contamination_unknown"] = (frame["hazards"] > 0) & (frame["mines"] + frame["uxo"] == 0)
    return frame


def _modelled_blockages(communities: GeoDataFrame, least_ha: float) -> pd.DataFrame:
    """(n, 10) 1 where hazards hold back at least `least_ha` of its land classes or cut off from one of its services."""
    found = pd.DataFrame(0, index=range(len(communities)), columns=list(BLOCKAGES))
    for blockage, sources in MODELLED.items():
        for source in sources:
            if f"cut_off_{source}" in communities:
                blocked = communities[f"cut_off_{source}"] == "yes"
            elif f"reach_{source}_km2" in communities:
                held_km2 = communities[f"free_reach_{source}_km2"] - communities[f"reach_{source}_km2"]
                blocked = held_km2 * 100 >= least_ha
            else:
                continue
            found.loc[blocked.to_numpy(), blockage] = 1
    return found
