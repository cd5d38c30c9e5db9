"""GeoParquet 1.1: one group of rows a batch."""

import json
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from hazard_service.downloads.arrow import GEOMETRY, reader
from hazard_service.downloads.table import Table

_SHAPES: Final = {
    "geometry-point": "Point",
    "geometry-multipolygon": "MultiPolygon",
    "geometry-multilinestring": "MultiLineString",
}


def geoparquet(table: Table, path: Path) -> None:
    """Write it; warnings, dates and licence stand in the file's own metadata, and each column's meaning with it."""
    rows = reader(table)
    schema: pa.Schema = rows.schema.with_metadata(_metadata(table))
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for batch in rows:
            file.write_batch(batch.cast(schema))


def _metadata(table: Table) -> dict[str, str]:
    described = {
        "encoding": "WKB",
        "geometry_types": [_SHAPES[table.shape]],
        "crs": table.crs.definition.to_json_dict(),
        "orientation": "counterclockwise",
    }
    return {
        "geo": json.dumps({"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: described}}),
        "title": table.title,
        "description": table.description,
        "warnings": "\n".join(table.warnings),
        **table.about,
    }
