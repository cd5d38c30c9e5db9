"""One collection on one date, prepared once: the bytes of its features, and arrays to choose among them by."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from hazard_service.columns import Column, Kind
from hazard_service.feature_bytes import (
    Geometries,
    feature_bytes,
    geometry_bytes,
    plain_columns,
    property_bytes,
    shown_geometries,
    shown_numbers,
)
from hazard_service.ogc.boxes import Box, rectangle
from hazard_service.ogc.crs import Crs, moved

# Geometries are kept in so many reference systems at a time.
KEPT: Final = 4

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Drawn:
    """The features' geometries in one CRS.

    shown: (n,) as they are written, but x before y; bounds: (n, 4) xmin, ymin, xmax, ymax, NaN without geometry;
    written: GeoJSON of each.
    """

    shown: Geometries
    bounds: NDArray[np.float64]
    written: list[bytes]


class Layer:
    """A frame of `collections.frame_of`, ready to be paged.

    Its numbers are rounded here, once, so that filters and orders go by the very values that pages and files show.
    """

    def __init__(self, frame: GeoDataFrame, columns: Mapping[str, Column], caveats: Sequence[str] = ()) -> None:
        numbers = {name: shown_numbers(frame[name]) for name, column in columns.items() if column.kind == "number"}
        self.frame, self.columns, self.caveats = frame.assign(**numbers), columns, caveats
        self.ids: list[str] = frame.index.tolist()
        self.row_of = {name: row for row, name in enumerate(self.ids)}
        self._drawn: OrderedDict[str, Drawn] = OrderedDict()
        self._drawing = threading.Lock()
        self._arrays: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def drawn(self, crs: Crs) -> Drawn:
        """The geometries in a CRS."""
        with self._drawing:
            if crs.uri not in self._drawn:
                here = self.frame.geometry.to_numpy()
                shown = shown_geometries(moved(here, self.frame.crs, crs), crs.decimals)
                written = geometry_bytes(shown, swap_axes=crs.swap_axes)
                self._drawn[crs.uri] = Drawn(shown, shapely.bounds(shown), written)
                if len(self._drawn) > KEPT:
                    self._drawn.popitem(last=False)
            return self._drawn[crs.uri]

    def features(self, rows: Rows, crs: Crs, properties: Sequence[str] | None = None) -> list[bytes]:
        """These rows as features. properties: the columns they have; None = all."""
        written = self.drawn(crs).written
        if properties is None:
            values: Iterable[bytes] = (self._properties[row] for row in rows)
        else:
            values = property_bytes({name: self._plain[name] for name in properties}, rows.tolist())
        return feature_bytes((self.ids[row] for row in rows), (written[row] for row in rows), values)

    def feature(self, name: str, crs: Crs) -> bytes | None:
        """The feature of this id; None where there is none."""
        row = self.row_of.get(name)
        return None if row is None else self.features(np.array([row]), crs)[0]

    def meets(self, boxes: Sequence[Box], crs: Crs) -> Mask:
        """(n,) bool: the geometry as shown in this CRS meets one of the boxes; touching counts, and having none.

        Having none counts by 17-069r4, requirement 24: no box may hide what cannot be said to lie elsewhere.
        """
        drawn, found = self.drawn(crs), self.has_none.copy()
        for xmin, ymin, xmax, ymax in boxes:
            west, south, east, north = drawn.bounds.T
            near = (west <= xmax) & (east >= xmin) & (south <= ymax) & (north >= ymin)
            inside = near & (west >= xmin) & (east <= xmax) & (south >= ymin) & (north <= ymax)
            edge = np.flatnonzero(near & ~inside & ~found)
            found |= inside
            asked = rectangle((xmin, ymin, xmax, ymax))
            shapely.prepare(asked)
            found[edge] = shapely.intersects(asked, drawn.shown[edge])
        return found

    def array(self, name: str) -> NDArray[Any]:
        """(n,) values of a column: text as objects, None = missing; else float64, NaN = missing.

        Dates are whole days since 1970-01-01, flags 0 and 1.
        """
        if name not in self._arrays:
            self._arrays[name] = _array(self.frame[name], self.columns[name].kind)
        return self._arrays[name]

    @cached_property
    def has_none(self) -> Mask:
        """(n,) bool: it has no geometry, or an empty one."""
        here = self.frame.geometry.to_numpy()
        return np.asarray(shapely.is_missing(here) | shapely.is_empty(here), dtype=bool)

    @cached_property
    def _plain(self) -> dict[str, list[Any]]:
        return plain_columns(pd.DataFrame(self.frame[list(self.columns)]))

    @cached_property
    def _properties(self) -> list[bytes]:
        return property_bytes(self._plain, range(len(self)))


def _array(column: "pd.Series[Any]", kind: Kind) -> NDArray[Any]:
    gone = column.isna().to_numpy()
    if kind == "text":
        values = np.full(len(column), None, dtype=object)
        values[~gone] = column.to_numpy(dtype=object)[~gone]
        return values
    numbers = np.full(len(column), np.nan)
    there = column[~gone]
    numbers[~gone] = there.to_numpy().astype("datetime64[D]").astype(float) if kind == "date" else there.astype(float)
    return numbers
