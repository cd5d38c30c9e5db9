"""The formats that are offered, and tables written in one of them."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from hazard_service.downloads.parquet import geoparquet
from hazard_service.downloads.table import Table
from hazard_service.downloads.text import csv_hashtags, csv_plain, geojson, geojson_sequence
from hazard_service.downloads.vector import flatgeobuf, geopackage, kml, shapefile
from hazard_service.downloads.workbook import workbook

EVERYTHING: Final = "everything"


@dataclass(frozen=True)
class Format:
    """One format.

    suffix: how a file's name ends. media_type: as HTTP names it. degrees: it knows no CRS but longitude and latitude.
    stream: its bytes, piece by piece; or write: a file at once, of a table; or takes_many: a file of several tables.
    is_text: worth compressing on its way.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    stream: Callable[[Table], Iterator[bytes]] | None = None
    write: Callable[[Table, Path], None] | None = None
    takes_many: bool = False
    is_text: bool = False
    degrees: bool = False


FORMATS: Final = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("geojson", "GeoJSON", "geojson", "application/geo+json", stream=geojson, is_text=True),
            Format(
                "geojsonl", "GeoJSON, a feature a line", "geojsonl", "application/geo+json-seq",
                stream=geojson_sequence, is_text=True, degrees=True,
            ),
            Format("gpkg", "GeoPackage", "gpkg", "application/geopackage+sqlite3", takes_many=True),
            Format("fgb", "FlatGeobuf", "fgb", "application/flatgeobuf", write=flatgeobuf),
            Format("parquet", "GeoParquet", "parquet", "application/vnd.apache.parquet", write=geoparquet),
            Format("shp", "Shapefile", "shp.zip", "application/zip", takes_many=True),
            Format("kml", "KML", "kml", "application/vnd.google-earth.kml+xml", write=kml, is_text=True, degrees=True),
            Format("csv", "CSV", "csv", "text/csv; charset=utf-8", stream=csv_plain, is_text=True),
            Format("hxl", "CSV with HXL tags", "hxl.csv", "text/csv; charset=utf-8", stream=csv_hashtags, is_text=True),
            Format(
                "xlsx", "Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                write=workbook,
            ),
        )
    }
)  # fmt: skip


def write(tables: Sequence[Table], form: Format, folder: Path, papers: Mapping[str, str]) -> list[Path]:
    """Write the tables into a folder; return the files: one for all of them where the format takes many, else one each.

    papers: by file name, what a Shapefile's archive holds beside its parts.
    """
    if not form.takes_many:
        return [_written(table, form, folder / f"{table.name}.{form.suffix}") for table in tables]
    path = folder / f"{tables[0].name if len(tables) == 1 else EVERYTHING}.{form.suffix}"
    path.unlink(missing_ok=True)
    if form.name == "gpkg":
        geopackage(tables, path)
    else:
        with tempfile.TemporaryDirectory(dir=folder) as parts:
            for table in tables:
                shapefile(table, Path(parts) / f"{table.name}.shp")
            pack(sorted(Path(parts).iterdir()), papers, path)
    return [path]


def _written(table: Table, form: Format, path: Path) -> Path:
    path.unlink(missing_ok=True)
    if form.stream is not None:
        with path.open("wb") as file:
            file.writelines(form.stream(table))
    elif form.write is not None:
        form.write(table, path)
    return path


def pack(files: Sequence[Path], papers: Mapping[str, str], path: Path) -> None:
    """A ZIP archive of files and papers."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in papers.items():
            archive.writestr(name, text)
        for file in files:
            archive.write(file, file.name)
