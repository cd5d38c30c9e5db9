"""Boxes: from the numbers of a request to rectangles, x before y."""

import math
from collections.abc import Sequence

import shapely

from hazard_service.errors import ParameterError
from hazard_service.ogc.crs import Crs

Box = tuple[float, float, float, float]


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
    if xmin > xmax:
        return [(xmin, ymin, 180.0, ymax), (-180.0, ymin, xmax, ymax)]
    return [(xmin, ymin, xmax, ymax)]


def rectangle(box: Box) -> shapely.Geometry:
    """The box as a geometry; one without width or height is a line or a point."""
    xmin, ymin, xmax, ymax = box
    corners = shapely.multipoints([(xmin, ymin), (xmax, ymin), (xmax, ymax), (xmin, ymax)])
    return shapely.convex_hull(corners)
