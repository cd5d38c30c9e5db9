"""A report as one Excel workbook: what to read first on the first sheet, then one sheet a table."""

import re
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from hazard_service.reports.tables import Cell, Report, Row, Table

_WIDE, _NARROW = 30, 16
# In a cell.
_MOST_LETTERS: Final = 32_767
# What XML cannot hold: one of these makes the whole workbook unreadable.
_NO_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """The text without what XML cannot hold."""
    return _NO_XML.sub("\ufffd", ILLEGAL_CHARACTERS_RE.sub(" ", text))


def write_workbook(report: Report, path: Path) -> None:
    """Write the report to `path`. Every text is stored as text, so that no cell can become a formula."""
    book = Workbook(write_only=True)
    _first_sheet(book, report)
    for table in report.tables:
        _table_sheet(book, table, report)
    book.save(path)


def _first_sheet(book: Workbook, report: Report) -> None:
    sheet = book.create_sheet("read first")
    sheet.column_dimensions["A"].width = 110
    lines = [
        (report.title, True),
        (report.programme, True),
        (f"Period: {report.period} (opening figures: {report.start})", False),
        (f"Data date: {report.data_date}; do not rely on it after {report.stale_after}", False),
        *((limit, True) for limit in report.limits),
        ("How it was counted", True),
        *((note, False) for note in report.notes),
        ("Read with these limits", True),
        *((caveat, False) for caveat in report.caveats),
    ]
    for text, is_bold in lines:
        sheet.append([sheet_cell(sheet, text, is_bold=is_bold, wraps=True)])


def _table_sheet(book: Workbook, table: Table, report: Report) -> None:
    # A sheet's name has at most 31 characters.
    sheet = book.create_sheet(table.name[:31])
    for at, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = _NARROW if column.unit or at == 1 else _WIDE
    sheet.freeze_panes = "A6"
    sheet.append([sheet_cell(sheet, table.title, is_bold=True)])
    sheet.append([sheet_cell(sheet, f"{report.programme}, {report.period}, data date {report.data_date}")])
    sheet.append([sheet_cell(sheet, " ".join(report.limits))])
    sheet.append([sheet_cell(sheet, column.name, is_bold=True, wraps=True) for column in table.columns])
    sheet.append([sheet_cell(sheet, column.unit) for column in table.columns])
    for row in table.rows:
        sheet.append(_row(sheet, row))
    if table.total is not None:
        sheet.append(_row(sheet, table.total, is_bold=True))
    sheet.append([])
    for note in table.notes:
        sheet.append([sheet_cell(sheet, note)])


def _row(sheet: Any, cells: Row, *, is_bold: bool = False) -> list[Any]:
    return [sheet_cell(sheet, cell, is_bold=is_bold) for cell in cells]


def sheet_cell(sheet: Any, value: Cell, *, is_bold: bool = False, wraps: bool = False) -> Any:
    """A cell of a sheet that is written row by row; no text of it can become a formula."""
    if isinstance(value, str):
        value = xml_text(value)
        value = value if len(value) <= _MOST_LETTERS else f"{value[: _MOST_LETTERS - 1]}…"
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # Not guessed from the text; and quoted, so that it stays text when somebody edits the cell.
        cell.data_type, cell.quotePrefix = "s", True
    elif isinstance(value, int):
        cell.number_format = "#,##0"
    if is_bold:
        cell.font = Font(bold=True)
    if wraps:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
