"""Formats that GDAL writes: GeoPackage, FlatGeobuf, Shapefile, KML. Rows reach it as a stream, never all at once."""

import csv
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa
import pyogrio
from geopandas import GeoDataFrame

from hazard_service.downloads.arrow import GEOMETRY, reader
from hazard_service.downloads.geopackage import describe
from hazard_service.downloads.table import WARNING, Table
from hazard_service.errors import ParameterError
from hazard_service.reports.xlsx import xml_text

_SHAPES: Final = MappingProxyType(
    {
        "geometry-point": "Point",
        "geometry-multipolygon": "MultiPolygon",
        "geometry-multilinestring": "MultiLineString",
    }
)
# Bytes of a name and of a text in a Shapefile's table.
_NAME_BYTES: Final = 10
_TEXT_BYTES: Final = 254
# Beyond, many programs read a part of it only.
MOST_BYTES: Final = 2**31 - 1


def geopackage(tables: Sequence[Table], path: Path) -> None:
    """All tables as layers of one GeoPackage, with styles, titles, units and meanings inside."""
    for table in tables:
        told = {**table.about, "warnings": "\n".join(table.warnings)}
        options = {"IDENTIFIER": table.title, "DESCRIPTION": f"{table.description} {table.warning}"}
        # 1.2: what GDAL and QGIS of many years read without a complaint.
        _write(table, path, "GPKG", dataset_options={"VERSION": "1.2"}, layer_options=options, layer_metadata=told)
    describe(tables, path)


def flatgeobuf(table: Table, path: Path) -> None:
    """FlatGeobuf, with its index of places unless a row has no geometry, which the index cannot hold."""
    index = "YES" if table.whole else "NO"
    options = {"SPATIAL_INDEX": index, "TITLE": table.title, "DESCRIPTION": " ".join(table.warnings)}
    _write(table, path, "FlatGeobuf", layer_options=options)


def kml(table: Table, path: Path) -> None:
    """KML: longitude and latitude; dates as text, as it knows no others."""
    columns = {name: dataclasses.replace(one, kind="text") if one.kind == "date" else one
               for name, one in table.columns.items()}  # fmt: skip

    def frames() -> Iterator[GeoDataFrame]:
        for frame in table.frames():
            yield frame.assign(**{name: _kml_text(frame[name]) for name, one in columns.items() if one.kind == "text"})

    named = "name" if "name" in columns else next(iter(columns))
    plain = dataclasses.replace(table, columns=columns, frames=frames)
    _write(plain, path, "KML", dataset_options={"NameField": named})


def _kml_text(values: Any) -> Any:
    if values.dtype != object:
        values = values.dt.strftime("%Y-%m-%d").astype(object)
    return values.map(xml_text, na_action="ignore").astype(object)


def shapefile(table: Table, path: Path) -> None:
    """The parts of a Shapefile beside `path`, and a list of its shortened names: NAME.fields.csv.

    Texts are cut at 254 bytes, the most its table holds; the list says in how many rows. The warning is never cut: it
    goes on in `warning_2` and so on.
    """
    warning = {"warning" if part == 1 else f"warning_{part}": text
               for part, text in enumerate(_parts(table.warning), start=1)}  # fmt: skip
    every = {**table.columns, **dict.fromkeys(warning, WARNING)}
    short, cut = short_names(every), dict.fromkeys(every, 0)

    def frames() -> Iterator[GeoDataFrame]:
        for whole in table.frames():
            frame = whole.assign(**warning)
            texts = {name: frame[name].map(_cut, na_action="ignore") for name, one in every.items()
                     if one.kind == "text"}  # fmt: skip
            for name, values in texts.items():
                cut[name] += int((values.notna() & (values != frame[name])).sum())
            yield frame.assign(**texts).rename(columns=short)

    columns = {short[name]: one for name, one in every.items()}
    plain = dataclasses.replace(table, columns=columns, frames=frames)
    _write(plain, path, "ESRI Shapefile", layer_options={"ENCODING": "UTF-8"})
    _check_size(path)
    with path.with_suffix(".fields.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["field", "name", "title", "unit", "description", "rows cut to 254 bytes"])
        for name, one in every.items():
            writer.writerow([short[name], name, one.title, one.unit, one.description, cut[name]])


def _check_size(path: Path) -> None:
    if any(part.stat().st_size > MOST_BYTES for part in path.parent.glob(f"{path.stem}.*")):
        raise ParameterError(
            f"{path.stem} needs more than the 2 GB that a Shapefile holds; ask for fewer rows with "
            '"filter" or "bbox", or for another format.'
        )


def short_names(names: Any) -> dict[str, str]:
    """Each name as at most 10 letters, all different even where upper and lower case are one, and as like as can be.

    Vowels inside words go first, then letters of the longest word; a number at the end tells apart what is still alike.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names, key=len):
        short = _short(name)
        number = 1
        while short.lower() in taken:
            number += 1
            short = f"{_short(name)[: _NAME_BYTES - len(str(number))]}{number}"
        taken.add(short.lower())
        found[name] = short
    return {name: found[name] for name in names}


def _short(name: str) -> str:
    words = [word for word in "".join(letter if letter.isascii() else "x" for letter in name).split("_") if word]
    while len("_".join(words)) > _NAME_BYTES:
        # Digits tell columns apart: they stay.
        longest = max((word for word in words if word.isalpha()), key=len, default="")
        if len(longest) <= 1:
            return "".join(words)[:_NAME_BYTES]
        vowel = next((at for at in range(len(longest) - 1, 0, -1) if longest[at] in "aeiouy"), len(longest) - 1)
        words[words.index(longest)] = longest[:vowel] + longest[vowel + 1 :]
    return "_".join(words) or "x"


def _parts(text: str) -> list[str]:
    """The words of a text in lines that a Shapefile's table holds."""
    parts = [""]
    for word in text.split():
        if parts[-1] and len(f"{parts[-1]} {word}".encode()) > _TEXT_BYTES:
            parts.append("")
        parts[-1] = f"{parts[-1]} {word}".strip()
    return parts


def _cut(text: str) -> str:
    held = text.encode()
    return text if len(held) <= _TEXT_BYTES else held[:_TEXT_BYTES].decode(errors="ignore")


def _write(table: Table, path: Path, driver: str, **options: Any) -> None:
    rows: pa.RecordBatchReader = reader(table)
    pyogrio.write_arrow(
        rows,
        path,
        layer=table.name,
        driver=driver,
        geometry_name=GEOMETRY,
        geometry_type=_SHAPES[table.shape],
        crs=_crs(table),
        **options,
    )


def _crs(table: Table) -> str:
    # A file's axis order is that of its format; CRS84 is EPSG:4326 in it, which more readers know.
    code = 4326 if table.crs.is_degrees else table.crs.definition.to_epsg()
    return f"EPSG:{code}" if code else str(table.crs.definition.to_wkt())
