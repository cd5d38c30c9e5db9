"""GeoJSON documents looked through before GDAL: it follows addresses, and leaves out what it cannot read."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyproj

from hazard_service.errors import FileFormatError
from hazard_service.layers.gdal import read_gdal
from hazard_service.layers.opened import Opened, expect_rows, refuse_large

# How deep the positions of each GeoJSON geometry lie in lists.
_POSITION_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def open_geojson(path: Path) -> Opened:
    """Every feature of a FeatureCollection. Raises FileFormatError where it is none, or would not be read whole."""
    return read_document(_document(path), path.name, path)


def read_document(document: dict[str, Any], name: str, written: Path | None) -> Opened:
    """The features of a FeatureCollection. written: the file that holds just that, if there is one."""
    rows = len(document["features"])
    told = (feature.get("properties") for feature in document["features"] if isinstance(feature, dict))
    refuse_large(len({key for members in told if isinstance(members, dict) for key in members}), rows, name)
    try:
        known = _crs_is_known(document, name)
        broken = [feature for feature in document["features"] if not _is_whole(feature, name)]
    except RecursionError as error:
        raise FileFormatError(f"{name} is broken or cut off; export the layer again.") from error
    # GDAL leaves out the parts it cannot read and keeps the rest; a hazard is read whole or refused.
    for feature in broken:
        for key in [key for key in feature if key.casefold() == "geometry"]:
            feature[key] = None
    if written is not None and not broken:
        opened = read_gdal(f"GeoJSON:{written.resolve()}", name, None)
    else:
        with TemporaryDirectory(prefix="hazard-service-") as folder:
            copy = Path(folder) / "layer.geojson"
            # Escaped pairs are not all read; half a pair can neither be written nor read.
            copy.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8", errors="replace")
            opened = read_gdal(f"GeoJSON:{copy}", name, None)
    expect_rows(opened, rows, name)
    if known:
        return opened
    return Opened(opened.columns, opened.geometry, None, opened.unclosed, opened.notes)


def _document(path: Path) -> dict[str, Any]:
    """A FeatureCollection. GDAL skips members of `features` that are no features, so they are counted here."""
    refusal = f"{path.name} is not GeoJSON; export the layer again as a GeoJSON FeatureCollection."
    with path.open("rb") as stream:
        if not stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
            raise FileFormatError(refusal)
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"{path.name} is broken or cut off; export the layer again.") from error
    if document.get("type") != "FeatureCollection" or not isinstance(document.get("features"), list):
        raise FileFormatError(refusal)
    return document


def _crs_is_known(document: dict[str, Any], name: str) -> bool:
    """Whether the CRS can be known: GDAL reads one it does not know as WGS 84, and calls the address of a linked one.

    GDAL does not tell capitals from small letters in the names of members, so neither is done here.
    """
    members = [value for key, value in document.items() if key.casefold() == "crs"]
    for member in members:
        if member is not None and not _is_named_crs(member):
            raise FileFormatError(
                f"{name} states its coordinate reference system other than by name; "
                "export it again in longitude and latitude."
            )
    return all(_is_crs(member) for member in members)


def _is_named_crs(member: object) -> bool:
    if not isinstance(member, dict) or member.get("type") != "name":
        return False
    properties = member.get("properties")
    inside = properties if isinstance(properties, dict) else {}
    return not any(key.casefold() in ("href", "url", "link") for key in (*member, *inside))


def _is_whole(feature: object, name: str) -> bool:
    """Whether every part of a feature's geometry can be read; none at all counts as whole."""
    if not isinstance(feature, dict):
        return True  # No feature; the count of rows tells.
    _refuse_own_crs(feature, name)
    geometries = [value for key, value in feature.items() if key.casefold() == "geometry" and value is not None]
    return all(_is_geometry(geometry, name) for geometry in geometries)


def _is_geometry(geometry: object, name: str) -> bool:
    if not isinstance(geometry, dict):
        return False
    _refuse_own_crs(geometry, name)
    kind = geometry.get("type")
    members = geometry.get("geometries")
    inside = [_is_geometry(member, name) for member in members] if isinstance(members, list) else [False]
    if kind == "GeometryCollection":
        return all(inside)
    depth = _POSITION_DEPTH.get(kind) if isinstance(kind, str) else None
    return depth is not None and _is_nested(geometry.get("coordinates"), depth)


def _refuse_own_crs(member: dict[str, Any], name: str) -> None:
    if any(key.casefold() == "crs" for key in member):
        raise FileFormatError(
            f"{name} states a coordinate reference system inside a feature; "
            "export it again with one for the whole file."
        )


def _is_nested(coordinates: object, depth: int) -> bool:
    if not isinstance(coordinates, list):
        return False
    if depth:
        return all(_is_nested(part, depth - 1) for part in coordinates)
    return len(coordinates) >= 2 and all(type(number) in (float, int) for number in coordinates)


def _is_crs(member: object) -> bool:
    try:
        pyproj.CRS.from_user_input(member["properties"]["name"])  # type: ignore[index]
    except (pyproj.exceptions.CRSError, KeyError, TypeError):
        return False
    return True
