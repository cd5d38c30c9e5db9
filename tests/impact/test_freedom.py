"""Freedom, cut off and gains, from cells and minutes written by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from hazard_service.impact.freedom import Walk, movement
from hazard_service.impact.gains import progress_of, release_gain
from hazard_service.settings import Settings

INF = np.float32(np.inf)


def walk(cells, *, edge=None, **minutes):
    count = len(cells)
    return Walk(
        np.array(cells, dtype=np.int64),
        {kind: np.array(values, dtype=np.float32) for kind, values in minutes.items()},
        np.ones(count, bool) if edge is None else np.array(edge),
        outside_cells=np.zeros(count, dtype=np.int64),
        livelihood_cells=None,
        people_parts=None,
    )


def starts(count, none=()):
    return np.array([row not in none for row in range(count)])


def test_freedom_is_a_ratio_of_cells():
    # 50 m cells: 400 cells = 1 km². 380/400 = 0.95 is not below 0.95; 379/400 is.
    frame = movement(walk([380, 379, 0]), walk([400, 400, 400]), starts(3), Settings())
    assert frame["freedom"].tolist() == pytest.approx([0.95, 379 / 400, 0.0])
    assert frame["held_back"].tolist() == [False, True, True]
    assert frame["behind_hazards_km2"].tolist() == pytest.approx([0.05, 21 * 0.0025, 1.0])
    assert frame["held_back_by"].tolist() == ["", "movement", "movement"]


def test_no_start_is_not_assessed_and_never_free_nor_held_back():
    frame = movement(walk([0], water=[INF]), walk([0], water=[INF]), starts(1, none=[0]), Settings())
    assert frame["not_assessed"].tolist() == [True]
    assert math.isnan(frame["freedom"][0])
    assert frame["held_back"].tolist() == [False]
    assert frame["cut_off_water"].tolist() == ["no data"]


def test_cut_off_is_one_of_four_and_meeting_a_standard_is_at_most():
    closed = walk([1] * 4, school=[60.0, 60.001, INF, 70.0])
    free = walk([1] * 4, school=[60.0, 59.0, 20.0, 61.0])
    frame = movement(closed, free, starts(4), Settings())
    assert frame["cut_off_school"].tolist() == ["no", "yes", "yes", "beyond the standard even on free ground"]
    assert set(frame["cut_off_water"]) == {"no data"}
    assert "minutes_water" not in frame
    assert frame["held_back_by"].tolist() == ["", "school", "school", ""]
    assert np.isnan(frame["minutes_school"][2])


def test_enclosed_only_where_free_ground_has_a_way_out():
    closed = walk([1, 1, 1], edge=[False, False, True])
    free = walk([1, 1, 1], edge=[True, False, True])
    assert movement(closed, free, starts(3), Settings())["enclosed"].tolist() == [True, False, False]


def compare_walks(before, after, standing, put_back, free, firm=None):
    count = len(free.reached_cells)
    settings, has_start = Settings(), starts(count)
    states = {
        "before": movement(before, free, has_start, settings),
        "after": movement(after, free, has_start, settings),
    }
    held_back_now = states["after"]["held_back"]
    gained = release_gain(standing, put_back, free, has_start, settings, held_back_now=held_back_now)
    sure = {f"{name}_firm": gained[name] if firm is None else gained[name] & firm for name in ("freed", "expanded")}
    gained = gained.assign(**sure)
    classes = progress_of(gained, **states, standing=standing, free=free, has_start=has_start, settings=settings)
    return pd.concat([gained, classes], axis=1)


def test_freed_needs_five_percent_or_a_service():
    # Held back on the put-back ground in all four; later free of it in the first three.
    put_back, after = walk([90, 94, 90, 50]), walk([96, 96, 95, 54])
    frame = compare_walks(put_back, after, after, put_back, walk([100] * 4))
    # gains 6, 2, 5 and 4 %: 2 % frees nobody; 5 % does; the last stays held back.
    assert frame["gained_share"].tolist() == pytest.approx([0.06, 0.02, 0.05, 0.04])
    assert frame["progress"].tolist() == ["freed", "unchanged", "freed", "unchanged"]


def test_expanded_by_ten_percent_or_by_a_service_regained():
    put_back = walk([50, 50, 99, 99], school=[10, 10, INF, 63])
    after = walk([60, 59, 99, 99], school=[10, 10, 30, 59])
    frame = compare_walks(put_back, after, after, put_back, walk([100] * 4, school=[9, 9, 9, 9]))
    # The last regained its school by 4 minutes only: that is not a service regained.
    assert frame["progress"].tolist() == ["expanded", "unchanged", "freed", "unchanged"]
    assert frame["services_regained"].tolist() == ["", "", "school", ""]
    assert frame["minutes_saved_school"][3] == pytest.approx(4)
    assert np.isnan(frame["minutes_saved_school"][2])


def test_a_gain_that_is_not_firm_is_uncertain_and_freed_may_still_be_firmly_wider():
    put_back, after, whole = walk([80, 94, 50]), walk([96, 100, 100]), walk([100] * 3)
    assert compare_walks(put_back, after, after, put_back, whole)["progress"].tolist() == ["freed", "freed", "freed"]
    frame = compare_walks(put_back, after, after, put_back, whole, firm=np.array([False, True, True]))
    assert frame["progress"].tolist() == ["uncertain", "freed", "freed"]
    gained = frame.assign(freed_firm=False, expanded_firm=[True, False, False])
    states = movement(after, whole, starts(3), Settings())
    classes = progress_of(
        gained, before=states, after=states, standing=after, free=whole, has_start=starts(3), settings=Settings()
    )
    assert classes["progress"].tolist() == ["expanded", "uncertain", "uncertain"]


def test_hazards_found_late_free_nobody_and_worsen_nobody():
    # The actual state was free in 2005 because nobody knew; both gain grounds hold the late hazard.
    late = walk([50])
    frame = compare_walks(walk([100]), late, late, late, walk([100]))
    assert frame["progress"].tolist() == ["unchanged"]
    assert frame["newly_identified_holds_back"].tolist() == [True]


def test_hazards_laid_since_worsen():
    frame = compare_walks(walk([100]), walk([50]), walk([100]), walk([100]), walk([100]))
    assert frame["progress"].tolist() == ["worsened"]
    assert frame["newly_identified_holds_back"].tolist() == [False]


def test_gain_by_correction_is_no_gain():
    # Actually held back before, not after; but no release: standing and put-back ground are the same.
    same = walk([100])
    frame = compare_walks(walk([50]), same, same, same, walk([100]))
    assert frame["progress"].tolist() == ["unchanged"]
    assert pd.isna(frame["gained_km2"]).sum() == 0
    assert frame["gained_km2"].tolist() == [0.0]
