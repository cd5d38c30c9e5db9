"""The ground to look at where there is no background map: relief and land cover of the programme's own rasters."""

from functools import lru_cache
from typing import Any, Final

import numpy as np
from matplotlib.colors import LightSource
from numpy.typing import NDArray
from rasterio.warp import Resampling

from hazard_service.atlas.pictures import data_uri_of, on_mercator
from hazard_service.ground.terrain import Terrain
from hazard_service.language import said
from hazard_service.layers import Programme
from hazard_service.vocabulary import LABELS, LIVELIHOOD_CLASSES
from hazard_service.walked import terrain_of

# Pale, so that hazards and symbols stand out, and told apart by more than hue.
COLOURS: Final = {
    "cropland": (250, 243, 214),
    "pasture": (233, 243, 217),
    "forest": (197, 218, 190),
    "water_edge": (214, 232, 226),
    "built_up": (226, 217, 213),
}
OTHER: Final = (252, 251, 246)
WATER: Final = (190, 212, 230)
# The longest side of the picture.
_MOST_PX: Final = 1400
# A hill at 3 times its height shows where the slopes are; how much darker its shade may be.
_TIMES_HIGHER: Final = 3.0
_SHADE: Final = 0.35


@lru_cache(maxsize=2)
def backdrop(programme: Programme) -> dict[str, Any] | None:
    """image (data URI), bounds ([[south, west], [north, east]]), classes; None without elevation and land cover."""
    terrain = terrain_of(programme)
    if terrain.elevation_m is None and terrain.livelihood is None:
        return None
    colours = shaded(terrain)
    bands = np.dstack([colours, np.full(colours.shape[:2], 255, dtype=np.uint8)]).transpose(2, 0, 1)
    pixels, bounds = on_mercator(bands, terrain.grid.transform, terrain.grid.crs, Resampling.bilinear, _MOST_PX)
    outside = pixels[..., 3] == 0
    pixels[outside] = (233, 238, 240, 255)
    return {"image": data_uri_of(pixels[..., :3], "jpg"), "bounds": bounds, "classes": _classes(terrain)}


def shaded(terrain: Terrain) -> NDArray[np.uint8]:
    """(rows, cols, 3) colours of the land, darker on slopes away from a light in the north-west."""
    colours = np.full((*terrain.grid.shape, 3), OTHER, dtype=np.uint8)
    if terrain.livelihood is not None:
        for number, name in enumerate(LIVELIHOOD_CLASSES, start=1):
            colours[terrain.livelihood == number] = COLOURS[name]
    colours[~np.isfinite(terrain.min_per_m)] = WATER
    if terrain.elevation_m is None:
        return colours
    cell_m = terrain.grid.cell_m
    heights = np.nan_to_num(terrain.elevation_m, nan=float(np.nanmin(terrain.elevation_m)))
    light = LightSource(azdeg=315, altdeg=45).hillshade(heights, vert_exag=_TIMES_HIGHER, dx=cell_m, dy=cell_m)
    shade = 1 - _SHADE * (1 - np.clip(light / light[np.isfinite(light)].max(), 0, 1))
    return np.asarray(colours * shade[..., None], dtype=np.uint8)


def _classes(terrain: Terrain) -> list[dict[str, str]]:
    names = () if terrain.livelihood is None else LIVELIHOOD_CLASSES
    found = [{"colour": _hex(COLOURS[name]), "label": LABELS[name]} for name in names]
    if not np.isfinite(terrain.min_per_m).all():
        found.append({"colour": _hex(WATER), "label": said("Not walkable, such as water")})
    return found


def _hex(colour: tuple[int, int, int]) -> str:
    return "#" + bytes(colour).hex()
