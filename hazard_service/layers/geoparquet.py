"""GeoParquet, read by pyarrow: the GDAL of our wheels has no driver for it. Its "geo" metadata is checked."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray
from pyarrow import ArrowException, ChunkedArray, Table, string, types
from pyarrow.parquet import ParquetFile

from hazard_service.errors import FileFormatError
from hazard_service.layers.opened import Opened, expect_rows, first_line, refuse_large, without_geometry
from hazard_service.layers.placing import WGS84
from hazard_service.layers.wkb import geometries

_MAGIC = b"PAR1"
MAX_UNPACKED_BYTES = 2 << 30
_BATCH_ROWS = 4096


def open_geoparquet(path: Path) -> Opened:
    """Every row; geometry None where the file has no "geo" metadata. Raises FileFormatError."""
    with path.open("rb") as stream:
        if stream.read(4) != _MAGIC:
            raise FileFormatError(f"{path.name} is not a Parquet file; export the layer again.")
    try:
        with ParquetFile(path.resolve()) as file:
            told = _geo(file.schema_arrow.metadata or {}, path.name)
            table = _table(file, path.name)
            rows = file.metadata.num_rows
        opened = _opened(table, told, path.name)
    except (ArrowException, OSError, UnicodeDecodeError) as error:
        raise FileFormatError(f"{path.name} cannot be read ({first_line(error)}); export the layer again.") from error
    return expect_rows(opened, rows, path.name)


def _geo(metadata: dict[bytes, bytes], name: str) -> dict[str, Any] | None:
    """(the primary column and what is said of it); None where there is no "geo" metadata."""
    written = metadata.get(b"geo")
    if written is None:
        return None
    try:
        geo = json.loads(written)
        column = geo["primary_column"]
        told = dict(geo["columns"][column])
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise FileFormatError(
            f'{name} has "geo" metadata that cannot be read; export it again as GeoParquet.'
        ) from error
    return {**told, "column": column}


def _table(file: ParquetFile, name: str) -> Table:
    """All rows, in batches, so that what unpacks to far too much is stopped."""
    refuse_large(len(file.schema_arrow), file.metadata.num_rows, name)
    batches, held = [], 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
        held += batch.nbytes
        if held > MAX_UNPACKED_BYTES:
            raise FileFormatError(f"{name} unpacks to over {MAX_UNPACKED_BYTES / 2**20:,.0f} MB; split it.")
        batches.append(batch)
    return Table.from_batches(batches, schema=file.schema_arrow)


def _opened(table: Table, told: dict[str, Any] | None, name: str) -> Opened:
    if told is None:
        return without_geometry(_columns(table, ""))
    column = told["column"]
    if told.get("encoding") != "WKB":
        raise FileFormatError(
            f'{name} keeps its geometry as "{told.get("encoding")}", which is not read; export it encoded as WKB.'
        )
    if column not in table.column_names:
        raise FileFormatError(
            f"{name} has no column {column}, which should hold its geometry; export it as GeoParquet."
        )
    geometry, unclosed = geometries(_objects(table[column]))
    notes = (
        ("edges are stated as spherical; they are read as straight lines",) if told.get("edges") == "spherical" else ()
    )
    return Opened(_columns(table, column), geometry, _crs(told), unclosed, notes)


def _columns(table: Table, geometry: str) -> pd.DataFrame:
    names = [name for name in dict.fromkeys(table.column_names) if name != geometry]
    return pd.DataFrame(
        {name: pd.Series(_objects(table[name]), dtype=object) for name in names}, index=range(table.num_rows)
    )


def _objects(values: ChunkedArray) -> NDArray[np.object_]:
    """(n,) Python objects; dates and times as ISO 8601 text."""
    if types.is_temporal(values.type) or types.is_decimal(values.type):
        values = values.cast(string())
    return np.fromiter(values.to_pylist(), dtype=object, count=len(values))


def _crs(told: dict[str, Any]) -> pyproj.CRS | None:
    """The stated CRS; longitude and latitude where none is named, None where it is null or not known."""
    if "crs" not in told:
        return WGS84
    try:
        return None if told["crs"] is None else pyproj.CRS.from_user_input(told["crs"])
    except pyproj.exceptions.CRSError:
        return None
