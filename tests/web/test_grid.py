"""UTM and MGRS as the page writes them: against PROJ over the world, and against published and independent values."""

import random

import pyproj
import pytest

from hazard_service.shelves import shelf

# Latitude, longitude, and the square of a metre in which they lie. The first from the standard of the United States
# National Grid (FGDC-STD-011-2001: the Washington Monument, 323,483 m E, 4,306,479 m N in zone 18), the second a stone
# near it, the third from NGA's description of MGRS; the others as GEOTRANS gives them (the package mgrs 1.6).
PLACES = (
    (38.8894673, -77.0352402, "18S UJ 23483 06479"),
    (38.8898005, -77.0365429, "18S UJ 23371 06519"),
    (21.4098012, -157.9160763, "4Q FJ 12345 67890"),
    (-33.8568, 151.2153, "56H LH 34900 52288"),
    (60.3929, 5.3241, "32V KN 97473 00820"),  # Bergen: zone 32 is wider there
    (55.9999, 4.0, "31U EC 62366 06519"),  # and not south of it
    (56.0001, 4.0, "32V JH 88310 17377"),
    (72.0, 2.0, "31X DV 65510 89218"),
    (75.0, 8.0, "31X FD 44293 29692"),  # Svalbard: no zones 32, 34, 36
    (75.0, 9.5, "33X UD 41313 30970"),
    (78.2232, 15.6267, "33X WG 14278 83355"),
    (75.0, 25.0, "35X MD 42229 24580"),
    (75.0, 40.0, "37X ED 28889 23850"),
    (0.0001, 0.0001, "31N AA 66032 00011"),
    (-0.0001, 0.0001, "31M AV 66032 99988"),
    (44.0, 18.0, "34T BP 59473 76249"),
    (34.5553, 69.2075, "42S WD 19036 23748"),
    (-8.8383, 13.2344, "33L UL 05820 22565"),
    (51.4778, -0.0015, "30U YC 08213 07224"),
    (-54.8019, -68.3030, "19F EV 44805 27029"),
    (83.9, -40.0, "24X VU 88136 17033"),
    (-79.9, 170.0, "59C MM 80423 29407"),
)


@pytest.fixture(scope="module")
def grid(browser):
    """A page with maps/assets/grid.js and nothing else."""
    page = browser.new_page()
    page.add_script_tag(content=(shelf("maps") / "assets" / "grid.js").read_text(encoding="utf-8"))
    yield page
    page.close()


def random_places():
    """All over the world, and more of them where zones are uneven: Norway and Svalbard; both sides of the equator."""
    chance = random.Random(7)
    for south, north, west, east, count in (
        (-80, 84, -180, 180, 200), (56, 64, 0, 12, 40), (72, 84, 0, 42, 60), (-1, 1, -180, 180, 20),
    ):  # fmt: skip
        for _ in range(count):
            yield chance.uniform(south, north), chance.uniform(west, east)


def zone_by_hand(lat, lon):
    if 56 <= lat < 64 and 3 <= lon < 12:
        return 32
    if lat >= 72 and 0 <= lon < 42:
        return next(zone for zone, end in ((31, 9), (33, 21), (35, 33), (37, 42)) if lon < end)
    return int((lon + 180) // 6) + 1


def test_utm_is_that_of_proj_to_a_metre(grid):
    places = list(random_places())
    found = grid.evaluate("(places) => places.map(([lat, lon]) => utm(lat, lon))", places)
    for (lat, lon), here in zip(places, found, strict=True):
        zone = zone_by_hand(lat, lon)
        assert here["zone"] == zone, (lat, lon)
        assert here["band"] == "CDEFGHJKLMNPQRSTUVWXX"[int((lat + 80) // 8)]
        crs = f"EPSG:{32600 + zone if lat >= 0 else 32700 + zone}"
        east, north = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
        assert (here["east"], here["north"]) == pytest.approx((east, north), abs=0.01), (lat, lon)


@pytest.mark.parametrize(("lat", "lon", "square"), PLACES)
def test_mgrs_by_others(grid, lat, lon, square):
    words = grid.evaluate("([lat, lon]) => mgrsWords(utm(lat, lon))", [lat, lon])
    assert words.split()[:2] == square.split()[:2]
    # Degrees of seven decimals, and others round where we cut off.
    for ours, theirs in zip(words.split()[2:], square.split()[2:], strict=True):
        assert len(ours) == 5
        assert abs(int(ours) - int(theirs)) <= 1


def test_a_published_square_of_a_kilometre(grid):
    """GeographicLib's own example: 444 to 445 km E, 3,688 to 3,689 km N in zone 38 is 38SMB4488."""
    centre = pyproj.Transformer.from_crs("EPSG:32638", "EPSG:4326").transform(444_500.5, 3_688_500.5)
    assert grid.evaluate("([lat, lon]) => mgrsWords(utm(lat, lon))", centre) == "38S MB 44500 88500"


def test_near_the_poles_there_is_none(grid):
    assert grid.evaluate("[utm(84.01, 0), utm(-80.01, 0)]") == [None, None]
    assert grid.evaluate("utm(84, 0).band + utm(-80, 0).band") == "XC"
    assert grid.evaluate("utm(10, 180).zone") == 60
    for lat, zone in ((40, "31N"), (0, "31N"), (-0.01, "31S"), (-60, "31S")):
        assert grid.evaluate("(lat) => utmWords(utm(lat, 1))", lat).startswith(f"zone {zone} ")
