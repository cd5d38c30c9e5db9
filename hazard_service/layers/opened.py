"""One table of a file as it stands, whatever its format: what every reader here hands on."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray

from hazard_service.errors import FileFormatError

# Each column and row costs memory however little it holds.
_MAX_COLUMNS = 1000
_MAX_ROWS = 5_000_000
_MAX_CELLS = 100_000_000
_MAX_TEXT = 1 << 30


@dataclass(frozen=True, eq=False)
class Opened:
    """One table of one file as it stands.

    columns: attributes as read, RangeIndex. geometry: (n,) 2D shapely geometries in the file's own CRS, None where
    null or unreadable; None for CSV and XLSX, whose coordinates are columns, and where a table has none. crs: None
    where the file states none.
    unclosed: (n,) bool, rings that reading had to close. notes: what the reader warned of.
    """

    columns: pd.DataFrame
    geometry: NDArray[np.object_] | None
    crs: pyproj.CRS | None
    unclosed: NDArray[np.bool_]
    notes: tuple[str, ...] = ()


def without_geometry(columns: pd.DataFrame) -> Opened:
    """A table of attributes only."""
    return Opened(columns, None, None, np.zeros(len(columns), dtype=bool))


def refuse_large(columns: int, rows: int, name: str) -> None:
    """Raises FileFormatError where a table has more columns, or more cells, than any table of the field."""
    if columns > _MAX_COLUMNS:
        raise FileFormatError(
            f"{name} has {columns:,} columns, over the limit of {_MAX_COLUMNS:,}; take out those not needed."
        )
    if rows > _MAX_ROWS or columns * rows > _MAX_CELLS:
        raise FileFormatError(
            f"{name} has {rows:,} rows of {columns:,} columns, over the limit of {_MAX_ROWS:,} rows or {_MAX_CELLS:,} "
            "values; split it, or take out columns that are not needed."
        )


def refuse_long_text(values: Iterable[object], name: str) -> None:
    """Raises FileFormatError where text that a file holds once, and points to often, adds up to far too much."""
    if sum(len(value) for value in values if isinstance(value, str | bytes)) > _MAX_TEXT:
        raise FileFormatError(
            f"{name} repeats text that adds up to over {_MAX_TEXT / 2**20:,.0f} MB; check it by hand."
        )


def expect_rows(opened: Opened, rows: int, name: str) -> Opened:
    """Raises FileFormatError where the reader left out rows that the file holds."""
    if len(opened.columns) != rows:
        raise FileFormatError(
            f"{name} holds {rows} rows but only {len(opened.columns)} can be read; "
            "open it in a GIS, mend it and save it again."
        )
    return opened


def first_line(message: object) -> str:
    """The first line of a library's message without paths, which are nobody else's business."""
    lines = str(message).splitlines() or [""]
    words = lines[0].split()
    return " ".join(word for word in words if "/" not in word and "\\" not in word).rstrip(".;:")
