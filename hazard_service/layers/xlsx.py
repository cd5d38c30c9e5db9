"""XLSX: one sheet as a table whose coordinates are columns, like CSV, but with real numbers and dates."""

import datetime
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hazard_service.errors import FileFormatError, LayerError
from hazard_service.layers.archives import Unpacking, opened_zip, real_members
from hazard_service.layers.opened import Opened, expect_rows, refuse_long_text, without_geometry
from hazard_service.layers.xlsx_scan import Scan, scan_sheet
from hazard_service.layers.xml_parsing import new_parser

# What begins an .xls, and a workbook behind a password.
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_PADDED = re.compile(r"0{2,}")
# What openpyxl raises on parts that are missing or hold what they should not.
_BROKEN = (
    InvalidFileException, ParseError, expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError,
    TypeError, AttributeError, OverflowError, RecursionError, ValueError,
)  # fmt: skip


def open_xlsx(path: Path, layer: str) -> Opened:
    """Every row below the header, of the sheet named like the layer or of the only one; rows without a value are none.

    Raises FileFormatError where the file is no such workbook, or a value of it could be lost; LayerError where it has
    several sheets and none is named like the layer.
    """
    with path.open("rb") as stream:
        if stream.read(4) == _OLE_MAGIC:
            raise FileFormatError(
                f"{path.name} is an old .xls workbook or locked with a password; save it as .xlsx without a password."
            )
    _look_through(path)
    try:
        # It warns of ornaments that it leaves out, and of dates that cannot be, which read "#VALUE!".
        with warnings.catch_warnings(), path.open("rb") as stream:
            warnings.simplefilter("ignore")
            with closing(load_workbook(stream, read_only=True, data_only=True, keep_links=False)) as book:
                sheet = _sheet(book.worksheets, layer, path.name)
                with sheet._get_source() as source:
                    scan = scan_sheet(source, path.name)
                return _table(sheet, scan, path.name)
    except LayerError:
        raise
    except _BROKEN as error:
        raise FileFormatError(f"{path.name} is a broken workbook; open it and save it again as .xlsx.") from error


def _look_through(path: Path) -> None:
    """Raises FileFormatError where the parts unpack to too much, or one declares a document type."""
    with opened_zip(path, "save the workbook") as archive:
        unpacking = Unpacking(archive, path, "a workbook")
        for member in real_members(archive):
            _refuse_document_type(unpacking.blocks(member), path.name)


def _refuse_document_type(blocks: Iterator[bytes], name: str) -> None:
    parser = new_parser(name)
    begun = False

    def begin(*_: object) -> None:
        nonlocal begun
        begun = True

    parser.StartElementHandler = begin
    for block in blocks:
        # A document type can only stand before the first element; pictures are no XML. The rest is only counted.
        if not begun:
            try:
                parser.Parse(block, False)
            except (expat.ExpatError, LookupError):
                begun = True


def _sheet(sheets: list[Any], layer: str, name: str) -> Any:
    if len(sheets) == 1:
        return sheets[0]
    for sheet in sheets:
        if sheet.title.casefold() == layer:
            return sheet
    titles = ", ".join(sheet.title for sheet in sheets) or "none"
    raise LayerError(f"{name} has no sheet named {layer}; its sheets are: {titles}.")


def _table(sheet: Any, scan: Scan, name: str) -> Opened:
    sheet.reset_dimensions()
    if not scan.rows:
        raise FileFormatError(f"{name} has no values in its sheet {sheet.title}; save it again.")
    rows = (
        [_value(cell) for cell in row]
        for row in sheet.iter_rows(max_row=scan.last_row, max_col=scan.width)
        if any(cell.value is not None for cell in row)
    )
    header = _header(next(rows, []), name)
    columns: list[list[Any]] = [[] for _ in header]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    for column in columns:
        refuse_long_text(column, name)
    for number, (title, column) in enumerate(zip(header, columns, strict=True), start=1):
        if title is None and any(value is not None for value in column):
            raise FileFormatError(f"{name} has values in column {number} but no name above them; give it a name.")
    named = {title: pd.Series(column, dtype=object) for title, column in zip(header, columns, strict=True) if title}
    frame = pd.DataFrame(named, index=range(len(columns[0]) if columns else 0))
    return expect_rows(without_geometry(frame), scan.rows - 1, name)


def _header(row: list[Any], name: str) -> list[str | None]:
    titles = [None if value is None else str(value).strip() or None for value in row]
    named = [title for title in titles if title]
    if twice := [title for title in named if named.count(title) > 1]:
        raise FileFormatError(f"{name} has two columns named {twice[0]}; give each its own name.")
    return titles


def _value(cell: Any) -> Any:
    """A value as CSV would hold it: dates as ISO 8601, blank text as none, the zeros in front of a code kept."""
    value = cell.value
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, datetime.datetime):
        return str(value.date() if value.time() == datetime.time() else value)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return str(value)
    if type(value) is int and value >= 0 and _PADDED.fullmatch(cell.number_format):
        return str(value).zfill(len(cell.number_format))
    return value
