"""One Placemark of a KML file: its values by column, and its geometry, whole or not at all."""

import re
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import shapely
from shapely.errors import GEOSException

# No coordinate is written longer; reading a number takes ever longer with its digits.
_MAX_DIGITS = 100
_COMMA = re.compile(r"\s*,\s*")
# Where a Placemark keeps its own values, and what their columns are called.
_OWN = {
    "name": "name",
    "description": "description",
    "TimeStamp/when": "timestamp",
    "TimeSpan/begin": "begin",
    "TimeSpan/end": "end",
}
_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")
# Geometry that is no outline on the map.
_NO_OUTLINES = ("Model", "Track", "MultiTrack")
_DRAWING = ("altitudeMode", "extrude", "tessellate")

_SEVERAL: dict[type[shapely.Geometry], Any] = {
    shapely.Polygon: shapely.MultiPolygon,
    shapely.Point: shapely.MultiPoint,
    shapely.LineString: shapely.MultiLineString,
}

Position = tuple[float, float]


@dataclass(frozen=True, eq=False)
class PlacemarkRow:
    """values: text by column. geometry: 2D, degrees; None where there is none or a part of it cannot be read."""

    values: dict[str, str]
    geometry: shapely.Geometry | None
    unclosed: bool


class _UnreadableError(Exception):
    """A part of a geometry cannot be read."""


def placemark_row(placemark: Element, folder: str) -> PlacemarkRow:
    """What ExtendedData says goes before the Placemark's own name. folder: names of its folders, outermost first."""
    values = {"folder": folder} if folder else {}
    values |= {column: text for path, column in _OWN.items() if (text := _text(placemark.find(path)))}
    values |= _extended(placemark)
    reader = _Shapes()
    try:
        # What is not a number is judged with the coordinates of every format, off the earth.
        with np.errstate(invalid="ignore"):
            geometry = reader.geometry(placemark)
    except (_UnreadableError, ValueError, GEOSException):
        geometry = None
    return PlacemarkRow(values, geometry, reader.unclosed and geometry is not None)


def _extended(placemark: Element) -> dict[str, str]:
    """Data, SimpleData, and elements of another namespace. A name that repeats is several words."""
    found: dict[str, list[str]] = {}
    for data in (*placemark.findall("ExtendedData/*"), *placemark.findall("ExtendedData/SchemaData/*")):
        if data.tag == "SchemaData":
            continue
        value = data.find("value") if data.tag == "Data" else data
        name = data.get("name") if data.tag in ("Data", "SimpleData") else data.tag
        if name and (text := _text(value)):
            found.setdefault(name, []).append(text)
    return {name: ";".join(words) for name, words in found.items()}


def _text(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


class _Shapes:
    """Geometries of one Placemark. unclosed: whether a ring had to be closed."""

    def __init__(self) -> None:
        self.unclosed = False

    def geometry(self, placemark: Element) -> shapely.Geometry | None:
        shapes = [child for child in placemark if child.tag in (*_SHAPES, *_NO_OUTLINES)]
        if not shapes:
            return None
        return self._shape(shapes[0]) if len(shapes) == 1 else _together([self._shape(child) for child in shapes])

    def _shape(self, element: Element) -> shapely.Geometry:
        if element.tag == "MultiGeometry":
            return _together([self._shape(child) for child in element if child.tag not in _DRAWING])
        if element.tag == "Polygon":
            return self._polygon(element)
        if element.tag == "Point":
            [position] = _positions(element)
            return shapely.Point(position)
        if element.tag in ("LineString", "LinearRing"):
            return shapely.LineString(_positions(element))
        raise _UnreadableError

    def _polygon(self, element: Element) -> shapely.Polygon:
        [outer] = element.findall("outerBoundaryIs/LinearRing")
        holes = [self._ring(ring) for boundary in element.findall("innerBoundaryIs") for ring in boundary]
        return shapely.Polygon(self._ring(outer), holes)

    def _ring(self, element: Element) -> list[Position]:
        positions = _positions(element)
        if positions[0] != positions[-1]:
            self.unclosed = True
            positions.append(positions[0])
        if len(positions) < 4:
            raise _UnreadableError
        return positions


def _positions(element: Element) -> list[Position]:
    """Longitude and latitude of each position; heights are left out."""
    [coordinates] = element.findall("coordinates")
    text = _COMMA.sub(",", _text(coordinates))
    if not text or "_" in text:
        raise _UnreadableError
    positions = []
    for written in text.split():
        longitude, latitude, *height = written.split(",")
        if len(height) > 1 or len(longitude) > _MAX_DIGITS or len(latitude) > _MAX_DIGITS:
            raise _UnreadableError
        positions.append((float(longitude), float(latitude)))
    return positions


def _together(shapes: list[shapely.Geometry]) -> shapely.Geometry:
    for kind, several in _SEVERAL.items():
        if all(isinstance(shape, kind) for shape in shapes):
            made: shapely.Geometry = several(shapes)
            return made
    return shapely.GeometryCollection(shapes)
