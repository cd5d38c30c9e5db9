"""Boundaries of countries: polygons that may lie anywhere on the earth, for maps of the register of countries.

They stay in longitude and latitude and are no part of a programme's ground: neither its grid nor its extent sees them.
"""

from pathlib import Path
from typing import Final

import pandas as pd
from geopandas import GeoDataFrame

from hazard_service.errors import LayerError
from hazard_service.layers.checks_shapes import check_reading, refuse_unplaced, shape_areas
from hazard_service.layers.checks_tables import check_iso3
from hazard_service.layers.files import open_vector
from hazard_service.layers.findings import Findings, LayerRows
from hazard_service.layers.manifest import Manifest
from hazard_service.layers.mapping import map_columns, refuse_lost_columns
from hazard_service.layers.placing import WGS84, Part, on_earth
from hazard_service.layers.projecting import moved
from hazard_service.layers.reading import crs_of, from_file, headers_of, problems_of, tell_notes
from hazard_service.layers.schema import COUNTRY_BOUNDARIES

_LAYER: Final = "country_boundaries"


def read_boundaries(manifest: Manifest, findings: Findings) -> tuple[GeoDataFrame, list[LayerError]]:
    """(iso3, name, geometry in EPSG:4326, why the layer cannot be used); no rows where there is no such layer."""
    parts: list[LayerRows] = []
    try:
        parts = [_checked(path, manifest, findings) for path in manifest.layers.get(_LAYER, ())]
    except LayerError as error:
        return _frame([]), [error]
    return _frame(parts), []


def _checked(path: Path, manifest: Manifest, findings: Findings) -> LayerRows:
    """The rows of one file, each with a polygon and a code of three letters."""
    label = manifest.label(path)
    opened = open_vector(path, _LAYER)
    if opened.geometry is None:
        raise LayerError(f"{label} has no outlines; give {_LAYER} as GeoJSON, GeoPackage or Shapefile.")
    frame, lacking = map_columns(opened, _LAYER, path, manifest)
    refuse_lost_columns(_LAYER, [lacking], headers_of([opened]), manifest)
    crs = crs_of(_LAYER, path, opened, manifest, label, findings)
    tell_notes(_LAYER, label, opened, findings)
    findings.count(_LAYER, label, len(frame))
    part = Part(_LAYER, label, label, opened.geometry, crs, on_earth(opened.geometry, crs))
    problem = problems_of(part, None)
    placed = part.geometry.copy()
    placed[problem != ""] = None
    told = from_file(frame, label).assign(_problem=problem, _unclosed=opened.unclosed, _swapped=False)
    rows = LayerRows(_LAYER, told, moved(placed, crs, WGS84), findings)
    refuse_unplaced(rows)
    check_reading(rows)
    shape_areas(rows)
    check_iso3(rows)
    return rows


def _frame(parts: list[LayerRows]) -> GeoDataFrame:
    nothing = GeoDataFrame({name: pd.Series(dtype=object) for name in COUNTRY_BOUNDARIES}, geometry=[], crs=WGS84)
    frames = [
        GeoDataFrame(part.frame[list(COUNTRY_BOUNDARIES)].astype(object), geometry=part.geometry, crs=WGS84)
        for part in parts
    ]
    return GeoDataFrame(pd.concat([nothing, *frames], ignore_index=True), crs=WGS84)
