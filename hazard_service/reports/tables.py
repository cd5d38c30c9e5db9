"""A report as plain data: tables with their columns, units and HXL hashtags, and what must be read with them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from hazard_service.dress import STALE_AFTER, file_name

Cell = str | int | float | None
Row = tuple[Cell, ...]

AREAS: Final = "areas"
M2: Final = "m²"


@dataclass(frozen=True)
class Column:
    """One column. Numbers have a unit and add up, unless the table says otherwise; words have none."""

    name: str
    unit: str
    hxl: str

    @property
    def heading(self) -> str:
        """The name with its unit, for formats that have one line for both."""
        return f"{self.name}, {self.unit}" if self.unit not in ("", self.name) else self.name


@dataclass(frozen=True)
class Table:
    """One table. `name` is short, for sheets and files. A missing cell is None. Where rows add up, `total` does it."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    adds_up: bool = True

    @property
    def total(self) -> Row | None:
        """The sums of the number columns under the word Total; None where rows do not add up or there are none."""
        if not self.adds_up or not self.rows:
            return None
        sums = [
            sum(number for number in cells if isinstance(number, int | float)) if column.unit else ""
            for column, cells in zip(self.columns, zip(*self.rows, strict=True), strict=True)
        ]
        return ("Total", *sums[1:])


@dataclass(frozen=True)
class Report:
    """One report on one programme, of a calendar year or of all years from the baseline to the data date.

    kind: its word on the command line. district: the code that it is of, None for the whole programme. start: the date
    of its opening figures, the last day before the period; end: the date of its closing figures. limits come before
    everything, notes say how it was counted, caveats what the data lacks.
    """

    kind: str
    district: str | None
    title: str
    programme: str
    country: str
    fictional: bool
    start: datetime.date
    end: datetime.date
    data_date: datetime.date
    tables: tuple[Table, ...]
    limits: tuple[str, ...]
    notes: tuple[str, ...]
    caveats: tuple[str, ...]

    @property
    def first_day(self) -> datetime.date:
        """The first day of the period."""
        return self.start + datetime.timedelta(days=1)

    @property
    def period(self) -> str:
        """First and last day of the period."""
        return f"{self.first_day} to {self.end}"

    @property
    def stem(self) -> str:
        """What its files are called. A district's code may hold what a file's name may not."""
        code = file_name(self.district) if self.district else ""
        return "_".join(part for part in (self.kind, code, str(self.end.year)) if part)

    @property
    def stale_after(self) -> datetime.date:
        """The day after which nobody should rely on it."""
        return self.data_date + STALE_AFTER


def shown(cell: Cell) -> str:
    """A cell as readers see it."""
    if cell is None:
        return "–"
    return f"{cell:,}" if isinstance(cell, int | float) else cell


def level_of(zones: pd.DataFrame) -> str:
    """The administrative level of districts, "" where they are not all of one."""
    levels = zones["level"].dropna().astype(str).unique()
    return str(levels[0]) if len(levels) == 1 else ""


def district_columns(level: str) -> tuple[Column, Column]:
    """Code and name of a district, tagged by its administrative level where that is 1 to 5."""
    adm = level if level in ("1", "2", "3", "4", "5") else "1"
    return Column("District code", "", f"#adm{adm}+code"), Column("District", "", f"#adm{adm}+name")


def number(name: str, unit: str, *attributes: str) -> Column:
    """A number column; the attributes make its hashtag."""
    return Column(name, unit, "#indicator+num" + "".join(f"+{word}" for word in attributes))


def laid_out(columns: Sequence[Column], cells: Sequence[Sequence[Cell]]) -> tuple[Row, ...]:
    """Rows from columns of cells."""
    if len(columns) != len(cells):
        raise ValueError(f"{len(columns)} columns, and cells for {len(cells)}.")
    return tuple(zip(*cells, strict=True))
