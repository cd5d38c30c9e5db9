"""programme.toml: what a programme is called, its dates and settings, where its layers lie and how they are mapped."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hazard_service.errors import ProgrammeError
from hazard_service.layers.basemap import Basemap, read_basemap
from hazard_service.layers.files import EXTENSIONS, OTHER_SHEETS, PLAIN_TABLES, geopackage_tables
from hazard_service.layers.schema import COLUMNS, COORDINATES, LAYERS, TABLES, WORLDWIDE
from hazard_service.layers.schemes import Scheme, read_scheme
from hazard_service.layers.toml import PROGRAMME, local_path, read_toml, refuse_unknown, table_in, text_in
from hazard_service.settings import Settings, settings_from

RASTERS = ("elevation", "landcover", "population")
_KEYS = (
    "name", "country", "fictional", "baseline_date", "data_date", "scheme", "settings", "layers", "crs", "columns",
    "values", "map", "licence",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Manifest:
    """programme.toml, checked.

    layers: files of each layer and table that has any. crs: stated CRS by layer or file name. columns: by layer, ours →
    theirs, the first that has a value. values: by (layer, column), theirs → ours. states_cell: whether its settings
    hold cell_m.
    """

    folder: Path
    name: str
    country: str
    fictional: bool
    baseline_date: datetime.date
    data_date: datetime.date
    scheme: Scheme
    settings: Settings
    states_cell: bool
    layers: Mapping[str, tuple[Path, ...]]
    rasters: Mapping[str, Path]
    crs: Mapping[str, str]
    columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    values: Mapping[tuple[str, str], Mapping[str, str]]
    basemap: Basemap | None
    licence: str

    def label(self, path: Path) -> str:
        """What reports call a file, unlike any other: its name; where that repeats, its path within the folder."""
        names = [other.name for other in {other for files in self.layers.values() for other in files}]
        if names.count(path.name) < 2:
            return path.name
        # Not resolved: two links to one file are two entries, and each needs a label of its own.
        inside = path.is_relative_to(self.folder)
        return (path.relative_to(self.folder) if inside else path.absolute()).as_posix()


def read_manifest(folder: Path) -> Manifest:
    """programme.toml of a folder. Raises ProgrammeError or SettingError with one sentence on what to mend."""
    table = _toml(folder)
    refuse_unknown(table, _KEYS, "key")
    baseline, data = _date(table, "baseline_date"), _date(table, "data_date")
    if baseline >= data:
        raise ProgrammeError(f"baseline_date {baseline} is not before data_date {data}; correct programme.toml.")
    stated = table_in(table, "layers")
    refuse_unknown(stated, (*COLUMNS, *RASTERS), "layer")
    layers = {layer: _layer_files(folder, layer, stated.get(layer)) for layer in COLUMNS}
    rasters = {name: _raster(folder, name, stated.get(name)) for name in RASTERS}
    return Manifest(
        folder=folder,
        name=text_in(table, "name"),
        country=text_in(table, "country", ""),
        fictional=_flag(table, "fictional"),
        baseline_date=baseline,
        data_date=data,
        scheme=read_scheme(text_in(table, "scheme", "lis"), folder),
        settings=settings_from(table_in(table, "settings")),
        states_cell="cell_m" in table_in(table, "settings"),
        layers={layer: files for layer, files in layers.items() if files},
        rasters={name: path for name, path in rasters.items() if path is not None},
        crs=_crs(table_in(table, "crs"), layers),
        columns=_columns(table_in(table, "columns")),
        values=_values(table_in(table, "values")),
        basemap=read_basemap(folder, table_in(table, "map")),
        licence=text_in(table, "licence", ""),
    )


def _toml(folder: Path) -> dict[str, Any]:
    path = folder / PROGRAMME
    if not path.is_file():
        raise ProgrammeError(f"{folder} has no programme.toml; a programme is a folder with that file.")
    return read_toml(path)


def _flag(table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ProgrammeError(f"{key} in programme.toml must be true or false.")
    return value


def _date(table: Mapping[str, Any], key: str) -> datetime.date:
    value = table.get(key)
    if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date):
        raise ProgrammeError(f"programme.toml needs {key} = a date without quotes, such as 2005-12-31.")
    return value


def _path(folder: Path, written: object, layer: str) -> Path:
    if not isinstance(written, str) or not written.strip():
        raise ProgrammeError(f"[layers] {layer} in programme.toml must be a file name, or a list of them.")
    return local_path(folder, written, f"[layers] {layer}")


def _layer_files(folder: Path, layer: str, stated: object) -> tuple[Path, ...]:
    if stated is not None:
        listed = stated if isinstance(stated, list) else [stated]
        paths = tuple(_path(folder, written, layer) for written in listed)
        if twice := [path.name for path in paths if paths.count(path) > 1]:
            raise ProgrammeError(f"[layers] {layer} names {twice[0]} twice; name each file once.")
        return paths
    # A map of the countries may lie beside the table of their facts.
    usual = PLAIN_TABLES if layer in TABLES else EXTENSIONS
    found = _there(folder, layer, usual)
    shared = folder / "programme.gpkg"
    if shared.is_file() and layer in geopackage_tables(shared, layer):
        found.append(shared)
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise ProgrammeError(f"{layer} could be read from {names}; keep one, or name it under [layers].")
    # A workbook of an old kind is refused, not passed over.
    return tuple(found or _there(folder, layer, OTHER_SHEETS))


def _there(folder: Path, layer: str, suffixes: tuple[str, ...]) -> list[Path]:
    return [path for suffix in suffixes if (path := folder / f"{layer}{suffix}").is_file()]


def _raster(folder: Path, name: str, stated: object) -> Path | None:
    if stated is None:
        usual = folder / f"{name}.tif"
        return usual if usual.is_file() else None
    path = _path(folder, stated, name)
    if not path.is_file():
        raise ProgrammeError(f"{path.name} is not there; put the file in place or take it out of programme.toml.")
    return path


def _crs(table: Mapping[str, Any], layers: Mapping[str, tuple[Path, ...]]) -> dict[str, str]:
    placed = (*LAYERS, *WORLDWIDE)
    names = {path.name for layer in placed for path in layers[layer]}
    refuse_unknown(table, (*placed, *sorted(names)), "layer or file under [crs]")
    return {key: text_in(table, key) for key in table}


def _columns(table: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    refuse_unknown(table, tuple(COLUMNS), "layer under [columns]")
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for layer in table:
        columns = table_in(table, layer)
        coordinates = COORDINATES if layer in LAYERS else ()
        refuse_unknown(columns, (*COLUMNS[layer], *coordinates), f"column under [columns.{layer}]")
        found[layer] = {ours: _names(layer, ours, theirs) for ours, theirs in columns.items()}
    return found


def _names(layer: str, ours: str, theirs: object) -> tuple[str, ...]:
    names = theirs if isinstance(theirs, list) else [theirs]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise ProgrammeError(f"[columns.{layer}] {ours} must be a column name, or a list of them.")
    return tuple(names)


def _values(table: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, str]]:
    refuse_unknown(table, tuple(COLUMNS), "layer under [values]")
    found: dict[tuple[str, str], dict[str, str]] = {}
    for layer in table:
        columns = table_in(table, layer)
        refuse_unknown(columns, tuple(COLUMNS[layer]), f"column under [values.{layer}]")
        for column, words in columns.items():
            if not isinstance(words, dict) or not all(isinstance(ours, str) for ours in words.values()):
                raise ProgrammeError(f'[values.{layer}.{column}] must be a table of "theirs" = "ours".')
            found[layer, column] = {theirs.strip(): ours for theirs, ours in words.items()}
    return found
