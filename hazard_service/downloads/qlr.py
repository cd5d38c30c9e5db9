"""A QGIS layer definition: the live layers of /ogc, in the order and the colours of the map."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from hazard_service.downloads.qml import aliases, renderer
from hazard_service.ogc.collections import COLLECTIONS, columns_of
from hazard_service.ogc.layers import Layers
from hazard_service.ogc.paging import matching
from hazard_service.ogc.query import read_query
from hazard_service.vocabulary import NOT_FOR_SAFETY

# Uppermost first. Gains take minutes.
_HAZARDS: Final = ("hazards", "hazards_known_later", "hazard_lines", "hazard_lines_known_later")
LAYERS: Final = ("communities", "places", *_HAZARDS[::-1], "released", "routes", "districts")
_SHAPES: Final = {"geometry-point": "Point", "geometry-multipolygon": "Polygon", "geometry-multilinestring": "Line"}


def layer_definition(layers: Layers, given: Mapping[str, str], address: str) -> str:
    """The file. given: `datetime`, and `filter` of hazards alone; address: of /ogc on the service that is to be asked.

    Raises ParameterError for a day or a filter that /ogc would refuse.
    """
    programme = layers.results.programme
    query = read_query(given, columns_of("hazards", programme), programme)
    root = Element("qlr")
    tree = SubElement(root, "layer-tree-group", expanded="1", checked="Qt::Checked", name="")
    title = f"{programme.name}, as of {query.period.end}, data of {programme.data_date}. {NOT_FOR_SAFETY}"
    group = SubElement(tree, "layer-tree-group", expanded="1", checked="Qt::Checked", name=title)
    listed = SubElement(root, "maplayers")
    for name in LAYERS:
        # To QGIS a layer without a feature is a table, which cannot be drawn.
        is_hazards = name in _HAZARDS
        if is_hazards and name != "hazards" and not len(matching(layers.layer(name, query.period), query)):
            continue
        if name == "released" and not len(layers.layer(name, query.period)):
            continue
        chosen = {key: text for key, text in given.items() if is_hazards or key != "filter"}
        one, columns, key = COLLECTIONS[name], columns_of(name, programme), f"hazard_service_{name}"
        called = f"{one.title} ({chosen['filter']})" if "filter" in chosen else one.title
        # QGIS puts the parameters of its address on every question (tried with 3.22).
        asked = f"{address}?{urlencode(chosen)}" if chosen else address
        source = f"url='{asked}' typename='{name}' pageSize='10000' pagingEnabled='default'"
        SubElement(group, "layer-tree-layer", id=key, name=called, providerKey="OAPIF", source=source,
                   checked="Qt::Checked", expanded="0")  # fmt: skip
        layer = SubElement(
            listed, "maplayer", type="vector", geometry=_SHAPES[one.shape], hasScaleBasedVisibilityFlag="0"
        )
        for tag, text in (("id", key), ("datasource", source), ("layername", called)):
            SubElement(layer, tag).text = text
        SubElement(layer, "provider", encoding="UTF-8").text = "OAPIF"
        SubElement(SubElement(SubElement(layer, "srs"), "spatialrefsys"), "authid").text = "EPSG:4326"
        layer.extend([renderer(name), aliases(["id", *columns], columns)])
    return "<!DOCTYPE qgis-layer-definition>\n" + tostring(root, encoding="unicode")
