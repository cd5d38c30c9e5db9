"""A small programme drawn by hand, with one of everything a collection can hold; metres round 35° N, 40° W."""

import datetime

import shapely

from hazard_service.ogc.frames import Period
from hazard_service.settings import Settings

HOSTILE = '<script>alert(1)</script> O\'Brien "quoted" 100 % a_b {{7*7}} =1+1 \u2028 é'


def square(x, y, side=200.0):
    """A square round a point."""
    return shapely.box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def at(day, end=None):
    """The period of a day, or from a day to another."""
    first = datetime.date.fromisoformat(day)
    return Period(first, datetime.date.fromisoformat(end) if end else first)


RING = shapely.difference(square(0, 0, 400), square(0, 0, 200))
RING_M2 = 400.0**2 - 200.0**2
TWO = shapely.MultiPolygon([square(1000, 0), square(1400, 0)])
LINE = shapely.MultiLineString([[(-1000, 900), (-800, 1100)]])
HAZARDS = (
    {"hazard_id": "H1", "geometry": RING, "kind": "CHA", "name": HOSTILE, "area_reported_m2": 120000.5},
    {"hazard_id": "H2", "geometry": TWO, "reported_on": "1998-04-01", "contamination": "ap_mine;uxo", "district": "D1"},
    {"hazard_id": "H3", "geometry": square(0, 1000), "reported_on": "2015-03-02", "laid_on": "2014-01-01"},
    {"hazard_id": "H4", "geometry": square(-1000, 0), "status": "closed", "closed_on": "2012-01-01"},
    {"hazard_id": "H5", "geometry": square(0, -1000), "reported_on": "2001-05-05", "status": "worked_on"},
    {"hazard_id": "H6", "geometry": square(-1200, 1000), "remnant": LINE, "kind": "unclassified"},
    {"hazard_id": "H/7 ä", "geometry": square(1500, 1500), "reported_on": "2020-02-29"},
)
RELEASES = (
    {"release_id": "R2", "hazard_id": "H2", "geometry": square(1400, 0, 400), "handed_over_on": "2010-06-15"},
    {
        "release_id": "R5", "hazard_id": "H5", "geometry": square(0, -1000, 400), "completed_on": "2014-05-02",
        "method": "cancelled",
    },
    {"release_id": "R6", "geometry": square(-1200, 1000, 50), "method": "reduced"},
)  # fmt: skip
COMMUNITIES = (
    {"community_id": "C1", "geometry": shapely.Point(25, 25), "name": "Ringed", "people": 100.0, "district": "D1"},
    {"community_id": "C2", "geometry": square(1200, 400, 100), "name": "O'Brien", "people": 250.0, "district": "D2"},
    {"community_id": "C3", "geometry": shapely.Point(1800, -1800), "name": HOSTILE, "people": None},
    {"community_id": "C4", "geometry": shapely.Point(-1900, 1900), "name": None, "people": 7.0, "district": "D1"},
)
PLACES = (
    {"place_id": "P1", "kind": "water", "name": "Well", "geometry": shapely.Point(525, 25)},
    {"place_id": "P2", "kind": "school", "geometry": shapely.Point(1225, 625)},
    {"place_id": "P3", "kind": "other", "name": "Mill", "geometry": shapely.Point(-1875, -1875)},
)
ROUTES = (
    {"route_id": "T1", "class": "track", "geometry": shapely.LineString([(-2000, 0), (2000, 0)])},
    {"route_id": "T2", "open_since": "2011-11-11", "geometry": shapely.LineString([(-50, -50), (50, 50)])},
)
DISTRICTS = (
    {"district_code": "D1", "name": "West", "geometry": shapely.box(-2000, -2000, 1100, 2000)},
    {"district_code": "D2", "name": "East & <b>more</b>", "geometry": shapely.box(1100, -2000, 1700, 2000)},
)
ACCIDENTS = (
    {"accident_id": "SECRET-1", "date": "2025-03-01", "killed": 6.0, "injured": 1.0, "geometry": shapely.Point(77, 77)},
    {"accident_id": "SECRET-2", "date": "2025-04-01", "injured": 2.0, "geometry": shapely.Point(1600, 77)},
    {"accident_id": "SECRET-3", "date": "2005-04-01", "killed": 9.0, "geometry": shapely.Point(77, -77)},
)


def drawn(draw_programme):
    """The programme, walked on cells of 50 m for ten minutes."""
    ten_minutes = {f"{name}_min": 10.0 for name in ("reach", "water", "school", "health", "market")}
    return draw_programme(
        name="Fictional Saltmarsh", settings=Settings(cell_m=50.0, **ten_minutes), hazards=HAZARDS, releases=RELEASES,
        communities=COMMUNITIES, places=PLACES, routes=ROUTES, districts=DISTRICTS, accidents=ACCIDENTS,
    )  # fmt: skip
