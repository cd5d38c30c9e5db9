"""One district: its communities held back, and its rows of every report."""

import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from hazard_service.assessment import Assessment
from hazard_service.impact.rollup import district_of, zones_of
from hazard_service.impact.words import percent
from hazard_service.reports.balance import areas_table, corrections_table, ground_table
from hazard_service.reports.ground import (
    EVERY_DEVICE,
    new_table,
    open_where_table,
    released_table,
    released_where_table,
    remaining_table,
)
from hazard_service.reports.ledger import Ledger, ledger_of
from hazard_service.reports.tables import Cell, Column, Table, district_columns, number
from hazard_service.reports.treaties import TREATIES, holds

_ALL: Final = "All areas"
_COUNTS: Final = (
    ("communities", "communities", "communities"),
    ("with people recorded", "communities", "communities_with_people"),
    ("people", "people", "people"),
    ("held back (modelled)", "communities", "held_back"),
    ("people of these", "people", "held_back_people"),
    ("near a hazard", "communities", "exposed"),
    ("near or held back", "communities", "affected"),
    ("not assessed", "communities", "not_assessed"),
)


def profile_tables(assessment: Assessment, start: datetime.date, code: str) -> list[Table]:
    """The tables of one district, from the start to the date of the assessment."""
    programme, end = assessment.situation.programme, assessment.situation.on
    every = np.ones(len(programme.hazards), dtype=bool)
    ledgers = {_ALL: ledger_of(programme, every, start, end).only(code)} | {
        treaty.short: ledger_of(programme, holds(programme.hazards, treaty.holds), start, end).only(code)
        for treaty in TREATIES.values()
    }
    shared: tuple[Callable[[Ledger], Table], ...] = (
        remaining_table,
        lambda ledger: released_table(ledger, EVERY_DEVICE),
        new_table,
        ground_table,
        areas_table,
    )
    return [
        _communities_table(assessment, ledgers[_ALL].level, code),
        _held_back_table(assessment, code),
        *(_across({label: table(ledger) for label, ledger in ledgers.items()}) for table in shared),
        corrections_table(ledgers[_ALL]),
        released_where_table(ledgers[_ALL], EVERY_DEVICE),
        open_where_table(ledgers[_ALL]),
    ]


def _across(tables: Mapping[str, Table]) -> Table:
    """The district's row of the same table of several reports; they overlap, so there is no total."""
    one = tables[_ALL]
    return Table(
        one.name,
        one.title.removesuffix(", by district"),
        (Column("Counted in", "", "#x_report"), *one.columns[2:]),
        tuple((label, *row[2:]) for label, table in tables.items() for row in table.rows),
        one.notes,
        adds_up=False,
    )


def _communities_table(assessment: Assessment, level: str, code: str) -> Table:
    rows = assessment.districts
    row = rows[rows["district_code"] == code].iloc[0]
    columns = (*district_columns(level), *(number(label, unit, "communities", name) for label, unit, name in _COUNTS))
    cells: list[Cell] = [code, str(row["name"]), *(round(float(row[name])) for *_, name in _COUNTS)]
    note = f"Near: within {assessment.situation.programme.settings.contact_m:g} m of an open area."
    title = "Communities at the end of the period"
    return Table("communities", title, columns, (tuple(cells),), (note,), adds_up=False)


def _held_back_table(assessment: Assessment, code: str) -> Table:
    frame = assessment.communities
    home = district_of(frame, zones_of(assessment.situation.programme.districts))
    held = frame[frame["held_back"].to_numpy() & (home == code)].sort_values(["freedom", "community_id"])
    columns = (
        Column("Community", "", "#loc+code"),
        Column("Name", "", "#loc+name"),
        number("people", "people", "people"),
        Column("Freedom (modelled)", "", "#x_freedom"),
        Column("Held back by", "", "#x_held_back_by"),
        Column("Nearest open area", "", "#meta+id"),
    )
    rows = tuple(_held_back_row(row) for row in held.itertuples(index=False))
    note = "Freedom: the land within reach with open areas as barriers, as a share of the land within reach without."
    return Table("held-back", "Communities held back at the end of the period", columns, rows, (note,), adds_up=False)


def _held_back_row(row: Any) -> tuple[Cell, ...]:
    people = None if math.isnan(row.people) else round(row.people)
    freedom = "" if math.isnan(row.freedom) else percent(row.freedom)
    return (row.community_id, row.name, people, freedom, row.held_back_by, row.nearest_hazard_id)
