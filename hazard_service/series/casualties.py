"""Casualties of the months up to each date, by group and by district; and what of them everybody may see."""

import datetime
from collections.abc import Iterable
from typing import Final

import pandas as pd

from hazard_service.impact.casualties import GROUPS, casualties, casualties_by, in_window, suppressed
from hazard_service.impact.rollup import district_at, zones_of
from hazard_service.layers import Programme
from hazard_service.series.dates import dates_of
from hazard_service.vocabulary import OUTSIDE

CASUALTY_MONTHS: Final = 12
ALL, DISTRICT = "all", "district"
# Why a total of a date is left blank.
NOT_TOLD: Final = "– on a date: its 12 months overlap with those of another, or no accident is on record by then."


def casualty_rows(programme: Programme, dates: Iterable[datetime.date]) -> pd.DataFrame:
    """on, counted_by, group, casualties: of each date all (group ""), then each group of each way, then each district.

    Each way counts the same people. An accident lies in the district that covers its own point; `group` is then its
    code, or OUTSIDE. No row of a date by which no accident is dated: nobody knows what happened before the record.
    """
    accidents, found = programme.accidents, []
    if accidents["date"].notna().any():
        zones = zones_of(programme.districts)
        accidents = accidents.assign(district=district_at(accidents, zones))
        groups = {**GROUPS, DISTRICT: (*zones["district_code"], OUTSIDE)}
        for on in dates:
            if not (accidents["date"] <= pd.Timestamp(on)).any():
                continue
            recent = in_window(accidents, on, CASUALTY_MONTHS)
            found.append((on, ALL, "", casualties(recent)))
            for way, own in groups.items():
                found += [(on, way, *counted) for counted in casualties_by(recent, way, own).items()]
    return pd.DataFrame(found, columns=["on", "counted_by", "group", "casualties"])


def public_casualties(rows: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """Of `casualty_rows` those that everybody may see; NA for a count that is hidden. All of a date is always shown.

    Only `public_dates` are told: from windows that overlap one could subtract.
    """
    public = rows[rows["on"].isin(public_dates(programme))]
    shown: list[int | None] = []
    for (_, way), own in public.groupby(["on", "counted_by"], sort=False):
        counts = dict(zip(own["group"], own["casualties"], strict=True))
        shown += (counts if way == ALL else suppressed(counts)).values()
    return public.assign(casualties=pd.array(shown, dtype="Int64")).reset_index(drop=True)


def public_dates(programme: Programme) -> list[datetime.date]:
    """Of the yearly dates the last, and those from the first on whose windows share no day with another's.

    The same whatever the step of a series, so that two series of one programme tell no more than one.
    """
    months = pd.DateOffset(months=CASUALTY_MONTHS)
    *earlier, last = dates_of(programme, "year")[0]
    kept: list[datetime.date] = []
    for day in earlier:
        from_last = pd.Timestamp(day) <= pd.Timestamp(last) - months
        if from_last and (not kept or pd.Timestamp(kept[-1]) <= pd.Timestamp(day) - months):
            kept.append(day)
    return [*kept, last]


def unheld_days(programme: Programme) -> list[str]:
    """A sentence on the days that no 12 months told hold, between the last two of them; none where there are none."""
    *earlier, last = public_dates(programme)
    start = pd.Timestamp(last) - pd.DateOffset(months=CASUALTY_MONTHS)
    if not earlier or pd.Timestamp(earlier[-1]) == start or programme.accidents["date"].isna().all():
        return []
    first = pd.Timestamp(earlier[-1]) + pd.Timedelta(days=1)
    return [
        f"Casualties from {first:%Y-%m-%d} to {start:%Y-%m-%d} are in no {CASUALTY_MONTHS} months that are told: a "
        f"count that holds them would overlap with the {CASUALTY_MONTHS} months to {last}."
    ]


def then_and_now(rows: pd.DataFrame, first: datetime.date, last: datetime.date) -> pd.DataFrame:
    """counted_by, group, then, now: two dates side by side; NA for what is hidden, and for a date without rows."""
    then, now = (rows[rows["on"] == day].set_index(["counted_by", "group"])["casualties"] for day in (first, last))
    return pd.DataFrame({"then": then.reindex(now.index), "now": now}, dtype="Int64").reset_index()
