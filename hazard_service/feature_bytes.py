"""Frames to the bytes of GeoJSON features (RFC 7946), made once and joined as often as asked."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import orjson
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

DEGREE_DECIMALS: Final = 7
METRE_DECIMALS: Final = 3
# Six decimals of a km² are a square metre; more would carry rounding of the machine into the file.
VALUE_DECIMALS: Final = 6

_OUTLINE: Final = {
    shapely.GeometryType.POLYGON.value: b'{"type":"Polygon","coordinates":[%b]}',
    shapely.GeometryType.MULTIPOLYGON.value: b'{"type":"MultiPolygon","coordinates":[[%b]]}',
}

Geometries = NDArray[np.object_]


def shown_geometries(geometries: Geometries, decimals: int) -> Geometries:
    """The geometries as they are shown: flat, rounded, outer rings anticlockwise, x before y; None for empty ones.

    Areas are valid: where rounding, or the projection before it, crosses an outline with itself, it is drawn anew on
    the rounded grid. Multipolygons stay multipolygons.
    """
    flat = shapely.force_2d(geometries)
    # Adding zero turns -0.0 into 0.0.
    rounded = shapely.transform(flat, lambda xy: np.round(xy, decimals) + 0.0)
    crossed = np.flatnonzero(~shapely.is_valid(rounded) & (shapely.get_dimensions(rounded) == 2))
    for row in crossed.tolist():
        rounded[row] = _drawn_anew(flat[row], decimals) or rounded[row]
    shown = shapely.orient_polygons(rounded, exterior_cw=False)
    shown[shapely.is_empty(shown)] = None
    return np.asarray(shown, dtype=object)


def _drawn_anew(area: BaseGeometry, decimals: int) -> BaseGeometry | None:
    """An area on the rounded grid, valid; None for one narrower than it, better shown crossed than not at all."""
    whole = shapely.make_valid(area, method="structure", keep_collapsed=False)
    drawn = shapely.set_precision(whole, 10.0**-decimals)
    parts = shapely.get_parts(shapely.transform(drawn, lambda xy: np.round(xy, decimals) + 0.0))
    parts = parts[(shapely.get_dimensions(parts) == 2) & ~shapely.is_empty(parts)]
    if len(parts) == 0:
        return None
    return parts[0] if len(parts) == 1 and area.geom_type == "Polygon" else shapely.MultiPolygon(parts.tolist())


def geometry_bytes(shown: Geometries, *, swap_axes: bool = False) -> list[bytes]:
    """GeoJSON of each of `shown_geometries`; null where there is none. swap_axes: write y before x."""
    if swap_axes:
        shown = shapely.transform(shown, lambda xy: xy[:, ::-1])
    written = np.full(len(shown), b"null", dtype=object)
    rows, rings = _one_ring(shown)
    # orjson writes the numbers of an outline about four times as fast as GEOS.
    for row, ring, kind in zip(rows.tolist(), rings, shapely.get_type_id(shown[rows]).tolist(), strict=True):
        written[row] = _OUTLINE[kind] % orjson.dumps(ring, option=orjson.OPT_SERIALIZE_NUMPY)
    others = ~shapely.is_missing(shown)
    others[rows] = False
    written[others] = [text.encode() for text in shapely.to_geojson(shown[others])]
    return list(written)


def _one_ring(shown: Geometries) -> tuple[NDArray[np.int64], list[NDArray[np.float64]]]:
    """(rows of the areas that are one ring alone, the coordinates of each ring)."""
    parts, row = shapely.get_parts(shown, return_index=True)
    is_alone = np.bincount(row, minlength=len(shown))[row] == 1
    is_area = np.isin(shapely.get_type_id(shown)[row], list(_OUTLINE))
    chosen = is_alone & is_area & (shapely.get_num_interior_rings(parts) == 0)
    xy, ends = shapely.get_coordinates(parts[chosen]), np.cumsum(shapely.get_num_coordinates(parts[chosen]))
    return row[chosen], np.split(xy, ends[:-1]) if len(ends) else []


def shown_numbers(column: "pd.Series[Any]") -> NDArray[np.float64]:
    """(n,) numbers as they are shown, NaN = missing; rounding them again changes nothing."""
    return np.asarray(np.round(column.to_numpy(dtype="float64", na_value=np.nan), VALUE_DECIMALS) + 0.0)


def plain_columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Each column's values as JSON knows them: missing is None (or NaN, which is written null), dates are ISO 8601."""
    return {str(name): _plain(frame[name]) for name in frame}


def property_bytes(columns: Mapping[str, Sequence[Any]], rows: Iterable[int]) -> list[bytes]:
    """The JSON object of each of these rows of `plain_columns`."""
    names, values = list(columns), list(columns.values())
    return [orjson.dumps({name: own[row] for name, own in zip(names, values, strict=True)}) for row in rows]


def feature_bytes(ids: Iterable[str], geometries: Iterable[bytes], properties: Iterable[bytes]) -> list[bytes]:
    """One feature each, from its id, `geometry_bytes` and `property_bytes`."""
    return [
        b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}' % (orjson.dumps(name), geometry, values)
        for name, geometry, values in zip(ids, geometries, properties, strict=True)
    ]


def _plain(column: "pd.Series[Any]") -> list[Any]:
    if pd.api.types.is_datetime64_dtype(column):
        days = np.datetime_as_string(column.to_numpy().astype("datetime64[D]"))
        return [None if day == "NaT" else str(day) for day in days]
    if pd.api.types.is_float_dtype(column) and isinstance(column.dtype, np.dtype):
        return list(shown_numbers(column).tolist())
    values = column.tolist()
    if set(map(type, values)) <= {str, type(None)}:
        return values
    gone = column.isna().tolist()
    return [None if missing else _cell(value) for value, missing in zip(values, gone, strict=True)]


def _cell(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return value.isoformat() if isinstance(value, datetime.date) else value
