"""Casualties of a period as a table: by outcome, sex and age, none from which fewer than five could be told apart."""

import datetime
from typing import Final

import pandas as pd

from hazard_service.impact.casualties import FEWEST_SHOWN, GROUPS, casualties, casualties_by, suppressed
from hazard_service.layers import Programme
from hazard_service.reports.tables import Column, Row, Table, number

_BY: Final = (("outcome", "outcome"), ("sex", "sex"), ("age", "age_group"))


def casualty_table(programme: Programme, devices: frozenset[str], start: datetime.date, end: datetime.date) -> Table:
    """Casualties of these devices in (start, end], each broken down three ways; the ways are never added."""
    accidents = programme.accidents
    dated = (accidents["date"] > pd.Timestamp(start)) & (accidents["date"] <= pd.Timestamp(end))
    ours = accidents[dated & accidents["device"].isin(devices)]
    unknown = accidents[
        dated & ~accidents["device"].isin(devices) & accidents["device"].fillna("unknown").eq("unknown")
    ]
    rows: list[Row] = [("all", "", *suppressed({"": casualties(ours)}).values())]
    for label, column in _BY:
        counts = casualties_by(ours, column, GROUPS[column])
        rows += [(label, word, count) for word, count in suppressed(counts).items()]
    undated = int(accidents["date"].isna().sum())
    notes = [
        f"A count of 1 to {FEWEST_SHOWN - 1} is not shown (–), nor one from which it could be worked out.",
        "The three ways of counting are of the same people: never add them.",
        "Never lay this table beside another count of the same period: hidden counts could be found by subtracting.",
    ]
    if casualties(unknown):
        notes.append(
            "Casualties of accidents whose device is not known are left out; the record has some in this period."
        )
    if undated:
        notes.append(f"Accidents without a date: {undated:,}; they are in no period.")
    columns = (
        Column("Counted by", "", "#x_by"),
        Column("Group", "", "#x_group"),
        number("casualties", "people", "affected"),
    )
    return Table("casualties", "Casualties in the period", columns, tuple(rows), tuple(notes), adds_up=False)
