"""Which dates a series has."""

import datetime
from typing import Final

import pandas as pd

from hazard_service.errors import ParameterError
from hazard_service.layers import Programme

STEPS: Final = {"month": "ME", "quarter": "QE", "year": "YE"}
MOST_DATES: Final = 400


def dates_of(
    programme: Programme, step: str, also: datetime.date | None = None
) -> tuple[list[datetime.date], str | None]:
    """(the baseline date, each period's last day between, the data date; why there are only two, or None).

    A programme none of whose releases and later hazards has a date is told on its two dates alone: between them nobody
    knows what was open. also: one more date. Raises ParameterError for an unknown step, a date that is not between the
    two, or more dates than anybody reads.
    """
    if step not in STEPS:
        raise ParameterError(f"Unknown step: {step}. Known steps: {', '.join(STEPS)}.")
    first, last = programme.baseline_date, programme.data_date
    if also is not None and not first <= also <= last:
        raise ParameterError(f"{also} is not between the baseline, {first}, and the data date, {last}.")
    if not _has_dates(programme):
        return [first, last], (
            f"Only {first} and {last} are shown: no release or later hazard has a date, so nothing between is known."
        )
    ends = pd.date_range(first, last, freq=STEPS[step])
    between = sorted({day for day in [also, *(end.date() for end in ends)] if day and first < day < last})
    if len(between) + 2 > MOST_DATES:
        raise ParameterError(f"From {first} to {last} there are {len(between) + 2} dates; ask for longer steps.")
    return [first, *between, last], None


def _has_dates(programme: Programme) -> bool:
    releases, hazards, baseline = programme.releases, programme.hazards, pd.Timestamp(programme.baseline_date)
    dated = releases["handed_over_on"].notna() | releases["completed_on"].notna()
    later = (hazards["reported_on"] > baseline) | (hazards["closed_on"] > baseline)
    return bool(dated.any() or later.any())
