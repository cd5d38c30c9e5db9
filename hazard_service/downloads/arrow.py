"""Tables as streams of Arrow batches, with geometry as well-known binary."""

from typing import Any, Final

import pandas as pd
import pyarrow as pa
import shapely

from hazard_service.columns import Column
from hazard_service.downloads.table import Table

GEOMETRY: Final = "geometry"
_TYPES: Final = {
    "text": pa.string(), "number": pa.float64(), "count": pa.int64(), "flag": pa.bool_(), "date": pa.date32(),
}  # fmt: skip


def reader(table: Table) -> pa.RecordBatchReader:
    """The rows; each field says its title, unit and meaning."""
    schema = schema_of(table)
    return pa.RecordBatchReader.from_batches(schema, (_batch(frame, table, schema) for frame in table.frames()))


def schema_of(table: Table) -> pa.Schema:
    """Columns in their order, the geometry last."""
    fields = [pa.field(name, _TYPES[one.kind], metadata=_told(one)) for name, one in table.columns.items()]
    return pa.schema([*fields, pa.field(GEOMETRY, pa.binary())])


def _told(column: Column) -> dict[str, str]:
    return {"title": column.title, "unit": column.unit, "description": column.description}


def _batch(frame: Any, table: Table, schema: pa.Schema) -> pa.RecordBatch:
    values = [_array(frame[name], column) for name, column in table.columns.items()]
    shapes = pa.array(shapely.to_wkb(frame.geometry.to_numpy()), pa.binary())
    return pa.record_batch([*values, shapes], schema=schema)


def _array(values: "pd.Series[Any]", column: Column) -> pa.Array:
    if column.kind == "date":
        return pa.array(values.to_numpy().astype("datetime64[D]"), _TYPES["date"])
    return pa.array(values, _TYPES[column.kind], from_pandas=True)
