"""Metres to draw in, degrees to write: one fixed equal-area frame round 35° N 40° W, in the open Atlantic."""

from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

CENTRE_LON, CENTRE_LAT = -40.0, 35.0
LOCAL_CRS = CRS.from_proj4(f"+proj=laea +lat_0={CENTRE_LAT} +lon_0={CENTRE_LON} +datum=WGS84 +units=m +no_defs")
RASTER_CRS = CRS.from_epsg(32624)
DECIMALS = 7

_TO_DEGREES = Transformer.from_crs(LOCAL_CRS, "EPSG:4326", always_xy=True)
_TO_METRES = Transformer.from_crs("EPSG:4326", LOCAL_CRS, always_xy=True)

Array = NDArray[np.float64]
Shape = TypeVar("Shape", bound=BaseGeometry)


def degrees(xy: Array) -> Array:
    """(n, 2) metres to (n, 2) longitude and latitude, rounded as they are written."""
    lon, lat = _TO_DEGREES.transform(xy[:, 0], xy[:, 1])
    return np.round(np.column_stack([lon, lat]), DECIMALS)


def metres(lon_lat: Array) -> Array:
    """(n, 2) longitude and latitude to (n, 2) metres."""
    x, y = _TO_METRES.transform(lon_lat[:, 0], lon_lat[:, 1])
    return np.column_stack([x, y])


def in_degrees(geometry: Shape) -> Shape:
    """A geometry in metres as it is written."""
    return shapely.transform(geometry, degrees)


def snapped(geometry: Shape) -> Shape:
    """A geometry in metres moved onto the degrees that will be written (under 1 cm), so what fits here fits there."""
    return shapely.transform(geometry, lambda xy: metres(degrees(xy)))
