"""Walks made one from the other equal walks made afresh, to the last digit."""

import datetime
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hazard_service.ground.barriers import covered_centres
from hazard_service.impact.exposure import blocking
from hazard_service.impact.walks import reached_by_class
from hazard_service.layers import open_programme
from hazard_service.shelves import sample_folder
from hazard_service.turns import Turn, walks_in_turn
from hazard_service.walked import free_ground, terrain_of, walk_outlines


def everyone(programme):
    return np.arange(len(programme.communities))


def assert_equal_to_afresh(programme, turns, found):
    for turn, turned in zip(turns, found, strict=True):
        assert turn.way_out
        afresh = walk_outlines(programme, turn.outlines, turn.on, turn.rows)
        np.testing.assert_array_equal(turned.walk.reached_cells, afresh.reached_cells)
        np.testing.assert_array_equal(turned.walk.outside_cells, afresh.outside_cells)
        np.testing.assert_array_equal(turned.walk.reaches_edge, afresh.reaches_edge)
        assert list(turned.walk.minutes) == list(afresh.minutes)
        for kind, minutes in afresh.minutes.items():
            np.testing.assert_array_equal(turned.walk.minutes[kind], minutes)
        np.testing.assert_array_equal(turned.hazard_cells, hazard_cells(programme, turn))
        for parts in ("livelihood_cells", "people_parts"):
            ours, theirs = getattr(turned.walk, parts), getattr(afresh, parts)
            assert (ours is None) == (theirs is None)
            np.testing.assert_array_equal(ours, theirs) if ours is not None else None


def hazard_cells(programme, turn):
    """Cells of each free reach whose centre lies in an outline."""
    terrain = terrain_of(programme)
    inside = covered_centres(turn.outlines, terrain.grid).astype(np.uint8)
    starts = terrain.community_start[turn.rows]
    return reached_by_class(free_ground(programme), starts, inside, programme.settings, n_classes=2)[:, 1]


def turns_on(programme, days, rows=None):
    rows = everyone(programme) if rows is None else rows
    return [
        Turn(blocking(programme.situation(day).hazards), datetime.date.fromisoformat(day), rows, way_out=True)
        for day in days
    ]


@pytest.fixture(scope="module")
def villages(six_villages):
    return open_programme(six_villages)


def test_reach_and_hazard_change_only_where_something_opens_or_closes(villages):
    days = ["2005-12-31", "2010-05-04", "2010-05-05", "2012-01-01", "2015-01-01", "2026-06-30"]
    turns = turns_on(villages, days)
    found = walks_in_turn(villages, turns)
    names = villages.communities["community_id"].to_numpy()
    cells = [np.stack([turned.walk.reached_cells, turned.hazard_cells], axis=1) for turned in found]
    changed = [set(names[(then != now).any(axis=1)]) for then, now in pairwise(cells)]
    # 2010-01-01: an outline is redrawn 10 m tighter, over the same centres. 2010-05-05: the ring is released. 2012: one
    # is closed. 2015: two come.
    assert changed == [set(), {"ringed"}, {"corrected"}, {"laid", "found"}, set()]
    assert_equal_to_afresh(villages, turns, found)


def test_roads_that_come_into_use_open_where_they_are_crossed(three_roads):
    programme = open_programme(three_roads)
    outlines, rows = blocking(programme.hazards), everyone(programme)
    days = [datetime.date(2005, 12, 31), datetime.date(2012, 1, 1), None, datetime.date(2026, 6, 30)]
    turns = [Turn(outlines, day, rows, way_out=True) for day in days]
    found = walks_in_turn(programme, turns)
    assert_equal_to_afresh(programme, turns, found)
    lane = programme.communities["community_id"].tolist().index("lane")
    assert [bool(np.isfinite(turned.walk.minutes["water"][lane])) for turned in found] == [False, True, False, True]


def test_a_community_asked_for_late_is_counted_as_it_stands_then(villages):
    days = ["2005-12-31", "2010-05-05", "2015-01-01", "2026-06-30"]
    asked = [np.array([5]), np.array([], dtype=int), np.array([0, 1]), np.array([0, 4, 5])]
    turns = [
        Turn(turn.outlines, turn.on, rows, way_out=True)
        for turn, rows in zip(turns_on(villages, days), asked, strict=True)
    ]
    assert_equal_to_afresh(villages, turns, walks_in_turn(villages, turns))


def test_ground_with_no_hazard_at_all(villages):
    nothing, day = np.zeros(0, dtype=object), datetime.date(2010, 1, 1)
    ringed = turns_on(villages, ["2005-12-31"])[0]
    turns = [
        Turn(nothing, day, everyone(villages), way_out=True),
        ringed,
        Turn(nothing, day, everyone(villages), way_out=True),
    ]
    assert_equal_to_afresh(villages, turns, walks_in_turn(villages, turns))
    assert_equal_to_afresh(villages, turns[:1], walks_in_turn(villages, turns[:1]))
    assert walks_in_turn(villages, []) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-220, 220), st.integers(-10, 10), st.integers(1, 12)), max_size=6),
        min_size=2,
        max_size=5,
    )
)
def test_any_boxes_in_any_order(villages, worlds):
    """Boxes over villages, wells and the grid's edge, thinner than a cell and as wide as a yard."""
    turns = []
    for boxes in worlds:
        outlines = np.empty(len(boxes), dtype=object)
        outlines[:] = [shapely.box(50 * x, 50 * y, 50 * x + 20 * wide, 50 * y + 37 * wide) for x, y, wide in boxes]
        turns.append(Turn(outlines, datetime.date(2010, 1, 1), everyone(villages), way_out=True))
    assert_equal_to_afresh(villages, turns, walks_in_turn(villages, turns))


def test_the_sample_over_its_years():
    sample = open_programme(sample_folder())
    turns = turns_on(sample, ["2005-12-31", "2009-06-30", "2014-12-31", "2023-01-01", "2026-06-30"])
    assert_equal_to_afresh(sample, turns, walks_in_turn(sample, turns))
