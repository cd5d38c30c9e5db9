"""Minute surfaces and the closed ground of the six villages: cells of 50 m, 3 km/h, so a cell a minute."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hazard_service.ground.barriers import Barriers
from hazard_service.layers import open_programme
from hazard_service.layers.situation import not_released
from hazard_service.surfaces import (
    IN_HAZARD,
    NOT_COUNTED,
    NOT_WALKABLE,
    PARTLY_CLOSED,
    WALKABLE,
    _ground_classes,
    near_known_hazards,
    surfaces,
)
from hazard_service.walked import terrain_of

KEEP_OFF_M = 75.0  # 25 m of position error and 50 m
# Of the released hazard nothing is left; the corrected and the redrawn one were closed by their record alone.
KNOWN_AT_DATA_DATE = {"H-laid", "H-found", "H-corrected", "H-redrawn", "H-tighter"}
RING_CENTRES = 8**2 - 4**2  # walls from 100 to 200 m (or 110 to 190): centres 25, 75 | 125, 175 m from the middle


@pytest.fixture(scope="module")
def programme(six_villages):
    return open_programme(six_villages)


@pytest.fixture(scope="module")
def now(programme):
    return surfaces(programme.situation(programme.data_date))


@pytest.fixture(scope="module")
def then(programme):
    return surfaces(programme.situation(programme.baseline_date))


def cell(programme, name):
    rank = programme.communities["community_id"].tolist().index(name)
    return tuple(terrain_of(programme).community_start[rank])


def squares(grid):
    row, col = np.indices(grid.shape)
    x, y = grid.centre_xy(row, col)
    half = grid.cell_m / 2
    return shapely.box(x - half, y - half, x + half, y + half)


def nearest_m(programme, grid, ids):
    """From every cell's square to the nearest outline, by shapely alone."""
    outlines = programme.hazards.geometry[programme.hazards["hazard_id"].isin(ids)]
    return shapely.distance(squares(grid), shapely.union_all(outlines.to_numpy()))


def test_minutes_are_counted_cells(programme, now):
    row, col = cell(programme, "quiet")
    assert list(now.minutes) == ["water"]
    minutes = now.minutes["water"]
    assert minutes[row, col] == pytest.approx(6)  # 300 m at 50 m a minute
    assert minutes[row - 6, col] == 0
    # Four rows up and two columns aside of the well: two knight's moves.
    assert minutes[row - 10, col + 2] == pytest.approx(2 * 5**0.5, rel=1e-6)
    assert now.limit_min == 10
    assert np.nanmax(minutes) <= 10
    assert np.isnan(minutes[row + 5, col])  # eleven minutes


def test_a_way_round_a_hazard_is_counted(programme, now, then):
    row, col = cell(programme, "ringed")
    assert np.isnan(then.minutes["water"][row, col])  # in the yard, and near the ring
    assert now.minutes["water"][row, col] == pytest.approx(6)  # released whole


def test_no_minutes_near_any_hazard_known_at_the_data_date(programme, now, then):
    gap_m = nearest_m(programme, now.grid, KNOWN_AT_DATA_DATE)
    assert gap_m[np.isfinite(now.minutes["water"])].min() > KEEP_OFF_M
    assert gap_m[np.isfinite(then.minutes["water"])].min() > KEEP_OFF_M
    # The ring that was released later was a hazard then.
    ringed_m = nearest_m(programme, now.grid, {"H-ringed"})
    assert ringed_m[np.isfinite(then.minutes["water"])].min() > KEEP_OFF_M
    assert ringed_m[np.isfinite(now.minutes["water"])].min() == 0


def test_little_more_than_that_is_blanked(programme, now):
    blank = near_known_hazards(now.situation, now.grid, KEEP_OFF_M)
    gap_m = nearest_m(programme, now.grid, KNOWN_AT_DATA_DATE)
    # A square's corner is at most 71 m from its far side; 2 % of (75 + 35) m are 2.2 m.
    assert gap_m[blank].max() < KEEP_OFF_M + 35.4 + 2.3
    assert blank[gap_m <= KEEP_OFF_M].all()


def test_a_filter_of_kinds_blanks_no_less(programme, now):
    few = surfaces(programme.situation(programme.data_date, ["SHA"]))
    gap_m = nearest_m(programme, few.grid, KNOWN_AT_DATA_DATE)
    assert gap_m[np.isfinite(few.minutes["water"])].min() > KEEP_OFF_M
    assert np.count_nonzero(few.ground == IN_HAZARD) == 0
    assert np.count_nonzero(few.ground == NOT_COUNTED) == 3 * RING_CENTRES
    assert set(few.not_counted["hazard_id"]) == {"H-laid", "H-found", "H-tighter"}
    assert few.hazards.empty


def test_the_share_of_accidents_far_from_hazards_travels_with_surfaces(programme):
    # Ten in the ring round "laid", ten a kilometre south of it.
    inside = programme.hazards.set_index("hazard_id").geometry["H-laid"].representative_point()
    spots = [inside] * 10 + [shapely.Point(inside.x, inside.y - 1000)] * 10
    accidents = gpd.GeoDataFrame({"accident_id": [f"A{n}" for n in range(20)]}, geometry=spots, crs=programme.crs)
    recorded = dataclasses.replace(programme, accidents=accidents)
    assert (
        "Of the recorded accidents 50 % lie inside a recorded hazard, 0 % within 500 m of one and 50 % farther: "
        "the measure of what the record misses."
    ) in surfaces(recorded.situation(recorded.data_date)).caveats


def test_a_hazard_released_in_part_keeps_its_whole_outline(programme):
    ringed = programme.releases.geometry.iloc[0]
    west, south, east, north = ringed.bounds
    half = programme.releases.set_geometry([shapely.box(west, south, (west + east) / 2, north)], crs=programme.crs)
    partly = dataclasses.replace(programme, releases=half)
    assert set(not_released(partly)["hazard_id"]) == KNOWN_AT_DATA_DATE | {"H-ringed"}
    result = surfaces(partly.situation(partly.data_date))
    gap_m = nearest_m(partly, result.grid, {"H-ringed"})
    assert gap_m[np.isfinite(result.minutes["water"])].min() > KEEP_OFF_M


def test_ground_on_two_dates(programme, now, then):
    assert np.count_nonzero(now.ground == IN_HAZARD) == 3 * RING_CENTRES  # laid, found, tighter
    assert np.count_nonzero(now.ground == NOT_COUNTED) == 0
    # Then: ringed, corrected, redrawn. Known later: laid and found; the tighter ring lies in the redrawn one.
    assert np.count_nonzero(then.ground == IN_HAZARD) == 3 * RING_CENTRES
    assert np.count_nonzero(then.ground == NOT_COUNTED) == 2 * RING_CENTRES
    row, col = cell(programme, "found")
    # The yard is four cells wide and a knight's move spans two: from each of its cells some way ends in the wall.
    assert (now.ground[row - 1 : row + 3, col - 2 : col + 2] == PARTLY_CLOSED).sum() == 16
    assert now.ground[cell(programme, "quiet")] == WALKABLE


def test_the_gravest_word_wins():
    covered = np.array([[True, False, False, False, False]])
    others = np.array([[True, True, False, False, False]])
    walkable = np.array([[False, False, False, True, True]])
    closed = np.array([[1, 1, 1, 1, 0]], dtype=np.uint16)
    classes = _ground_classes(Barriers(closed, covered), walkable, others)
    assert classes.tolist() == [[IN_HAZARD, NOT_COUNTED, NOT_WALKABLE, PARTLY_CLOSED, WALKABLE]]
    assert classes.dtype == np.uint8
