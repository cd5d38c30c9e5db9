"""Livelihood land within reach: cropland, pasture, forest, water's edge and built-up land, held back and given back."""

from typing import Final

import numpy as np

from hazard_service.settings import Settings
from hazard_service.vocabulary import LIVELIHOOD_CLASSES

REACH_COLUMNS: Final = (
    *(f"{column}_{name}_km2" for name in LIVELIHOOD_CLASSES for column in ("reach", "free_reach")),
    "livelihood_held_back_km2",
)
GAIN_COLUMNS: Final = (*(f"gained_{name}_km2" for name in LIVELIHOOD_CLASSES), "gained_livelihood_km2")


def livelihood_columns(
    closed: np.ndarray | None, free: np.ndarray | None, has_start: np.ndarray, settings: Settings
) -> dict[str, np.ndarray]:
    """Livelihood land of each community, km²; no column at all without land cover, NaN without a start.

    reach_C_km2 and free_reach_C_km2 for each class C; what is held back of a class is their difference, and
    livelihood_held_back_km2 is held back of all five. The classes and other land add up to reach_km2.
    closed, free: (n, 6) cells reached by class, class 0 = other land; has_start: (n,) bool.
    """
    if closed is None or free is None:
        return {}
    reach, free_reach = _km2(closed, has_start, settings), _km2(free, has_start, settings)
    columns = {}
    for number, name in enumerate(LIVELIHOOD_CLASSES, start=1):
        columns[f"reach_{name}_km2"] = reach[:, number]
        columns[f"free_reach_{name}_km2"] = free_reach[:, number]
    columns["livelihood_held_back_km2"] = _km2(free - closed, has_start, settings)[:, 1:].sum(axis=1)
    return columns


def livelihood_gains(
    standing: np.ndarray | None, put_back: np.ndarray | None, has_start: np.ndarray, settings: Settings
) -> dict[str, np.ndarray]:
    """Livelihood land that release gave back, km²: gained_C_km2 for each class C, and gained_livelihood_km2 of all.

    standing, put_back: (n, 6) cells reached by class with the releases, and with them put back; see `gains`.
    """
    if standing is None or put_back is None:
        return {}
    gained = _km2(standing - put_back, has_start, settings)
    columns = {f"gained_{name}_km2": gained[:, number] for number, name in enumerate(LIVELIHOOD_CLASSES, start=1)}
    return columns | {"gained_livelihood_km2": gained[:, 1:].sum(axis=1)}


def _km2(cells: np.ndarray, has_start: np.ndarray, settings: Settings) -> np.ndarray:
    return np.where(has_start[:, None], cells * (settings.cell_m**2 / 1e6), np.nan)
