"""The world of test_nine_communities.py (read there what happens in it) in the balance of closed ground, worked out on
paper; and its beneficiaries and countries."""

import datetime

import pandas as pd
import pytest

from hazard_service.impact.balance import balance
from hazard_service.impact.beneficiaries import beneficiaries
from hazard_service.impact.corrections import BY_RECORD, corrections
from hazard_service.impact.register import deadlines, facts_on, register_counts
from hazard_service.layers import open_programme
from hazard_service.series import series
from hazard_service.series.words import beneficiary_sentences
from hazard_service.vocabulary import OUTSIDE, WHOLE

DAYS = [datetime.date(year, 12, 31) for year in (2020, 2021, 2022, 2023)]


@pytest.fixture(scope="module")
def programme(nine_communities):
    return open_programme(nine_communities)


def test_balance_of_2022_by_district(programme):
    """North, m²: H3 54,000 + H11 150 × 300 = 45,000; R6 cancels 30,000, R3 clears 54,000; left is 50 × 300 = 15,000. R3
    also covers 12,000 of what R2 had cancelled in 2021: outside, and counted before. H11 now lies more in the middle.
    Middle: H5 60,000 + H11 30,000; H7 60,000 new, H6 too but on H5's ground; H5 less H6, 40,000, is a correction; left
    are 20,000 + 60,000 + 30,000. South: H8 60,000 + H9 60,000 + H10 660,000, untouched.
    """
    rows = balance(programme.situation(DAYS[1]), programme.situation(DAYS[2])).set_index("district_code")
    expected = {
        "north": {
            "opening": 99_000, "cancelled": 30_000, "cleared": 54_000, "closing": 15_000, "released": 84_000,
            "released_outside": 12_000, "released_again": 12_000, "released_total": 84_000, "areas_opening": 2,
            "areas_closed_by_release": 1, "areas_moved": -1,
        },
        "middle": {
            "opening": 90_000, "new": 60_000, "corrected_down": 40_000, "closing": 110_000, "areas_opening": 1,
            "areas_new": 2, "areas_closed_by_record": 1, "areas_moved": 1, "areas_closing": 3,
        },
        "south": {"opening": 780_000, "closing": 780_000, "areas_opening": 3, "areas_closing": 3},
        OUTSIDE: {},
        WHOLE: {
            "opening": 969_000, "new": 60_000, "cancelled": 30_000, "cleared": 54_000, "corrected_down": 40_000,
            "closing": 905_000, "released": 84_000, "released_outside": 12_000, "released_again": 12_000,
            "released_total": 84_000, "areas_opening": 6, "areas_new": 2, "areas_closed_by_release": 1,
            "areas_closed_by_record": 1, "areas_closing": 6,
        },
    }  # fmt: skip
    assert {code: told(row) for code, row in rows.iterrows()} == expected
    listed = corrections(programme.situation(DAYS[1]), programme.situation(DAYS[2]))
    assert listed.round(6).to_dict("records") == [
        {"hazard_id": "H5", "district_code": "middle", "m2": -40_000.0, "why": BY_RECORD}
    ]


@pytest.mark.parametrize(
    ("year", "opening", "new", "cancelled", "reduced", "cleared", "corrected", "closing"),
    [
        (2021, 1_095_000, 60_000, 66_000, 0, 60_000, 60_000, 969_000),  # H8 | R2 | R1 | H4
        (2022, 969_000, 60_000, 30_000, 0, 54_000, 40_000, 905_000),  # H7 | R6 | R3 | H5
        (2023, 905_000, 0, 0, 660_000, 5_000, 0, 240_000),  # R5 | R4
    ],
)
def test_the_years_follow_on(programme, year, opening, new, cancelled, reduced, cleared, corrected, closing):
    assert opening + new - cancelled - reduced - cleared - corrected == closing
    days = [datetime.date(end, 12, 31) for end in (year - 1, year)]
    row = balance(*(programme.situation(day) for day in days)).set_index("district_code").loc[WHOLE]
    names = ("opening", "new", "cancelled", "reduced", "cleared", "corrected_down", "corrected_up", "closing")
    assert [row[f"{name}_m2"] for name in names] == pytest.approx(
        [opening, new, cancelled, reduced, cleared, corrected, 0, closing], rel=1e-9, abs=1e-6
    )


def test_beneficiaries_count_once(programme):
    """Women, men, girls, boys; of each community the largest number of each group, as it may use two releases.

    Birch 5, 4, 3, 2; Cedar 6, 8, 2, 1 of (6, 6, 0, 1) and (4, 8, 2, 0); Ivy 2, 2, 2, 2: direct 13, 14, 7, 5. Birch has
    6, 5, 5, 4 people and Cedar 12, 11, 9, 8: indirect 1 + 6, 1 + 3, 2 + 7, 2 + 7. Ivy's are not known; Alder's users
    are those of 2018, before the baseline.
    """
    counted = beneficiaries(programme, DAYS[0], DAYS[3])
    assert counted["group"].tolist() == ["women", "men", "girls", "boys"]
    assert counted["direct"].tolist() == [13, 14, 7, 5]
    assert counted["indirect"].tolist() == [7, 4, 9, 9]
    assert set(counted["communities"]) == {3}
    assert set(counted["direct_in"]) == {3}
    assert set(counted["indirect_in"]) == {2}
    assert beneficiary_sentences(series(programme)) == [
        "Direct beneficiaries, as recorded for 3 communities: 13 women, 14 men, 7 girls, 5 boys.",
        "Indirect beneficiaries, the others of these communities: 7 women (known for 2), 4 men (known for 2), "
        "9 girls (known for 2), 9 boys (known for 2). The two are not added.",
    ]


@pytest.mark.parametrize(
    ("day", "facts", "deadline"),
    [
        # XAA integrates its plan, XBB from May 2022, XCC not. XAA's capacity has no date: it counts on the data date
        # alone. Nobody tells of a budget, so none has both. Its deadline of March 2022 is put off in February 2023.
        (DAYS[0], {"mbc_party": (1, 2), "plan_integrated": (1, 3), "plan_and_budget": (0, 3)}, ("2022-03-01", False)),
        (
            DAYS[1],
            {"mbc_party": (1, 2), "plan_integrated": (1, 3), "plan_and_budget": (0, 3), "residual_capacity": (0, 1)},
            ("2022-03-01", False),
        ),
        (
            DAYS[2],
            {"mbc_party": (1, 2), "plan_integrated": (2, 3), "plan_and_budget": (0, 3), "residual_capacity": (0, 1)},
            ("2022-03-01", True),
        ),
        (
            DAYS[3],
            {"mbc_party": (1, 2), "plan_integrated": (2, 3), "plan_and_budget": (0, 3), "residual_capacity": (1, 2)},
            ("2026-03-01", False),
        ),
    ],
)
def test_the_register_of_three_countries(programme, day, facts, deadline):
    known = facts_on(programme.countries, day, programme.data_date)
    assert {row["fact"]: (row["yes"], row["of"]) for row in register_counts(known)} == facts
    assert [(row.value, row.passed) for row in deadlines(known, day).itertuples()] == [deadline]


def told(row: pd.Series) -> dict[str, float]:
    """What a row of the balance holds apart from zeros, m² without their suffix, to a square millimetre."""
    numbers = row.drop("name").astype(float).round(6)
    return {name.removesuffix("_m2"): value for name, value in numbers.items() if value}
