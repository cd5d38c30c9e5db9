"""People within reach, where a population raster tells: each community's own, never added up over communities."""

from typing import Final

import numpy as np

PEOPLE_REACH_COLUMNS: Final = ("people_in_reach_modelled", "free_people_in_reach_modelled")
PEOPLE_GAINED: Final = "gained_people_in_reach_modelled"
# People are summed in whole parts of a person: any order of work gives the same sum, and equal reach no gain at all.
# 64 bits hold the parts of the most people a raster may count, see `ground.population`.
PARTS: Final = 2**29


def parts_of(people: np.ndarray | None) -> np.ndarray | None:
    """(rows, cols) int64 parts of a person in each cell, from people per cell; None without a population raster."""
    return None if people is None else np.rint(people * PARTS).astype(np.int64)


def people_columns(closed: np.ndarray | None, free: np.ndarray | None, has_start: np.ndarray) -> dict[str, np.ndarray]:
    """PEOPLE_REACH_COLUMNS, on closed and on free ground; none without a raster, NaN without a start.

    closed, free: (n,) parts of a person within reach; has_start: (n,) bool.
    """
    if closed is None or free is None:
        return {}
    return dict(zip(PEOPLE_REACH_COLUMNS, (_people(closed, has_start), _people(free, has_start)), strict=True))


def people_gains(
    standing: np.ndarray | None, put_back: np.ndarray | None, has_start: np.ndarray
) -> dict[str, np.ndarray]:
    """PEOPLE_GAINED: people whom release brought within reach; see `gains`.

    standing, put_back: (n,) parts of a person within reach with the releases, and with them put back.
    """
    if standing is None or put_back is None:
        return {}
    return {PEOPLE_GAINED: _people(standing - put_back, has_start)}


def _people(parts: np.ndarray, has_start: np.ndarray) -> np.ndarray:
    return np.where(has_start, parts / PARTS, np.nan)
