"""programme.toml: what a programme is called, its dates and settings, where its layers lie and how they are mapped."""

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hazard_service.errors import ProgrammeError
from hazard_service.layers.files import EXTENSIONS, geopackage_tables
from hazard_service.layers.schema import COORDINATES, LAYERS
from hazard_service.settings import Settings, settings_from

RASTERS = ("elevation", "landcover", "population")
_KEYS = (
    "name", "country", "fictional", "baseline_date", "data_date", "settings", "layers", "crs", "columns", "values",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Manifest:
    """programme.toml, checked.

    layers: files of each layer that has any. crs: stated CRS by layer or file name. columns: by layer, ours → theirs,
    the first that has a value. values: by (layer, column), theirs → ours. states_cell: its settings hold cell_m.
    """

    folder: Path
    name: str
    country: str
    fictional: bool
    baseline_date: datetime.date
    data_date: datetime.date
    settings: Settings
    states_cell: bool
    layers: Mapping[str, tuple[Path, ...]]
    rasters: Mapping[str, Path]
    crs: Mapping[str, str]
    columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    values: Mapping[tuple[str, str], Mapping[str, str]]

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
    _refuse_unknown(table, _KEYS, "key")
    baseline, data = _date(table, "baseline_date"), _date(table, "data_date")
    if baseline >= data:
        raise ProgrammeError(f"baseline_date {baseline} is not before data_date {data}; correct programme.toml.")
    stated = _table(table, "layers")
    _refuse_unknown(stated, (*LAYERS, *RASTERS), "layer")
    layers = {layer: _layer_files(folder, layer, stated.get(layer)) for layer in LAYERS}
    rasters = {name: _raster(folder, name, stated.get(name)) for name in RASTERS}
    return Manifest(
        folder=folder,
        name=_text(table, "name"),
        country=_text(table, "country", ""),
        fictional=_flag(table, "fictional"),
        baseline_date=baseline,
        data_date=data,
        settings=settings_from(_table(table, "settings")),
        states_cell="cell_m" in _table(table, "settings"),
        layers={layer: files for layer, files in layers.items() if files},
        rasters={name: path for name, path in rasters.items() if path is not None},
        crs=_crs(_table(table, "crs"), layers),
        columns=_columns(_table(table, "columns")),
        values=_values(_table(table, "values")),
    )


def _toml(folder: Path) -> dict[str, Any]:
    path = folder / "programme.toml"
    if not path.is_file():
        raise ProgrammeError(f"{folder} has no programme.toml; a programme is a folder with that file.")
    try:
        # Some editors begin a file with a byte order mark.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProgrammeError(f"programme.toml cannot be read: {error}.") from error
    except RecursionError as error:
        raise ProgrammeError("programme.toml cannot be read: its brackets are nested too deep.") from error


def _refuse_unknown(table: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
    if unknown := sorted(set(table) - set(known)):
        raise ProgrammeError(f"Unknown {what} in programme.toml: {', '.join(unknown)}. Known are: {', '.join(known)}.")


def _table(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise ProgrammeError(f"[{key}] in programme.toml must be a table.")
    return value


def _text(table: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ProgrammeError(f'programme.toml needs {key} = "text".')
    return value


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
    # Two slashes at the start name a share on another machine.
    if "://" in written or written.replace("\\", "/").startswith(("/vsi", "//")):
        raise ProgrammeError(f"[layers] {layer} names an address, {written}; only files on this machine are read.")
    path = folder / written
    try:
        path.is_file()
    except OSError as error:
        raise ProgrammeError(
            f"[layers] {layer} in programme.toml is no usable file name ({error.strerror}); correct it."
        ) from error
    return path


def _layer_files(folder: Path, layer: str, stated: object) -> tuple[Path, ...]:
    if stated is not None:
        listed = stated if isinstance(stated, list) else [stated]
        paths = tuple(_path(folder, written, layer) for written in listed)
        if twice := [path.name for path in paths if paths.count(path) > 1]:
            raise ProgrammeError(f"[layers] {layer} names {twice[0]} twice; name each file once.")
        return paths
    found = [folder / f"{layer}{suffix}" for suffix in EXTENSIONS if (folder / f"{layer}{suffix}").is_file()]
    shared = folder / "programme.gpkg"
    if shared.is_file() and layer in geopackage_tables(shared):
        found.append(shared)
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise ProgrammeError(f"{layer} could be read from {names}; keep one, or name it under [layers].")
    return tuple(found)


def _raster(folder: Path, name: str, stated: object) -> Path | None:
    if stated is None:
        usual = folder / f"{name}.tif"
        return usual if usual.is_file() else None
    path = _path(folder, stated, name)
    if not path.is_file():
        raise ProgrammeError(f"{path.name} is not there; put the file in place or take it out of programme.toml.")
    return path


def _crs(table: Mapping[str, Any], layers: Mapping[str, tuple[Path, ...]]) -> dict[str, str]:
    names = {path.name for files in layers.values() for path in files}
    _refuse_unknown(table, (*LAYERS, *sorted(names)), "layer or file under [crs]")
    return {key: _text(table, key) for key in table}


def _columns(table: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    _refuse_unknown(table, tuple(LAYERS), "layer under [columns]")
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for layer in table:
        columns = _table(table, layer)
        _refuse_unknown(columns, (*LAYERS[layer], *COORDINATES), f"column under [columns.{layer}]")
        found[layer] = {ours: _names(layer, ours, theirs) for ours, theirs in columns.items()}
    return found


def _names(layer: str, ours: str, theirs: object) -> tuple[str, ...]:
    names = theirs if isinstance(theirs, list) else [theirs]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise ProgrammeError(f"[columns.{layer}] {ours} must be a column name, or a list of them.")
    return tuple(names)


def _values(table: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, str]]:
    _refuse_unknown(table, tuple(LAYERS), "layer under [values]")
    found: dict[tuple[str, str], dict[str, str]] = {}
    for layer in table:
        columns = _table(table, layer)
        _refuse_unknown(columns, tuple(LAYERS[layer]), f"column under [values.{layer}]")
        for column, words in columns.items():
            if not isinstance(words, dict) or not all(isinstance(ours, str) for ours in words.values()):
                raise ProgrammeError(f'[values.{layer}.{column}] must be a table of "theirs" = "ours".')
            found[layer, column] = {theirs.strip(): ours for theirs, ours in words.items()}
    return found
