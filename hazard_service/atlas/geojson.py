"""Frames to RFC 7946 GeoJSON: WGS 84 in seven decimals, outer rings anticlockwise, the same bytes for the same data."""

import datetime
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service.feature_bytes import DEGREE_DECIMALS, VALUE_DECIMALS, shown_geometries

Feature = dict[str, Any]


def plain(value: Any) -> Any:
    """A cell as JSON knows it: missing, infinite and not-a-number become null, dates ISO 8601."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return round(value, VALUE_DECIMALS) + 0.0 if math.isfinite(value) else None
    if pd.isna(value):
        return None
    if isinstance(value, datetime.date | np.datetime64):
        return pd.Timestamp(value).date().isoformat()
    raise TypeError(f"a {type(value).__name__} has no place in a GeoJSON property")


def rows(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    """One plain dict per row of the columns that the frame has, in the order given."""
    there = [name for name in columns if name in frame.columns]
    cells = [frame[name].tolist() for name in there]
    return [dict(zip(there, map(plain, row), strict=True)) for row in zip(*cells, strict=True)]


def geometries(frame: GeoDataFrame) -> list[dict[str, Any] | None]:
    """GeoJSON geometry of each row; None where it is missing or empty."""
    shown = shown_geometries(frame.geometry.to_crs("EPSG:4326").to_numpy(), DEGREE_DECIMALS)
    return [None if shape is None else shapely.geometry.mapping(shape) for shape in shown]


def features(frame: GeoDataFrame, ids: Sequence[str], properties: Sequence[dict[str, Any]]) -> list[Feature]:
    """One feature per row, in the order of the frame."""
    return [
        {"type": "Feature", "id": str(name), "geometry": geometry, "properties": values}
        for name, geometry, values in zip(ids, geometries(frame), properties, strict=True)
    ]


def collection(found: Sequence[Feature], **members: Any) -> bytes:
    """A FeatureCollection, sorted by id; `members` (dates, warnings) stand beside the features."""
    ordered = sorted(found, key=lambda feature: (feature["id"], dump(feature)))
    return dump({"type": "FeatureCollection", **members, "features": ordered})


def dump(document: Any) -> bytes:
    """Compact UTF-8 JSON; NaN is refused rather than written."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
