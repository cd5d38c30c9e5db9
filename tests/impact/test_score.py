"""Impact scores worked out by pencil."""

import numpy as np
import pandas as pd
import pytest

from hazard_service.assessment import assess
from hazard_service.impact.score import blockages_on, class_of, scored, scores
from hazard_service.layers import open_programme
from hazard_service.layers.schemes import read_scheme
from hazard_service.shelves import sample_folder
from hazard_service.vocabulary import BLOCKAGES

LIS = read_scheme("lis", sample_folder())


def points(**given):
    row = dict.fromkeys(["mines", "uxo", *BLOCKAGES, "victims", "killed", "injured", "hazards"], 0)
    return pd.DataFrame([row | given])


@pytest.mark.parametrize(
    ("given", "expected", "word"),
    [
        ({}, 0, "none"),
        ({"uxo": 1}, 1, "low"),
        ({"mines": 1, "rainfed_cropland": 1, "drinking_water": 1, "roads": 1, "victims": 1}, 2 + 3 + 2, "medium"),
        ({"mines": 1, "uxo": 1, "victims": 4}, 2 + 1 + 8, "high"),
        ({"mines": 1, "uxo": 1, "hazards": 40, "killed": 4}, 3, "low"),  # number of hazards does not matter
        ({**dict.fromkeys(BLOCKAGES, 1)}, 10, "medium"),
    ],
)
def test_landmine_impact_survey(given, expected, word):
    score = scored(points(**given), LIS).iloc[0]
    assert (score, class_of(score, LIS)) == (expected, word)


def test_half_points_round_up_before_classing():
    assert [class_of(score, LIS) for score in (0.4, 0.5, 5.4, 5.5, 10.4, 10.5)] == [
        "none", "low", "low", "medium", "medium", "high",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def sample():
    return open_programme(sample_folder())


def test_a_later_survey_counts_from_its_day(sample):
    """S0002 surveyed C0004 on 2009-05-16: rainfed cropland, migratory pasture and housing were still blocked."""
    row = sample.communities["community_id"].tolist().index("C0004")
    before, on = (blockages_on(sample, pd.Timestamp(day).date()).iloc[row] for day in ("2009-05-15", "2009-05-16"))
    assert before.tolist() == sample.communities.loc[row, list(BLOCKAGES)].tolist()
    assert [name for name in BLOCKAGES if on[name] == 1] == ["rainfed_cropland", "migratory_pasture", "housing"]


def test_the_sample_adds_up_as_its_explanations_say(sample):
    assessment = assess(sample.situation("2005-12-31"))
    found = scores(assessment.situation, assessment.communities)
    surveyed = found["impact_score"].notna()
    assert surveyed.sum() == sample.communities[list(BLOCKAGES)].notna().any(axis=1).sum()
    for row in found[surveyed].itertuples():
        blocked = len([name for name in row.blockages.split(", ") if name])
        assert row.impact_score == 2 * row.mines + row.uxo + blocked + 2 * row.victims
        assert row.explanation.endswith(f"= {row.impact_score:g}, {row.impact_class.replace('none', 'no class')}")
    # A community nobody surveyed has a modelled score alone, and its explanation says so.
    other = found[~surveyed]
    assert other["impact_class"].isna().all()
    assert other["impact_score_modelled"].notna().all()
    assert not other["explanation"].str.contains(r"\d blockages").any()


def test_mines_near_by_count_and_beyond_the_contact_distance_do_not(six_villages):
    programme = open_programme(six_villages)
    assessment = assess(programme.situation("2005-12-31"))
    found = scores(assessment.situation, assessment.communities)
    names = programme.communities["community_id"]
    # Rings of mines stand round three villages on that day; the others lie 4 km from them.
    assert set(names[found["mines"] == 1]) == {"ringed", "corrected", "redrawn"}
    assert found["uxo"].sum() == 0
    # Cut off from water, and nothing surveyed: 2 mines + 1 modelled blockage.
    assert found.loc[names == "ringed", "impact_score_modelled"].tolist() == [3.0]
    assert found["impact_score"].isna().all()
    assert np.array_equal(found["contamination_unknown"], np.zeros(6, dtype=bool))
