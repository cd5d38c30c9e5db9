"""From the files of a programme to the rows of its layers in one metre CRS, before any row is judged by its values."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from hazard_service.errors import LayerError, NoCrsError
from hazard_service.layers.axes import settle_axes
from hazard_service.layers.files import open_vector, table_key
from hazard_service.layers.findings import Findings
from hazard_service.layers.manifest import Manifest
from hazard_service.layers.mapping import map_columns, points_of, refuse_lost_columns
from hazard_service.layers.opened import Opened
from hazard_service.layers.placing import HALF_ROUND_DEGREES, WGS84, Box, Part, check_crs, far_rows, on_earth
from hazard_service.layers.projecting import degrees_box, metre_crs, project
from hazard_service.layers.schema import LAYERS, REQUIRED


@dataclass(frozen=True, eq=False)
class Raw:
    """The rows of one layer in the programme's metre CRS, files one after another.

    frame: our columns as text; `_file` and `_row`, where each row came from; `_problem`, the rule that keeps it from
    being placed or ""; `_edge_m`, its longest edge; `_unclosed`, whether reading closed a ring; `_swapped`, whether
    its axes were; `_untidy`, as `map_columns` has it. geometry: (n,) as it stands, None where there is a problem.
    lacking: columns that no file has.
    """

    frame: pd.DataFrame
    geometry: NDArray[np.object_]
    lacking: frozenset[str]


@dataclass(frozen=True, eq=False)
class _File:
    part: Part
    frame: pd.DataFrame
    opened: Opened
    lacking: set[str]


def read_layers(manifest: Manifest, findings: Findings) -> tuple[dict[str, Raw], pyproj.CRS, list[LayerError]]:
    """(rows by layer, the programme's CRS, why layers cannot be used). Layers that cannot be used are left out."""
    files, errors = _open_layers(manifest, findings)
    parts, box, unsettled = settle_axes([file.part for file in files])
    errors += unsettled
    # A label is unlike any other, and a layer names a file once.
    settled: dict[tuple[str, str], Part] = {}
    for part in parts:
        try:
            check_crs(part)
        except LayerError as error:
            errors.append(error)
        else:
            settled[part.layer, part.file] = part
    centre = _communities_box([part for part in settled.values() if part.layer == "communities"], box)
    crs = metre_crs(centre)
    if centre[2] - centre[0] > HALF_ROUND_DEGREES:
        errors.append(
            LayerError("communities lie on both sides of longitude 180; this version cannot lay one grid over it.")
        )
        settled = {}
    layers = {}
    for layer in LAYERS:
        mine = [file for file in files if file.part.layer == layer and (layer, file.part.file) in settled]
        for file in mine:
            findings.count(layer, file.part.file, len(file.frame))
        if mine:
            layers[layer] = _together(mine, [settled[layer, file.part.file] for file in mine], box, crs)
    return layers, crs, errors


def _open_layers(manifest: Manifest, findings: Findings) -> tuple[list[_File], list[LayerError]]:
    files: list[_File] = []
    errors: list[LayerError] = []
    opened: dict[tuple[Path, str], Opened | LayerError] = {}
    for layer in LAYERS:
        try:
            if layer in REQUIRED and layer not in manifest.layers:
                raise LayerError(f"The programme has no {layer}; add {layer}.gpkg or name its file under [layers].")
            files += _open_layer(layer, manifest, opened, findings)
        except LayerError as error:
            errors.append(error)
    return files, errors


def _open_layer(
    layer: str,
    manifest: Manifest,
    opened: dict[tuple[Path, str], Opened | LayerError],
    findings: Findings,
) -> list[_File]:
    files = []
    for path in manifest.layers.get(layer, ()):
        key = (path, table_key(path, layer))
        if key not in opened:
            opened[key] = _open(path, layer)
        table = opened[key]
        if isinstance(table, LayerError):
            raise table
        files.append(_file(layer, path, table, manifest, manifest.label(path), findings))
        tell_notes(layer, manifest.label(path), table, findings)
    if files:
        headers = headers_of(file.opened for file in files)
        refuse_lost_columns(layer, [file.lacking for file in files], headers, manifest)
    return files


def tell_notes(layer: str, label: str, opened: Opened, findings: Findings) -> None:
    """reader_warning: what the reader of a file warned of."""
    for note in opened.notes:
        findings.of_layer(layer, label, "reader_warning", "kept", f"The reader says: {note}.")


def headers_of(files: Iterable[Opened]) -> list[str]:
    """The columns that files have, each once."""
    return list(dict.fromkeys(str(name) for opened in files for name in opened.columns.columns))


def from_file(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """The frame with `_file` and `_row`: where each row came from."""
    return frame.assign(_file=pd.Series([label] * len(frame), dtype=object), _row=np.arange(len(frame)))


def _open(path: Path, layer: str) -> Opened | LayerError:
    # One file may feed two layers: it is opened, and refused, once.
    try:
        return open_vector(path, layer)
    except LayerError as error:
        return error


def _file(layer: str, path: Path, opened: Opened, manifest: Manifest, label: str, findings: Findings) -> _File:
    frame, lacking = map_columns(opened, layer, path, manifest)
    geometry = opened.geometry if opened.geometry is not None else points_of(opened, layer, path, manifest)
    crs = crs_of(layer, path, opened, manifest, label, findings)
    # A table is known by its content here: the same geometry read for two layers has one vote on its axes.
    source = f"{label}:{layer}" if opened.geometry is None else f"{label}:{table_key(path, layer)}"
    part = Part(layer, label, source, geometry, crs, on_earth(geometry, crs))
    return _File(part, from_file(frame, label), opened, lacking)


def crs_of(layer: str, path: Path, opened: Opened, manifest: Manifest, label: str, findings: Findings) -> pyproj.CRS:
    """What [crs] states, else what the file states, else WGS 84 for CSV. Never guessed for anything else."""
    written = manifest.crs.get(path.name, manifest.crs.get(layer))
    own = WGS84 if opened.geometry is None else opened.crs
    if written is not None:
        own = _stated_crs(written)
    if own is None:
        raise NoCrsError(
            f"{label} does not say in which coordinate reference system it is; "
            f'write {layer} = "EPSG:..." under [crs] in programme.toml.'
        )
    if opened.crs is not None and not opened.crs.equals(own, ignore_axis_order=True):
        words = f"{label} says {opened.crs.name}, programme.toml says {own.name}; programme.toml is believed."
        findings.of_layer(layer, label, "crs_overruled", "kept", words)
    try:
        pyproj.Transformer.from_crs(own, WGS84, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise NoCrsError(
            f'{label} is in "{own.name}", which has no place on the earth; '
            f'write {layer} = "EPSG:..." under [crs] in programme.toml.'
        ) from error
    return own


def _stated_crs(written: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(written)
    except pyproj.exceptions.CRSError as error:
        raise NoCrsError(
            f'"{written}" under [crs] is no known reference system; write one such as "EPSG:4326".'
        ) from error


def _communities_box(parts: list[Part], others: Box | None) -> Box:
    boxes = []
    for part in parts:
        placed = part.geometry[~_nowhere(part, others)]
        if len(placed):
            boxes.append(degrees_box(placed, part.crs))
    if not boxes:
        return others or (0.0, 0.0, 0.0, 0.0)
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _nowhere(part: Part, others: Box | None) -> NDArray[np.bool_]:
    return np.asarray(problems_of(part, others) != "", dtype=bool)


def problems_of(part: Part, others: Box | None) -> NDArray[np.object_]:
    """(n,) name of the rule that keeps a row from being placed, "" where there is none."""
    problem = np.full(len(part.geometry), "", dtype=object)
    if others is not None:
        problem[far_rows(part, others)] = "far_from_the_rest"
    problem[~part.on_earth] = "off_the_earth"
    problem[shapely.is_empty(part.geometry)] = "empty_geometry"
    problem[shapely.is_missing(part.geometry)] = "null_geometry"
    return problem


def _together(files: list[_File], parts: list[Part], box: Box | None, crs: pyproj.CRS) -> Raw:
    frames, geometries = [], []
    for file, part in zip(files, parts, strict=True):
        problem = problems_of(part, box)
        placed = part.geometry.copy()
        placed[problem != ""] = None
        turned, edge_m = project(placed, part.crs, crs)
        geometries.append(turned)
        frames.append(
            file.frame.assign(
                _problem=pd.Series(problem, dtype=object),
                _edge_m=edge_m,
                _unclosed=file.opened.unclosed,
                _swapped=part.swapped,
            )
        )
    lacking = frozenset(set.intersection(*(file.lacking for file in files)))
    return Raw(pd.concat(frames, ignore_index=True), np.concatenate(geometries), lacking)
