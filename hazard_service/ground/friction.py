"""Friction: minutes per metre on the flat, from land cover. Hazards and routes have no part in it."""

import math

import numpy as np
from numpy.typing import NDArray

from hazard_service.ground.grid import Grid
from hazard_service.language import said
from hazard_service.settings import Settings


def friction(
    grid: Grid,
    settings: Settings,
    landcover: NDArray[np.float32] | None,
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Minutes per metre, (rows, cols) float32, inf = not walkable; and the caveats that go with it.

    `landcover`: (rows, cols) classes, NaN = no data; None = the off-road speed everywhere. A class of speed 0
    (water) is not walkable; no data and classes without a speed walk at the off-road speed and are counted.
    """
    min_per_m = np.full(grid.shape, minutes_per_metre(settings.offroad_kmh), dtype=np.float32)
    caveats: tuple[str, ...] = (
        said(
            "No land cover: off the routes every walk is at {kmh:g} km/h, and no water stops it.",
            kmh=settings.offroad_kmh,
        ),
    )
    if landcover is not None:
        known = np.zeros(grid.shape, dtype=bool)
        for code, kmh in settings.landcover_kmh.items():
            here = landcover == code
            min_per_m[here] = minutes_per_metre(kmh)
            known |= here
        caveats = _unknown_cover(landcover, known, settings)
    return min_per_m, caveats


def minutes_per_metre(kmh: float) -> float:
    """Friction of a walking speed: 60 / (1000 km/h); inf where the speed is 0."""
    return 60.0 / (1000.0 * kmh) if kmh > 0 else math.inf


def _unknown_cover(landcover: NDArray[np.float32], known: NDArray[np.bool_], settings: Settings) -> tuple[str, ...]:
    unknown = int(np.count_nonzero(~known))
    if unknown == 0:
        return ()
    missing = int(np.count_nonzero(np.isnan(landcover)))
    classes = np.unique(landcover[~known & ~np.isnan(landcover)])
    codes = [*(f"{code:g}" for code in classes[:5]), *(["…"] if len(classes) > 5 else [])]
    return (
        said(
            "Land cover is missing in {n:,} of {total:,} cells and of a class without a speed{codes} in {others:,}; "
            "they are walked at the off-road speed, {kmh:g} km/h.",
            n=missing,
            total=known.size,
            codes=said(" ({codes})", codes=codes) if codes else "",
            others=unknown - missing,
            kmh=settings.offroad_kmh,
        ),
    )
