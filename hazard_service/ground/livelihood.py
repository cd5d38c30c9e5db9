"""Livelihood land: what the ground under each cell is used for, read from land cover. Hazards have no part in it."""

import numpy as np
from numpy.typing import NDArray

from hazard_service.language import said
from hazard_service.vocabulary import LIVELIHOOD_CLASSES, LIVELIHOOD_CODES, NO_LIVELIHOOD_CODES, WATER_CODES


def livelihood_classes(
    landcover: NDArray[np.float32], walkable: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Livelihood class of each cell, (rows, cols) uint8; and the caveats that go with it.

    A class is its place in vocabulary.LIVELIHOOD_CLASSES + 1; 0 is other land, water, no data and what nobody walks.
    Each cell has one class, so the classes and 0 add up to any reach. Water's edge is wetland and every walkable cell
    that is not water and meets water at a side or corner, whatever grows there: a strip one cell wide, taken from the
    other classes, because a bank is a way to water before it is a field. So its km² follow the size of the cells, and
    cropland on a bank counts as water's edge. A bridge over water is no livelihood land.
    `landcover`: (rows, cols) Copernicus codes, NaN = no data. `walkable`: (rows, cols) bool.
    """
    classes = np.zeros(landcover.shape, dtype=np.uint8)
    known = np.isnan(landcover)
    for number, name in enumerate(LIVELIHOOD_CLASSES, start=1):
        for code in LIVELIHOOD_CODES[name]:
            here = landcover == code
            classes[here] = number
            known |= here
    for code in NO_LIVELIHOOD_CODES:
        known |= landcover == code
    water = np.isin(landcover, WATER_CODES)
    classes[_beside(water) & ~water] = LIVELIHOOD_CLASSES.index("water_edge") + 1
    classes[~walkable] = 0
    return classes, _no_class(landcover, known)


def _beside(water: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells that are water or meet it at a side or corner."""
    beside = water.copy()
    beside[1:] |= water[:-1]
    beside[:-1] |= water[1:]
    across = beside.copy()
    beside[:, 1:] |= across[:, :-1]
    beside[:, :-1] |= across[:, 1:]
    return beside


def _no_class(landcover: NDArray[np.float32], known: NDArray[np.bool_]) -> tuple[str, ...]:
    """One sentence on codes that the Copernicus map does not have: a map of other codes would lose land in silence."""
    others = landcover[~known]
    if not len(others):
        return ()
    return (
        said(
            "Land cover of unknown class ({codes}): no livelihood land is told in {n:,} of {total:,} cells.",
            codes=[f"{code:g}" for code in np.unique(others)],
            n=len(others),
            total=landcover.size,
        ),
    )
