"""A hand-drawn programme of two districts for the tests of reports."""

import pytest
from shapely import box

WEST = {"district_code": "A", "name": "West", "geometry": box(0, 0, 1000, 1000)}
EAST = {"district_code": "B", "name": "East", "geometry": box(1000, 0, 2000, 1000)}


@pytest.fixture(scope="session")
def drawn(draw_programme):
    """Programmes with the two districts, west and east of x = 1,000 m."""

    def draw(hazards=(), releases=(), **stated):
        return draw_programme(hazards=hazards, releases=releases, **({"districts": [WEST, EAST]} | stated))

    return draw
