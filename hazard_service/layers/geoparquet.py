"""GeoParquet, read by pyarrow: the GDAL of our wheels has no driver for it. Its "geo" metadata is checked."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray
from pyarrow import ArrowException, ChunkedArray, DataType, DictionaryArray, Table, concat_tables, int64, string, types
from pyarrow.parquet import ParquetFile

from hazard_service.errors import FileFormatError
from hazard_service.layers.opened import (
    Opened,
    expect_rows,
    first_line,
    refuse_large,
    refuse_long_text,
    without_geometry,
)
from hazard_service.layers.placing import WGS84
from hazard_service.layers.wkb import geometries

_MAGIC = b"PAR1"
MAX_UNPACKED_BYTES = 2 << 30


def open_geoparquet(path: Path) -> Opened:
    """Every row; geometry None where the file has no "geo" metadata. Raises FileFormatError."""
    with path.open("rb") as stream:
        if stream.read(4) != _MAGIC:
            raise FileFormatError(f"{path.name} is not a Parquet file; export the layer again.")
    try:
        # Text that repeats is held once: else a small file could fill any memory.
        with ParquetFile(path.resolve(), read_dictionary=_repeating(path)) as file:
            told = _geo(file.schema_arrow.metadata or {}, path.name)
            table = _table(file, path.name)
            rows = file.metadata.num_rows
        opened = _opened(table, told, path.name)
    except (ArrowException, OSError, KeyError, IndexError, UnicodeDecodeError) as error:
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
    """All rows, group by group, so that what unpacks to far too much is stopped."""
    refuse_large(len(file.schema_arrow), file.metadata.num_rows, name)
    groups: list[Table] = []
    held = 0
    for number in range(file.metadata.num_row_groups):
        stated = file.metadata.row_group(number).total_byte_size
        if held + stated <= MAX_UNPACKED_BYTES:
            groups.append(file.read_row_group(number, use_threads=False))
            stated = groups[-1].get_total_buffer_size()
        held += stated
        if held > MAX_UNPACKED_BYTES:
            raise FileFormatError(f"{name} unpacks to over {MAX_UNPACKED_BYTES / 2**20:,.0f} MB; split it.")
    return concat_tables(groups) if groups else file.schema_arrow.empty_table()


def _opened(table: Table, told: dict[str, Any] | None, name: str) -> Opened:
    if told is None:
        return without_geometry(_columns(table, "", name))
    column = told["column"]
    if told.get("encoding") != "WKB":
        raise FileFormatError(
            f'{name} keeps its geometry as "{told.get("encoding")}", which is not read; export it encoded as WKB.'
        )
    if column not in table.column_names or not _is_binary(table[column].type):
        raise FileFormatError(
            f"{name} has no binary column {column}, which should hold its geometry; export it as GeoParquet."
        )
    geometry, unclosed = geometries(_objects(table[column], name))
    notes = (
        ("edges are stated as spherical; they are read as straight lines",) if told.get("edges") == "spherical" else ()
    )
    return Opened(_columns(table, column, name), geometry, _crs(told), unclosed, notes)


def _columns(table: Table, geometry: str, name: str) -> pd.DataFrame:
    titles = [title for title in table.column_names if title != geometry]
    if len(set(titles)) < len(titles):
        raise FileFormatError(f"{name} has two columns of one name; give each its own.")
    columns = {title: pd.Series(_objects(table[title], name), dtype=object) for title in titles}
    return pd.DataFrame(columns, index=range(table.num_rows))


def _objects(values: ChunkedArray, name: str) -> NDArray[np.object_]:
    """(n,) Python objects; dates and times as ISO 8601 text."""
    if types.is_temporal(values.type) or types.is_decimal(values.type):
        values = values.cast(string())
    if types.is_dictionary(values.type):
        objects = np.concatenate([np.empty(0, dtype=object), *(_pointed(chunk) for chunk in values.chunks)])
    else:
        objects = np.fromiter(values.to_pylist(), dtype=object, count=len(values))
    refuse_long_text(objects, name)
    return objects


def _pointed(chunk: DictionaryArray) -> NDArray[np.object_]:
    words = [*chunk.dictionary.to_pylist(), None]
    places = chunk.indices.cast(int64()).fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(np.fromiter(words, dtype=object, count=len(words))[places], dtype=object)


def _repeating(path: Path) -> list[str]:
    """The columns of text or binary values, but for those whose encoding cannot repeat a value.

    Raises FileFormatError for the encoding that repeats beginnings of values, for nothing bounds what it swells to.
    """
    with ParquetFile(path.resolve()) as file:
        found = {field.name for field in file.schema_arrow if _is_text(field.type)}
        for number in range(file.metadata.num_row_groups):
            group = file.metadata.row_group(number)
            for column in (group.column(place) for place in range(group.num_columns)):
                if "DELTA_BYTE_ARRAY" in column.encodings:
                    raise FileFormatError(
                        f"{path.name} is encoded as DELTA_BYTE_ARRAY, which is not read; export it without that."
                    )
                if "DELTA_LENGTH_BYTE_ARRAY" in column.encodings:
                    found.discard(column.path_in_schema)
    return sorted(found)


def _is_text(kind: DataType) -> bool:
    return any(is_kind(kind) for is_kind in (types.is_string, types.is_binary, types.is_large_string))


def _is_binary(kind: DataType) -> bool:
    held = kind.value_type if types.is_dictionary(kind) else getattr(kind, "storage_type", kind)
    return any(is_kind(held) for is_kind in (types.is_binary, types.is_large_binary, types.is_binary_view))


def _crs(told: dict[str, Any]) -> pyproj.CRS | None:
    """The stated CRS; longitude and latitude where none is named, None where it is null or not known."""
    if "crs" not in told:
        return WGS84
    try:
        # The standard knows PROJJSON only.
        return pyproj.CRS.from_json_dict(told["crs"]) if isinstance(told["crs"], dict) else None
    except (pyproj.exceptions.CRSError, RecursionError):
        return None
