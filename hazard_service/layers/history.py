"""What the record says of a date: which hazards it knew, which were closed by then, which releases were done."""

import datetime
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from hazard_service.errors import DateError

if TYPE_CHECKING:
    from hazard_service.layers.programme import Programme

Mask = NDArray[np.bool_]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_of(text: str) -> datetime.date:
    """The day that is written as YYYY-MM-DD. Raises ValueError for anything else."""
    # ISO 8601 knows weeks and dates without hyphens too; whoever writes those may mean another day.
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return datetime.date.fromisoformat(text)


def asked_day(on: object, data_date: datetime.date) -> datetime.date:
    """The day that a situation is asked for. Raises DateError."""
    try:
        day = day_of(on.isoformat()[:10] if isinstance(on, datetime.date) else str(on))
    except ValueError:
        raise DateError(f'"{on}" is not a date; write it as year-month-day, such as {data_date}.') from None
    if day > data_date:
        raise DateError(f"{day} is later than the data date, {data_date}; ask for that day or an earlier one.")
    return day


def recorded(programme: "Programme", day: datetime.date, kinds: frozenset[str]) -> GeoDataFrame:
    """The hazards of these kinds reported by the day, closed ones included."""
    hazards = programme.hazards
    known = hazards["reported_on"].isna() | (hazards["reported_on"] <= pd.Timestamp(day))
    return hazards[known & hazards["kind"].isin(kinds)].reset_index(drop=True)


def closes_too_early(hazards: GeoDataFrame) -> Mask:
    """(hazards,) bool: closed before it was reported."""
    return np.asarray(hazards["closed_on"] < hazards["reported_on"], dtype=bool)


def closed_undated(hazards: GeoDataFrame) -> Mask:
    """(hazards,) bool: closed, nobody knows when."""
    return np.asarray((hazards["status"] == "closed") & hazards["closed_on"].isna(), dtype=bool)


def closed_by(hazards: GeoDataFrame, day: datetime.date, data_date: datetime.date) -> Mask:
    """Closed by the record on the day. History goes by dates; the status speaks of the data date only."""
    closed = np.asarray(hazards["closed_on"] <= pd.Timestamp(day), dtype=bool) & ~closes_too_early(hazards)
    return closed | closed_undated(hazards) if day == data_date else closed


def ended_by(communities: GeoDataFrame, day: datetime.date) -> NDArray[np.object_]:
    """(communities,) how each had ended by the day: one of ENDINGS, "" where it had not."""
    ended = communities["ended_on"] <= pd.Timestamp(day)
    return np.asarray(communities["ended_how"].where(ended, ""), dtype=object)


def done_on(releases: GeoDataFrame) -> "pd.Series[pd.Timestamp]":
    """Handed over, or completed where no handover is recorded; NaT for an undated release."""
    day: pd.Series[pd.Timestamp] = releases["handed_over_on"].fillna(releases["completed_on"])
    return day


def done_by(programme: "Programme", day: datetime.date) -> Mask:
    """(releases,) bool: done by the day. An undated release was done between the baseline and the data date."""
    done = done_on(programme.releases)
    undated_done = programme.baseline_date < day == programme.data_date
    return np.asarray((done <= pd.Timestamp(day)) | (done.isna() & undated_done), dtype=bool)
