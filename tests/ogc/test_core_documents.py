"""Part 1, Core, of the checklist against the running app: the landing page, the API definition, the collections."""

import http.client
from urllib.parse import urlsplit

import pytest
import shapely
from schemathesis.specs.openapi.definitions import OPENAPI_30_VALIDATOR

from hazard_service.ogc.collections import COLLECTIONS, frame_of
from hazard_service.ogc.documents import CONFORMS_TO

NAMES = pytest.mark.parametrize("name", COLLECTIONS)


@pytest.mark.requirement("/req/core/http")
def test_core_http(server, document_path):
    where = urlsplit(server)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
    connection.request("GET", where.path + document_path)
    answer = connection.getresponse()
    assert (answer.status, answer.version) == (200, 11)
    assert len(answer.read()) == int(answer.headers["Content-Length"])
    connection.close()


@pytest.mark.requirement("/req/core/root-op")
def test_core_root_op(get):
    for path in ("", "/"):
        assert get(path).status_code == 200


@pytest.mark.requirement("/req/core/root-success")
def test_core_root_success(asking, get):
    document = get("").json
    assert {"service-desc", "service-doc", "conformance", "data", "self", "alternate"} <= set(asking.rels(document))
    assert all(link["href"].startswith("http://localhost/ogc") and link["type"] for link in document["links"])


@pytest.mark.requirement("/req/core/api-definition-op")
def test_core_api_definition_op(asking, get, client):
    root = get("").json
    for rel, kind in (("service-desc", "application/vnd.oai.openapi+json;version=3.0"), ("service-doc", "text/html")):
        answer = asking.follow(client, asking.href(root, rel))
        assert answer.status_code == 200
        assert answer.content_type.split(" ")[0].rstrip(";") in (kind, "text/html")
    for accept in ("application/vnd.oai.openapi+json;version=3.0", "application/json", "*/*"):
        assert get("/api", headers={"Accept": accept}).json["openapi"].startswith("3.0.")
    assert get("/api", headers={"Accept": "text/html"}).content_type.startswith("text/html")


@pytest.mark.requirement("/req/core/api-definition-success", "/req/oas30/oas-definition-2")
def test_core_api_definition_success(get):
    answer = get("/api")
    assert answer.content_type == "application/vnd.oai.openapi+json;version=3.0"
    OPENAPI_30_VALIDATOR.validate(answer.json)
    broken = answer.json | {"paths": 7}
    assert not OPENAPI_30_VALIDATOR.is_valid(broken)


@pytest.mark.requirement("/req/core/conformance-op")
def test_core_conformance_op(get):
    assert get("/conformance").status_code == 200


@pytest.mark.requirement("/req/core/conformance-success")
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


@pytest.mark.requirement("/req/core/fc-md-op")
def test_core_fc_md_op(get):
    assert get("/collections").status_code == 200


@pytest.mark.requirement("/req/core/fc-md-success")
def test_core_fc_md_success(get):
    for collection in get("/collections").json["collections"]:
        assert collection["id"]
        assert collection["links"]
        assert collection["itemType"] == "feature"


@pytest.mark.requirement("/req/core/fc-md-links")
def test_core_fc_md_links(get):
    links = get("/collections").json["links"]
    assert [(link["rel"], link["type"]) for link in links] == [("self", "application/json"), ("alternate", "text/html")]
    links = get("/collections", f="html").text
    assert "f=json" in links


@pytest.mark.requirement("/req/core/fc-md-items")
def test_core_fc_md_items(get):
    listed = [collection["id"] for collection in get("/collections").json["collections"]]
    assert listed == list(COLLECTIONS)
    assert all(get(f"/collections/{name}").status_code == 200 for name in listed)


@pytest.mark.requirement("/req/core/fc-md-items-links")
def test_core_fc_md_items_links(asking, get, client):
    for collection in get("/collections").json["collections"]:
        links = [link for link in collection["links"] if link["rel"] == "items"]
        assert [link["type"] for link in links] == ["application/geo+json", "text/html"]
        for link in links:
            assert asking.follow(client, urlsplit(link["href"])).content_type.startswith(link["type"])


@pytest.mark.requirement("/req/core/fc-md-extent")
def test_core_fc_md_extent(asking, get, items):
    for collection in get("/collections").json["collections"]:
        (box,) = collection["extent"]["spatial"]["bbox"]
        assert collection["extent"]["temporal"]["interval"] == [[None, "2025-12-31T00:00:00Z"]]
        for when in ("2025-12-31", "2005-12-31"):
            every = [shape for shape in asking.shapes(items(collection["id"], datetime=when, limit=10_000)) if shape]
            assert all(shapely.within(shape, shapely.box(*box)) for shape in every)


@pytest.mark.requirement("/req/core/crs84")
@NAMES
def test_core_crs84(asking, items, results, world, name):
    """Longitude first: the programme lies round 40° W, 35° N. Same places as the source, to a centimetre."""
    document = items(name, limit=10_000)
    frame = frame_of(name, results, world.at("2025-12-31")).to_crs("OGC:CRS84")
    for shape, source in zip(asking.shapes(document), frame.geometry, strict=True):
        if shape is None:
            assert source is None or source.is_empty
            continue
        assert shapely.hausdorff_distance(shape, source) < 1e-7
        west, south, east, north = shape.bounds
        assert -41 < west <= east < -39
        assert 34 < south <= north < 36


@pytest.mark.requirement("/req/core/sfc-md-op")
def test_core_sfc_md_op(get):
    for name in COLLECTIONS:
        assert get(f"/collections/{name}").status_code == 200
    for path in ("/collections/nothing", "/collections/nothing/items", "/collections/nothing/items/1"):
        assert get(path).status_code == 404


@pytest.mark.requirement("/req/core/sfc-md-success")
def test_core_sfc_md_success(get):
    together = get("/collections").json
    for entry in together["collections"]:
        alone = get(f"/collections/{entry['id']}").json
        expanded = [uri for one in entry["crs"] for uri in (together["crs"] if one == "#/crs" else [one])]
        assert alone == entry | {"crs": expanded}
