"""Livelihood land within reach: from cells written by hand, and counted again cell by cell from walking times."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.impact.livelihood import GAIN_COLUMNS, REACH_COLUMNS, livelihood_columns, livelihood_gains
from hazard_service.impact.walks import Ground, hazard_shares, walk
from hazard_service.settings import Settings
from hazard_service.travel import prepare, prepared_minutes

# 50 m cells: 400 cells = 1 km². Class 0 is other land.
CLOSED = np.array([[7, 400, 40, 0, 0, 20], [0, 0, 0, 0, 0, 0]])
FREE = np.array([[400, 800, 40, 4, 0, 20], [0, 0, 0, 0, 0, 0]])


def test_columns_by_hand():
    columns = livelihood_columns(CLOSED, FREE, np.array([True, False]), Settings())
    assert set(columns) == set(REACH_COLUMNS)
    first = {name: values[0] for name, values in columns.items()}
    assert first == pytest.approx(
        {
            "reach_cropland_km2": 1, "free_reach_cropland_km2": 2,
            "reach_pasture_km2": 0.1, "free_reach_pasture_km2": 0.1,
            "reach_forest_km2": 0, "free_reach_forest_km2": 0.01,
            "reach_water_edge_km2": 0, "free_reach_water_edge_km2": 0,
            "reach_built_up_km2": 0.05, "free_reach_built_up_km2": 0.05,
            # Other land is held back too, and is not livelihood land.
            "livelihood_held_back_km2": 1.01,
        }
    )  # fmt: skip
    assert all(np.isnan(values[1]) for values in columns.values())


def test_gains_by_hand():
    columns = livelihood_gains(FREE, CLOSED, np.array([True, False]), Settings())
    assert tuple(columns) == GAIN_COLUMNS
    assert [values[0] for values in columns.values()] == pytest.approx([1, 0, 0.01, 0, 0, 1.01])
    assert all(np.isnan(values[1]) for values in columns.values())


def test_without_land_cover_there_is_no_column():
    assert livelihood_columns(None, None, np.array([True]), Settings()) == {}
    assert livelihood_gains(None, None, np.array([True]), Settings()) == {}


SIDE = 9
SETTINGS = Settings(cell_m=50.0, reach_min=4.0)
masks = st.lists(st.booleans(), min_size=SIDE * SIDE, max_size=SIDE * SIDE).map(
    lambda cells: np.array(cells).reshape(SIDE, SIDE)
)
lands = st.lists(st.integers(0, 5), min_size=SIDE * SIDE, max_size=SIDE * SIDE).map(
    lambda cells: np.array(cells, dtype=np.uint8).reshape(SIDE, SIDE)
)
STARTS = np.array([[4, 4], [0, 0], [-1, -1], [8, 3]])


def grounds(covered):
    friction = np.full((SIDE, SIDE), 0.02, dtype=np.float32)
    closed = np.where(covered, np.uint16(0xFFFF), np.uint16(0))
    nothing = np.zeros((SIDE, SIDE), dtype=bool)
    return Ground(prepare(friction, 50.0, closed_moves=closed), covered), Ground(prepare(friction, 50.0), nothing)


def reached_from(ground, start):
    """(rows, cols) bool, one walk at a time."""
    if start[0] < 0 or ground.covered[tuple(start)]:
        return np.zeros(ground.covered.shape, dtype=bool)
    return prepared_minutes(ground.prepared, start[None, :]) <= SETTINGS.reach_min


@settings(derandomize=True, deadline=None, max_examples=25)
@given(masks, masks, lands)
def test_counts_are_those_of_the_walking_times(covered, surveyed, livelihood):
    land = SimpleNamespace(livelihood=livelihood, people=None, surveyed=surveyed)
    for ground in grounds(covered):
        found = walk(ground, STARTS, {}, land, SETTINGS)
        for number, start in enumerate(STARTS):
            reached = reached_from(ground, start)
            assert found.reached_cells[number] == reached.sum() == found.livelihood_cells[number].sum()
            assert found.outside_cells[number] == (reached & ~surveyed).sum()
            assert found.livelihood_cells[number].tolist() == [(reached & (livelihood == n)).sum() for n in range(6)]


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1)), max_size=6))
def test_hazard_share_of_the_free_reach(cells):
    """Few hazards: some starts reach none of them, and those are not walked."""
    covered = np.zeros((SIDE, SIDE), dtype=bool)
    for cell in cells:
        covered[cell] = True
    land = SimpleNamespace(livelihood=None, people=None, surveyed=covered)
    closed_ground, free_ground = grounds(covered)
    closed, free = (walk(ground, STARTS, {}, land, SETTINGS) for ground in (closed_ground, free_ground))
    shares = hazard_shares(free_ground, STARTS, covered, closed, free, SETTINGS)
    for number, start in enumerate(STARTS):
        reached = reached_from(free_ground, start)
        expected = (reached & covered).sum() / reached.sum() if reached.any() else np.nan
        assert shares[number] == pytest.approx(expected, nan_ok=True)


def test_no_livelihood_is_no_count():
    land = SimpleNamespace(livelihood=None, people=None, surveyed=np.ones((SIDE, SIDE), dtype=bool))
    found = walk(grounds(np.zeros((SIDE, SIDE), dtype=bool))[1], STARTS, {}, land, SETTINGS)
    assert found.livelihood_cells is None
    assert found.outside_cells.tolist() == [0] * 4
    assert found.reached_cells[0] > 0
