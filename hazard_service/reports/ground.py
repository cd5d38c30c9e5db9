"""Tables of ground and areas by district: remaining, newly identified, released, and by organisation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from hazard_service.reports.ledger import Ledger
from hazard_service.reports.rounding import nearest
from hazard_service.reports.tables import (
    AREAS,
    M2,
    Cell,
    Column,
    Report,
    Table,
    district_columns,
    laid_out,
    number,
)
from hazard_service.vocabulary import HAZARD_KINDS, OUTSIDE, RELEASE_METHODS

Figures = Sequence[tuple[Column, "pd.Series[int]"]]


@dataclass(frozen=True)
class Devices:
    """A column of devices destroyed, and the columns of the releases that it adds up."""

    name: str
    counts: tuple[str, ...]


EVERY_DEVICE: Final = (
    Devices("AP mines", ("ap_mines",)),
    Devices("AV mines", ("av_mines",)),
    Devices("submunitions", ("submunitions",)),
    Devices("UXO", ("uxo",)),
)


def by_district(ledger: Ledger, name: str, title: str, figures: Figures, notes: Sequence[str] = ()) -> Table:
    """One row per district, and one for what lies outside them where there is any."""
    codes = ledger.names.index
    heads = (*district_columns(ledger.level), *(column for column, _ in figures))
    cells = district_cells(ledger, codes) + [_whole(series.reindex(codes).fillna(0)) for _, series in figures]
    rows = tuple(row for row in laid_out(heads, cells) if row[0] != OUTSIDE or any(row[2:]))
    return Table(name, title, heads, rows, tuple(notes))


def district_cells(ledger: Ledger, codes: Iterable[str]) -> list[list[Cell]]:
    """The columns of `district_columns` for these codes."""
    listed = [*codes]
    return [[*listed], [ledger.names[code] for code in listed]]


def remaining_table(ledger: Ledger) -> Table:
    """Open areas and their ground at the end, by kind."""
    figures = _kinds(ledger.remaining, "remaining")
    return by_district(ledger, "remaining", "Remaining at the end of the period, by district", figures)


def new_table(ledger: Ledger) -> Table:
    """Areas reported in the period, by kind."""
    note = "Areas reported in the period, and their ground that was not closed before; some may be closed again."
    figures = _kinds(ledger.new, "new")
    return by_district(ledger, "new", "Newly identified in the period, by district", figures, [note])


def released_table(ledger: Ledger, devices: Sequence[Devices]) -> Table:
    """What was released in the period, by method, with devices destroyed."""
    rows = ledger.released.drop(columns="operator").groupby("district_code").sum()
    title = "Released in the period, by district"
    return by_district(ledger, "released", title, _released(rows, devices), _released_notes(ledger))


def operators_table(ledger: Ledger, devices: Sequence[Devices]) -> Table:
    """The same by organisation."""
    rows = ledger.released.drop(columns="district_code").groupby("operator").sum()
    figures = _released(rows, devices)
    heads = (Column("Organisation", "", "#org+name"), *(column for column, _ in figures))
    cells: list[list[Cell]] = [list(rows.index), *(_whole(series) for _, series in figures)]
    return Table("operators", "Released in the period, by organisation", heads, laid_out(heads, cells))


def released_where_table(ledger: Ledger, devices: Sequence[Devices]) -> Table:
    """The same by district and organisation."""
    rows = ledger.released
    title = "Released in the period, by district and organisation"
    return _where(ledger, "released-by", title, rows, _released(rows, devices), _released_notes(ledger))


def released_by_method(report: Report) -> tuple[list[str], dict[str, list[int]]]:
    """(names, whole m² by method) of the rows of a report's table of releases that have any, as it shows them."""
    table = next((one for one in report.tables if one.name in ("released", "released-by")), None)
    if table is None:
        return [], {}
    words = [at for at, column in enumerate(table.columns) if not column.unit]
    at_m2 = {column.name: at for at, column in enumerate(table.columns) if column.name in RELEASE_METHODS}
    rows = [row for row in table.rows if any(row[at] for at in at_m2.values())]
    names = [", ".join(str(row[at]) for at in words[-2:]) for row in rows]
    return names, {method: [int(row[at] or 0) for row in rows] for method, at in at_m2.items()}


def open_where_table(ledger: Ledger) -> Table:
    """Open areas at the end by district and organisation."""
    rows = ledger.open_by_operator
    figures = [
        (number("open", AREAS, "remaining", "areas"), rows["areas"]),
        (number("open", M2, "remaining", "m2"), rows["m2"]),
    ]
    title = "Open areas at the end of the period, by district and organisation"
    note = "Ground that areas of two organisations share counts once, under the first by name."
    return _where(ledger, "open-by", title, rows, figures, [note])


def _where(ledger: Ledger, name: str, title: str, rows: pd.DataFrame, figures: Figures, notes: Sequence[str]) -> Table:
    heads = (
        *district_columns(ledger.level),
        Column("Organisation", "", "#org+name"),
        *(column for column, _ in figures),
    )
    place = {code: at for at, code in enumerate(ledger.names.index)}
    order = rows.assign(place=rows["district_code"].map(place)).sort_values(["place", "operator"]).index
    named = rows.loc[order]
    cells = [*district_cells(ledger, named["district_code"]), list(named["operator"])]
    cells += [_whole(series.loc[order]) for _, series in figures]
    return Table(name, title, heads, laid_out(heads, cells), tuple(notes))


def _kinds(rows: pd.DataFrame, what: str) -> Figures:
    figures = []
    for kind in HAZARD_KINDS:
        figures.append((number(kind, AREAS, what, kind.lower(), "areas"), rows[f"{kind}_areas"]))
        figures.append((number(kind, M2, what, kind.lower(), "m2"), rows[f"{kind}_m2"]))
    figures.append((number("total", AREAS, what, "areas"), rows["areas"]))
    figures.append((number("total", M2, what, "m2"), rows["m2"]))
    return figures


def _released(rows: pd.DataFrame, devices: Sequence[Devices]) -> Figures:
    total = rows[[f"{method}_m2" for method in RELEASE_METHODS]].sum(axis=1)
    return [
        (number("releases", "number", "released"), rows["releases"]),
        *((number(method, M2, "released", method, "m2"), rows[f"{method}_m2"]) for method in RELEASE_METHODS),
        (number("total", M2, "released", "m2"), total),
        *((_destroyed(kind.name), rows[list(kind.counts)].sum(axis=1)) for kind in devices),
    ]


def _destroyed(name: str) -> Column:
    return number(name, "destroyed", "destroyed", name.lower().replace(" ", "_"))


def _released_notes(ledger: Ledger) -> list[str]:
    balance, uncounted = ledger.balance.sum(), int(ledger.released["uncounted"].sum())
    still, outside = int(balance["released_still_closed_m2"]), int(balance["released_outside_m2"])
    notes = [
        "Cancelled by non-technical survey, reduced by technical survey, cleared by clearance. Ground counts from its "
        "handover, or from its completion where none is recorded; released twice, once, under the earlier release."
    ]
    if still:
        notes.append(f"Not counted: {still:,} m² released that stay closed under another open area.")
    if outside:
        notes.append(f"Not counted: {outside:,} m² released that the record had closed before.")
    if uncounted:
        notes.append(f"Releases that record no number of devices: {uncounted:,}.")
    return [*notes, *undated_notes(ledger)]


def undated_notes(ledger: Ledger) -> list[str]:
    """How much of what was released in the period has no date; none where all has."""
    count, m2 = int(ledger.released["undated"].sum()), nearest(ledger.released["undated_m2"].sum())
    if not count:
        return []
    return [
        f"Without a date: {count:,} releases, which opened {m2:,} m² of this. They count on the data date, and may be "
        "of any year since the baseline."
    ]


def _whole(series: "pd.Series[int]") -> list[Cell]:
    return [int(value) for value in series]
