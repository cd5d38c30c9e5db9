"""Part 1, Core, of the checklist against the running app: pages of features."""

import re
from urllib.parse import parse_qsl

import pytest
import shapely

from hazard_service.ogc.collections import COLLECTIONS, frame_of

NAMES = pytest.mark.parametrize("name", COLLECTIONS)


@pytest.mark.requirement("/req/core/fc-op")
@NAMES
def test_core_fc_op(get, name):
    answer = get(f"/collections/{name}/items")
    assert answer.status_code == 200
    assert answer.content_type == "application/geo+json"


@pytest.mark.requirement("/req/core/fc-limit-definition")
def test_core_fc_limit_definition(asking, openapi):
    told = asking.parameter(openapi, "limit")
    assert (told["in"], told["required"], told["style"], told["explode"]) == ("query", False, "form", False)
    assert told["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 100}


@pytest.mark.requirement("/req/core/fc-limit-response")
def test_core_fc_limit_response(items):
    for limit in (1, 2, 3, 10_000, 10_001, 1_000_000_000_000):
        document = items("hazards", limit=limit)
        assert len(document["features"]) == document["numberReturned"] == min(limit, 5)


@pytest.mark.requirement("/req/core/fc-bbox-definition")
def test_core_fc_bbox_definition(asking, openapi):
    told = asking.parameter(openapi, "bbox")
    assert (told["in"], told["required"], told["style"], told["explode"]) == ("query", False, "form", False)
    assert told["schema"]["type"] == "array"
    assert told["schema"]["items"] == {"type": "number"}
    assert told["schema"]["oneOf"] == [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]


@pytest.mark.requirement("/req/core/fc-bbox-response")
@NAMES
def test_core_fc_bbox_response(asking, items, name):
    """Oracle: shapely on what the unfiltered page shows. What has no geometry matches every box."""
    every = items(name, limit=10_000)
    west, south, east, north = (-40.03, 34.97, -39.97, 35.03)
    middle = shapely.box(-40.006, 34.994, -40.0, 35.0)
    boxes = {
        "-40.006,34.994,-40.0,35.0": middle,
        "-40.006,34.994,-5,-40.0,35.0,5e3": middle,
        f"{west},{south},{east},{north}": shapely.box(west, south, east, north),
        "170,34.9,-40.002,35.1": shapely.box(-180, 34.9, -40.002, 35.1),  # over the 180th meridian
        "-180,-90,180,90": shapely.box(-180, -90, 180, 90),
        "-180,89,180,90": shapely.box(-180, 89, 180, 90),
        "-40,35,-40,35": shapely.Point(-40, 35),
        "-41,35,-39,35": shapely.LineString([(-41, 35), (-39, 35)]),
    }
    for asked, box in boxes.items():
        expected = [
            one
            for one, shape in zip(asking.ids(every), asking.shapes(every), strict=True)
            if shape is None or shapely.intersects(shape, box)
        ]
        found = items(name, bbox=asked, limit=10_000)
        assert asking.ids(found) == expected
        assert found["numberMatched"] == len(expected)


def test_no_box_hides_a_hazard_without_geometry_and_the_page_counts_them(asking, items):
    """H4 was closed within the interval, H5 taken whole by a release: nothing of them is left on its last day."""
    when, box = "2010-01-01/2014-12-31", "-40.0001,35.0,-40.0,35.0001"
    every = items("hazards", datetime=when)
    gone = [one for one, shape in zip(asking.ids(every), asking.shapes(every), strict=True) if shape is None]
    assert gone == ["H4", "H5"]
    note = "Rows without geometry: 2 of 2; where they lie is not known here, so every box has them."
    boxed = items("hazards", datetime=when, bbox=box, limit=1)
    assert (asking.ids(boxed), boxed["numberMatched"]) == (["H4"], 2)
    assert note in boxed["warnings"]
    assert asking.ids(items("hazards", datetime=when, bbox=box)) == gone
    for given in ({"datetime": when}, {"bbox": box}, {"datetime": when, "bbox": box, "filter": "hazard_id = 'H1'"}):
        assert not any("without geometry" in text for text in items("hazards", **given)["warnings"])


def test_a_box_that_only_touches_an_edge_meets_it(asking, items):
    (ring,) = (
        shape
        for shape, one in zip(asking.shapes(items("hazards")), asking.ids(items("hazards")), strict=True)
        if one == "H1"
    )
    _, south, east, north = ring.bounds
    assert "H1" in asking.ids(items("hazards", bbox=f"{east!r},{south!r},{east + 0.001!r},{north!r}"))
    assert "H1" not in asking.ids(items("hazards", bbox=f"{east + 1e-7!r},{south!r},{east + 0.001!r},{north!r}"))
    hole = shapely.box(-40.0002, 34.9998, -39.9998, 35.0002).bounds  # within the yard of the ring
    assert asking.ids(items("hazards", bbox=",".join(map(repr, hole)))) == []


@pytest.mark.requirement("/req/core/fc-time-definition")
def test_core_fc_time_definition(asking, openapi):
    told = asking.parameter(openapi, "datetime")
    assert (told["in"], told["required"], told["style"], told["explode"]) == ("query", False, "form", False)
    assert told["schema"] == {"type": "string"}


@pytest.mark.requirement("/req/core/fc-time-response")
@pytest.mark.parametrize(
    ("when", "hazards", "released"),
    [
        ("2005-12-31", "H1 H2 H4 H5 H6", ""),
        ("2010-06-15T23:59:59+14:00", "H1 H2 H4 H5 H6", "H2/R2"),
        ("2012-01-01T00:00:00Z", "H1 H2 H5 H6", "H2/R2"),  # closed_on counts
        ("2011-12-31/2012-01-01", "H1 H2 H4 H5 H6", "H2/R2"),
        ("2014-05-01/2015-03-02", "H1 H2 H3 H5 H6", "H2/R2 H5/R5"),
        ("../2012-01-01", "H1 H2 H4 H5 H6", "H2/R2"),
        ("/2012-01-01", "H1 H2 H4 H5 H6", "H2/R2"),
        ("2014-05-01/..", "H/7 ä H1 H2 H3 H5 H6", "H2/R2 H5/R5 H6/R6"),
        ("2014-05-02/", "H/7 ä H1 H2 H3 H6", "H2/R2 H5/R5 H6/R6"),
        ("2025-12-31t00:00:00z", "H/7 ä H1 H2 H3 H6", "H2/R2 H5/R5 H6/R6"),
    ],
)
def test_core_fc_time_response(asking, items, when, hazards, released):
    """By hand, from the dates in world.py. Places have no dates: all of them are returned on any day."""
    found = asking.ids(items("hazards", datetime=when))
    assert sorted(found) == sorted(re.findall(r"H/7 ä|H\d", hazards))
    assert asking.ids(items("released", datetime=when)) == released.split()
    assert items("places", datetime=when)["numberMatched"] == 3


@pytest.mark.requirement("/req/core/fc-response")
@NAMES
def test_core_fc_response(asking, items, name):
    document = items(name)
    assert document["type"] == "FeatureCollection"
    for feature in document["features"]:
        assert feature["type"] == "Feature"
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert feature["geometry"] is None or set(feature["geometry"]) == {"type", "coordinates"}
    box, when = "-40.02,34.98,-40.0,35.02", "2011-01-01"
    one, other = (
        set(asking.ids(items(name, datetime=when, **given)))
        for given in ({"bbox": box}, {"filter": "as_of IS NOT NULL"})
    )
    assert set(asking.ids(items(name, datetime=when, bbox=box, filter="as_of IS NOT NULL"))) == one & other


@pytest.mark.requirement("/req/core/fc-links")
@NAMES
def test_core_fc_links(asking, items, client, name):
    document = items(name, limit=1)
    for rel, kind in (("self", "application/geo+json"), ("alternate", "text/html")):
        answer = asking.follow(client, asking.href(document, rel))
        assert (answer.status_code, answer.content_type.split(";")[0]) == (200, kind)
    assert asking.ids(asking.follow(client, asking.href(document, "self")).json) == asking.ids(document)


@pytest.mark.requirement("/rec/core/fc-next-1")
@pytest.mark.parametrize("given", [{}, {"bbox": "-40.02,34.98,-40.0,35.02"}, {"sortby": "-area_m2"},
                                   {"datetime": "2005-12-31", "filter": "area_m2 > 1"}])  # fmt: skip
def test_core_fc_next(asking, items, client, given):
    every = items("hazards", **given)
    page, seen = items("hazards", limit=2, **given), []
    while True:
        seen += asking.ids(page)
        assert page["numberMatched"] == len(asking.ids(every))
        if "next" not in asking.rels(page):
            break
        where = asking.href(page, "next")
        assert dict(parse_qsl(where.query)).items() >= given.items()
        page = asking.follow(client, where).json
    assert seen == asking.ids(every)
    before = asking.follow(client, asking.href(page, "prev")).json
    assert asking.ids(before) == asking.ids(every)[-2 - len(asking.ids(page)) : -len(asking.ids(page))]
    beyond = items("hazards", offset=100, **given)
    assert (asking.ids(beyond), beyond["numberMatched"], "next" in asking.rels(beyond)) == (
        [],
        len(asking.ids(every)),
        False,
    )


@pytest.mark.requirement("/req/core/fc-rel-type")
@NAMES
def test_core_fc_rel_type(items, name):
    for link in items(name, limit=1)["links"]:
        assert link["rel"]
        assert link["type"]


@pytest.mark.requirement("/req/core/fc-timeStamp")
@NAMES
def test_core_fc_time_stamp(items, name):
    """Left out: the same question gives the same bytes."""
    assert "timeStamp" not in items(name)
    assert items(name) == items(name)


@pytest.mark.requirement("/req/core/fc-numberMatched")
@NAMES
def test_core_fc_number_matched(items, results, world, name):
    for when in ("2025-12-31", "2005-12-31"):
        expected = len(frame_of(name, results, world.at(when)))
        for limit in (1, 10_000):
            assert items(name, datetime=when, limit=limit)["numberMatched"] == expected
    assert items("hazards", filter="kind = 'CHA'", limit=1)["numberMatched"] == 1


@pytest.mark.requirement("/req/core/fc-numberReturned")
@NAMES
def test_core_fc_number_returned(items, name):
    for given in ({}, {"limit": 1}, {"offset": 1}, {"bbox": "0,0,1,1"}):
        document = items(name, **given)
        assert document["numberReturned"] == len(document["features"])


ITEMS = "/ogc/collections/hazards/items"


def test_hazards_that_their_record_alone_closed_are_named(client):
    """H4 was closed by its record on 2012-01-01, and no release took it."""
    said = "Hazards that no release took whole, and their record alone closed: 1 (H4); they are in no layer."
    assert said in client.get(f"{ITEMS}?datetime=2012-01-01").json["warnings"]
    assert not any("record alone" in text for text in client.get(f"{ITEMS}?datetime=2011-12-31").json["warnings"])


def test_a_page_in_another_crs_says_that_it_is_no_plain_geojson(client):
    said = "whoever opens this answer as plain GeoJSON takes them for longitude and latitude"
    for code, is_said in (("EPSG/0/4326", True), ("EPSG/0/3857", True), ("OGC/1.3/CRS84", False)):
        told = client.get(f"{ITEMS}?crs=http://www.opengis.net/def/crs/{code}").json["warnings"]
        assert any(said in text for text in told) == is_said, code


def test_a_filter_of_places_counts_the_rows_that_it_cannot_find(client):
    given = {"datetime": "1990-01-01/2025-12-31", "filter": "S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90))"}
    answer = client.get(ITEMS, query_string=given).json
    every = client.get(ITEMS, query_string={"datetime": given["datetime"]}).json["features"]
    without = sum(feature["geometry"] is None for feature in every)
    assert without > 0
    assert answer["numberMatched"] == len(every) - without
    assert any(text.startswith(f"Rows without geometry: {without} are not here;") for text in answer["warnings"])


def test_documents_take_a_day_and_a_filter_from_clients_that_put_them_everywhere(client):
    for path in ("", "/api", "/conformance", "/collections", "/collections/hazards", "/collections/hazards/schema"):
        given = {"datetime": "2005-12-31", "filter": "kind = 'CHA'"}
        assert client.get(f"/ogc{path}", query_string=given).status_code == 200, path
        assert client.get(f"/ogc{path}?datetime=2005").status_code == 400, path
        assert client.get(f"/ogc{path}?bbox=0,0,1,1").status_code == 400, path
