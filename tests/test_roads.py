"""Routes walked as a graph of their own: beside hazards, closed by them, and in use across them."""

import pandas as pd
import pytest

from hazard_service.assessment import assess, compare
from hazard_service.impact.exposure import accident_distances
from hazard_service.impact.summary import caveats_of
from hazard_service.layers import open_programme

ROAD_MIN = 600 * 60 / 5000  # 600 m at 5 km/h
OFF_ROAD_MIN = 600 * 60 / 3000


@pytest.fixture(scope="module")
def progress(three_roads):
    programme = open_programme(three_roads)
    return compare(
        assess(programme.situation(programme.baseline_date)), assess(programme.situation(programme.data_date))
    )


def test_a_road_that_hazards_are_drawn_up_to_stays_open_and_nobody_leaves_it(progress):
    row = progress.before.communities.set_index("community_id").loc["corridor"]
    assert row["minutes_water"] == pytest.approx(ROAD_MIN, rel=1e-5)
    assert not row["through_open_route"]
    assert row["held_back"]  # the land under the wall is lost to it all the same
    # Ten minutes: 600 m of road, and 2.8 minutes on from its end.
    assert 0.5 < row["freedom"] < 0.95


def test_a_road_that_a_hazard_crosses_is_closed_there(progress):
    for assessment in (progress.before, progress.after):
        row = assessment.communities.set_index("community_id").loc["crossed"]
        assert row["free_minutes_water"] == pytest.approx(ROAD_MIN, rel=1e-5)
        assert row["cut_off_water"] == "yes"
        assert not row["through_open_route"]


def test_a_road_opened_since_stays_open_and_is_flagged_from_that_day_on(progress):
    before, after = (one.communities.set_index("community_id").loc["lane"] for one in (progress.before, progress.after))
    assert (before["cut_off_water"], before["through_open_route"]) == ("yes", False)
    assert (after["cut_off_water"], after["through_open_route"]) == ("no", True)
    assert after["minutes_water"] == pytest.approx(ROAD_MIN, rel=1e-5)
    assert "recorded route in use that crosses a hazard" in after["why"]
    said = [text for text in progress.after.caveats if "recorded route that crosses an open hazard" in text]
    assert said == [
        "The reach or walks of 1 communities lead over a recorded route that crosses an open hazard "
        "and counts as open because it is in use: lane."
    ]
    assert not any("recorded route that crosses" in text for text in progress.before.caveats)


def test_a_road_opened_is_no_release(progress):
    row = progress.communities.set_index("community_id").loc["lane"]
    assert (row["gained_km2"], row["freed"], row["expanded"]) == (0, False, False)
    assert progress.totals["freed"] == 0


def test_off_the_road_the_well_is_too_far(three_roads):
    assert ROAD_MIN < 10 < OFF_ROAD_MIN
    programme = open_programme(three_roads)
    assert programme.settings.water_min == 10


def test_the_caveat_names_communities_by_id_where_they_have_no_name_and_whatever_the_order_of_rows(progress):
    after = progress.after
    programme = after.situation.programme
    distances = accident_distances(programme.accidents, programme.hazards)
    three = pd.concat([after.communities[after.communities["community_id"] == "lane"]] * 3, ignore_index=True)
    named = three.assign(community_id=["C3", "C1", "C2"], name=["Third", None, "Second"])
    said = [
        [text for text in caveats_of(after.situation, (), rows, distances) if "lead over" in text]
        for rows in (named, named.iloc[::-1])
    ]
    assert said[0] == said[1]
    assert said[0][0].endswith("in use: C1, Second, Third.")
