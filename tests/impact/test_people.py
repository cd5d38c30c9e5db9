"""People within reach: from parts written by hand, and summed again cell by cell from walking times."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.impact.people import (
    PARTS,
    PEOPLE_GAINED,
    PEOPLE_REACH_COLUMNS,
    parts_of,
    people_columns,
    people_gains,
)
from hazard_service.impact.walks import Ground, walk
from hazard_service.settings import Settings
from hazard_service.travel import prepare, prepared_minutes

SIDE = 9
SETTINGS = Settings(cell_m=50.0, reach_min=4.0)
STARTS = np.array([[4, 4], [0, 0], [-1, -1], [8, 3]])
HAS_START = np.array([True, False])


def test_columns_by_hand():
    closed, free = np.array([3 * PARTS // 2, 0]), np.array([40 * PARTS, 0])
    columns = people_columns(closed, free, HAS_START)
    assert tuple(columns) == PEOPLE_REACH_COLUMNS
    assert [values[0] for values in columns.values()] == [1.5, 40]
    gained = people_gains(free, closed, HAS_START)
    assert list(gained) == [PEOPLE_GAINED]
    assert gained[PEOPLE_GAINED][0] == 38.5
    assert all(np.isnan(values[1]) for values in (*columns.values(), *gained.values()))


def test_without_a_raster_there_is_no_column():
    assert parts_of(None) is None
    assert people_columns(None, None, HAS_START) == {}
    assert people_gains(None, None, HAS_START) == {}


def test_the_most_people_a_raster_may_count_are_held_to_the_part():
    most = parts_of(np.array([[1e10 - 1.5, 1.5]]))
    assert most.sum() == 10**10 * PARTS
    assert most[0, 1] == 3 * PARTS // 2


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.floats(0, 0.6))
def test_sums_are_those_of_the_walking_times(seed, hazard_share):
    """To 1e-9 of themselves, where a peopled cell has one person or more."""
    random = np.random.default_rng(seed)
    covered = random.random((SIDE, SIDE)) < hazard_share
    people = np.where(random.random((SIDE, SIDE)) < 0.4, 1 + random.gamma(0.5, 40.0, (SIDE, SIDE)), 0.0)
    closed = np.where(covered, np.uint16(0xFFFF), np.uint16(0))
    friction = np.full((SIDE, SIDE), 0.02, dtype=np.float32)
    ground = Ground(prepare(friction, 50.0, closed_moves=closed), covered)
    land = SimpleNamespace(livelihood=None, people=people, surveyed=~covered)
    found = walk(ground, STARTS, {}, land, SETTINGS)
    for number, start in enumerate(STARTS):
        reached = np.zeros((SIDE, SIDE), dtype=bool)
        if start[0] >= 0 and not covered[tuple(start)]:
            reached = prepared_minutes(ground.prepared, start[None, :]) <= SETTINGS.reach_min
        assert found.people_parts[number] / PARTS == pytest.approx(people[reached].sum(), rel=1e-9, abs=0)
        assert found.reached_cells[number] == reached.sum()
