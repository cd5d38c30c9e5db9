"""Set operations that go on where GEOS gives up."""

import numpy as np
import pytest
import shapely

from hazard_service import overlay
from hazard_service.impact.areas import open_ground, released_ground
from hazard_service.layers import open_programme
from hazard_service.shelves import sample_folder


def test_ground_of_the_sample_on_which_geos_1338_fails():
    """On 2010-12-31 the plain union of what is open and what was released raises "Ring edge missing"."""
    situation = open_programme(sample_folder()).situation("2010-12-31")
    ground = list(open_ground(situation.hazards).values())
    released = list(released_ground(situation.released).values())
    parts = [*ground, *released]
    overlaps = sum(
        shapely.area(overlay.intersection(one, other)) for at, one in enumerate(parts) for other in parts[:at]
    )
    # Open kinds are disjoint, and so are methods; only the two groups may overlap, and no ground is in three.
    assert shapely.area(overlay.union_all(parts)) == pytest.approx(sum(map(shapely.area, parts)) - overlaps, abs=1e-2)


def failing(without_grid):
    """An operation that fails without a grid where its first geometry is one of these."""

    def operation(left, right, grid_size=None):
        if grid_size is None and np.isin(np.asarray(left, dtype=object), without_grid).any():
            raise shapely.GEOSException("TopologyException: Ring edge missing")
        return shapely.difference(left, right, grid_size=grid_size)

    return operation


def test_only_the_pair_that_fails_is_rounded(box):
    fine, failed = box(0, 0, 1 + 4e-7, 1), box(5, 0, 6 + 4e-7, 1)
    cut = box(0.5, 0, 0.6, 1)
    found = overlay._paired(failing([failed]), np.array([fine, failed], dtype=object), cut)
    assert shapely.bounds(found[0])[2] == 1 + 4e-7
    assert shapely.bounds(found[1])[2] == 6.0
    assert overlay._paired(failing([failed]), failed, cut).bounds[2] == 6.0


def test_what_fails_with_a_grid_too_is_raised(box):
    def never(left, right, grid_size=None):
        raise shapely.GEOSException("no")

    with pytest.raises(shapely.GEOSException):
        overlay._paired(never, box(0, 0, 1, 1), box(0, 0, 1, 1))
