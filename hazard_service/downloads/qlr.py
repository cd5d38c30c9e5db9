"""A QGIS layer definition: the live layers of /ogc, in the order and the colours of the map."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from hazard_service.downloads.qml import aliases, renderer
from hazard_service.layers import Programme
from hazard_service.ogc.collections import COLLECTIONS, columns_of
from hazard_service.vocabulary import NOT_FOR_SAFETY

# Uppermost first. Gains take minutes, and on the data date, which the live layers show, no hazard is known later.
LAYERS: Final = ("communities", "places", "hazard_lines", "hazards", "released", "routes", "districts")
_SHAPES: Final = {"geometry-point": "Point", "geometry-multipolygon": "Polygon", "geometry-multilinestring": "Line"}


def layer_definition(programme: Programme, address: str) -> str:
    """The file. address: of /ogc on the service that is to be asked."""
    root = Element("qlr")
    tree = SubElement(root, "layer-tree-group", expanded="1", checked="Qt::Checked", name="")
    title = f"{programme.name}, data of {programme.data_date}. {NOT_FOR_SAFETY}"
    group = SubElement(tree, "layer-tree-group", expanded="1", checked="Qt::Checked", name=title)
    layers = SubElement(root, "maplayers")
    has_lines = programme.hazards["remnant"].notna().any()
    # To QGIS a layer without a feature is a table, which cannot be drawn.
    for name in (name for name in LAYERS if name != "hazard_lines" or has_lines):
        one, columns, key = COLLECTIONS[name], columns_of(name, programme), f"hazard_service_{name}"
        source = f"url='{address}' typename='{name}' pageSize='10000' pagingEnabled='default'"
        SubElement(group, "layer-tree-layer", id=key, name=one.title, providerKey="OAPIF", source=source,
                   checked="Qt::Checked", expanded="0")  # fmt: skip
        layer = SubElement(
            layers, "maplayer", type="vector", geometry=_SHAPES[one.shape], hasScaleBasedVisibilityFlag="0"
        )
        for tag, text in (("id", key), ("datasource", source), ("layername", one.title)):
            SubElement(layer, tag).text = text
        SubElement(layer, "provider", encoding="UTF-8").text = "OAPIF"
        SubElement(SubElement(SubElement(layer, "srs"), "spatialrefsys"), "authid").text = "EPSG:4326"
        layer.extend([renderer(name), aliases(["id", *columns], columns)])
    return "<!DOCTYPE qgis-layer-definition>\n" + tostring(root, encoding="unicode")
