"""CQL2 JSON into a tree."""

from typing import Any, Final

import numpy as np
import orjson
import shapely

from hazard_service.errors import ParameterError
from hazard_service.ogc.tree import DEEPEST, LONGEST, Day, Node, Property, day, finite, interval, operation, placed

_GEOMETRIES: Final = (
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection",
)  # fmt: skip


def read_json(text: str) -> Node:
    """The tree of a filter. Raises ParameterError."""
    if len(text) > LONGEST:
        raise ParameterError(f'"filter" is {len(text):,} characters long; {LONGEST:,} can be read.')
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ParameterError(f'"filter" is not JSON: {error}.') from None
    if not isinstance(document, dict):
        raise ParameterError('"filter" as cql2-json must be an object such as {"op": "=", "args": [...]}.')
    return _node(document, DEEPEST)


def _node(given: Any, left: int) -> Node:
    """left: how much deeper it may go."""
    if left == 0:
        raise ParameterError(f'"filter" is nested more than {DEEPEST} deep.')
    if isinstance(given, bool | str):
        return given
    if isinstance(given, int | float):
        return finite(given)
    match given:
        case {"op": str(name), "args": list(arguments), **rest} if not rest:
            return _operation(name, arguments, left - 1)
        case {"type": str(kind)} if kind in _GEOMETRIES:
            return _geometry(given)
    return _leaf(given)


def _leaf(given: Any) -> Node:
    match given:
        case {"property": str(name), **rest} if not rest:
            return Property(name)
        case {"date": str(text), **rest} | {"timestamp": str(text), **rest} if not rest:
            return day(text)
        case {"interval": [start, end], **rest} if not rest:
            return interval(_instant(start), _instant(end))
        case {"bbox": list(numbers), **rest} if not rest:
            return operation("bbox", tuple(_node(number, 1) for number in numbers))
    raise ParameterError(f'"filter" has a part that is no CQL2: {_shown(given)}.')


def _operation(name: str, arguments: list[Any], left: int) -> Node:
    match name, arguments:
        case "in", [what, list(values)] if values:
            return operation(name, (_node(what, left), tuple(_node(value, left) for value in values)))
    return operation(name, tuple(_node(argument, left) for argument in arguments))


def _instant(given: Any) -> Day | Property | None:
    found = day(given) if isinstance(given, str) and given != ".." else None if given == ".." else _node(given, 1)
    if found is None or isinstance(found, Day | Property):
        return found
    raise ParameterError(f'"filter" has an interval with {_shown(given)}; use dates, ".." or properties.')


def _geometry(given: dict[str, Any]) -> shapely.Geometry:
    try:
        with np.errstate(all="ignore"):
            found = shapely.from_geojson(orjson.dumps(given))
    except shapely.errors.GEOSException:
        raise ParameterError(f'"filter" has a geometry that is no GeoJSON: {_shown(given)}.') from None
    return placed(found)


def _shown(given: Any) -> str:
    text = orjson.dumps(given).decode()
    return text if len(text) <= 60 else text[:60] + "..."
