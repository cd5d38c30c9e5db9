"""A later correction of the record changes only what it touches: later dates, its own valley, its own district."""

import dataclasses
import datetime

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from hazard_service.layers import open_programme
from hazard_service.series import series
from hazard_service.vocabulary import WHOLE

# Of the hazards of test_nine_communities.py those still open in 2023: valley, and districts with ground of it.
OPEN = {
    "H6": ("Elder", {"middle"}),
    "H7": ("Fir", {"middle"}),
    "H8": ("Gorse", {"south"}),
    "H9": ("Hazel", {"south"}),
    "H11": (None, {"north", "middle"}),
}


@pytest.fixture(scope="module")
def programme(nine_communities):
    return open_programme(nine_communities)


@pytest.fixture(scope="module")
def found(programme):
    return series(programme)


def corrected(programme, hazard_id, day):
    """The series of the same programme, had the record closed a hazard on a day, with no release."""
    hazards = programme.hazards.copy()
    hazards.loc[hazards["hazard_id"] == hazard_id, ["closed_on", "status"]] = [pd.Timestamp(day), "closed"]
    return series(dataclasses.replace(programme, hazards=hazards))


@pytest.mark.parametrize("hazard_id", OPEN)
@pytest.mark.parametrize("day", [datetime.date(2022, 8, 8), datetime.date(2023, 12, 31)], ids=str)
def test_a_later_correction_changes_only_what_it_touches(programme, found, hazard_id, day):
    again = corrected(programme, hazard_id, day)
    valley, districts = OPEN[hazard_id]
    is_before = found.rows["on"] < day
    assert_frame_equal(again.rows[is_before], found.rows[is_before])
    is_apart = ~found.districts["district_code"].isin([*districts, WHOLE]) | (found.districts["on"] < day)
    assert_frame_equal(again.districts[is_apart], found.districts[is_apart])
    elsewhere = (programme.communities["community_id"] != valley).to_numpy()
    for now, then in zip(again.steps, found.steps, strict=True):
        # The nearest hazard may lie in another valley.
        assert_frame_equal(*(one.communities[elsewhere].drop(columns="nearest_hazard_m") for one in (now, then)))
    # It is seen where it is: ground is no longer open, none of it counts as released, and nobody is freed by it.
    now, then = again.rows.iloc[-1], found.rows.iloc[-1]
    assert now["open_km2"] < then["open_km2"]
    assert now["released_km2"] == then["released_km2"]
    assert now["freed"] == then["freed"]
    assert now["corrections_km2"] > then["corrections_km2"] or hazard_id in ("H6", "H7", "H8")
