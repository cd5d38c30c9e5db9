"""A report as CSV files, one a table; with a second header row of hashtags they are HXL."""

import csv
from pathlib import Path
from typing import Final

from hazard_service.reports.files import plain_cell
from hazard_service.reports.tables import Cell, Column, Report, Table

# Every row says what it is of, so that a table copied out of its file cannot lose it.
_CARRIED: Final = (
    Column("Country", "", "#country+code+iso3"),
    Column("From", "", "#date+start"),
    Column("To", "", "#date+end"),
    Column("Data date", "", "#date+data"),
    Column("Warning", "", "#x_warning"),
)


def write_csv(report: Report, folder: Path, *, hashtags: bool) -> list[Path]:
    """Write one file a table and README.txt; return the files written. No file holds a row of totals."""
    paths = []
    for at, table in enumerate(report.tables, start=1):
        path = folder / f"{report.stem}_{at:02d}_{table.name}{'.hxl' if hashtags else ''}.csv"
        _write_table(report, table, path, hashtags=hashtags)
        paths.append(path)
    readme = folder / f"{report.stem}_README.txt"
    readme.write_text(_readme(report), encoding="utf-8")
    return [*paths, readme]


def _write_table(report: Report, table: Table, path: Path, *, hashtags: bool) -> None:
    days = map(str, (report.first_day, report.end, report.data_date))
    carried = (report.country, *days, " ".join(report.limits))
    columns = [*table.columns, *_CARRIED]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        # Every text quoted: where a spreadsheet splits at semicolons, a name cannot become two cells.
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        writer.writerow([column.heading for column in columns])
        if hashtags:
            writer.writerow([column.hxl for column in columns])
        for row in table.rows:
            writer.writerow([_plain(cell) for cell in (*row, *carried)])


def _plain(cell: Cell) -> object:
    return "" if cell is None else plain_cell(cell)


def _readme(report: Report) -> str:
    lines = [
        report.title,
        report.programme,
        f"Period: {report.period} (opening figures: {report.start}).",
        f"Data date: {report.data_date}. Do not rely on these files after {report.stale_after}: ask for newer ones.",
        "No file holds a row of totals: the rows sum to those of the report.",
        "",
        *(f"- {text}" for text in (*report.limits, *report.notes, *report.caveats)),
        "",
        *(f"{table.name}: {table.title}. {' '.join(table.notes)}".rstrip() for table in report.tables),
        "",
    ]
    return "\n".join(lines)
