"""Whole square metres that still add up."""

import math
from collections.abc import Sequence
from itertools import cycle, islice


def nearest(value: float) -> int:
    """The nearest whole number, a half upwards; what differs from a half by rounding of the arithmetic is one."""
    return math.floor(round(value, 3) + 0.5)


def whole(values: Sequence[float], total: int | None = None) -> list[int]:
    """Whole numbers near the values that sum to `total` (their rounded sum, when left out): largest remainders.

    Each value is cut down to a whole number, and what is missing goes, one each, to those that lost most; ties to the
    earlier. A zero stays a zero: nothing cleared cannot become a square metre cleared. All zeros sum to 0, whatever
    total is asked.
    """
    tidy = [round(value, 3) for value in values]
    wanted = nearest(sum(tidy)) if total is None else total
    result = [math.floor(value) for value in tidy]
    losers = sorted((at for at, value in enumerate(tidy) if value), key=lambda at: (result[at] - tidy[at], at))
    missing = wanted - sum(result)
    step = 1 if missing > 0 else -1
    for at in islice(cycle(losers if missing > 0 else losers[::-1]), abs(missing)):
        result[at] += step
    return result
