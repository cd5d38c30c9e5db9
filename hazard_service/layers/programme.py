"""A programme: its folder opened, checked and put into one metre CRS. The order of the story is in `_load`."""

import dataclasses
import datetime
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
from geopandas import GeoDataFrame

from hazard_service.errors import LayerError
from hazard_service.language import said
from hazard_service.layers.basemap import Basemap
from hazard_service.layers.boundaries import read_boundaries
from hazard_service.layers.caveats import data_caveats
from hazard_service.layers.cells import choose_cell
from hazard_service.layers.checks_hazards import shape_hazards, shape_releases
from hazard_service.layers.checks_relations import (
    check_community_ends,
    check_hazard_dates,
    check_release_dates,
    check_release_targets,
)
from hazard_service.layers.checks_shapes import (
    check_reading,
    flag_same_polygons,
    refuse_unplaced,
    shape_areas,
    shape_lines,
    shape_spots,
)
from hazard_service.layers.checks_tables import check_beneficiaries, check_countries, check_surveys
from hazard_service.layers.checks_values import check_values
from hazard_service.layers.files import hashes
from hazard_service.layers.findings import Findings, LayerRows
from hazard_service.layers.manifest import Manifest, read_manifest
from hazard_service.layers.reading import Raw, read_layers
from hazard_service.layers.schema import COLUMNS, DATED_AFTER_ALL, LAYERS, TABLES, id_column
from hazard_service.layers.schemes import Scheme
from hazard_service.layers.situation import Situation, situation_on
from hazard_service.layers.tables import read_tables
from hazard_service.settings import Settings
from hazard_service.vocabulary import HAZARD_KINDS


@dataclass(frozen=True, eq=False)
class Programme:
    """Everything known of one programme, checked. Frames with geometry are in `crs`: equal-area, metres.

    An absent layer or table is an empty frame with its columns (schema.py; the first is the id). Dates are
    datetime64[s], NaT = missing; numbers float64, NaN = missing; text None = missing; ids are text and unique. Hazards
    and releases are valid polygons; hazards have `remnant`, a MultiLineString of zero-width leftovers of repair that
    still block, or None, and `dated_after_all` (see schema.py). Communities have both ended_on and ended_how, or
    neither. surveys, beneficiaries, countries: tables, which have no geometry; the communities and releases they name
    are on record, every survey has its date, and `value` of a country's fact is yes, no, or a day such as 2005-12-31.
    country_boundaries: polygons in EPSG:4326, anywhere on the earth; a country may have several. unplaced: hazard_id,
    kind, district, reason of the hazards without usable geometry. findings and rows: see `Report`. basemap: a
    background map, no input of any result. licence: of the data, as stated; it may be empty. settings.cell_m is the
    size of cell that every date is walked on, cell_reason says why.
    caveats: sentences that travel with every result. sources: SHA-256 by file name, and of the scoring scheme.
    """

    folder: Path
    name: str
    country: str
    fictional: bool
    baseline_date: datetime.date
    data_date: datetime.date
    scheme: Scheme
    settings: Settings
    cell_reason: str
    crs: pyproj.CRS
    hazards: GeoDataFrame
    releases: GeoDataFrame
    communities: GeoDataFrame
    places: GeoDataFrame
    routes: GeoDataFrame
    accidents: GeoDataFrame
    districts: GeoDataFrame
    surveys: pd.DataFrame
    beneficiaries: pd.DataFrame
    countries: pd.DataFrame
    country_boundaries: GeoDataFrame
    unplaced: pd.DataFrame
    findings: pd.DataFrame
    rows: pd.DataFrame
    elevation: Path | None
    landcover: Path | None
    population: Path | None
    caveats: tuple[str, ...]
    sources: dict[str, str]
    basemap: Basemap | None = None
    licence: str = ""

    def situation(self, on: str | datetime.date, kinds: Collection[str] = HAZARD_KINDS) -> Situation:
        """What was open on a date. Raises DateError, KindError; see `situation_on`."""
        return situation_on(self, on, kinds)


@dataclass(frozen=True, eq=False)
class Report:
    """What reading a programme found.

    findings: layer, file, row (0-based in the file, -1 = the whole layer), id, rule, action (kept, repaired, refused),
    detail. rows: layer, file, rows_in = kept + repaired + refused. unusable: why layers cannot be used at all.
    """

    findings: pd.DataFrame
    rows: pd.DataFrame
    unusable: list[str]


def open_programme(folder: str | Path) -> Programme:
    """Reads and checks a programme folder.

    Raises ProgrammeError or SettingError where programme.toml cannot be used, LayerError where a whole layer cannot.
    A single bad row raises nothing; it is a finding.
    """
    manifest = read_manifest(Path(folder))
    programme, errors = _load(manifest)
    if errors:
        raise errors[0]
    return programme


def check_programme(folder: str | Path) -> Report:
    """Reads a programme folder as `open_programme` does, and goes on where a layer cannot be used.

    Raises ProgrammeError or SettingError where programme.toml cannot be used.
    """
    programme, errors = _load(read_manifest(Path(folder)))
    return Report(programme.findings, programme.rows, [str(error) for error in errors])


def _load(manifest: Manifest) -> tuple[Programme, list[LayerError]]:
    findings = Findings()
    raw, crs, errors = read_layers(manifest, findings)
    layers = {layer: _checked(layer, raw.get(layer), manifest, findings) for layer in LAYERS}
    hazards, releases = layers["hazards"], layers["releases"]
    unplaced = _unplaced(refuse_unplaced(hazards))
    for layer in LAYERS:
        if layer != "hazards":
            refuse_unplaced(layers[layer])
        check_reading(layers[layer])
    kept_closed_m2 = _shape(layers, manifest.settings)
    check_hazard_dates(hazards, manifest.data_date)
    check_release_dates(releases, manifest.data_date)
    check_community_ends(layers["communities"])
    opens_nothing = check_release_targets(releases, hazards, set(unplaced["hazard_id"]))
    tables, unusable = _tables(manifest, layers, findings)
    boundaries, lost = read_boundaries(manifest, findings)
    errors += [*unusable, *lost, *_empty(layers, raw)]
    frames = {layer: _frame(rows, crs) for layer, rows in layers.items()}
    found = findings.frame()
    settings, cell_reason = _with_cell(manifest, frames)
    programme = Programme(
        **_stated(manifest),
        **frames,
        surveys=tables["surveys"],
        beneficiaries=tables["beneficiaries"],
        countries=tables["countries"],
        country_boundaries=boundaries,
        settings=settings,
        cell_reason=cell_reason,
        crs=crs,
        unplaced=unplaced,
        findings=found,
        rows=findings.rows(),
        caveats=(
            *data_caveats(
                frames,
                found,
                unplaced,
                fictional=manifest.fictional,
                kept_closed_m2=kept_closed_m2,
                opens_nothing=int(np.count_nonzero(opens_nothing)),
            ),
            said("Walked on cells of {cell_m:g} m: {reason}.", cell_m=settings.cell_m, reason=cell_reason),
        ),
        sources=_sources(manifest) if not errors else {},
        basemap=manifest.basemap,
    )
    return programme, errors


def _tables(
    manifest: Manifest, layers: dict[str, LayerRows], findings: Findings
) -> tuple[dict[str, pd.DataFrame], list[LayerError]]:
    """(frames by table, why tables cannot be used)."""
    raw, errors = read_tables(manifest, findings)
    tables = {table: _checked(table, raw.get(table), manifest, findings) for table in TABLES}
    check_surveys(tables["surveys"], layers["communities"])
    check_beneficiaries(tables["beneficiaries"], layers["releases"], layers["communities"])
    check_countries(tables["countries"])
    return {table: pd.DataFrame(_typed(rows)) for table, rows in tables.items()}, errors


def _with_cell(manifest: Manifest, frames: dict[str, GeoDataFrame]) -> tuple[Settings, str]:
    """The settings with the size of cell that every date is walked on, and why that size."""
    settings = manifest.settings
    if manifest.states_cell or not len(frames["communities"]):
        return settings, "as programme.toml says" if manifest.states_cell else "the usual size"
    landcover_kmh_max = max(settings.landcover_kmh.values()) if "landcover" in manifest.rasters else 0.0
    cell_m, reason = choose_cell(
        frames["hazards"],
        frames["communities"],
        settings,
        slope="elevation" in manifest.rasters,
        routes=len(frames["routes"]) > 0,
        landcover_kmh_max=landcover_kmh_max,
    )
    return dataclasses.replace(settings, cell_m=cell_m), reason


def _checked(layer: str, raw: Raw | None, manifest: Manifest, findings: Findings) -> LayerRows:
    """The rows of a layer or table with its values checked; no rows where it is absent or cannot be used."""
    if raw is None:
        columns = [*COLUMNS[layer], "_file", "_row", "_problem", "_edge_m", "_unclosed", "_swapped", "_untidy"]
        empty = pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
        raw = Raw(empty, np.empty(0, dtype=object), frozenset())
    rows = LayerRows(layer, raw.frame, raw.geometry, findings)
    check_values(rows, raw.lacking, manifest.data_date)
    return rows


def _shape(layers: dict[str, LayerRows], settings: Settings) -> float:
    """Makes every geometry what its layer holds; returns the m² that repair leaves closed for want of agreement."""
    kept_closed_m2 = shape_hazards(layers["hazards"], settings.position_error_m) + shape_releases(layers["releases"])
    for layer in ("communities", "places", "accidents"):
        shape_spots(layers[layer])
    shape_lines(layers["routes"])
    shape_areas(layers["districts"])
    for layer in ("hazards", "releases"):
        flag_same_polygons(layers[layer], layers[layer].column(id_column(layer)))
    return kept_closed_m2


def _unplaced(refused: pd.DataFrame) -> pd.DataFrame:
    frame = refused[["hazard_id", "kind", "district"]].copy()
    frame["reason"] = refused["_problem"]
    return frame.astype(object).reset_index(drop=True)


def _empty(layers: dict[str, LayerRows], raw: dict[str, Raw]) -> list[LayerError]:
    """Without a community nothing can be answered. A programme without hazards is a fine thing."""
    if "communities" in raw and not len(layers["communities"].frame):
        return [LayerError("No row of communities can be used; see the check report.")]
    return []


def _typed(rows: LayerRows) -> "dict[str, pd.Series[Any]]":
    dtypes: dict[str, Any] = {"date": "datetime64[s]", "number": "float64", "flag": "float64"}
    return {name: rows.frame[name].astype(dtypes.get(kind, object)) for name, kind in COLUMNS[rows.name].items()}


def _frame(rows: LayerRows, crs: pyproj.CRS) -> GeoDataFrame:
    columns = _typed(rows)
    if rows.name == "hazards":
        columns["remnant"] = pd.Series(rows.column("remnant"), dtype=object)
        columns[DATED_AFTER_ALL] = (
            rows.frame[DATED_AFTER_ALL].astype(bool) if len(rows.frame) else pd.Series([], dtype=bool)
        )
    return GeoDataFrame(pd.DataFrame(columns), geometry=rows.geometry, crs=crs)


def _stated(manifest: Manifest) -> dict[str, Any]:
    return {
        "folder": manifest.folder,
        "name": manifest.name,
        "country": manifest.country,
        "fictional": manifest.fictional,
        "licence": manifest.licence,
        "baseline_date": manifest.baseline_date,
        "data_date": manifest.data_date,
        "scheme": manifest.scheme,
        "elevation": manifest.rasters.get("elevation"),
        "landcover": manifest.rasters.get("landcover"),
        "population": manifest.rasters.get("population"),
    }


def _sources(manifest: Manifest) -> dict[str, str]:
    paths = {manifest.folder / "programme.toml", *manifest.rasters.values()}
    paths |= {path for files in manifest.layers.values() for path in files}
    found: dict[str, str] = {}
    for path in sorted(paths):
        prefix = manifest.label(path).removesuffix(path.name)
        found |= {f"{prefix}{name}": digest for name, digest in hashes(path).items()}
    return found | {f"scheme {manifest.scheme.name}": manifest.scheme.sha256}
