"""A QGIS layer definition: the live layers of /ogc, in the order and the colours of the map."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from hazard_service.columns import Column
from hazard_service.downloads.qml import aliases, renderer
from hazard_service.ogc.collections import COLLECTIONS, columns_of
from hazard_service.ogc.layers import Layers
from hazard_service.ogc.paging import matching
from hazard_service.ogc.query import Query, read_query
from hazard_service.vocabulary import NOT_FOR_SAFETY

# Uppermost first. Gains take minutes.
_HAZARDS: Final = ("hazards", "hazards_known_later", "hazard_lines", "hazard_lines_known_later")
# What is known only later every map of a past day must show: no filter takes any of it away.
_FILTERED: Final = ("hazards", "hazard_lines")
LAYERS: Final = ("communities", "places", *_HAZARDS[::-1], "released", "routes", "districts")
_SHAPES: Final = {"geometry-point": "Point", "geometry-multipolygon": "Polygon", "geometry-multilinestring": "Line"}


def layer_definition(layers: Layers, given: Mapping[str, str], address: str) -> str:
    """The file. given: `datetime`, and `filter` of the hazards open on it alone; address: of the /ogc to be asked.

    Raises ParameterError for a day or a filter that /ogc would refuse.
    """
    programme = layers.results.programme
    query = read_query(given, columns_of("hazards", programme), programme)
    root = Element("qlr")
    tree = SubElement(root, "layer-tree-group", expanded="1", checked="Qt::Checked", name="")
    title = f"{programme.name}, as of {query.period.end}, data of {programme.data_date}. {NOT_FOR_SAFETY}"
    group = SubElement(tree, "layer-tree-group", expanded="1", checked="Qt::Checked", name=title)
    listed = SubElement(root, "maplayers")
    for name in (name for name in LAYERS if _has_rows(name, layers, query)):
        chosen = {key: text for key, text in given.items() if key != "filter" or name in _FILTERED}
        # QGIS puts the parameters of its address on every question (tried with 3.22).
        asked = f"{address}?{urlencode(chosen)}" if chosen else address
        title = f"{COLLECTIONS[name].title} ({chosen['filter']})" if "filter" in chosen else COLLECTIONS[name].title
        source = f"url='{asked}' typename='{name}' pageSize='10000' pagingEnabled='default'"
        SubElement(group, "layer-tree-layer", id=_key(name), name=title, providerKey="OAPIF", source=source,
                   checked="Qt::Checked", expanded="0")  # fmt: skip
        listed.append(_layer(name, title, source, columns_of(name, programme)))
    return "<!DOCTYPE qgis-layer-definition>\n" + tostring(root, encoding="unicode")


def _has_rows(name: str, layers: Layers, query: Query) -> bool:
    """To QGIS a layer without a feature is a table, which cannot be drawn. Hazards are listed whatever there is."""
    if name == "hazards" or name not in (*_HAZARDS, "released"):
        return True
    layer = layers.layer(name, query.period)
    return len(matching(layer, query) if name in _FILTERED else layer) > 0


def _key(name: str) -> str:
    return f"hazard_service_{name}"


def _layer(name: str, title: str, source: str, columns: Mapping[str, Column]) -> Element:
    layer = Element(
        "maplayer", type="vector", geometry=_SHAPES[COLLECTIONS[name].shape], hasScaleBasedVisibilityFlag="0"
    )
    for tag, text in (("id", _key(name)), ("datasource", source), ("layername", title)):
        SubElement(layer, tag).text = text
    SubElement(layer, "provider", encoding="UTF-8").text = "OAPIF"
    SubElement(SubElement(SubElement(layer, "srs"), "spatialrefsys"), "authid").text = "EPSG:4326"
    layer.extend([renderer(name), aliases(["id", *columns], columns)])
    return layer
