"""Rasters: elevation and land cover laid onto the walking grid, population pixel by pixel."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyproj
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError, RasterioIOError, WarpOperationError
from rasterio.warp import reproject
from rasterio.windows import Window

from hazard_service.errors import FileFormatError, LayerError, NoCrsError

MAX_PIXELS = 400_000_000
# A small file may hold one huge block, which is unpacked whole.
MAX_BLOCK_BYTES = 1 << 29
# Pixels of one window of `read_windows`, at least a row of blocks.
_WINDOW_PIXELS = 4_000_000
_TIFF_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def read_onto(
    path: Path,
    crs: pyproj.CRS,
    left_m: float,
    top_m: float,
    cell_m: float,
    rows: int,
    cols: int,
    *,
    resampling: Literal["bilinear", "nearest"] = "bilinear",
) -> NDArray[np.float32]:
    """The one band of a GeoTIFF on a grid of square cells in `crs`, row 0 in the north.

    Returns (rows, cols) float32 in the raster's own unit (its scale and offset applied), NaN where it has no data or
    does not reach. Bilinear for heights, nearest for classes. Raises FileFormatError where the file is missing, is no
    GeoTIFF of one band or too large; NoCrsError, LayerError where it does not say where it lies.
    """
    onto = np.full((rows, cols), np.nan, dtype=np.float32)
    with _opened(path) as source:
        reproject(
            source=rasterio.band(source, 1),
            destination=onto,
            src_nodata=_no_data(source),
            dst_crs=rasterio.crs.CRS.from_wkt(crs.to_wkt()),
            dst_transform=Affine(cell_m, 0.0, left_m, 0.0, -cell_m, top_m),
            dst_nodata=np.nan,
            resampling=Resampling[resampling],
        )
        scale, offset = source.scales[0], source.offsets[0]
    onto[~np.isfinite(onto)] = np.nan
    return np.asarray(onto * np.float32(scale) + np.float32(offset), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Pixels:
    """Part of a raster as it lies in its file.

    values: (rows, cols) float64, NaN = no data. transform: column and row of a pixel's corner to x and y in `crs`.
    """

    values: NDArray[np.float64]
    transform: Affine
    crs: pyproj.CRS


def read_windows(path: Path) -> Iterator[Pixels]:
    """The one band of a GeoTIFF in its own pixels, from north to south; each pixel comes once.

    In the raster's own unit, its scale and offset applied. Raises what `read_onto` raises.
    """
    with _opened(path) as source:
        crs = pyproj.CRS.from_wkt(source.crs.to_wkt())
        block_rows = source.block_shapes[0][0]
        step = max(_WINDOW_PIXELS // source.width // block_rows, 1) * block_rows
        for top in range(0, source.height, step):
            window = Window(0, top, source.width, min(step, source.height - top))
            values = np.ma.filled(source.read(1, window=window, masked=True).astype(np.float64), np.nan)
            values[~np.isfinite(values)] = np.nan
            values = values * source.scales[0] + source.offsets[0]
            yield Pixels(values, source.transform @ Affine.translation(0, top), crs)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The raster, checked before anything is unpacked; what reading it raises as one sentence.

    The driver is named and files beside it (.ovr, .aux.xml) stay unread: GDAL would open them by their content.
    """
    _check_magic(path)
    try:
        with warnings.catch_warnings(), rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path, driver="GTiff") as source:
                _check_raster(source, path.name)
                yield source
    except (RasterioIOError, WarpOperationError) as error:
        raise FileFormatError(f"{path.name} cannot be read as a GeoTIFF; export it again.") from error
    except RasterioError as error:
        raise LayerError(f"{path.name} cannot be laid onto the walking grid; check its reference system.") from error


def _check_magic(path: Path) -> None:
    if not path.is_file():
        raise FileFormatError(f"{path.name} is not there; put the file in place or take it out of programme.toml.")
    with path.open("rb") as stream:
        if stream.read(4) not in _TIFF_MAGIC:
            raise FileFormatError(f"{path.name} is not a GeoTIFF; export it again.")


def _check_raster(source: Any, name: str) -> None:
    """Before anything is unpacked or allocated."""
    if source.count != 1:
        raise FileFormatError(f"{name} has {source.count} bands; export the one that holds the values.")
    pixels = source.width * source.height
    block_rows, block_cols = source.block_shapes[0]
    block_bytes = block_rows * block_cols * np.dtype(source.dtypes[0]).itemsize
    if pixels > MAX_PIXELS or block_bytes > MAX_BLOCK_BYTES:
        raise FileFormatError(
            f"{name} has {source.width:,} × {source.height:,} pixels, too many to read safely; "
            "clip it to the programme, or make its pixels larger."
        )
    if source.crs is None:
        raise NoCrsError(f"{name} does not say in which coordinate reference system it is; export it with one.")
    if source.transform.is_identity:
        raise LayerError(f"{name} does not say where it lies; export it with its position.")


def _no_data(source: Any) -> float | None:
    if source.nodata is None and np.dtype(source.dtypes[0]).kind == "f":
        return float("nan")
    return None if source.nodata is None else float(source.nodata)
