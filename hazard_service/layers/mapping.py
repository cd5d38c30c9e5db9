"""Foreign columns and values to ours, by the [columns] and [values] tables of programme.toml. All values as text."""

import math
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hazard_service.errors import LayerError
from hazard_service.layers.manifest import Manifest
from hazard_service.layers.opened import Opened
from hazard_service.layers.schema import COLUMNS, COORDINATES

_COORDINATE_HEADERS = (("longitude", "latitude"), ("lon", "lat"), ("x", "y"))
# The dBASE table of a Shapefile cuts column names at ten characters.
_DBF_NAME = 10
# Control characters (C0, DEL, C1) and line breaks: with them a value of the data could forge lines of a report.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def map_columns(opened: Opened, layer: str, path: Path, manifest: Manifest) -> tuple[pd.DataFrame, set[str]]:
    """(our columns as text or None, in the order of the rows, and `_untidy`; our columns that the file lacks).

    Every value is on one line. `_untidy` names the columns where a row's value had to be tidied for that, or has spaces
    at the ends of a text; None where it had not.
    [columns] names the source of a column, the first of several that has a value; otherwise a column of our own name
    is taken, capitals or not. [values] then translates words.
    """
    stated = manifest.columns.get(layer, {})
    find = _Finder(opened.columns.columns, path)
    columns, lacking = {}, set()
    untidy: list[list[str]] = [[] for _ in range(len(opened.columns))]
    for ours, kind in COLUMNS[layer].items():
        sources = [name for name in map(find, stated.get(ours, (ours,))) if name is not None]
        if not sources:
            lacking.add(ours)
        written = _coalesced([as_text(opened.columns[name]) for name in sources], len(opened.columns))
        text = [None if value is None else _CONTROLS.sub(" ", value) for value in written]
        for names, before, after in zip(untidy, written, text, strict=True):
            if before != after or (kind == "text" and after is not None and after != after.strip()):
                names.append(ours)
        words = manifest.values.get((layer, ours))
        columns[ours] = pd.Series([words.get(str(v).strip(), v) for v in text] if words else text, dtype=object)
    columns["_untidy"] = pd.Series([", ".join(names) or None for names in untidy], dtype=object)
    return pd.DataFrame(columns, index=opened.columns.index), lacking


def refuse_lost_columns(layer: str, lacking: Iterable[set[str]], headers: Iterable[str], manifest: Manifest) -> None:
    """Raises LayerError where [columns] names a source that no file of the layer has: a misspelling loses a column."""
    lost = set.intersection(*lacking) & set(manifest.columns.get(layer, {}))
    for ours in sorted(lost):
        theirs = " or ".join(manifest.columns[layer][ours])
        raise LayerError(
            f"[columns.{layer}] takes {ours} from {theirs}, which no file has; "
            f"its columns are: {_CONTROLS.sub(' ', ', '.join(headers))}."
        )


def points_of(opened: Opened, layer: str, path: Path, manifest: Manifest) -> NDArray[np.object_]:
    """(n,) points from the coordinate columns of a CSV file; None where a number is missing or cannot be read.

    Raises LayerError where no such columns are found.
    """
    stated = manifest.columns.get(layer, {})
    find = _Finder(opened.columns.columns, path)
    pairs = [tuple(stated[name][0] for name in COORDINATES)] if set(COORDINATES) <= set(stated) else _COORDINATE_HEADERS
    for pair in pairs:
        names = [find(name) for name in pair]
        if None not in names:
            x, y = (pd.to_numeric(opened.columns[name], errors="coerce").to_numpy(dtype=float) for name in names)
            points = np.asarray(shapely.points(x, y), dtype=object)
            points[np.isnan(x) | np.isnan(y)] = None
            return points
    raise LayerError(
        f"{path.name} has no coordinates; give it columns longitude and latitude, or name them under "
        f"[columns.{layer}] in programme.toml."
    )


def as_text(values: pd.Series) -> list[str | None]:
    """Each value as text, whole numbers without a decimal point; None where it is missing or blank."""
    return [_text(value) for value in values.to_numpy(dtype=object)]


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value if _CONTROLS.sub(" ", value).strip() else None
    if isinstance(value, list | tuple | np.ndarray):
        return ";".join(str(part) for part in value) or None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float | np.floating):
        number = float(value)
        if math.isnan(number):
            return None
        # A column of whole numbers with a gap is read as decimal numbers; 12 must not become 12.0.
        return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)
    return str(value)


def _coalesced(sources: list[list[str | None]], count: int) -> list[str | None]:
    if not sources:
        return [None] * count
    return [next((value for value in row if value is not None), None) for row in zip(*sources, strict=True)]


class _Finder:
    """Finds a column by its exact name, then by its name in other capitals, then as a Shapefile cuts it."""

    def __init__(self, names: Iterable[object], path: Path) -> None:
        self._exact = [str(name) for name in names]
        self._folded = {name.casefold(): name for name in reversed(self._exact)}
        self._cut = path.name.lower().endswith((".shp", ".shp.zip"))

    def __call__(self, name: str) -> str | None:
        if name in self._exact:
            return name
        found = self._folded.get(name.casefold())
        return self._folded.get(name.casefold()[:_DBF_NAME]) if found is None and self._cut else found
