"""How much would remain if ground went on being given back as in past years: a projection, never a forecast."""

import datetime
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

import pandas as pd

from hazard_service.errors import DateError, ProjectionError

PROJECTION: Final = "Projection from past rates, not a plan and not a forecast."

_YEAR_DAYS = 365.25


@dataclass(frozen=True, eq=False)
class Projection:
    """Remaining ground from the last recorded date to a deadline, at three rates of the past.

    rates_m2: net decrease in m² a year of each past year, in the order of time (below 0: more remained than before).
    rows: date, slowest_m2, median_m2, fastest_m2: what would remain at the lowest, median and highest of these rates,
        on the last recorded date, each 31 December after it and the deadline. Nothing falls below 0.
    """

    deadline: datetime.date
    rates_m2: tuple[float, ...]
    rows: pd.DataFrame
    label: str = PROJECTION


def projection(series: Iterable[tuple[datetime.date, float]], deadline: datetime.date) -> Projection:
    """Projects `series`, (date, remaining m²) of past dates in any order, to the deadline.

    A rate is the net decrease between two dates that follow one another and lie a year or more apart, per year; a
    shorter step gives none, because part of a year says little of the whole. Raises ProjectionError where fewer than
    two rates exist, DateError unless the deadline lies after the last date.
    """
    past = sorted(series)
    rates = [
        (more - less) / ((later - earlier).days / _YEAR_DAYS)
        for (earlier, more), (later, less) in itertools.pairwise(past)
        if (later - earlier).days >= 365
    ]
    if len(rates) < 2:
        raise ProjectionError(
            f"A projection needs at least two past years of remaining area, and there are {len(rates)}; "
            "give it earlier dates too."
        )
    start, remaining = past[-1]
    if deadline <= start:
        raise DateError(f"The deadline, {deadline}, is not later than the last date, {start}; give a later deadline.")
    ends = [datetime.date(year, 12, 31) for year in range(start.year, deadline.year)]
    days = [start, *(day for day in ends if day > start), deadline]
    years = [(day - start).days / _YEAR_DAYS for day in days]
    paces = {"slowest_m2": min(rates), "median_m2": median(rates), "fastest_m2": max(rates)}
    left = {name: [max(0.0, remaining - rate * after) for after in years] for name, rate in paces.items()}
    return Projection(deadline, tuple(rates), pd.DataFrame({"date": days, **left}))
