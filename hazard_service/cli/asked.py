"""What a verb was asked for: dates, assessments, and the programme over its years."""

import datetime
import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from hazard_service.errors import DateError
from hazard_service.vocabulary import HAZARD_KINDS


def tell_steps() -> Callable[[str], None]:
    """Where long work says how far it is."""
    return logging.getLogger(__name__).info


def day_asked(text: str | None) -> datetime.date | None:
    """The day written as YYYY-MM-DD, None where none is. Raises DateError."""
    from hazard_service.layers.history import day_of

    try:
        return None if text is None else day_of(text)
    except ValueError:
        raise DateError(f'"{text}" is not a date; write it as year-month-day, such as 2030-12-31.') from None


def assessment_asked(folder: Path, on: str | None, kinds: Collection[str]) -> Any:
    """The assessment of a date, the data date if none is given."""
    from hazard_service.assessment import assess as run
    from hazard_service.layers import open_programme

    programme = open_programme(folder)
    return run(programme.situation(programme.data_date if on is None else on, kinds))


def progress_asked(folder: Path, start: str | None, end: str | None, kinds: Collection[str] = HAZARD_KINDS) -> Any:
    """The progress from the baseline to the data date, or between the dates given. Raises DateError."""
    from hazard_service.assessment import assess as run
    from hazard_service.assessment import compare as run_compare
    from hazard_service.layers import open_programme

    programme = open_programme(folder)
    before = programme.situation(programme.baseline_date if start is None else start, kinds)
    after = programme.situation(programme.data_date if end is None else end, kinds)
    if before.on >= after.on:
        raise DateError(f"{before.on} is not earlier than {after.on}; give the earlier date first.")
    return run_compare(run(before), run(after))


def series_asked(folder: Path, step: str = "year", kinds: Collection[str] = HAZARD_KINDS, also: Any = None) -> Any:
    """The programme over its years."""
    from hazard_service.layers import open_programme
    from hazard_service.series import series

    return series(open_programme(folder), step, kinds, also)
