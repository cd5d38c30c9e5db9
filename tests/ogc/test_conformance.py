"""Every requirement of the checklist (Parts 1 and 2 of the standard) against the running app, by its id."""

import datetime
import html
import http.client
import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import numpy as np
import pyproj
import pytest
import shapely
from schemathesis.specs.openapi.definitions import OPENAPI_30_VALIDATOR

from hazard_service.ogc.collections import COLLECTIONS, frame_of
from hazard_service.ogc.crs import CRS84, METRES
from hazard_service.ogc.documents import CONFORMS_TO

CHECKLIST = Path(__file__).resolve().parents[3] / "shared" / "ogcapi-checklist.json"
CRS84_CODE = "OGC:CRS84"
EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
UTM = "http://www.opengis.net/def/crs/EPSG/0/32624"
DOCUMENTS = (
    "", "/api", "/conformance", "/crs", "/collections",
    *(f"/collections/{name}{below}" for name in COLLECTIONS for below in ("", "/schema", "/queryables", "/items")),
    "/collections/hazards/items/H1", "/collections/hazards/items/H%2F7%20%C3%A4",
)  # fmt: skip
NAMES = pytest.mark.parametrize("name", COLLECTIONS)
TESTED = set()


def requirement(*ids):
    """Marks the test of these requirements."""
    TESTED.update(ids)
    return lambda test: test


@pytest.fixture(scope="session")
def get(client):
    """get(path, parameter=value, ...): the answer of /ogc + path. bbox_crs and the like are written with a dash."""

    def ask(path, headers=None, **given):
        named = {name.replace("_", "-"): value for name, value in given.items()}
        return client.get(f"/ogc{path}?{urlencode(named)}" if named else f"/ogc{path}", headers=headers)

    return ask


@pytest.fixture(scope="session")
def items(get):
    """items(name, parameter=value, ...): the document of a page that must be answered."""

    def ask(name, **given):
        answer = get(f"/collections/{name}/items", **given)
        assert answer.status_code == 200, answer.text
        return answer.json

    return ask


@pytest.fixture(scope="session")
def openapi(get):
    return get("/api").json


def ids(document):
    return [feature["id"] for feature in document["features"]]


def rels(document):
    return [link["rel"] for link in document["links"]]


def shapes(document):
    return [
        feature["geometry"] and shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in document["features"]
    ]


def href(document, rel, kind=None):
    """Path and parameters below /ogc of the first link of this relation."""
    link = next(one for one in document["links"] if one["rel"] == rel and kind in (None, one["type"]))
    return urlsplit(link["href"])


def follow(client, where):
    return client.get(f"{where.path}?{where.query}")


def parameter(openapi, name):
    """As the document says it of the items, with its reference resolved."""
    listed = openapi["paths"]["/collections/{collectionId}/items"]["get"]["parameters"]
    assert {"$ref": f"#/components/parameters/{name}"} in listed
    return openapi["components"]["parameters"][name]


# Part 1, Core


@requirement("/req/core/http")
@pytest.mark.parametrize("path", DOCUMENTS)
def test_core_http(server, path):
    where = urlsplit(server)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
    connection.request("GET", where.path + path)
    answer = connection.getresponse()
    assert (answer.status, answer.version) == (200, 11)
    assert len(answer.read()) == int(answer.headers["Content-Length"])
    connection.close()


@requirement("/req/core/root-op")
def test_core_root_op(get):
    for path in ("", "/"):
        assert get(path).status_code == 200


@requirement("/req/core/root-success")
def test_core_root_success(get):
    document = get("").json
    assert {"service-desc", "service-doc", "conformance", "data", "self", "alternate"} <= set(rels(document))
    assert all(link["href"].startswith("http://localhost/ogc") and link["type"] for link in document["links"])


@requirement("/req/core/api-definition-op")
def test_core_api_definition_op(get, client):
    root = get("").json
    for rel, kind in (("service-desc", "application/vnd.oai.openapi+json;version=3.0"), ("service-doc", "text/html")):
        answer = follow(client, href(root, rel))
        assert answer.status_code == 200
        assert answer.content_type.split(" ")[0].rstrip(";") in (kind, "text/html")
    for accept in ("application/vnd.oai.openapi+json;version=3.0", "application/json", "*/*"):
        assert get("/api", headers={"Accept": accept}).json["openapi"].startswith("3.0.")
    assert get("/api", headers={"Accept": "text/html"}).content_type.startswith("text/html")


@requirement("/req/core/api-definition-success", "/req/oas30/oas-definition-2")
def test_core_api_definition_success(get):
    answer = get("/api")
    assert answer.content_type == "application/vnd.oai.openapi+json;version=3.0"
    OPENAPI_30_VALIDATOR.validate(answer.json)
    broken = answer.json | {"paths": 7}
    assert not OPENAPI_30_VALIDATOR.is_valid(broken)


@requirement("/req/core/conformance-op")
def test_core_conformance_op(get):
    assert get("/conformance").status_code == 200


@requirement("/req/core/conformance-success")
def test_core_conformance_success(get):
    """Claimed: what the tests of this folder hold; Part 3 and CQL2 are in test_filters and test_cql2."""
    claimed = get("/conformance").json["conformsTo"]
    assert claimed == list(CONFORMS_TO)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in claimed
    parts = {(where[0], where[-1]) for where in (uri.split("/spec/")[1].split("/") for uri in claimed)}
    assert parts == {
        ("ogcapi-features-1", "core"), ("ogcapi-features-1", "oas30"), ("ogcapi-features-1", "html"),
        ("ogcapi-features-1", "geojson"), ("ogcapi-features-2", "crs"), ("ogcapi-features-3", "filter"),
        ("ogcapi-features-3", "features-filter"), ("ogcapi-features-3", "queryables"), ("cql2", "cql2-text"),
        ("cql2", "cql2-json"), ("cql2", "basic-cql2"), ("cql2", "advanced-comparison-operators"),
        ("cql2", "case-insensitive-comparison"), ("cql2", "basic-spatial-functions"),
        ("cql2", "basic-spatial-functions-plus"), ("cql2", "spatial-functions"), ("cql2", "temporal-functions"),
        ("cql2", "property-property"), ("cql2", "arithmetic"),
    }  # fmt: skip


@requirement("/req/core/fc-md-op")
def test_core_fc_md_op(get):
    assert get("/collections").status_code == 200


@requirement("/req/core/fc-md-success")
def test_core_fc_md_success(get):
    for collection in get("/collections").json["collections"]:
        assert collection["id"]
        assert collection["links"]
        assert collection["itemType"] == "feature"


@requirement("/req/core/fc-md-links")
def test_core_fc_md_links(get):
    links = get("/collections").json["links"]
    assert [(link["rel"], link["type"]) for link in links] == [("self", "application/json"), ("alternate", "text/html")]
    links = get("/collections", f="html").text
    assert "f=json" in links


@requirement("/req/core/fc-md-items")
def test_core_fc_md_items(get):
    listed = [collection["id"] for collection in get("/collections").json["collections"]]
    assert listed == list(COLLECTIONS)
    assert all(get(f"/collections/{name}").status_code == 200 for name in listed)


@requirement("/req/core/fc-md-items-links")
def test_core_fc_md_items_links(get, client):
    for collection in get("/collections").json["collections"]:
        links = [link for link in collection["links"] if link["rel"] == "items"]
        assert [link["type"] for link in links] == ["application/geo+json", "text/html"]
        for link in links:
            assert follow(client, urlsplit(link["href"])).content_type.startswith(link["type"])


@requirement("/req/core/fc-md-extent")
def test_core_fc_md_extent(get, items):
    for collection in get("/collections").json["collections"]:
        (box,) = collection["extent"]["spatial"]["bbox"]
        assert collection["extent"]["temporal"]["interval"] == [[None, "2025-12-31T00:00:00Z"]]
        for when in ("2025-12-31", "2005-12-31"):
            every = [shape for shape in shapes(items(collection["id"], datetime=when, limit=10_000)) if shape]
            assert all(shapely.within(shape, shapely.box(*box)) for shape in every)


@requirement("/req/core/crs84")
@NAMES
def test_core_crs84(items, results, world, name):
    """Longitude first: the programme lies round 40° W, 35° N. Same places as the source, to a centimetre."""
    document = items(name, limit=10_000)
    frame = frame_of(name, results, world.at("2025-12-31")).to_crs("OGC:CRS84")
    for shape, source in zip(shapes(document), frame.geometry, strict=True):
        if shape is None:
            assert source is None or source.is_empty
            continue
        assert shapely.hausdorff_distance(shape, source) < 1e-7
        west, south, east, north = shape.bounds
        assert -41 < west <= east < -39
        assert 34 < south <= north < 36


@requirement("/req/core/sfc-md-op")
def test_core_sfc_md_op(get):
    for name in COLLECTIONS:
        assert get(f"/collections/{name}").status_code == 200
    for path in ("/collections/nothing", "/collections/nothing/items", "/collections/nothing/items/1"):
        assert get(path).status_code == 404


@requirement("/req/core/sfc-md-success")
def test_core_sfc_md_success(get):
    together = get("/collections").json
    for entry in together["collections"]:
        alone = get(f"/collections/{entry['id']}").json
        expanded = [uri for one in entry["crs"] for uri in (together["crs"] if one == "#/crs" else [one])]
        assert alone == entry | {"crs": expanded}


@requirement("/req/core/fc-op")
@NAMES
def test_core_fc_op(get, name):
    answer = get(f"/collections/{name}/items")
    assert answer.status_code == 200
    assert answer.content_type == "application/geo+json"


@requirement("/req/core/fc-limit-definition")
def test_core_fc_limit_definition(openapi):
    told = parameter(openapi, "limit")
    assert (told["in"], told["required"], told["style"], told["explode"]) == ("query", False, "form", False)
    assert told["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 100}


@requirement("/req/core/fc-limit-response")
def test_core_fc_limit_response(items):
    for limit in (1, 2, 3, 10_000, 10_001, 1_000_000_000_000):
        document = items("hazards", limit=limit)
        assert len(document["features"]) == document["numberReturned"] == min(limit, 5)


@requirement("/req/core/fc-bbox-definition")
def test_core_fc_bbox_definition(openapi):
    told = parameter(openapi, "bbox")
    assert (told["in"], told["required"], told["style"], told["explode"]) == ("query", False, "form", False)
    assert told["schema"]["type"] == "array"
    assert told["schema"]["items"] == {"type": "number"}
    assert told["schema"]["oneOf"] == [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]


@requirement("/req/core/fc-bbox-response")
@NAMES
def test_core_fc_bbox_response(items, name):
    """Oracle: shapely on what the unfiltered page shows."""
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
            for one, shape in zip(ids(every), shapes(every), strict=True)
            if shape and shapely.intersects(shape, box)
        ]
        found = items(name, bbox=asked, limit=10_000)
        assert ids(found) == expected
        assert found["numberMatched"] == len(expected)


def test_a_box_that_only_touches_an_edge_meets_it(items):
    (ring,) = (shape for shape, one in zip(shapes(items("hazards")), ids(items("hazards")), strict=True) if one == "H1")
    _, south, east, north = ring.bounds
    assert "H1" in ids(items("hazards", bbox=f"{east!r},{south!r},{east + 0.001!r},{north!r}"))
    assert "H1" not in ids(items("hazards", bbox=f"{east + 1e-7!r},{south!r},{east + 0.001!r},{north!r}"))
    hole = shapely.box(-40.0002, 34.9998, -39.9998, 35.0002).bounds  # within the yard of the ring
    assert ids(items("hazards", bbox=",".join(map(repr, hole)))) == []


@requirement("/req/core/fc-time-definition")
def test_core_fc_time_definition(openapi):
    told = parameter(openapi, "datetime")
    assert (told["in"], told["required"], told["style"], told["explode"]) == ("query", False, "form", False)
    assert told["schema"] == {"type": "string"}


@requirement("/req/core/fc-time-response")
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
def test_core_fc_time_response(items, when, hazards, released):
    """By hand, from the dates in world.py. Places have no dates: all of them are returned on any day."""
    found = ids(items("hazards", datetime=when))
    assert sorted(found) == sorted(re.findall(r"H/7 ä|H\d", hazards))
    assert ids(items("released", datetime=when)) == released.split()
    assert items("places", datetime=when)["numberMatched"] == 3


@requirement("/req/core/fc-response")
@NAMES
def test_core_fc_response(items, name):
    document = items(name)
    assert document["type"] == "FeatureCollection"
    for feature in document["features"]:
        assert feature["type"] == "Feature"
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert feature["geometry"] is None or set(feature["geometry"]) == {"type", "coordinates"}
    box, when = "-40.02,34.98,-40.0,35.02", "2011-01-01"
    one, other = (
        set(ids(items(name, datetime=when, **given))) for given in ({"bbox": box}, {"filter": "as_of IS NOT NULL"})
    )
    assert set(ids(items(name, datetime=when, bbox=box, filter="as_of IS NOT NULL"))) == one & other


@requirement("/req/core/fc-links")
@NAMES
def test_core_fc_links(items, client, name):
    document = items(name, limit=1)
    for rel, kind in (("self", "application/geo+json"), ("alternate", "text/html")):
        answer = follow(client, href(document, rel))
        assert (answer.status_code, answer.content_type.split(";")[0]) == (200, kind)
    assert ids(follow(client, href(document, "self")).json) == ids(document)


@requirement("/rec/core/fc-next-1")
@pytest.mark.parametrize("given", [{}, {"bbox": "-40.02,34.98,-40.0,35.02"}, {"sortby": "-area_m2"},
                                   {"datetime": "2005-12-31", "filter": "area_m2 > 1"}])  # fmt: skip
def test_core_fc_next(items, client, given):
    every = items("hazards", **given)
    page, seen = items("hazards", limit=2, **given), []
    while True:
        seen += ids(page)
        assert page["numberMatched"] == len(ids(every))
        if "next" not in rels(page):
            break
        where = href(page, "next")
        assert dict(parse_qsl(where.query)).items() >= given.items()
        page = follow(client, where).json
    assert seen == ids(every)
    before = follow(client, href(page, "prev")).json
    assert ids(before) == ids(every)[-2 - len(ids(page)) : -len(ids(page))]
    beyond = items("hazards", offset=100, **given)
    assert (ids(beyond), beyond["numberMatched"], "next" in rels(beyond)) == ([], len(ids(every)), False)


@requirement("/req/core/fc-rel-type")
@NAMES
def test_core_fc_rel_type(items, name):
    for link in items(name, limit=1)["links"]:
        assert link["rel"]
        assert link["type"]


@requirement("/req/core/fc-timeStamp")
@NAMES
def test_core_fc_time_stamp(items, name):
    """Left out: the same question gives the same bytes."""
    assert "timeStamp" not in items(name)
    assert items(name) == items(name)


@requirement("/req/core/fc-numberMatched")
@NAMES
def test_core_fc_number_matched(items, results, world, name):
    for when in ("2025-12-31", "2005-12-31"):
        expected = len(frame_of(name, results, world.at(when)))
        for limit in (1, 10_000):
            assert items(name, datetime=when, limit=limit)["numberMatched"] == expected
    assert items("hazards", filter="kind = 'CHA'", limit=1)["numberMatched"] == 1


@requirement("/req/core/fc-numberReturned")
@NAMES
def test_core_fc_number_returned(items, name):
    for given in ({}, {"limit": 1}, {"offset": 1}, {"bbox": "0,0,1,1"}):
        document = items(name, **given)
        assert document["numberReturned"] == len(document["features"])


@requirement("/req/core/f-op")
@NAMES
def test_core_f_op(get, items, name):
    for when in ("2025-12-31", "2005-12-31"):
        for one in ids(items(name, datetime=when)):
            assert get(f"/collections/{name}/items/{quote(one, safe='')}", datetime=when).status_code == 200
    for one in ("nobody", "H1/R9", "%00", "a//b"):
        assert get(f"/collections/{name}/items/{one}").status_code == 404


@requirement("/req/core/f-success")
@NAMES
def test_core_f_success(get, items, name):
    for feature in items(name)["features"]:
        answer = get(f"/collections/{name}/items/{quote(feature['id'], safe='')}")
        assert answer.content_type == "application/geo+json"
        alone = answer.json
        assert alone.pop("links")
        assert alone == feature


@requirement("/req/core/f-links")
def test_core_f_links(get, client):
    document = get("/collections/hazards/items/H%2F7%20%C3%A4").json
    assert rels(document) == ["self", "alternate", "collection"]
    assert follow(client, href(document, "self")).json["id"] == "H/7 ä"
    assert follow(client, href(document, "alternate")).content_type.startswith("text/html")
    assert follow(client, href(document, "collection")).json["id"] == "hazards"


INVALID = [
    ("limit", "0"), ("limit", "-1"), ("limit", "abc"), ("limit", "1e9"), ("limit", "1.5"), ("limit", ""),
    ("limit", "٣"), ("offset", "-1"), ("offset", "x"), ("offset", "9" * 30), ("offset", "1000000001"),
    ("bbox", "1,2,3"), ("bbox", "1,2,3,4,5"), ("bbox", "nan,0,1,1"), ("bbox", "0,0,inf,1"), ("bbox", "0,0,1e999,1"),
    ("bbox", "0,9,1,2"), ("bbox", "0,0,9,1,1,2"), ("bbox", "a,b,c,d"), ("bbox", ""), ("bbox", "1_0,0,20,1"),
    ("bbox", "0 0 1 1"), ("bbox", "0,0,1,1,"),
    ("datetime", "yesterday"), ("datetime", "2010-13-01"), ("datetime", "2010-02-30"), ("datetime", "2010"),
    ("datetime", "2010-01-01T25:00:00Z"), ("datetime", "2010-01-01T00:00:00"), ("datetime", "2010-01-01/2009-01-01"),
    ("datetime", "../.."), ("datetime", ".."), ("datetime", "/"), ("datetime", ""), ("datetime", "2010-01-01/a/b"),
    ("datetime", "2026-01-01"), ("datetime", "2010-01-01/2026-01-01"), ("datetime", "2026-01-01/.."),
    ("datetime", "2010-01-01T00:00:00Z/P1Y"), ("datetime", "２０１０-01-01"),
    ("crs", "http://www.opengis.net/def/crs/EPSG/0/4277"), ("crs", "EPSG:4326"), ("crs", ""), ("crs", "+proj=longlat"),
    ("filter", "nobody = 1"), ("filter", "kind = "), ("filter", ""), ("filter", "kind = 'a' UNION SELECT 1"),
    ("sortby", "nobody"), ("sortby", ""), ("sortby", "geometry"), ("sortby", "kind,,name"), ("sortby", "kind desc"),
    ("properties", "nobody"), ("properties", ""), ("properties", "kind,"), ("properties", "geometry"),
    ("f", "xml"), ("f", ""), ("f", "JSON"),
]  # fmt: skip


@requirement("/req/core/query-param-invalid")
@pytest.mark.parametrize(("name", "value"), INVALID)
def test_core_query_param_invalid(get, name, value):
    """400, and one sentence that begins with the parameter's name."""
    answer = get("/collections/hazards/items", **{name: value})
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json["detail"].startswith(f'"{name}"')
    assert answer.json["detail"].endswith(".")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"limit": "0"}, '"limit" is "0"; write a whole number from 1.'),
        ({"offset": "x"}, '"offset" is "x"; write a whole number from 0 to 1,000,000,000.'),
        ({"bbox": "1,2,3"}, '"bbox" takes 4 finite numbers with commas between, or 6 with heights.'),
        ({"bbox": "a,2,3,4"}, '"bbox" is "a,2,3,4"; it takes 4 numbers with commas between, or 6 with heights.'),
        ({"bbox": "0,9,1,2"}, '"bbox" has its latitudes in the wrong order; give the smaller first.'),
        (
            {"datetime": "2010"},
            '"datetime" is "2010"; write a date such as 2025-12-31 or 2025-12-31T00:00:00Z, or an interval such as '
            "2005-12-31/2025-12-31 or 2005-12-31/.. .",
        ),
        (
            {"datetime": "2026-01-01"},
            '"datetime" is 2026-01-01, later than the data date 2025-12-31; ask for that date or an earlier one.',
        ),
        (
            {"crs": "EPSG:4326"},
            '"crs" is "EPSG:4326", which is not offered; use one that /ogc/collections lists, such as '
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84.",
        ),
        ({"f": "xml"}, '"f" is "xml"; use json or html.'),
        ({"filter-lang": "sql", "filter": "a"}, '"filter-lang" is "sql"; use cql2-text or cql2-json.'),
        ({"filter-lang": "cql2-json"}, '"filter-lang" is given without "filter"; give both, or neither.'),
        ({"filter-crs": CRS84}, '"filter-crs" is given without "filter"; give both, or neither.'),
        ({"bbox-crs": CRS84}, '"bbox-crs" is given without "bbox"; give both, or neither.'),
    ],
)
def test_refusals_are_one_sentence_that_says_what_is_allowed(get, given, sentence):
    assert get("/collections/hazards/items", **given).json["detail"] == sentence


@requirement("/req/core/query-param-unknown", "/per/core/additional-param")
@pytest.mark.parametrize("path", DOCUMENTS)
def test_core_query_param_unknown(get, openapi, path):
    """Equality by a property's name is not offered, so it is documented nowhere and refused: filters do that."""
    for name in ("unknownQueryParameter", "kind", "Limit", "bbox-CRS"):
        answer = get(path, **{name: "x"})
        assert answer.status_code == 400
        assert answer.json["detail"].startswith(f'Unknown parameter "{name}"')
    assert not {"kind", "hazard_id"} & set(openapi["components"]["parameters"])


def test_a_parameter_given_twice_is_refused(client):
    answer = client.get("/ogc/collections/hazards/items?limit=1&limit=2")
    assert (answer.status_code, answer.json["detail"]) == (
        400,
        'Parameter "limit" is given more than once; give it once.',
    )


@requirement("/rec/core/etag")
@pytest.mark.parametrize("path", DOCUMENTS)
def test_core_etag(get, path):
    for accept in ("identity", "gzip"):
        headers = {"Accept-Encoding": accept}
        answer = get(path, headers=headers)
        again = get(path, headers={**headers, "If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
        assert get(path, headers={**headers, "If-None-Match": '"other"'}).status_code == 200


@requirement("/rec/core/exception")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/nothing", 404), ("get", "/collections/nothing", 404),
        ("get", "/collections/hazards/items/nobody", 404), ("get", "/collections/hazards/items?limit=x", 400),
        ("get", "/collections/hazards/items?filter=%FF", 400),
        ("get", "/collections/hazards/items?filter=%3Cscript%3E", 400), ("post", "/collections", 405),
        ("delete", "/collections/hazards/items/H1", 405), ("put", "", 405), ("patch", "/nothing", 405),
    ],
)  # fmt: skip
def test_core_exception(client, method, path, status):
    answer = client.open(f"/ogc{path}", method=method)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "detail"}
    assert answer.json["status"] == status
    for leaked in ("Traceback", "/hazard_service", ".py", "SELECT"):
        assert leaked not in answer.text
    if status == 405:
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


# GeoJSON


@requirement("/req/geojson/definition")
@pytest.mark.parametrize("path", DOCUMENTS)
def test_geojson_definition(get, path):
    kind = get(path).content_type
    if "/items" in path:
        assert kind == "application/geo+json"
    elif path == "/api":
        assert kind == "application/vnd.oai.openapi+json;version=3.0"
    else:
        assert kind == ("application/schema+json" if path.endswith(("schema", "queryables")) else "application/json")


@requirement("/req/geojson/content")
@NAMES
def test_geojson_content(get, name):
    """RFC 7946: finite numbers with at most 7 decimals, outer rings anticlockwise and holes clockwise."""

    def refuse(token):
        raise AssertionError(token)

    for when in ("2025-12-31", "2005-12-31", "../2025-12-31"):
        text = get(f"/collections/{name}/items", datetime=when, limit=10_000).text
        document = json.loads(text, parse_constant=refuse)
        for shape in filter(None, shapes(document)):
            xy = shapely.get_coordinates(shape)
            assert np.isfinite(xy).all()
            assert np.array_equal(xy, np.round(xy, 7))
            for polygon in (part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"):
                assert shapely.is_ccw(polygon.exterior)
                assert not any(shapely.is_ccw(hole) for hole in polygon.interiors)
    if name == "hazards":
        assert any(len(polygon.interiors) for shape in shapes(document) if shape for polygon in shape.geoms)


# HTML


@requirement("/req/html/definition")
@pytest.mark.parametrize("path", DOCUMENTS)
def test_html_definition(get, path):
    for given in ({"f": "html"}, {"headers": {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}}):
        answer = get(path, **given)
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
    for accept in ("*/*", "application/json", "application/geo+json", "image/png"):
        assert get(path, headers={"Accept": accept}).mimetype != "text/html"


# Members that a page shows without their name.
UNNAMED = ("geometry", "properties", "id", "coordinates", "title", "description")


def told(node):
    """Every word and number of a JSON document, as a page shows them."""
    if isinstance(node, dict):
        for name, part in node.items():
            if name not in ("links", "type", "numberMatched", "numberReturned", "warnings", "crs", "$id", "features"):
                yield str(name)
            yield from told(part)
    elif isinstance(node, list):
        for part in node:
            yield from told(part)
    elif isinstance(node, str):
        yield node
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield str(node)


@requirement("/req/html/content")
@pytest.mark.parametrize("path", DOCUMENTS)
def test_html_content(get, world, path):
    """All that the JSON tells stands in the page, escaped; nothing may load or run but what this service serves."""
    answer, document = get(path, f="html"), get(path).json
    text = html.unescape(answer.text)
    shown = {word for word in told(document) if word not in UNNAMED}
    missing = [word for word in shown if word not in text and "?f=" not in word and "Feature" not in word]
    assert missing == []
    assert "<script>alert" not in answer.text
    assert "<b>more</b>" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in policy
    loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', answer.text)
    assert loaded == ["/assets/favicon.svg", "/assets/map.css", "/assets/ogc.css"]


# OpenAPI


@requirement("/req/oas30/oas-definition-1")
def test_oas30_oas_definition_1(get, client):
    root = get("").json
    assert href(root, "service-desc").path == "/ogc/api"
    assert follow(client, href(root, "service-doc")).mimetype == "text/html"


@requirement("/req/oas30/security")
def test_oas30_security(openapi, client):
    """Nothing is behind a lock yet (the service listens on this machine only), so no scheme is declared."""
    assert "security" not in openapi
    assert "securitySchemes" not in openapi["components"]
    assert client.get("/ogc/collections").status_code == 200


@requirement("/req/oas30/exceptions-codes")
def test_oas30_exceptions_codes(openapi):
    for path, methods in openapi["paths"].items():
        expected = {"200", "304", "400", "405", "500", *(["404"] if "{" in path else [])}
        assert set(methods["get"]["responses"]) == expected
        for code in expected - {"200", "304"}:
            assert methods["get"]["responses"][code] == {"$ref": f"#/components/responses/{code}"}
            assert "application/problem+json" in openapi["components"]["responses"][code]["content"]


# /req/oas30/oas-impl and /req/oas30/completeness are asked by schemathesis: test_schemathesis.py.
TESTED.update(("/req/oas30/oas-impl", "/req/oas30/completeness"))


# Part 2


@requirement("/req/crs/crs-uri")
def test_crs_uri(get):
    uris = get("/collections").json["crs"]
    assert len(uris) == len(set(uris)) == 22
    codes = [uri for uri in uris if re.fullmatch(r"http://www\.opengis\.net/def/crs/EPSG/0/\d+", uri)]
    assert len(codes) == 20
    others = set(uris) - set(codes)
    assert others == {CRS84, METRES}
    assert re.fullmatch(r"urn:[a-z0-9-]+:[a-z0-9:.-]+", METRES)


@requirement("/req/crs/fc-md-crs-list")
def test_crs_fc_md_crs_list(get):
    for name in COLLECTIONS:
        uris = get(f"/collections/{name}").json["crs"]
        assert uris == get("/collections").json["crs"]
        assert uris[0] == CRS84


@requirement("/req/crs/fc-md-crs-list-global")
def test_crs_fc_md_crs_list_global(get):
    document = get("/collections").json
    assert document["crs"][0] == CRS84
    assert all(collection["crs"] == ["#/crs"] for collection in document["collections"])


@requirement("/req/crs/fc-md-storageCrs", "/req/crs/fc-md-storageCrs-valid-value")
def test_crs_fc_md_storage_crs(get):
    for name in COLLECTIONS:
        document = get(f"/collections/{name}").json
        assert document["storageCrs"].startswith("http://www.opengis.net/def/crs/")
        assert document["storageCrs"] in document["crs"]


@requirement("/req/crs/fc-crs-definition", "/req/crs/fc-bbox-crs-definition")
def test_crs_parameters_are_defined(openapi, get):
    for name in ("crs", "bbox-crs", "filter-crs"):
        told = parameter(openapi, name)
        assert (told["in"], told["required"]) == ("query", False)
        assert told["schema"]["enum"] == get("/collections").json["crs"]
        assert told["schema"]["default"] == CRS84
    one = openapi["paths"]["/collections/{collectionId}/items/{featureId}"]["get"]["parameters"]
    assert {"$ref": "#/components/parameters/crs"} in one


@requirement("/req/crs/fc-crs-valid-value", "/req/crs/ogc-crs-header", "/req/crs/ogc-crs-header-value")
def test_crs_fc_crs_valid_value(get):
    """Every CRS that is listed is answered in and named in the header; others are refused."""
    for path in ("/collections/hazards/items", "/collections/hazards/items/H1"):
        for uri in get("/collections").json["crs"]:
            for form in ("json", "html"):
                answer = get(path, crs=uri, f=form)
                assert (answer.status_code, answer.headers["Content-Crs"]) == (200, f"<{uri}>")
        for uri in ("http://www.opengis.net/def/crs/EPSG/0/0", "http://www.opengis.net/def/crs/EPSG/0/2100", "#/crs"):
            assert get(path, crs=uri).status_code == 400


@requirement("/req/crs/fc-crs-default-value")
def test_crs_fc_crs_default_value(get):
    for path in ("/collections/hazards/items", "/collections/hazards/items/H1"):
        assert get(path).headers["Content-Crs"] == f"<{CRS84}>"
        plain, asked = get(path).json, get(path, crs=CRS84).json
        plain.pop("links"), asked.pop("links")
        assert plain == asked


@requirement("/req/crs/crs-action")
@NAMES
def test_crs_action(get, items, results, world, name):
    """Oracle: geopandas' own transformation of the source; latitude first in EPSG:4326; millimetres in metres."""
    frame = frame_of(name, results, world.at("2025-12-31"))
    for uri in get("/collections").json["crs"]:
        if uri == CRS84:
            continue
        definition = results.programme.crs if uri == METRES else pyproj.CRS.from_epsg(uri.rsplit("/", 1)[1])
        moved = frame.to_crs(definition).geometry
        for shape, source in zip(shapes(items(name, crs=uri, limit=10_000)), moved, strict=True):
            if shape is None:
                continue
            expected = shapely.transform(source, lambda xy: xy[:, ::-1]) if uri == EPSG_4326 else source
            assert shapely.hausdorff_distance(shape, expected) < (1e-7 if uri == EPSG_4326 else 1e-3)
            decimals = 7 if uri == EPSG_4326 else 3
            xy = shapely.get_coordinates(shape)
            assert np.array_equal(xy, np.round(xy, decimals))


@requirement("/req/crs/geojson")
def test_crs_geojson(get):
    """RFC 7946 alone where nothing else is asked; in another CRS the header says so, and no "crs" member does."""
    for given in ({}, {"crs": UTM}):
        document = get("/collections/hazards/items", **given)
        assert "crs" not in document.json
        first = document.json["features"][1]["geometry"]["coordinates"][0][0][0]
        assert (abs(first[0]) <= 180) == (not given)
        assert document.headers["Content-Crs"] == f"<{given.get('crs', CRS84)}>"


@requirement("/req/crs/fc-bbox-crs-valid-value")
def test_crs_fc_bbox_crs_valid_value(get):
    answer = get("/collections/hazards/items", bbox="0,0,1,1", bbox_crs="http://www.opengis.net/def/crs/EPSG/0/2100")
    assert answer.status_code == 400
    assert answer.json["detail"].startswith('"bbox-crs" is "http://www.opengis.net/def/crs/EPSG/0/2100", which is not')


@requirement("/req/crs/fc-bbox-crs-default-value")
def test_crs_fc_bbox_crs_default_value(items):
    box = "-40.006,34.994,-40.0,35.0"
    assert ids(items("hazards", bbox=box)) == ids(items("hazards", bbox=box, bbox_crs=CRS84)) == ["H1"]
    assert ids(items("hazards", bbox=box, crs=UTM)) == ["H1"]  # crs is of the answer alone


def box_in(uri, bounds, programme):
    """Bounds of CRS84 in another CRS, written in its axis order; and the box, x before y."""
    definition = programme.crs if uri == METRES else pyproj.CRS.from_epsg(uri.rsplit("/", 1)[1])
    west, south, east, north = pyproj.Transformer.from_crs(CRS84_CODE, definition, always_xy=True).transform_bounds(
        *bounds, densify_pts=0
    )
    asked = (south, west, north, east) if uri == EPSG_4326 else (west, south, east, north)
    return ",".join(map(repr, asked)), shapely.box(west, south, east, north)


@requirement("/req/crs/bbox-crs-action")
@NAMES
def test_crs_bbox_crs_action(get, items, programme, name):
    """Where meridians and parallels are straight the box is the same ground: the same features. Elsewhere: shapely."""
    bounds = (-40.021, 34.9915, -39.9925, 35.0105)
    expected = ids(items(name, bbox=",".join(map(repr, bounds))))
    assert expected or name in ("hazard_lines", "hazards_known_later")
    for code in (4326, 3857, 3395, 4087, 6933):
        uri = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
        asked, _ = box_in(uri, bounds, programme)
        assert ids(items(name, bbox=asked, bbox_crs=uri)) == expected
    for uri in (METRES, UTM):
        asked, box = box_in(uri, bounds, programme)
        every = items(name, crs=uri, limit=10_000)
        met = [one for one, shape in zip(ids(every), shapes(every), strict=True) if shape and shape.intersects(box)]
        assert ids(items(name, bbox=asked, bbox_crs=uri)) == met


def test_every_requirement_of_the_checklist_has_a_test():
    if not CHECKLIST.is_file():
        pytest.skip("the checklist of ../shared is not beside this checkout")
    listed = [one["id"] for one in json.loads(CHECKLIST.read_text(encoding="utf-8"))["requirements"]]
    assert len(listed) == 64
    assert set(listed) == TESTED


def test_the_dates_of_the_world_are_what_the_tests_count_on(programme):
    assert (programme.baseline_date, programme.data_date) == (datetime.date(2005, 12, 31), datetime.date(2025, 12, 31))
