"""A table laid out for A4 paper: how wide its columns are, which way the page lies, where its texts break.

Lengths are points. Nothing is drawn here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hazard_service.paper import LEADING, usable_pt, width_pt, wrapped
from hazard_service.reports.tables import Cell, Column, Table, shown

# Ways to lay a table, the first that fits: upright or not, size of letters.
_WAYS: Final = ((False, 8.0), (False, 7.0), (True, 8.0), (True, 7.0), (True, 6.0))
GAP_PT: Final = 7.0
ROW_PAD_PT: Final = 3.0
# A word column is not kept wider than this for the sake of one long word.
_LONG_WORD_PT: Final = 90.0
# An upright page is given up where rows would be higher.
_MOST_LINES: Final = 4
# A row that is higher goes on in the next one.
_HIGHEST_LINES: Final = 30

Lines = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Laid:
    """A table in lines: for each row, each cell's lines. widths: of the columns, without the gaps between them.

    units: of the columns, None where none has one to show.
    """

    table: Table
    is_landscape: bool
    size: float
    widths: tuple[float, ...]
    head: Lines
    units: Lines | None
    rows: tuple[Lines, ...]
    total: Lines | None

    def height(self, row: Lines) -> float:
        """How high a row is."""
        return max(len(cell) for cell in row) * self.size * LEADING + ROW_PAD_PT

    @property
    def head_height(self) -> float:
        """Names and units of the columns."""
        return self.height(self.head) + (self.height(self.units) if self.units else 0.0)

    @property
    def body_height(self) -> float:
        """All rows and the total."""
        return sum(self.height(row) for row in (*self.rows, *((self.total,) if self.total else ())))

    @property
    def width(self) -> float:
        """From the first column's left to the last one's right."""
        return sum(self.widths) + GAP_PT * (len(self.widths) - 1)


def laid(table: Table) -> Laid:
    """The table, upright where it fits so, else across; with smaller letters where even that is too narrow."""
    for is_landscape, size in _WAYS:
        width, _ = usable_pt(is_landscape=is_landscape)
        least, wanted = _needs(table, size)
        if sum(least) + GAP_PT * (len(least) - 1) <= width:
            found = _with_widths(table, is_landscape, size, widths(least, wanted, width))
            if is_landscape or max(_lines_of(row) for row in [(), *found.rows]) <= _MOST_LINES:
                return found
    return _with_widths(table, is_landscape, size, _squeezed(least, width))


def widths(least: Sequence[float], wanted: Sequence[float], width: float) -> tuple[float, ...]:
    """What each column wants where all of it fits, else its least and a share of what is over."""
    over = width - GAP_PT * (len(least) - 1) - sum(least)
    asked = sum(wanted) - sum(least)
    share = 1.0 if asked <= over else over / asked
    return tuple(low + share * (high - low) for low, high in zip(least, wanted, strict=True))


def _squeezed(least: Sequence[float], width: float) -> tuple[float, ...]:
    """All columns narrower than their longest words, which are broken: nothing is cut off."""
    share = (width - GAP_PT * (len(least) - 1)) / sum(least)
    return tuple(low * share for low in least)


def _needs(table: Table, size: float) -> tuple[list[float], list[float]]:
    """(least, wanted) width of each column."""
    pairs = [_column_needs(column, cells, size) for column, cells in zip(table.columns, _cells(table), strict=True)]
    return [least for least, _ in pairs], [wanted for _, wanted in pairs]


def _column_needs(column: Column, cells: Sequence[str], size: float) -> tuple[float, float]:
    head = max(width_pt(word, size, is_bold=True) for word in [*column.name.split(), ""])
    unit = max(width_pt(word, size) for word in [*_unit(column).split(), ""])
    longest = max((width_pt(cell, size, is_bold=True) for cell in cells), default=0.0)
    if column.unit:
        # A number is never broken.
        least = max(head, unit, longest)
        return least, max(least, width_pt(column.name, size, is_bold=True) / 2)
    word = max((width_pt(word, size) for cell in cells for word in cell.split()), default=0.0)
    least = max(head, min(word, _LONG_WORD_PT))
    return least, max(least, longest)


def _cells(table: Table) -> list[list[str]]:
    """The texts of each column, the total among them."""
    rows = [*table.rows, *([table.total] if table.total else [])]
    return [[shown(row[at]) for row in rows] for at in range(len(table.columns))]


def _with_widths(table: Table, is_landscape: bool, size: float, own: tuple[float, ...]) -> Laid:
    def lines(texts: Sequence[str], *, is_bold: bool = False) -> Lines:
        return tuple(tuple(wrapped(text, wide, size, is_bold=is_bold)) for text, wide in zip(texts, own, strict=True))

    return Laid(
        table=table,
        is_landscape=is_landscape,
        size=size,
        widths=own,
        head=lines([column.name for column in table.columns], is_bold=True),
        units=lines([_unit(column) for column in table.columns]) if any(map(_unit, table.columns)) else None,
        rows=tuple(part for row in table.rows for part in _parts(lines(_texts(row)))),
        total=lines(_texts(table.total), is_bold=True) if table.total else None,
    )


def _parts(row: Lines) -> list[Lines]:
    """The row, in parts where it is too high for a page."""
    starts = range(0, max(_lines_of(row), 1), _HIGHEST_LINES)
    return [tuple(cell[start : start + _HIGHEST_LINES] for cell in row) for start in starts]


def _lines_of(row: Lines) -> int:
    return max((len(cell) for cell in row), default=0)


def _texts(row: Sequence[Cell]) -> list[str]:
    return [shown(cell) for cell in row]


def _unit(column: Column) -> str:
    return "" if column.unit == column.name else column.unit
