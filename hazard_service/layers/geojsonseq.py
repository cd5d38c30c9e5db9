"""GeoJSON text sequences: one feature a line, or after a record separator. Read as one FeatureCollection is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hazard_service.errors import FileFormatError
from hazard_service.layers.geojson import read_document
from hazard_service.layers.opened import Opened, refuse_large

_RECORD_SEPARATOR = "\x1e"
# Of JSON; Python counts the separator as one too.
_SPACE = " \t\r\n"


def open_geojsonseq(path: Path) -> Opened:
    """Every feature. Raises FileFormatError, with the line, where one cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{path.name} is not UTF-8 text; export the layer again.") from error
    features = []
    for line, record in _records(text):
        features.append(_feature(record, line, path.name))
        refuse_large(0, len(features), path.name)
    if not features:
        raise FileFormatError(f"{path.name} holds no feature; export the layer again.")
    return read_document({"type": "FeatureCollection", "features": features}, path.name, None)


def _records(text: str) -> Iterator[tuple[int, str]]:
    """(line on which it begins, from 1; text) of each record that is not blank."""
    mark = _RECORD_SEPARATOR if text.lstrip(_SPACE).startswith(_RECORD_SEPARATOR) else "\n"
    line = 1
    for record in text.split(mark):
        if record.strip(_SPACE):
            blank = len(record) - len(record.lstrip(_SPACE))
            yield line + record.count("\n", 0, blank), record
        line += record.count("\n") + (mark == "\n")


def _feature(record: str, line: int, name: str) -> dict[str, Any]:
    try:
        feature = json.loads(record)
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"{name} is broken or cut off in line {line}; export the layer again.") from error
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise FileFormatError(
            f"{name} holds something other than a feature in line {line}; "
            "export the layer again with one GeoJSON feature a line."
        )
    return feature
