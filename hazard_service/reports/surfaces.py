"""Surfaces as files: GeoTIFF and GeoJSON, each saying itself what it is, of which date, and what it is not for."""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyogrio
import rasterio
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from hazard_service.dress import STALE_AFTER
from hazard_service.layers.schema import WITHIN
from hazard_service.surfaces import GROUND_CLASSES, Surfaces
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

_CARRIED = ["hazard_id", "kind", "status", "contamination", "reported_on", "state", "geometry"]
# The state of hazards on record that the walking model did not close.
_NO_BARRIER: Final = "on record, no barrier here"
# Tiles of 256 cells; whole numbers compress best differenced in rows (predictor 2), floats byte by byte (3).
_LAYOUT = {"driver": "GTiff", "count": 1, "tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate"}


def write_surfaces(surfaces: Surfaces, folder: Path) -> list[Path]:
    """Write minutes_KIND.tif for each kind, closed_ground.tif and closed_ground.geojson; return the files written.

    GeoTIFF: the programme's metre CRS, minutes float32 with NaN for no data, ground uint8 with every value a class.
    GeoJSON (RFC 7946): the hazards behind it, by `state`. Each file holds its dates, warnings and provenance itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, minutes in surfaces.minutes.items():
        path = folder / f"minutes_{kind}.tif"
        _write_raster(path, minutes, surfaces, _minutes_says(kind, surfaces), {"units": "min", "nodata": np.nan})
        written.append(path)
    path = folder / "closed_ground.tif"
    _write_raster(path, surfaces.ground, surfaces, _ground_says(), {"units": "class", "nodata": None})
    return [*written, path, _write_hazards(folder / "closed_ground.geojson", surfaces)]


def _minutes_says(kind: str, surfaces: Surfaces) -> str:
    return (
        f"Modelled walking minutes, one way, from each cell to the nearest {kind} place, open hazards as barriers. "
        f"No data (NaN): more than {surfaces.limit_min:g} min, not reachable, not walkable, or within "
        f"{surfaces.keep_off_m:g} m of a hazard known at the data date. A value is no statement that a way is safe."
    )


def _ground_says() -> str:
    classes = "; ".join(f"{value} = {words}" for value, words in GROUND_CLASSES.items())
    return f"Ground as the walking model sees it: {classes}."


def _members(surfaces: Surfaces, says: str) -> dict[str, Any]:
    """What every file carries in itself."""
    situation, programme = surfaces.situation, surfaces.situation.programme
    stale = programme.data_date + STALE_AFTER
    dates = f"As of {situation.on}, data date {programme.data_date}; do not rely on it after {stale}."
    return {
        "description": f"{programme.name}. {says} {dates} {NO_RECORD} {NOT_FOR_SAFETY}",
        "programme": programme.name,
        "fictional": programme.fictional,
        "as_of": situation.on.isoformat(),
        "data_date": programme.data_date.isoformat(),
        "stale_after": stale.isoformat(),
        "hazard_kinds": sorted(situation.kinds),
        "hazards_unplaced": len(programme.unplaced),
        "limit_min": surfaces.limit_min,
        "keep_off_m": surfaces.keep_off_m,
        "warnings": [NOT_FOR_SAFETY, NO_RECORD],
        "caveats": list(surfaces.caveats),
        "provenance": surfaces.provenance,
    }


def _write_raster(path: Path, values: NDArray[Any], surfaces: Surfaces, says: str, band: dict[str, Any]) -> None:
    rows, cols = values.shape
    members = _members(surfaces, says)
    profile = _LAYOUT | {"predictor": 3 if values.dtype.kind == "f" else 2, "nodata": band["nodata"]}
    crs = rasterio.crs.CRS.from_wkt(surfaces.grid.crs.to_wkt())
    path.unlink(missing_ok=True)
    with rasterio.open(
        path, "w", height=rows, width=cols, dtype=values.dtype, crs=crs, transform=surfaces.grid.transform, **profile
    ) as file:
        file.write(values, 1)
        file.set_band_description(1, path.stem)
        file.set_band_unit(1, band["units"])
        file.update_tags(
            TIFFTAG_IMAGEDESCRIPTION=members["description"],
            TIFFTAG_SOFTWARE=surfaces.provenance["software"],
            **{name.upper(): _text(value) for name, value in members.items() if name != "description"},
            UNITS=band["units"],
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _write_hazards(path: Path, surfaces: Surfaces) -> Path:
    situation = surfaces.situation
    barriers = _with_lines(surfaces.hazards.assign(state="open"))
    others = _with_lines(surfaces.not_counted).assign(state=_NO_BARRIER)
    filled = [frame for frame in (barriers, others) if len(frame)] or [barriers]
    frame = GeoDataFrame(pd.concat(filled, ignore_index=True), crs=surfaces.grid.crs)[_CARRIED]
    dated = frame.assign(
        as_of=situation.on.isoformat(),
        data_date=situation.programme.data_date.isoformat(),
        warning=f"{NOT_FOR_SAFETY} {NO_RECORD}",
    )
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(dated.to_crs("EPSG:4326"), path, driver="GeoJSON", layer_options={"RFC7946": "YES"})
    # GDAL writes no foreign members (RFC 7946 section 6.1) of ours.
    collection = json.loads(path.read_text(encoding="utf-8"))
    features = collection.pop("features")
    says = (
        "The hazards that close ground to the walking model (state: open, or a zero-width line that blocks), and "
        "others on record that do not. Status speaks of the data date."
    )
    whole = collection | _members(surfaces, says) | {"features": features}
    path.write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return path


def _with_lines(frame: GeoDataFrame) -> GeoDataFrame:
    """Hazards with the zero-width lines that block as rows of their own, in place of the column `remnant`."""
    lines = frame[frame["remnant"].notna()].assign(state="zero-width line that blocks")
    lines = lines.set_geometry(GeoDataFrame(geometry=list(lines["remnant"]), crs=frame.crs).geometry.to_numpy())
    frame = frame[~frame.geometry.is_empty]
    together = pd.concat([frame, lines.set_crs(frame.crs)], ignore_index=True) if len(lines) else frame
    return GeoDataFrame(together, crs=frame.crs).drop(columns=list(WITHIN)).reset_index(drop=True)
