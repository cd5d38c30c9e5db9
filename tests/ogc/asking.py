"""What the tests of the running app share: what to ask, and how to read what it answers."""

import json
from urllib.parse import urlsplit

import shapely

from hazard_service.ogc.collections import COLLECTIONS

DOCUMENTS = (
    "", "/api", "/conformance", "/crs", "/collections",
    *(f"/collections/{name}{below}" for name in COLLECTIONS for below in ("", "/schema", "/queryables", "/items")),
    "/collections/hazards/items/H1", "/collections/hazards/items/H%2F7%20%C3%A4",
)  # fmt: skip


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
