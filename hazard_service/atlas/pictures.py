"""Rasters of a programme's grid as pictures that lie under a web map."""

import base64
import io
import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyproj
from affine import Affine
from matplotlib.image import imsave
from numpy.typing import NDArray
from rasterio.transform import array_bounds
from rasterio.warp import Resampling, reproject, transform_bounds

from hazard_service.language import in_words, joined, safety, said
from hazard_service.layers import Situation
from hazard_service.surfaces import (
    BEHIND,
    KEEP_OFF_M,
    REACH_CLASSES,
    REACHED,
    REGAINED,
    Surfaces,
    near_known_hazards,
)
from hazard_service.vocabulary import LABELS, NO_RECORD, NOT_FOR_SAFETY
from hazard_service.walked import terrain_of

# Leaflet's map is spherical Mercator: a picture in it lies straight between its corners.
_MERCATOR: Final = "EPSG:3857"
_REACH_COLOURS: Final = {REACHED: "#5B9BD5", REGAINED: "#009E73", BEHIND: "#B35900"}
_MINUTE_COLOURS: Final = ("#FDE725", "#5EC962", "#21918C", "#3B528B", "#440154")


def reach_picture(classes: NDArray[np.uint8], situation: Situation) -> dict[str, Any]:
    """image, bounds, classes, title, note: what a page shows of `surfaces.reach_classes` of a situation."""
    title = said(
        "Land within {minutes:g} minutes' walk, {date} (modelled)",
        minutes=situation.programme.settings.reach_min,
        date=situation.on,
    )
    looks = [{"colour": _REACH_COLOURS[kind], "label": label} for kind, label in REACH_CLASSES.items()]
    colours = {kind: _REACH_COLOURS[kind] for kind in REACH_CLASSES}
    return _document(classes, colours, situation, title, looks)


def minutes_picture(found: Surfaces, kind: str) -> dict[str, Any]:
    """As `reach_picture`, of the minutes on foot to the nearest place of a kind, in steps of its limit."""
    limits = [found.limit_min * part for part in (1 / 8, 1 / 4, 1 / 2, 3 / 4, 1)]
    minutes = found.minutes[kind]
    classes = np.where(np.isfinite(minutes), np.searchsorted(limits, np.nan_to_num(minutes)) + 1, 0).astype(np.uint8)
    colours = dict(enumerate(_MINUTE_COLOURS, start=1))
    looks = [
        {"colour": colour, "label": said("{low:g} to {high:g} minutes", low=low, high=high)}
        for colour, low, high in zip(_MINUTE_COLOURS, [0.0, *limits], limits, strict=False)
    ]
    title = said("Minutes on foot to: {service}, {date} (modelled)", service=LABELS[kind], date=found.situation.on)
    return _document(np.minimum(classes, len(limits)), colours, found.situation, title, looks)


def _document(
    classes: NDArray[np.uint8],
    colours: Mapping[int, str],
    situation: Situation,
    title: str,
    looks: list[dict[str, str]],
) -> dict[str, Any]:
    grid, settings = terrain_of(situation.programme).grid, situation.programme.settings
    # Copying cells into another grid moves them by up to one: the colours keep off by a cell more.
    keep_off_m = settings.position_error_m + KEEP_OFF_M + grid.cell_m
    table = np.zeros((256, 4), dtype=np.uint8)
    for kind, colour in colours.items():
        table[kind] = [*bytes.fromhex(colour[1:]), 255]
    seen = np.where(near_known_hazards(situation, grid, keep_off_m), 0, classes)
    image, bounds = picture(table[seen].transpose(2, 0, 1), grid.transform, grid.crs)
    note = joined([safety("No colour near any hazard known at the data date."), NO_RECORD, NOT_FOR_SAFETY])
    return {"image": image, "bounds": bounds, **in_words({"classes": looks, "title": title, "note": note})}


def picture(bands: NDArray[np.uint8], transform: Affine, crs: pyproj.CRS) -> tuple[str, list[list[float]]]:
    """(data URI of a PNG, [[south, west], [north, east]]) of (4, rows, cols) red, green, blue and opacity.

    Cells are copied, never mixed: a mixed colour would be a class that nothing has.
    """
    pixels, bounds = on_mercator(bands, transform, crs, Resampling.nearest)
    return data_uri_of(pixels, "png"), bounds


def on_mercator(
    bands: NDArray[np.uint8], transform: Affine, crs: pyproj.CRS, resampling: Resampling, most_px: int | None = None
) -> tuple[NDArray[np.uint8], list[list[float]]]:
    """((height, width, 4) pixels, [[south, west], [north, east]]): a raster as a web map lays it out.

    most_px: the longer side is no longer; as long as the cells ask for where it is None.
    """
    bands = np.ascontiguousarray(bands)
    _, rows, cols = bands.shape
    west, south, east, north = transform_bounds(crs, _MERCATOR, *array_bounds(rows, cols, transform))
    pixel_m = math.hypot(east - west, north - south) / math.hypot(cols, rows)
    if most_px is not None:
        pixel_m = max(pixel_m, (east - west) / most_px, (north - south) / most_px)
    width, height = math.ceil((east - west) / pixel_m), math.ceil((north - south) / pixel_m)
    east, south = west + width * pixel_m, north - height * pixel_m
    placed = Affine(pixel_m, 0.0, west, 0.0, -pixel_m, north)
    drawn = np.zeros((4, height, width), dtype=np.uint8)
    reproject(bands, drawn, src_transform=transform, src_crs=crs, dst_transform=placed, dst_crs=_MERCATOR,
              resampling=resampling)  # fmt: skip
    lonlat = pyproj.Transformer.from_crs(_MERCATOR, "EPSG:4326", always_xy=True)
    (left, right), (bottom, top) = lonlat.transform([west, east], [south, north])
    return np.ascontiguousarray(drawn.transpose(1, 2, 0)), [[bottom, left], [top, right]]


def data_uri_of(pixels: NDArray[np.uint8], form: str) -> str:
    """(height, width, 3 or 4) pixels as the address of a picture in the page: "png", or "jpg" for what has no edges."""
    file = io.BytesIO()
    imsave(file, pixels, format=form, metadata={} if form == "png" else None)
    kind = "jpeg" if form == "jpg" else form
    return f"data:image/{kind};base64," + base64.b64encode(file.getvalue()).decode()
