"""Objective 2: who is in the cohort, and what its members have met, by pencil."""

import numpy as np
import pandas as pd
import pytest

from hazard_service.impact.objectives import (
    BY_MOVEMENT,
    MEMBER_STATES,
    SURVEYED,
    Cohort,
    member_states,
    mitigated,
    objective_totals,
    parts_of,
)
from hazard_service.settings import Settings
from hazard_service.vocabulary import BLOCKAGES


def surveyed(*blocked):
    """One row each: the names of the blockages, or None where nobody surveyed."""
    rows = [
        dict.fromkeys(BLOCKAGES, np.nan) if names is None else {name: float(name in names) for name in BLOCKAGES}
        for names in blocked
    ]
    return pd.DataFrame(rows, columns=list(BLOCKAGES))


@pytest.mark.parametrize(
    ("held_km2", "regained_km2", "expected"),
    [
        (1.0, 0.05, True),  # 5 % of 100 ha
        (1.0, 0.0499, False),
        (0.1, 0.01, True),  # 1 ha of 10
        (0.1, 0.0099, False),
        (0.0, 0.0, False),
    ],
)
def test_land_mitigates_from_five_percent_and_one_hectare(held_km2, regained_km2, expected):
    gained = pd.DataFrame({"gained_livelihood_km2": [regained_km2]})
    before = pd.DataFrame({"livelihood_held_back_km2": [held_km2]})
    found = mitigated(gained, before, surveyed(None), surveyed(None), Settings())
    assert found["mitigated"].tolist() == [expected]
    assert found["mitigated_by"].tolist() == ["land" if expected else ""]


def test_a_blockage_lifted_by_a_survey_mitigates_and_one_never_surveyed_does_not():
    then = surveyed(["roads", "housing"], ["roads"], [], None)
    now = surveyed(["housing"], ["roads"], [], ["roads"])
    nothing = pd.DataFrame({"gained_km2": [0.0] * 4})
    found = mitigated(nothing, pd.DataFrame(index=range(4)), then, now, Settings())
    assert found["mitigated"].tolist() == [True, False, False, False]
    assert found["mitigated_by"].tolist() == ["survey", "", "", ""]


def cohort(knows_livelihoods=True, basis=SURVEYED):
    """Six communities: the first five are members; the third cannot be measured, the fourth could not gain."""
    rows, could_gain, measurable = (np.array([c == "x" for c in row]) for row in ("xxxxx.", "xx..xx", "xx.xxx"))
    return Cohort(rows, basis, could_gain, measurable, knows_livelihoods, 6)


def parts(*ended):
    expanded = pd.Series([True, True, False, False, False, True])
    mitigated = pd.Series([True, False, False, True, True, True])
    by = mitigated.map({True: "land", False: ""})
    return parts_of(expanded, pd.DataFrame({"mitigated": mitigated, "mitigated_by": by}), np.array(ended, dtype=object))


NOBODY_ENDED = ("",) * 6


def test_every_member_is_accounted_for_once():
    assert member_states(cohort(), parts(*NOBODY_ENDED)).tolist() == [
        "met", "not met", "not measurable", "could not show a gain", "not met", "",
    ]  # fmt: skip
    totals = objective_totals(cohort(), parts(*NOBODY_ENDED))
    assert totals["cohort"] == 5
    assert (totals["cohort_expanded"], totals["cohort_mitigated"], totals["cohort_met"]) == (2, 3, 1)
    assert totals["cohort_met_share"] == pytest.approx(1 / 5)
    states = ("cohort_met", "cohort_not_met", "cohort_could_not_show_a_gain", "cohort_not_measurable")
    assert sum(totals[name] for name in states) == 5


def test_a_member_that_has_ended_has_met_nothing_and_stays_in_the_share():
    """The first, which had met both parts, was lost; the third merged, the fourth split. The last is no member."""
    ended = parts("lost", "", "merged", "split", "", "lost")
    assert member_states(cohort(), ended).tolist() == ["lost", "not met", "merged", "split", "not met", ""]
    totals = objective_totals(cohort(), ended)
    assert (totals["cohort"], totals["cohort_expanded"], totals["cohort_mitigated"], totals["cohort_met"]) == (
        5, 1, 1, 0,
    )  # fmt: skip
    assert totals["cohort_met_share"] == 0
    counted = {state: totals[f"cohort_{state.replace(' ', '_')}"] for state in MEMBER_STATES}
    assert counted == {
        "met": 0, "not met": 2, "could not show a gain": 0, "not measurable": 0, "merged": 1, "split": 1, "lost": 1,
    }  # fmt: skip
    assert ended["mitigated_by"].tolist() == ["", "", "", "", "land", ""]
    unknown = member_states(cohort(knows_livelihoods=False), ended)
    assert unknown.tolist() == ["lost", "not measurable", "merged", "split", "not measurable", ""]


def test_without_any_word_on_livelihoods_nothing_is_claimed():
    unknown = cohort(knows_livelihoods=False, basis=BY_MOVEMENT)
    assert set(member_states(unknown, parts(*NOBODY_ENDED))[:5]) == {"not measurable"}
    totals = objective_totals(unknown, parts(*NOBODY_ENDED))
    assert totals["cohort_not_measurable"] == 5
    assert totals["cohort_could_not_show_a_gain"] == 0
    assert totals["cohort_expanded"] == 2
    assert totals["cohort_mitigated"] is totals["cohort_met"] is totals["cohort_met_share"] is None
    assert totals["cohort_basis"] == BY_MOVEMENT
