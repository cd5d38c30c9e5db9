"""Direct and indirect beneficiaries by pencil: apart, and nobody twice."""

import datetime
from types import SimpleNamespace

import numpy as np
import pandas as pd

from hazard_service.impact.beneficiaries import beneficiaries


def programme():
    """R1 and R2 (2010, 2012) served A; R3 (undated) served B, whose girls and boys nobody counted."""
    return SimpleNamespace(
        baseline_date=datetime.date(2005, 12, 31),
        data_date=datetime.date(2020, 1, 1),
        releases=pd.DataFrame(
            {
                "release_id": ["R1", "R2", "R3"],
                "handed_over_on": pd.to_datetime(["2010-06-01", None, None]),
                "completed_on": pd.to_datetime(["2010-01-01", "2012-01-01", None]),
            }
        ),
        beneficiaries=pd.DataFrame(
            {
                "release_id": ["R1", "R2", "R3"],
                "community_id": ["A", "A", "B"],
                "women": [10.0, 30.0, 5.0], "men": [20.0, 5.0, 5.0],
                "girls": [1.0, 2.0, 3.0], "boys": [np.nan, 4.0, 60.0],
            }
        ),
        communities=pd.DataFrame(
            {
                "community_id": ["A", "B", "C"],
                "women": [100.0, 50.0, 9.0], "men": [90.0, 50.0, 9.0],
                "girls": [40.0, np.nan, 9.0], "boys": [40.0, np.nan, 9.0],
            }
        ),
    )  # fmt: skip


def test_the_largest_number_of_each_group_counts_once():
    """A: 30 women, 20 men, 2 girls, 4 boys; B on the data date 5, 5, 3, 60. Others of A and B: 70 + 45 women ..."""
    found = beneficiaries(programme(), datetime.date(2009, 12, 31), datetime.date(2020, 1, 1)).set_index("group")
    assert found["direct"].to_dict() == {"women": 35, "men": 25, "girls": 5, "boys": 64}
    assert found["indirect"].to_dict() == {"women": 115, "men": 115, "girls": 38, "boys": 36}
    assert found["direct_in"].to_dict() == {"women": 2, "men": 2, "girls": 2, "boys": 2}
    assert found["indirect_in"].to_dict() == {"women": 2, "men": 2, "girls": 1, "boys": 1}
    assert found["communities"].tolist() == [2] * 4


def test_a_release_counts_in_the_period_of_its_handover():
    before, after = datetime.date(2010, 5, 31), datetime.date(2010, 6, 1)
    assert beneficiaries(programme(), datetime.date(2009, 12, 31), before) is None
    assert beneficiaries(programme(), before, after)["direct"].fillna(-1).tolist() == [
        10,
        20,
        1,
        -1,
    ]  # boys: not recorded


def test_nobody_recorded_is_none():
    nobody = programme()
    nobody.beneficiaries = nobody.beneficiaries.iloc[:0]
    assert beneficiaries(nobody, datetime.date(2009, 12, 31), datetime.date(2020, 1, 1)) is None
