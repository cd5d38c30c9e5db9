"""Part 1, Core, of the checklist against the running app: single features, refusals, ETags."""

from urllib.parse import quote

import pytest

from hazard_service.ogc.collections import COLLECTIONS
from hazard_service.ogc.crs import CRS84

NAMES = pytest.mark.parametrize("name", COLLECTIONS)


@pytest.mark.requirement("/req/core/f-op")
@NAMES
def test_core_f_op(asking, get, items, name):
    for when in ("2025-12-31", "2005-12-31"):
        for one in asking.ids(items(name, datetime=when)):
            assert get(f"/collections/{name}/items/{quote(one, safe='')}", datetime=when).status_code == 200
    for one in ("nobody", "H1/R9", "%00", "a//b"):
        assert get(f"/collections/{name}/items/{one}").status_code == 404


@pytest.mark.requirement("/req/core/f-success")
@NAMES
def test_core_f_success(get, items, name):
    for feature in items(name)["features"]:
        answer = get(f"/collections/{name}/items/{quote(feature['id'], safe='')}")
        assert answer.content_type == "application/geo+json"
        alone = answer.json
        assert alone.pop("links")
        assert alone == feature


@pytest.mark.requirement("/req/core/f-links")
def test_core_f_links(asking, get, client):
    document = get("/collections/hazards/items/H%2F7%20%C3%A4").json
    assert asking.rels(document) == ["self", "alternate", "collection"]
    assert asking.follow(client, asking.href(document, "self")).json["id"] == "H/7 ä"
    assert asking.follow(client, asking.href(document, "alternate")).content_type.startswith("text/html")
    assert asking.follow(client, asking.href(document, "collection")).json["id"] == "hazards"


INVALID = [
    ("limit", "0"), ("limit", "-1"), ("limit", "abc"), ("limit", "1e9"), ("limit", "1.5"), ("limit", ""),
    ("limit", "٣"), ("offset", "-1"), ("offset", "x"), ("offset", "9" * 30), ("offset", "1000000001"),
    ("bbox", "1,2,3"), ("bbox", "1,2,3,4,5"), ("bbox", "nan,0,1,1"), ("bbox", "0,0,inf,1"), ("bbox", "0,0,1e999,1"),
    ("bbox", "0,9,1,2"), ("bbox", "0,0,9,1,1,2"), ("bbox", "a,b,c,d"), ("bbox", ""), ("bbox", "1_0,0,20,1"),
    ("bbox", "0 0 1 1"), ("bbox", "0,0,1,1,"), ("bbox", "-180.1,0,0,1"), ("bbox", "0,-91,1,1"), ("bbox", "170,0,190,1"),
    ("bbox", "190,0,170,1"), ("bbox", "200,0,210,1"), ("bbox", "0,0,1,90.1"), ("bbox", "500000,3870000,510000,3880000"),
    ("datetime", "yesterday"), ("datetime", "2010-13-01"), ("datetime", "2010-02-30"), ("datetime", "2010"),
    ("datetime", "2010-01-01T25:00:00Z"), ("datetime", "2010-01-01T00:00:00"), ("datetime", "2010-01-01/2009-01-01"),
    ("datetime", "../.."), ("datetime", ".."), ("datetime", "/"), ("datetime", ""), ("datetime", "2010-01-01/a/b"),
    ("datetime", "2026-01-01"), ("datetime", "2010-01-01/2026-01-01"), ("datetime", "2026-01-01/.."),
    ("datetime", "2010-01-01T00:00:00Z/P1Y"), ("datetime", "２０１０-01-01"),
    ("crs", "http://www.opengis.net/def/crs/EPSG/0/4277"), ("crs", "EPSG:4326"), ("crs", ""), ("crs", "+proj=longlat"),
    ("filter", "nobody = 1"), ("filter", "kind = "), ("filter", ""), ("filter", "kind = 'a' UNION SELECT 1"),
    ("sortby", "nobody"), ("sortby", ""), ("sortby", "geometry"), ("sortby", "kind,,name"), ("sortby", "kind desc"),
    ("sortby", "--kind"), ("sortby", "+-kind"), ("sortby", "-"), ("sortby", "  kind"),
    ("properties", "nobody"), ("properties", ""), ("properties", "kind,"), ("properties", "geometry"),
    ("f", "xml"), ("f", ""), ("f", "JSON"),
]  # fmt: skip


@pytest.mark.requirement("/req/core/query-param-invalid")
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
        (
            {"bbox": "1e300,0,1e301,1", "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/3857"},
            '"bbox" goes beyond the globe; coordinates in metres are from -40,075,017 to 40,075,017.',
        ),
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
            {"bbox": "500000,3870000,510000,3880000"},
            '"bbox" goes beyond the globe; longitudes are from -180 to 180 and latitudes from -90 to 90, and '
            'coordinates in metres need "bbox-crs".',
        ),
        (
            {"crs": "EPSG:4326"},
            '"crs" is "EPSG:4326", which is not offered; write http://www.opengis.net/def/crs/OGC/1.3/CRS84 or '
            "urn:x-hazard-service:crs:metres, or http://www.opengis.net/def/crs/EPSG/0/ and one of 4326, 3857, 3395, "
            "4087, 6933, 8857, 32621, 32622, 32623, 32624, 32625, 32626, 32627, 32721, 32722, 32723, 32724, 32725, "
            "32726, 32727.",
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


@pytest.mark.requirement("/req/core/query-param-unknown", "/per/core/additional-param")
def test_core_query_param_unknown(get, openapi, document_path):
    """Equality by a property's name is not offered, so it is documented nowhere and refused: filters do that."""
    for name in ("unknownQueryParameter", "kind", "Limit", "bbox-CRS"):
        answer = get(document_path, **{name: "x"})
        assert answer.status_code == 400
        assert answer.json["detail"].startswith(f'Unknown parameter "{name}"')
    assert not {"kind", "hazard_id"} & set(openapi["components"]["parameters"])


def test_a_parameter_given_twice_is_refused(client):
    answer = client.get("/ogc/collections/hazards/items?limit=1&limit=2")
    assert (answer.status_code, answer.json["detail"]) == (
        400,
        'Parameter "limit" is given more than once; give it once.',
    )


@pytest.mark.requirement("/rec/core/etag")
def test_core_etag(get, document_path):
    for accept in ("identity", "gzip"):
        headers = {"Accept-Encoding": accept}
        answer = get(document_path, headers=headers)
        again = get(document_path, headers={**headers, "If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
        assert get(document_path, headers={**headers, "If-None-Match": '"other"'}).status_code == 200


@pytest.mark.requirement("/rec/core/exception")
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
        assert answer.headers["Allow"] == client.options(f"/ogc{path}").headers["Allow"] == "GET, HEAD, OPTIONS"
