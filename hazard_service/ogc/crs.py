"""The coordinate reference systems that are offered: all of the WGS 84 datum, so that nothing shifts between them.

A change of datum can be metres wrong, or hundreds without its grid file: that is for tools that know the country's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from hazard_service.feature_bytes import DEGREE_DECIMALS, METRE_DECIMALS
from hazard_service.layers import Programme

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
METRES: Final = "urn:x-hazard-service:crs:metres"
EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"
# Longitude and latitude; web maps; Mercator; plate carrée; equal areas of two kinds.
_EVERYWHERE: Final = (4326, 3857, 3395, 4087, 6933, 8857)
_ZONES_BESIDE: Final = 3


@dataclass(frozen=True)
class Crs:
    """One coordinate reference system. swap_axes: its definition says y (latitude, northing) before x."""

    uri: str
    name: str
    definition: pyproj.CRS
    swap_axes: bool

    @property
    def is_degrees(self) -> bool:
        """Whether coordinates are longitudes and latitudes."""
        return bool(self.definition.is_geographic)

    @property
    def decimals(self) -> int:
        """How many decimals of a coordinate are written."""
        return DEGREE_DECIMALS if self.is_degrees else METRE_DECIMALS


@lru_cache(maxsize=2)
def offered(programme: Programme) -> Mapping[str, Crs]:
    """By URI: CRS84 first, then EPSG codes, the UTM zones round the programme among them, and its own metre CRS."""
    west, _, east, _ = extent(programme)
    middle = int(((west + east) / 2 + 180) // 6)
    zones = [(middle + beside) % 60 + 1 for beside in range(-_ZONES_BESIDE, _ZONES_BESIDE + 1)]
    codes = [*_EVERYWHERE, *(base + zone for base in (32600, 32700) for zone in zones)]
    found = [_crs(CRS84, pyproj.CRS("OGC:CRS84"))]
    found += [_crs(f"{EPSG}{code}", pyproj.CRS.from_epsg(code)) for code in codes]
    return {crs.uri: crs for crs in [*found, metres(programme)]}


def metres(programme: Programme) -> Crs:
    """The equal-area metre CRS that the programme is measured in."""
    code = programme.crs.to_epsg()
    if code:
        return _crs(f"{EPSG}{code}", programme.crs)
    return Crs(METRES, "Equal-area metres, centred on this programme", programme.crs, swap_axes=False)


@lru_cache(maxsize=2)
def extent(programme: Programme) -> tuple[float, float, float, float]:
    """(west, south, east, north) degrees of everything on record."""
    layers = (
        programme.hazards, programme.releases, programme.communities, programme.places, programme.routes,
        programme.districts,
    )  # fmt: skip
    every = [layer.geometry.to_crs("OGC:CRS84").to_numpy() for layer in layers]
    remnants = programme.hazards.set_geometry(programme.hazards["remnant"].to_numpy(dtype=object), crs=programme.crs)
    every.append(remnants.geometry.to_crs("OGC:CRS84").to_numpy())
    west, south, east, north = shapely.total_bounds(np.concatenate(every))
    # A rounded corner may lie outside the exact one.
    step = 10.0**-DEGREE_DECIMALS
    west, south, east, north = np.round([west - step, south - step, east + step, north + step], DEGREE_DECIMALS)
    return float(west), float(south), float(east), float(north)


def moved(geometries: NDArray[np.object_], here: pyproj.CRS, there: Crs) -> NDArray[np.object_]:
    """The geometries in another CRS, x before y whatever its axes."""
    transformer = pyproj.Transformer.from_crs(here, there.definition, always_xy=True)
    moved = shapely.transform(geometries, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
    return np.asarray(moved, dtype=object)


def _crs(uri: str, definition: pyproj.CRS) -> Crs:
    swap_axes = uri != CRS84 and definition.axis_info[0].direction == "north"
    return Crs(uri, definition.name, definition, swap_axes)
