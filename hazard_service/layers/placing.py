"""Where a layer lies: its coordinate reference system, coordinates off the earth, swapped axes, lost rows.

Works on boxes in longitude and latitude. A layer is judged against the others, because coordinates alone do not tell
which axis is which.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from hazard_service.errors import LayerError

WGS84 = pyproj.CRS("EPSG:4326")
_KM_PER_DEGREE = 111.2
# Layers of one programme overlap or nearly so; axes are called swapped only where swapping mends a wider gap.
NEAR_KM = 25.0
# No programme is wider: beyond this from the others a layer is in the wrong place, and beyond the second a row is,
# measured from the box that holds the middle half of all rows.
FAR_KM = 1000.0
FAR_ROW_KM = 1500.0
# Beyond its area of use by more than this, a projection is the wrong one.
_BEYOND_USE_DEGREES = 5.0
_MOST = 0.5
_ROUND_TRIP_M = 1.0
# What is wider than half the earth lies on both sides of longitude 180, where longitudes jump.
HALF_ROUND_DEGREES = 180.0

Box = tuple[float, float, float, float]  # west, south, east, north; degrees


@dataclass(frozen=True, eq=False)
class Part:
    """The geometry of one file as it serves one layer, in the file's own CRS, x before y.

    source: the same for parts that come from the same table of the same file. on_earth: (n,) see `on_earth`.
    """

    layer: str
    file: str
    source: str
    geometry: NDArray[np.object_]
    crs: pyproj.CRS
    on_earth: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    swapped: bool = False


def swap(part: Part) -> Part:
    """The part with x and y exchanged in every row."""
    turned = shapely.transform(part.geometry, lambda xy: xy[:, ::-1])
    return replace(part, geometry=turned, on_earth=on_earth(turned, part.crs), swapped=not part.swapped)


def on_earth(geometry: NDArray[np.object_], crs: pyproj.CRS) -> NDArray[np.bool_]:
    """(n,) bool: every coordinate is finite and a place on the earth (True where there is none).

    Longitudes run from -180 to 180, because beyond them rows wrap round on reprojection. Projected coordinates count
    where they come back to within a metre from longitude and latitude.
    """
    xy, row = shapely.get_coordinates(geometry, return_index=True)
    good = np.isfinite(xy).all(axis=1)
    if crs.is_geographic:
        good &= (np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)
    else:
        there = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True)
        back = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True)
        lon, lat = there.transform(xy[:, 0], xy[:, 1])
        x, y = back.transform(lon, lat)
        with np.errstate(invalid="ignore", over="ignore"):
            good &= np.hypot(x - xy[:, 0], y - xy[:, 1]) <= _ROUND_TRIP_M
    result = np.ones(len(geometry), dtype=bool)
    result[row[~good]] = False
    return result


def on_world(part: Part) -> bool:
    """Whether at least half of the rows that have coordinates have a place on the earth."""
    placed = ~shapely.is_missing(part.geometry) & ~shapely.is_empty(part.geometry)
    return bool(placed.any() and part.on_earth[placed].mean() >= _MOST)


def boxes_of(part: Part) -> NDArray[np.float64]:
    """(n, 4) west, south, east, north of each row in degrees; NaN where it has no place on the earth."""
    xmin, ymin, xmax, ymax = np.where(part.on_earth, shapely.bounds(part.geometry).T, np.nan)
    corners = np.array([[xmin, ymin], [xmin, ymax], [xmax, ymin], [xmax, ymax]]).transpose(0, 2, 1)
    if not part.crs.is_geographic:
        to_degrees = pyproj.Transformer.from_crs(part.crs, WGS84, always_xy=True)
        corners = np.stack(to_degrees.transform(corners[..., 0], corners[..., 1]), axis=-1)
        corners[~np.isfinite(corners)] = np.nan
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)], axis=1)


def box_of(part: Part) -> Box | None:
    """West, south, east, north of a part in degrees, without its outermost rows; None where nothing is placed."""
    boxes = boxes_of(part)
    boxes = boxes[~np.isnan(boxes).any(axis=1)]
    if not len(boxes):
        return None
    # One stray row must not stretch the box: drop the outermost twentieth, at least one of three.
    spare = max(1, len(boxes) // 20) if len(boxes) >= 3 else 0
    low, high = np.sort(boxes[:, :2], axis=0)[spare], np.sort(boxes[:, 2:], axis=0)[-1 - spare]
    west, south = np.minimum(low, high)
    east, north = np.maximum(low, high)
    return float(west), float(south), float(east), float(north)


def gap_km(a: Box, b: Box) -> float:
    """Kilometres between two boxes, 0 where they overlap; good enough to tell near from far."""
    round_the_back = 360 - (max(a[2], b[2]) - min(a[0], b[0]))
    lon_gap = max(min(max(a[0] - b[2], b[0] - a[2]), round_the_back), 0.0)
    lat_gap = max(a[1] - b[3], b[1] - a[3], 0.0)
    nearest_equator = min(abs(lat) for lat in (a[1], a[3], b[1], b[3]))
    return math.hypot(lon_gap * math.cos(math.radians(nearest_equator)), lat_gap) * _KM_PER_DEGREE


def check_crs(part: Part) -> None:
    """Raises LayerError where most rows of a part cannot be where their CRS puts them."""
    placed = ~shapely.is_missing(part.geometry) & ~shapely.is_empty(part.geometry)
    if not placed.any():
        return
    name = part.crs.name
    if not on_world(part):
        raise LayerError(
            f"{part.file}: most coordinates of {part.layer} are off the earth in {name}; "
            f"state the right reference system under [crs] in programme.toml."
        )
    if part.crs.is_geographic:
        # Part by part: a shape that is cut along longitude 180 is drawn as it should be.
        west, _, east, _ = shapely.bounds(_simple(part.geometry[placed & part.on_earth])).T
        if (east - west > HALF_ROUND_DEGREES).any():
            raise LayerError(
                f"{part.file}: a shape of {part.layer} lies on both sides of longitude 180; "
                f"cut it in two along that line."
            )
    xy = shapely.get_coordinates(part.geometry[placed & part.on_earth])
    if not part.crs.is_geographic and (np.abs(xy) <= (180, 90)).all():
        raise LayerError(
            f"{part.file}: the coordinates of {part.layer} look like degrees, but {name} counts in metres; "
            f'if they are longitude and latitude, write {part.layer} = "EPSG:4326" under [crs] in programme.toml.'
        )
    use = part.crs.area_of_use
    if use is not None and use.west <= use.east:
        wide: Box = (use.west, use.south, use.east, use.north)
        boxes = boxes_of(part)
        outside = [_degrees_outside(row, wide) > _BEYOND_USE_DEGREES for row in boxes[~np.isnan(boxes).any(axis=1)]]
        if np.mean(outside) > _MOST:
            raise LayerError(
                f"{part.file}: most coordinates of {part.layer} lie outside the area that {name} is made for; "
                f"state the right reference system under [crs] in programme.toml."
            )


def _simple(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    parts = geometry
    while (nested := shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        parts = np.concatenate([parts[~nested], shapely.get_parts(parts[nested])])
    return parts


def _degrees_outside(box: NDArray[np.float64], use: Box) -> float:
    return float(max(box[0] - use[2], use[0] - box[2], box[1] - use[3], use[1] - box[3]))


def far_rows(part: Part, middle: Box) -> NDArray[np.bool_]:
    """(n,) bool: the row lies over FAR_ROW_KM from the middle of the programme."""
    boxes = boxes_of(part)
    placed = ~np.isnan(boxes).any(axis=1)
    far = np.zeros(len(boxes), dtype=bool)
    far[placed] = [gap_km((row[0], row[1], row[2], row[3]), middle) > FAR_ROW_KM for row in boxes[placed].tolist()]
    return far


def middle_box(parts: Sequence[Part]) -> Box | None:
    """The box that holds the middle half of all rows, in degrees; None where no row is placed."""
    boxes = np.concatenate([boxes_of(part) for part in parts]) if parts else np.empty((0, 4))
    boxes = boxes[~np.isnan(boxes).any(axis=1)]
    if not len(boxes):
        return None
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    # The quartiles of three rows are the outer two, one of which may be the stray.
    share = (0.5, 0.5) if len(centres) == 3 else (0.25, 0.75)
    (west, south), (east, north) = np.quantile(centres, share, axis=0, method="nearest").tolist()
    return west, south, east, north
