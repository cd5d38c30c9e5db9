"""GeoJSON, HTML and OpenAPI of the checklist against the running app."""

import html
import json
import re

import numpy as np
import pytest
import shapely

from hazard_service.ogc.collections import COLLECTIONS

NAMES = pytest.mark.parametrize("name", COLLECTIONS)

# GeoJSON


@pytest.mark.requirement("/req/geojson/definition")
def test_geojson_definition(get, document_path):
    kind = get(document_path).content_type
    if "/items" in document_path:
        assert kind == "application/geo+json"
    elif document_path == "/api":
        assert kind == "application/vnd.oai.openapi+json;version=3.0"
    else:
        assert kind == (
            "application/schema+json" if document_path.endswith(("schema", "queryables")) else "application/json"
        )


@pytest.mark.requirement("/req/geojson/content")
@NAMES
def test_geojson_content(asking, get, name):
    """RFC 7946: finite numbers with at most 7 decimals, outer rings anticlockwise and holes clockwise."""

    def refuse(token):
        raise AssertionError(token)

    for when in ("2025-12-31", "2005-12-31", "../2025-12-31"):
        text = get(f"/collections/{name}/items", datetime=when, limit=10_000).text
        document = json.loads(text, parse_constant=refuse)
        for shape in filter(None, asking.shapes(document)):
            xy = shapely.get_coordinates(shape)
            assert np.isfinite(xy).all()
            assert np.array_equal(xy, np.round(xy, 7))
            for polygon in (part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"):
                assert shapely.is_ccw(polygon.exterior)
                assert not any(shapely.is_ccw(hole) for hole in polygon.interiors)
    if name == "hazards":
        assert any(len(polygon.interiors) for shape in asking.shapes(document) if shape for polygon in shape.geoms)


# HTML


@pytest.mark.requirement("/req/html/definition")
def test_html_definition(get, document_path):
    for given in ({"f": "html"}, {"headers": {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}}):
        answer = get(document_path, **given)
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
    for accept in ("*/*", "application/json", "application/geo+json", "image/png"):
        assert get(document_path, headers={"Accept": accept}).mimetype != "text/html"


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


@pytest.mark.requirement("/req/html/content")
def test_html_content(get, world, document_path):
    """All that the JSON tells stands in the page, escaped; nothing may load or run but what this service serves."""
    answer, document = get(document_path, f="html"), get(document_path).json
    text = html.unescape(answer.text)
    # A page writes whole numbers as people do: 12, where JSON has 12.0.
    shown = {re.sub(r"^(-?\d+)\.0$", r"\1", word) for word in told(document) if word not in UNNAMED}
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


@pytest.mark.requirement("/req/oas30/oas-definition-1")
def test_oas30_oas_definition_1(asking, get, client):
    root = get("").json
    assert asking.href(root, "service-desc").path == "/ogc/api"
    assert asking.follow(client, asking.href(root, "service-doc")).mimetype == "text/html"


@pytest.mark.requirement("/req/oas30/security")
def test_oas30_security(openapi, client):
    """Nothing is behind a lock yet (the service listens on this machine only), so no scheme is declared."""
    assert "security" not in openapi
    assert "securitySchemes" not in openapi["components"]
    assert client.get("/ogc/collections").status_code == 200


@pytest.mark.requirement("/req/oas30/exceptions-codes")
def test_oas30_exceptions_codes(openapi):
    for path, methods in openapi["paths"].items():
        expected = {"200", "304", "400", "405", "500", *(["404"] if "{" in path else [])}
        assert set(methods["get"]["responses"]) == expected
        for code in expected - {"200", "304"}:
            assert methods["get"]["responses"][code] == {"$ref": f"#/components/responses/{code}"}
            assert "application/problem+json" in openapi["components"]["responses"][code]["content"]
