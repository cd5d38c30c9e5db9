"""Geometry: a hazard never loses ground, a release never gains any, and each rule says what it did."""

import math

import pytest
import shapely

from hazard_service.layers import check_programme, open_programme

BOW_TIE = "POLYGON ((18.02 44.00, 18.03 44.01, 18.03 44.00, 18.02 44.01, 18.02 44.00))"
LINE = "LINESTRING (18.02 44.0, 18.022 44.001)"
# Flat in degrees; projection bends it by a millimetre or two.
FLAT = "POLYGON ((18.02 44.0, 18.022 44.0, 18.024 44.0, 18.02 44.0))"
# Flat however it is projected: there and back.
BACK = "POLYGON ((18.02 44.0, 18.024 44.0, 18.02 44.0, 18.02 44.0))"


@pytest.fixture
def hazard(folder, world, accounted):
    """`hazard(geometry, **properties)`: the programme whose one hazard that is."""

    def read(geometry, **properties):
        properties = {"hazard_id": "H1", "kind": "SHA", "status": "open"} | properties
        programme = open_programme(folder(hazards=[world.feature(geometry, **properties)]))
        accounted(programme)
        return programme

    return read


@pytest.fixture
def release(folder, world, accounted):
    """`release(geometry)`: the programme whose one release that is."""

    def read(geometry, **properties):
        properties = {"release_id": "R1", "method": "cleared", "completed_on": "2010-01-01"} | properties
        programme = open_programme(folder(releases=[world.feature(geometry, **properties)]))
        accounted(programme)
        return programme

    return read


def test_a_sound_polygon_passes_as_it_is(hazard, world):
    programme = hazard(world.square(18.02, 44.0))
    assert programme.findings.query("row >= 0 and layer == 'hazards'").empty
    assert programme.hazards.geometry[0].is_valid
    # 0.002° square at 44° N on the ellipsoid: 160.4 m × 222.2 m.
    assert programme.hazards.geometry[0].area == pytest.approx(160.4 * 222.2, rel=2e-3)
    assert programme.hazards["remnant"][0] is None


@pytest.mark.parametrize(
    ("geometry", "rule", "detail"),
    [
        (
            None,
            "null_geometry",
            "It has no geometry that can be read; the hazard cannot be placed and is listed apart.",
        ),
        (
            {"type": "Polygon", "coordinates": []},
            "empty_geometry",
            "Its geometry has no coordinates; the hazard cannot be placed and is listed apart.",
        ),
        (
            {"type": "Polygon", "coordinates": "x"},
            "null_geometry",
            "It has no geometry that can be read; the hazard cannot be placed and is listed apart.",
        ),
        (
            {"type": "Polygon", "coordinates": [[[18, 44], [18.1, 44], [18.1, 91], [18, 44]]]},
            "off_the_earth",
            "A coordinate is not finite or not a place on the earth; the hazard cannot be placed and is listed apart.",
        ),
    ],
)
def test_a_hazard_without_a_place_is_refused_and_listed(folder, world, told, accounted, geometry, rule, detail):
    lost = world.feature(geometry, hazard_id="H9", kind="CHA", district="D1")
    programme = open_programme(folder(hazards=[*world.hazards, lost]))
    accounted(programme)
    assert told(programme, rule) == [("H9", "refused", detail)]
    assert programme.unplaced.to_dict("records") == [
        {"hazard_id": "H9", "kind": "CHA", "district": "D1", "reason": rule}
    ]
    assert (
        "Hazards that could not be placed and are in no map, area or walk: 1 (by district: D1 1)." in programme.caveats
    )


def test_a_bow_tie_closes_both_its_wings(hazard, told):
    programme = hazard(BOW_TIE)
    [(identifier, action, detail)] = told(programme, "invalid_geometry")
    assert (identifier, action) == ("H1", "repaired")
    assert detail.startswith("Its outline crosses or touches itself; all ground that it can be read to hold is closed")
    wings = programme.hazards.geometry[0]
    assert wings.is_valid
    assert wings.geom_type == "MultiPolygon"
    # Two triangles, each a quarter of a 0.01° square of 802 m × 1,111 m.
    assert wings.area == pytest.approx(802 * 1111 / 2, rel=3e-3)
    assert "Hazards with invalid outlines that were repaired, losing no ground: 1 of 1." in programme.caveats


def test_long_edges_are_bent_before_repair_and_keep_both_wings(hazard):
    """shapely.segmentize would drop a wing of this bow tie, whose edges are longer than 0.01°."""
    wide = "POLYGON ((18.0 44.0, 18.04 44.04, 18.04 44.0, 18.0 44.04, 18.0 44.0))"
    ground = hazard(wide).hazards.geometry[0]
    assert len(shapely.get_parts(ground)) == 2
    assert shapely.get_num_coordinates(ground) > 15


def test_an_unclosed_ring_is_closed(hazard, told):
    corners = [[18.02, 44.0], [18.022, 44.0], [18.022, 44.002], [18.02, 44.002]]
    programme = hazard({"type": "Polygon", "coordinates": [corners]})
    assert told(programme, "unclosed_ring") == [
        ("H1", "repaired", "A ring was not closed; it is closed by a straight line.")
    ]
    assert programme.hazards.geometry[0].area == pytest.approx(160.4 * 222.2, rel=2e-3)


def test_a_point_with_an_area_becomes_a_circle_of_that_area(hazard, told):
    programme = hazard("POINT (18.02 44.0)", area_reported_m2=5000)
    assert told(programme, "point_with_area") == [
        ("H1", "repaired", "It is a point with an area; it is closed as a circle of 5,000 m².")
    ]
    assert programme.hazards.geometry[0].area == pytest.approx(5000)
    assert "Hazards recorded as points and closed as circles: 1 of 1." in programme.caveats


def test_a_point_without_an_area_becomes_a_circle_of_the_position_error(hazard, told):
    programme = hazard("POINT (18.02 44.0)", area_reported_m2=0)
    assert told(programme, "point_without_area") == [
        ("H1", "repaired", "It is a point without an area; it is closed as a circle 25 m round it.")
    ]
    assert programme.hazards.geometry[0].area == pytest.approx(math.pi * 25**2)


def test_each_point_of_a_multipoint_gets_its_circle(hazard):
    programme = hazard("MULTIPOINT ((18.02 44.0), (18.03 44.0))", area_reported_m2=5000)
    assert programme.hazards.geometry[0].area == pytest.approx(10_000)


def test_a_line_becomes_a_corridor_of_the_position_error(hazard, told):
    programme = hazard(LINE)
    assert told(programme, "wrong_geometry_type") == [
        ("H1", "repaired", "It is a line; it is closed as a corridor of 25 m to either side.")
    ]
    length_m = math.hypot(160.4, 111.1)
    assert programme.hazards.geometry[0].area == pytest.approx(length_m * 50 + math.pi * 25**2, rel=5e-3)


def test_a_line_drawn_round_ground_closes_the_ground(hazard):
    ring = "LINESTRING (18.02 44.0, 18.022 44.0, 18.022 44.002, 18.02 44.002, 18.02 44.0)"
    ground = hazard(ring).hazards.geometry[0]
    assert len(ground.interiors) == 0
    assert ground.area > 160 * 222


@pytest.mark.parametrize("flat", [FLAT, BACK])
def test_a_polygon_without_area_becomes_a_corridor(hazard, told, flat):
    programme = hazard(flat)
    assert told(programme, "collapsed_geometry") == [
        ("H1", "repaired", "It has no area; it is closed as a corridor of 25 m to either side.")
    ]
    assert programme.hazards.geometry[0].area == pytest.approx(321 * 50 + math.pi * 25**2, rel=5e-3)


def test_a_polygon_of_one_point_is_not_lost(hazard):
    ground = hazard("POLYGON ((18.02 44.0, 18.02 44.0, 18.02 44.0, 18.02 44.0))").hazards.geometry[0]
    assert ground.area == pytest.approx(math.pi * 25**2, rel=2e-2)


def test_lines_left_by_repair_stay_beside_the_polygon(hazard, told):
    spike = "POLYGON ((18.02 44.0, 18.022 44.0, 18.022 44.002, 18.03 44.002, 18.022 44.002, 18.02 44.002, 18.02 44.0))"
    programme = hazard(spike)
    [(identifier, action, detail)] = told(programme, "collection_after_repair")
    assert (identifier, action) == ("H1", "repaired")
    assert detail == "Repair left 641.6 m of lines beside the polygon; they stay closed."
    assert programme.hazards["remnant"][0].length == pytest.approx(641.6, abs=0.1)


def test_a_collection_closes_all_that_is_in_it(hazard, world, told):
    square, point = world.square(18.02, 44.0), shapely.from_wkt("POINT (18.05 44.0)")
    line = shapely.from_wkt("LINESTRING (18.08 44.0, 18.082 44.001)")
    programme = hazard(shapely.GeometryCollection([square, shapely.GeometryCollection([point, line])]))
    assert told(programme, "wrong_geometry_type") == [
        ("H1", "repaired",
         "It is a collection; all that is in it is closed, points and lines with the ground round them.")
    ]  # fmt: skip
    closed, alone = programme.hazards.geometry[0], [hazard(part).hazards.geometry[0] for part in (square, point, line)]
    assert closed.is_valid
    assert len(shapely.get_parts(closed)) == 3
    # The programme's CRS is centred on its communities, so the parts alone lie in the same metres.
    assert closed.symmetric_difference(shapely.union_all(alone)).area < 1e-3


def test_a_collection_of_points_is_closed_as_points_are(hazard, told):
    programme = hazard("GEOMETRYCOLLECTION (POINT (18.02 44.0))", area_reported_m2=5000)
    assert [row[:2] for row in told(programme, "wrong_geometry_type")] == [("H1", "repaired")]
    assert [row[:2] for row in told(programme, "point_with_area")] == [("H1", "repaired")]
    assert programme.hazards.geometry[0].area == pytest.approx(5000)


def test_vertices_far_apart_and_the_same_polygon_twice_are_flagged(folder, world, told, accounted):
    wide = "POLYGON ((18.02 44.0, 18.1 44.0, 18.1 44.001, 18.02 44.001, 18.02 44.0))"
    turned = "POLYGON ((18.1 44.001, 18.02 44.001, 18.02 44.0, 18.1 44.0, 18.1 44.001))"
    hazards = [world.feature(wide, hazard_id="H1", kind="SHA"), world.feature(turned, hazard_id="H2", kind="SHA")]
    programme = open_programme(folder(hazards=hazards))
    accounted(programme)
    words = "Two consecutive vertices lie 6,416 m apart; check the outline."
    assert told(programme, "far_vertices") == [("H1", "kept", words), ("H2", "kept", words)]
    assert told(programme, "duplicate_polygon") == [("H2", "kept", "It has the same polygon as H1.")]
    assert len(programme.hazards) == 2


def test_heights_are_left_out(hazard):
    programme = hazard("POLYGON Z ((18.02 44 5, 18.03 44 5, 18.03 44.01 5, 18.02 44 5))")
    assert not programme.hazards.geometry[0].has_z


@pytest.mark.parametrize("geometry", ["POINT (18.02 44.0)", LINE, FLAT, BACK])
def test_a_release_without_a_polygon_opens_nothing(release, told, geometry):
    programme = release(geometry)
    assert told(programme, "release_without_polygon") == [
        ("R1", "refused", "It has no usable polygon; the release opens nothing.")
    ]
    assert "Releases that could not be used and open nothing: 1 (R1)." in programme.caveats


def test_an_invalid_outline_closes_more_than_it_opens(folder, world, told, accounted):
    """A five-pointed star drawn in one stroke: methods disagree on its middle, so a release does not open it."""
    tips = [(math.sin(0.8 * math.pi * k), math.cos(0.8 * math.pi * k)) for k in range(6)]
    star = shapely.Polygon([(18.02 + 0.002 * x, 44.0 + 0.002 * y) for x, y in tips])
    programme = open_programme(
        folder(
            hazards=[world.feature(star, hazard_id="H1", kind="SHA")],
            releases=[world.feature(star, release_id="R1", method="cleared", completed_on="2010-01-01")],
        )
    )
    accounted(programme)
    [closed, opened] = told(programme, "invalid_geometry")
    assert closed[2].startswith(
        "Its outline crosses or touches itself; all ground that it can be read to hold is closed"
    )
    assert opened[2].startswith(
        "Its outline crosses or touches itself; only the ground that every reading agrees on is opened"
    )
    middle = programme.hazards.geometry[0].difference(programme.releases.geometry[0])
    assert middle.area > 10_000
    assert any("methods of repair do not agree on it" in caveat for caveat in programme.caveats)


def test_a_collection_opens_only_by_its_polygons(release, told, world):
    mixed = shapely.GeometryCollection([world.square(18.02, 44.0), shapely.from_wkt(LINE)])
    programme = release(mixed)
    assert told(programme, "wrong_geometry_type") == [
        ("R1", "repaired", "It is a collection; only its polygons open ground.")
    ]
    assert programme.releases.geometry[0].geom_type == "Polygon"


def test_what_communities_places_routes_accidents_and_districts_may_be(folder, world, told, accounted):
    path = folder(
        communities=[
            world.feature(world.square(18.0, 44.0), community_id="area"),
            world.feature(LINE, community_id="line"),
            world.feature(BOW_TIE, community_id="bow tie"),
            world.feature(BACK, community_id="flat"),
        ],
        routes=[
            world.feature(LINE, route_id="line"),
            world.feature("POINT (18 44)", route_id="point"),
            world.feature(f"GEOMETRYCOLLECTION ({LINE}, POINT (18 44))", route_id="both"),
        ],
        accidents=[world.feature(world.square(18.0, 44.0), accident_id="square")],
        districts=[
            world.feature(shapely.box(17.9, 43.9, 18.2, 44.2), district_code="D1"),
            world.feature(LINE, district_code="line"),
            world.feature(BOW_TIE, district_code="bow tie"),
            world.feature(BACK, district_code="flat"),
        ],
    )
    programme = open_programme(path)
    accounted(programme)
    assert told(programme, "wrong_geometry_type") == [
        ("line", "repaired", "It is a linestring; a point on it is taken."),
        ("point", "refused", "It is no line; the row is left out."),
        ("both", "repaired", "It is a collection; its lines are taken."),
        ("square", "repaired", "It is a polygon; a point on it is taken."),
        ("line", "refused", "It is no polygon; the row is left out."),
    ]
    assert told(programme, "collapsed_geometry") == [
        ("flat", "refused", "The polygon has no area; the row is left out.")
    ]
    kinds = [geometry.geom_type for geometry in programme.communities.geometry]
    assert kinds == ["Polygon", "Point", "MultiPolygon", "Point"]
    assert "2 rows of districts could not be used; see the check report." in programme.caveats


def test_check_and_open_tell_the_same(folder, world):
    path = folder(hazards=[world.feature(BOW_TIE, hazard_id="H1"), world.feature(None, hazard_id="H2")])
    report, programme = check_programme(path), open_programme(path)
    assert report.unusable == []
    assert report.findings.equals(programme.findings)
    assert report.rows.equals(programme.rows)
