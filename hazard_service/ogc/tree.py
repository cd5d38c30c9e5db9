"""A filter as a tree: what both encodings of CQL2, text and JSON, are read into, and the words they may use."""

import datetime
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import shapely

from hazard_service.errors import ParameterError
from hazard_service.layers.history import day_of

# Longer or deeper filters are refused before they are read.
LONGEST: Final = 10_000
DEEPEST: Final = 50
_FIRST_DAY: Final = datetime.date(1970, 1, 1).toordinal()

COMPARISONS: Final = ("=", "<>", "<", ">", "<=", ">=")
ARITHMETIC: Final = ("+", "-", "*", "/", "%", "div", "^")
SPATIAL: Final = (
    "s_intersects", "s_equals", "s_disjoint", "s_touches", "s_within", "s_overlaps", "s_crosses", "s_contains",
)  # fmt: skip
TEMPORAL: Final = (
    "t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedby", "t_finishes",
    "t_intersects", "t_meets", "t_metby", "t_overlappedby", "t_overlaps", "t_startedby", "t_starts",
)  # fmt: skip
# Every operator, and how many arguments it takes; 0 = two or more.
ARGUMENTS: Final = MappingProxyType(
    {
        "and": 0, "or": 0, "not": 1, "isNull": 1, "like": 2, "between": 3, "in": 2, "casei": 1, "bbox": 4,
        **dict.fromkeys((*COMPARISONS, *ARITHMETIC, *SPATIAL, *TEMPORAL), 2),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Property:
    """A property by its name; which there are is asked when the tree is worked out."""

    name: str


@dataclass(frozen=True)
class Day:
    """A whole day, counted from 1970-01-01."""

    number: float


@dataclass(frozen=True)
class Interval:
    """From one day to another: literals, properties, or None where an end is open."""

    start: "Day | Property | None"
    end: "Day | Property | None"


@dataclass(frozen=True)
class Operation:
    """One of ARGUMENTS, with its arguments. Of `in` the second is a tuple of literals."""

    name: str
    arguments: "tuple[Node, ...]"


Literal = str | float | bool | Day
Node = Literal | Property | Interval | Operation | shapely.Geometry | tuple["Node", ...]


def finite(number: float | str) -> float:
    """A number of a filter. Raises ParameterError for one that is too large to be held."""
    try:
        held = float(number)
    except OverflowError:  # a whole number of hundreds of digits
        held = np.inf
    if not np.isfinite(held):
        raise ParameterError(f'"filter" holds the number {short(str(number))}; numbers are at most 1e308.')
    return held


def operation(name: str, arguments: tuple[Node, ...]) -> Operation:
    """The operation. Raises ParameterError where it does not exist or takes another number of arguments."""
    if name not in ARGUMENTS:
        raise ParameterError(
            f'"filter" uses {short(name)}, which is not offered; it knows AND, OR, NOT, comparisons, LIKE, BETWEEN, '
            f"IN, IS NULL, CASEI, arithmetic, {', '.join(word.upper() for word in (*SPATIAL, *TEMPORAL))}."
        )
    takes = ARGUMENTS[name]
    if (takes and len(arguments) != takes) or (not takes and len(arguments) < 2):
        raise ParameterError(
            f'"filter" gives {name.upper()} {len(arguments)} arguments; it takes {takes or "two or more"}.'
        )
    return Operation(name, arguments)


def day(text: str) -> Day:
    """The day that a DATE or TIMESTAMP literal says. Raises ParameterError.

    Records hold whole days, so the only time of day that has one meaning is midnight, UTC.
    """
    date, timed, clock = text.partition("T")
    try:
        number = day_of(date).toordinal() - _FIRST_DAY
    except ValueError:
        raise ParameterError(
            f'"filter" has the date {short(text)!r}; write a day of the calendar as YYYY-MM-DD.'
        ) from None
    if timed and clock not in ("00:00:00Z", "00:00:00.000Z"):
        raise ParameterError(
            f"\"filter\" has the time {short(text)!r}; records hold whole days, so write DATE('{date}')."
        )
    return Day(float(number))


def interval(start: "Day | Property | None", end: "Day | Property | None") -> Interval:
    """The interval. Raises ParameterError where it ends before it starts."""
    if isinstance(start, Day) and isinstance(end, Day) and start.number > end.number:
        raise ParameterError('"filter" has an INTERVAL that starts after its end; give the earlier date first.')
    return Interval(start, end)


def placed(geometry: shapely.Geometry) -> shapely.Geometry:
    """The geometry literal, if it can be compared with. Raises ParameterError."""
    if geometry is None or shapely.is_empty(geometry) or not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise ParameterError('"filter" has a geometry without coordinates, or with some that are not finite numbers.')
    flat = shapely.force_2d(geometry)
    if not shapely.is_valid(flat):
        # Where the inside of such an outline is, each program decides for itself.
        why = str(shapely.is_valid_reason(flat)).rstrip("]").replace("[", " at ")
        raise ParameterError(
            f'"filter" has a geometry that is not valid ({why}); outlines must not cross themselves or each other, and '
            "holes must lie inside."
        )
    return flat


def short(text: str) -> str:
    """A piece of what was asked, for a sentence."""
    return text if len(text) <= 80 else text[:80] + "..."
