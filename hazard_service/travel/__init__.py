"""Arrays in, minutes out: shortest walking times over a grid. Knows no CRS, no frames and no files."""

from hazard_service.travel.kernel import (
    Prepared,
    count_reached,
    prepare,
    prepared_count,
    prepared_joined,
    prepared_minutes,
    walk_minutes,
)
from hazard_service.travel.moves import MOVES, OPPOSITE

__all__ = [
    "MOVES",
    "OPPOSITE",
    "Prepared",
    "count_reached",
    "prepare",
    "prepared_count",
    "prepared_joined",
    "prepared_minutes",
    "walk_minutes",
]
