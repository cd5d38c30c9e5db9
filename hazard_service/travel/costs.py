"""What moves cost on the level and on slopes (Numba)."""

import math

import numpy as np
from numpy.typing import NDArray

from hazard_service.travel.grounds import Ground, compiled


@compiled
def level_cost(ground: Ground, ticks_per_min: float, here: int, move: int) -> np.float32:
    """Ticks of an open move on the level, not yet whole: to the last bit what `spread` writes out in its loop."""
    min_per_m, step, first, part_step = ground.min_per_m, ground.step, ground.first_part, ground.part_step
    there, scale = here + step[move], np.float32(ground.length_m[move] * ticks_per_min)
    if move < 8:
        return np.float32((min_per_m[here] + min_per_m[there]) * (scale * np.float32(0.5)))
    if move < 16:
        through = min_per_m[here + part_step[first[move] + 1]] + min_per_m[here + part_step[first[move] + 2]]
        return np.float32((min_per_m[here] + through + min_per_m[there]) * (scale * np.float32(0.25)))
    cost = np.float32(0.0)
    for part in range(first[move], first[move + 1]):
        cost += ground.part_share[part] * min_per_m[here + part_step[part]]
    return cost * scale


@compiled
def slope_factor(here_m: np.float32, there_m: np.float32, length_m: np.float32, towards_sources: bool) -> np.float32:
    """Tobler (1993): speed 6 exp(-3.5 |s + 0.05|) km/h at slope s = rise / run in the walking direction.

    Scaled so that level ground walks at the speed of its surface. A walk towards the sources runs against the search.
    """
    slope = (here_m - there_m if towards_sources else there_m - here_m) / length_m
    return np.float32(1.0) if math.isnan(slope) else np.float32(math.exp(3.5 * (abs(slope + 0.05) - 0.05)))


@compiled
def there_and_back(
    level_min: NDArray[np.float64],
    start_m: NDArray[np.float32],
    end_m: NDArray[np.float32],
    length_m: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(n, 2) minutes from start to end, and from end to start, of what takes `level_min` on the level.

    start_m, end_m: elevations of the ends, NaN = not known; length_m: above 0.
    """
    minutes = np.empty((len(level_min), 2))
    for i in range(len(level_min)):
        length = np.float32(length_m[i])
        minutes[i, 0] = level_min[i] * slope_factor(start_m[i], end_m[i], length, False)
        minutes[i, 1] = level_min[i] * slope_factor(end_m[i], start_m[i], length, False)
    return minutes
