"""Opening vector files safely: the driver is named, never guessed, and what a file claims to be is checked first.

GDAL opens by content: a VRT or WFS description named .geojson, .gpkg or .shp reads any local file or calls any
address. So each extension has one driver, named by prefix or by the file's first bytes, or a reader that is not GDAL:
expat for KML, pyarrow for GeoParquet, openpyxl for XLSX. Addresses and /vsi paths are refused where programme.toml is
read.
"""

import hashlib
from pathlib import Path

from hazard_service.errors import FileFormatError
from hazard_service.layers.csv_table import open_csv
from hazard_service.layers.flatgeobuf import count_features
from hazard_service.layers.gdal import read_gdal
from hazard_service.layers.geojson import open_geojson
from hazard_service.layers.geojsonseq import open_geojsonseq
from hazard_service.layers.geopackage import table_of, tables_of
from hazard_service.layers.geoparquet import open_geoparquet
from hazard_service.layers.kml import open_kml, open_kmz
from hazard_service.layers.opened import Opened, expect_rows
from hazard_service.layers.schema import TABLES
from hazard_service.layers.shapefiles import SHAPEFILE_PARTS, shapefile_copy
from hazard_service.layers.xlsx import open_xlsx

# Longest first, so that .shp.zip is not mistaken for .zip.
EXTENSIONS = (
    ".shp.zip", ".geojson", ".json", ".geojsonl", ".geojsons", ".geojsonseq", ".gpkg", ".shp", ".fgb", ".parquet",
    ".geoparquet", ".kml", ".kmz", ".csv", ".xlsx",
)  # fmt: skip
# Tables whose coordinates are columns, or that need none.
PLAIN_TABLES = (".csv", ".xlsx")
# Files that may hold several layers, each under its name.
_OF_SEVERAL = (".gpkg", ".xlsx")
# Known, to say what to do with them.
OTHER_SHEETS = (".xls", ".xlsm", ".xlsb", ".ods")
# Formats that are held in memory while they are read.
MAX_BYTES = {
    **dict.fromkeys((".geojson", ".json", ".geojsonl", ".geojsons", ".geojsonseq", ".kml", ".kmz", ".csv"), 256 << 20),
    **dict.fromkeys((".parquet", ".geoparquet"), 512 << 20),
    ".xlsx": 128 << 20,
}
MAX_BYTES_OTHER = 2 << 30


def extension(path: Path) -> str:
    """The extension that decides the driver. Raises FileFormatError for one that is not read."""
    for known in EXTENSIONS:
        if path.name.lower().endswith(known):
            return known
    if path.suffix.lower() in OTHER_SHEETS:
        raise FileFormatError(f"{path.name} is a spreadsheet of a kind that is not read here; save it as .xlsx.")
    raise FileFormatError(f"{path.name} is not in a format that is read here; use one of {', '.join(EXTENSIONS)}.")


def open_vector(path: Path, layer: str) -> Opened:
    """Every row of a file; of a GeoPackage or workbook with several tables the one named `layer`.

    Raises FileFormatError where the file is missing, empty, too large, not what its extension says, or has no geometry
    though the layer is none of TABLES.
    """
    kind = extension(path)
    size = _size(path, MAX_BYTES.get(kind, MAX_BYTES_OTHER))
    if size == 0:
        raise FileFormatError(f"{path.name} is empty; export the layer again.")
    if kind == ".csv":
        return open_csv(path)
    if kind == ".xlsx":
        return open_xlsx(path, layer)
    opened = _open(path, kind, layer)
    if opened.geometry is None and layer not in TABLES:
        better = "it as GeoParquet" if kind in (".parquet", ".geoparquet") else "the layer with its geometry"
        raise FileFormatError(f"{path.name} has no geometry; export {better}.")
    return opened


def _open(path: Path, kind: str, layer: str) -> Opened:
    if kind == ".gpkg":
        table, rows = table_of(path, layer, _kinds(layer))
        return expect_rows(read_gdal(f"GPKG:{path.resolve()}", path.name, table), rows, path.name)
    if kind in (".shp", ".shp.zip"):
        with shapefile_copy(path) as copy:
            return read_gdal(str(copy), path.name, None)
    if kind == ".fgb":
        rows = count_features(path)
        return expect_rows(read_gdal(str(path.resolve()), path.name, None), rows, path.name)
    return _READERS[kind](path)


_READERS = {
    ".geojson": open_geojson,
    ".json": open_geojson,
    ".geojsonl": open_geojsonseq,
    ".geojsons": open_geojsonseq,
    ".geojsonseq": open_geojsonseq,
    ".parquet": open_geoparquet,
    ".geoparquet": open_geoparquet,
    ".kml": open_kml,
    ".kmz": open_kmz,
}


def table_key(path: Path, layer: str) -> str:
    """What tells the tables of one file apart: the layer, where a file may hold several."""
    return layer if extension(path) in _OF_SEVERAL else ""


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
