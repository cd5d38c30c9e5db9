"""How two stretches of days can lie to each other: the temporal functions of CQL2."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from numpy.typing import NDArray

Days = NDArray[Any]

# From first and last day of the one (a, b) and of the other (c, d); a single day is a stretch that begins as it ends.
RELATIONS: Final = MappingProxyType[str, Callable[[Days, Days, Days, Days], Days]](
    {
        "t_after": lambda a, b, c, d: a > d,
        "t_before": lambda a, b, c, d: b < c,
        "t_contains": lambda a, b, c, d: (a < c) & (b > d),
        "t_disjoint": lambda a, b, c, d: (a > d) | (b < c),
        "t_during": lambda a, b, c, d: (a > c) & (b < d),
        "t_equals": lambda a, b, c, d: (a == c) & (b == d),
        "t_finishedby": lambda a, b, c, d: (a < c) & (b == d),
        "t_finishes": lambda a, b, c, d: (a > c) & (b == d),
        "t_intersects": lambda a, b, c, d: (a <= d) & (b >= c),
        "t_meets": lambda a, b, c, d: b == c,
        "t_metby": lambda a, b, c, d: a == d,
        "t_overlappedby": lambda a, b, c, d: (a > c) & (a < d) & (b > d),
        "t_overlaps": lambda a, b, c, d: (a < c) & (b > c) & (b < d),
        "t_startedby": lambda a, b, c, d: (a == c) & (b > d),
        "t_starts": lambda a, b, c, d: (a == c) & (b < d),
    }
)
