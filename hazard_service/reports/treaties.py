"""The reports that states owe under the treaties on mines, cluster munitions and explosive remnants of war."""

import datetime
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from geopandas import GeoDataFrame

from hazard_service.impact.projection import projection
from hazard_service.layers import Programme
from hazard_service.reports.balance import balance_tables
from hazard_service.reports.casualties import casualty_table
from hazard_service.reports.ground import (
    Devices,
    by_district,
    new_table,
    operators_table,
    released_table,
    remaining_table,
)
from hazard_service.reports.ledger import Ledger, ledger_of, open_at
from hazard_service.reports.rounding import nearest
from hazard_service.reports.tables import AREAS, M2, Column, Table, number

_UNKNOWN: Final = frozenset({"unknown"})


@dataclass(frozen=True)
class Treaty:
    """Which hazards a treaty's report counts, and what it calls them."""

    short: str
    title: str
    what: str
    holds: frozenset[str]
    devices: tuple[Devices, ...]


TREATIES: Final = MappingProxyType(
    {
        "article7": Treaty(
            "Mine Ban Convention",
            "Mine Ban Convention, Article 7: mined areas",
            "anti-personnel mines, improvised ones (IED) and booby traps included",
            frozenset({"ap_mine", "ied", "booby_trap"}),
            (
                Devices("AP mines", ("ap_mines",)),
                Devices("AV mines", ("av_mines",)),
                Devices("other devices", ("submunitions", "uxo")),
            ),
        ),
        "form-f": Treaty(
            "Cluster munitions",
            "Convention on Cluster Munitions, Form F: contaminated areas and clearance",
            "cluster munition remnants",
            frozenset({"cluster"}),
            (Devices("submunitions", ("submunitions",)), Devices("other devices", ("ap_mines", "av_mines", "uxo"))),
        ),
        "protocol-v": Treaty(
            "Protocol V",
            "Protocol V: areas with explosive remnants of war",
            "unexploded or abandoned ordnance (UXO, AXO)",
            frozenset({"uxo", "axo"}),
            (
                Devices("UXO", ("uxo",)),
                Devices("submunitions", ("submunitions",)),
                Devices("mines", ("ap_mines", "av_mines")),
            ),
        ),
    }
)


def treaty_tables(
    programme: Programme, treaty: Treaty, start: datetime.date, end: datetime.date
) -> tuple[list[Table], list[str]]:
    """(tables, notes) of one treaty's report on a period."""
    counted = holds(programme.hazards, treaty.holds)
    ledger = ledger_of(programme, counted, start, end)
    unknown = ~counted & holds(programme.hazards, _UNKNOWN)
    apart = _apart_table(programme, ledger, ~counted & ~unknown, unknown, end)
    tables = [
        remaining_table(ledger),
        released_table(ledger, treaty.devices),
        new_table(ledger),
        operators_table(ledger, treaty.devices),
        *balance_tables(ledger),
        casualty_table(programme, treaty.holds, start, end),
        apart,
    ]
    return tables, _notes(treaty, apart)


def holds(hazards: GeoDataFrame, words: frozenset[str]) -> np.ndarray:
    """(hazards,) bool, the recorded contamination has one of the words."""
    return np.array([not words.isdisjoint((text or "unknown").split(";")) for text in hazards["contamination"]], bool)


def projection_table(programme: Programme, treaty: Treaty, end: datetime.date, deadline: datetime.date) -> Table:
    """What would remain until the treaty's deadline, from the rates of the past years.

    Raises ProjectionError where there are fewer than two of these, DateError unless the deadline lies after the end.
    """
    counted = holds(programme.hazards, treaty.holds)
    ends = [datetime.date(year, 12, 31) for year in range(programme.baseline_date.year, end.year + 1)]
    days = sorted({programme.baseline_date, end, *(day for day in ends if programme.baseline_date <= day <= end)})
    found = projection([(day, float(open_at(programme, counted, day)["m2"].sum())) for day in days], deadline)
    rates = sorted(found.rates_m2)
    columns = (
        Column("Date", "", "#date"),
        *(number(f"at the {pace} rate", M2, "projected", pace, "m2") for pace in ("lowest", "median", "highest")),
    )
    m2s = found.rows.drop(columns="date").to_numpy().tolist()
    rows = tuple(
        (str(day), nearest(slow), nearest(middle), nearest(fast))
        for day, (slow, middle, fast) in zip(found.rows["date"], m2s, strict=True)
    )
    note = (
        f"{found.label} Net decrease of the {len(rates)} past years since {days[0]}: lowest {rates[0]:,.0f}, highest "
        f"{rates[-1]:,.0f} m² a year."
        + (" Below 0: more was newly identified in a year than was released." if rates[0] < 0 else "")
    )
    title = f"Projection to the deadline, {deadline}"
    return Table("projection", title, columns, rows, (note,), adds_up=False)


def _apart_table(
    programme: Programme, ledger: Ledger, other: np.ndarray, unknown: np.ndarray, end: datetime.date
) -> Table:
    """Open areas that this report does not count."""
    figures = []
    for label, rows in (("other contamination", other), ("contamination not recorded", unknown)):
        found = open_at(programme, rows, end)
        tag = label.replace(" ", "_")
        figures.append((number(label, AREAS, "apart", tag, "areas"), found["areas"]))
        figures.append((number(label, M2, "apart", tag, "m2"), found["m2"]))
    title = "Apart: open areas that are not counted above, by district"
    note = "Their ground may lie under counted areas too: never add it to the tables above."
    return by_district(ledger, "apart", title, figures, [note])


def _notes(treaty: Treaty, apart: Table) -> list[str]:
    *_, areas, m2 = apart.total or (0, 0)
    notes = [
        f"Counted: areas whose recorded contamination holds {treaty.what}.",
        "An area with several kinds of contamination counts in each report it belongs to: never add up the reports.",
    ]
    if areas:
        notes.append(f"Not counted, their contamination not recorded: {areas:,} open at the end, {m2:,} m².")
    return notes
