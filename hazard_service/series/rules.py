"""The rule behind each number of a series: those of its rows, and, from `rules_apart`, those told beside them."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from hazard_service import overlay
from hazard_service.impact.areas import ground_of
from hazard_service.series.beside import status_on
from hazard_service.series.moment import Moment
from hazard_service.series.rule import GROUND, Counts, Rule, ground, named
from hazard_service.series.rules_apart import APART, BY_DISTRICT, CASUALTIES, RELEASED, casualties_on


def _with_state(column: str) -> Counts:
    """The communities for which a column of the assessment holds."""

    def counted(moment: Moment) -> GeoDataFrame:
        communities = moment.assessment.communities
        return named(communities[communities[column].astype(bool)])

    return counted


def _changed(holds: Callable[[GeoDataFrame], Any], column: str | None = None) -> Counts:
    """The communities for which a test of the comparison holds, with one more of its columns."""

    def counted(moment: Moment) -> GeoDataFrame:
        if moment.progress is None:
            nobody = moment.assessment.communities.iloc[:0]
            return named(nobody if column is None else nobody.assign(**{column: 0.0}), column)
        communities = moment.progress.communities
        return named(communities[np.asarray(holds(communities), dtype=bool)], column)

    return counted


def _of_class(word: str) -> Counts:
    """The communities of one class of progress."""
    return _changed(lambda communities: communities["progress"] == word)


def _gained(column: str) -> Counts:
    """The communities to which release gave or took something; nobody where it is not measured."""
    return _changed(
        lambda communities: communities[column] != 0 if column in communities else np.zeros(len(communities)), column
    )


def _members(holds: Callable[[pd.DataFrame], Any]) -> Counts:
    """Members of the first cohort for which a test of their standing holds."""

    def counted(moment: Moment) -> GeoDataFrame:
        communities = (moment.progress or moment.assessment).communities
        standing = moment.found.standing[moment.on]
        kept = moment.found.cohort.rows & np.asarray(holds(standing), dtype=bool)
        own = [name for name in ("gained_livelihood_km2", "livelihood_held_back_km2_before") if name in communities]
        members = named(communities[kept])
        for name, values in {"objective_2": standing["state"], "mitigated_by": standing["mitigated_by"],
                             **{name: communities[name] for name in own}}.items():  # fmt: skip
            members.insert(len(members.columns) - 1, name, values[kept].to_numpy())
        return members

    return counted


def _open_hazards(moment: Moment) -> GeoDataFrame:
    hazards = moment.assessment.hazards
    status = status_on(moment.assessment.situation)
    return hazards.assign(status=status)[["hazard_id", "kind", "status", "area_m2", "geometry"]].reset_index(drop=True)


def _closed_under(kind: str) -> Counts:
    """Open ground under one kind, dissolved, as it is measured."""
    return lambda moment: ground({kind: ground_of(moment.assessment.situation)[0][kind]}, "kind", moment)


def _released(*methods: str) -> Counts:
    """Released ground by method, dissolved, as it is measured; all methods where none is named."""

    def counted(moment: Moment) -> GeoDataFrame:
        by_method = ground_of(moment.assessment.situation)[1]
        return ground({method: by_method[method] for method in methods or by_method}, "method", moment)

    return counted


def _identified(holds: Callable[[GeoDataFrame, Moment], Any]) -> Counts:
    """Hazards newly identified since the baseline for which a test holds."""

    def counted(moment: Moment) -> GeoDataFrame:
        progress = moment.progress
        hazards = moment.assessment.hazards.iloc[:0] if progress is None else progress.newly_identified
        kept = hazards[np.asarray(holds(hazards, moment), dtype=bool)]
        return kept[["hazard_id", "kind", "reported_on", "laid_on", "geometry"]].reset_index(drop=True)

    return counted


def _corrected(moment: Moment) -> GeoDataFrame:
    """Ground that was closed at the baseline, is no longer, and that no release opened."""
    then = ground_of(moment.found.last.before.situation)[0].values()
    now = [ground for split in ground_of(moment.assessment.situation) for ground in split.values()]
    left = overlay.difference(overlay.union_all(list(then)), overlay.union_all(now))
    return ground({"opened by the record alone": left}, "correction", moment)


def _all(hazards: GeoDataFrame, _: Moment) -> Any:
    return np.ones(len(hazards), dtype=bool)


def _laid_since(hazards: GeoDataFrame, moment: Moment) -> Any:
    return hazards["laid_on"] > pd.Timestamp(moment.found.programme.baseline_date)


_REACH: Final = ("held_back_freedom", "reach_min", "water_min", "school_min", "health_min", "market_min")
_FREED: Final = ("freed_gain_share", "regained_min", "position_error_m", *_REACH)
_WIDER: Final = ("expanded_gain_share", "regained_min", "position_error_m", *_REACH)
_GAINED: Final = ("freed_gain_share", *_WIDER)
_LOST: Final = ("expanded_gain_share", *_REACH)
_MITIGATED: Final = ("mitigated_share", "livelihood_least_ha")
_HELD_BACK: Final = (
    "Communities on {on} with less than {held_back_freedom:.0%} of the land within {reach_min:g} minutes' walk that "
    "they would have with no hazard, or cut off by hazards from a service that would be within its standard time."
)
_EXPOSED: Final = "Communities within {contact_m:g} m of an open hazard on {on}."
_WORSE: Final = (
    "Communities newly held back since {baseline}, or with {expanded_gain_share:.0%} of free reach less, or a service "
    "newly lost, where a hazard laid since costs them reach or minutes."
)
_FREED_WORDS: Final = (
    "Communities held back on the ground of {on} with every release since {baseline} put back, not held back on it as "
    "it is, that gained at least {freed_gain_share:.0%} of their free reach or a service nearer by {regained_min:g} "
    "minutes; and still so with every hazard {position_error_m:g} m larger and smaller."
)
_WIDER_WORDS: Final = (
    "Communities, not among the firmly freed, that release since {baseline} freed, or to which it gave at least "
    "{expanded_gain_share:.0%} of their free reach or a service nearer by {regained_min:g} minutes: one or the other "
    "as recorded, and with every hazard {position_error_m:g} m larger, and smaller. Freed: held back with every "
    "release put back, not held back now, and at least {freed_gain_share:.0%} of free reach gained or a service so "
    "much nearer."
)
_COHORT: Final = (
    "The most seriously affected communities, frozen at {baseline}: by impact class where the programme surveyed "
    "(scheme {scheme}), else by less freedom than {severe_freedom:.0%} or a service cut off."
)
_COHORT_WIDER: Final = (
    "Members of the cohort whose freedom of movement is wider by release since {baseline}: freed, or at least "
    "{expanded_gain_share:.0%} of free reach gained or a service nearer by {regained_min:g} minutes; firm: also with "
    "every hazard {position_error_m:g} m larger and smaller."
)
_COHORT_MITIGATED: Final = (
    "Members of the cohort to which release gave back at least {mitigated_share:.0%} of the livelihood land held back "
    "at {baseline} and at least {livelihood_least_ha:g} ha, or a blockage surveyed then was found lifted by a later "
    "survey."
)
_COHORT_MET: Final = (
    "Members of the cohort for which both hold: movement wider (firm: freed, or {expanded_gain_share:.0%} of free "
    "reach gained or a service regained, also with every hazard {position_error_m:g} m larger and smaller), and risk "
    "to livelihoods mitigated (release gave back {mitigated_share:.0%} of the livelihood land held back at {baseline} "
    "and {livelihood_least_ha:g} ha, or a later survey found a blockage lifted)."
)
_STATES: Final = {
    "not met": "Members of the cohort that could have gained, and for which not both parts hold on {on}.",
    "could not show a gain": "Members of the cohort that would not count as wider were no hazard left, or have neither "
    "{livelihood_least_ha:g} ha of livelihood land nor a surveyed blockage to regain.",
    "not measurable": "Members of the cohort without a freedom, or in a programme with no word on livelihoods.",
    "merged": "Members of the cohort on record as merged with another community by {on}.",
    "split": "Members of the cohort on record as split up by {on}.",
    "lost": "Members of the cohort on record as lost by {on}: nobody lives there.",
}
_OPEN: Final = (
    "Ground of the hazards open on {on}, less what was released, overlaps counted once, in square kilometres on an "
    "equal-area projection."
)
# Of numbers whose rows are whole hazards.
_OVERLAP: Final = " The areas of the rows add up to more where hazards lie over each other."
_PEOPLE: Final = " The people of these communities; those without people on record add none."
_SHARE: Final = " As a share of the whole cohort."


def _cohort_rules() -> dict[str, Rule]:
    found = {"cohort": Rule(_COHORT, ("cohort_classes", "severe_freedom", "contact_m", "victim_within_m"),
                            _members(lambda standing: np.ones(len(standing))))}  # fmt: skip
    parts = (
        ("expanded", _COHORT_WIDER, _GAINED, lambda standing: standing["expanded"]),
        ("mitigated", _COHORT_MITIGATED, _MITIGATED, lambda standing: standing["mitigated"]),
        ("met", _COHORT_MET, (*_MITIGATED, *_GAINED), lambda standing: standing["state"] == "met"),
    )
    for name, words, settings, holds in parts:
        found[f"cohort_{name}"] = Rule(words, settings, _members(holds))
        found[f"cohort_{name}_share"] = Rule(words + _SHARE, settings, _members(holds), None)
    for state, words in _STATES.items():
        needed = (*_GAINED, *_MITIGATED) if state == "could not show a gain" else ()
        # The state is bound now: a plain lambda in a loop would see the last one.
        found[f"cohort_{state.replace(' ', '_')}"] = Rule(words, needed, _members(_in_state(state)))
    return found


def _in_state(state: str) -> Callable[[pd.DataFrame], Any]:
    return lambda standing: standing["state"] == state


RULES: Final = MappingProxyType(
    {
        "held_back": Rule(_HELD_BACK, _REACH, _with_state("held_back")),
        "held_back_people": Rule(_HELD_BACK + _PEOPLE, _REACH, _with_state("held_back"), "people"),
        "exposed": Rule(_EXPOSED, ("contact_m",), _with_state("exposed")),
        "affected": Rule("Communities near an open hazard ({contact_m:g} m) or held back on {on}.",
                         ("contact_m", *_REACH), _with_state("affected")),
        "affected_people": Rule("Communities near an open hazard ({contact_m:g} m) or held back on {on}." + _PEOPLE,
                                ("contact_m", *_REACH), _with_state("affected"), "people"),
        "communities": Rule("Communities on record.", (),
                            lambda moment: named(moment.assessment.communities)),
        "freed": Rule(_FREED_WORDS, _FREED, _of_class("freed")),
        "freed_people": Rule(_FREED_WORDS + _PEOPLE, _FREED, _of_class("freed"), "people"),
        "expanded": Rule(_WIDER_WORDS, _GAINED, _of_class("expanded")),
        "expanded_people": Rule(_WIDER_WORDS + _PEOPLE, _GAINED, _of_class("expanded"), "people"),
        "uncertain": Rule("Communities whose gain counts as recorded, but not with every hazard {position_error_m:g} m "
                          "larger, or not with every hazard that much smaller.",
                          ("position_error_m",), _of_class("uncertain")),
        "worsened": Rule(_WORSE, _LOST, _of_class("worsened")),
        "worsened_people": Rule(_WORSE + _PEOPLE, _LOST, _of_class("worsened"), "people"),
        **_cohort_rules(),
        "hazards": Rule("Hazards open on {on}, each counted once.", (), _open_hazards),
        "open_km2": Rule(_OPEN + _OVERLAP, (), _open_hazards, GROUND),
        "cha_km2": Rule(_OPEN + " Confirmed areas; ground under both kinds counts here.", (), _closed_under("CHA"),
                        GROUND),
        "sha_km2": Rule(_OPEN + " Suspected areas alone; they overstate contamination.", (), _closed_under("SHA"),
                        GROUND),
        "released_km2": Rule(RELEASED, (), _released(), GROUND),
        "cancelled_km2": Rule(RELEASED + " By non-technical survey.", (), _released("cancelled"), GROUND),
        "reduced_km2": Rule(RELEASED + " By technical survey.", (), _released("reduced"), GROUND),
        "cleared_km2": Rule(RELEASED + " By clearance.", (), _released("cleared"), GROUND),
        "newly_identified": Rule("Hazards reported after {baseline} and by {on}.", (), _identified(_all)),
        "newly_identified_km2": Rule("Ground of the hazards reported after {baseline} and by {on}, as recorded, "
                                     "overlaps counted once." + _OVERLAP, (), _identified(_all), GROUND),
        "laid_since": Rule("Hazards reported after {baseline} and by {on} that were laid after {baseline}.", (),
                           _identified(_laid_since)),
        "corrections_km2": Rule("Ground closed on {baseline}, no longer closed on {on}, that no release opened: "
                                "corrections of the record, which free nobody.", (), _corrected, GROUND),
        "gained_km2": Rule("Land within {reach_min:g} minutes' walk that release since {baseline} gave back, added up "
                           "over communities: two may gain the same land.", ("reach_min",),
                           _gained("gained_km2"), "gained_km2"),
        "livelihood_regained_km2": Rule("Cropland, pasture, forest, water's edge and built-up land within "
                                        "{reach_min:g} minutes' walk that release since {baseline} gave back, added up "
                                        "over communities.", ("reach_min",),
                                        _gained("gained_livelihood_km2"), "gained_livelihood_km2"),
        "casualties_12_months": Rule(CASUALTIES + BY_DISTRICT, (), None, None, value=casualties_on),
        "casualties_down_share": Rule(CASUALTIES + " How far they lie under those of the {months} months up to "
                                      "{baseline}.", (), None, None),
        **APART,
    }
)  # fmt: skip
