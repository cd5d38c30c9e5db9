"""XLSX: what to read first on the first sheet, the rows on the second."""

from pathlib import Path
from typing import Final

import pandas as pd
from openpyxl import Workbook

from hazard_service.downloads.table import Table
from hazard_service.downloads.text import table_cells
from hazard_service.errors import ParameterError
from hazard_service.reports.xlsx import sheet_cell

# A sheet has 1,048,576 rows, the first of them the names.
MOST_ROWS: Final = 1_048_575


def check_rows(table: Table) -> None:
    """Raises ParameterError where a sheet cannot hold the rows."""
    if table.count > MOST_ROWS:
        raise ParameterError(
            f"XLSX holds at most {MOST_ROWS:,} rows and {table.name} has {table.count:,}; ask for fewer with "
            '"filter" or "bbox", or for another format.'
        )


def workbook(table: Table, path: Path) -> None:
    """Write it. Every text is stored as text, so that no cell can become a formula. No outlines: a point in each."""
    book = Workbook(write_only=True)
    first = book.create_sheet("read first")
    first.column_dimensions["A"].width = 110
    about = (f"{name.replace('_', ' ')}: {text}" for name, text in table.about.items())
    for text in (table.title, table.description, *about, *table.warnings):
        first.append([sheet_cell(first, text, wraps=True)])
    for name, one in table.columns.items():
        first.append(
            [sheet_cell(first, f"{name}: {one.title}{f', {one.unit}' if one.unit else ''}. {one.description}")]
        )
    sheet = book.create_sheet(table.name[:31])
    sheet.freeze_panes = "A2"
    empty = next(table.frames(), None)
    heads = [*table.columns] if empty is None else [*table_cells(empty, table)]
    sheet.append([sheet_cell(sheet, name, is_bold=True) for name in heads])
    for frame in table.frames():
        cells = table_cells(frame, table).astype(object)
        for row in cells.where(pd.notna(cells), None).itertuples(index=False):
            sheet.append([sheet_cell(sheet, value) if isinstance(value, str) else value for value in row])
    book.save(path)
