"""The rules of numbers that stand beside the rows of a series: casualties by group, people, countries, what changed."""

from collections.abc import Callable
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from hazard_service.errors import ParameterError
from hazard_service.impact.balance import ground_of_period
from hazard_service.impact.beneficiaries import beneficiaries, recorded_by_community
from hazard_service.impact.casualties import FEWEST_SHOWN
from hazard_service.impact.casualties import GROUPS as CASUALTY_GROUPS
from hazard_service.impact.register import BOTH, YES_OR_NO, facts_on, register_counts, with_both
from hazard_service.series.casualties import DISTRICT, public_casualties
from hazard_service.series.moment import Moment, some
from hazard_service.series.rule import GROUND, Rule, Value, named
from hazard_service.series.since import (
    change,
    freed_change,
    ground_since,
    held_back_change,
    newly_identified,
    opened,
    opened_undated,
    since_numbers,
    taken,
    taken_km2,
)
from hazard_service.vocabulary import COUNTRY_FACT_WORDS, PEOPLE_GROUPS, RELEASE_METHODS

CASUALTIES: Final = (
    "People killed, injured or of unknown outcome in accidents of the {months} months up to {on}. Single accidents "
    "never leave the service."
)
RELEASED: Final = (
    "Ground that releases done by {on} took out of hazards: handed over, or completed where no handover is recorded; "
    "one without a date counts on the data date. Ground released twice counts once, under the earlier release."
)
BY_DISTRICT: Final = (
    f" Of a district at yearly dates only, and not where 1 to {FEWEST_SHOWN - 1} people could be told apart, from this "
    "count or with its help."
)
_HIDDEN: Final = (
    f" Told at yearly dates only, and not where 1 to {FEWEST_SHOWN - 1} people could be told apart, from this count or "
    "with its help."
)
_DIRECT: Final = (
    "Direct beneficiaries: {group} who use land released after {{baseline}} and by {{on}}, or a service regained, as "
    "the programme recorded them; where a community is recorded for several releases, its largest number."
)
_INDIRECT: Final = (
    "Indirect beneficiaries: the other {group} of the communities with direct ones, from releases after {{baseline}} "
    "and by {{on}}, where both numbers are on record. Never added to the direct ones."
)
_LAST_SAID: Final = " Of each fact the last on record by {on}; one without a date counts on the data date alone."
_BETWEEN: Final = " Between {since} and {on}, each square metre once."


def _of_the_whole(number: Callable[[Moment], Any]) -> Value:
    """A number that is told of the whole programme alone."""

    def value(moment: Moment, district: str | None) -> float | None:
        if district is not None:
            raise ParameterError("This number is not told by district; leave the district out.")
        found = number(moment)
        return None if found is None or pd.isna(found) else float(found)

    return value


def casualties_on(moment: Moment, district: str | None) -> float | None:
    """Casualties of a district as everybody may see them; None where they are hidden or nobody knows.

    Raises ParameterError for a district that there is not.
    """
    codes = list(moment.found.casualties.query("counted_by == @DISTRICT")["group"].unique())
    if district not in codes:
        raise ParameterError(f'There is no district "{str(district)[:40]}"; their codes: {some(codes)}.')
    return _casualties(DISTRICT, str(district), moment)


def _casualties(way: str, group: str, moment: Moment) -> float | None:
    rows = public_casualties(moment.found.casualties, moment.found.programme)
    own = rows[(rows["on"] == moment.on) & (rows["counted_by"] == way) & (rows["group"] == group)]["casualties"]
    return None if own.empty or pd.isna(own.iloc[0]) else float(own.iloc[0])


def _casualty_rules() -> dict[str, Rule]:
    return {
        f"casualties_{way}_{group}": Rule(
            f"{CASUALTIES} Of them those whose {way.replace('_', ' ')} is on record as {group.replace('_', ' ')}."
            + _HIDDEN,
            (), None, None, _of_the_whole(partial(_casualties, way, group)),
        )
        for way, groups in CASUALTY_GROUPS.items()
        for group in groups
    }  # fmt: skip


def _beneficiary_rules() -> dict[str, Rule]:
    ways = {"direct": _DIRECT, "indirect": _INDIRECT}
    return {
        f"{way}_{group}": Rule(
            words.format(group=group),
            (),
            partial(_recorded, f"{way}_{group}"),
            f"{way}_{group}",
            _of_the_whole(partial(_beneficiaries, way, group)),
        )
        for way, words in ways.items()
        for group in PEOPLE_GROUPS
    }


def _beneficiaries(way: str, group: str, moment: Moment) -> Any:
    found = beneficiaries(moment.found.programme, moment.found.programme.baseline_date, moment.on)
    return None if found is None else found.set_index("group").at[group, way]


def _recorded(column: str, moment: Moment) -> GeoDataFrame:
    communities = (moment.progress or moment.assessment).communities
    programme = moment.found.programme
    known = recorded_by_community(programme, programme.baseline_date, moment.on)
    people = np.nan if known is None else communities["community_id"].map(known[column])
    found = communities.assign(**{column: people})
    return named(found[found[column].notna()], column)


def _country_rules() -> dict[str, Rule]:
    both = "Countries of which the programme's register says yes to both: mine action in the national plan, and budget."
    return {
        f"countries_{fact}": Rule(
            (
                both
                if fact == BOTH
                else f"Countries of which the programme's register says yes: {COUNTRY_FACT_WORDS[fact]}."
            )
            + _LAST_SAID,
            (),
            partial(_countries, fact),
            "counts",
            _of_the_whole(partial(_yes, fact)),
        )
        for fact in YES_OR_NO
    }


def _facts(moment: Moment) -> pd.DataFrame:
    programme = moment.found.programme
    return facts_on(programme.countries, moment.on, programme.data_date)


def _yes(fact: str, moment: Moment) -> int | None:
    return next((row["yes"] for row in register_counts(_facts(moment)) if row["fact"] == fact), None)


def _countries(fact: str, moment: Moment) -> GeoDataFrame:
    """Every country that the register tells of, with its boundary where the programme supplies it."""
    told = with_both(_facts(moment))
    told = told[(told["fact"] == fact) & told["value"].isin(["yes", "no"])].reset_index(drop=True)
    boundaries = moment.found.programme.country_boundaries.dissolve("iso3").geometry
    frame = told[["iso3", "name", "value", "dated_on", "source"]].assign(counts=(told["value"] == "yes").astype(int))
    return GeoDataFrame(frame, geometry=boundaries.reindex(told["iso3"]).to_numpy(), crs="EPSG:4326")


def _since_rules() -> dict[str, Rule]:
    def rule(name: str, words: str, counts: Any, adds: str) -> Rule:
        value = _of_the_whole(lambda moment: since_numbers(moment)[name])
        return Rule(words, (), counts, adds, value, looks_back=True)

    rules = (
        ("since_released_km2", "Ground that was closed, is no longer, and that a release took." + _BETWEEN,
         ground_since("method", opened), GROUND),
        ("since_undated_km2", "Ground that was closed, is no longer, and that a release without a date took; it counts "
                              "on the data date, and may be of any year since the baseline." + _BETWEEN,
         ground_since("method", opened_undated), GROUND),
        ("since_corrected_down_km2", "Ground that was closed, is no longer, and that no release took: corrections of "
                                     "the record, which free nobody." + _BETWEEN,
         ground_since("correction", lambda period: {"opened": ground_of_period(period)["corrected_down"]}), GROUND),
        ("since_corrected_up_km2", "Ground that is closed, was not, and lies in no hazard reported since." + _BETWEEN,
         ground_since("correction", lambda period: {"closed": ground_of_period(period)["corrected_up"]}), GROUND),
        ("since_newly_identified_km2", "Ground of hazards reported since that was not closed before." + _BETWEEN,
         ground_since("kind", lambda period: {"newly identified": period.new}), GROUND),
        ("since_newly_identified", "Hazards reported after {since} and by {on} that were not open on {since}.",
         newly_identified, ""),
        ("since_freed", "Communities no longer held back by release since {baseline}: those on {on} less those on "
                        "{since}.", change(freed_change), "change"),
        ("since_held_back", "Communities held back, whatever the cause: those on {on} less those on {since}.",
         change(held_back_change), "change"),
    )  # fmt: skip
    return {name: rule(name, words, counts, adds) for name, words, counts, adds in rules}


def _taken_rules() -> dict[str, Rule]:
    return {
        f"since_{method}_km2": Rule(
            f"{RELEASED} Of it what was {method} after {{since}} and by {{on}}; what of it opened ground is less, "
            "where another hazard closes it.",
            (),
            taken(method),
            GROUND,
            _of_the_whole(partial(taken_km2, method)),
            looks_back=True,
        )
        for method in RELEASE_METHODS
    }


def _found_later(moment: Moment) -> int | None:
    return moment.found.found_later if moment.found.rows["on"].iloc[-1] == moment.on else None


APART: Final = MappingProxyType(
    {
        "cohort_found_later": Rule(
            "Communities that have become most seriously affected since {baseline}, by the same rule: counted on the "
            "last date only, in no share, and never listed, for a new accident could be worked out from who joined.",
            (), None, None, _of_the_whole(_found_later),
        ),
        **_casualty_rules(),
        **_beneficiary_rules(),
        **_country_rules(),
        **_since_rules(),
        **_taken_rules(),
    }
)  # fmt: skip
