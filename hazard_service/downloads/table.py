"""What is written into a file: the rows chosen of one collection, passed on in batches."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyproj
import shapely
from geopandas import GeoDataFrame

from hazard_service.columns import DATES, Column
from hazard_service.feature_bytes import shown_geometries, shown_numbers
from hazard_service.ogc.crs import Crs, moved
from hazard_service.ogc.layer import Layer, Rows

# Rows that are in memory at a time.
BATCH: Final = 5_000
WARNING: Final = Column("Warning", "", "text", "What nobody may use this row for.")
POINT: Final = "geometry-point"


@dataclass(frozen=True, eq=False)
class Table:
    """One layer of a file.

    shape: as `ogc.collections.Collection.shape`. columns: of every frame, in their order. whole: every row has a
    geometry. warning: what each row says nobody may use it for. warnings: what a reader must know of all of it.
    about: who says it, of which dates, under which licence. frames: makes the frames, of at most BATCH rows each, by
    id: geometries in `crs`, x before y, rounded as shown, None for missing and empty ones; values typed by kind (text,
    float64, Int64, boolean, datetime64).
    """

    name: str
    title: str
    description: str
    shape: str
    columns: Mapping[str, Column]
    crs: Crs
    count: int
    whole: bool
    warning: str
    warnings: tuple[str, ...]
    about: Mapping[str, str]
    frames: Callable[[], Iterator[GeoDataFrame]]


def carried(columns: Mapping[str, Column]) -> dict[str, Column]:
    """The columns and, last, those that no row may be copied out of its file without."""
    return {**{name: column for name, column in columns.items() if name not in DATES}, **DATES, "warning": WARNING}


def frames_of(
    layer: Layer, rows: Rows, columns: Mapping[str, Column], crs: Crs, warning: str
) -> Iterator[GeoDataFrame]:
    """These rows of a layer as `Table.frames` has them."""
    here: pyproj.CRS = layer.frame.crs
    for start in range(0, len(rows), BATCH):
        batch = layer.frame.iloc[rows[start : start + BATCH]]
        yield typed(batch.assign(warning=warning), columns, moved(batch.geometry.to_numpy(), here, crs), crs)


def typed(frame: pd.DataFrame, columns: Mapping[str, Column], geometries: Any, crs: Crs) -> GeoDataFrame:
    """The columns of a frame by kind, with geometries that are in `crs` already."""
    values = {name: _typed(frame[name], column) for name, column in columns.items()}
    shown = shown_geometries(geometries, crs.decimals)
    return GeoDataFrame(values, geometry=shown, crs=crs.definition, index=frame.index)


def has_all(geometries: Any) -> bool:
    """Whether none is missing or empty."""
    return not (shapely.is_missing(geometries) | shapely.is_empty(geometries)).any()


def _typed(values: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    if column.kind == "text":
        texts = values.to_numpy(dtype=object, copy=True)
        texts[values.isna().to_numpy()] = None
        return pd.Series(list(texts), values.index, dtype="object")
    if column.kind == "number":
        return pd.Series(shown_numbers(values), values.index)
    if column.kind == "date":
        return values.astype("datetime64[s]")
    numbers, gone = values.astype("float64").to_numpy(), values.isna().to_numpy()
    if column.kind == "flag":
        return pd.Series(pd.arrays.BooleanArray(np.where(gone, 0.0, numbers) != 0, gone), values.index)
    return pd.Series(pd.arrays.IntegerArray(np.where(gone, 0.0, numbers).astype(np.int64), gone), values.index)
