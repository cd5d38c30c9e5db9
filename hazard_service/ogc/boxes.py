"""Boxes: from the numbers of a request to rectangles, x before y."""

import math
from collections.abc import Sequence
from typing import Final

import shapely

from hazard_service.errors import ParameterError
from hazard_service.ogc.crs import Crs

Box = tuple[float, float, float, float]
_GLOBE: Final = (-180.0, -90.0, 180.0, 90.0)
# Once round the earth: no coordinate in metres is larger.
_FARTHEST_M: Final = 40_075_017.0


def boxes_of(numbers: Sequence[float], crs: Crs, name: str) -> list[Box]:
    """(xmin, ymin, xmax, ymax) of a box given as 4 numbers, or 6 with heights, in the axis order of its CRS.

    Two boxes where it crosses the 180th meridian, its first longitude being the larger. name: of the parameter, for
    the sentence of the ParameterError.
    """
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise ParameterError(f'"{name}" takes 4 finite numbers with commas between, or 6 with heights.')
    half = len(numbers) // 2
    (xmin, ymin), (xmax, ymax) = numbers[:2], numbers[half : half + 2]
    if half == 3 and numbers[2] > numbers[5]:
        raise ParameterError(f'"{name}" has its lowest height above its highest.')
    if crs.swap_axes:
        xmin, ymin, xmax, ymax = ymin, xmin, ymax, xmax
    if ymin > ymax or (xmin > xmax and not crs.is_degrees):
        order = "latitudes" if crs.is_degrees else "coordinates"
        raise ParameterError(f'"{name}" has its {order} in the wrong order; give the smaller first.')
    check_on_globe((min(xmin, xmax), ymin, max(xmin, xmax), ymax), crs, name)
    if xmin > xmax:
        return [(xmin, ymin, 180.0, ymax), (-180.0, ymin, xmax, ymax)]
    return [(xmin, ymin, xmax, ymax)]


def check_on_globe(bounds: Box, crs: Crs, name: str) -> None:
    """Raises ParameterError where degrees go beyond the globe, or metres farther than once round it.

    17-069r4, requirement 24, forbids it; and metres taken for degrees would be answered with no hazards.
    """
    west, south, east, north = bounds
    if crs.is_degrees and (west < _GLOBE[0] or south < _GLOBE[1] or east > _GLOBE[2] or north > _GLOBE[3]):
        raise ParameterError(
            f'"{name}" goes beyond the globe; longitudes are from -180 to 180 and latitudes from -90 to 90, and '
            f'coordinates in metres need "{name}-crs".'
        )
    if not crs.is_degrees and max(map(abs, bounds)) > _FARTHEST_M:
        raise ParameterError(
            f'"{name}" goes beyond the globe; coordinates in metres are from {-_FARTHEST_M:,.0f} to {_FARTHEST_M:,.0f}.'
        )


def rectangle(box: Box) -> shapely.Geometry:
    """The box as a geometry; one without width or height is a line or a point."""
    xmin, ymin, xmax, ymax = box
    corners = shapely.multipoints([(xmin, ymin), (xmax, ymin), (xmax, ymax), (xmin, ymax)])
    return shapely.convex_hull(corners)
