"""Text formats as streams of bytes: GeoJSON, GeoJSON text sequences, CSV, and CSV with hashtags (HXL)."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import orjson
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service.downloads.hashtags import hashtag
from hazard_service.downloads.table import POINT, Table
from hazard_service.feature_bytes import feature_bytes, geometry_bytes, plain_columns, property_bytes
from hazard_service.reports.files import plain_cell

_BOM: Final = "\ufeff"


def geojson(table: Table) -> Iterator[bytes]:
    """One FeatureCollection, a feature a line. x stands before y in every CRS, as in any file of a GIS."""
    head = {
        "type": "FeatureCollection",
        "name": table.name,
        **({} if table.crs.is_degrees else {"crs": {"type": "name", "properties": {"name": _named(table)}}}),
        "title": table.title,
        "description": table.description,
        **table.about,
        "numberMatched": table.count,
        "warnings": list(table.warnings),
    }
    yield orjson.dumps(head)[:-1] + b',"features":['
    lead = b"\n"
    for frame in table.frames():
        yield lead + b",\n".join(_features(frame))
        lead = b",\n"
    yield b"\n]}\n"


def geojson_sequence(table: Table) -> Iterator[bytes]:
    """A feature a line, nothing else (GeoJSONSeq, newline-delimited): always longitude, latitude."""
    for frame in table.frames():
        yield b"\n".join(_features(frame)) + b"\n"


def _named(table: Table) -> str:
    """What GDAL knows the CRS by; the programme's own has no name, so its definition stands there."""
    code = table.crs.definition.to_epsg()
    return f"urn:ogc:def:crs:EPSG::{code}" if code else str(table.crs.definition.to_wkt("WKT1_GDAL"))


def _features(frame: GeoDataFrame) -> list[bytes]:
    columns = plain_columns(pd.DataFrame(frame.drop(columns="geometry")))
    values = property_bytes(columns, range(len(frame)))
    return feature_bytes(frame.index, geometry_bytes(frame.geometry.to_numpy()), values)


def csv_plain(table: Table) -> Iterator[bytes]:
    """CSV for spreadsheets: every text quoted, and none that would run."""
    yield from _csv(table, hashtags=False)


def csv_hashtags(table: Table) -> Iterator[bytes]:
    """The same with a second header row of HXL hashtags."""
    yield from _csv(table, hashtags=True)


def _csv(table: Table, *, hashtags: bool) -> Iterator[bytes]:
    heads = [*table.columns, *placing(table)]
    rows = [heads, [hashtag(name, table.columns.get(name)) for name in heads]] if hashtags else [heads]
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    yield (_BOM + text.getvalue()).encode()
    for frame in table.frames():
        cells = table_cells(frame, table)
        for name, column in table.columns.items():
            if column.kind == "text":
                cells[name] = cells[name].map(plain_cell)
        if table.shape != POINT:
            cells["WKT"] = list(shapely.to_wkt(frame.geometry.to_numpy(), rounding_precision=table.crs.decimals))
        yield cells.to_csv(index=False, header=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC).encode()


def placing(table: Table) -> list[str]:
    """Names of the columns that say where: a point in each, and for lines and areas their outline as text.

    Metres are of many systems: each row says of which.
    """
    point = ["longitude", "latitude"] if table.crs.is_degrees else ["x", "y", "crs"]
    return point if table.shape == POINT else [*point, "WKT"]


def table_cells(frame: GeoDataFrame, table: Table) -> pd.DataFrame:
    """A frame as cells of a spreadsheet: dates as text, and a point in each geometry."""
    cells: dict[str, Any] = {}
    for name, column in table.columns.items():
        values = frame[name]
        if column.kind == "date":
            values = pd.Series(values.dt.strftime("%Y-%m-%d"), index=frame.index, dtype=object)
        cells[name] = values
    points: Any = shapely.point_on_surface(frame.geometry.to_numpy())
    for name, part in zip(placing(table), (shapely.get_x(points), shapely.get_y(points)), strict=False):
        cells[name] = np.round(part, table.crs.decimals) + 0.0
    if not table.crs.is_degrees:
        code = table.crs.definition.to_epsg()
        cells["crs"] = f"EPSG:{code}" if code else table.crs.name
    return pd.DataFrame(cells, index=frame.index)
