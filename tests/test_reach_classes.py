"""What one community can reach, cell by cell: cells of 50 m at 3 km/h in the six villages, so ten minutes are 500 m."""

import numpy as np
import pytest
import shapely

from hazard_service.assessment import assess, compare
from hazard_service.errors import ParameterError
from hazard_service.layers import open_programme
from hazard_service.surfaces import (
    BEHIND,
    KEEP_OFF_M,
    NO_REACH,
    REACH_CLASSES,
    REACHED,
    REGAINED,
    near_known_hazards,
    reach_classes,
)
from hazard_service.walked import terrain_of

CELL_KM2 = 0.0025
YARD_CELLS = 16  # of the rings: four by four


@pytest.fixture(scope="module")
def programme(six_villages):
    return open_programme(six_villages)


@pytest.fixture(scope="module")
def first(programme):
    return programme.situation("2005-12-31")


@pytest.fixture(scope="module")
def now(programme):
    return programme.situation("2026-06-30")


@pytest.fixture(scope="module")
def progress(first, now):
    return compare(assess(first), assess(now))


def of(frame, community_id, column):
    return float(frame.set_index("community_id").loc[community_id, column])


def count(classes):
    return {kind: int(np.count_nonzero(classes == kind)) for kind in REACH_CLASSES}


def test_far_from_hazards_the_cells_are_the_reach(first, now, progress):
    """Nothing is near "quiet" on either date: all within ten minutes is reached, nothing regained, nothing behind."""
    cells = round(of(progress.after.communities, "quiet", "reach_km2") / CELL_KM2)
    assert count(reach_classes(first, now, "quiet")) == {REACHED: cells, REGAINED: 0, BEHIND: 0}
    assert count(reach_classes(first, first, "quiet")) == {REACHED: cells, REGAINED: 0, BEHIND: 0}


def test_what_release_gave_back_is_regained(first, now, progress):
    """The ring round "ringed" was released whole and lies near no other hazard: only its yard was in reach before."""
    found = count(reach_classes(first, now, "ringed"))
    gained = round(of(progress.communities, "ringed", "gained_km2") / CELL_KM2)
    reached = round(of(progress.after.communities, "ringed", "reach_km2") / CELL_KM2)
    assert found == {REACHED: YARD_CELLS, REGAINED: gained, BEHIND: 0}
    assert reached == YARD_CELLS + gained


def test_before_the_release_the_same_land_is_behind_and_none_of_it_is_near(programme, first, progress):
    """The yard is all within 75 m of the ring; of what is beyond, the cells farther than that are behind."""
    classes = reach_classes(first, first, "ringed")
    near = near_known_hazards(first, terrain_of(programme).grid, 25 + KEEP_OFF_M)
    free = round(of(progress.before.communities, "ringed", "free_reach_km2") / CELL_KM2)
    found = count(classes)
    assert (found[REACHED], found[REGAINED]) == (0, 0)
    assert 0 < found[BEHIND] < free - YARD_CELLS
    assert not (near & (classes != NO_REACH)).any()


@pytest.mark.parametrize("name", ["laid", "found", "corrected", "redrawn"])
def test_what_no_release_gave_is_never_regained(first, now, name):
    assert count(reach_classes(first, now, name))[REGAINED] == 0


def test_a_correction_opens_ground_that_is_reached_and_not_regained(programme, first, now, progress):
    """The ring round "corrected" was closed on paper in 2012. Nobody released it: no colour lies within 75 m of it."""
    classes = reach_classes(first, now, "corrected")
    near = near_known_hazards(now, terrain_of(programme).grid, 25 + KEEP_OFF_M)
    reached = round(of(progress.after.communities, "corrected", "reach_km2") / CELL_KM2)
    found = count(classes)
    assert (found[REGAINED], found[BEHIND]) == (0, 0)
    assert 0 < found[REACHED] < reached
    assert not (near & (classes != NO_REACH)).any()


def test_between_the_dates_only_what_was_released_by_then_is_regained(programme, first):
    assert count(reach_classes(first, programme.situation("2010-05-04"), "ringed"))[REGAINED] == 0
    assert count(reach_classes(first, programme.situation("2010-05-05"), "ringed"))[REGAINED] > 0


def drawn_world(draw_programme):
    """A village 400 m south of a wall that shuts off the north; the wall's middle third was cleared in 2015."""
    wall = {"hazard_id": "H", "geometry": shapely.box(-2000, 400, 2000, 500)}
    gap = {"release_id": "R", "hazard_id": "H", "handed_over_on": "2015-01-01"} | {
        "geometry": shapely.box(-1000, 300, 1000, 600)
    }
    village = {"community_id": "C", "name": "C", "people": 10, "geometry": shapely.Point(25, 25)}
    return draw_programme(hazards=[wall], releases=[gap], communities=[village])


def test_a_hazard_released_in_part_keeps_the_colours_off_its_whole_outline(draw_programme):
    programme = drawn_world(draw_programme)
    first, now = (programme.situation(day) for day in (programme.baseline_date, programme.data_date))
    classes = reach_classes(first, now, "C")
    grid = terrain_of(programme).grid
    x, y = grid.centre_xy(*np.nonzero(classes))
    cells = shapely.box(x - grid.cell_m / 2, y - grid.cell_m / 2, x + grid.cell_m / 2, y + grid.cell_m / 2)
    assert shapely.distance(cells, programme.hazards.geometry.iloc[0]).min() > 75
    found = count(classes)
    assert found[REACHED] > 0
    assert found[REGAINED] > 0
    # Through the gap, a kilometre north of the village.
    north = np.hypot(x - 25, y - 1025) < 1
    assert classes[classes != NO_REACH][north].tolist() == [REGAINED]


def test_the_same_cells_have_a_class_on_both_dates(draw_programme):
    """Together the classes are the free reach less what is near, which is the same; only who can go there is not."""
    programme = drawn_world(draw_programme)
    first, now = (programme.situation(day) for day in (programme.baseline_date, programme.data_date))
    before, after = reach_classes(first, first, "C"), reach_classes(first, now, "C")
    assert np.array_equal(before != NO_REACH, after != NO_REACH)
    grid = terrain_of(programme).grid
    near = np.count_nonzero(near_known_hazards(now, grid, 75))
    free = assess(now).communities["free_reach_km2"].iloc[0] / (grid.cell_m**2 / 1e6)
    assert free - near <= np.count_nonzero(after) < free
    assert count(before)[REGAINED] == 0
    assert count(before)[BEHIND] == count(after)[REGAINED] + count(after)[BEHIND]


def test_inside_a_hazard_nothing_is_reached_and_all_is_behind(draw_programme):
    """Farther than 1,000 m from its rim, so that the walk starts in it."""
    hazard = {"hazard_id": "H", "geometry": shapely.Point(25, 25).buffer(1500)}
    village = {"community_id": "C", "name": "C", "people": 10, "geometry": shapely.Point(25, 25)}
    programme = draw_programme(hazards=[hazard], communities=[village])
    now = programme.situation(programme.data_date)
    found = count(reach_classes(now, now, "C"))
    assert (found[REACHED], found[REGAINED]) == (0, 0)
    assert found[BEHIND] > 0


def test_an_unknown_community_is_refused(first, now):
    for name in ("nobody", "x" * 100):
        with pytest.raises(ParameterError) as caught:
            reach_classes(first, now, name)
        assert str(caught.value) == f'There is no community "{name[:40]}"; give the id of one.'
