"""Opening vector files safely: the driver is named, never guessed, and what a file claims to be is checked first.

GDAL opens by content: a VRT or WFS description named .geojson, .gpkg or .shp reads any local file or calls any
address. So each extension has one driver, named by prefix or by the file's first bytes. Addresses and /vsi paths are
refused where programme.toml is read.
"""

import csv
import hashlib
import io
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from hazard_service.errors import FileFormatError
from hazard_service.layers.geojson import crs_is_known, geojson_document, is_whole
from hazard_service.layers.geopackage import table_of, tables_of
from hazard_service.layers.schema import TABLES
from hazard_service.layers.shapefiles import SHAPEFILE_PARTS, shapefile_copy

# Longest first, so that .shp.zip is not mistaken for .zip.
EXTENSIONS = (".shp.zip", ".geojson", ".json", ".gpkg", ".shp", ".csv")
MAX_BYTES = {".geojson": 256 << 20, ".json": 256 << 20, ".csv": 256 << 20}
MAX_BYTES_OTHER = 2 << 30
# Each column of a CSV costs memory however short its rows are.
_MAX_CSV_COLUMNS = 1000


@dataclass(frozen=True, eq=False)
class Opened:
    """One table of one file as it stands.

    columns: attributes as read, RangeIndex. geometry: (n,) 2D shapely geometries in the file's own CRS, None where
    null or unreadable; None for CSV, whose coordinates are columns, and where a table has none. crs: None where the
    file states none.
    unclosed: (n,) bool, rings that reading had to close. notes: what the reader warned of.
    """

    columns: pd.DataFrame
    geometry: NDArray[np.object_] | None
    crs: pyproj.CRS | None
    unclosed: NDArray[np.bool_]
    notes: tuple[str, ...] = ()


def extension(path: Path) -> str:
    """The extension that decides the driver. Raises FileFormatError for one that is not read."""
    for known in EXTENSIONS:
        if path.name.lower().endswith(known):
            return known
    raise FileFormatError(f"{path.name} is not in a format that is read here; use one of {', '.join(EXTENSIONS)}.")


def open_vector(path: Path, layer: str) -> Opened:
    """Every row of a file; of a GeoPackage with several tables the one named `layer`.

    Raises FileFormatError where the file is missing, empty, too large, not what its extension says, or has no geometry
    though the layer is none of TABLES.
    """
    kind = extension(path)
    size = _size(path, MAX_BYTES.get(kind, MAX_BYTES_OTHER))
    if size == 0:
        raise FileFormatError(f"{path.name} is empty; export the layer again.")
    if kind == ".csv":
        return _open_csv(path)
    opened = _open(path, kind, layer)
    if opened.geometry is None and layer not in TABLES:
        raise FileFormatError(f"{path.name} has no geometry; export the layer with its geometry.")
    return opened


def _open(path: Path, kind: str, layer: str) -> Opened:
    if kind == ".gpkg":
        table, rows = table_of(path, layer, _kinds(layer))
        return _expect_rows(_read(f"GPKG:{path.resolve()}", path.name, table), rows, path.name)
    if kind in (".shp", ".shp.zip"):
        with shapefile_copy(path) as copy:
            return _read(str(copy), path.name, None)
    return _open_geojson(path)


def geopackage_tables(path: Path, layer: str) -> list[str]:
    """Names of the tables of a GeoPackage that may hold a layer, in its own order. Raises FileFormatError."""
    _size(path, MAX_BYTES_OTHER)
    return tables_of(path, _kinds(layer))


def _kinds(layer: str) -> tuple[str, ...]:
    return ("features", "attributes") if layer in TABLES else ("features",)


def hashes(path: Path) -> dict[str, str]:
    """SHA-256 of a file, and of the parts beside a .shp, by file name."""
    parts = [path]
    if path.name.lower().endswith(".shp"):
        parts = [part for suffix in SHAPEFILE_PARTS if (part := path.with_suffix(suffix)).is_file()]
    found = {}
    for part in parts:
        with part.open("rb") as stream:
            found[part.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def _size(path: Path, most: int) -> int:
    try:
        if not path.is_file():
            raise FileFormatError(f"{path.name} is not there; put the file in place or take it out of programme.toml.")
        size = path.stat().st_size
        path.open("rb").close()
    except OSError as error:
        raise FileFormatError(
            f"{path.name} cannot be opened ({error.strerror}); check its name and who may read it."
        ) from error
    if size > most:
        raise FileFormatError(
            f"{path.name} is {size / 2**20:,.0f} MB, over the limit of {most / 2**20:,.0f} MB; "
            "split it, or export it as GeoPackage."
        )
    return size


def _read(source: str, name: str, table: str | None) -> Opened:
    frame, notes = _read_frame(source, name, table, "ignore")
    if not isinstance(frame, GeoDataFrame):
        return Opened(frame, None, None, np.zeros(len(frame), dtype=bool), notes)
    geometry = shapely.force_2d(np.asarray(frame.geometry, dtype=object))
    unclosed = np.zeros(len(frame), dtype=bool)
    if shapely.is_missing(geometry).any():
        # An unclosed ring cannot be parsed; closing it loses no ground, refusing it would lose the hazard.
        closed, _ = _read_frame(source, name, table, "fix")
        mended = shapely.force_2d(np.asarray(closed.geometry, dtype=object))
        unclosed = shapely.is_missing(geometry) & ~shapely.is_missing(mended)
        geometry = mended
    columns = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return Opened(columns, geometry, frame.crs, unclosed, notes)


def _read_frame(source: str, name: str, table: str | None, on_invalid: str) -> tuple[Any, tuple[str, ...]]:
    options = {"force_2d": True, "datetime_as_string": True, "on_invalid": on_invalid, "use_arrow": False}
    if source.startswith("GeoJSON:"):
        # Otherwise GDAL takes what looks like a date for one, and the 30th of February stops the whole file.
        options["DATE_AS_STRING"] = "YES"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            try:
                frame = pyogrio.read_dataframe(source, layer=table, **options)
            except UnicodeDecodeError:
                raise
            except ValueError:
                # The same in a column of dates. As text it is a finding of its row.
                query = _dates_as_text(source, table)
                frame = pyogrio.read_dataframe(source, sql=query, sql_dialect="OGRSQL", **options)
        except UnicodeDecodeError as error:
            raise FileFormatError(
                f"{name} holds text that is not UTF-8 as it claims; export it again as UTF-8."
            ) from error
        except (DataSourceError, DataLayerError) as error:
            raise FileFormatError(f"{name} cannot be read ({_first_line(error)}); export the layer again.") from error
    # Warnings about single geometries show up as findings of their rows.
    return frame, tuple(dict.fromkeys(_first_line(warning.message) for warning in caught))


def _dates_as_text(source: str, table: str | None) -> str:
    info = pyogrio.read_info(source, layer=table)
    columns = [
        f'CAST("{field}" AS character(40)) AS "{field}"' if kind in ("OFTDate", "OFTDateTime") else f'"{field}"'
        for field, kind in zip((_quoted(name) for name in info["fields"]), info["ogr_types"], strict=True)
    ]
    return f'SELECT {", ".join(columns)} FROM "{_quoted(info["layer_name"])}"'


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def _first_line(message: object) -> str:
    # GDAL names the full path, which is nobody else's business.
    words = str(message).splitlines()[0].split()
    return " ".join(word for word in words if "/" not in word and "\\" not in word).rstrip(".;:")


def _expect_rows(opened: Opened, rows: int, name: str) -> Opened:
    if len(opened.columns) != rows:
        raise FileFormatError(
            f"{name} holds {rows} rows but only {len(opened.columns)} can be read; "
            "open it in a GIS, mend it and save it again."
        )
    return opened


def _open_geojson(path: Path) -> Opened:
    document = geojson_document(path)
    rows = len(document["features"])
    try:
        known = crs_is_known(document, path.name)
        broken = [feature for feature in document["features"] if not is_whole(feature, path.name)]
    except RecursionError as error:
        raise FileFormatError(f"{path.name} is broken or cut off; export the layer again.") from error
    if broken:
        # GDAL leaves out the parts it cannot read and keeps the rest; a hazard is read whole or refused.
        for feature in broken:
            for key in [key for key in feature if key.casefold() == "geometry"]:
                feature[key] = None
        with TemporaryDirectory(prefix="hazard-service-") as folder:
            copy = Path(folder) / "layer.geojson"
            copy.write_text(json.dumps(document), encoding="utf-8")
            opened = _read(f"GeoJSON:{copy}", path.name, None)
    else:
        opened = _read(f"GeoJSON:{path.resolve()}", path.name, None)
    _expect_rows(opened, rows, path.name)
    if known:
        return opened
    return Opened(opened.columns, opened.geometry, None, opened.unclosed, opened.notes)


def _open_csv(path: Path) -> Opened:
    # Everything is text here: a zero at the start of a code is part of the code.
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{path.name} is not UTF-8 text; save it as CSV UTF-8.") from error
    header = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=header.count)
    if (count := _csv_columns(text, separator, path.name)) > _MAX_CSV_COLUMNS:
        raise FileFormatError(
            f"{path.name} has {count:,} columns, over the limit of {_MAX_CSV_COLUMNS:,}; take out those not needed."
        )
    try:
        # A row with more fields than the header would be cut short with a mere warning.
        with warnings.catch_warnings(), path.open(encoding="utf-8-sig", newline="") as stream:
            warnings.simplefilter("error", pd.errors.ParserWarning)
            columns = pd.read_csv(
                stream, sep=separator, dtype=object, keep_default_na=False, na_values=[""], index_col=False
            )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning, ValueError) as error:
        raise FileFormatError(f"{path.name} is not a regular table ({_first_line(error)}); save it again.") from error
    return Opened(columns, None, None, np.zeros(len(columns), dtype=bool))


def _csv_columns(text: str, separator: str, name: str) -> int:
    """Columns of the first row that is not blank, which is the header."""
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if len(row) > 1 or "".join(row).strip():
                return len(row)
    except csv.Error as error:
        raise FileFormatError(f"{name} is not a regular table ({_first_line(error)}); save it again.") from error
    return 0
