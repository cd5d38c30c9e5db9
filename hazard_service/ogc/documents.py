"""The documents of OGC API - Features: what there is, in which reference systems, with which columns."""

from typing import Any, Final

import orjson

from hazard_service.columns import Column
from hazard_service.layers import Programme
from hazard_service.ogc.collections import COLLECTIONS, Collection, columns_of
from hazard_service.ogc.cql2 import GEOMETRY
from hazard_service.ogc.crs import CRS84, Crs, extent, offered
from hazard_service.ogc.layer import Layer
from hazard_service.ogc.links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Address, both_links, link, own_links
from hazard_service.ogc.paging import page_of
from hazard_service.ogc.query import Query
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

_PART: Final = "http://www.opengis.net/spec/ogcapi-features-"
_CQL2: Final = "http://www.opengis.net/spec/cql2/1.0/conf/"
CONFORMS_TO: Final = (
    *(f"{_PART}1/1.0/conf/{name}" for name in ("core", "oas30", "html", "geojson")),
    f"{_PART}2/1.0/conf/crs",
    *(f"{_PART}3/1.0/conf/{name}" for name in ("filter", "features-filter", "queryables")),
    *(
        f"{_CQL2}{name}"
        for name in (
            "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
            "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions", "temporal-functions",
            "property-property", "arithmetic",
        )
    ),
)  # fmt: skip
_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/"
_GREGORIAN: Final = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
_TYPES: Final = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "count": {"type": "integer"},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}


def landing(programme: Programme, here: Address) -> dict[str, Any]:
    """The door: what this is, what to keep in mind, and where the rest lies."""
    return {
        "title": programme.name,
        "description": f"{_fiction(programme)}Hazard areas, released ground, communities held back and what release "
        f"gave back. Data of {programme.data_date}: do not rely on it after 90 days. {NOT_FOR_SAFETY} {NO_RECORD}",
        "links": [
            *own_links(here, JSON),
            link(here.at("api").href(), "service-desc", OPENAPI, "OpenAPI document"),
            link(here.at("api").href(f="html"), "service-doc", HTML, "OpenAPI document, as HTML"),
            *both_links(here.at("conformance"), "conformance", JSON, "What of the standards is kept"),
            *both_links(here.at("collections"), "data", JSON, "Collections"),
            *both_links(here.at("crs"), "related", JSON, "Coordinate reference systems"),
        ],
    }


def conformance(here: Address) -> dict[str, Any]:
    """The conformance classes that are kept."""
    return {"links": own_links(here, JSON), "conformsTo": list(CONFORMS_TO)}


def reference_systems(programme: Programme, here: Address) -> dict[str, Any]:
    """Every CRS offered, with its definition: no registry knows the programme's own."""
    return {
        "links": own_links(here, JSON),
        "crs": [
            {
                "uri": crs.uri,
                "name": crs.name,
                "axes": "y, x" if crs.swap_axes else "x, y",
                "wkt": crs.definition.to_wkt(),
            }
            for crs in offered(programme).values()
        ],
    }


def collections(programme: Programme, here: Address) -> dict[str, Any]:
    """Every collection; the reference systems once for all."""
    return {
        "links": own_links(here, JSON),
        "crs": list(offered(programme)),
        "collections": [
            _described(one, programme, here.below(name)) | {"crs": ["#/crs"]} for name, one in COLLECTIONS.items()
        ],
    }


def collection(name: str, programme: Programme, here: Address) -> dict[str, Any]:
    """One collection."""
    return _described(COLLECTIONS[name], programme, here) | {"crs": list(offered(programme))}


def _described(one: Collection, programme: Programme, there: Address) -> dict[str, Any]:
    return {
        "id": one.name,
        "title": one.title,
        "description": f"{_fiction(programme)}{one.description} {one.dates} {NOT_FOR_SAFETY}",
        "itemType": "feature",
        "extent": {
            "spatial": {"bbox": [list(extent(programme))], "crs": CRS84},
            "temporal": {"interval": [[None, f"{programme.data_date}T00:00:00Z"]], "trs": _GREGORIAN},
        },
        "storageCrs": CRS84,
        "links": [
            *own_links(there, JSON),
            link(there.below("items").href(), "items", GEOJSON, one.title),
            link(there.below("items").href(f="html"), "items", HTML, f"{one.title}, as HTML"),
            *both_links(there.below("queryables"), f"{_REL}queryables", SCHEMA, "What filters may name"),
            *both_links(there.below("schema"), "describedby", SCHEMA, "Columns, units and meanings"),
            *(
                link(there.at("collections", name).href(), "related", JSON, COLLECTIONS[name].title)
                for name in one.related
            ),
        ],
    }


def schema(name: str, programme: Programme, here: Address) -> dict[str, Any]:
    """JSON Schema of a feature's properties, with units and meanings."""
    one = COLLECTIONS[name]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": here.href(),
        "title": one.title,
        "description": f"{one.description} Any value may be missing.",
        "type": "object",
        "properties": {
            GEOMETRY: {"title": "Geometry", "format": one.shape, "x-ogc-role": "primary-geometry"},
            **{column: _property(told) for column, told in columns_of(name, programme).items()},
        },
    }


def queryables(name: str, programme: Programme, here: Address) -> dict[str, Any]:
    """What a filter may name, and nothing else."""
    return schema(name, programme, here) | {"additionalProperties": False}


def _property(column: Column) -> dict[str, Any]:
    unit = {"x-ogc-unit": column.unit} if column.unit else {}
    words = {"enum": list(column.words)} if column.words else {}
    return {"title": column.title, "description": column.description, **_TYPES[column.kind], **unit, **words}


def items(name: str, layer: Layer, query: Query, here: Address) -> bytes:
    """A page of features as GeoJSON. Raises ParameterError where the filter cannot be worked out."""
    page = page_of(layer, query)
    kind, end = GEOJSON if here.form == "json" else HTML, query.offset + len(page.features)
    links = own_links(here, GEOJSON)
    if page.features and end < page.matched:
        links.append(link(here.href(offset=end), "next", kind, "Next page"))
    if query.offset:
        before = max(query.offset - query.limit, 0)
        links.append(link(here.href(offset=before), "prev", kind, "Page before"))
    links.append(link(here.at("collections", name).href(), "collection", JSON, COLLECTIONS[name].title))
    for beside in COLLECTIONS[name].related:
        there = here.at("collections", beside, "items").href(datetime=here.given.get("datetime"))
        links.append(link(there, "related", GEOJSON, COLLECTIONS[beside].title))
    said = (NOT_FOR_SAFETY, NO_RECORD, *_not_plain(query.crs), *page.warnings, *layer.caveats)
    head = orjson.dumps(
        {
            "type": "FeatureCollection",
            "numberMatched": page.matched,
            "numberReturned": len(page.features),
            "warnings": list(dict.fromkeys(said)),
            "links": links,
        }
    )
    return b'%b,"features":[%b]}' % (head[:-1], b",".join(page.features))


def _not_plain(crs: Crs) -> list[str]:
    if crs.uri == CRS84:
        return []
    return [
        f"Coordinates are in {crs.name} ({crs.uri}), in the order of its axes: whoever opens this answer as plain "
        "GeoJSON takes them for longitude and latitude. For a file in another CRS take /data."
    ]


def feature(name: str, written: bytes, here: Address) -> bytes:
    """One feature, of its bytes, as GeoJSON with its links."""
    links = [
        *own_links(here, GEOJSON),
        link(here.at("collections", name).href(), "collection", JSON, COLLECTIONS[name].title),
    ]
    return b'%b,"links":%b}' % (written[:-1], orjson.dumps(links))


def _fiction(programme: Programme) -> str:
    return "Fictional: no place, hazard or person here is real. " if programme.fictional else ""
