"""Tables of the balance: in m², in numbers of areas, against all released ground, and its corrections."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hazard_service.reports.ground import Figures, by_district, district_cells, undated_notes
from hazard_service.reports.ledger import Ledger
from hazard_service.reports.tables import AREAS, M2, Column, Table, district_columns, laid_out, number

# What a reader sees for each column of the balance.
_GROUND: Final = MappingProxyType(
    {
        "opening": "opening",
        "new": "newly identified",
        "cancelled": "cancelled",
        "reduced": "reduced",
        "cleared": "cleared",
        "corrected_down": "corrections down",
        "corrected_up": "corrections up",
        "closing": "closing",
    }
)
_AREAS: Final = MappingProxyType(
    {
        "opening": "opening",
        "new": "newly identified",
        "closed_by_release": "closed by release",
        "closed_by_record": "closed by record",
        "reopened": "open again",
        "moved": "moved district",
        "closing": "closing",
    }
)
_ALL_RELEASED: Final = MappingProxyType(
    {
        "released": "in the balance",
        "released_still_closed": "still closed",
        "released_outside": "not open before",
        "released_again": "counted before",
        "released_total": "all released ground",
    }
)


def balance_tables(ledger: Ledger) -> list[Table]:
    """The balance in m² and in numbers of areas, its meeting with all released ground, and its corrections."""
    return [ground_table(ledger), areas_table(ledger), all_released_table(ledger), corrections_table(ledger)]


def ground_table(ledger: Ledger) -> Table:
    """The balance in m²."""
    note = (
        "Opening + newly identified - cancelled - reduced - cleared - corrections down + corrections up = closing, in "
        "every row. Corrections changed the record with no release; their own table lists them."
    )
    return by_district(
        ledger,
        "balance",
        "Balance of ground, by district",
        _figures(ledger, _GROUND, M2),
        [note, *undated_notes(ledger)],
    )


def areas_table(ledger: Ledger) -> Table:
    """The balance in numbers of areas."""
    note = (
        "Opening + newly identified - closed by release - closed by record + open again + moved district = closing. An "
        "area counts once, in the district of its largest part. It is closed by release where releases of the period "
        "took at least half of it."
    )
    figures = _figures(ledger, _AREAS, AREAS)
    return by_district(ledger, "balance-areas", "Balance of areas, by district", figures, [note])


def all_released_table(ledger: Ledger) -> Table:
    """How releases in the balance meet all released ground, as maps and totals count it."""
    note = "In the balance + still closed under another area + not open before - counted before = all released ground."
    title = "Releases in the balance, and all released ground, by district"
    return by_district(ledger, "all-released", title, _figures(ledger, _ALL_RELEASED, M2), [note])


def corrections_table(ledger: Ledger) -> Table:
    """Ground that the record opened or closed with no release, area by area."""
    rows = ledger.corrections
    heads = (
        *district_columns(ledger.level),
        Column("Area", "", "#meta+id"),
        number("correction", M2, "correction", "m2"),
        Column("Why", "", "#x_why"),
    )
    cells = district_cells(ledger, rows["district_code"])
    cells += [list(rows["hazard_id"]), [int(m2) for m2 in rows["m2"]], list(rows["why"])]
    note = "Below 0: ground that no longer counts as closed. 0: all of its ground is accounted for elsewhere."
    return Table("corrections", "Corrections, area by area", heads, laid_out(heads, cells), (note,))


def _figures(ledger: Ledger, labels: Mapping[str, str], unit: str) -> Figures:
    end, start, tag = ("_m2", "", "m2") if unit == M2 else ("", "areas_", "areas")
    return [
        (number(label, unit, "balance", name, tag), ledger.balance[f"{start}{name}{end}"])
        for name, label in labels.items()
    ]
