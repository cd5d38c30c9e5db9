"""One sheet of a workbook looked through before openpyxl, which reads what it understands and says nothing of the rest.

Formulas without a result read as blank, merged cells as blank but for one, a row or cell out of order not at all.
"""

from dataclasses import dataclass
from typing import IO

from hazard_service.errors import FileFormatError
from hazard_service.layers.opened import refuse_large
from hazard_service.layers.xml_parsing import new_parser

_MAX_ROWS = 1_048_576


@dataclass(frozen=True)
class Scan:
    """rows: with a value. last_row: the last such, from 1. width: columns up to the last with a value."""

    rows: int
    last_row: int
    width: int


def scan_sheet(source: IO[bytes], name: str) -> Scan:
    """What the XML of a sheet holds. Raises FileFormatError where values would be lost in reading it."""
    sheet = _Sheet(name)
    parser = new_parser(name)
    parser.StartElementHandler = sheet.start
    parser.EndElementHandler = sheet.end
    parser.CharacterDataHandler = sheet.data
    while block := source.read(1 << 20):
        parser.Parse(block, False)
    parser.Parse(b"", True)
    refuse_large(sheet.width, sheet.rows, name)
    return Scan(sheet.rows, sheet.last_row, sheet.width)


class _Sheet:
    def __init__(self, name: str) -> None:
        self.rows = self.last_row = self.width = 0
        self._name = name
        self._row = self._column = 0
        self._columns: dict[str, int] = {}
        self._kind = self._text = ""
        self._formula = self._is_value = self._inline = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self._start_row(attributes.get("r"))
        elif tag == "c":
            self._start_cell(attributes)
        elif tag == "f":
            self._formula = True
        elif tag == "mergeCell":
            raise FileFormatError(
                f"{self._name} has merged cells ({attributes.get('ref')}); unmerge them, so that each row has its own."
            )
        self._is_value = tag == "v"
        self._inline |= tag == "is"

    def data(self, text: str) -> None:
        if self._is_value:
            self._text += text

    def end(self, tag: str) -> None:
        self._is_value = False
        if tag.rpartition(":")[2] != "c":
            return
        if self._formula and not self._text and self._kind != "str":
            raise FileFormatError(
                f"{self._name} has a formula without its result in row {self._row}; "
                "open it in a spreadsheet program and save it again, or put values in place of formulas."
            )
        if self._text or self._inline:
            self.rows += self.last_row != self._row
            self.last_row = self._row
            self.width = max(self.width, self._column)

    def _start_row(self, written: str | None) -> None:
        row = int(written) if written else self._row + 1
        if not self._row < row <= _MAX_ROWS:
            raise FileFormatError(f"{self._name} has its rows out of order; open it and save it again as .xlsx.")
        self._row, self._column = row, 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r")
        column = self._number(written) if written else self._column + 1
        if column <= self._column:
            raise FileFormatError(
                f"{self._name} has the cells of row {self._row} out of order; open it and save it again as .xlsx."
            )
        self._column = column
        self._kind, self._text = attributes.get("t", "n"), ""
        self._formula = self._inline = False

    def _number(self, reference: str) -> int:
        """The column of a reference such as AB12, from 1."""
        letters = reference.upper().rstrip("0123456789").replace("$", "")
        if letters not in self._columns:
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - 64
            self._columns[letters] = number
        return self._columns[letters]
