"""Set operations on ground that do not give up.

GEOS may fail ("TopologyException") on sound outlines that run side by side to within rounding, as pieces do that were
cut from each other (libgeos issue 1338). Where it does, the operation is done again with coordinates rounded to
GRID_M: a micrometre, a thousandth of what any survey knows, and only there.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

GRID_M: Final = 1e-6


def union_all(geometries: Iterable[BaseGeometry | None]) -> BaseGeometry:
    """What all of them cover together, any coordinates in metres."""
    together = np.array(list(geometries), dtype=object)
    try:
        # By groups that meet: four times faster for hazards, most of which stand alone.
        return shapely.disjoint_subset_union_all(together)
    except shapely.GEOSException:
        return shapely.union_all(together, grid_size=GRID_M)


def difference(ground: Any, taken: Any) -> Any:
    """`ground` without `taken`; geometries or arrays of them, as `shapely.difference` takes them."""
    return _paired(shapely.difference, ground, taken)


def intersection(ground: Any, other: Any) -> Any:
    """What both cover; geometries or arrays of them, as `shapely.intersection` takes them."""
    return _paired(shapely.intersection, ground, other)


def _paired(operation: Callable[..., Any], left: Any, right: Any) -> Any:
    try:
        return operation(left, right)
    except shapely.GEOSException:
        lefts, rights = np.broadcast_arrays(np.asarray(left, dtype=object), np.asarray(right, dtype=object))
        found = np.empty(lefts.size, dtype=object)
        found[:] = [_one(operation, here, there) for here, there in zip(lefts.ravel(), rights.ravel(), strict=True)]
        return found.reshape(lefts.shape) if lefts.ndim else found[0]


def _one(operation: Callable[..., Any], left: Any, right: Any) -> Any:
    try:
        return operation(left, right)
    except shapely.GEOSException:
        return operation(left, right, grid_size=GRID_M)
