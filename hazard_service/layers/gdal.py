"""Reading by GDAL, of a source whose driver is already known. A day that cannot be stays text: a finding of its row."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import shapely
from geopandas import GeoDataFrame
from pyogrio.errors import DataLayerError, DataSourceError

from hazard_service.errors import FileFormatError
from hazard_service.layers.opened import Opened, first_line, without_geometry


def read_gdal(source: str, name: str, table: str | None) -> Opened:
    """Every row of a table. Raises FileFormatError where it cannot be read."""
    frame, notes = _read_frame(source, name, table, "ignore")
    if not isinstance(frame, GeoDataFrame):
        return without_geometry(frame)
    geometry = shapely.force_2d(np.asarray(frame.geometry, dtype=object))
    unclosed = np.zeros(len(frame), dtype=bool)
    if shapely.is_missing(geometry).any():
        # An unclosed ring cannot be parsed; closing it loses no ground, refusing it would lose the hazard.
        closed, _ = _read_frame(source, name, table, "fix")
        mended = shapely.force_2d(np.asarray(closed.geometry, dtype=object))
        unclosed = shapely.is_missing(geometry) & ~shapely.is_missing(mended)
        geometry = mended
    columns = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return Opened(columns, geometry, frame.crs, unclosed, notes)


def _read_frame(source: str, name: str, table: str | None, on_invalid: str) -> tuple[Any, tuple[str, ...]]:
    options = {"force_2d": True, "datetime_as_string": True, "on_invalid": on_invalid, "use_arrow": False}
    if source.startswith("GeoJSON:"):
        # Otherwise GDAL takes what looks like a date for one, and the 30th of February stops the whole file.
        options["DATE_AS_STRING"] = "YES"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            try:
                frame = pyogrio.read_dataframe(source, layer=table, **options)
            except UnicodeDecodeError:
                raise
            except ValueError:
                # The same in a column of dates. As text it is a finding of its row.
                query = _dates_as_text(source, table)
                frame = pyogrio.read_dataframe(source, sql=query, sql_dialect="OGRSQL", **options)
        except UnicodeDecodeError as error:
            raise FileFormatError(
                f"{name} holds text that is not UTF-8 as it claims; export it again as UTF-8."
            ) from error
        except (DataSourceError, DataLayerError, IndexError) as error:
            raise FileFormatError(f"{name} cannot be read ({first_line(error)}); export the layer again.") from error
    # Warnings about single geometries show up as findings of their rows.
    return frame, tuple(dict.fromkeys(first_line(warning.message) for warning in caught))


def _dates_as_text(source: str, table: str | None) -> str:
    info = pyogrio.read_info(source, layer=table)
    columns = [
        f'CAST("{field}" AS character(40)) AS "{field}"' if kind in ("OFTDate", "OFTDateTime") else f'"{field}"'
        for field, kind in zip((_quoted(name) for name in info["fields"]), info["ogr_types"], strict=True)
    ]
    return f'SELECT {", ".join(columns)} FROM "{_quoted(info["layer_name"])}"'


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')
