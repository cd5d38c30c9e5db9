"""Assessments as files: GeoPackage, GeoJSON, CSV, each with its caveats and provenance beside it."""

import csv
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pandas as pd
import pyogrio
import shapely
from geopandas import GeoDataFrame

from hazard_service.assessment import Assessment, known_later
from hazard_service.errors import HazardServiceError
from hazard_service.layers.kinds import left_out, only
from hazard_service.vocabulary import NOT_FOR_SAFETY

# A spreadsheet runs a cell that begins with =, +, - or @, and may begin a cell wherever one of these separators stands.
_FORMULA_STARTS: Final = re.compile(r"(?:^|[;\t\r\n])(?=[\s\"]*[=+\-@])")

# The state of hazards on record that the walking model did not close.
NO_BARRIER: Final = "on record, no barrier here"


class ExportError(HazardServiceError, ValueError):
    """Results cannot be written as asked."""


def export(assessment: Assessment, folder: Path, form: str) -> list[Path]:
    """Write communities, hazards and districts (WGS 84) and a README into `folder`; return the files written.

    form: "gpkg" (one file, three layers), "geojson" or "csv" (one file a layer; points as longitude, latitude).
    """
    if form not in _WRITERS:
        raise ExportError(f"Unknown format: {form}. Known formats: {', '.join(_WRITERS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    frames = {
        "communities": assessment.communities,
        "hazards": with_lines(_hazards(assessment)),
        "districts": assessment.districts,
    }
    degrees = {name: _dated(frame, assessment).to_crs("EPSG:4326") for name, frame in frames.items()}
    return [*_WRITERS[form](degrees, folder), *write_papers(assessment, assessment.caveats, folder)]


def _hazards(assessment: Assessment) -> GeoDataFrame:
    """Open hazards, those of kinds not counted, and those known only later, which a past date must not hide."""
    now = assessment.hazards.assign(state="open")
    others = assessment.situation.not_counted.assign(state=NO_BARRIER)
    later = known_later(assessment.situation).assign(state="known_later")
    return GeoDataFrame(pd.concat([now, others, later], ignore_index=True), crs=now.crs)


def with_lines(frame: GeoDataFrame) -> GeoDataFrame:
    """Hazards with the zero-width lines that block as rows of their own, in place of the column `remnant`."""
    lines = frame[frame["remnant"].notna()].assign(state="zero-width line that blocks")
    lines = lines.set_geometry(GeoDataFrame(geometry=list(lines["remnant"]), crs=frame.crs).geometry.to_numpy())
    frame = frame[~frame.geometry.is_empty]
    together = pd.concat([frame, lines.set_crs(frame.crs)], ignore_index=True) if len(lines) else frame
    return GeoDataFrame(together, crs=frame.crs).drop(columns="remnant").reset_index(drop=True)


def _dated(frame: GeoDataFrame, assessment: Assessment) -> GeoDataFrame:
    """Every row carries the date it holds for and the data date, so that a copied table cannot lose them."""
    situation = assessment.situation
    return frame.assign(
        as_of=situation.on.isoformat(),
        data_date=situation.programme.data_date.isoformat(),
        warning=" ".join([*left_out(situation.kinds, len(situation.not_counted)), NOT_FOR_SAFETY]),
    )


def _gpkg(frames: dict[str, GeoDataFrame], folder: Path) -> list[Path]:
    path = folder / "assessment.gpkg"
    path.unlink(missing_ok=True)
    for name, frame in frames.items():
        many = frame.geometry.geom_type.dropna().nunique() > 1
        pyogrio.write_dataframe(
            frame, path, layer=name, driver="GPKG", append=path.exists(), promote_to_multi=True if many else None
        )
    return [path]


def _geojson(frames: dict[str, GeoDataFrame], folder: Path) -> list[Path]:
    paths = []
    for name, frame in frames.items():
        path = folder / f"{name}.geojson"
        path.unlink(missing_ok=True)
        pyogrio.write_dataframe(frame, path, driver="GeoJSON", layer_options={"RFC7946": "YES"})
        paths.append(path)
    return paths


def _csv(frames: dict[str, GeoDataFrame], folder: Path) -> list[Path]:
    paths = []
    for name, frame in frames.items():
        points = shapely.point_on_surface(frame.geometry.to_numpy())
        table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
        table["longitude"], table["latitude"] = shapely.get_x(points).round(7), shapely.get_y(points).round(7)
        paths.append(folder / f"{name}.csv")
        write_cells(table, paths[-1])
    return paths


def write_cells(table: pd.DataFrame, path: Path) -> None:
    """A table as CSV for spreadsheets: every text quoted, and none that would run."""
    safe = table.map(plain_cell)
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)


def plain_cell(value: object) -> object:
    """Text with an apostrophe wherever a spreadsheet could begin to run it."""
    if not isinstance(value, str):
        return value
    # Letter by letter, so that a start found in the folded text is at the same place in the text.
    folded = "".join(unicodedata.normalize("NFKC", letter)[:1] or " " for letter in value)
    for start in reversed(list(_FORMULA_STARTS.finditer(folded))):
        value = f"{value[: start.end()]}'{value[start.end() :]}"
    return value


def write_papers(
    assessment: Assessment, caveats: tuple[str, ...], folder: Path, *, what: str = "assessment", prefix: str = ""
) -> list[Path]:
    """Write README.txt and provenance.json, which no file of results may be without; return both.

    what: what the README calls the results. prefix: begins both names, where a folder may hold other results too.
    """
    situation, programme = assessment.situation, assessment.situation.programme
    readme, provenance = folder / f"{prefix}README.txt", folder / f"{prefix}provenance.json"
    lines = [
        f"{programme.name}: {what} as of {situation.on}{only(situation.kinds)}, data date {programme.data_date}.",
        f"Do not rely on these files after 90 days from {programme.data_date}: ask for newer ones.",
        "Coordinates: WGS 84 (EPSG:4326). Distances m, minutes min, areas km² (area_m2: m²).",
        "",
        *(f"- {caveat}" for caveat in caveats),
        "",
    ]
    readme.write_text("\n".join(lines), encoding="utf-8")
    members = assessment.provenance | {"caveats": list(caveats)}
    provenance.write_text(json.dumps(members, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return [readme, provenance]


_Writer = Callable[[dict[str, GeoDataFrame], Path], list[Path]]
_WRITERS: Final = MappingProxyType[str, _Writer]({"gpkg": _gpkg, "geojson": _geojson, "csv": _csv})
