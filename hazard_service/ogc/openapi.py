"""The OpenAPI 3.0 document of the service, written from what it does."""

from importlib.metadata import version
from typing import Any, Final

from hazard_service.layers import Programme
from hazard_service.ogc.collections import COLLECTIONS
from hazard_service.ogc.cql2 import LANGUAGES
from hazard_service.ogc.crs import CRS84, offered
from hazard_service.ogc.links import FORMS, GEOJSON, HTML, JSON, OPENAPI, PROBLEM, SCHEMA
from hazard_service.ogc.query import CARRIED, FEATURE_PARAMETERS, LARGEST_LIMIT, LIMIT, PARAMETERS
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

_NUMBERS: Final = {"type": "array", "items": {"type": "number"}}
_LINKS: Final = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
_TEXT: Final = {"type": "string"}


def openapi(programme: Programme, root: str) -> dict[str, Any]:
    """The document; root: the address of the landing page."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": programme.name,
            "description": f"{NOT_FOR_SAFETY} {NO_RECORD}",
            "version": version("hazard-service"),
        },
        "servers": [{"url": root}],
        "paths": _paths(),
        "components": {
            "parameters": {**_path_parameters(), **_parameters(programme)},
            "schemas": _SCHEMAS,
            "responses": _RESPONSES,
        },
    }


def _paths() -> dict[str, Any]:
    one, named, carried = ["collectionId"], "/collections/{collectionId}", list(CARRIED[1:])
    return {
        "/": _get("Landing page", "landing", JSON, carried),
        "/api": _get("This document", "any", OPENAPI, carried),
        "/conformance": _get("Conformance classes", "conformance", JSON, carried),
        "/crs": _get("Coordinate reference systems", "any", JSON, carried),
        "/collections": _get("Collections", "collections", JSON, carried),
        named: _get("A collection", "collection", JSON, [*one, *carried]),
        f"{named}/queryables": _get("What filters may name", "any", SCHEMA, [*one, *carried]),
        f"{named}/schema": _get("Columns, units and meanings", "any", SCHEMA, [*one, *carried]),
        f"{named}/items": _get("Features", "featureCollection", GEOJSON, [*one, *PARAMETERS[1:]]),
        f"{named}/items/{{featureId}}": _get(
            "A feature", "feature", GEOJSON, [*one, "featureId", *FEATURE_PARAMETERS[1:]]
        ),
    }


def _get(summary: str, schema: str, kind: str, parameters: list[str]) -> dict[str, Any]:
    content = {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}}, HTML: {"schema": _TEXT}}
    answer: dict[str, Any] = {"description": summary, "content": content}
    if kind == GEOJSON:
        answer["headers"] = {"Content-Crs": {"description": "The CRS of the coordinates.", "schema": _TEXT}}
    codes = ["400", "405", "500", *(["404"] if "collectionId" in parameters else [])]
    return {
        "get": {
            "summary": summary,
            "operationId": summary.lower().replace(",", "").replace(" ", "-"),
            "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in [*parameters, "f"]],
            "responses": {
                "200": answer,
                "304": {"description": "What the asker has (If-None-Match) is still so."},
                **{code: {"$ref": f"#/components/responses/{code}"} for code in sorted(codes)},
            },
        }
    }


def _path_parameters() -> dict[str, Any]:
    return {
        "collectionId": {
            "name": "collectionId", "in": "path", "required": True, "description": "Which collection.",
            "schema": {"type": "string", "enum": list(COLLECTIONS)},
        },
        "featureId": {
            "name": "featureId", "in": "path", "required": True, "description": "Which feature.", "schema": _TEXT,
        },
    }  # fmt: skip


def _parameters(programme: Programme) -> dict[str, Any]:
    crs = {"type": "string", "format": "uri", "enum": list(offered(programme)), "default": CRS84}
    day, first = programme.data_date, programme.baseline_date
    told = {
        "f": (
            "json or html; without it the Accept header decides.", {"type": "string", "enum": list(FORMS)},
        ),
        "limit": (
            f"How many features a page has; more than {LARGEST_LIMIT:,} are read as that.",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": LIMIT},
        ),
        "offset": (
            "How many features to pass over.",
            {"type": "integer", "minimum": 0, "maximum": 1_000_000_000, "default": 0},
        ),
        "bbox": (
            "Only features that meet this box, and those without geometry: 4 numbers, or 6 with heights, in the axis "
            "order of bbox-crs.",
            {**_NUMBERS, "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]},
        ),
        "bbox-crs": ("The CRS of bbox.", crs),
        "datetime": (
            f"A day or an interval, such as {day}, {first}/{day} or ../{day}; none may be later than {day}. What it "
            "selects is told by each collection. Documents take it, and filter, from clients that put them everywhere.",
            _TEXT,
        ),
        "crs": ("The CRS of the coordinates in the answer.", crs),
        "filter": ("A filter of features, in CQL2; names are those of /queryables.", _TEXT),
        "filter-lang": (
            "The encoding of filter.", {"type": "string", "enum": list(LANGUAGES), "default": next(iter(LANGUAGES))},
        ),
        "filter-crs": ("The CRS of coordinates in filter.", crs),
        "sortby": ("Properties with commas between, led by - to fall.", {"type": "array", "items": _TEXT}),
        "properties": ("The properties to give, with commas between.", {"type": "array", "items": _TEXT}),
    }  # fmt: skip
    return {
        name: {
            "name": name, "in": "query", "description": description, "required": False, "schema": schema,
            "style": "form", "explode": False,
        }
        for name, (description, schema) in told.items()
    }  # fmt: skip


def _object(required: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": {**required, **more}}


_SCHEMAS: Final = {
    "any": {"type": "object"},
    "link": _object({"href": _TEXT, "rel": _TEXT, "type": _TEXT, "title": _TEXT}),
    "landing": _object({"title": _TEXT, "description": _TEXT, "links": _LINKS}),
    "conformance": _object({"conformsTo": {"type": "array", "items": _TEXT}}),
    "collection": _object(
        {
            "id": _TEXT, "title": _TEXT, "description": _TEXT, "links": _LINKS, "extent": {"type": "object"},
            "itemType": _TEXT, "crs": {"type": "array", "items": _TEXT}, "storageCrs": _TEXT,
        }
    ),
    "collections": _object(
        {
            "links": _LINKS,
            "crs": {"type": "array", "items": _TEXT},
            "collections": {"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
        }
    ),
    "feature": _object(
        {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": _TEXT,
            "geometry": {
                "type": "object",
                "nullable": True,
                "required": ["type"],
                "properties": {"type": _TEXT, "coordinates": {"type": "array", "items": {}}},
            },
            "properties": {"type": "object"},
        },
        links=_LINKS,
    ),
    "featureCollection": _object(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
            "links": _LINKS,
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
        },
        warnings={"type": "array", "items": _TEXT},
    ),
    "problem": _object({"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT}),
}  # fmt: skip
_RESPONSES: Final = {
    code: {"description": text, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}}
    for code, text in (
        ("400", "A parameter cannot be used; detail says which and what it takes."),
        ("404", "There is no such collection or feature."),
        ("405", "Everything here can only be read."),
        ("500", "The service could not answer."),
    )
}
