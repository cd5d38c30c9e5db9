"""The rasters: relief and land cover as functions of place, and as GeoTIFFs that cover every walk."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
import rasterio.crs
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer

from hazard_service.layers.synthetic.frame import LOCAL_CRS, RASTER_CRS, Array
from hazard_service.layers.synthetic.geography import HILLS, in_lake, is_water, river_distance_m
from hazard_service.layers.synthetic.story import Story
from hazard_service.settings import Settings

Hill = tuple[float, float, float, float]  # x, y km, height m, width km

CELL_M = 100.0
_LONGEST_STEP = 5.0 * 1.192  # km/h: top speed, downhill
_SPARE_M = 2000.0  # the start search of 1,000 m, and as much again for grids on another centre


class Waves:
    """Smooth noise round 0 with a spread of about 1: a sum of waves of random heading."""

    def __init__(self, rng: np.random.Generator, shortest_m: float, longest_m: float, count: int = 24) -> None:
        length = np.exp(rng.uniform(math.log(shortest_m), math.log(longest_m), count))
        heading = rng.uniform(0.0, 2.0 * np.pi, count)
        self._kx, self._ky = 2.0 * np.pi * np.cos(heading) / length, 2.0 * np.pi * np.sin(heading) / length
        self._phase = rng.uniform(0.0, 2.0 * np.pi, count)
        self._height = np.sqrt(length / length.mean()) * math.sqrt(2.0 / count)

    def at(self, x_m: Array, y_m: Array) -> Array:
        """(n,) values at (n,) places."""
        total = np.zeros(np.shape(x_m))
        for kx, ky, phase, height in zip(self._kx, self._ky, self._phase, self._height, strict=True):
            total += height * np.cos(kx * x_m + ky * y_m + phase)
        return total


class Relief:
    """Hills, rolling ground and the river's valley; and what grows on it."""

    def __init__(self, story: Story, *, origin_m: Array | None = None, hills: Sequence[Hill] = HILLS) -> None:
        """`origin_m`: where the map's centre lies in the waves; `hills`: those of the map, or with its neighbours'."""
        self._origin_m, self._hills = np.zeros(2) if origin_m is None else origin_m, hills
        rng = story.rng("relief")
        self._rolling = Waves(rng, 1400.0, 6000.0)
        self._woods = Waves(rng, 900.0, 4000.0)
        self._fields = Waves(rng, 600.0, 2500.0)
        self._marsh = Waves(rng, 700.0, 2500.0)

    def height_m(self, x_m: Array, y_m: Array) -> Array:
        """(n,) elevation, m."""
        hills = np.zeros(np.shape(x_m))
        for x, y, height, width in self._hills:
            hills += height * np.exp(-((x_m / 1000.0 - x) ** 2 + (y_m / 1000.0 - y) ** 2) / (2.0 * width**2))
        ground = 95.0 + hills + (24.0 + 0.05 * hills) * self._at(self._rolling, x_m, y_m)
        valley = 1.0 - np.exp(-((river_distance_m(x_m, y_m) / 1600.0) ** 2))
        shore = 1.0 - np.exp(-((np.maximum(in_lake(x_m, y_m) - 1.0, 0.0) / 0.8) ** 2))
        return np.asarray(20.0 + np.maximum(ground - 20.0, 8.0) * valley * (0.25 + 0.75 * shore))

    def landcover(self, x_m: Array, y_m: Array, built: list[tuple[Array, float]]) -> NDArray[np.uint8]:
        """(n,) Copernicus land-cover classes. `built`: centres and radii (m) of towns."""
        height = self.height_m(x_m, y_m)
        woods, fields = self._at(self._woods, x_m, y_m), self._at(self._fields, x_m, y_m)
        cover = np.full(np.shape(x_m), 40, dtype=np.uint8)
        cover[fields > 0.75] = 30
        cover[fields < -1.05] = 20
        high = height + 60.0 * fields
        cover[high > 260.0] = np.where(woods > -0.1, 124, 30)[high > 260.0]
        cover[(high > 330.0) & (woods > 0.35)] = 114
        cover[(high > 330.0) & (woods < -0.7)] = 20
        cover[high > 620.0] = np.where(woods > 0.9, 20, 30)[high > 620.0]
        low = (river_distance_m(x_m, y_m) < 700.0) | (in_lake(x_m, y_m) < 1.35)
        cover[low & (self._at(self._marsh, x_m, y_m) > 1.0)] = 90
        for centre, radius_m in built:
            cover[np.hypot(x_m - centre[0], y_m - centre[1]) < radius_m * (1.0 + 0.15 * fields)] = 50
        cover[is_water(x_m, y_m)] = 80
        return cover

    def _at(self, waves: Waves, x_m: Array, y_m: Array) -> Array:
        return waves.at(x_m + self._origin_m[0], y_m + self._origin_m[1])


def write_rasters(
    folder: Path, relief: Relief, bounds_m: tuple[float, float, float, float], built: list[tuple[Array, float]]
) -> None:
    """elevation.tif (int16 m) and landcover.tif (uint8), 100 m cells, without gaps.

    They cover `bounds_m` of the communities (local metres) and everything anybody walks to from there.
    """
    left, top, rows, cols = _extent(bounds_m)
    x, y = np.meshgrid(left + CELL_M * (np.arange(cols) + 0.5), top - CELL_M * (np.arange(rows) + 0.5))
    x_m, y_m = Transformer.from_crs(RASTER_CRS, LOCAL_CRS, always_xy=True).transform(x.ravel(), y.ravel())
    elevation = np.rint(relief.height_m(x_m, y_m)).astype(np.int16).reshape(rows, cols)
    landcover = relief.landcover(x_m, y_m, built).reshape(rows, cols)
    crs = rasterio.crs.CRS.from_epsg(RASTER_CRS.to_epsg())
    write_bands(folder, elevation, landcover, crs, Affine(CELL_M, 0.0, left, 0.0, -CELL_M, top))


def write_bands(
    folder: Path, elevation: NDArray[np.int16], landcover: NDArray[np.uint8], crs: rasterio.crs.CRS, transform: Affine
) -> None:
    """Both rasters, (rows, cols), row 0 in the north, as GeoTIFFs without gaps."""
    rows, cols = elevation.shape
    for name, band, predictor in (("elevation.tif", elevation, 2), ("landcover.tif", landcover, 1)):
        with rasterio.open(
            folder / name,
            "w",
            driver="GTiff",
            height=rows,
            width=cols,
            count=1,
            dtype=band.dtype.name,
            crs=crs,
            transform=transform,
            compress="deflate",
            zlevel=9,
            predictor=predictor,
            tiled=True,
            blockxsize=256,
            blockysize=256,
        ) as raster:
            raster.write(band, 1)


def walk_margin_m() -> float:
    """How far round the communities anybody walks, and a spare margin."""
    return Settings().longest_min / 60.0 * _LONGEST_STEP * 1000.0 + _SPARE_M


def _extent(bounds_m: tuple[float, float, float, float]) -> tuple[float, float, int, int]:
    """left, top (m, UTM), rows, cols of the walking grid's cover (DESIGN section 5), plus a spare margin."""
    margin_m = walk_margin_m()
    west, south, east, north = bounds_m
    box = (west - margin_m, south - margin_m, east + margin_m, north + margin_m)
    turned = Transformer.from_crs(LOCAL_CRS, RASTER_CRS, always_xy=True).transform_bounds(*box, densify_pts=21)
    left, bottom = (math.floor(edge / CELL_M) * CELL_M for edge in turned[:2])
    right, top = (math.ceil(edge / CELL_M) * CELL_M for edge in turned[2:])
    return left, top, round((top - bottom) / CELL_M), round((right - left) / CELL_M)
