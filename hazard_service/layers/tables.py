"""Tables: layers of a programme without geometry, from their files to rows, before any row is judged by its values."""

import numpy as np
import pandas as pd

from hazard_service.errors import LayerError
from hazard_service.layers.files import open_vector
from hazard_service.layers.findings import Findings
from hazard_service.layers.manifest import Manifest
from hazard_service.layers.mapping import map_columns, refuse_lost_columns
from hazard_service.layers.reading import Raw, from_file, headers_of, tell_notes
from hazard_service.layers.schema import TABLES


def read_tables(manifest: Manifest, findings: Findings) -> tuple[dict[str, Raw], list[LayerError]]:
    """(rows by table, why tables cannot be used). What geometry a file may have is not looked at."""
    tables: dict[str, Raw] = {}
    errors: list[LayerError] = []
    for table in TABLES:
        if table in manifest.layers:
            try:
                tables[table] = _read(table, manifest, findings)
            except LayerError as error:
                errors.append(error)
    return tables, errors


def _read(table: str, manifest: Manifest, findings: Findings) -> Raw:
    paths = manifest.layers[table]
    files = [open_vector(path, table) for path in paths]
    mapped = [map_columns(opened, table, path, manifest) for path, opened in zip(paths, files, strict=True)]
    lacking = [lost for _, lost in mapped]
    refuse_lost_columns(table, lacking, headers_of(files), manifest)
    frames = []
    for path, opened, (frame, _) in zip(paths, files, mapped, strict=True):
        label = manifest.label(path)
        tell_notes(table, label, opened, findings)
        findings.count(table, label, len(frame))
        frames.append(from_file(frame, label))
    together = pd.concat(frames, ignore_index=True)
    return Raw(together, np.full(len(together), None, dtype=object), frozenset(set.intersection(*lacking)))
