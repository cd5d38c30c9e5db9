"""Opening vector files safely: the driver is named, never guessed, and what a file claims to be is checked first.

GDAL opens by content: a VRT or WFS description named .geojson, .gpkg or .shp reads any local file or calls any
address. So each extension has one driver, named by prefix or by the file's first bytes. Addresses and /vsi paths are
refused where programme.toml is read.
"""

import hashlib
from pathlib import Path

from hazard_service.errors import FileFormatError
from hazard_service.layers.csv_table import open_csv
from hazard_service.layers.gdal import read_gdal
from hazard_service.layers.geojson import open_geojson
from hazard_service.layers.geopackage import table_of, tables_of
from hazard_service.layers.opened import Opened, expect_rows
from hazard_service.layers.schema import TABLES
from hazard_service.layers.shapefiles import SHAPEFILE_PARTS, shapefile_copy

# Longest first, so that .shp.zip is not mistaken for .zip.
EXTENSIONS = (".shp.zip", ".geojson", ".json", ".gpkg", ".shp", ".csv")
MAX_BYTES = {".geojson": 256 << 20, ".json": 256 << 20, ".csv": 256 << 20}
MAX_BYTES_OTHER = 2 << 30


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
        return open_csv(path)
    opened = _open(path, kind, layer)
    if opened.geometry is None and layer not in TABLES:
        raise FileFormatError(f"{path.name} has no geometry; export the layer with its geometry.")
    return opened


def _open(path: Path, kind: str, layer: str) -> Opened:
    if kind == ".gpkg":
        table, rows = table_of(path, layer, _kinds(layer))
        return expect_rows(read_gdal(f"GPKG:{path.resolve()}", path.name, table), rows, path.name)
    if kind in (".shp", ".shp.zip"):
        with shapefile_copy(path) as copy:
            return read_gdal(str(copy), path.name, None)
    return open_geojson(path)


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
